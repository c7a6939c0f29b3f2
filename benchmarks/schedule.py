"""Is every chat briefed exactly once each local day? A year and more of a bot's life, on a real SQLite database.

Run as `python -m benchmarks.schedule`. The clock, the outages and the kills are simulated; the schedule, the outbox,
the sender and the database are the bot's own, and Telegram is a transport that counts what arrives. A kill strikes
at a random statement to the database or a random call of Telegram: from there on the old process can do nothing, and
a new one starts from what the database holds.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event
from telegram._utils.types import ODVInput
from telegram.ext import ExtBot
from telegram.request import BaseRequest, RequestData

from bot.schedule.due import Due, first_done, instant
from bot.schedule.jobs import Briefs, Composed
from bot.telegram.limits import Limits
from bot.telegram.outbox import Sender
from bot.telegram.richtext import Message
from retrieval.store.chats import chats, subscriptions
from retrieval.store.chats.chats import Chat
from retrieval.store.chats.subscriptions import EVERY_DAY
from retrieval.store.library import Library, open_library

START = datetime(2025, 9, 1, tzinfo=UTC)
OUTAGE = timedelta(hours=3)
JUMP = timedelta(hours=2)
STEPS = (3, 14)
"""Minutes between two looks at what is due, at random between these; the bot itself looks every five seconds."""

WORKDAYS = frozenset(range(5))

SUBSCRIBED = (
    ("Asia/Almaty", "08:00", EVERY_DAY),
    ("Europe/Kyiv", "03:30", EVERY_DAY),  # skipped in March, twice in October
    ("Europe/Madrid", "02:30", EVERY_DAY),
    ("Europe/London", "01:30", EVERY_DAY),
    ("America/New_York", "02:30", EVERY_DAY),
    ("America/New_York", "01:30", EVERY_DAY),
    ("America/St_Johns", "00:01", EVERY_DAY),
    ("America/Santiago", "00:15", EVERY_DAY),  # its clocks change at midnight
    ("Africa/Cairo", "00:30", EVERY_DAY),  # so do these
    ("Asia/Beirut", "00:10", EVERY_DAY),
    ("Australia/Lord_Howe", "02:15", EVERY_DAY),  # half an hour
    ("Pacific/Chatham", "03:00", EVERY_DAY),
    ("Asia/Kathmandu", "23:59", EVERY_DAY),
    ("Africa/Casablanca", "02:30", EVERY_DAY),  # changes for Ramadan
    ("Pacific/Kiritimati", "12:00", EVERY_DAY),
    ("UTC", "00:00", WORKDAYS),
)
"""Zone, local time and weekdays of one chat each."""


class Killed(BaseException):
    """The process is no more."""


@dataclass
class World:
    """What outlives the process: the clock, Telegram, and when the next kill strikes."""

    chance: random.Random
    now: datetime = START  # as the process reads it
    fuse: int = -1  # database statements and Telegram calls until the kill; negative: none is planned
    dead: bool = False
    arrived: Counter[str] = field(default_factory=Counter)
    unrecorded: Counter[str] = field(default_factory=Counter)  # what had arrived, but a kill came before its record
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def step(self) -> None:
        """Something outside the process happens; it may be the last thing."""
        if self.fuse == 0:
            self.dead, self.fuse = True, -1
        if self.dead:
            raise Killed
        if self.fuse > 0:
            self.fuse -= 1


class Transport(BaseRequest):
    """Telegram as a counter of what arrives; a class because python-telegram-bot asks for one."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        return None

    async def shutdown(self) -> None:
        return None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Take a message: it has arrived even where the process dies before it hears so."""
        world, fields = self.world, request_data.parameters if request_data else {}
        world.step()
        world.arrived[fields["text"]] += 1
        world.step()
        chat = {"id": int(fields["chat_id"]), "type": "private"}
        message = {"message_id": next(world.numbers), "date": 0, "chat": chat, "text": fields["text"]}
        return 200, json.dumps({"ok": True, "result": message}).encode()


def compose(brief: Due, chat: Chat, now: datetime) -> Composed:
    """Return a brief that says whose and which day's it is."""
    text = f"{chat.id} {brief.slot.day}"
    return Composed((Message(text, text),), lambda connection: None)


class Process:
    """The bot's rounds and its sender over the database, from one start to one kill."""

    def __init__(self, folder: Path, world: World) -> None:
        self.world = world
        self.library: Library = open_library(folder, "none")
        event.listen(self.library.engine, "before_cursor_execute", self._strike)
        event.listen(self.library.engine, "commit", self._strike)
        self.briefs = Briefs(self.library, compose, frozenset())
        instantly = Limits(count(step=100).__next__)  # seconds; the pace itself is measured by benchmarks.delivery
        bot: ExtBot[Any] = ExtBot("1:benchmark", request=Transport(world), rate_limiter=instantly)
        self.sender = Sender(bot, self.library, lambda: world.now)

    def _strike(self, *_: object) -> None:
        self.world.step()

    async def look(self) -> None:
        """Do what the bot does every few seconds. Raises Killed."""
        await asyncio.to_thread(self.briefs.post_due, self.world.now)
        while await self.sender.begin():
            await self.sender.finish()
        if self.world.dead:
            raise Killed

    def bury(self) -> None:
        """Drop all that the process knew; note what had arrived and was not recorded."""
        self.world.dead, self.world.fuse = False, -1
        with self.library.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT chat_id, day FROM outbox WHERE closed_at IS NULL").all()
        texts = [f"{chat_id} {day}" for chat_id, day in rows]
        self.world.unrecorded.update(text for text in texts if self.world.arrived[text])
        self.library.engine.dispose()


@dataclass(frozen=True)
class Outcome:
    """What came of it, in briefs."""

    expected: int
    missing: int
    twice: int  # although every sending was recorded
    repeated: int  # because a kill came between sending and recording
    unexpected: int
    kills: int


def subscribe_all(library: Library) -> None:
    """Let every chat subscribe at the start."""
    for chat_id, (zone, at, weekdays) in enumerate(SUBSCRIBED, start=1):
        local = time.fromisoformat(at)
        chats.keep(library.engine, chat_id, admitted=True)
        made = subscriptions.subscribe(library.engine, chat_id, local, zone, first_done(local, zone, START), 1)
        assert made is not None
        subscriptions.change(library.engine, chat_id, made.slot, weekdays=weekdays)


def expected(end: datetime) -> set[str]:
    """Return every brief that must have come by `end`, from the calendar alone."""
    return {
        f"{chat_id} {day}"
        for chat_id, (zone, at, weekdays) in enumerate(SUBSCRIBED, start=1)
        for day in (date(2025, 8, 31) + timedelta(days=n) for n in range((end - START).days + 3))
        if START < instant(day, time.fromisoformat(at), zone) <= end and day.weekday() in weekdays
    }


@dataclass
class Plan:
    """When the clock is wrong, when the bot is down, and when it is killed: all at random."""

    jumps: list[tuple[datetime, datetime, timedelta]]  # from, to, by how much
    outages: list[datetime]
    kills: list[datetime]

    def clock(self, true: datetime) -> datetime:
        """Return what the process reads off its clock."""
        return true + sum((by for start, end, by in self.jumps if start <= true < end), timedelta())


def planned(chance: random.Random, days: int, kills: int) -> Plan:
    """Return a jump of two hours and an outage of three every eight days or so, and so many kills."""

    def moments(number: int) -> list[datetime]:
        return sorted(START + timedelta(days=chance.uniform(1, days - 2)) for _ in range(number))

    jumps = [
        (at, at + timedelta(hours=chance.uniform(1, 40)), chance.choice((-JUMP, JUMP))) for at in moments(days // 8)
    ]
    return Plan(
        # One jump at a time: it is two hours at most.
        [jump for number, jump in enumerate(jumps) if number == 0 or jumps[number - 1][1] < jump[0]],
        moments(days // 8),
        moments(kills),
    )


async def simulate(folder: Path, days: int, kills: int, seed: int) -> Outcome:
    """Live through so many days and return what arrived."""
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # tasks of the dead
    world = World(random.Random(seed))
    plan = planned(world.chance, days, kills)
    process, true, end, struck = Process(folder, world), START, START + timedelta(days=days), 0
    subscribe_all(process.library)
    while true < end + timedelta(hours=4):
        world.now = plan.clock(min(true, end))
        while plan.kills and plan.kills[0] <= true and world.fuse < 0:
            plan.kills.pop(0)
            world.fuse = world.chance.randrange(24)
        try:
            await process.look()
        except Killed:
            struck += 1
            process.bury()
            process = Process(folder, world)
        true += timedelta(minutes=world.chance.uniform(*STEPS))
        if plan.outages and plan.outages[0] <= true:
            plan.outages.pop(0)
            process.bury()
            true += OUTAGE
            process = Process(folder, world)
    process.library.close()
    return judged(world, expected(end), struck)


def judged(world: World, wanted: set[str], kills: int) -> Outcome:
    """Return how what arrived compares with what must arrive."""
    surplus = {text: times - 1 for text, times in world.arrived.items() if times > 1}
    repeated = sum(min(times, world.unrecorded[text]) for text, times in surplus.items())
    return Outcome(
        expected=len(wanted),
        missing=len(wanted - set(world.arrived)),
        twice=sum(surplus.values()) - repeated,
        repeated=repeated,
        unexpected=len(set(world.arrived) - wanted),
        kills=kills,
    )


def main() -> int:
    """Print the figures; the exit code tells whether all of them are on target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.schedule", description=__doc__)
    parser.add_argument("--data", help="not used; all benchmarks take it")
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(simulate(Path(folder), given.days, given.kills, given.seed))
    zones = len({zone for zone, _, _ in SUBSCRIBED})
    print(f"{given.days} days, {len(SUBSCRIBED)} chats in {zones} zones, {found.kills} kills, clock jumps, outages")
    print(f"{'briefs':42}{'found':>8}{'target':>8}")
    rows = (
        ("expected: one a chat and local day", found.expected, None),
        ("missing", found.missing, 0),
        ("twice, or for no day", found.twice + found.unexpected, 0),
        ("repeated by a kill before the record", found.repeated, None),
    )
    for name, value, target in rows:
        print(f"{name:42}{value:>8}{'' if target is None else target:>8}")
    return int(bool(found.missing or found.twice or found.unexpected))


if __name__ == "__main__":
    sys.exit(main())

"""The jobs that run while the bot does: briefs and alerts that are due go into the outbox, which is sent."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.brief.render import brief_messages
from bot.resources import Resources
from bot.schedule.alerts import Alerts
from bot.schedule.due import Due, due_of_chat, read_quiet
from bot.telegram.letters import as_json
from bot.telegram.limits import pause, until
from bot.telegram.richtext import Message
from retrieval.briefing.brief import brief
from retrieval.briefing.shown import shown_quotes
from retrieval.domain import Briefing, ModelError
from retrieval.store.chats import chats, outbox, subscriptions
from retrieval.store.chats.chats import Chat
from retrieval.store.chats.outbox import Alongside
from retrieval.store.chats.shown import record_in, shown_to
from retrieval.store.database import checkpoint
from retrieval.store.library import Library
from retrieval.store.read import newest_change

log = structlog.get_logger("sitrep.jobs")

CHECK_EVERY = 5.0
"""Seconds between two checks for briefs and alerts that are due."""

TRY_AGAIN = timedelta(minutes=1)
"""After a brief that could not be composed."""

RESTART_SECONDS = 5.0
"""Seconds until a job that failed is started again."""

STOP_SECONDS = 7.5
"""Seconds that a stop waits for jobs in progress; the next run does those that take longer."""


KEPT = 64
"""Briefings kept for other chats that are due the same."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A brief ready to be sent, and the statement that records, in its transaction, what the chat has read."""

    messages: tuple[Message, ...]
    record: Alongside


Compose = Callable[[Due, Chat, datetime], Composed]
"""Composes the brief that a chat is due, up to the moment given; may raise anything."""


class Briefs:
    """Puts the briefs that are due into the outbox; a class because it remembers which could not be composed."""

    def __init__(self, library: Library, compose: Compose, admins: frozenset[int]) -> None:
        self._engine, self._compose, self._admins = library.engine, compose, admins
        self._failed: dict[int, datetime] = {}  # chat -> when

    def post_due(self, now: datetime) -> int:
        """Compose and post every brief that is due at `now`; return their number."""
        known = chats.every(self._engine)
        every = sorted(subscriptions.every(self._engine), key=lambda s: s.chat_id)
        posted = 0
        for chat_id, mine in groupby(every, key=lambda s: s.chat_id):
            chat = known.get(chat_id, Chat(chat_id))
            failed = self._failed.get(chat_id)
            waits = failed is not None and abs(now - failed) < TRY_AGAIN
            if not waits and (chat.admitted or chat_id in self._admins):
                posted += self._post_all(chat, due_of_chat(mine, read_quiet(chat.quiet), now), now)
        return posted

    def _post_all(self, chat: Chat, briefs: Iterable[Due], now: datetime) -> int:
        try:
            posted = sum(self._post(chat, brief, now) for brief in briefs)
        except Exception as exc:  # one chat's brief must not stop the others'
            self._failed[chat.id] = now
            log.error("a brief could not be composed, trying again", error=type(exc).__name__)
            return 0
        self._failed.pop(chat.id, None)
        return posted

    def _post(self, chat: Chat, brief: Due, now: datetime) -> bool:
        """Compose a brief and post it, unless the chat has had one for that local day and slot."""
        day, slot = brief.slot.day, str(brief.subscription.slot)
        done = partial(outbox.briefed, chat_id=chat.id, days=brief.done, until=now)
        if outbox.known(self._engine, chat.id, day, slot):
            subscriptions.done(self._engine, chat.id, brief.done)
            return False
        composed = self._compose(brief, chat, now)
        messages = [as_json(message, thread=brief.subscription.thread) for message in composed.messages]
        return outbox.post(self._engine, chat.id, day, slot, messages, now, (done, composed.record))


def composing(resources: Resources) -> Compose:
    """Return the composer of due briefs of news that a chat has not read; chats that read the same share one."""
    library = resources.library

    @lru_cache(KEPT)
    def composed(_change: int, zone: ZoneInfo, since: datetime, until: datetime, **options: Any) -> Briefing:
        ends = since.astimezone(zone), until.astimezone(zone)
        return brief(library, resources.embedder, *ends, chat_model=resources.chat_model, **options)

    def compose(due: Due, chat: Chat, now: datetime) -> Composed:
        subscription, zone = due.subscription, ZoneInfo(due.subscription.zone)
        made = composed(
            newest_change(library.engine),
            zone,
            due.since,
            now,
            language=chat.language or resources.settings.language,
            shown=shown_to(library.engine, chat.id),
            topics=subscription.topics,
            length=str(subscription.length),
        )
        record = partial(record_in, chat_id=chat.id, quotes=shown_quotes(made), at=now)
        return Composed(tuple(brief_messages(made)), record)

    return compose


Job = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until the event is set."""


def start(jobs: Iterable[Job], stop: asyncio.Event) -> list[asyncio.Task[None]]:
    """Start jobs, each again if it fails; all end at `stop`."""
    return [asyncio.create_task(_restarted(job, stop)) for job in jobs]


def posting(resources: Resources) -> Job:
    """Return the job that posts briefs and alerts."""
    settings, library = resources.settings, resources.library
    briefs = Briefs(library, composing(resources), settings.admins)
    alerts = Alerts(
        library, resources.embedder, resources.reader, settings.admins, settings.timezone, settings.language
    )

    async def post(stop: asyncio.Event) -> None:
        await post_due((briefs.post_due, alerts.post_due), settings.now, stop)

    return post


def upkeep(resources: Resources, load: Callable[[Any], None]) -> Job:
    """Return the job that reads the roles again, and erases from the write-ahead log what was deleted."""
    engine, now = resources.library.engine, resources.settings.now
    jobs = (lambda _: load(engine), lambda _: checkpoint(engine))

    async def keep_up(stop: asyncio.Event) -> None:
        await post_due(jobs, now, stop)

    return keep_up


async def post_due(
    jobs: Iterable[Callable[[datetime], object]], now: Callable[[], datetime], stop: asyncio.Event
) -> None:
    """Run each of `jobs` every few seconds until `stop`, each in a thread; one that fails is run again."""
    jobs = list(jobs)
    while not stop.is_set():
        for job in jobs:
            try:
                await asyncio.to_thread(job, now())
            except Exception as exc:
                log.error("a job failed, trying again", error=type(exc).__name__)
        await pause(stop, CHECK_EVERY)


async def _restarted(run: Job, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await run(stop)
        except Exception as exc:
            log.error("a job failed, starting it again", error=type(exc).__name__)
            await pause(stop, RESTART_SECONDS)


async def finish(tasks: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Set `stop`, wait for `tasks`, and cancel those that take too long."""
    stop.set()
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in late:
            task.cancel()


async def load_model(resources: Resources, stop: asyncio.Event) -> None:
    """Have the language model loaded before the first question, and log whether it answers; gives up at `stop`."""
    if not resources.settings.chat_model:
        return
    try:
        seconds = await until(stop, resources.probe())
    except ModelError as exc:
        log.warning(f"{exc} Until that is put right, answers are the articles' own sentences.")
    else:
        if seconds is not None:
            log.info("the language model answers", engine=resources.settings.chat_model, seconds=round(seconds, 1))

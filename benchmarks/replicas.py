"""One, two and three replicas of the bot behind one webhook: how fast they answer, and what a kill costs.

python -m benchmarks.replicas [--updates N] [--kills N] [--chats N]. The replicas are `sitrep run`, each on a folder of
its own, on a PostgreSQL and a `chroma run` that are started here; `tests.fake_telegram` pushes to one after the other.
For each number of replicas many people ask at once, then one after the other; then messages come at an even pace while
one replica or another is killed with SIGKILL at random moments, and started again. At last three replicas send briefs.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from benchmarks import delivery, kill, load
from benchmarks.delivery import MORNING, QUESTIONS, READER, Telegram, telegram
from benchmarks.kill import PUBLIC
from tests.chroma import chroma_server
from tests.postgres import new_database, running

REPLICAS = (1, 2, 3)
UPDATES, KILLS = 3_000, 30

AT_ONCE = 100
"""People who ask at the same time."""

EVENLY, EVERY = 40, 0.5
"""Questions asked one after the other, and the seconds between two of them."""

A_SECOND = 10.0
"""Messages while replicas are killed."""

PATIENCE = 240.0
"""Seconds that a replica may take to start, and people may wait for their answers."""


@dataclass
class Replica:
    """A bot's process, and what it is started with."""

    address: str
    environment: dict[str, str]
    log: Path
    process: BaseProcess

    def takes_updates(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.address}/healthz", timeout=10) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def wait(self) -> None:
        """Wait until it takes updates."""
        deadline = time.monotonic() + PATIENCE
        while not self.takes_updates():
            if self.process.exitcode is not None or time.monotonic() > deadline:
                raise SystemExit(f"A replica did not start: {self.log.read_text()[-500:]}")
            time.sleep(0.2)

    def restart(self) -> None:
        """Kill it, and start it again as a supervisor would."""
        self.process.kill()
        self.process.join()
        self.process = kill.start(self.environment, self.log)


@dataclass(frozen=True)
class Place:
    """Where replicas run: the first one's folder, and the servers."""

    data: Path
    database_url: str
    chroma_url: str


@contextmanager
def replicas(server: Telegram, place: Place, number: int, **more: str) -> Iterator[list[Replica]]:
    """Run so many, each reached in turn by what is pushed."""
    started: list[Replica] = []
    try:
        for n in range(number):
            data = place.data if n == 0 else place.data.parent / f"{place.data.name}-{n}"
            if n:
                data.mkdir()
                (data / "models").symlink_to(place.data / "models")
            address = kill.free_address()
            environment = kill.settings(server, data, address) | more
            environment |= {"SITREP_DATABASE_URL": place.database_url, "SITREP_CHROMA_URL": place.chroma_url}
            log = data / "bot.log"
            started.append(Replica(address, environment, log, kill.start(environment, log)))
        for one in started:
            one.wait()
        server.do("proxy", public=PUBLIC, local=[f"http://{one.address}" for one in started])
        yield started
    finally:
        for one in started:
            one.process.terminate()
        for one in started:
            one.process.join()


@contextmanager
def servers(folder: Path) -> Iterator[tuple[Path, str]]:
    """Run PostgreSQL and Chroma; give the folder of the one and the URL of the other."""
    with running(flushes=True) as postgres, chroma_server(folder / "chroma") as (url, _):
        yield postgres, url


# --- how fast -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Speed:
    """Of questions to so many replicas; latencies in seconds."""

    a_second: float  # answers, while many wait
    waited: list[float]  # of those who asked at once
    answers: list[float]  # to one question after the other
    unanswered: int
    violations: int


def speed(server: Telegram, at_once: int, evenly: int) -> Speed:
    """Have people ask at once, then one after the other."""
    for n in range(len(QUESTIONS)):  # what is loaded at the first question is no matter here
        server.do("private_message", user=load.FIRST_READER + n, text=QUESTIONS[n])
    _answers(server, 0, len(QUESTIONS))
    since, crowd, alone = server.do("mark"), [], []
    for n in range(at_once):
        crowd.append((load.FIRST_READER + n, time.monotonic()))
        server.do("private_message", user=load.FIRST_READER + n, text=QUESTIONS[n % len(QUESTIONS)])
    calls = _answers(server, since, at_once)
    waited = load.latencies(calls, crowd)
    took = max((call["at"] for call in calls), default=crowd[0][1]) - crowd[0][1]
    since = server.do("mark")
    for n in range(evenly):
        alone.append((load.FIRST_READER + n, time.monotonic()))
        server.do("private_message", user=load.FIRST_READER + n, text=QUESTIONS[n % len(QUESTIONS)])
        time.sleep(EVERY)
    answers = load.latencies(_answers(server, since, evenly), alone)
    missing = at_once + evenly - len(waited) - len(answers)
    return Speed(len(waited) / took if took else 0.0, waited, answers, missing, len(server.do("violations")))


def _answers(server: Telegram, since: int, people: int) -> list[dict[str, Any]]:
    """Return the messages since then, once so many people have one; or when they have waited too long."""
    deadline = time.monotonic() + PATIENCE
    while True:
        calls = kill.sent(server, since)
        if len({call["parameters"]["chat_id"] for call in calls}) >= people or time.monotonic() > deadline:
            return calls
        time.sleep(0.5)


# --- kills --------------------------------------------------------------------------------------


@dataclass
class Kills(kill.Outcome):
    """What the server saw; `most_at_once` is the most messages that came twice around one kill."""

    without_kill: int = 0  # messages that came twice with no kill between
    silences: list[float] = field(default_factory=list)  # seconds from a kill to the next answer


def kills(server: Telegram, bots: list[Replica], number: int, updates: int, draw: random.Random) -> Kills:
    """Kill a replica now and then while messages come."""
    outcome, moments, since = Kills(updates=updates), [], server.do("mark")
    writer = threading.Thread(target=kill.write_all, args=(server, updates, A_SECOND), daemon=True)
    began = time.monotonic()
    writer.start()
    for at in sorted(draw.uniform(0, updates / A_SECOND) for _ in range(number)):
        time.sleep(max(0.0, began + at - time.monotonic()))
        draw.choice(bots).restart()
        moments.append(time.monotonic())
        outcome.kills += 1
    writer.join()
    kill.judge(server, outcome, since)
    outcome.seconds = time.monotonic() - began
    _attribute(kill.sent(server, since), outcome, moments)
    return outcome


def _attribute(calls: list[dict[str, Any]], outcome: Kills, moments: list[float]) -> None:
    """Note which kills made messages come twice."""
    times: dict[tuple[int, str], list[float]] = defaultdict(list)
    for call in calls:
        times[call["parameters"]["chat_id"], call["result"]["text"]].append(call["at"])
    by_kill: dict[float, int] = defaultdict(int)
    wanted = {(chat_id, text) for chat_id, _, text in map(kill.expected, range(outcome.updates))}
    for key in wanted:
        for first, again in zip(times[key], times[key][1:], strict=False):
            # The kill is the first after the sending: what it left is sent again once another replica finds it.
            cause = next((moment for moment in moments if first - 1.0 <= moment <= again), None)
            if cause is None:
                outcome.without_kill += 1
            else:
                by_kill[cause] += 1
    outcome.most_at_once = max(by_kill.values(), default=0)
    answered = sorted(at for key in wanted for at in times[key])
    outcome.silences = [next((at for at in answered if at > moment), moment) - moment for moment in moments]


# --- briefs -------------------------------------------------------------------------------------


def briefs(server: Telegram, place: Place, number: int, chats: int, before: float) -> delivery.Outcome:
    """Have so many replicas send so many briefs that are due `before` seconds after the start, and answer meanwhile."""
    delivery.open_chats(server, chats)
    begins = MORNING - timedelta(seconds=before)
    offset = str((begins - datetime.now(UTC)).total_seconds())
    with replicas(server, place, number, SITREP_CLOCK_OFFSET=offset, SITREP_ADMINS=str(READER)):
        delivery.ask(server, QUESTIONS[0])
        earlier, during = delivery.watch(server, place.data, chats, place.database_url)
        return delivery.judged(server, chats, earlier, during)


def main() -> int:
    """Print the figures; the exit code tells whether nothing was lost, no limit broken, and little came twice."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replicas", description=__doc__)
    parser.add_argument("--data", help="not used; all benchmarks take it")
    parser.add_argument("--updates", type=int, default=UPDATES, help="messages while replicas are killed")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--chats", type=int, default=delivery.CHATS, help="briefs that three replicas send")
    parser.add_argument("--before", type=float, default=90.0, help="seconds from their start to the hour of the briefs")
    given = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder, servers(Path(folder)) as (postgres, chroma_url):
        models = Path(folder) / "models"
        print("replicas  answers/s  p95 of the crowd, s  p50, p95 s  no answer", flush=True, end="")
        print("  kills  lost  twice (most by a kill)  longest silence after one, s", flush=True)
        for number in REPLICAS:
            place = Place(Path(folder) / f"data{number}", new_database(postgres), chroma_url)
            load.prepare(place.data, models if models.exists() else None, place.database_url)
            if not models.exists():
                models = place.data / "models"
            with telegram() as server, replicas(server, place, number) as bots:
                fast = speed(server, AT_ONCE, EVENLY)
                cost = kills(server, bots, given.kills, given.updates, random.Random(number))
            print(
                f"{number:8}{fast.a_second:11.1f}{load.at_percent(fast.waited, 95):21.2f}"
                f"{load.at_percent(fast.answers, 50):7.2f}{load.at_percent(fast.answers, 95):6.2f}{fast.unanswered:10}"
                f"{cost.kills:7}{cost.lost:6}{cost.twice:7} ({cost.most_at_once})"
                f"{max(cost.silences, default=0.0):20.1f}",
                flush=True,
            )
            broken = fast.violations + cost.violations
            if broken or cost.without_kill or cost.failed:
                print(f"limits broken {broken}, twice without a kill {cost.without_kill}, unexpected {cost.failed[:5]}")
            good &= not (fast.unanswered or cost.lost or broken or cost.failed) and cost.twice <= cost.kills
        place = Place(Path(folder) / "briefs", new_database(postgres), chroma_url)
        delivery.subscribed(place.data, given.chats, models, place.database_url)
        with telegram() as server:
            sent = briefs(server, place, REPLICAS[-1], given.chats, given.before)
    share = given.chats / delivery.CHATS
    print(f"briefs by {REPLICAS[-1]} replicas: {sent.sent} of {given.chats} in {sent.seconds:.1f} s", end=" ")
    print(f"(at most {delivery.MOST_SECONDS * share:.0f}), lost {sent.lost}, twice {sent.twice}", end=", ")
    print(f"limits broken {sent.violations}; slowest answer meanwhile {max(sent.answers_during, default=0.0):.2f} s")
    return int(not good or bool(sent.lost or sent.twice or sent.violations))


if __name__ == "__main__":
    sys.exit(main())

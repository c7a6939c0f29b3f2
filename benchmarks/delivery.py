"""Ten thousand briefs in minutes, through a strict Telegram, while questions are answered.

Run as `python -m benchmarks.delivery`. The bot is `sitrep run` on the samples, Telegram is `tests.fake_telegram`, and
both are processes of their own. Every chat is subscribed to the same hour; when it comes, the time from the first
brief's arrival to the last one's is taken by the server's clock, and so are the limits. All the while one reader asks.
"""

import argparse
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.schedule.due import ONE_DAY
from retrieval.embedding import load_embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.store import schema as table
from retrieval.store.database import writing
from retrieval.store.library import open_library

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "articles.jsonl"

READER = 7
FIRST_CHAT = 100_000
CHATS = 10_000

MORNING = datetime(2022, 1, 7, 8, tzinfo=UTC)
"""When the briefs are due, by the bot's clock."""

QUESTIONS = (
    "Who did Tokayev ask for help?",
    "Сколько человек задержано?",
    "How many members of the security forces were killed?",
    "¿Qué pasó en el aeropuerto de Almaty?",
)
ASK_EVERY = 2.5
"""Seconds between two questions of the reader."""

PATIENCE = 240.0
"""Seconds until an answer counts as never given; a bot that starts on a busy machine takes a while."""

MOST_SECONDS = 420.0
FLOOR_SECONDS = 334.0  # 10,000 at 30 a second
MOST_ANSWER_SECONDS = 1.0


@dataclass(frozen=True)
class Outcome:
    """What the server saw."""

    sent: int
    lost: int
    twice: int
    seconds: float  # from the first brief to the last
    violations: int
    answers_before: list[float]  # seconds each, before the hour
    answers_during: list[float]


class Telegram:
    """The fake Telegram's controls; a class because they share its address."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def do(self, act: str, **arguments: Any) -> Any:
        """Do one act of the server's and return its result."""
        return self._post(f"{self.url}/control/{act}", arguments)

    def forget_updates(self) -> None:
        """Drop the updates that opening the chats made."""
        self._post(f"{self.url}/bot{self.token}/deleteWebhook", {"drop_pending_updates": True})

    def _post(self, url: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=600) as response:
            return json.load(response)["result"]


@contextmanager
def telegram() -> Iterator[Telegram]:
    """Run the strict Telegram as a process."""
    command = [sys.executable, "-m", "tests.fake_telegram", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url, token = process.stdout.readline().split()
        try:
            yield Telegram(url, token)
        finally:
            process.send_signal(signal.SIGTERM)


@contextmanager
def bot(server: Telegram, data: Path, begins: datetime) -> Iterator[None]:
    """Run the bot as a process, its clock set to `begins`."""
    settings = {
        "SITREP_DATA_DIR": str(data),
        "SITREP_TELEGRAM_TOKEN": server.token,
        "SITREP_TELEGRAM_API_URL": server.url,
        "SITREP_ADMINS": str(READER),
        "SITREP_QUESTIONS_PER_MINUTE": "1000",
        "SITREP_CLOCK_OFFSET": str((begins - datetime.now(UTC)).total_seconds()),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SITREP_")}
    with (data / "bot.log").open("w") as log:
        command = [sys.executable, "-m", "bot.cli", "run"]
        with subprocess.Popen(command, cwd=ROOT, env=kept | settings, stdout=log, stderr=log) as process:
            try:
                yield
            finally:
                process.send_signal(signal.SIGTERM)


def subscribed(data: Path, chats: int, models: Path | None, database_url: str = "") -> None:
    """Make the library of the samples, and let so many chats in that want their brief at the same hour."""
    data.mkdir()
    if models is not None:
        (data / "models").symlink_to(models)
    embedder = load_embedder(data / "models")
    library = open_library(data, name_of(embedder), database_url)
    ingest(library, embedder, from_path(SAMPLES, UTC))
    at, yesterday = clock(MORNING.hour, MORNING.minute), (MORNING - ONE_DAY).date()
    with writing(library.engine) as connection:
        numbers = range(FIRST_CHAT, FIRST_CHAT + chats)
        connection.execute(insert(table.chats), [{"id": number, "admitted": True} for number in numbers])
        same = {"slot": 1, "at": at.isoformat("minutes"), "weekdays": "0123456", "zone": "UTC", "last_day": yesterday}
        same |= {"length": "standard", "topics": ""}
        connection.execute(insert(table.subscriptions), [{"chat_id": number, **same} for number in numbers])
    library.close()


def open_chats(server: Telegram, chats: int) -> None:
    """Have so many people start the bot, which gets no update of it; a chat may get one message a second, no burst."""
    server.do("set_rates", chat_burst=1)
    for chat_id in range(FIRST_CHAT, FIRST_CHAT + chats):
        server.do("unblock", user=chat_id)
    server.forget_updates()


def ask(server: Telegram, question: str) -> float:
    """Ask as the reader does, and return the seconds until the answer's first message."""
    since, started = server.do("mark"), time.monotonic()
    server.do("private_message", user=READER, text=question)
    server.do("wait_for", method="sendMessage", chat_id=READER, timeout=PATIENCE, since=since)
    return time.monotonic() - started


def run(chats: int, before: float, models: Path | None = None) -> Outcome:
    """Brief so many chats, `before` seconds after the bot is started; `models` is a folder made before."""
    with tempfile.TemporaryDirectory() as folder, telegram() as server:
        data = Path(folder) / "data"
        subscribed(data, chats, models)
        open_chats(server, chats)
        with bot(server, data, MORNING - timedelta(seconds=before)):
            ask(server, QUESTIONS[0])
            earlier, during = watch(server, data, chats)
        return judged(server, chats, earlier, during)


def watch(server: Telegram, data: Path, chats: int, database_url: str = "") -> tuple[list[float], list[float]]:
    """Ask now and then until every letter is closed; return the seconds to each answer, before the hour and after."""
    library = open_library(data, "none", database_url)
    earlier: list[float] = []
    during: list[float] = []
    deadline = time.monotonic() + 4 * MOST_SECONDS
    for question in itertools.cycle(QUESTIONS):
        with library.engine.connect() as connection:
            query = "SELECT count(*), count(closed_at) FROM outbox"
            posted, closed = connection.exec_driver_sql(query).one()
        if closed >= chats or time.monotonic() > deadline:
            library.close()
            return earlier, during
        took = ask(server, question)
        (during if posted else earlier).append(took)
        time.sleep(max(0.0, ASK_EVERY - took))
    raise AssertionError("questions do not run out")


def judged(server: Telegram, chats: int, earlier: list[float], during: list[float]) -> Outcome:
    """Return what the server saw of so many briefs."""
    calls = [call for call in server.do("calls", method="sendMessage") if call["ok"]]
    sent = [call for call in calls if call["parameters"]["chat_id"] >= FIRST_CHAT]
    arrived = Counter(call["parameters"]["chat_id"] for call in sent)
    times = [call["at"] for call in sent]
    return Outcome(
        sent=len(sent),
        lost=chats - len(arrived),
        twice=sum(number - 1 for number in arrived.values()),
        seconds=max(times) - min(times) if times else 0.0,
        violations=len(server.do("violations")),
        answers_before=earlier,
        answers_during=during,
    )


def main() -> int:
    """Print the figures; the exit code tells whether all of them are on target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delivery", description=__doc__)
    parser.add_argument("--data", help="not used; all benchmarks take it")
    parser.add_argument("--chats", type=int, default=CHATS)
    parser.add_argument("--before", type=float, default=50.0, help="seconds from the bot's start to the hour")
    given = parser.parse_args()
    found = run(given.chats, given.before)
    share = given.chats / CHATS
    rows = (
        ("sent", found.sent, f"{given.chats}", ""),
        ("lost", found.lost, "0", ""),
        ("twice", found.twice, "0", ""),
        ("limits broken", found.violations, "0", ""),
        (
            "seconds, first to last",
            round(found.seconds, 1),
            f"{MOST_SECONDS * share:.0f}",
            f"{FLOOR_SECONDS * share:.0f}",
        ),
        (
            "slowest answer meanwhile, s",
            _slowest(found.answers_during),
            f"{MOST_ANSWER_SECONDS}",
            _slowest(found.answers_before),
        ),
        ("usual answer meanwhile, s", _usual(found.answers_during), "", _usual(found.answers_before)),
    )
    print(f"{'':30}{'found':>10}{'target':>10}{'floor, or before the hour':>28}")
    for name, value, target, beside in rows:
        print(f"{name:30}{value!s:>10}{target:>10}{beside!s:>28}")
    good = not (found.lost or found.twice or found.violations) and found.seconds <= MOST_SECONDS * share
    return int(not (good and _slowest(found.answers_during) <= MOST_ANSWER_SECONDS))


def _slowest(seconds: list[float]) -> float:
    return round(max(seconds, default=0.0), 2)


def _usual(seconds: list[float]) -> float:
    return round(sorted(seconds)[len(seconds) // 2], 2) if seconds else 0.0


if __name__ == "__main__":
    sys.exit(main())

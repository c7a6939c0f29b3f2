"""The bot killed with SIGKILL at random moments, start-up included, while people write: nothing lost, little twice.

python -m benchmarks.kill [--kills N] [--updates N] [--webhook]. Telegram is `tests.fake_telegram`, the bot `sitrep run`
on an empty library, and both are processes of their own; the bot is forked from one that has loaded the code, since
nothing that a kill could harm happens until then. Every message asks for an answer that no other has. A message
may come twice only where a kill fell between its sending and its record, which is read from the database after each
kill; a start that is not killed answers the rest in the end.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from benchmarks.delivery import ROOT, Telegram, telegram
from bot import cli
from bot.locales import moment_text, say
from retrieval.embedding import load_embedder
from retrieval.embedding.centred import name_of
from retrieval.store.chats import chats
from retrieval.store.database import open_database
from retrieval.store.library import open_library

FIRST_CHAT = 100_000
CHATS = 100

FIRST_MOMENT = datetime(2022, 1, 6, tzinfo=UTC)
"""Each message of a chat asks as of a minute of its own."""

KILLS, UPDATES, A_SECOND = 100, 10_000, 20.0

FIRST_START_SECONDS, ALIVE_SECONDS = 4.0, 6.0
"""A kill comes at random within the start (half of them), which takes as long as the last one that was seen to its end
did, or within so long after it."""

PATIENCE = 120.0
"""Seconds without any answer after which what is missing counts as lost."""

PUBLIC = "https://bot.example.org"
SECRET = "a-secret-of-the-benchmark"


@dataclass
class Outcome:
    """What the server saw."""

    kills: int = 0
    updates: int = 0
    lost: int = 0
    twice: int = 0  # messages that came again
    unrecorded: int = 0  # messages that a kill found sent and not recorded
    most_at_once: int = 0  # of these, by one kill
    seconds: float = 0.0
    violations: int = 0
    starting: int = 0  # kills before the bot had begun to take updates
    failed: list[str] = field(default_factory=list)  # answers that say something else


def expected(number: int) -> tuple[int, str, str]:
    """Return the chat of a message, its text, and the answer to it."""
    moment = FIRST_MOMENT + timedelta(minutes=number // CHATS)
    text = f"/asof {moment:%Y-%m-%d %H:%M}"
    return FIRST_CHAT + number % CHATS, text, say("asof_set", "en", moment=moment_text(moment, "en"))


def prepare(data: Path, models: Path | None) -> None:
    """Make an empty library that lets the chats in."""
    data.mkdir()
    if models is not None:
        (data / "models").symlink_to(models)
    library = open_library(data, name_of(load_embedder(data / "models")))
    for chat_id in range(FIRST_CHAT, FIRST_CHAT + CHATS):
        chats.keep(library.engine, chat_id, admitted=True, language="en")
    library.close()


def free_address() -> str:
    """Return a host and port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


def settings(server: Telegram, data: Path, listen: str = "") -> dict[str, str]:
    """Return the environment of the bot, which polls unless it is to listen for what is pushed."""
    given = {
        "SITREP_DATA_DIR": str(data),
        "SITREP_TELEGRAM_TOKEN": server.token,
        "SITREP_TELEGRAM_API_URL": server.url,
        "SITREP_QUESTIONS_PER_MINUTE": "1000",
    }
    if listen:
        given |= {"SITREP_WEBHOOK_URL": f"{PUBLIC}/telegram", "SITREP_WEBHOOK_SECRET": SECRET}
        given |= {"SITREP_WEBHOOK_LISTEN": listen}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SITREP_")}
    return kept | given


def start(environment: dict[str, str], log: Path) -> BaseProcess:
    """Start the bot."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(["bot.app", "bot.cli", "chromadb", "langchain_chroma"])
    bot = context.Process(target=become_the_bot, args=(environment, log))
    bot.start()
    return bot


@contextmanager
def started(environment: dict[str, str], log: Path) -> Iterator[None]:
    """Start the bot, and kill it at the end."""
    bot = start(environment, log)
    try:
        yield
    finally:
        bot.kill()
        bot.join()


def become_the_bot(environment: dict[str, str], log: Path) -> None:
    """Be `sitrep run` with these settings, in a process of its own that writes to `log`."""
    with log.open("ab") as out:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(out.fileno(), stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["sitrep", "run"]
    cli.main()


def write_all(server: Telegram, updates: int, a_second: float) -> None:
    """Write the messages at an even pace."""
    began = time.monotonic()
    for number in range(updates):
        chat_id, text, _ = expected(number)
        server.do("private_message", user=chat_id, text=text)
        time.sleep(max(0.0, began + number / a_second - time.monotonic()))


def runs(log: Path) -> int:
    """Return how many starts of the bot have come to their end, by its log."""
    return log.read_text(encoding="utf-8", errors="replace").count("the bot runs")


def until_it_runs(log: Path, starts: int) -> float:
    """Wait until one more start than `starts` has come to its end; return the seconds that this took."""
    began = time.monotonic()
    while runs(log) <= starts and time.monotonic() - began < PATIENCE:
        time.sleep(0.05)
    return time.monotonic() - began


def sent(server: Telegram, since: int = 0) -> list[dict[str, Any]]:
    """Return the messages that were sent, since a mark of the server's."""
    return [call for call in server.do("calls", method="sendMessage") if call["ok"] and call["number"] >= since]


def arrived(server: Telegram, since: int = 0) -> Counter[tuple[int, str]]:
    """Return how often each answer came, by chat and text."""
    return Counter((call["parameters"]["chat_id"], call["result"]["text"]) for call in sent(server, since))


def unrecorded(data: Path, server: Telegram) -> int:
    """Return how many messages arrived that the outbox still has as not sent."""
    engine = open_database("", data)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT chat_id, payload, message_ids FROM outbox WHERE closed_at IS NULL")
        left = [(chat, one["plain"]) for chat, parts, ids in rows for one in json.loads(parts)[len(json.loads(ids)) :]]
    engine.dispose()
    came = arrived(server) if left else Counter()
    return sum(one in came for one in left)


def run(
    kills: int,
    updates: int,
    a_second: float = A_SECOND,
    *,
    webhook: bool = False,
    models: Path | None = None,
    seed: int = 1,
) -> Outcome:
    """Kill the bot so often while the messages come, then let it answer the rest; return what was seen."""
    draw, outcome = random.Random(seed), Outcome(updates=updates)
    with tempfile.TemporaryDirectory() as folder, telegram() as server:
        data = Path(folder) / "data"
        prepare(data, models)
        listen = free_address() if webhook else ""
        if listen:
            server.do("proxy", public=PUBLIC, local=f"http://{listen}")
        environment, log = settings(server, data, listen), data / "bot.log"
        log.touch()
        writer = threading.Thread(target=write_all, args=(server, updates, a_second), daemon=True)
        began = time.monotonic()
        writer.start()
        start_seconds = FIRST_START_SECONDS
        for number in range(kills):
            starts = runs(log)
            with started(environment, log):
                if number % 2:
                    start_seconds = until_it_runs(log, starts)
                    time.sleep(draw.uniform(0, ALIVE_SECONDS))
                else:
                    time.sleep(draw.uniform(0, start_seconds))
            found = unrecorded(data, server)
            outcome.kills += 1
            outcome.starting += runs(log) == starts
            outcome.unrecorded += found
            outcome.most_at_once = max(outcome.most_at_once, found)
        print(f"{outcome.kills} kills after {time.monotonic() - began:.0f} s", file=sys.stderr)
        with started(environment, log):
            writer.join()
            judge(server, outcome)
        outcome.seconds = time.monotonic() - began
    return outcome


def judge(server: Telegram, outcome: Outcome, since: int = 0) -> None:
    """Wait until every answer came, or none comes any more, and note what was lost and what came twice."""
    wanted = {(chat_id, text) for chat_id, _, text in map(expected, range(outcome.updates))}
    came, last = arrived(server, since), time.monotonic()
    while wanted - came.keys() and time.monotonic() - last < PATIENCE:
        time.sleep(2.0)
        now = arrived(server, since)
        if len(now) > len(came):
            came, last = now, time.monotonic()
    time.sleep(2.0)  # for what comes again
    came = arrived(server, since)
    outcome.lost = len(wanted - came.keys())
    outcome.twice = sum(number - 1 for number in came.values())
    outcome.failed = sorted({text for _, text in came.keys() - wanted})
    outcome.violations = len(server.do("violations"))


def main() -> int:
    """Print the figures; the exit code tells whether all of them are on target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill", description=__doc__)
    parser.add_argument("--data", help="not used; all benchmarks take it")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--updates", type=int, default=UPDATES)
    parser.add_argument("--rate", type=float, default=A_SECOND, help="updates a second")
    parser.add_argument("--webhook", action="store_true", help="by webhook; else by polling")
    given = parser.parse_args()
    found = run(given.kills, given.updates, given.rate, webhook=given.webhook)
    print(f"{found.kills} kills under {found.updates} updates by {'webhook' if given.webhook else 'polling'}")
    print(f"{found.starting} of them while it started")
    print(f"lost {found.lost} (target 0), limits broken {found.violations} (0), {found.seconds:.0f} s")
    print(f"came twice {found.twice}; sent and not recorded at a kill {found.unrecorded}, {found.most_at_once} at most")
    for text in found.failed:
        print(f"unexpected: {text}")
    return int(bool(found.lost or found.failed or found.twice > found.unrecorded))


if __name__ == "__main__":
    sys.exit(main())

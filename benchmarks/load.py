"""A hundred updates a second: strangers, a flood, charts and readers, through a strict Telegram.

python -m benchmarks.load [--seconds S] [--rate R]. Telegram is `tests.fake_telegram`, the bot `sitrep run` on the
samples, and both are processes of their own. Of what is written, 6 in 10 come from strangers, 3 in 10 from one chat
that floods, and some from a chat that wants one chart after the other. Meanwhile readers send /help, at most one a
minute each, and one of them asks a question every few seconds. What counts is when the server saw the answer.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from benchmarks.delivery import QUESTIONS, ROOT, SAMPLES, Telegram, telegram
from benchmarks.kill import settings
from bot.locales import say, texts
from retrieval.embedding import load_embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.store.chats import chats
from retrieval.store.library import open_library

ASKER, FLOODER, CHARTS = 7, 8, 9
FIRST_READER, READERS = 100_000, 200
FIRST_STRANGER = 500_000

A_SECOND = 100.0
OF_TEN_STRANGERS, OF_TEN_FLOOD = 6, 3
HELP_EVERY, CHART_EVERY, ASK_EVERY = 0.4, 0.5, 4.0  # seconds

AROUND = 15.0
"""Seconds of writing before the first measurement of memory, and of silence before the last."""

PATIENCE = 30.0
"""Seconds without any more answers after which those that are missing count as never given."""

MOST_CACHED, MOST_ANSWER, MOST_GROWTH = 1.0, 2.0, 0.10


@dataclass(frozen=True)
class Outcome:
    """What the server saw; latencies in seconds."""

    updates: int
    seconds: float
    cached: list[float]  # /help of readers
    refused: list[float]  # the first line to each stranger who got one
    answers: list[float]  # questions of one chat
    unanswered: int  # /help and questions without an answer
    flood: int  # messages to the chat that floods
    charts: int  # pictures to the chat that wants nothing else
    stored: int  # updates that the inbox took in
    memory: tuple[int, int]  # KiB of the bot, before and after
    violations: int


def prepare(data: Path, models: Path | None, database_url: str = "") -> None:
    """Make the library of the samples, and let the readers in."""
    data.mkdir()
    if models is not None:
        (data / "models").symlink_to(models)
    embedder = load_embedder(data / "models")
    library = open_library(data, name_of(embedder), database_url)
    ingest(library, embedder, from_path(SAMPLES, UTC))
    library.close()
    let_readers_in(data, database_url)


def let_readers_in(data: Path, database_url: str = "") -> None:
    """Let those in that are not strangers."""
    library = open_library(data, "none", database_url)
    for chat_id in (ASKER, FLOODER, CHARTS, *range(FIRST_READER, FIRST_READER + READERS)):
        chats.keep(library.engine, chat_id, admitted=True, language="en")
    library.close()


def resident(process: subprocess.Popen[bytes]) -> int:
    """Return the KiB of memory that a process has, where the system says so; else 0."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


def write_for(server: Telegram, seconds: float, a_second: float) -> tuple[int, dict[str, list[tuple[int, float]]]]:
    """Write so long; return the number of updates, and the chats and times of those that are timed, by kind."""
    timed: dict[str, list[tuple[int, float]]] = {"cached": [], "refused": [], "answers": []}
    due = {"cached": 0.0, "answers": 0.0, "charts": 0.0}
    readers, questions = itertools.cycle(range(FIRST_READER, FIRST_READER + READERS)), itertools.cycle(QUESTIONS)
    began = time.monotonic()
    for number in itertools.count():
        now = time.monotonic() - began
        if now >= seconds:
            return number, timed
        if now >= due["answers"]:
            due["answers"] += ASK_EVERY
            kind, user, text = "answers", ASKER, next(questions)
        elif now >= due["charts"]:
            due["charts"] += CHART_EVERY
            kind, user, text = "", CHARTS, "/figures killed"
        elif now >= due["cached"]:
            due["cached"] += HELP_EVERY
            kind, user, text = "cached", next(readers), "/help"
        elif number % 10 < OF_TEN_STRANGERS:
            kind, user, text = "refused", FIRST_STRANGER + number % 5_000, "who is this?"
        else:
            kind, user, text = "", FLOODER, "Who did Tokayev ask for help?"
        at = time.monotonic()
        server.do("private_message", user=user, text=text)
        if kind:
            timed[kind].append((user, at))
        time.sleep(max(0.0, began + (number + 1) / a_second - time.monotonic()))
    raise AssertionError("numbers do not run out")


def latencies(calls: list[dict[str, Any]], written: list[tuple[int, float]]) -> list[float]:
    """Return the seconds from each message to the first answer to its chat after it, before the next message."""
    times: dict[int, list[float]] = {}
    for call in calls:
        times.setdefault(call["parameters"]["chat_id"], []).append(call["at"])
    found = []
    for number, (user, at) in enumerate(written):
        later = next((when for other, when in written[number + 1 :] if other == user), float("inf"))
        answer = next((when for when in times.get(user, ()) if at <= when < later), None)
        if answer is not None:
            found.append(answer - at)
    return found


def wait_for_answers(server: Telegram, since: int, timed: dict[str, list[tuple[int, float]]]) -> list[dict[str, Any]]:
    """Wait until who was to be answered is, or until nobody has been for a while; return the calls that went well."""
    count, last = -1, time.monotonic()
    while True:
        calls = [call for call in server.do("calls")[since:] if call["ok"]]
        sent = [call for call in calls if call["method"] == "sendMessage"]
        left = sum(len(timed[kind]) - len(latencies(sent, timed[kind])) for kind in ("cached", "answers"))
        if not left or time.monotonic() - last > PATIENCE:
            return calls
        if left != count:
            count, last = left, time.monotonic()
        time.sleep(0.5)


def run(seconds: float, a_second: float = A_SECOND, around: float = AROUND, *, samples: Path | None = None) -> Outcome:
    """Write to a bot for so many seconds, and return what was seen; `samples` is a data folder with their library."""
    with tempfile.TemporaryDirectory() as folder, telegram() as server:
        data = Path(folder) / "data"
        if samples is None:
            prepare(data, None)
        else:
            shutil.copytree(samples, data, symlinks=True)
            let_readers_in(data)
        environment = settings(server, data) | {"SITREP_QUESTIONS_PER_MINUTE": "20"}
        with (data / "bot.log").open("w") as log:
            command = [sys.executable, "-m", "bot.cli", "run"]
            bot = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            server.do("private_message", user=ASKER, text=QUESTIONS[0])
            server.do("wait_for", method="sendMessage", chat_id=ASKER, timeout=240)
            write_for(server, around, a_second)
            time.sleep(min(around, 3.0))
            since, before = server.do("mark"), resident(bot)
            number, timed = write_for(server, seconds, a_second)
            calls = wait_for_answers(server, since, timed)
            time.sleep(around)
            after = resident(bot)
            return _judged(server, data, calls, number, seconds, timed, (before, after))
        finally:
            bot.terminate()
            bot.wait()


def _judged(
    server: Telegram,
    data: Path,
    calls: list[dict[str, Any]],
    number: int,
    seconds: float,
    timed: dict[str, list[tuple[int, float]]],
    memory: tuple[int, int],
) -> Outcome:
    sent = [call for call in calls if call["method"] == "sendMessage"]
    refusals = {say("error.crowded", "en"), str(texts("en")["too_many"])}
    said = [call for call in sent if call["result"]["text"] not in refusals]
    cached, answers = latencies(said, timed["cached"]), latencies(said, timed["answers"])
    library = open_library(data, "none")
    with library.engine.connect() as connection:
        stored = int(connection.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one())
    library.close()
    to = Counter(call["parameters"]["chat_id"] for call in sent)
    pictures = [call for call in calls if call["method"] == "sendPhoto"]
    return Outcome(
        updates=number,
        seconds=seconds,
        cached=cached,
        refused=latencies(sent, timed["refused"]),
        answers=answers,
        unanswered=len(timed["cached"]) + len(timed["answers"]) - len(cached) - len(answers),
        flood=to[FLOODER],
        charts=len(pictures),
        stored=stored,
        memory=memory,
        violations=len(server.do("violations")),
    )


def at_percent(values: list[float], percent: int) -> float:
    """Return the value that so many percent do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


def main() -> int:
    """Print the figures; the exit code tells whether all of them are on target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--data", help="not used; all benchmarks take it")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--rate", type=float, default=A_SECOND, help="updates a second")
    given = parser.parse_args()
    found = run(given.seconds, given.rate)
    growth = found.memory[1] / found.memory[0] - 1 if found.memory[0] else 0.0
    cached, refused = at_percent(found.cached, 95), at_percent(found.refused, 95)
    slowest = max(found.answers, default=0.0)
    usual, p95 = at_percent(found.answers, 50), at_percent(found.answers, 95)
    print(f"{found.updates} updates in {found.seconds:.0f} s, {found.updates / found.seconds:.0f} a second")
    print(f"/help: {len(found.cached)}, p50 {at_percent(found.cached, 50):.2f} s, p95 {cached:.2f} s (target 1)")
    print(f"refused: {len(found.refused)} lines to strangers, p95 {refused:.2f} s (target 1)")
    print(f"questions: {len(found.answers)}, p50 {usual:.2f} s, p95 {p95:.2f} s, slowest {slowest:.2f} s (target 2)")
    print(f"readers without an answer: {found.unanswered}, limits broken: {found.violations} (target 0, 0)")
    print(f"messages to the chat that floods: {found.flood}; pictures to the one that wants charts: {found.charts}")
    print(f"updates stored, those of the warm-up among them: {found.stored}")
    print(f"memory: {found.memory[0] // 1024} to {found.memory[1] // 1024} MiB, {growth:+.0%} (target under 10 %)")
    good = cached <= MOST_CACHED and refused <= MOST_CACHED and slowest <= MOST_ANSWER and growth < MOST_GROWTH
    return int(not good or bool(found.unanswered or found.violations))


if __name__ == "__main__":
    sys.exit(main())

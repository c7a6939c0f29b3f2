"""Faults while the bot runs: how soon one who writes gets an answer in what mode is left, and how soon all is well.

Run as `python -m benchmarks.faults [--times N] [--only WORD ...] [--webhook]`. The bot is `sitrep run` on the samples,
with a language model, by polling or by webhook; Telegram and the model's provider are the tests' fakes, a Chroma server
is a real one. Each fault is made, a reader asks, it is taken back, and a reader asks until the usual answer comes and
the index works. The disk is filled and made read-only for real where this may do so.
"""

import argparse
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

import httpx

from retrieval.embedding import load_embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.store.chats import chats
from retrieval.store.library import open_library
from tests import fake_provider
from tests.bot.running import ADMIN, running
from tests.chroma import chroma_server, free_port
from tests.conftest import MODELS
from tests.fake_telegram.limits import Rates
from tests.fake_telegram.server import TelegramServer
from tests.garbled_pages import garbled_pages

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "articles.jsonl"

MOST_ANSWER, MOST_RECOVERY, MOST_UNNOTICED = 5.0, 30.0, 30.0  # seconds
PATIENCE = 90.0  # seconds until something counts as never come
START_SECONDS = 400.0  # of the bot, on a busy machine
QUIET = 2.0  # seconds without a message, after which no late answer comes
DISK = 256  # MB of the disk that is filled
REPORTS = (
    "The library cannot", "The library works", "The language model does", "The language model ans", "The vector",
    "The clock of my",
)  # fmt: skip
"""Beginnings of what the admins are told unasked."""

QUESTION = "Who did Tokayev ask for help?"

OTHER = 2002
"""A reader beside the admin who asks."""

POLLED = "getUpdates"
"""In the names of faults that there are only by polling."""

NO_WAY_OUT = ("hangs once", "six 429s")
"""In the names of faults during which no answer can be sent; it has as long as a recovery."""

PUBLIC, SECRET = "https://bot.example.org", "a-secret-of-the-benchmark"


@dataclass
class World:
    """What the faults are made in."""

    telegram: TelegramServer
    provider: fake_provider.Provider
    data: Path
    small_disk: bool
    listen: str  # where the bot says how it is
    chroma: "subprocess.Popen[bytes] | None" = None
    noticed: float | None = None  # seconds until the bot said by itself what does not work

    def rebuilds(self) -> float:
        """Return how often the bot says to have made its index anew; below 0 if it says nothing."""
        try:
            told = httpx.get(f"http://{self.listen}/metrics", timeout=10).text
        except httpx.HTTPError:
            return -1
        found = re.search(r"^sitrep_index_rebuilds_total (\S+)$", told, re.MULTILINE)
        return float(found[1]) if found else -1

    def index_works(self) -> bool:
        """Return what the bot says of its index."""
        try:
            return bool(httpx.get(f"http://{self.listen}/healthz", timeout=10).json().get("index") == "ready")
        except (httpx.HTTPError, ValueError):
            return False

    def notice(self, rebuilds: float | None = None) -> None:
        """Wait until the bot says that its index does not work, or was made anew since. Raises TimeoutError."""
        start = time.monotonic()
        while self.index_works() and (rebuilds is None or self.rebuilds() <= rebuilds):
            if time.monotonic() - start > PATIENCE:
                raise TimeoutError
            time.sleep(0.2)
        self.noticed = time.monotonic() - start


Fault = Callable[[World], Iterator[None]]


@dataclass
class Row:
    """What came of one fault: seconds to an answer while it lasted, and to the usual answer after it."""

    answers: list[float] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    noticed: list[float] = field(default_factory=list)
    failed: int = 0


def of_telegram(method: str, **how: object) -> Fault:
    def fault(world: World) -> Iterator[None]:
        world.telegram.fail(method, **how)
        yield
        world.telegram.heal()

    return fault


def of_provider(**how: object) -> Fault:
    def fault(world: World) -> Iterator[None]:
        usual = world.provider.reply
        world.provider.fails(**how)
        yield
        world.provider.reply = usual

    return fault


def full_disk(world: World) -> Iterator[None]:
    ballast = world.data.parent / "ballast"
    with ballast.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * 2**20)
                file.flush()
        except OSError:
            pass
    yield
    ballast.unlink()


def locked(world: World) -> Iterator[None]:
    connection = sqlite3.connect(world.data / "sitrep.db", timeout=10, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


def corrupt_pages(world: World) -> Iterator[None]:
    with garbled_pages(world.data / "sitrep.db"):
        yield


def garbled_index(world: World) -> Iterator[None]:
    rebuilds = world.rebuilds()  # a small index is whole again before anybody could see it broken
    for file in (world.data / "index").glob("chroma-*/**/*"):
        if file.is_file():
            file.write_bytes(b"\xff" * max(1, file.stat().st_size))
    yield
    world.notice(rebuilds)


def dead_server(world: World) -> Iterator[None]:
    """Chroma's server is killed, and started again where it was."""
    assert world.chroma is not None
    world.chroma.kill()
    world.chroma.wait()
    yield
    world.notice()
    world.chroma = subprocess.Popen(world.chroma.args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def hanging_server(world: World) -> Iterator[None]:
    assert world.chroma is not None
    world.chroma.send_signal(signal.SIGSTOP)
    yield
    world.notice()
    world.chroma.send_signal(signal.SIGCONT)


def read_only(world: World) -> Iterator[None]:
    """Nothing in the folder can be written, not even by who has opened it before."""
    change_attribute("+i", world.data)
    yield
    change_attribute("-i", world.data)


def change_attribute(change: str, data: Path) -> bool:
    """Make what is written to unchangeable or undo that; return whether this may do so."""
    paths = [path for path in (data, data / "sitrep.db", data / "sitrep.db-wal") if path.exists()]
    if not shutil.which("chattr"):
        return False
    return not subprocess.run(["chattr", change, *map(str, paths)], capture_output=True, check=False).returncode


def blocked(world: World) -> Iterator[None]:
    """Somebody else blocks the bot while it answers them."""
    world.telegram.private_message(OTHER, QUESTION)
    world.telegram.block(OTHER)
    yield
    world.telegram.unblock(OTHER)


def migrated(world: World) -> Iterator[None]:
    """A group moves while it is answered, and gets its answer where it is now."""
    group = world.telegram.add_group("Newsroom", by=ADMIN, supergroup=False)
    since = world.telegram.mark()
    world.telegram.group_message(group, ADMIN, "/admit")
    world.telegram.wait_for("sendMessage", group, timeout=PATIENCE, since=since)
    drain(world)
    world.telegram.group_message(group, ADMIN, f"@{world.telegram.username} {QUESTION}")
    moved = world.telegram.migrate(group)
    yield
    world.telegram.wait_for("sendMessage", moved, timeout=PATIENCE, since=since)


def wrong_clock(world: World) -> Iterator[None]:
    """The clock differs from Telegram's by an hour; that it is reported is a test's matter, as reports are seldom."""
    world.telegram.shift_clock(-3600)
    yield
    world.telegram.shift_clock(0)


FAULTS: dict[str, Fault] = {
    "Telegram: sendMessage 500": of_telegram("sendMessage", code=500, times=2),
    "Telegram: sendMessage 504": of_telegram("sendMessage", code=504, times=2),
    "Telegram: sendMessage hangs once": of_telegram("sendMessage", kind="hang"),
    "Telegram: six 429s": of_telegram("sendMessage", retry_after=1, times=6),
    "Telegram: sendMessage 502": of_telegram("sendMessage", code=502, times=2),
    "Telegram: sendMessage reset": of_telegram("sendMessage", kind="drop", times=2),
    "Telegram: sendMessage garbage": of_telegram("sendMessage", kind="garbage", times=2),
    "Telegram: flood wait": of_telegram("sendMessage", retry_after=2),
    "Telegram: getUpdates 401": of_telegram("getUpdates", code=401),
    "Telegram: getUpdates 409": of_telegram("getUpdates", code=409),
    "Telegram: getUpdates 502": of_telegram("getUpdates", code=502, times=2),
    "Telegram: 403 of another chat": blocked,
    "Telegram: a group moves": migrated,
    "Telegram: clock wrong by an hour": wrong_clock,
    "store: disk full": full_disk,
    "store: locked": locked,
    "store: corrupt pages": corrupt_pages,
    "Chroma: files garbled": garbled_index,
    "model: hangs": of_provider(wait=60.0),
    "model: 500": of_provider(status=500),
    "model: garbage": of_provider(raw=b"<html>"),
    "model: 50 MB": of_provider(text="x" * 50 * 2**20),
}
"""On a disk of its own, with the index in the data folder."""

SERVED_FAULTS: dict[str, Fault] = {
    "store: folder read-only": read_only,
    "Chroma: server dead": dead_server,
    "Chroma: server hangs": hanging_server,
}
"""On the usual disk, with a Chroma server."""


def ask(world: World, seconds: float) -> tuple[float, str]:
    """Ask a question; return the seconds to the first message that is no report to admins, and its text."""
    since, start = world.telegram.mark(), time.monotonic()
    world.telegram.private_message(ADMIN, QUESTION)
    while time.monotonic() - start < seconds:
        for call in world.telegram.calls("sendMessage", ADMIN):
            text = str(call.parameters.get("text", ""))
            if call.number >= since and call.answered_at and call.ok and not text.startswith(REPORTS):
                return time.monotonic() - start, text
        time.sleep(0.02)
    raise TimeoutError


def drain(world: World) -> None:
    """Wait until nothing is sent any more, so that no late answer counts for the next question."""
    count, since = -1, time.monotonic()
    while time.monotonic() - since < QUIET:
        if count != (count := len(world.telegram.calls("sendMessage"))):
            since = time.monotonic()
        time.sleep(0.1)


def trial(world: World, fault: Fault, row: Row) -> None:
    drain(world)
    world.noticed = None
    try:
        with contextmanager(fault)(world):
            try:
                row.answers.append(ask(world, PATIENCE)[0])
            except TimeoutError:
                row.failed += 1
    except TimeoutError:  # what else had to come
        row.failed += 1
    if world.noticed is not None:
        row.noticed.append(world.noticed)
    start = time.monotonic()
    while time.monotonic() - start < PATIENCE:
        try:
            if "[1]" in ask(world, 10.0)[1] and not world.telegram.pending() and world.index_works():
                row.recoveries.append(time.monotonic() - start)
                return
        except TimeoutError:
            continue
    row.failed += 1


@contextmanager
def folder(own_disk: bool) -> Iterator[tuple[Path, bool]]:
    """Yield a folder for the data, and whether it is on a small disk of its own: where that may be mounted."""
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "tmpfs", made]
        may = own_disk and bool(shutil.which("mount"))
        mounted = may and not subprocess.run(mount, capture_output=True, check=False).returncode
        try:
            yield place, mounted
        finally:
            if mounted:
                subprocess.run(["umount", "-l", made], check=False)


def fill(data: Path) -> None:
    embedder = load_embedder(data / "models")
    library = open_library(data, name_of(embedder))
    ingest(library, embedder, from_path(SAMPLES, UTC))
    library.close()


def let_in(data: Path) -> None:
    library = open_library(data, "none")
    chats.keep(library.engine, OTHER, admitted=True, language="en")
    library.close()


def honest(prompt: str) -> fake_provider.Reply:
    return fake_provider.Reply(json.dumps({"groups": [[1]], "translations": []}))


@contextmanager
def world_of(*, served: bool, webhook: bool, samples: Path | None) -> Iterator[tuple[World, Callable[[], bool]]]:
    """Yield a bot in its world, with a Chroma server if it is `served`, and whether the bot runs."""
    with ExitStack() as stack:
        place, small_disk = stack.enter_context(folder(own_disk=not served))
        data = place / "data"
        if samples is None:
            data.mkdir()
            (data / "models").symlink_to(MODELS)  # not on the disk that is filled
            fill(data)
        else:
            shutil.copytree(samples, data, symlinks=True)
        let_in(data)
        provider = stack.enter_context(fake_provider.running())
        provider.reply = honest
        telegram = stack.enter_context(TelegramServer(rates=Rates(enforced=False)))
        world = World(telegram, provider, data, small_disk, f"127.0.0.1:{free_port()}")
        settings = {"chat_model": "openai:m", "chat_base_url": f"{provider.url}/v1", "chat_timeout": "2.5"}
        if served:
            settings["chroma_url"], world.chroma = stack.enter_context(chroma_server(place / "chroma"))
            stack.callback(lambda: world.chroma and world.chroma.kill())
        if webhook:
            telegram.proxy(PUBLIC, f"http://{world.listen}")
            settings |= {"webhook_url": f"{PUBLIC}/telegram", "webhook_secret": SECRET, "webhook_listen": world.listen}
        else:
            settings["metrics_listen"] = world.listen
        bot = stack.enter_context(running(telegram, data, START_SECONDS, **settings))
        ask(world, PATIENCE)
        yield world, lambda: bot.process.poll() is None


def possible(fault: Fault, world: World) -> bool:
    """Return whether this may make a fault here."""
    if fault is read_only:
        return change_attribute("+i", world.data) and change_attribute("-i", world.data)
    return fault is not full_disk or world.small_disk


def measure(
    times: int, only: Sequence[str] = (), *, webhook: bool = False, samples: Path | None = None
) -> tuple[dict[str, Row], bool]:
    """Make each fault so often, or those only with one of the words in their name, and print each row when it is done.

    `samples` is a data folder with the samples' library, of which a copy is taken.

    Return the rows, and whether the bot still runs.
    """
    rows: dict[str, Row] = {}
    alive = True
    for faults in (FAULTS, SERVED_FAULTS):
        wanted = {
            name: fault
            for name, fault in faults.items()
            if (not only or any(word in name for word in only)) and not (webhook and POLLED in name)
        }
        if wanted:
            with world_of(served=faults is SERVED_FAULTS, webhook=webhook, samples=samples) as (world, runs):
                rows |= measure_in(world, wanted, times)
                alive = alive and runs()
    return rows, alive


def measure_in(world: World, faults: Mapping[str, Fault], times: int) -> dict[str, Row]:
    """Make each fault so often in one world, but those that this may not make."""
    rows: dict[str, Row] = {}
    for name, fault in faults.items():
        if not possible(fault, world):
            continue
        rows[name] = Row()
        for _ in range(times):
            trial(world, fault, rows[name])
        print(line(name, rows[name], times), flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--webhook", action="store_true", help="by webhook; else by polling")
    options = parser.parse_args()
    rows, alive = measure(options.times, options.only, webhook=options.webhook)
    lost = sum(row.failed for row in rows.values())
    print(f"\nThe bot {'runs' if alive else 'ENDED'}. Without an answer or a recovery: {lost} (target 0).")


def line(name: str, row: Row, times: int) -> str:
    """Return a row of the table: the slowest answer and recovery beside their targets."""
    answer, recovery = max(row.answers, default=PATIENCE), max(row.recoveries, default=PATIENCE)
    most = MOST_RECOVERY if any(words in name for words in NO_WAY_OUT) else MOST_ANSWER
    noticed = f"   noticed within {max(row.noticed):.1f} s (≤ {MOST_UNNOTICED:g})" if row.noticed else ""
    return (
        f"{name:34} {times:3} times   slowest answer {answer:5.1f} s (≤ {most:g})   "
        f"slowest recovery {recovery:5.1f} s (≤ {MOST_RECOVERY:g})   failed {row.failed}{noticed}"
    )


if __name__ == "__main__":
    main()

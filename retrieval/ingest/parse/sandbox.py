"""Parsing where it can be killed: pages and feeds are read in worker processes, with limits of time and memory."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from retrieval.domain import Moment, RejectedError
from retrieval.ingest.parse.feed import Entry, Feed
from retrieval.ingest.parse.page import Page
from retrieval.ingest.parse.worker import LENGTH

SECONDS = 4.5  # of work for one page or feed; nearly all take less than a tenth of one
WAITS = 1.5  # times as long by the clock, so that a busy machine refuses nothing that is harmless
START_SECONDS = 60.0  # to start a worker and load the parsers, about one on an idle machine
GRACE = 2.0  # seconds after which a worker that was not killed in time ends itself
LARGEST_ANSWER = 64_000_000  # bytes


class Sandbox:
    """Worker processes that read pages and feeds, at most `workers` at a time; safe to use from many threads.

    A class because the workers stay: starting one takes about a second, most pages a twentieth. They are
    started when first needed and end with `close`, or with this process.
    """

    def __init__(self, workers: int = 2, seconds: float = SECONDS) -> None:
        """Start nothing yet; one page or feed may take `seconds` of work."""
        self._seconds = seconds
        self._places: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._places.put(None)
        self._workers = workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; a later call starts new ones."""
        idle = [self._places.get() for _ in range(self._workers)]
        for worker in idle:
            if worker is not None:
                worker.kill()
            self._places.put(None)

    def page(self, data: bytes, url: str | None = None, content_type: str | None = None, *, zone: str = "UTC") -> Page:
        """Return the article on a page, as `read_page` does; `zone` is the name of the zone of bare days."""
        return page_from(self._ask("page", data, url, content_type, zone))

    def feed(self, data: bytes, url: str | None = None, content_type: str | None = None, *, zone: str = "UTC") -> Feed:
        """Return the entries of a feed, as `read_feed` does."""
        return feed_from(self._ask("feed", data, url, content_type, zone))

    def feeds_on(self, data: bytes, url: str, content_type: str | None = None) -> list[str]:
        """Return the addresses of the feeds that a page announces."""
        return [str(one) for one in self._ask("feeds on", data, url, content_type, "UTC")]

    def _ask(self, task: str, data: bytes, url: str | None, content_type: str | None, zone: str) -> Any:
        request = {"task": task, "size": len(data), "url": url, "content_type": content_type, "zone": zone}
        with self._worker() as worker:
            reply = worker.ask(request, data, self._seconds)
            if reply.get("worn"):
                worker.kill()
        if "error" in reply:
            raise RejectedError(str(reply["error"]), key=str(reply.get("key", "")))
        return reply["value"]

    @contextmanager
    def _worker(self) -> Iterator[Worker]:
        """Lend a worker; one that did not give a proper answer is not lent again."""
        worker = self._places.get()
        try:
            if worker is None or not worker.alive():
                worker = Worker()
            yield worker
        except BaseException:
            if worker is not None:
                worker.kill()
            worker = None
            raise
        finally:
            self._places.put(worker)


class Worker:
    """One worker process and the pipes to it."""

    def __init__(self) -> None:
        # The worker gets none of our environment, in which secrets lie; Windows starts nothing without it.
        bare = {"PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "retrieval.ingest.parse.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=None if sys.platform == "win32" else bare,
        )
        self._read(START_SECONDS)

    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def ask(self, request: dict[str, Any], data: bytes, seconds: float) -> dict[str, Any]:
        """Return the answer to a request; raises `RejectedError` where there is none in time."""
        wall = seconds * (1.0 if sys.platform == "win32" else WAITS)  # Windows counts no work
        head = json.dumps(request | {"work": seconds, "wall": wall + GRACE}).encode()
        return self._read(wall, LENGTH.pack(len(head)) + head + data)

    def _read(self, seconds: float, message: bytes = b"") -> dict[str, Any]:
        """Send a message and return the answer; the worker is killed where that takes too long."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            return self._exchange(message)
        except (OSError, ValueError, RejectedError) as exc:
            if late.is_set() or self._overworked():
                raise RejectedError("This takes longer to read than any article should.", key="unreadable") from exc
            raise RejectedError("This cannot be read: the parser broke down over it.", key="unreadable") from exc
        finally:
            timer.cancel()

    def _overworked(self) -> bool:
        """Return whether the worker was ended by its limit of work."""
        with suppress(subprocess.TimeoutExpired):
            return sys.platform != "win32" and self._process.wait(GRACE) == -signal.SIGPROF
        return False

    def _exchange(self, message: bytes) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise OSError("the worker has no pipes")
        stdin.write(message)
        stdin.flush()
        head = stdout.read(LENGTH.size)
        size = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else LARGEST_ANSWER + 1
        if size > LARGEST_ANSWER:
            raise ValueError("no answer, or too long a one")
        loaded = json.loads(stdout.read(size))
        if not isinstance(loaded, dict):
            raise ValueError("the answer is no object")
        return loaded


# --- answers to values -----------------------------------------------------------------------------


def text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def moment_from(value: Any) -> Moment | None:
    if not isinstance(value, dict):
        return None
    return Moment(datetime.fromisoformat(str(value["at"])), bool(value["day_only"]))


def page_from(value: dict[str, Any]) -> Page:
    """Return the page in a worker's answer."""
    return Page(
        title=str(value["title"]),
        text=str(value["text"]),
        url=text_or_none(value["url"]),
        author=text_or_none(value["author"]),
        publisher=text_or_none(value["publisher"]),
        published=moment_from(value["published"]),
        language=text_or_none(value["language"]),
    )


def feed_from(value: dict[str, Any]) -> Feed:
    """Return the feed in a worker's answer."""
    return Feed(
        title=str(value["title"]),
        entries=tuple(entry_from(entry) for entry in value["entries"]),
        interval=value["interval"] if isinstance(value["interval"], int) else None,
        rejected=tuple(str(reason) for reason in value["rejected"]),
    )


def entry_from(value: dict[str, Any]) -> Entry:
    return Entry(
        id=str(value["id"]),
        url=text_or_none(value["url"]),
        title=str(value["title"]),
        summary=str(value["summary"]),
        text=text_or_none(value["text"]),
        published=moment_from(value["published"]),
        author=text_or_none(value["author"]),
        misdated=bool(value["misdated"]),
    )

"""Pages and feeds read in worker processes, which have limits of time and memory and can be killed."""

import json
import queue
import signal
import subprocess
import sys
import threading
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from retrieval.domain import RejectedError
from retrieval.ingest.channels.preview import Preview
from retrieval.ingest.parse.feed import Feed
from retrieval.ingest.parse.worker import LENGTH
from retrieval.ingest.submission import Submission

SECONDS = 4.5  # of work for one page or feed; nearly all take less than a tenth of a second
WAITS = 1.5  # times as long by the clock, so that a busy machine refuses no harmless page
START_SECONDS = 60.0  # to start a worker and load the parsers, about one on an idle machine
GRACE = 2.0  # seconds past the limit after which a worker that was not killed ends itself
LARGEST_ANSWER = 64_000_000  # bytes


class Sandbox(AbstractContextManager["Sandbox"]):
    """Worker processes that read pages and feeds, at most `workers` at a time; safe to use from many threads.

    Starting a worker takes about a second, reading a page a twentieth: workers start on first use and end with
    `close` or with this process.
    """

    def __init__(self, workers: int = 2, seconds: float = SECONDS) -> None:
        """Create an empty pool; one page or feed may take `seconds` of work."""
        self._seconds = seconds
        self._places: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._places.put(None)
        self._workers = workers

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; a later call starts new ones."""
        idle = [self._places.get() for _ in range(self._workers)]
        for worker in idle:
            if worker is not None:
                worker.kill()
            self._places.put(None)

    def articles(
        self, data: bytes, url: str | None = None, content_type: str | None = None, *, zone: str = "UTC"
    ) -> tuple[Submission, ...]:
        """Return the articles on a page, as `read_articles` does; `zone` is the name of the zone of bare days."""
        found: tuple[Submission, ...] = typed(
            tuple[Submission, ...], self._ask("articles", data, url, content_type, zone)
        )
        return found

    def feed(self, data: bytes, url: str | None = None, content_type: str | None = None, *, zone: str = "UTC") -> Feed:
        """Return the entries of a feed, as `read_feed` does."""
        feed: Feed = typed(Feed, self._ask("feed", data, url, content_type, zone))
        return feed

    def channel(self, data: bytes, url: str | None = None, content_type: str | None = None) -> Preview:
        """Return the posts on a page of a channel's preview, as `read_preview` does."""
        preview: Preview = typed(Preview, self._ask("channel", data, url, content_type, "UTC"))
        return preview

    def feeds_on(self, data: bytes, url: str, content_type: str | None = None) -> list[str]:
        """Return the addresses of the feeds that a page announces."""
        return [str(one) for one in self._ask("feeds on", data, url, content_type, "UTC")]

    def _ask(self, task: str, data: bytes, url: str | None, content_type: str | None, zone: str) -> Any:
        request = {"task": task, "size": len(data), "url": url, "content_type": content_type, "zone": zone}
        worker = self._places.get()
        try:
            if worker is None or not worker.alive():
                worker = Worker()
            reply = worker.ask(request, data, self._seconds)
            if reply.get("worn"):
                worker.kill()
        except BaseException:
            if worker is not None:
                worker.kill()
            worker = None
            raise
        finally:
            self._places.put(worker)
        if "error" in reply:
            raise RejectedError(str(reply["error"]), key=str(reply.get("key", "")))
        return reply["value"]


class Worker:
    """One worker process and the pipes to it."""

    def __init__(self) -> None:
        # The environment has secrets in it, so the worker gets none of it; Windows starts no process without it.
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
        """Return the answer to a request; raises `RejectedError` if none comes in time."""
        wall = seconds * (1.0 if sys.platform == "win32" else WAITS)  # Windows counts no work
        head = json.dumps(request | {"work": seconds, "wall": wall + GRACE}).encode()
        return self._read(wall, LENGTH.pack(len(head)) + head + data)

    def _read(self, seconds: float, message: bytes = b"") -> dict[str, Any]:
        """Send a message and return the answer; the worker is killed if that takes too long."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            return self._exchange(message)
        except (OSError, ValueError) as exc:
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


def typed(kind: Any, value: Any) -> Any:
    """Return a JSON value as `kind`: a dataclass, a tuple, a type or None, a datetime, text, a number or a bool."""
    if hasattr(kind, "__dataclass_fields__"):
        return kind(**{field: typed(hint, value[field]) for field, hint in get_type_hints(kind).items()})
    if get_origin(kind) is tuple:
        return tuple(typed(get_args(kind)[0], one) for one in value)
    if get_origin(kind) is UnionType:
        return None if value is None else typed(get_args(kind)[0], value)
    return datetime.fromisoformat(str(value)) if kind is datetime else kind(value)

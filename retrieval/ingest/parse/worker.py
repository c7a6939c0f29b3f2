"""The process that parses pages and feeds of strangers: `sandbox` starts it, limits it and kills it.

Requests come over standard input, answers go over standard output, each a length (4 bytes, big-endian) and JSON; the
bytes to parse follow their request. There is no pickle, so that an answer is never more than text. A request has
`task`, `size` (of the bytes), `url`, `content_type`, `zone`, and the seconds of `work` and by the `wall` clock that it
may take; an answer has `value`, or `error` (a sentence) with the `key` of its frame text, and `worn` if this process
must not be used again.
"""

import contextlib
import json
import logging
import os
import re
import signal
import struct
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import TZPATH, ZoneInfo

from retrieval.domain import RejectedError
from retrieval.ingest.channels.preview import read_preview
from retrieval.ingest.parse.feed import feeds_on, read_feed
from retrieval.ingest.parse.moments import possible_moment_of
from retrieval.ingest.parse.page import read_articles, read_page
from retrieval.language.packs import packs

LENGTH = struct.Struct(">I")
MEMORY = 256 * 1024 * 1024  # bytes of address space, Python and the parsers included
WORN = 160 * 1024 * 1024  # bytes at the peak, after which a worker is replaced: some of them are never freed
OPEN_FILES = 64  # the parsers' own code and tables
OUTSIDE = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "ftplib.", "urllib.")
"""Audit events (https://docs.python.org/3/library/audit_events.html) that a parser never needs."""
RECURSION = 2000  # frames; a tree nested deeper than this is no article


def main() -> None:
    """Read requests and send answers until standard input ends."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # so that a parser cannot print into the answers
    logging.disable(logging.CRITICAL)
    warm_up()
    limit()
    status = own_status()
    shut_in()
    send(answers, {"value": "ready"})
    while len(head := requests.read(LENGTH.size)) == LENGTH.size:
        request = json.loads(requests.read(LENGTH.unpack(head)[0]))
        data = requests.read(request["size"])
        alarm(request["work"], request["wall"])
        send(answers, reply_to(request, data) | {"worn": worn(status)})
        alarm(0, 0)


def send(stream: BinaryIO, message: dict[str, Any]) -> None:
    packed = json.dumps(message, default=datetime.isoformat).encode("utf-8", "surrogatepass")
    stream.write(LENGTH.pack(len(packed)) + packed)
    stream.flush()


def reply_to(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return the answer to a request; an exception of a parser becomes a sentence."""
    try:
        url, kind, zone = request["url"], request["content_type"], ZoneInfo(request["zone"])
        if request["task"] == "feeds on":
            return {"value": feeds_on(data, url, kind)}
        match request["task"]:
            case "articles":
                value: Any = [asdict(one) for one in read_articles(data, url, kind, zone=zone)]
            case "channel":
                value = asdict(read_preview(data, url, kind))
            case _:
                value = asdict(read_feed(data, url, kind, zone=zone))
        return {"value": value}
    except RejectedError as error:
        return {"error": str(error), "key": error.key}
    except MemoryError:
        return {"error": "This takes more memory to read than any article should.", "key": "unreadable"}
    except RecursionError:
        return {"error": "This is nested deeper than any article should be.", "key": "unreadable"}
    except Exception as error:  # a parser's bug on a stranger's bytes
        sentence = f"This cannot be read: it confuses the parser ({type(error).__name__})."
        return {"error": sentence, "key": "unreadable"}


# --- limits ---------------------------------------------------------------------------------------


def warm_up() -> None:
    """Load the parsers, and the modules that they load on first use, before the limits are set."""
    paragraph = b"<p>The square was closed on Wednesday, the city hall said, and it stays closed until Friday.</p>"
    with contextlib.suppress(RejectedError):
        read_page(b"<html><body><article>" + 5 * paragraph + b"</article></body></html>", "https://example.org/a/b")
    read_feed(b"<rss version='2.0'><channel><item><link>https://example.org/a</link></item></channel></rss>")
    with contextlib.suppress(RejectedError):
        read_preview(b"<html><body><div class='tgme_channel_history'></div></body></html>")
    for month in (one.get("calendar", "months", ["may"])[0].split()[0] for one in packs()):
        possible_moment_of(f"6 {month} 2022, 10:00 GMT")  # dateparser loads a language, and its zones, on first use
    "\u0416".encode().decode("cp1251")


def limit() -> None:
    """Limit this process to its memory, no new files and few open ones, where the system can."""
    sys.setrecursionlimit(RECURSION)
    if sys.platform == "win32":
        return
    import resource

    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, OPEN_FILES)):
        with contextlib.suppress(ValueError, OSError):  # macOS has no limit on address space
            resource.setrlimit(kind, (most, most))


def shut_in() -> None:
    """Forbid this process to reach the network, start a program or open a file that is not Python's own."""
    own = (*(str(Path(place).resolve()) for place in (*sys.path, sys.prefix, sys.base_prefix)), *TZPATH)

    def watch(event: str, details: tuple[object, ...]) -> None:
        if event.startswith(OUTSIDE):
            raise PermissionError(f"{event} is not for a parser")
        if event == "open" and isinstance(details[0], str) and not str(Path(details[0]).absolute()).startswith(own):
            raise PermissionError("a parser opens no files")

    sys.addaudithook(watch)


def own_status() -> int | None:
    """Return a descriptor of Linux's status of this process, opened before `shut_in`; None elsewhere."""
    try:
        return os.open("/proc/self/status", os.O_RDONLY)
    except OSError:
        return None


def worn(status: int | None) -> bool:
    """Return whether this process has grown so much that the next page might not fit."""
    if sys.platform == "win32":
        return False
    # Linux's getrusage(2) starts at the peak of the parent process, which is large here.
    if status is not None and (peak := re.search(rb"VmHWM:\s*(\d+) kB", os.pread(status, 4096, 0))):
        return int(peak[1]) * 1024 > WORN
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # bytes; see getrusage(2) of each
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit > WORN


def alarm(work: float, wall: float) -> None:
    """End this process after so many seconds of work or by the clock, even if its parent is dead; 0: no limit."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, work)
        signal.setitimer(signal.ITIMER_REAL, wall)


if __name__ == "__main__":
    main()

"""The state of each followed feed, and the claim of the process that polls it."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, text, update

from retrieval.domain import BusyError, SitrepError
from retrieval.store.database import executed, fetched, locked, reading, writing
from retrieval.store.schema import feeds
from retrieval.store.sources.pages import note


@dataclass(frozen=True, slots=True)
class FeedState:
    """The state of a followed feed; times are aware."""

    url: str
    title: str = ""
    etag: str | None = None
    last_modified: str | None = None
    interval: float | None = None  # seconds, as the feed asked when it was last read
    added_at: datetime | None = None
    last_good_at: datetime | None = None  # when it was last read, or had not changed
    next_due_at: datetime | None = None  # None: at once
    failures: int = 0  # in a row, since it was last good
    last_error: str | None = None  # one sentence; None while all is well
    error_key: str = ""  # of its translation; see `SitrepError`
    error_fields: dict[str, Any] | None = None
    remark: str | None = None  # one sentence on what is odd about a feed that can be read
    stopped: bool = False  # gone for good: not polled until it is added again
    channel: str | None = None  # the name of a channel; None: it is a feed
    newest_post: int | None = None  # the highest number of a post that was read
    gap_from: int | None = None  # the posts after this number and before `gap_to` are still to be read
    gap_to: int | None = None


def error_of(state: FeedState) -> SitrepError:
    """Return the last error of a feed."""
    return SitrepError(state.last_error or "", key=state.error_key, **(state.error_fields or {}))


def every(engine: Engine) -> list[FeedState]:
    """Return all feeds, in the order in which they were added."""
    return [FeedState(**row._mapping) for row in fetched(engine, select(feeds).order_by(feeds.c.added_at))]


def find(engine: Engine, url: str) -> FeedState | None:
    """Return the state of a feed; None where it is not followed."""
    rows = fetched(engine, select(feeds).where(feeds.c.url == url))
    return FeedState(**rows[0]._mapping) if rows else None


def add(engine: Engine, state: FeedState) -> bool:
    """Follow a feed; return False where it is followed already. One that had stopped begins anew."""
    with writing(engine) as connection:
        stopped = connection.execute(select(feeds.c.stopped).where(feeds.c.url == state.url)).scalar()
        if stopped is False:
            return False
        connection.execute(delete(feeds).where(feeds.c.url == state.url))
        connection.execute(insert(feeds).values(**asdict(state)))
        return True


def keep(engine: Engine, url: str, state: FeedState, read: Mapping[str, bool], now: datetime) -> None:
    """Store the result of a poll of `url`, with the pages it led to (see `pages.note`).

    A feed that was removed meanwhile stays removed; one that moved to the address of another replaces it.
    """
    with writing(engine) as connection:
        note(connection, read, now)
        if connection.execute(select(feeds.c.url).where(feeds.c.url == url)).first() is None:
            return
        if state.url != url:
            connection.execute(delete(feeds).where(feeds.c.url == state.url))
        connection.execute(update(feeds).where(feeds.c.url == url).values(**asdict(state)))


def remove(engine: Engine, url: str) -> bool:
    """Follow a feed no longer; return whether it was followed. Its articles stay."""
    return executed(engine, delete(feeds).where(feeds.c.url == url)) > 0


@dataclass(frozen=True, slots=True)
class FeedCounts:
    followed: int
    failing: int
    stopped: int
    last_good_at: datetime | None  # of all feeds


def counts(engine: Engine) -> FeedCounts:
    """Return how many feeds are followed, how many of them fail or have stopped, and when any was last good."""
    counted = select(
        func.count(feeds.c.url),
        func.count(feeds.c.url).filter(feeds.c.failures > 0),
        func.count(feeds.c.url).filter(feeds.c.stopped),
        func.max(feeds.c.last_good_at),
    )
    return FeedCounts(*fetched(engine, counted)[0])


@contextmanager
def claimed(engine: Engine, folder: Path, url: str) -> Iterator[bool]:
    """Yield whether this caller alone may poll a feed now; the claim ends with the block, or with the process.

    With SQLite it is a lock on a file in `folder`, with PostgreSQL an advisory lock.
    """
    digest = hashlib.sha256(url.encode()).digest()
    with ExitStack() as stack:
        if engine.dialect.name == "sqlite":
            try:
                stack.enter_context(locked(folder / "feeds" / f"{digest.hex()[:16]}.lock", "The feed is being polled."))
                mine = True
            except BusyError:
                mine = False
        else:
            key = {"key": int.from_bytes(digest[:8], signed=True)}
            connection = stack.enter_context(reading(engine))
            mine = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one())
            connection.commit()  # the lock is the session's; no transaction stays open during the poll
            if mine:
                stack.callback(connection.execute, text("SELECT pg_advisory_unlock(:key)"), key)
        yield mine

"""Feeds that are followed: adding one by any address, and one poll of it into the library."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from retrieval.domain import Moment, RejectedError
from retrieval.embedding import Embedder
from retrieval.ingest.feeds.feeds import after_success, due
from retrieval.ingest.feeds.polling import Polled, poll
from retrieval.ingest.fetch.fetch import Fetched, checked
from retrieval.ingest.parse.feed import Feed, is_feed
from retrieval.ingest.pipeline import Report, ingest
from retrieval.ingest.sources import Passing, Reader
from retrieval.ingest.submission import Submission
from retrieval.store import feeds
from retrieval.store.feeds import FeedState
from retrieval.store.library import Library
from retrieval.store.pages import known_at

MOST_TRIED = 3
"""How many of the feeds that a page announces are tried."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed that can be read, and what it holds."""

    state: FeedState  # due at once, so that its articles come with the first poll
    entries: int
    newest: Moment | None


def discover(url: str, how: Reader, now: datetime) -> Discovered:
    """Return the feed at an address, or the first readable one that the page there announces.

    Raises `RejectedError`, one sentence, where there is none. Blocking: call it in a thread.
    """
    fetched = how.fetch(str(checked(url)))
    if is_feed(fetched.data, fetched.content_type):
        return _discovered(str(checked(url)), fetched, how.feed(fetched), now)
    announced = how.sandbox.feeds_on(fetched.data, fetched.url, fetched.content_type)
    for address in announced[:MOST_TRIED]:
        try:
            there = how.fetch(address)
            return _discovered(address, there, how.feed(there), now)
        except RejectedError as error:
            failed = f"The page announces the feed {address}, but: {error}"
    raise RejectedError(failed if announced else _no_feed(fetched, how))


def _discovered(url: str, fetched: Fetched, feed: Feed, now: datetime) -> Discovered:
    state = after_success(FeedState(url, added_at=now), fetched, feed, now)
    dated = [entry.published for entry in feed.entries if entry.published is not None]
    newest = max(dated, key=lambda moment: moment.at, default=None)
    # Nothing of it is in the library yet: the first poll must not be told that nothing has changed.
    return Discovered(replace(state, etag=None, last_modified=None, next_due_at=None), len(feed.entries), newest)


def _no_feed(fetched: Fetched, how: Reader) -> str:
    """Return why there is no feed: the page's own reason where it cannot be read, else that it announces none."""
    try:
        how.page(fetched)
    except RejectedError as error:
        return f"{str(error).rstrip('.')}, and it announces no feed."
    return "This is a page, not a feed, and it announces none."


# --- polling --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """What a poll brought: what is known of the feed now, and what became of its articles."""

    state: FeedState
    report: Report


def follow(
    library: Library,
    embedder: Embedder,
    how: Reader,
    url: str,
    *,
    clock: Callable[[], datetime],
    only_due: bool = True,
    checkpoint: Callable[[], None] = lambda: None,
    turn: AbstractContextManager[object] | None = None,
) -> FeedOutcome | None:
    """Poll one feed and take in what is new; None where another process is at it, or there is nothing to do.

    `checkpoint` is called before each page and may raise to give up; `turn` is held while articles are taken in.
    What is known of the feed is kept only after its articles are, so that a crash between loses none. Blocking.
    """
    with feeds.claimed(library.engine, library.folder, url) as mine:
        state = feeds.find(library.engine, url) if mine else None
        now = clock()
        if state is None or (only_due and not due([state], now)):
            return None
        known = known_at(library.engine, now)

        def known_or_stop(key: str) -> bool:
            checkpoint()
            return known(key)

        polled = poll(state, how, now, known_or_stop)
        with turn or nullcontext():
            checkpoint()
            report = ingest(library, embedder, polled.found, clock=clock)
        feeds.keep(library.engine, url, polled.state, read_pages(polled, report), now)
        return FeedOutcome(polled.state, report)


def read_pages(polled: Polled, report: Report) -> dict[str, bool]:
    """Return what was read of a feed, by address or id, and whether it was rejected for good."""
    refused = {one.where for one in report.rejected}
    read = {}
    for one in polled.found:
        if not isinstance(one, Passing):
            key = one.id if isinstance(one, Submission) and one.id else one.where
            read[key] = key in refused
    return read

"""One poll of a followed feed: what is new in it, and what is known of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from retrieval.domain import RejectedError
from retrieval.ingest.feeds.feeds import after_failure, after_success
from retrieval.ingest.sources import Known, Passing, Reader, from_feed, nothing_known
from retrieval.ingest.submission import Rejection, Submission
from retrieval.store.feeds import FeedState


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll gave; store `state` only once `found` is taken in, so that a crash between loses nothing."""

    state: FeedState
    found: tuple[Submission | Rejection, ...] = ()


def poll(state: FeedState, how: Reader, now: datetime, known: Known = nothing_known) -> Polled:
    """Ask a feed for what is new and read it; `known` says which addresses need not be read again.

    Never raises for what the feed does: a failure is in the state. Blocking: call it in a thread.
    """
    try:
        fetched = how.fetch(state.url, state.etag, state.last_modified)
        if fetched.not_modified:
            return Polled(after_success(state, fetched, None, now))
        feed = how.feed(fetched)
    except RejectedError as error:
        return Polled(after_failure(state, error, now))
    found = tuple(from_feed(feed, fetched.url, how, known))
    after = after_success(state, fetched, feed, now)
    if any(isinstance(one, Passing) for one in found):
        # A page was out of reach: have the feed give its entry again, though the feed has not changed.
        after = replace(after, etag=None, last_modified=None)
    return Polled(after, found)

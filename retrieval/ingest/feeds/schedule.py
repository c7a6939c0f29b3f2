"""When a feed is polled next, as pure functions of its state."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from retrieval.domain import SitrepError
from retrieval.ingest.fetch.fetch import AnswerError, Fetched
from retrieval.ingest.parse.feed import Feed
from retrieval.store.feeds import FeedState

USUAL_INTERVAL = 900.0  # seconds, for a feed that gives no interval
CHANNEL_INTERVAL = 30.0  # seconds; what a channel posts is to be answered from within a minute
SHORTEST_INTERVAL = 300.0  # seconds, whatever a feed allows
LONGEST_INTERVAL = 86_400.0  # seconds, whatever a feed asks for, and the end of every back-off
FIRST_RETRY = 300.0  # seconds after a first failure; doubled with each that follows
JITTER = 0.1  # of the interval, either way, so that feeds added together are not polled together
GONE = 410  # the HTTP status after which an address is polled no more

Chance = Callable[[], float]
"""A number in [0, 1) at each call."""


def due(states: list[FeedState], now: datetime) -> list[FeedState]:
    """Return the feeds to poll now, those that have waited longest first."""
    waiting = [s for s in states if not s.stopped and (s.next_due_at is None or s.next_due_at <= now)]
    return sorted(waiting, key=lambda s: s.next_due_at.timestamp() if s.next_due_at else 0.0)


def after_success(
    state: FeedState, fetched: Fetched, feed: Feed | None, now: datetime, chance: Chance = random.random
) -> FeedState:
    """Return the state of a feed that was fetched at `now` and parsed, or (`feed` None) had not changed.

    The next poll is after the feed's `ttl`, or the server's `max-age` if that is longer.
    """
    interval = state.interval if feed is None else feed.interval
    wait = max(float(interval or USUAL_INTERVAL), float(fetched.max_age or 0))
    return replace(
        state,
        url=fetched.moved_to or state.url,
        title=(feed.title if feed else "") or state.title,
        etag=fetched.etag or (state.etag if fetched.not_modified else None),
        last_modified=fetched.last_modified or (state.last_modified if fetched.not_modified else None),
        interval=interval,
        remark=remark(feed) if feed else state.remark,
        last_good_at=now,
        next_due_at=now + jittered(wait, chance),
        failures=0,
        last_error=None,
        stopped=False,
    )


def after_channel(state: FeedState, now: datetime, chance: Chance = random.random) -> FeedState:
    """Return the state of a channel whose posts were read at `now`."""
    return replace(
        state,
        interval=CHANNEL_INTERVAL,
        last_good_at=now,
        next_due_at=now + jittered(CHANNEL_INTERVAL, chance, CHANNEL_INTERVAL),
        failures=0,
        last_error=None,
        stopped=False,
    )


def after_failure(state: FeedState, error: SitrepError, now: datetime, chance: Chance = random.random) -> FeedState:
    """Return the state of a feed that could not be fetched or parsed at `now`.

    The wait doubles with each failure and is never shorter than the server asks; a feed that is gone (410) is stopped.
    """
    asked = error.retry_after if isinstance(error, AnswerError) else None
    first, shortest = (FIRST_RETRY, SHORTEST_INTERVAL) if state.channel is None else (CHANNEL_INTERVAL,) * 2
    doubled = first * 2.0 ** min(state.failures, 16)
    usual = USUAL_INTERVAL if state.channel is None else CHANNEL_INTERVAL
    after = jittered(max(doubled, state.interval or usual), chance, shortest)
    return replace(
        state,
        # Jitter must not shorten the wait that a server asks for.
        next_due_at=now + max(after, timedelta(seconds=asked or 0.0)),
        failures=state.failures + 1,
        last_error=str(error),
        error_key=error.key,
        error_fields=error.fields or None,
        stopped=isinstance(error, AnswerError) and error.status == GONE,
    )


def remark(feed: Feed) -> str | None:
    """Return one sentence on the parts that a readable feed lacks; None if it lacks none."""
    count = len(feed.entries)
    if not count:
        return "It has no entries that can be used." if feed.rejected else "It has no entries."
    bare = sum(entry.published is None and not entry.misdated for entry in feed.entries)
    wrong = sum(entry.misdated for entry in feed.entries)
    odd = (
        (bare, "say no time"),
        (wrong, "give times that lie ahead or cannot be read, which are not used"),
        (sum(entry.url is None for entry in feed.entries), "have no link"),
    )
    lacks = [f"{number} of {count} entries {what}" for number, what in odd if number]
    if feed.rejected:
        lacks.append(f"{len(feed.rejected)} more have neither a link nor a text of their own")
    return f"{'; '.join(lacks)}." if lacks else None


def jittered(seconds: float, chance: Chance, shortest: float = SHORTEST_INTERVAL) -> timedelta:
    """Return so many seconds within the bounds of an interval, give or take JITTER."""
    bounded = min(max(seconds, shortest), LONGEST_INTERVAL)
    return timedelta(seconds=bounded * (1 + JITTER * (2 * chance() - 1)))

"""Pure: when a brief is due, in each chat's own time zone, by the local calendar and never by a timer.

A local day is briefed at most once because the day itself is remembered, not the time since: so it does not matter
whether that day had 23 hours or 25, whether the clock was put forward or back, or whether the process slept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from retrieval.store.chats.subscriptions import Subscription

ONE_DAY = timedelta(days=1)

DAYS_BACK = 7
"""Of any seven days, one at least is a chosen weekday."""

ON_TIME = timedelta(minutes=30)
"""A brief at most this late comes in quiet hours too, since its hour was chosen; a later one waits for their end."""

FIRST_WINDOW = timedelta(days=1)
"""The window of a chat's first brief."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A brief that is due: the local day it is for, and when that day's hour came."""

    day: date
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Due:
    """One brief for a chat: for the newest slot that is due, and for all the missed ones that it makes up for."""

    subscription: Subscription
    slot: Slot
    since: datetime
    done: tuple[tuple[int, date], ...]  # the subscriptions, by slot, and the local day each is done with


def instant(day: date, at: time, zone: str) -> datetime:
    """Return when a local time comes on a day, in UTC.

    A time that exists twice comes the first time; one that the clocks skip comes as long after midnight as it would
    have without the change (PEP 495, fold 0).
    """
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def due(subscription: Subscription, last_done: date | None, now: datetime) -> Slot | None:
    """Return the newest slot that has come by `now` and is not done; None if there is none.

    `last_done` is the last local day that is done with. Where it lies in the future by more than a day, the clock
    was wrong when it was written, and only yesterday and before count as done.
    """
    today = now.astimezone(ZoneInfo(subscription.zone)).date()
    if last_done is not None and last_done > today + ONE_DAY:
        last_done = today - ONE_DAY
    for back in range(DAYS_BACK + 1):
        day = today - back * ONE_DAY
        if last_done is not None and day <= last_done:
            return None
        at = instant(day, subscription.at, subscription.zone)
        if day.weekday() in subscription.weekdays and at <= now:
            return Slot(day, at)
    return None


def first_done(at: time, zone: str, now: datetime) -> date:
    """Return the day to begin after: a new subscription's hour that is over today comes tomorrow."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return today if instant(today, at, zone) <= now else today - ONE_DAY


def done_after_change(subscription: Subscription, at: time, zone: str, now: datetime) -> date | None:
    """Return the last day done with once the hour or zone is another.

    A later hour today counts as to come, even if the old one passed before the chat subscribed. The outbox knows
    whether today's brief was sent already.
    """
    done = first_done(at, zone, now)
    return done if subscription.last_day is None else min(done, subscription.last_day)


Quiet = tuple[time, time]
"""Local hours, from and to (exclusive), in which nothing comes unasked."""


def is_quiet(quiet: Quiet | None, now: datetime, zone: str) -> bool:
    """Return True in the quiet hours of a zone; they may go over midnight."""
    if quiet is None or quiet[0] == quiet[1]:
        return False
    local, (start, end) = now.astimezone(ZoneInfo(zone)).time(), quiet
    return start <= local < end if start < end else local >= start or local < end


def read_quiet(text: str | None) -> Quiet | None:
    """Return quiet hours from their stored form, "22:00-07:00"."""
    if not text:
        return None
    start, _, end = text.partition("-")
    return time.fromisoformat(start), time.fromisoformat(end)


def due_of_chat(subscriptions: Iterable[Subscription], quiet: Quiet | None, now: datetime) -> list[Due]:
    """Return the briefs that a chat is due at `now`: one for all hours missed, for each topic and choice of news."""
    by_topics: dict[tuple[int | None, tuple[str, ...]], list[Subscription]] = {}
    for subscription in subscriptions:
        by_topics.setdefault((subscription.thread, subscription.topics), []).append(subscription)
    found = [_due_of(alike, quiet, now) for alike in by_topics.values()]
    return [brief for brief in found if brief is not None]


def _due_of(alike: list[Subscription], quiet: Quiet | None, now: datetime) -> Due | None:
    slots = [(s, slot) for s in alike if (slot := due(s, s.last_day, now)) is not None]
    if not slots:
        return None
    newest, slot = max(slots, key=lambda pair: (pair[1].at, pair[0].slot))
    if now - slot.at > ON_TIME and is_quiet(quiet, now, newest.zone):
        return None
    briefed = [s.briefed_until for s in alike if s.briefed_until is not None and s.briefed_until < now]
    since = max(briefed, default=now - FIRST_WINDOW)
    return Due(newest, slot, since, tuple((s.slot, missed.day) for s, missed in slots))

"""Publication times as machines write them. What is not said is not filled in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from retrieval.domain import Moment

CLOCK_SKEW = timedelta(hours=1)  # publishers' clocks run fast; anything later than this is not a time yet
EARLIEST = date(1970, 1, 2)  # zero seconds since the epoch is how software says "none"

_DAY = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})")
_FRACTION = re.compile(r"[.,]\d+(?=Z|[+-]|$)")
_UTC = re.compile(r"\s*(?:UTC|GMT)$")


def moment_of(written: str | None, zone: tzinfo = UTC, now: datetime | None = None) -> Moment | None:
    """Return what an ISO 8601 or RFC 2822 date says, or None for one that says nothing, or a future day.

    A time with a zone stays a time; a day, or a time of which the zone is unknown, becomes the day alone,
    whose midnight is taken in `zone`. `now` is the present (aware), the clock's by default.
    """
    now = now or datetime.now(UTC)
    found = parsed((written or "").strip()[:64])
    if found is None:
        return None
    if isinstance(found, datetime) and found.tzinfo is not None:
        return Moment(found) if found.date() >= EARLIEST and found <= now + CLOCK_SKEW else None
    day = found.date() if isinstance(found, datetime) else found
    last = (now + timedelta(hours=14)).date()  # the day in the zone that is furthest ahead
    if not EARLIEST <= day <= last:
        return None
    return Moment(datetime.combine(day, time(), zone), day_only=True)


def parsed(written: str) -> datetime | date | None:
    """Return the day or the time (naive where it names no zone) that a string holds, whole."""
    try:
        if _DAY.fullmatch(written):
            return date.fromisoformat(_DAY.sub(r"\1-\2-\3", written))
        if _DAY.match(written):
            return in_range(datetime.fromisoformat(_FRACTION.sub("", _UTC.sub("Z", written))))
        if "," in written or re.match(r"\d{1,2} [A-Z]", written):
            return in_range(parsedate_to_datetime(written))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return None


def in_range(at: datetime) -> datetime | None:
    """Return `at` if it can be told in any zone, which the first and last days of the calendar cannot."""
    return at if 1 < at.year < 9999 else None

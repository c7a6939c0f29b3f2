"""Publication times as machines and people write them, in files, pages and feeds.

ISO 8601 and RFC 2822 are read here, other whole dates by dateparser: "6 января 2022 года, 18:00".
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from retrieval.domain import Moment
from retrieval.language.days.dates import whole_date

CLOCK_SKEW = timedelta(hours=1)  # publishers' clocks run fast; a time later than this is no publication time
EARLIEST = date(1970, 1, 2)  # software writes zero seconds since the epoch for "no time"
LONGEST = 64  # characters

_DAY = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})")
_FRACTION = re.compile(r"[.,]\d+(?=Z|[+-]|$)")
_UTC = re.compile(r"\s*(?:UTC|GMT)$")


def moment_of(
    written: str | None, zone: tzinfo = UTC, now: datetime | None = None, *, local: bool = False
) -> Moment | None:
    """Return the moment of a written date, or None for one that cannot be read, is impossible or lies ahead.

    A time with a zone stays a time; a day, or a time whose zone is unknown, becomes the day alone, whose midnight
    is taken in `zone`. With `local`, a time whose zone is unknown stays a time, in `zone`. `now` is the present
    (aware), the clock's by default.
    """
    now = now or datetime.now(UTC)
    found = _read((written or "").strip()[:LONGEST])
    if found is None:
        return None
    if local and isinstance(found, datetime) and found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    if isinstance(found, datetime) and found.tzinfo is not None:
        return Moment(found) if found.date() >= EARLIEST and found <= now + CLOCK_SKEW else None
    day = found.date() if isinstance(found, datetime) else found
    last = (now + timedelta(hours=14)).date()  # the day in the zone that is furthest ahead
    if not EARLIEST <= day <= last:
        return None
    return Moment(datetime.combine(day, time(), zone), day_only=True)


def _read(written: str) -> datetime | date | None:
    """Return the day or time of a whole string; a time without a zone is naive."""
    try:
        if _DAY.fullmatch(written):
            return date.fromisoformat(_DAY.sub(r"\1-\2-\3", written))
        if _DAY.match(written):
            return _in_range(datetime.fromisoformat(_FRACTION.sub("", _UTC.sub("Z", written))))
    except ValueError:
        return None
    try:
        if "," in written or re.match(r"\d{1,2} [A-Z]", written):
            return _in_range(parsedate_to_datetime(written))
    except (ValueError, TypeError, OverflowError, IndexError):
        pass
    return whole_date(written)


def _in_range(at: datetime) -> datetime | None:
    """Return `at` unless it lies in the calendar's first or last year, where other zones may have no such time."""
    return at if 1 < at.year < 9999 else None

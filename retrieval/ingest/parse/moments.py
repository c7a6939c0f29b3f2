"""Publication times as machines and people write them, in files, pages, feeds and posts: `moment_of`.

Days in figures, RFC 2822 and seconds since 1970 are read here; days with the name of their month, and the names of
zones, by dateparser: "6 января 2022 года, 18:00 мск".
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from retrieval.domain import Moment, RejectedError
from retrieval.language.days.dates import whole_date
from retrieval.language.packs import packs

CLOCK_SKEW = timedelta(hours=1)  # publishers' clocks run fast; a time later than this is no publication time
EARLIEST = date(1970, 1, 2)  # software writes zero seconds since the epoch for "no time"
LATEST_YEAR = 2200  # later ones are not even compared: in another zone they may lie outside the calendar
LONGEST = 80  # characters
FURTHEST_ZONE = timedelta(hours=14)  # east of Greenwich, where a day begins first

_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-./])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)", re.ASCII)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?=T|Z|\s|$|\d{4}(?:\d\d)?$)", re.ASCII)
_DAY_FIRST = re.compile(r"(?<!\d)(?P<day>\d{1,2})([./])(?P<month>\d{1,2})\2(?P<year>(?:\d\d)?\d\d)(?!\d)", re.ASCII)
_WEEK = re.compile(r"\d{4}-?W\d\d-?\d$", re.ASCII)
_RFC = re.compile(r"(?:[A-Z][a-z]{2},?\s+)?\d{1,2}[\s-][A-Z][a-z]{2}[\s-]\d\d(?:\d\d)?\s+\d\d:\d\d(?::\d\d)?", re.ASCII)
_EPOCH = re.compile(r"(?:/Date\()?(-?\d{9,16})(?:\.\d+)?(?:[+-]\d{4})?(?:\)/)?", re.ASCII)
_EPOCH_DIGITS = (9, 10, 12, 13, 15, 16)  # of seconds, thousandths and millionths since 1970

_TIME = re.compile(r"\d[:.]\d\d|\dT\d\d|\d\s?[ap]\.?m\b", re.IGNORECASE | re.ASCII)
_CLOCK = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?(?:[.,]\d+)?(?!\d)"
    r"\s*(?P<half>[ap]\.?m\b)?",
    re.IGNORECASE | re.ASCII,
)
_COMPACT_CLOCK = re.compile(r"T?(?P<hour>\d\d)(?P<minute>\d\d)?(?P<second>\d\d)?(?P<half>)", re.ASCII)
_OFFSET = re.compile(r"(?<=\d)\s*(?:Z|(?:UTC|GMT)?\s*([+-])(\d\d):?(\d\d)?)$", re.IGNORECASE | re.ASCII)
_UNKNOWN_ZONE = re.compile(r"\s-00:?00$")  # RFC 2822
_NAMED_ZONE = re.compile(r"\[[\w/+-]+\]$")  # RFC 9557: "+06:00[Asia/Almaty]"
_REMARK = re.compile(r"\s*\([^()\d]*\)")  # "(East Kazakhstan Time)"
_LABEL = re.compile(r"^[^\W\d_][^\d:]*:\s*")  # "Published: "
_ZONES = {word: name for pack in packs() for word, name in pack.get("calendar", "zones", {}).items()}
_ZONE_WORD = re.compile(rf"\b(?:{'|'.join(map(re.escape, _ZONES))})\b", re.IGNORECASE)


class ImpossibleDateError(RejectedError):
    """A day or time that does not exist, or that no article can have been published at."""


def moment_of(
    written: str | float | None,
    zone: tzinfo = UTC,
    now: datetime | None = None,
    *,
    local: bool = False,
    ahead: timedelta = CLOCK_SKEW,
) -> Moment | None:
    """Return the moment of a written date, or None for words that cannot be read as one.

    A time with a zone stays a time; a day, or a time whose zone is unknown, becomes the day alone, whose midnight
    is taken in `zone`. With `local`, a time whose zone is unknown stays a time, in `zone`. Numbers are seconds since
    1970, or thousandths or millionths of them. `now` is the present (aware), the clock's by default; a publication
    may lie `ahead` of it. Raises ImpossibleDateError for a day or time that does not exist, is before 1970 or later.
    """
    now = now or datetime.now(UTC)
    shown = "" if written is None else str(written).strip()[:LONGEST]
    try:
        found = _since_1970(written) if isinstance(written, int | float) else _read(shown)
        if local and isinstance(found, datetime) and found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        if found is None or _is_possible(found, now, ahead):
            return _moment(found, zone)
    except (ValueError, OverflowError, OSError) as exc:
        raise _impossible(shown) from exc
    raise _impossible(shown)


def _moment(found: datetime | date | None, zone: tzinfo) -> Moment | None:
    if found is None:
        return None
    if isinstance(found, datetime) and found.tzinfo is not None:
        return Moment(found)
    return Moment(datetime.combine(found, time(), zone), day_only=True)


def _is_possible(found: datetime | date, now: datetime, ahead: timedelta) -> bool:
    if not EARLIEST.year <= found.year <= LATEST_YEAR:
        return False
    if isinstance(found, datetime) and found.tzinfo is not None:
        return found.date() >= EARLIEST and found <= now + ahead
    day = found.date() if isinstance(found, datetime) else found
    return EARLIEST <= day <= (now + max(ahead, FURTHEST_ZONE)).date()


def _impossible(written: str) -> ImpossibleDateError:
    return ImpossibleDateError(f"“{written}” is no possible day or time.", key="no_such_time", written=written)


def possible_moment_of(written: str | float | None, zone: tzinfo = UTC) -> Moment | None:
    """Return `moment_of` a written date, None for an impossible one or a text that is too long too."""
    try:
        return moment_of(written, zone)
    except ImpossibleDateError:
        return None


def _read(written: str) -> datetime | date | None:
    """Return the day or time of a whole string; a time without a zone is naive. Raises ValueError if impossible."""
    if (epoch := _EPOCH.fullmatch(written)) and len(epoch[1].lstrip("-")) in _EPOCH_DIGITS:
        return _since_1970(float(epoch[1]))
    text = _REMARK.sub("", _NAMED_ZONE.sub("", _LABEL.sub("", written))).replace("(", " ").replace(")", " ").strip()
    if _WEEK.match(text):
        return date.fromisoformat(text)
    rest, zone = _zone_apart(text)
    if in_figures := _YEAR_FIRST.match(rest) or _COMPACT.match(rest) or _DAY_FIRST.search(rest):
        on = _day(in_figures)
        return None if on is None else _with_clock(on, _without(rest, in_figures), zone)
    clock = _CLOCK.search(rest)
    parsed = (_by_rfc(rest) if clock else None) or whole_date(_without(rest, clock) if clock else rest)
    if parsed is None or not clock:
        return parsed
    return _with_clock(parsed.date() if isinstance(parsed, datetime) else parsed, clock[0], zone)


def _by_rfc(written: str) -> datetime | None:
    """Return the time of RFC 2822, quickly, and with years of two figures; None for any other form."""
    try:
        return parsedate_to_datetime(written) if _RFC.fullmatch(written) else None
    except (ValueError, TypeError, IndexError):
        return None


def _without(text: str, part: re.Match[str]) -> str:
    return f"{text[: part.start()]} {text[part.end() :]}".strip(" ,-–—|")


def _since_1970(count: float) -> datetime:
    """Return the time that is so many seconds, thousandths or millionths of seconds after 1970."""
    size = abs(count)
    return datetime.fromtimestamp(count / (1 if size < 1e11 else 1e3 if size < 1e14 else 1e6), UTC)


def _zone_apart(text: str) -> tuple[str, tzinfo | None]:
    """Return a text without the zone of its time, and that zone; "-0000" says that the zone is unknown."""
    if not _TIME.search(text) or _UNKNOWN_ZONE.search(text):
        return _UNKNOWN_ZONE.sub("", text), None
    if offset := _OFFSET.search(text):
        return text[: offset.start()], _fixed(*offset.groups()) if offset[1] else UTC
    from dateparser.timezone_parser import pop_tz_offset_from_string

    rest, found = pop_tz_offset_from_string(_ZONE_WORD.sub(lambda word: _ZONES[word[0].lower()], text))
    away = found.utcoffset(None) if found else None
    return rest.strip(), None if away is None else timezone(away)


def _fixed(sign: str, hours: str, minutes: str | None) -> tzinfo:
    away = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-away if sign == "-" else away)


def _day(found: re.Match[str]) -> date | None:
    """Return a day in figures; None for one that has two meanings, as 01/06/2022. Raises ValueError if impossible."""
    year, month, day = (int(found[name]) for name in ("year", "month", "day"))
    if found.re is _DAY_FIRST and found[2] == "/":
        if month > 12:
            month, day = day, month
        elif day <= 12 and day != month:
            return None
    return date(year + (2000 if len(found["year"]) == 2 else 0), month, day)


def _with_clock(on: date, rest: str, zone: tzinfo | None) -> datetime | date:
    """Return a day at the clock time beside it, 24:00 included; the day alone if there is none that can be read."""
    clock = _CLOCK.search(rest) or _COMPACT_CLOCK.fullmatch(rest)
    if not clock:
        return on
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].lower().startswith("p") else 0)
    seconds = timedelta(minutes=minute, seconds=second)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and seconds):
        raise ValueError("no such time")
    return datetime.combine(on, time(), zone) + timedelta(hours=hour) + seconds

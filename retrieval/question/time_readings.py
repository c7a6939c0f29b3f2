"""Expressions of time in a question, each resolved by itself: days, months, weeks, spells, parts of a day."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from retrieval.domain import Moment
from retrieval.language.days.day_mentions import DayMention, latest_past, on, weekday_before
from retrieval.language.doc import Text
from retrieval.language.packs import all_words, any_regex, packs

Newest = Callable[[datetime], Moment | None]
"""Returns when the newest article from before a moment was published; None if there is none."""

FEW = 3  # "the last days", "последние часы": how many, where no number is given
EARLY_MONTH_DAYS = 10  # "in early January", "в начале января": the first ten days; "late" is the rest from the 21st


@dataclass(frozen=True, slots=True)
class Reading:
    """One expression of time and its bounds; `start` and `end` are offsets in the question."""

    start: int
    end: int
    since: datetime
    until: datetime
    is_day: bool = False  # one whole day, which a part of the day or a clock time may narrow
    is_range: bool = False  # "4–6 January", which "from" before it does not open
    is_weekday: bool = False


def _any(key: str) -> str:
    """Return the words of all languages under a key of `time.toml`, as a regular expression."""
    return any_regex("time", key)


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), tzinfo=now.tzinfo)


def _month_after(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


# --- days and months ---------------------------------------------------------------------------

_PARTS = ("early", "middle", "late")
_PART_BEFORE = re.compile(
    r"\b(?:" + "|".join(f"(?P<{part}>{_any(f'month_{part}')})" for part in _PARTS) + r")[\s-](?:the\s)?\Z",
    re.IGNORECASE,
)
_PART_BEHIND = re.compile(
    rf"\s(?:(?:{_any('month_behind')})\s)?(?:"
    + "|".join(f"(?P<{part}>{_any(f'month_{part}_behind')})" for part in _PARTS)
    + r")\w*",
    re.IGNORECASE,
)


def _month_reading(text: str, mention: DayMention, now: datetime, newest: Newest | None) -> Reading:
    assert mention.month is not None
    month = mention.month

    def bounds(today: date) -> tuple[date, date]:
        year = mention.year or (today.year if month <= today.month else today.year - 1)
        return date(year, month, 1), date(*_month_after(year, month), 1)

    first, after = with_news(bounds, now, None if mention.year else newest) or bounds(now.date())
    start, end = mention.start, mention.end
    if part := _PART_BEFORE.search(text[max(0, start - 20) : start]):
        start -= len(part[0])
    elif part := _PART_BEHIND.match(text, end):
        end = part.end()
    if part and part["early"]:
        after = first + timedelta(days=EARLY_MONTH_DAYS)
    elif part and part["middle"]:
        first, after = first + timedelta(days=EARLY_MONTH_DAYS), first + timedelta(days=2 * EARLY_MONTH_DAYS)
    elif part:
        first += timedelta(days=2 * EARLY_MONTH_DAYS)
    return Reading(start, end, _midnight(first, now), _midnight(after, now))


def with_news(
    bounds: Callable[[date], tuple[date, date] | None], now: datetime, newest: Newest | None
) -> tuple[date, date] | None:
    """Return the last days without a year, up to `now`, from which there are articles; without any, the last ones.

    `bounds` returns those days, the first and the one after the last, that are the latest up to a day.
    """
    found = latest = bounds(now.date())
    while found is not None and newest is not None:
        article = newest(min(_midnight(found[1], now), now))
        day = article.at.astimezone(now.tzinfo).date() if article else None
        if day is None or day >= found[0]:
            return found if day else latest
        earlier = bounds(day)
        if earlier is None or earlier >= found:
            break
        found = earlier
    return latest


def _days_of(mention: DayMention, now: datetime, newest: Newest | None) -> list[date]:
    today = now.date()
    if mention.shift is not None:
        return [today + timedelta(days=mention.shift)]
    if mention.weekday is not None:
        return [weekday_before(mention.weekday, today, mention.strictly_past)]
    month = mention.month or today.month
    if mention.year is not None:
        found = [on(mention.year, month, day) for day in mention.days]
    else:
        # The last of several days fixes the year, so that a range is not torn apart.
        def bounds(today: date) -> tuple[date, date] | None:
            last = latest_past(month, mention.days[-1], today)
            first = on(last.year, month, mention.days[0]) if last else None
            return (first, last + timedelta(days=1)) if last and first and first <= last else None

        named = with_news(bounds, now, newest) if mention.month else bounds(today)
        found = [on(named[0].year, month, day) for day in mention.days] if named else []
    return [day for day in found if day]


def _day_readings(text: Text, now: datetime, newest: Newest | None) -> Iterator[Reading]:
    for mention in text.day_mentions:
        if mention.month and not mention.days:
            yield _month_reading(text.text, mention, now, newest)
        elif days := _days_of(mention, now, newest):
            last = max(days) + timedelta(days=1)
            yield Reading(
                mention.start,
                mention.end,
                _midnight(min(days), now),
                _midnight(last, now),
                is_day=len(days) == 1,
                is_range=len(days) > 1,
                is_weekday=mention.weekday is not None,
            )


_YESTERDAY = re.compile(rf"\b(?:{_any('yesterday')})\b", re.IGNORECASE)


def _yesterday_readings(text: str, now: datetime) -> Iterator[Reading]:
    """Yield the adjectives of yesterday: "вчерашние", "кешегі"."""
    today = _midnight(now.date(), now)
    for match in _YESTERDAY.finditer(text):
        yield Reading(*match.span(), today - timedelta(days=1), today, is_day=True)


_DAY_ALONE = re.compile(r"\b(?:" + _any("day_alone").replace("DAY", r"(\d{1,2})") + ")", re.IGNORECASE)


def _ordinal_readings(text: str, now: datetime) -> Iterator[Reading]:
    """Yield days named by their number alone: "the 6th", "6-го", "el día 6", "6-сында"; the latest one past."""
    for match in _DAY_ALONE.finditer(text):
        number = int(next(filter(None, match.groups())))
        days = [now.date() - timedelta(days=back) for back in range(62)]
        if day := next((day for day in days if day.day == number), None):
            yield Reading(
                match.start(), match.end(), _midnight(day, now), _midnight(day + timedelta(days=1), now), is_day=True
            )


# --- years, weeks, spells -----------------------------------------------------------------------

_YEAR = re.compile(
    rf"\b(?:(?:{_any('year_before')})\s(?:{_any('year_article')})?(?P<a>(?:19|20)\d\d)\b(?:\s(?:{_any('year_behind')}))?|"
    rf"(?P<b>(?:19|20)\d\d)\s?-?(?:{_any('year_behind')})|(?<=[^\W\d_]\s)(?P<c>(?:19|20)\d\d)[\s?.!]*\Z)",
    re.IGNORECASE,
)
_PERIODS = {period: re.compile(_any(period), re.IGNORECASE) for period in ("weekend", "week", "month", "year")}
_A_PERIOD = "|".join(_any(period) for period in _PERIODS)
_PERIOD = re.compile(
    rf"\b(?:(?P<last>{_any('last')})|(?P<this>{_any('this')}))\s(?P<unit>{_A_PERIOD})\b|"
    rf"\b(?P<unit2>{_A_PERIOD})\s(?P<last2>{_any('last_behind')})\b|"
    rf"\b(?P<week>{_any('past_week')})\b|\b(?P<weekend>{_any('past_weekend')})\b",
    re.IGNORECASE,
)
_NUMBERS: dict[str, int] = {
    word: number
    for one in packs()
    for number, words in enumerate(one.get("time", "numbers", ()), start=1)
    for word in words.split()
}
_UNIT_HOURS = {"hours": 1, "days": 24, "weeks": 24 * 7, "months": 24 * 30, "years": 24 * 365}
_UNIT = "|".join(f"(?P<{unit}>{_any(unit)})" for unit in _UNIT_HOURS)
_SPELL = re.compile(
    rf"\b(?:{_any('spell')})\s(?:(?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)})\s)?(?P<unit>{_UNIT})\b", re.IGNORECASE
)
_CALENDAR_PERIOD = re.compile(_any("calendar"), re.IGNORECASE)  # the last week or month, as the calendar has them
_PLURALS = all_words("time", "plurals")


def _year_readings(text: str, now: datetime) -> Iterator[Reading]:
    for match in _YEAR.finditer(text):
        year = int(match["a"] or match["b"] or match["c"])
        start = match.start("a") if match["a"] else match.start()
        yield Reading(start, match.end(), _midnight(date(year, 1, 1), now), _midnight(date(year + 1, 1, 1), now))


def _period_readings(text: str, now: datetime) -> Iterator[Reading]:
    """Yield calendar weeks, months and years: "last week", "на этой неделе", "el mes pasado"."""
    today = now.date()
    for match in _PERIOD.finditer(text):
        unit = (match["unit"] or match["unit2"] or match[0]).lower()
        last = bool(match["last"] or match["last2"])
        period = next((name for name, units in _PERIODS.items() if units.fullmatch(unit)), "")
        if match["week"]:
            since, until = today - timedelta(days=6), today + timedelta(days=1)
        elif match["weekend"] or period == "weekend":
            saturday = weekday_before(5, today)
            since, until = saturday, saturday + timedelta(days=2)
        elif period == "week":
            since = today - timedelta(days=today.weekday() + (7 if last else 0))
            until = since + timedelta(days=7)
        elif period == "month":
            this = today.replace(day=1)
            since = (this - timedelta(days=1)).replace(day=1) if last else this
            until = date(*_month_after(since.year, since.month), 1)
        else:
            since = date(today.year - (1 if last else 0), 1, 1)
            until = date(since.year + 1, 1, 1)
        yield Reading(match.start(), match.end(), _midnight(since, now), _midnight(until, now))


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else _NUMBERS[written.lower()]


def _spell_readings(text: str, now: datetime) -> Iterator[Reading]:
    """Yield spells that reach up to now: "the last 24 hours", "за последние сутки", "соңғы үш күнде"."""
    for match in _SPELL.finditer(text):
        if match["n"] is None and (match["years"] or _CALENDAR_PERIOD.fullmatch(match[0])):
            continue
        few = FEW if match["n"] is None and match["unit"].lower() in _PLURALS else 1
        count = few if match["n"] is None else _number(match["n"])
        since = now - count * timedelta(hours=next(hours for unit, hours in _UNIT_HOURS.items() if match[unit]))
        yield Reading(match.start(), match.end(), since, now)


# --- parts of a day, clock times ------------------------------------------------------------------

_PARTS_OF_DAY = {  # hours from midnight of the day
    "last_night": (-6, 6),
    "night_to": (-6, 6),
    "night": (0, 6),
    "morning": (5, 12),
    "afternoon": (12, 18),
    "evening": (17, 24),
    "late_night": (18, 30),
}
_PART_OF_DAY = re.compile("|".join(rf"\b(?P<{part}>{_any(part)})\b" for part in _PARTS_OF_DAY), re.IGNORECASE)
CLOCK = re.compile(
    r"(?<![\d.,:])(?:(?P<h>[01]?\d|2[0-4])[:.](?P<m>[0-5]\d)(?![\d.]|,\d)\s?(?P<half>[ap]\.?\s?m\b\.?)?|"
    r"(?P<h2>1[0-2]|0?[1-9])\s?(?P<half2>[ap]\.?\s?m\b\.?)|"
    rf"(?:{_any('at')})\s(?P<h3>[01]?\d|2[0-4])(?![\d:.])(?:\s?h(?:oras)?\b)?(?!\s(?:{_any('people')}))|"
    rf"(?P<h4>[01]?\d|2[0-4])\s(?:{_any('oclock')})\b|(?P<h5>[01]?\d|2[0-4])\s?h(?:rs?|oras)?\b)|"
    rf"\b(?P<noon>{_any('noon')})\b",
    re.IGNORECASE,
)


def clock_minutes(match: re.Match[str]) -> int:
    """Return the minutes after midnight of a clock time that `CLOCK` matched, 24:00 being the day's end."""
    if match["noon"]:
        return 12 * 60
    hour = int(match["h"] or match["h2"] or match["h3"] or match["h4"] or match["h5"])
    half = (match["half"] or match["half2"] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return min(hour * 60 + int(match["m"] or 0), 24 * 60)


_BETWEEN = re.compile(rf"[\s,]*(?:(?:{_any('beside')})[\s,]*){{0,3}}\Z", re.IGNORECASE)


def _is_next_to(text: str, match: re.Match[str], day: Reading) -> bool:
    """Return whether a part of a day or a clock time is next to a day ("the morning of", "в 18:00") or within it."""
    between = text[match.end() : day.start] if match.start() < day.start else text[day.end : match.start()]
    return bool(_BETWEEN.match(between))


def narrowed(text: str, day: Reading, now: datetime) -> tuple[Reading, bool]:
    """Return a day narrowed to the part of it named next to it, or to a clock time (then True)."""
    if not day.is_day:
        return day, False
    for match in CLOCK.finditer(text):
        apart = match.end() <= day.start or match.start() >= day.end
        if apart and _is_next_to(text, match, day):
            at = day.since + timedelta(minutes=clock_minutes(match))
            return Reading(min(day.start, match.start()), max(day.end, match.end()), at, day.until), True
    for match in _PART_OF_DAY.finditer(text):
        if not _is_next_to(text, match, day):
            continue
        first, last = _PARTS_OF_DAY[str(match.lastgroup)]
        start, end = min(day.start, match.start()), max(day.end, match.end())
        midnight = day.since
        if match["last_night"]:
            midnight += timedelta(days=1)  # "last night" was read as yesterday
        return Reading(start, end, midnight + timedelta(hours=first), midnight + timedelta(hours=last)), False
    return day, False


_TODAYS_PART = re.compile(rf"\b(?:{_any('today')})\b", re.IGNORECASE)


def _part_readings(text: str, now: datetime) -> Iterator[Reading]:
    """Yield parts of today that name no day: "this morning", "утром", "esta mañana"."""
    if match := _TODAYS_PART.search(text):
        part = _PART_OF_DAY.search(text, match.start())
        if part:
            first, last = _PARTS_OF_DAY[str(part.lastgroup)]
            today = _midnight(now.date(), now)
            yield Reading(match.start(), match.end(), today + timedelta(hours=first), today + timedelta(hours=last))


def readings(question: Text, now: datetime, newest: Newest | None = None) -> list[Reading]:
    """Return the expressions of time in a question, in order, none within another.

    With `newest`, days and months without a year are the last ones from which there are articles.
    """
    text, found = question.text, list[Reading]()
    candidates = [*_spell_readings(text, now), *_day_readings(question, now, newest)]
    for source in (_yesterday_readings, _period_readings, _ordinal_readings, _year_readings):
        candidates.extend(source(text, now))
    for reading in candidates:
        if all(reading.end <= other.start or reading.start >= other.end for other in found):
            found.append(reading)
    if not found:  # "in the morning" of a day that is named belongs to that day
        found.extend(_part_readings(text, now))
    return _weekdays_in_order(sorted(found, key=lambda reading: reading.start))


def _weekdays_in_order(found: list[Reading]) -> list[Reading]:
    """Return readings with the first of two weekdays, "from Tuesday to Friday", before the second."""
    if len(found) == 2 and all(reading.is_weekday for reading in found) and found[0].since > found[1].since:
        week = timedelta(days=7)
        return [replace(found[0], since=found[0].since - week, until=found[0].until - week), found[1]]
    return found

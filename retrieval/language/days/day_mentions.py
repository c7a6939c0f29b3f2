"""Days as texts name them ("6 January", "4–6 января", "el jueves pasado", "кеше"), before they are resolved.

Works on words and a few dictionaries rather than one large expression: a sentence takes some 15 µs. dateparser's
`search_dates` was tried: it finds the days of 5 of 21 test sentences (these functions: all), at 8 ms each.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from retrieval.language.days.calendar_words import MONTHS, WEEKDAYS
from retrieval.language.packs import all_words, pack, packs


@dataclass(frozen=True, slots=True)
class DayMention:
    """Days that a text names: dates of a month, a weekday, or a distance from today. Offsets count in the text."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None  # 1–12
    days: tuple[int, ...] = ()  # of the month; empty where only the month is named
    weekday: int | None = None  # 0 is Monday
    shift: int | None = None  # days from today; -1 is yesterday
    strictly_past: bool = False  # "last Thursday"
    future: bool = False  # "next Thursday"


class _Word(NamedTuple):
    text: str  # in lower case
    start: int
    end: int


_RELATIVE: dict[tuple[str, ...], int] = {
    tuple(phrase.split()): days for one in packs() for phrase, days in one.get("calendar", "relative", {}).items()
}
"""The words for a day -> its distance from today, in days."""

_NO_DAYS = frozenset(tuple(phrase.split()) for phrase in all_words("calendar", "no_days"))
_LONGEST_RELATIVE = max(map(len, _RELATIVE))

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_NUMERIC = re.compile(
    r"(?<![\d.])(?:(?P<d>\d{1,2})(?P<by>[./])(?P<m>\d{1,2})(?P=by)(?P<y>(?:19|20)\d\d)|"
    r"(?P<y2>(?:19|20)\d\d)-(?P<m2>\d\d)-(?P<d2>\d\d))(?!\d)"
)
_TRIGGERS = frozenset([*MONTHS, *WEEKDAYS, *(words[-1] for words in _RELATIVE)])
_PAST, _PAST_AFTER = all_words("calendar", "past"), all_words("calendar", "past_after")
_NEXT, _NEXT_AFTER = all_words("calendar", "next"), all_words("calendar", "next_after")
_ORDINAL = all_words("calendar", "ordinal")
_OF = all_words("calendar", "of")
_JOINS = all_words("calendar", "joins")
_ARTICLES = all_words("calendar", "articles")
_YEAR_WORDS = all_words("calendar", "year_words")  # after a year that stands before its month
_IN = all_words("calendar", "in")
_BEFORE_YEAR = all_words("calendar", "before_year")
_OF_NEXT_DAY = all_words("calendar", "of_next_day")  # after a year that belongs to the next day named
_NAMES, _BEFORE_WEEKDAY = all_words("calendar", "names"), all_words("calendar", "before_weekday")
_AMBIGUOUS = all_words("calendar", "ambiguous")
"""Months that are words or names too: taken only next to a day of the month, or after one of `_BEFORE_MONTH`."""

_BEFORE_MONTH = all_words("calendar", "before_month")


def tokens(text: str) -> list[_Word]:
    """Return the words and numbers of a text, in lower case, with their offsets."""
    return [_Word(match[0].lower(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def _day_of(word: _Word) -> int | None:
    if len(word.text) > 2 or not word.text.isdecimal():
        return None
    day = int(word.text)
    return day if 1 <= day <= 31 else None


def _year_of(word: _Word) -> int | None:
    return int(word.text) if len(word.text) == 4 and word.text.isdecimal() and word.text[:2] in {"19", "20"} else None


_BLANK = re.compile(r"[\s.]*\Z")
_DAY_SEPARATOR = re.compile(r"\s*(?:[-–—]|,\s)\s*\Z")


def _days_before(text: str, found: list[_Word], at: int) -> tuple[int, tuple[int, ...]]:
    """Return the index of the first word of the days that end right before word `at`, and the days."""
    index = at - 1
    while index >= 0 and at - index <= 2 and (found[index].text in _ORDINAL or found[index].text in _OF):
        index -= 1
    if index < 0 or (day := _day_of(found[index])) is None:
        return at, ()
    spaced = at - index > 1 or _BLANK.match(text[found[index].end : found[at].start])
    if not spaced or re.search(r"\d[.,:]\Z", text[max(0, found[index].start - 2) : found[index].start]):
        return at, ()
    days = [day]
    while (earlier := _earlier_day(text, found, index)) is not None:
        index, day = earlier
        days.append(day)
    return index, tuple(reversed(days))


def _earlier_day(text: str, found: list[_Word], index: int) -> tuple[int, int] | None:
    """Return index and day of a number joined to the one at `index`: "4–", "4 and", "del 4 al", "с 4 по"."""
    before = index - 1
    if before >= 0 and found[before].text in _ORDINAL:
        before -= 1
    if before < 0:
        return None
    if (day := _day_of(found[before])) is not None:
        return (before, day) if _DAY_SEPARATOR.match(text[found[before].end : found[index].start]) else None
    if found[before].text in _ARTICLES:
        before -= 1
    if before < 1 or found[before].text not in _JOINS:
        return None
    before -= 1
    if found[before].text in _ORDINAL and before > 0:
        before -= 1
    earlier = _day_of(found[before])
    return (before, earlier) if earlier is not None and _is_alone(text, found[before]) else None


def _is_alone(text: str, word: _Word) -> bool:
    """Return whether a number stands alone, not in a decimal, a time or a percentage."""
    after, before = text[word.end : word.end + 2], text[max(0, word.start - 1) : word.start]
    return not (after[:1] in {":", "%"} or (after[:1] in {".", ","} and after[1:].isdigit()) or before in {":", ","})


def _days_after(text: str, found: list[_Word], at: int) -> tuple[int, tuple[int, ...]]:
    """Return the index of the last word of the days that follow word `at` ("January 4-6"), and the days."""
    if at + 1 >= len(found) or (at and found[at - 1].text in _IN) or not found[at].text.isascii():
        return at, ()
    day, last = _day_of(found[at + 1]), at + 1
    if day is None or not _BLANK.match(text[found[at].end : found[last].start]) or not _is_alone(text, found[last]):
        return at, ()
    days = [day]
    while last + 1 < len(found):
        step = 2 if found[last + 1].text in _JOINS and last + 2 < len(found) else 1
        following = found[last + step]
        further = _day_of(following)
        joined = step == 2 or _DAY_SEPARATOR.match(text[found[last].end : following.start])
        if further is None or not joined or not _is_alone(text, following):
            break
        days.append(further)
        last += step
    if last + 1 < len(found) and found[last + 1].text in _ORDINAL and found[last + 1].start == found[last].end:
        last += 1
    return last, tuple(days)


def _year_after(text: str, found: list[_Word], last: int) -> tuple[int, int | None]:
    index = last + 1
    if index < len(found) and found[index].text in _BEFORE_YEAR:
        index += 1
    if index < len(found) and (year := _year_of(found[index])) and found[index].start - found[index - 1].end <= 2:
        if index + 1 < len(found) and found[index + 1].text in _OF_NEXT_DAY:
            return last, None  # "5 қаңтарда, 2021 жылғы 16 желтоқсанда": the year of the next day
        return index, year
    return last, None


def _month_mention(text: str, found: list[_Word], at: int) -> DayMention | None:
    first, days = _days_before(text, found, at)
    last = at
    if not days:
        last, days = _days_after(text, found, at)
        first = at
    if not days and found[at].text in _AMBIGUOUS and (at == 0 or found[at - 1].text not in _BEFORE_MONTH):
        return None
    last, year = _year_after(text, found, last)
    if year is None and first >= 2 and found[first - 1].text in _YEAR_WORDS:
        year = _year_of(found[first - 2])
        first = first - 2 if year else first
    return DayMention(found[first].start, found[last].end, year=year, month=MONTHS[found[at].text], days=days)


def _weekday_mention(text: str, found: list[_Word], at: int) -> DayMention | None:
    before = found[at - 1].text if at else ""
    after = found[at + 1].text if at + 1 < len(found) else ""
    word = found[at]
    if word.text in _NAMES and text[word.start].isupper() and before not in _BEFORE_WEEKDAY:
        return None  # a man's name
    past, future = before in _PAST or after in _PAST_AFTER, before in _NEXT or after in _NEXT_AFTER
    start = found[at - 1].start if before in _PAST | _NEXT else word.start
    end = found[at + 1].end if after in _PAST_AFTER | _NEXT_AFTER else word.end
    return DayMention(start, end, weekday=WEEKDAYS[word.text], strictly_past=past, future=future)


def _relative_mention(found: list[_Word], at: int) -> DayMention | None:
    for first in range(max(0, at + 1 - _LONGEST_RELATIVE), at + 1):
        phrase = tuple(word.text for word in found[first : at + 1])
        if phrase in _NO_DAYS:
            return None
        if phrase in _RELATIVE:
            return DayMention(found[first].start, found[at].end, shift=_RELATIVE[phrase])
    return None


def _numeric_mentions(text: str, language: str) -> Iterator[DayMention]:
    for match in _NUMERIC.finditer(text):
        if match["by"] == "/" and not pack(language).get("calendar", "slashed_dates", True):
            continue  # 1/6/2022 is 6 January to some and 1 June to others
        day, month, year = (int(match[name] or match[name + "2"]) for name in ("d", "m", "y"))
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield DayMention(match.start(), match.end(), year=year, month=month, days=(day,))


def day_mentions(text: str, language: str) -> list[DayMention]:
    """Return the days and months that a text names, in order; a weekday next to its date is left out.

    Names of all our languages are read in any text; `language` decides about "06/01/2022" alone.
    """
    mentions = list(_numeric_mentions(text, language)) if "20" in text or "19" in text else []
    if _TRIGGERS.isdisjoint(_TOKEN.findall(text.lower())):  # most sentences
        return mentions
    found = tokens(text)
    for at, word in enumerate(found):
        if word.text not in _TRIGGERS:
            continue
        if word.text in MONTHS:
            mention = _month_mention(text, found, at)
        elif word.text in WEEKDAYS:
            mention = _weekday_mention(text, found, at)
        else:
            mention = _relative_mention(found, at)
        if mention:
            mentions.append(mention)
    mentions.sort(key=lambda mention: mention.start)
    return [mention for index, mention in enumerate(mentions) if not _is_doubled(text, mentions, index)]


def _is_doubled(text: str, mentions: list[DayMention], index: int) -> bool:
    """Return whether a weekday only accompanies a date: "Thursday, 6 January", "jueves 6 de enero"."""
    mention = mentions[index]
    if mention.weekday is None:
        return False
    beside = mentions[max(0, index - 1) : index] + mentions[index + 1 : index + 2]
    gaps = [text[min(mention.end, other.end) : max(mention.start, other.start)] for other in beside if other.days]
    return any(re.fullmatch(r"[\s,(]*(?:the\s)?", gap) for gap in gaps)


def on(year: int, month: int, day: int) -> date | None:
    """Return the date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def latest_past(month: int, day: int, today: date) -> date | None:
    """Return the newest day of that name that is not after today (29 February may be years ago)."""
    days = (on(year, month, day) for year in range(today.year, today.year - 9, -1))
    return next((found for found in days if found and found <= today), None)


def nearest(month: int, day: int, today: date) -> date | None:
    """Return the day of that name which is nearest to today, before or after it."""
    days = [found for shift in (-1, 0, 1) if (found := on(today.year + shift, month, day))]
    return min(days, key=lambda found: abs((found - today).days), default=None)


def weekday_before(weekday: int, today: date, strictly: bool = False) -> date:
    """Return the last such weekday up to today, or up to yesterday where `strictly`."""
    back = (today.weekday() - weekday) % 7
    return today - timedelta(days=back or (7 if strictly else 0))

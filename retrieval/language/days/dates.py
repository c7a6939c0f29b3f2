"""The days that an article names, and the moment that a person writes in an option or after a command."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from retrieval.domain import Moment, QuestionError, Span
from retrieval.language.days.calendar_words import MONTHS, WEEKDAYS
from retrieval.language.days.day_mentions import DayMention, day_mentions, nearest, on, weekday_before
from retrieval.language.packs import LANGUAGES, all_words, any_regex, packs

LONGEST_MOMENT = 80  # characters

# --- days in articles -------------------------------------------------------------------------------

_AHEAD, _BACK = all_words("calendar", "ahead"), all_words("calendar", "back")
_AHEAD_ENDINGS = tuple(all_words("calendar", "ahead_endings"))
NEARBY = 80  # characters to either side of a weekday, in which a verb tells whether it is past or to come
_WORD = re.compile(r"[^\W\d_]+")


def _looks_ahead(text: str, mention: DayMention) -> bool:
    nearby = _WORD.findall(text[max(0, mention.start - NEARBY) : mention.end + NEARBY].lower())
    return _BACK.isdisjoint(nearby) and any(word in _AHEAD or word.endswith(_AHEAD_ENDINGS) for word in nearby)


def _weekday(mention: DayMention, text: str, there: date) -> date:
    """Return the weekday meant: the last one up to the publication, the next one where the text looks ahead."""
    assert mention.weekday is not None
    ahead = mention.future or (not mention.strictly_past and _looks_ahead(text, mention))
    if not ahead:
        return weekday_before(mention.weekday, there, mention.strictly_past)
    return there + timedelta(days=(mention.weekday - there.weekday()) % 7 or 7)


def _resolved(mention: DayMention, text: str, there: date | None) -> list[date]:
    """Return the days of a mention; none where the day, or without a publication its year, is not known."""
    if there is None:
        if mention.year is None or mention.month is None:
            return []
        found = [on(mention.year, mention.month, day) for day in mention.days]
    elif mention.shift is not None:
        found = [there + timedelta(days=mention.shift)]
    elif mention.weekday is not None:
        found = [_weekday(mention, text, there)]
    elif mention.month is None:
        found = []
    elif mention.year is not None:
        found = [on(mention.year, mention.month, day) for day in mention.days]
    else:
        found = [nearest(mention.month, day, there) for day in mention.days]
    return [day for day in found if day]


def event_days(text: str, language: str, published: Moment | None) -> list[tuple[Span, date]]:
    """Return the days that a text (a sentence, say) names, each with the words that name it, in order.

    Weekdays and "yesterday" count from the publication, and a year that is missing is the one that brings the
    day nearest to it; without a publication, only days with their year are given. Ranges and lists give each
    day named; months alone are no days.
    """
    there = published.at.date() if published else None
    return [
        (Span(mention.start, mention.end), day)
        for mention in day_mentions(text, language)
        for day in _resolved(mention, text, there)
    ]


# --- moments in options and commands ------------------------------------------------------------------

FORMS = "2022-01-06, 2022-01-06 18:00, 6 Jan 18:00, 6 января 18:00, 6 қаңтар, 6 ene 18:00, Thursday, yesterday 9am, now"
"""The forms of a moment that an error message offers; dateparser reads more."""

_MONTH_NAMES = "january february march april may june july august september october november december".split()
_WEEKDAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()
_LEFT_OUT = re.compile(rf"\b(?:h|hrs|{any_regex('calendar', 'left_out')})\b", re.IGNORECASE)
_ENGLISH = {word: english for pack in packs() for word, english in pack.get("calendar", "english", {}).items()}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_AGO = re.compile(rf"\b(?:{any_regex('calendar', 'ago')})\b", re.IGNORECASE)
_MIDNIGHT = re.compile(r"\b24:00\b")
_NAMES_A_MOMENT = re.compile(r"\d:\d\d|\d\s?[ap]\.?m\b|\d\.\d\d?\.\d{4}|\b(?!the\b)[^\W\d_]{3}", re.IGNORECASE)
"""A clock time, a whole date or a word: without one, dateparser takes any number for a day."""


def parse_moment(text: str, now: datetime) -> Moment:
    """Return the moment that a person wrote: ISO 8601 forms, "6 Jan 18:00", "6 қаңтар", "yesterday 9am".

    A moment without a zone is in the zone of `now` (aware); a day without a year is the latest such day up to `now`;
    so is the day of a clock time alone. `day_only` where no time of day is given. Raises QuestionError.
    """
    asked = " ".join(text[: LONGEST_MOMENT + 1].split())
    if asked and len(asked) <= LONGEST_MOMENT:
        found = _iso(asked, now) or _worded(asked, now)
        if found:
            return found
    shown = asked if len(asked) <= LONGEST_MOMENT else asked[:LONGEST_MOMENT] + "…"
    raise QuestionError(f"“{shown}” isn't a date I can read. Try one of: {FORMS}.", key="date", written=shown)


def _iso(asked: str, now: datetime) -> Moment | None:
    try:
        at = datetime.fromisoformat(asked)
    except ValueError:
        return None
    if not _is_near(at):
        return None
    zoned = at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    return Moment(zoned, day_only=len(asked) <= len("2022-01-06"))


def _is_near(at: datetime) -> bool:
    return 1900 <= at.year < 2100


def _worded(asked: str, now: datetime) -> Moment | None:
    """Read a day, a clock time, or both with dateparser; None where anything else is left over."""
    if "/" in asked or asked[:5].rstrip("-").isdecimal():
        return None  # 6/1/2022 has two meanings; what opens with a year and is not ISO 8601 would be guessed at
    settings = {"RELATIVE_BASE": now.replace(tzinfo=None), "PREFER_DATES_FROM": "past", "RETURN_TIME_AS_PERIOD": True}
    found, ago = _by_dateparser(asked, settings), _AGO.search(asked)
    if found is None or (found.period in {"month", "year"} and not ago):
        return None
    at: datetime = found.date_obj
    zoned = at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    if found.period == "day" and not ago:
        return Moment(datetime.combine(zoned.date(), time(), zoned.tzinfo), day_only=True)
    return Moment(zoned + timedelta(days=1) if _MIDNIGHT.search(asked) else zoned)


def whole_date(written: str) -> datetime | date | None:
    """Return the day, or the time (naive where it names no zone), that a text says in one of our languages.

    Day, month and year must all be there, the month by its name or between dots: 01/06/2022 has two meanings.
    """
    if "/" in written or not _YEAR.search(written):
        return None
    found = _by_dateparser(
        written, {"STRICT_PARSING": True, "PARSERS": ["absolute-time"], "RETURN_TIME_AS_PERIOD": True}
    )
    if found is None or found.period not in {"day", "time"}:
        return None
    at: datetime = found.date_obj
    return at if found.period == "time" else at.date()


def _by_dateparser(written: str, settings: dict[str, Any]) -> Any:
    """Return dateparser's reading of a whole text, day before month, with a date near our time; else None."""
    native = " ".join(_LEFT_OUT.sub(" ", _MIDNIGHT.sub("0:00", written)).split())
    if not _NAMES_A_MOMENT.search(native):
        return None
    from dateparser.date import DateDataParser

    order = {"DATE_ORDER": "DMY", "PREFER_LOCALE_DATE_ORDER": False}
    parser = DateDataParser(languages=_known_to_dateparser(), settings=order | settings)
    try:
        found = parser.get_date_data(native)
        if found.date_obj is None:
            found = parser.get_date_data(re.sub(r"[^\W\d_]+", _in_english, native))
    except Exception:  # dateparser lets OverflowError and others through; text that it fails on is no moment
        return None
    return found if found.date_obj and _is_near(found.date_obj) else None


def _in_english(word: re.Match[str]) -> str:
    """Return the English for a month or weekday with an ending ("қаңтарда") and for words of a pack, else the word."""
    form = word[0].lower()
    if form.isascii():
        return word[0]  # dateparser knows these, and "ago", "set" and "mar" are words too
    if form in MONTHS:
        return _MONTH_NAMES[MONTHS[form] - 1]
    return _WEEKDAY_NAMES[WEEKDAYS[form]] if form in WEEKDAYS else _ENGLISH.get(form, word[0])


@lru_cache(maxsize=1)
def _known_to_dateparser() -> list[str]:
    from dateparser.data.languages_info import language_order

    return [language for language in LANGUAGES if language in language_order]

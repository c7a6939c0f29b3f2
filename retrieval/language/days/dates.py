"""When: the time a question asks about, the moment an option names, and the days an article speaks of."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from retrieval.domain import Moment, QuestionError, Span
from retrieval.language.days.day_mentions import DayMention, day_mentions, latest_past, nearest, on, weekday_before
from retrieval.language.packs import all_words
from retrieval.question.time_readings import CLOCK, clock_minutes, hours_of
from retrieval.question.window import TimeWindow, time_window

__all__ = ["TimeWindow", "event_days", "parse_moment", "time_window"]

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
"""The forms of a moment that are understood, as they are told to a person."""

_FILLERS = re.compile(
    r"\b(?:on|at|the|of|in|в|во|на|года?|г|a|las?|los|el|de|del|h|hrs|сағат|күні|жылы|жылғы|this|past|o'clock)\b|[\s,.;]+",
    re.IGNORECASE,
)
_NOW = re.compile(r"(?:right )?now|сейчас|қазір|ahora(?: mismo)?", re.IGNORECASE)
_COUNT = (
    r"(?:(?P<n>\d{1,3}|an?|one|two|three|un[ao]?|dos|tres|один|одну|два|две|три|бір|екі|үш)\s?)?(?P<unit>[^\W\d_]+)"
)
_AGO = re.compile(
    rf"{_COUNT}\s(?:ago|назад|бұрын)|hace\s{_COUNT.replace('<n>', '<n2>').replace('<unit>', '<unit2>')}", re.IGNORECASE
)


def parse_moment(text: str, now: datetime) -> Moment:
    """Return the moment that a person wrote: ISO 8601 forms, "6 Jan 18:00", "6 қаңтар", "yesterday 9am".

    What names no zone is in the zone of `now` (aware); what names no year is the latest such day up to `now`;
    so is the day of a clock time alone. `day_only` where no time of day is given. Raises QuestionError.
    """
    asked = " ".join(text[: LONGEST_MOMENT + 1].split())
    if asked and len(asked) <= LONGEST_MOMENT:
        found = _iso(asked, now) or _ago(asked, now) or _worded(asked, now)
        if found:
            return found
    shown = asked if len(asked) <= LONGEST_MOMENT else asked[:LONGEST_MOMENT] + "…"
    raise QuestionError(f"“{shown}” is no moment that I can read; write one of: {FORMS}.")


def _iso(asked: str, now: datetime) -> Moment | None:
    try:
        at = datetime.fromisoformat(asked)
    except ValueError:
        return None
    if not 1900 <= at.year < 2100:
        return None
    zoned = at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    return Moment(zoned, day_only=len(asked) <= len("2022-01-06"))


def _ago(asked: str, now: datetime) -> Moment | None:
    if _NOW.fullmatch(asked):
        return Moment(now)
    match = _AGO.fullmatch(asked)
    if match is None:
        return None
    unit = match["unit"] or match["unit2"]
    try:
        hours = hours_of(match["n"] or match["n2"], unit)
    except (KeyError, ValueError):
        return None
    return Moment(now - timedelta(hours=hours))


def _worded(asked: str, now: datetime) -> Moment | None:
    """Read a day, a clock time, or both; None where anything else is left over."""
    mentions = [mention for mention in day_mentions(asked, "en") if mention.days or mention.month is None]
    if len(mentions) > 1:
        return None
    day, rest = now.date(), asked
    if mentions:
        mention = mentions[0]
        resolved = _past_day(mention, now.date())
        if resolved is None:
            return None
        day, rest = resolved, f"{asked[: mention.start]} {asked[mention.end :]}"
    clock = CLOCK.search(rest)
    if clock:
        rest = f"{rest[: clock.start()]} {rest[clock.end() :]}"
    if _FILLERS.sub("", rest) or not (mentions or clock):
        return None
    midnight = datetime.combine(day, time(), tzinfo=now.tzinfo)
    if clock is None:
        return Moment(midnight, day_only=True)
    at = midnight + timedelta(minutes=clock_minutes(clock))
    return Moment(at if mentions or at <= now else at - timedelta(days=1))


def _past_day(mention: DayMention, today: date) -> date | None:
    if mention.shift is not None:
        return today + timedelta(days=mention.shift)
    if mention.weekday is not None:
        return weekday_before(mention.weekday, today, mention.strictly_past)
    if mention.month is None or len(mention.days) != 1:
        return None
    if mention.year is not None:
        return on(mention.year, mention.month, mention.days[0])
    return latest_past(mention.month, mention.days[0], today)

"""Curfews and states of emergency: hours of the day, days from and to, or how long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from retrieval.domain import FigureKind, Moment, Span
from retrieval.figures.words import FigureWords
from retrieval.language.days.dates import event_days
from retrieval.language.numbers.numbers import numbers

HOURS = re.compile(
    r"(?<![\d.,])(?P<h1>[01]?\d|2[0-4])[:.](?P<m1>[0-5]\d)[-\w]{0,5}\s*(?:[-–—]|to|a(?:\s+las)?|до|until|hasta(?:\s+las)?|and|y(?:\s+las)?|по)?\s*"
    r"(?P<h2>[01]?\d|2[0-4])[:.](?P<m2>[0-5]\d)(?!\d)|"
    r"(?<!\d)(?P<h3>1?\d)\s*(?P<p3>[ap])\.?m\.?\s*(?:[-–—]|to|until|and|through)\s*(?P<h4>1?\d)\s*(?P<p4>[ap])\.?m",
    re.IGNORECASE,
)
DAYS_IN = {"week": 7, "semana": 7, "недел": 7, "апта": 7, "month": 30, "mes": 30, "месяц": 30, "ай": 30}
HOURS_IN = ("hour", "hora", "час", "сағат")
NEAR = 80  # characters between "curfew" and its hours


@dataclass(frozen=True, slots=True)
class Period:
    """When a curfew or an emergency holds: hours of the day, or days, or a number of days."""

    kind: FigureKind
    wording: Span
    low: float | None = None  # hours: when it begins; days: how many
    high: float | None = None
    unit: str | None = None  # "h": hours of the day, 23.5 being 23:30; "d": days
    begins: date | None = None
    ends: date | None = None


def periods(sentence: str, words: FigureWords, published: Moment | None) -> Iterator[Period]:
    """Yield the curfews and emergencies of `sentence` that it gives a period for, in order."""
    found = [(k, words.period[str(k)].search(sentence)) for k in (FigureKind.EMERGENCY, FigureKind.CURFEW)]
    hours = HOURS.search(sentence)
    curfew = found[1][1]
    for kind, match in found:
        if match is None:
            continue
        near = hours is not None and curfew is not None and _near(hours, curfew)
        if kind is FigureKind.CURFEW and hours is not None and near:
            low, high = _hours(hours)
            yield Period(kind, Span(*match.span()), low, high, "h", *_days(sentence, words, published, hours))
            continue
        begins, ends = _days(sentence, words, published, hours if near else None)
        length = _length(sentence, words)
        if begins or ends or length:
            yield Period(kind, Span(*match.span()), length, length, "d" if length else None, begins, ends)


def _near(hours: re.Match[str], curfew: re.Match[str]) -> bool:
    return abs(hours.start() - curfew.end()) < NEAR or abs(curfew.start() - hours.end()) < NEAR


def _hours(match: re.Match[str]) -> tuple[float, float]:
    if match["h3"]:
        return _clock(match["h3"], None, match["p3"]), _clock(match["h4"], None, match["p4"])
    return _clock(match["h1"], match["m1"], None), _clock(match["h2"], match["m2"], None)


def _clock(hour: str, minute: str | None, half: str | None) -> float:
    value = int(hour) % 12 + (12 if half.casefold().startswith("p") else 0) if half else int(hour)
    return value + int(minute or 0) / 60


def _days(
    sentence: str, words: FigureWords, published: Moment | None, hours: re.Match[str] | None
) -> tuple[date | None, date | None]:
    """Return from which day and to which: two days are a period, one is an end or a beginning as its word says."""
    days = [(span, day) for span, day in event_days(sentence, words.language, published) if not _inside(span, hours)]
    distinct = sorted({day for _, day in days})
    if len(distinct) >= 2:
        return distinct[0], distinct[-1]
    if not distinct:
        return None, None
    span = days[0][0]
    around = sentence[max(0, span.start - 20) : span.start] + sentence[span.end : span.end + 12]
    if words.period["until"].search(around):
        return None, distinct[0]
    return (distinct[0], None) if words.period["from"].search(around) else (None, None)


def _inside(span: Span, hours: re.Match[str] | None) -> bool:
    return hours is not None and hours.start() <= span.start < hours.end()


def _length(sentence: str, words: FigureWords) -> float | None:
    """Return how many days it is to last, e.g. 14 for "two-week"."""
    match = words.period_units.search(sentence)
    if match is None or match["unit"].casefold() in HOURS_IN:
        return None
    read = numbers(match["n"], words.language, articles=True)
    if not read or read[0].low is None:
        return None
    return read[0].low * DAYS_IN.get(match["unit"].casefold(), 1)

"""Curfews and states of emergency: hours of the day, days from and to, or how long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from retrieval.domain import FigureKind, Span
from retrieval.figures.lexicon import FigureWords, phrases_of, tables_of
from retrieval.language.doc import Sentence
from retrieval.language.numbers.numbers import numbers

HOURS = re.compile(
    r"(?<![\d.,])(?P<h1>[01]?\d|2[0-4])[:.](?P<m1>[0-5]\d)[-\w]{0,5}\s*(?:[-–—]|to|a(?:\s+las)?|до|until|hasta(?:\s+las)?|and|y(?:\s+las)?|по)?\s*"
    r"(?P<h2>[01]?\d|2[0-4])[:.](?P<m2>[0-5]\d)(?!\d)|"
    r"(?<!\d)(?P<h3>1?\d)\s*(?P<p3>[ap])\.?m\.?\s*(?:[-–—]|to|until|and|through)\s*(?P<h4>1?\d)\s*(?P<p4>[ap])\.?m",
    re.IGNORECASE,
)
DAYS_IN: dict[str, int] = {unit: days for table in tables_of("unit_days") for unit, days in table.items()}
UNIT_HOURS = re.compile(phrases_of("unit_hours"), re.IGNORECASE)
NEAR = 80  # characters between "curfew" and its hours


@dataclass(frozen=True, slots=True)
class Period:
    """When a curfew or an emergency is in force: hours of the day, or days, or a number of days."""

    kind: FigureKind
    wording: Span
    low: float | None = None  # hours: when it begins; days: how many
    high: float | None = None
    unit: str | None = None  # "h": hours of the day, 23.5 being 23:30; "d": days
    begins: date | None = None
    ends: date | None = None


def periods_in(sentence: Sentence, words: FigureWords) -> Iterator[Period]:
    """Yield the curfews and emergencies for which `sentence` gives a period, in order."""
    text = sentence.text
    found = [(kind, words.period[kind.value].search(text)) for kind in (FigureKind.EMERGENCY, FigureKind.CURFEW)]
    hours, curfew = HOURS.search(text), found[1][1]
    if hours and (curfew is None or min(abs(hours.start() - curfew.end()), abs(curfew.start() - hours.end())) >= NEAR):
        hours = None
    for kind, match in found:
        if match is None:
            continue
        if kind is FigureKind.CURFEW and hours is not None:
            low, high = _hours(hours)
            yield Period(kind, Span(*match.span()), low, high, "h", *_days(sentence, words, hours))
            continue
        begins, ends = _days(sentence, words, hours)
        length = _length(text, words)
        if begins or ends or length:
            yield Period(kind, Span(*match.span()), length, length, "d" if length else None, begins, ends)


def _hours(match: re.Match[str]) -> tuple[float, float]:
    if match["h3"]:
        return _clock(match["h3"], None, match["p3"]), _clock(match["h4"], None, match["p4"])
    return _clock(match["h1"], match["m1"], None), _clock(match["h2"], match["m2"], None)


def _clock(hour: str, minute: str | None, half: str | None) -> float:
    value = int(hour) % 12 + (12 if half.casefold().startswith("p") else 0) if half else int(hour)
    return value + int(minute or 0) / 60


def _days(sentence: Sentence, words: FigureWords, hours: re.Match[str] | None) -> tuple[date | None, date | None]:
    """Return the first day and the last: two days are a period, one is an end or a beginning as its word says."""
    days = [
        (span, day)
        for span, day in sentence.event_days
        if hours is None or not hours.start() <= span.start < hours.end()
    ]
    distinct = sorted({day for _, day in days})
    if len(distinct) >= 2:
        return distinct[0], distinct[-1]
    if not distinct:
        return None, None
    span = days[0][0]
    around = sentence.text[max(0, span.start - 20) : span.start] + sentence.text[span.end : span.end + 12]
    if words.period["until"].search(around):
        return None, distinct[0]
    return (distinct[0], None) if words.period["from"].search(around) else (None, None)


def _length(sentence: str, words: FigureWords) -> float | None:
    """Return the number of days, e.g. 14 for "two-week"."""
    match = words.period_units.search(sentence)
    if match is None or UNIT_HOURS.fullmatch(match["unit"]):
        return None
    read = numbers(match["n"], words.language, articles=True)
    if not read or read[0].low is None:
        return None
    return read[0].low * DAYS_IN.get(match["unit"].casefold(), 1)

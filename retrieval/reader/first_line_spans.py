"""Where a sentence contains names, days, places and numbers: the things that may answer a question alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from retrieval.domain import Span
from retrieval.language.days.calendar_words import MONTHS, WEEKDAYS
from retrieval.language.days.day_mentions import day_mentions
from retrieval.language.kinds import NAME, Kind, locatives
from retrieval.language.names.places import places
from retrieval.language.numbers.numbers import numbers
from retrieval.language.packs import pack, pattern
from retrieval.language.words import Word, is_stopword, stem, words
from retrieval.question.terms import is_common

_INITIAL = r"[^\W\d_a-zа-яёәғқңөұүһі]\."
_PARTICLE = r"(?:de|del|la|van|von|bin|al|da|di|of|aan|der|den)"
_NAMES = re.compile(rf"(?:{_INITIAL}\s?)*{NAME}(?:(?:[ -]{_PARTICLE}){{0,2}}(?: {_INITIAL})*[ -]{NAME})*")
_OPENING = re.compile(r"(?:\A|[.!?…:]\s)[\W_]*\Z")
_CALENDAR = frozenset((*MONTHS, *WEEKDAYS))
_ROMAN = re.compile(r"[IVXLC]+\Z")
_POSSESSIVE = re.compile(r"['’ʼ]s?(?!\w)")
_YEARS = re.compile(
    r"(?<![\w.,:/-])(?:1\d{3}|20[0-4]\d)(?:\s?[-–—]\s?(?:(?:1\d{3}|20[0-4]\d)|\d\d))?(?![\w:%/])(?![.,]\d)"
)
_LOOKED_BACK = 40  # characters before a name in which its preposition stands


def spans(kind: Kind, text: str, language: str) -> list[Span]:
    """Return where `text` names persons (or bodies that act like one), dates, places or numbers, in order.

    [] for other kinds.
    """
    finder = _FINDERS.get(kind)
    return sorted(finder(text, language), key=lambda span: span.start) if finder else []


def _dates(text: str, language: str) -> Iterator[Span]:
    mentioned = [Span(mention.start, mention.end) for mention in day_mentions(text, language)]
    yield from mentioned
    for match in _YEARS.finditer(text):
        if not any(span.start < match.end() and match.start() < span.end for span in mentioned):
            yield Span(*match.span())


def _names(text: str, language: str) -> Iterator[Span]:
    """Yield runs of words with a capital, without common words that merely open the sentence."""
    for match in _NAMES.finditer(text):
        run = words(match[0])
        while run and is_stopword(run[0].text, language):
            run = run[1:]
        while run and is_stopword(run[-1].text, language):
            run = run[:-1]
        if run and not _is_no_name(run, text[: match.start()], language):
            yield Span(match.start() + run[0].start, match.start() + run[-1].end)


def _is_no_name(run: list[Word], before: str, language: str) -> bool:
    if any(word.text.casefold() in _CALENDAR for word in run):
        return True
    return len(run) == 1 and _OPENING.search(before) is not None and is_common(stem(run[0].text, language), language)


def _persons(text: str, language: str) -> Iterator[Span]:
    for span in _names(text, language):
        name = span.of(text)
        run = words(name)
        numbered = len(run) > 1 and _ROMAN.match(run[-1].text)
        if numbered or _POSSESSIVE.search(name) or all(places(word.text, language) for word in run):
            continue
        if pattern(language, "names", "beside_endings", r"(?:{})\Z").search(name):
            continue
        if _beside(language).search(text[max(0, span.start - _LOOKED_BACK) : span.start]):
            continue
        yield span


def _places(text: str, language: str) -> Iterator[Span]:
    named = pack(language).get("names", "place_endings")
    ending = re.compile(rf"(?:{named})\Z") if named else None
    for span in _names(text, language):
        if ending is not None:
            following = re.match(r"\s+([^\W\d_]+)", text[span.end :])
            if ending.search(span.of(text)) or (following and ending.search(following[1])):
                yield span
        elif _locative(language).search(text[max(0, span.start - _LOOKED_BACK) : span.start]):
            yield span


@cache
def _beside(language: str) -> re.Pattern[str]:
    beside = pack(language).regex("names", "beside")
    return re.compile(rf"(?<!\w)(?:{beside})\s+(?:(?:the|el|la|los|las)\s+)?\Z", re.IGNORECASE)


@cache
def _locative(language: str) -> re.Pattern[str]:
    """Match a preposition of place at the end of a text, with up to two words in small letters behind it."""
    return re.compile(rf"\b(?i:{locatives(language)})\s+(?:[^\W\dA-ZА-ЯЁ]\w*\s+){{0,2}}\Z")


def _numbers(text: str, language: str) -> Iterator[Span]:
    """Yield numbers with the words that bound them ("nearly", "at least") and the word that they count."""
    dated = list(_dates(text, language))
    for number in numbers(text, language):
        span = number.span
        if not any(date.start < span.end and span.start < date.end for date in dated):
            yield _with_unit(span, text, language)


def _with_unit(span: Span, text: str, language: str) -> Span:
    unit = re.match(r"\s?%|[ \u00a0-]([^\W\d_]+)", text[span.end :])
    if unit is None or (unit[1] and is_stopword(unit[1], language)):
        return span
    return Span(span.start, span.end + unit.end())


_FINDERS = {Kind.PERSON: _persons, Kind.DATE: _dates, Kind.PLACE: _places, Kind.NUMBER: _numbers}

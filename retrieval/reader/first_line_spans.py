"""Where a sentence contains names, days, places and numbers: the things that may answer a question alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from retrieval.domain import Span
from retrieval.language.days.calendar_words import MONTHS, WEEKDAYS
from retrieval.language.doc import Text
from retrieval.language.kinds import NAME, Kind, locatives
from retrieval.language.names.places import places
from retrieval.language.packs import pack, pattern
from retrieval.language.words import Word, is_stopword, stem, words
from retrieval.question.terms import is_common

_INITIAL = r"[^\W\d_a-zа-яёәғқңөұүһіїєґ]\."
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


def spans(kind: Kind, text: Text) -> list[Span]:
    """Return where `text` names persons (or bodies that act like one), dates, places or numbers, in order.

    [] for other kinds.
    """
    finder = _FINDERS.get(kind)
    return sorted(finder(text), key=lambda span: span.start) if finder else []


def _dates(text: Text) -> Iterator[Span]:
    mentioned = [Span(mention.start, mention.end) for mention in text.day_mentions]
    yield from mentioned
    for match in _YEARS.finditer(text.text):
        if not any(span.start < match.end() and match.start() < span.end for span in mentioned):
            yield Span(*match.span())


def _names(text: Text) -> Iterator[Span]:
    """Yield runs of words with a capital, without common words that merely open the sentence."""
    for match in _NAMES.finditer(text.text):
        run = words(match[0])
        while run and is_stopword(run[0].text, text.language):
            run = run[1:]
        while run and is_stopword(run[-1].text, text.language):
            run = run[:-1]
        if run and not _is_no_name(run, text.text[: match.start()], text.language):
            yield Span(match.start() + run[0].start, match.start() + run[-1].end)


def _is_no_name(run: list[Word], before: str, language: str) -> bool:
    if any(word.text.casefold() in _CALENDAR for word in run):
        return True
    return len(run) == 1 and _OPENING.search(before) is not None and is_common(stem(run[0].text, language), language)


def _persons(text: Text) -> Iterator[Span]:
    for span in _names(text):
        name = span.of(text.text)
        run = words(name)
        numbered = len(run) > 1 and _ROMAN.match(run[-1].text)
        if numbered or _POSSESSIVE.search(name) or all(places(word.text, text.language) for word in run):
            continue
        if pattern(text.language, "names", "beside_endings", r"(?:{})\Z").search(name):
            continue
        if _beside(text.language).search(text.text[max(0, span.start - _LOOKED_BACK) : span.start]):
            continue
        yield span


def _places(text: Text) -> Iterator[Span]:
    named = pack(text.language).get("names", "place_endings")
    ending = re.compile(rf"(?:{named})\Z") if named else None
    for span in _names(text):
        if ending is not None:
            following = re.match(r"\s+([^\W\d_]+)", text.text[span.end :])
            if ending.search(span.of(text.text)) or (following and ending.search(following[1])):
                yield span
        elif _locative(text.language).search(text.text[max(0, span.start - _LOOKED_BACK) : span.start]):
            yield span


@cache
def _beside(language: str) -> re.Pattern[str]:
    beside = pack(language).regex("names", "beside")
    return re.compile(rf"(?<!\w)(?:{beside})\s+(?:(?:the|el|la|los|las)\s+)?\Z", re.IGNORECASE)


@cache
def _locative(language: str) -> re.Pattern[str]:
    """Match a preposition of place at the end of a text, with up to two words in small letters behind it."""
    return re.compile(rf"\b(?i:{locatives(language)})\s+(?:[^\W\dA-ZА-ЯЁ]\w*\s+){{0,2}}\Z")


def _numbers(text: Text) -> Iterator[Span]:
    """Yield numbers with the words that bound them ("nearly", "at least") and the word that they count."""
    dated = list(_dates(text))
    for number in text.numbers:
        span = number.span
        if not any(date.start < span.end and span.start < date.end for date in dated):
            yield _with_unit(span, text)


def _with_unit(span: Span, text: Text) -> Span:
    unit = re.match(r"\s?%|[ \u00a0-]([^\W\d_]+)", text.text[span.end :])
    if unit is None or (unit[1] and is_stopword(unit[1], text.language)):
        return span
    return Span(span.start, span.end + unit.end())


_FINDERS = {Kind.PERSON: _persons, Kind.DATE: _dates, Kind.PLACE: _places, Kind.NUMBER: _numbers}

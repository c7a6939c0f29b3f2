"""What kind of thing a question asks for, and where a text holds such a thing."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from retrieval.domain import Span
from retrieval.language.days.calendar_words import MONTH, MONTHS, WEEKDAYS, any_name
from retrieval.language.kind_words import (
    ASKS,
    DAY_WORDS,
    LOCATIVES,
    NUMBER_WORDS,
    ORGANISATION_WORDS,
    REASONS,
    Kind,
)
from retrieval.language.text import Characters

NAME = r"[^\W\d_a-zа-яёәғқңөұүһіáéíóúñü][\w'’-]+"
"""A word that begins with a capital."""
NAME_SEQUENCE = re.compile(rf"{NAME}(?:(?:[ -](?:de|del|la|van|von|bin|al|da|di|y|of)){{0,2}} {NAME})*")
KAZAKH_LOCATIVE = re.compile(
    r"[^\W\d_]+(?:да|де|та|те|нда|нде|дағы|дегі|тағы|тегі|дан|ден|тан|тен|нан|нен|ға|ге|қа|ке)\b"
)
DIGITS = re.compile(r"\d+(?:[.,\s  ]\d{3})*(?:[.,]\d+)?\s?%?")
WEEKDAY = any_name(WEEKDAYS)
YEAR = re.compile(r"\b1\d{3}\b|\b20\d{2}\b")


TEXTS_CACHED = 1_024
"""Texts of which is kept what they hold, about 1 MB: the sentences found are looked at more than once."""


def folded(text: str) -> str:
    """Return `text` with accents off, letter for letter, so that offsets hold; й and ё keep their marks."""
    return text.translate(_BARE)


def _bare(character: str) -> str:
    return character if character in "йЙёЁ" else unicodedata.normalize("NFD", character)[0]


_BARE = Characters(_bare)


@cache
def _asks(language: str) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(pattern if kind is Kind.DEFINITION else f"(?i:{pattern})"))
        for kind, pattern in ASKS.get(language, ASKS["en"])
    )


def asked_kind(question: str, language: str) -> Kind:
    """Return the kind of thing that `question`, in `language` (ISO 639-1; unknown ones read as English), asks for."""
    text = (folded(question) if language == "es" else question).lstrip(" ¿\"'«“")
    text = text[:1].lower() + text[1:]
    for kind, pattern in _asks(language):
        if pattern.search(text):
            return kind
    return Kind.OTHER


@cache
def _words(table: str, language: str) -> re.Pattern[str]:
    tables = {"number": NUMBER_WORDS, "day": DAY_WORDS, "reason": REASONS}
    return re.compile(rf"\b(?:{tables[table].get(language, tables[table]['en'])})\b", re.IGNORECASE)


@cache
def _locatives(language: str) -> re.Pattern[str]:
    words = LOCATIVES.get(language) or LOCATIVES["en"]
    return re.compile(rf"\b(?i:{words}) (?:(?:the|el|la|los|las) )?({NAME_SEQUENCE.pattern})")


def _spans(pattern: re.Pattern[str], text: str, group: int = 0) -> list[Span]:
    return [Span(*match.span(group)) for match in pattern.finditer(text)]


def _numbers(text: str, language: str) -> list[Span]:
    digits = _spans(DIGITS, text)
    dated = {span.start for span in _dates(text, language)} if digits else set()
    return [span for span in digits if span.start not in dated] + _spans(_words("number", language), text)


CLOCK_OR_YEAR = re.compile(rf"\b\d\d?:\d\d\b|{YEAR.pattern}")
NAMED_DAY = re.compile(
    rf"(?:\b\d{{1,2}}(?:-го|-е|st|nd|rd|th)? (?:de )?)?\b{MONTH}(?: \d{{1,2}}\b)?|\b{WEEKDAY}"
    rf"|{CLOCK_OR_YEAR.pattern}",
    re.IGNORECASE,
)
CALENDAR_NAMES = frozenset((*MONTHS, *WEEKDAYS))


def _dates(text: str, language: str) -> list[Span]:
    # Trying a thousand names at every letter is slow, and most sentences hold none.
    named = not CALENDAR_NAMES.isdisjoint(re.findall(r"\w+", text.casefold()))
    return _spans(NAMED_DAY if named else CLOCK_OR_YEAR, text) + _spans(_words("day", language), text)


def _names(text: str, language: str) -> list[Span]:
    """Capitalised words; those that merely open a sentence count only where a second one follows."""
    found = []
    for span in _spans(NAME_SEQUENCE, text):
        opens = span.start == 0 or re.search(r"[.!?…:»”\"]\s*$", text[max(0, span.start - 3) : span.start]) is not None
        words = span.of(text).split()
        if not opens or len(words) > 1:
            found.append(span)
    return found


def _places(text: str, language: str) -> list[Span]:
    if language == "kk":
        return [s for s in _spans(KAZAKH_LOCATIVE, text) if s.of(text)[:1].isupper()]
    return _spans(_locatives(language), text, 1)


ACRONYM = re.compile(r"\b[^\W\d_a-zа-я]{2,6}\b")
ORGANISATION = re.compile(rf"\b(?:{ORGANISATION_WORDS})\b", re.IGNORECASE)


def _organisations(text: str, language: str) -> list[Span]:
    return _spans(ACRONYM, text) + _spans(ORGANISATION, text)


def _reasons(text: str, language: str) -> list[Span]:
    return _spans(_words("reason", language), text)


FINDERS = {
    Kind.NUMBER: _numbers,
    Kind.DATE: _dates,
    Kind.PERSON: _names,
    Kind.PLACE: _places,
    Kind.ORGANISATION: _organisations,
    Kind.REASON: _reasons,
}


def holds(kind: Kind, text: str, language: str) -> list[Span]:
    """Return where `text` holds things of `kind`, in order; the whole of it for kinds with no outward mark."""
    return list(_held(kind, text, language))


@lru_cache(maxsize=TEXTS_CACHED)
def _held(kind: Kind, text: str, language: str) -> tuple[Span, ...]:
    finder = FINDERS.get(kind)
    if finder is None:
        return (Span(0, len(text)),) if text else ()
    plain = folded(text) if language == "es" else text
    return tuple(sorted(finder(plain, language), key=lambda span: (span.start, span.end)))

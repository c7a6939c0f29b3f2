"""The kind of thing that a question asks for, and where a text contains such things."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import cache

from retrieval.domain import Span
from retrieval.language.days.calendar_words import MONTH, MONTHS, WEEKDAYS, any_name, month_pattern
from retrieval.language.packs import LANGUAGES, NOTHING, Pack, any_regex, pack, pattern
from retrieval.language.text import Characters


class Kind(StrEnum):
    """The kind of thing that would answer a question, by the question's form."""

    PERSON = "person"
    NUMBER = "number"
    DATE = "date"
    PLACE = "place"
    ORGANISATION = "organisation"
    REASON = "reason"
    MANNER = "manner"
    DEFINITION = "definition"
    YESNO = "yesno"
    OTHER = "other"


NAME = r"[^\W\d_a-zа-яёәғқңөұүһіїєґáéíóúñü][\w'’-]+"
"""A word that begins with a capital."""
NAME_SEQUENCE = re.compile(rf"{NAME}(?:(?:[ -](?:{any_regex('kinds', 'particles')})){{0,2}} {NAME})*")
DIGITS = re.compile(r"\d+(?:[.,\s  ]\d{3})*(?:[.,]\d+)?\s?%?")
WEEKDAY = any_name(WEEKDAYS)
YEAR = re.compile(r"\b1\d{3}\b|\b20\d{2}\b")


_BARE = Characters(lambda character: character if character in "йЙёЁ" else unicodedata.normalize("NFD", character)[0])


def _plain(text: str, ours: Pack) -> str:
    """Return `text` letter for letter, without accents if the pack lists its words so; й and ё keep their marks."""
    return text.translate(_BARE) if ours.get("kinds", "folded") else text


@cache
def _pack(language: str) -> Pack:
    """Return the pack of a language, or the first one if it has no words of kinds."""
    return pack(language if pack(language).section("kinds") else LANGUAGES[0])


@cache
def _asks(ours: Pack) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    asks = ours.get("kinds", "asks", {})
    joined = (
        (Kind(kind), written if isinstance(written, str) else "|".join(written)) for kind, written in asks.items()
    )
    return tuple((kind, re.compile(regex if kind is Kind.DEFINITION else f"(?i:{regex})")) for kind, regex in joined)


def asked_kind(question: str, language: str) -> Kind:
    """Return the kind of thing that `question`, in `language` (ISO 639-1), asks for.

    A language whose pack has no words for it is read as English.
    """
    ours = _pack(language)
    text = _plain(question, ours).lstrip(" ¿\"'«“")
    text = text[:1].lower() + text[1:]
    return next((kind for kind, asks in _asks(ours) if asks.search(text)), Kind.OTHER)


def locatives(language: str) -> str:
    """Return the words before the name of a place, as a regular expression."""
    return _pack(language).regex("kinds", "locatives")


@cache
def _locatives(ours: Pack) -> re.Pattern[str]:
    """Return a pattern of a place with its ending, or with the word before it; its group 1 is the name."""
    if (endings := ours.regex("kinds", "locative_endings")) != NOTHING:
        return re.compile(rf"([^\W\d_]+(?:{endings})\b)")
    words = ours.regex("kinds", "locatives")
    return re.compile(rf"\b(?i:{words}) (?:(?:{any_regex('kinds', 'articles')}) )?({NAME_SEQUENCE.pattern})")


def _spans(pattern: re.Pattern[str], text: str, group: int = 0) -> list[Span]:
    return [Span(*match.span(group)) for match in pattern.finditer(text)]


def _listed(key: str, text: str, ours: Pack) -> list[Span]:
    """Return the words of a list of the pack that a text contains."""
    return _spans(pattern(ours.code, "kinds", key, r"\b(?:{})\b"), text)


def _numbers(text: str, ours: Pack) -> list[Span]:
    digits = _spans(DIGITS, text)
    dated = {span.start for span in _dates(text, ours)} if digits else set()
    return [span for span in digits if span.start not in dated] + _listed("numbers", text, ours)


CLOCK_OR_YEAR = re.compile(rf"\b\d\d?:\d\d\b|{YEAR.pattern}")
NAMED_DAY = (
    rf"(?:\b\d{{1,2}}(?:{any_regex('kinds', 'ordinals')})? (?:{any_regex('kinds', 'of')} )?)?\b{MONTH}(?: \d{{1,2}}\b)?"
    rf"|\b{WEEKDAY}|{CLOCK_OR_YEAR.pattern}"
)
CALENDAR_NAMES = frozenset((*MONTHS, *WEEKDAYS))


def _dates(text: str, ours: Pack) -> list[Span]:
    # Trying a thousand names at every letter is slow, and most sentences contain none.
    named = not CALENDAR_NAMES.isdisjoint(re.findall(r"\w+", text.casefold()))
    return _spans(month_pattern(NAMED_DAY) if named else CLOCK_OR_YEAR, text) + _listed("days", text, ours)


def _names(text: str, ours: Pack) -> list[Span]:
    """Capitalised words; those that merely open a sentence count only where a second one follows."""
    found = []
    for span in _spans(NAME_SEQUENCE, text):
        opens = span.start == 0 or re.search(r"[.!?…:»”\"]\s*$", text[max(0, span.start - 3) : span.start]) is not None
        words = span.of(text).split()
        if not opens or len(words) > 1:
            found.append(span)
    return found


ACRONYM = re.compile(r"\b[^\W\d_a-zа-я]{2,6}\b")
ORGANISATION = re.compile(rf"\b(?:{any_regex('kinds', 'organisations')})\b", re.IGNORECASE)


FINDERS: dict[Kind, Callable[[str, Pack], list[Span]]] = {
    Kind.NUMBER: _numbers,
    Kind.DATE: _dates,
    Kind.PERSON: _names,
    Kind.PLACE: lambda text, ours: [s for s in _spans(_locatives(ours), text, 1) if not s.of(text)[:1].islower()],
    Kind.ORGANISATION: lambda text, ours: _spans(ACRONYM, text) + _spans(ORGANISATION, text),
    Kind.REASON: lambda text, ours: _listed("reasons", text, ours),
}


def spans_of(kind: Kind, text: str, language: str) -> list[Span]:
    """Return the things of `kind` that `text` contains, in order; the whole text for kinds without a finder."""
    if kind not in FINDERS:
        return [Span(0, len(text))] if text else []
    ours = _pack(language)
    return sorted(FINDERS[kind](_plain(text, ours), ours), key=lambda span: (span.start, span.end))

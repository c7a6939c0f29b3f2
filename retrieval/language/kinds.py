"""The kind of thing that a question asks for, and where a text contains such things."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache

from retrieval.domain import Span
from retrieval.language.days.calendar_words import MONTH, MONTHS, WEEKDAYS, any_name
from retrieval.language.packs import LANGUAGES, NOTHING, any_regex, pack, pattern
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
NAME_SEQUENCE = re.compile(rf"{NAME}(?:(?:[ -](?:de|del|la|van|von|bin|al|da|di|y|of)){{0,2}} {NAME})*")
DIGITS = re.compile(r"\d+(?:[.,\s  ]\d{3})*(?:[.,]\d+)?\s?%?")
WEEKDAY = any_name(WEEKDAYS)
YEAR = re.compile(r"\b1\d{3}\b|\b20\d{2}\b")


def folded(text: str) -> str:
    """Return `text` with accents off, letter for letter, so that offsets stay; й and ё keep their marks."""
    return text.translate(_BARE)


def _bare(character: str) -> str:
    return character if character in "йЙёЁ" else unicodedata.normalize("NFD", character)[0]


_BARE = Characters(_bare)


@cache
def _asks(language: str) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    asks = pack(_known(language)).get("kinds", "asks", {})
    joined = (
        (Kind(kind), written if isinstance(written, str) else "|".join(written)) for kind, written in asks.items()
    )
    return tuple((kind, re.compile(regex if kind is Kind.DEFINITION else f"(?i:{regex})")) for kind, regex in joined)


@cache
def _known(language: str) -> str:
    """Return the language whose words are read for another: itself, or the first where its pack has none."""
    return language if pack(language).section("kinds") else LANGUAGES[0]


def _plain(text: str, language: str) -> str:
    return folded(text) if pack(language).get("kinds", "folded") else text


def asked_kind(question: str, language: str) -> Kind:
    """Return the kind of thing that `question`, in `language` (ISO 639-1), asks for.

    A language whose pack has no words for it is read as English.
    """
    text = _plain(question, language).lstrip(" ¿\"'«“")
    text = text[:1].lower() + text[1:]
    for kind, asks in _asks(language):
        if asks.search(text):
            return kind
    return Kind.OTHER


def _words(key: str, language: str) -> re.Pattern[str]:
    return pattern(_known(language), "kinds", key, r"\b(?:{})\b")


def locatives(language: str) -> str:
    """Return the words before the name of a place, as a regular expression."""
    return pack(_known(language)).regex("kinds", "locatives")


@cache
def _locatives(language: str) -> re.Pattern[str]:
    """Return a pattern of a place with what says so, an ending or a word before it; its group 1 is the name."""
    ours = pack(_known(language))
    if (endings := ours.regex("kinds", "locative_endings")) != NOTHING:
        return re.compile(rf"([^\W\d_]+(?:{endings})\b)")
    return re.compile(rf"\b(?i:{locatives(language)}) (?:(?:the|el|la|los|las) )?({NAME_SEQUENCE.pattern})")


def _spans(pattern: re.Pattern[str], text: str, group: int = 0) -> list[Span]:
    return [Span(*match.span(group)) for match in pattern.finditer(text)]


def _numbers(text: str, language: str) -> list[Span]:
    digits = _spans(DIGITS, text)
    dated = {span.start for span in _dates(text, language)} if digits else set()
    return [span for span in digits if span.start not in dated] + _spans(_words("numbers", language), text)


CLOCK_OR_YEAR = re.compile(rf"\b\d\d?:\d\d\b|{YEAR.pattern}")
NAMED_DAY = re.compile(
    rf"(?:\b\d{{1,2}}(?:-го|-е|st|nd|rd|th)? (?:de )?)?\b{MONTH}(?: \d{{1,2}}\b)?|\b{WEEKDAY}"
    rf"|{CLOCK_OR_YEAR.pattern}",
    re.IGNORECASE,
)
CALENDAR_NAMES = frozenset((*MONTHS, *WEEKDAYS))


def _dates(text: str, language: str) -> list[Span]:
    # Trying a thousand names at every letter is slow, and most sentences contain none.
    named = not CALENDAR_NAMES.isdisjoint(re.findall(r"\w+", text.casefold()))
    return _spans(NAMED_DAY if named else CLOCK_OR_YEAR, text) + _spans(_words("days", language), text)


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
    return [span for span in _spans(_locatives(language), text, 1) if not span.of(text)[:1].islower()]


ACRONYM = re.compile(r"\b[^\W\d_a-zа-я]{2,6}\b")
ORGANISATION = re.compile(rf"\b(?:{any_regex('kinds', 'organisations')})\b", re.IGNORECASE)


def _organisations(text: str, language: str) -> list[Span]:
    return _spans(ACRONYM, text) + _spans(ORGANISATION, text)


def _reasons(text: str, language: str) -> list[Span]:
    return _spans(_words("reasons", language), text)


FINDERS = {
    Kind.NUMBER: _numbers,
    Kind.DATE: _dates,
    Kind.PERSON: _names,
    Kind.PLACE: _places,
    Kind.ORGANISATION: _organisations,
    Kind.REASON: _reasons,
}


def spans_of(kind: Kind, text: str, language: str) -> list[Span]:
    """Return the things of `kind` that `text` contains, in order; the whole of it for kinds without a mark."""
    finder = FINDERS.get(kind)
    if finder is None:
        return [Span(0, len(text))] if text else []
    return sorted(finder(_plain(text, language), language), key=lambda span: (span.start, span.end))

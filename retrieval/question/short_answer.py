"""The kind of name, day, place or number that may answer a question by itself, and conditions on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from retrieval.language.concepts import mentions
from retrieval.language.doc import Text
from retrieval.language.kinds import Kind, asked_kind
from retrieval.language.names.names import name_key
from retrieval.language.packs import any_regex, pack, packs, pattern
from retrieval.language.words import Word, is_stopword, stem, words


def _union(key: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_regex('questions', key)})\b", re.IGNORECASE)


_HOURS, _YEAR, _WHERE, _WHO, _COUNTS = (_union(key) for key in ("hours", "year", "where", "who", "counts"))
_LISTED = [listed for one in packs() if (listed := one.get("questions", "ordinals"))]
_ORDINALS = tuple(re.compile(rf"\b(?:{'|'.join(same)})\b", re.IGNORECASE) for same in zip(*_LISTED, strict=True))
"""Words that set apart one of several, in any language: first, second, third, last, former."""


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The kind of thing that may answer a question by itself, and conditions on it."""

    kind: Kind  # a date, a number, a person or a place
    known: frozenset[str]  # forms of the question's own words, which are no answer to it
    ordinals: frozenset[int]  # places in the list of ordinals ("first", "last") that the sentence must contain too
    with_year: bool  # a year is asked for
    nominative: bool  # "кто": in Russian, a name in another case is not the one who did it
    unit: frozenset[str] = frozenset()  # forms of the noun that is counted; empty: any number will do
    unit_concepts: frozenset[str] = frozenset()  # concepts of that noun


def short_answer(question: Text) -> ShortAnswer | None:
    """Return the kind of thing that may answer alone; None for kinds that were too often wrong in benchmarks."""
    kind, language = asked_alone(question), question.language
    if kind not in pack(language).get("questions", "short_answers", ()):
        return None
    head = _counted(question) if kind is Kind.NUMBER else None
    return ShortAnswer(
        kind,
        known=forms(question.words, language),
        ordinals=ordinals(question.text),
        with_year=kind is Kind.DATE and _YEAR.search(question.text) is not None,
        nominative=pattern(language, "questions", "nominative").search(question.text) is not None,
        unit=forms([head], language) if head else frozenset(),
        unit_concepts=frozenset().union(*(m.names for m in mentions(head.text, language))) if head else frozenset(),
    )


def asked_alone(question: Text) -> Kind:
    """Return the kind asked for by the first question of a sentence: "who became ... when ..." asks for a person.

    Kind.OTHER where no name, day, place or number alone could answer.
    """
    text, language = question.text, question.language
    found = list(pattern(language, "questions", "interrogatives").finditer(text))
    if len(found) > 1 and pack(language).get("questions", "asks_anywhere"):
        return Kind.OTHER  # two questions in one: the words for either stand anywhere
    kind = asked_kind(text[: found[1].start()] if len(found) > 1 else text, language)
    clocked = kind is Kind.DATE and _HOURS.search(text)
    measured = kind is Kind.NUMBER and not _COUNTS.search(text)  # an age, a length: known by a unit alone
    narrowed = {Kind.PLACE: _WHERE, Kind.PERSON: _WHO}.get(kind)  # "which airport": not any place will do
    chosen = narrowed is not None and not narrowed.search(text)
    return Kind.OTHER if clocked or measured or chosen else kind


def forms(found: Sequence[Word], language: str) -> frozenset[str]:
    """Return the stems of words, and the keys of those with a capital."""
    keys = (name_key(word.text) for word in found if word.text[0].isupper())
    return frozenset([*(stem(word.text, language) for word in found), *(key for key in keys if key)])


def ordinals(text: str) -> frozenset[int]:
    """Return which ordinals ("first", "former") a text contains, as places in a list that all languages share."""
    return frozenset(place for place, pattern in enumerate(_ORDINALS) if pattern.search(text))


def _counted(question: Text) -> Word | None:
    """Return the noun that a question counts ("how many armoured vehicles": vehicles)."""
    asked = _COUNTS.search(question.text)
    rest = words(question.text[asked.end() :]) if asked else []
    phrase = list(takewhile(lambda word: not is_stopword(word.text, question.language), rest[:2]))
    if not phrase:
        return None
    plural = pack(question.language).get("questions", "plural_ending")
    return phrase[-1] if plural and phrase[-1].text.endswith(plural) else phrase[0]

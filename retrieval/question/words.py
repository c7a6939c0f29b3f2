"""What a question asks for, and which of its words a text must bear out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise

from retrieval.language.concepts import TOPIC, mentions
from retrieval.language.days.calendar_words import DAY, MONTH, MONTHS
from retrieval.language.kind_words import Kind
from retrieval.language.kinds import asked_kind
from retrieval.language.names.heard import heard, month
from retrieval.language.names.names import name_key
from retrieval.language.words import is_stopword, stem, words

MEANT = frozenset({"unit", "role", "body", "act", "thing"})
"""Kinds of concepts that a text must speak of to answer; the rest only colour it."""

UNKNOWN_RARITY = 8.0
"""Of a stem that is in no list: -log of the share of passages that hold it, about 1 in 3,000."""

QUESTIONS_CACHED = 16
"""Questions kept as they were read: one is asked of several times while it is answered."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question that must be borne out."""

    stem: str
    key: str  # that spellings of a name share; "" where it is no name
    rarity: float
    is_name: bool
    is_number: bool
    concepts: frozenset[str]  # what it means in any language, as far as that is listed
    topics: frozenset[str] = frozenset()  # what else it means, which only tells where the languages differ
    heard: frozenset[str] = frozenset()  # keys of which its spellings in other languages share one
    month: int = 0  # from 1; 0 where it is none


@dataclass(frozen=True, eq=False)
class Asked:
    """A question as it is read."""

    kind: Kind
    terms: tuple[Term, ...]
    days: tuple[tuple[int, int], ...]  # month and day of month
    years: tuple[int, ...]

    @cached_property
    def rarities(self) -> tuple[float, ...]:
        """How rare each term is."""
        return tuple(term.rarity for term in self.terms)

    @cached_property
    def rarity(self) -> float:
        """How rare the terms are together."""
        return sum(self.rarities)


@cache
def _rarities() -> dict[str, dict[str, float]]:
    return dict(json.loads(files("retrieval.question").joinpath("rarity.json").read_text(encoding="utf-8")))


def rarity(stem_: str, language: str) -> float:
    """Return how rare a stem is in passages of `language`: -log of the share that hold it."""
    return _rarities().get(language, {}).get(stem_, UNKNOWN_RARITY)


def is_common(stem_: str, language: str) -> bool:
    """Say whether a stem is listed: what opens a question with a capital and is not may well be a name."""
    return stem_ in _rarities().get(language, {})


@lru_cache(maxsize=QUESTIONS_CACHED)
def read_question(question: str, language: str) -> Asked:
    """Return what `question` asks for and the words that must be borne out."""
    plain = question.replace("\u0301", "")  # stress marks of Russian encyclopaedias
    spoken = mentions(plain, language)
    terms = []
    for word in words(plain):
        if is_stopword(word.text, language):
            continue
        capital = word.text[0].isupper() and not plain.isupper()
        stem_ = stem(word.text, language)
        here = [m for m in spoken if m.start < word.end and word.start < m.end]
        meant = [m.names for m in here if m.kind in MEANT]
        topics = [m.names for m in here if m.kind == TOPIC]
        terms.append(
            Term(
                stem=stem_,
                key=name_key(word.text) if capital else "",
                rarity=rarity(stem_, language),
                is_name=capital and (word.start > 1 or (not meant and not is_common(stem_, language))),
                is_number=word.text[0].isdigit(),
                concepts=frozenset().union(*meant),
                topics=frozenset().union(*topics),
                heard=heard(word.text, language) if capital else frozenset(),
                month=month(word.text, language),
            )
        )
    return Asked(asked_kind(plain, language), tuple(terms), days_in(plain), years_in(plain))


def forms(question: str) -> frozenset[str]:
    """Return the words of `question` and its pairs of words, small; what opens it stands a second time, after "^".

    What a question is like: "which", "which country" and "^which" are asked of things that are told.
    """
    said = [word.text.casefold() for word in words(question.replace("\u0301", ""))]
    pairs = [f"{first} {second}" for first, second in pairwise(said)]
    return frozenset((*said, *pairs, *(f"^{opening}" for opening in (*said[:1], *pairs[:1]))))


NAMED_DAY = re.compile(
    rf"\b({DAY})(?:-?(?:st|nd|rd|th|го|е|ші|шы))?\s+(?:de\s+|of\s+)?({MONTH})|\b({MONTH})\s+({DAY})\b(?!:)",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def days_in(text: str) -> tuple[tuple[int, int], ...]:
    """Return the days that `text` names, as month and day of month, in order."""
    if not any(letter.isdigit() for letter in text):
        return ()  # as most sentences do, and far sooner
    named = ((match[2] or match[3], match[1] or match[4]) for match in NAMED_DAY.finditer(text))
    return tuple((month, int(day)) for word, day in named if (month := MONTHS.get(word.casefold())))


def years_in(text: str) -> tuple[int, ...]:
    """Return the years (1500 to 2099) that `text` names, in order."""
    return tuple(int(year) for year in YEAR.findall(text))

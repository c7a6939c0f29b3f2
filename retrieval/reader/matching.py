"""How far a text speaks of what a question asks about: its words, names, numbers and concepts, in any language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import repeat
from operator import mul

from retrieval.language.concepts import beginning, begun, folded, speaks_of
from retrieval.language.names.heard import heard, month
from retrieval.language.names.names import name_key
from retrieval.language.words import stem, written
from retrieval.question.words import Asked, Term

TEXTS_CACHED = 4096
"""Texts whose words are kept, about 8 MB: the sentences found are looked at more than once."""

_APOSTROPHE = re.compile("['’ʼ]")

MATCHES_CACHED = 256
"""Texts of which is kept what they hold of a question, while it is answered."""


class Read:
    """What a text holds; a class because each part is told when first asked for, and most questions ask for few."""

    def __init__(self, text: str, language: str) -> None:
        self._text, self._language = text, language

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(written(self._text))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words and numbers."""
        return frozenset(map(stem, self._words, repeat(self._language)))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of its names."""
        return frozenset(key for word in self._words if word[0].isupper() and (key := name_key(word)))

    @cached_property
    def heard(self) -> frozenset[str]:
        """What its names are heard as in another language."""
        return frozenset().union(*(heard(word, self._language) for word in self._words if word[0].isupper()))

    @cached_property
    def months(self) -> frozenset[int]:
        """The months it names, from 1."""
        return frozenset(map(month, self._words, repeat(self._language))) - {0}

    @cached_property
    def folded(self) -> str:
        """Its letters without their marks."""
        return folded(self._text)

    @cached_property
    def begun(self) -> frozenset[str]:
        """What its words begin with."""
        if _APOSTROPHE.search(self._text):
            return begun(self.folded)
        return frozenset(map(beginning, self._words))  # which takes a third of the time

    def speaks_of(self, concepts: frozenset[str]) -> bool:
        """Say whether it speaks of any of the concepts."""
        return speaks_of(concepts, self.folded, self.begun, self._language)


read_text = lru_cache(maxsize=TEXTS_CACHED)(Read)


def matches(asked: Asked, spoken: str, text: str, language: str, untold: float) -> tuple[float, ...]:
    """Return how far each term of a question in the language `spoken` is held by a text: 0 or 1, or `untold`.

    Names, numbers and listed concepts are told in every language, other words only in their own: where the languages
    differ and a word is in no list, `untold` is how far it is taken to be held.
    """
    return tuple([untold if held is None else held for held in _told(asked, spoken, text, language)])


@lru_cache(maxsize=MATCHES_CACHED)
def _told(asked: Asked, spoken: str, text: str, language: str) -> tuple[float | None, ...]:
    read = read_text(text, language)
    same = language == spoken
    return tuple([_match(term, read, same) for term in asked.terms])


def _match(term: Term, read: Read, same_language: bool) -> float | None:
    if (same_language or term.is_number) and term.stem in read.stems:
        return 1.0
    if same_language:
        if term.key and term.key in read.keys:
            return 1.0
    elif (term.heard and not term.heard.isdisjoint(read.heard)) or (term.month and term.month in read.months):
        return 1.0
    if term.concepts and read.speaks_of(term.concepts):
        return 1.0
    if term.topics and not same_language and read.speaks_of(term.topics):
        return 1.0
    told = same_language or term.is_number or bool(term.heard or term.month or term.concepts or term.topics)
    return 0.0 if told else None


def share(asked: Asked, matched: Sequence[float]) -> float | None:
    """Return the share of the terms' rarity that is matched, from 0 to 1; None where there is nothing to match."""
    return sum(map(mul, asked.rarities, matched)) / asked.rarity if asked.rarity else None

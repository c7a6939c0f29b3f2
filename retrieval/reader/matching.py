"""Which terms of a question a text contains: its words, names, numbers and concepts, in any language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import repeat
from operator import mul

from retrieval.language.concepts import folded, speaks_of
from retrieval.language.doc import Text
from retrieval.language.names.names import name_key
from retrieval.language.names.sounds import month, sound_keys
from retrieval.language.words import stem, written
from retrieval.question.question import Question
from retrieval.question.terms import Term

Matches = tuple[float | None, ...]
"""One number a term of the question: 1 where a text contains it, 0 where not, None where that cannot be known."""


class TextWords(Text):
    """A text with its words in the forms that they are compared in; each is computed on first use, most never are."""

    @cached_property
    def _distinct(self) -> frozenset[str]:
        return frozenset(written(self.text))

    @cached_property
    def word_stems(self) -> frozenset[str]:
        """The stems of its words and numbers, stop words among them."""
        return frozenset(map(stem, self._distinct, repeat(self.language)))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of its names."""
        return frozenset(key for word in self._distinct if word[0].isupper() and (key := name_key(word)))

    @cached_property
    def sounds(self) -> frozenset[str]:
        """The sound keys of its names, which their spellings in other languages share."""
        return frozenset().union(*(sound_keys(word, self.language) for word in self._distinct if word[0].isupper()))

    @cached_property
    def months(self) -> frozenset[int]:
        """The months it names, from 1."""
        return frozenset(map(month, self._distinct, repeat(self.language))) - {0}

    @cached_property
    def _folded(self) -> str:
        return folded(self.text)

    def mentions(self, concepts: frozenset[str]) -> bool:
        """Return whether it mentions any of the concepts."""
        return speaks_of(concepts, self._folded, self.language)


def matches(question: Question, text: TextWords) -> Matches:
    """Return how far a text contains each term of a question.

    Names, numbers and listed concepts are compared in every language, other words only in their own.
    """
    same = text.language == question.language
    return tuple([_match(term, text, same) for term in question.terms])


def _match(term: Term, text: TextWords, same_language: bool) -> float | None:
    if (same_language or term.is_number) and term.stem in text.word_stems:
        return 1.0
    if same_language:
        if term.key and term.key in text.keys:
            return 1.0
    elif (term.sounds and not term.sounds.isdisjoint(text.sounds)) or (term.month and term.month in text.months):
        return 1.0
    if term.concepts and text.mentions(term.concepts):
        return 1.0
    if term.topics and not same_language and text.mentions(term.topics):
        return 1.0
    known = same_language or term.is_number or bool(term.sounds or term.month or term.concepts or term.topics)
    return 0.0 if known else None


def filled(matched: Matches, unknown: float) -> list[float]:
    """Return matches with `unknown`, from 0 to 1, in place of None."""
    return [unknown if one is None else one for one in matched]


def share(question: Question, matched: Sequence[float]) -> float | None:
    """Return the share of the terms' rarity that is matched, from 0 to 1; None where the question has no terms."""
    return sum(map(mul, question.rarities, matched)) / question.rarity if question.rarity else None

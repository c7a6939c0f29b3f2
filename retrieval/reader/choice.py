"""Choosing the sentences that answer: numbered sentences go to a chooser, and numbers come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from retrieval.domain import Article, Passage, Span
from retrieval.language.doc import Doc, Sentence
from retrieval.question.question import Question
from retrieval.reader.surroundings import in_surroundings

COVERED_WEIGHT = 0.6
"""Weight of the terms that a sentence contains, beside the cosine's and the passage's, 1, in what is read first."""


@dataclass(frozen=True)
class NumberedSentence:
    """A sentence that can be quoted; numbers start at 1 and follow the text within a passage."""

    number: int
    passage: Passage
    span: Span  # in the article's text
    vector: np.ndarray = field(repr=False, compare=False)  # (dimensions,), float32, centred
    cosine: float = 0.0  # of the question and the sentence; this and the next two are 0 where there is no question
    passage_score: float = 0.0  # of its passage in the search
    covered: float = 0.0  # the share of the question's terms in the sentence and its heading, by rarity; 0 to 1
    before: Span | None = None  # the sentence before it in its passage, in the article's text
    after: Span | None = None

    @property
    def article(self) -> Article:
        return self.passage.article

    @property
    def score(self) -> float:
        """How well it matches the question before it is read, higher is better."""
        return self.passage_score + self.cosine + COVERED_WEIGHT * self.covered

    @property
    def text(self) -> str:
        return self.span.of(self.passage.article.text)

    @cached_property
    def quoted(self) -> Span:
        """The sentence with as much of the text around it as is quoted with it, in the article's text."""
        return in_surroundings(self.article, self.span)

    @cached_property
    def parsed(self) -> Sentence:
        """Its words, numbers, days and speakers."""
        return Sentence(Doc.of(self.article), self.span)


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers of sentences that belong to one statement, the one to show first."""

    numbers: tuple[int, ...]
    probability: float | None = None  # that they answer, from 0 to 1; None where the chooser gives none


@dataclass(frozen=True, slots=True)
class Choice:
    """Groups of sentences, best first; none where no sentence answers, or where choosing failed."""

    groups: tuple[Group, ...] = ()
    translations: Mapping[int, str] = field(default_factory=dict)  # by the number of the sentence; unchecked
    nearest: tuple[int, ...] = ()  # numbers of the sentences that come nearest, whether they answer or not
    short: Span | None = None  # the words in the first sentence of the first group that answer alone
    reason: str | None = None  # where choosing failed: the key of a frame text, e.g. "model_timeout"


class Chooser(Protocol):
    """Chooses the sentences that answer a question. It returns numbers, so it cannot change a quote."""

    @property
    def engine(self) -> str:
        """What the answer names: "reader" or "provider:model"."""
        ...

    def choose(self, question: Question, sentences: Sequence[NumberedSentence], *, most: int) -> Choice:
        """Return up to `most` groups of sentences, best first."""
        ...

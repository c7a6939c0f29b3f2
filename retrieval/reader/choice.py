"""Choosing the sentences that answer: numbered sentences go to a chooser, and numbers come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from retrieval.domain import Article, Passage, Span
from retrieval.language.doc import Doc, Sentence
from retrieval.question.question import Question


@dataclass(frozen=True)
class NumberedSentence:
    """A sentence that can be quoted; numbers start at 1 and follow the text within a passage."""

    number: int
    passage: Passage
    span: Span  # in the article's text
    vector: np.ndarray = field(repr=False, compare=False)  # (dimensions,), float32, centred
    score: float = 0.0  # how well it matches the question, higher is better; 0 where there is no question
    before: Span | None = None  # the sentence before it in its passage, in the article's text
    after: Span | None = None

    @property
    def article(self) -> Article:
        return self.passage.article

    @property
    def text(self) -> str:
        return self.span.of(self.passage.article.text)

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
    reason: str | None = None  # where choosing failed: the key of a frame text, e.g. "model_timeout"


class Chooser(Protocol):
    """Chooses the sentences that answer a question. It returns numbers, so it cannot change a quote."""

    @property
    def engine(self) -> str:
        """What the answer names: "reader" or "provider:model"."""
        ...

    def choose(self, question: Question, sentences: Sequence[NumberedSentence], *, most: int) -> Choice:
        """Return up to `most` groups of sentences. Never raises."""
        ...

"""The passages found for a question, with their sentences and which terms of the question each contains."""

from dataclasses import dataclass, field

import numpy as np

from retrieval.domain import Article, Hit, Span
from retrieval.language.days.datelines import LONGEST_DATELINE, dateline
from retrieval.reader.matching import Matches, TextWords, matches
from retrieval.search.find import Found
from retrieval.store.library import Library

PASSAGES_JUDGED = 10
"""Passages found by which it is decided whether there is an answer."""

BEFORE = 250
"""Characters before a passage in which people that it mentions may have been named."""


@dataclass(frozen=True, slots=True)
class FoundSentence:
    """A sentence of a passage found, and the terms of the question that it contains."""

    span: Span  # in the article's text
    vector: np.ndarray = field(repr=False)  # (dimensions,), centred
    words: TextWords
    matched: Matches

    @property
    def text(self) -> str:
        return self.words.text


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage found, its sentences, and the terms of the question that its heading contains."""

    hit: Hit
    heading: str  # the title, and the place of the dateline
    heading_matched: Matches
    sentences: tuple[FoundSentence, ...]
    cosine: float | None = None  # of question and passage; None: it has no vector

    @property
    def article(self) -> Article:
        return self.hit.passage.article

    @property
    def language(self) -> str:
        return self.article.language

    @property
    def before(self) -> str:
        """The text just before the passage."""
        start = self.hit.passage.start
        return self.article.text[max(0, start - BEFORE) : start]


def read_passages(library: Library, found: Found, most: int = PASSAGES_JUDGED) -> tuple[FoundPassage, ...]:
    """Return up to `most` of the passages found with their sentences, best first."""
    hits = found.hits[:most]
    stored = library.sentences_of([hit.passage.id for hit in hits])
    cosines = found.snapshot.cosines(found.vector, [hit.passage.id for hit in hits])
    passages = []
    for hit in hits:
        article, heading = hit.passage.article, heading_of(hit.passage.article)
        sentences = []
        for span, vector in stored.get(hit.passage.id, ()):
            words = TextWords(span.of(article.text), article.language)
            sentences.append(FoundSentence(span, vector, words, matches(found.question, words)))
        passages.append(
            FoundPassage(
                hit,
                heading,
                matches(found.question, TextWords(heading, article.language)),
                tuple(sentences),
                cosines.get(hit.passage.id),
            )
        )
    return tuple(passages)


def heading_of(article: Article) -> str:
    """Return the title of an article, and the place of its dateline."""
    line = dateline(article.text[:LONGEST_DATELINE])
    return f"{article.title} {line.place}" if line and line.place else article.title

"""The passages found for a question, with their sentences and which terms of the question each contains."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.domain import Article, Hit, Span
from retrieval.embedding.centred import uncentred
from retrieval.language.days.datelines import LONGEST_DATELINE, dateline
from retrieval.reader.matching import Matches, TextWords, matches
from retrieval.search.find import Found
from retrieval.store.library import Library

PASSAGES_JUDGED = 10
"""Passages found that are read."""

BEFORE = 250
"""Characters before a passage in which the people it speaks of may have been named."""


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
    """A passage found, its sentences, and what of the question its heading contains."""

    hit: Hit
    heading: str  # the title, and the place of the dateline
    heading_matched: Matches
    sentences: tuple[FoundSentence, ...]
    cosine: float | None = None  # of question and passage, each less its language's mean; None: it has no vector
    raw_cosine: float | None = None  # the same of the vectors as the model made them

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


def read_passages(library: Library, found: Found) -> tuple[FoundPassage, ...]:
    """Return the best of the passages found with their sentences, best first."""
    hits = found.hits[:PASSAGES_JUDGED]
    stored = library.sentences_of([hit.passage.id for hit in hits])
    cosines = _cosines(found, hits)
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
                *cosines.get(hit.passage.id, (None, None)),
            )
        )
    return tuple(passages)


def heading_of(article: Article) -> str:
    """Return the title of an article, and the place of its dateline."""
    line = dateline(article.text[:LONGEST_DATELINE])
    return f"{article.title} {line.place}" if line and line.place else article.title


def _cosines(found: Found, hits: Sequence[Hit]) -> dict[int, tuple[float, float]]:
    """Return by the id of a passage its cosine and its raw cosine with the question."""
    stored = found.snapshot.of([hit.passage.id for hit in hits])
    languages = [hit.passage.article.language for hit in hits if hit.passage.id in stored]
    if not stored:
        return {}
    ids = [hit.passage.id for hit in hits if hit.passage.id in stored]
    vectors = np.stack([stored[id_] for id_ in ids])
    asked = uncentred(found.vector[None, :], [found.question.language])[0]
    cosines, raw = vectors @ found.vector, uncentred(vectors, languages) @ asked
    return dict(zip(ids, zip(cosines.tolist(), raw.tolist(), strict=True), strict=True))

"""Question + filters -> ranked passages."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from retrieval.domain import Hit, QuestionError, Span
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_question
from retrieval.language.detect import detect
from retrieval.language.terms import asked_name_terms
from retrieval.language.text import clean
from retrieval.language.windows import TimeWindow, time_window
from retrieval.language.words import stems
from retrieval.search.timing import fits
from retrieval.store.fulltext import Column
from retrieval.store.library import Library

CANDIDATES = 60
"""Passages taken from each of the dense and the lexical side before they are ranked together."""

MOST_CHARACTERS = 2_000
"""Of a longer question (a pasted article, say) this much is read."""

TIME_WEIGHT = 0.1
"""Added to what fits the time a question speaks of."""

LEXICAL_WEIGHT = 0.1
"""Of BM25 over the best BM25, added to the cosine (facts: dense + 0.1 × BM25/max)."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as search sees it."""

    text: str
    language: str
    as_of: datetime | None = None  # None: now
    window: TimeWindow | None = None  # the time its words speak of


def read_query(question: str, *, now: datetime, language: str | None = None, as_of: datetime | None = None) -> Query:
    """Return the query a question makes, asked at `now`; its language is told from its words unless given.

    "What did we know on the morning of the 6th?" is a question as of then. Raises QuestionError.
    """
    text = " ".join(clean(question[: MOST_CHARACTERS * 2]).split())[:MOST_CHARACTERS]
    if not text:
        raise QuestionError("There is no question in that.")
    spoken = language or detect(text)
    window = time_window(text, spoken, as_of or now)
    if window is not None and window.as_of is not None:
        as_of = min(window.as_of, as_of or now)
    return Query(text, spoken, as_of, window)


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found: its vector, (dimensions,) float32 and centred, and passages, best first."""

    query: Query
    vector: np.ndarray
    hits: tuple[Hit, ...]


def find(library: Library, embedder: Embedder, query: Query, k: int) -> Found:
    """Return up to `k` passages that match the query best, best first."""
    vector = embed_question(embedder, query.text, query.language)
    dense = dict(library.nearest(vector, CANDIDATES, as_of=query.as_of))
    lexical = _lexical(library, query, dense)
    missing = [id_ for id_ in lexical if id_ not in dense]
    for id_, stored in library.vectors_of(missing).items():
        dense[id_] = float(stored @ vector)
    scored = {id_: cosine + LEXICAL_WEIGHT * lexical.get(id_, 0.0) for id_, cosine in dense.items()}
    order = sorted(scored, key=lambda id_: (-scored[id_], id_))
    standing = library.passages(order, query.as_of)
    hits = [Hit(standing[id_], scored[id_]) for id_ in order if id_ in standing]
    return Found(query, vector, tuple(timed(query, hits)[:k]))


def timed(query: Query, hits: list[Hit]) -> list[Hit]:
    """Prefer what fits the time a question speaks of, or the newest where it asks for that."""
    window = query.window
    if window is None:
        return hits
    if window.latest:
        newest = sorted({_published(hit) for hit in hits})
        bonus = {at: TIME_WEIGHT * rank / max(1, len(newest) - 1) for rank, at in enumerate(newest)}
        moved = [replace(hit, score=hit.score + bonus[_published(hit)]) for hit in hits]
    else:
        moved = [replace(hit, score=hit.score + TIME_WEIGHT * _fits(window, hit)) for hit in hits]
    return sorted(moved, key=lambda hit: -hit.score)


def _published(hit: Hit) -> float:
    published = hit.passage.article.published
    return published.at.timestamp() if published else float("-inf")


def _fits(window: TimeWindow, hit: Hit) -> bool:
    return fits(window, hit.passage.article, Span(hit.passage.start, hit.passage.end))


def _lexical(library: Library, query: Query, dense: dict[int, float]) -> dict[int, float]:
    """Return the lexical score of every candidate, between 0 and 1."""
    scores: dict[int, float] = {}
    asked: dict[Column, list[str]] = {
        "stems": stems(query.text, query.language),
        "names": asked_name_terms(query.text, query.language),
    }
    for column, terms in asked.items():
        found = dict(library.matching(column, terms, CANDIDATES))
        found |= dict(library.matching(column, terms, len(dense), among=list(dense)))
        best = max(found.values(), default=0.0)
        for id_, score in found.items():
            scores[id_] = max(scores.get(id_, 0.0), score / best if best > 0 else 0.0)
    return scores

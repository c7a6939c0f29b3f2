"""Question + filters -> ranked passages."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from retrieval.domain import Hit, QuestionError
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_question
from retrieval.language.detect import detect
from retrieval.language.terms import asked_name_terms
from retrieval.language.text import clean
from retrieval.language.words import stems
from retrieval.store.fulltext import Column
from retrieval.store.library import Library

CANDIDATES = 60
"""Passages taken from each of the dense and the lexical side before they are ranked together."""

MOST_CHARACTERS = 2_000
"""Of a longer question (a pasted article, say) this much is read."""

LEXICAL_WEIGHT = 0.1
"""Of BM25 over the best BM25, added to the cosine (facts: dense + 0.1 × BM25/max)."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as search sees it."""

    text: str
    language: str
    as_of: datetime | None = None  # None: now
    since: datetime | None = None  # published in [since, until)
    until: datetime | None = None


def read_query(question: str, language: str | None = None, as_of: datetime | None = None) -> Query:
    """Return the query a question makes; its language is told from its words unless given. Raises QuestionError."""
    text = " ".join(clean(question[: MOST_CHARACTERS * 2]).split())[:MOST_CHARACTERS]
    if not text:
        raise QuestionError("There is no question in that.")
    return Query(text, language or detect(text), as_of)


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found: its vector, (dimensions,) float32 and centred, and passages, best first."""

    query: Query
    vector: np.ndarray
    hits: tuple[Hit, ...]


def find(library: Library, embedder: Embedder, query: Query, k: int) -> Found:
    """Return up to `k` passages that match the query best, best first."""
    vector = embed_question(embedder, query.text, query.language)
    dense = dict(library.nearest(vector, CANDIDATES, as_of=query.as_of, since=query.since, until=query.until))
    lexical = _lexical(library, query, dense)
    missing = [id_ for id_ in lexical if id_ not in dense]
    for id_, stored in library.vectors_of(missing).items():
        dense[id_] = float(stored @ vector)
    scored = {id_: cosine + LEXICAL_WEIGHT * lexical.get(id_, 0.0) for id_, cosine in dense.items()}
    order = sorted(scored, key=lambda id_: (-scored[id_], id_))
    standing = library.passages(order, query.as_of)
    hits = [Hit(standing[id_], scored[id_]) for id_ in order if id_ in standing]
    return Found(query, vector, tuple(hits[:k]))


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

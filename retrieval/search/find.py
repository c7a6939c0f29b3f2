"""Question + filters -> ranked passages."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from retrieval.domain import Hit, Passage, QuestionError, Span
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_question
from retrieval.language.detect import detect, is_transliterated_russian
from retrieval.language.terms import asked_name_terms
from retrieval.language.text import clean
from retrieval.language.transliterated import cyrillic
from retrieval.language.windows import TimeWindow, time_window
from retrieval.language.words import stems
from retrieval.search.outlets import OUTLET_BONUS, named_outlets
from retrieval.search.rank import fuse, spread
from retrieval.search.timing import fits
from retrieval.store.library import Library

CANDIDATES = 60
"""Passages taken from each of the dense and the lexical side before they are ranked together."""

MOST_CHARACTERS = 2_000
"""Of a longer question (a pasted article, say) this much is read."""

TIME_WEIGHT = 0.1
"""Added to what fits the time a question speaks of."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as search sees it."""

    text: str
    language: str
    as_of: datetime | None = None  # None: now
    window: TimeWindow | None = None  # the time its words speak of
    latest_as_of: datetime | None = None  # what `as_of` is where its words say nothing


def read_query(question: str, *, now: datetime, language: str | None = None, as_of: datetime | None = None) -> Query:
    """Return the query a question makes, asked at `now`; its language is told from its words unless given.

    "What did we know on the morning of the 6th?" is a question as of then. Raises QuestionError.
    """
    text = " ".join(clean(question[: MOST_CHARACTERS * 2]).split())[:MOST_CHARACTERS]
    if not text:
        raise QuestionError("There is no question in that.")
    spoken = language or detect(text)
    if spoken == "ru" and is_transliterated_russian(text):
        text = cyrillic(text)
    window = time_window(text, spoken, as_of or now)
    worded = as_of
    if window is not None and window.as_of is not None:
        worded = min(window.as_of, as_of or now)
    return Query(text, spoken, worded, window, latest_as_of=as_of)


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found: its vector, (dimensions,) float32 and centred, and passages, best first."""

    query: Query
    vector: np.ndarray
    hits: tuple[Hit, ...]


def find(library: Library, embedder: Embedder, query: Query, k: int) -> Found:
    """Return up to `k` passages that match the query best, best first; of copies of one text, one is heard.

    Words that name a moment before the library begins ("as of January 2016") are looked for as of later.
    """
    vector = embed_question(embedder, query.text, query.language)
    cosines = dict(library.nearest(vector, CANDIDATES, as_of=query.as_of))
    words = dict(library.matching("stems", stems(query.text, query.language), CANDIDATES))
    names = dict(library.matching("names", asked_name_terms(query.text, query.language), CANDIDATES))
    for id_, stored in library.vectors_of([i for i in {**words, **names} if i not in cosines]).items():
        cosines[id_] = float(stored @ vector)
    standing = library.passages(list(cosines), query.as_of)
    if not standing and query.as_of != query.latest_as_of:
        return find(library, embedder, replace(query, as_of=query.latest_as_of), k)
    hits = timed(query, _scored(query, [standing[id_] for id_ in sorted(standing)], cosines, words, names))
    order = spread(
        np.array([hit.score for hit in hits]),
        [hit.passage.article.id for hit in hits],
        [hit.passage.article.origin or hit.passage.article.id for hit in hits],
    )
    return Found(query, vector, tuple(hits[i] for i in order[:k]))


def _scored(
    query: Query,
    passages: list[Passage],
    cosines: dict[int, float],
    words: dict[int, float],
    names: dict[int, float],
) -> list[Hit]:
    """Return a hit a passage, in their order, scored by cosine, words, names and the outlets that are asked for."""
    cosine, word, name = (np.array([of.get(p.id, 0.0) for p in passages]) for of in (cosines, words, names))
    fused = fuse(cosine, word, name, [p.article.language for p in passages], query.language)
    outlets = named_outlets(query.text, {p.article.publisher for p in passages if p.article.publisher})
    bonus = np.array([OUTLET_BONUS * (p.article.publisher in outlets) for p in passages])
    return [Hit(p, float(score)) for p, score in zip(passages, fused + bonus, strict=True)]


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

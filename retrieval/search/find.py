"""Question + filters -> ranked passages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import Hit, Passage, QuestionError, Span
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_question
from retrieval.language.detect import detect, transliterated
from retrieval.language.names.terms import asked_name_terms
from retrieval.language.names.transliterated import in_own_letters
from retrieval.language.text import clean
from retrieval.language.words import stems
from retrieval.question.outlets import OUTLET_BONUS, named_outlets
from retrieval.question.window import TimeWindow, time_window
from retrieval.search.rank import fuse, spread
from retrieval.search.timing import fits
from retrieval.store.library import Library
from retrieval.store.vectors.table import Label, Table

CANDIDATES = 60
"""Passages taken from each of the dense and the lexical side before they are ranked together."""

MOST_CHARACTERS = 2_000
"""Of a longer question (a pasted article, say) this much is read."""

TIME_WEIGHT = 0.1
"""Added to what fits the time a question speaks of."""


READ_AHEAD = 2
"""How many times the passages wanted are read at once to tell which fit the time asked about."""


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
    if transliterated(text) == spoken:
        text = in_own_letters(text, spoken)
    window = time_window(text, spoken, as_of or now)
    worded = as_of
    if window is not None and window.as_of is not None:
        worded = min(window.as_of, as_of or now)
    return Query(text, spoken, worded, window, latest_as_of=as_of)


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found: its vector, (dimensions,) float32 and centred, and passages, best first; and in what."""

    query: Query
    vector: np.ndarray
    hits: tuple[Hit, ...]
    table: Table


def find(library: Library, embedder: Embedder, query: Query, k: int) -> Found:
    """Return up to `k` passages that match the query best, best first; of copies of one text, one is heard.

    Words that name a moment before the library begins ("as of January 2016") are looked for as of later.
    """
    # Beside the embedding; two looks, as the one for words takes as long as the embedding in a large library.
    held = library.aside(library.matching, "stems", stems(query.text, query.language), CANDIDATES)
    looked = library.aside(_looked, library, query)
    vector = embed_question(embedder, query.text, query.language)
    words, (names, table) = dict(held.result()), looked.result()
    cosines = dict(library.nearest(vector, CANDIDATES, as_of=query.as_of, table=table))
    cosines |= table.cosines(vector, [id_ for id_ in {**words, **names} if id_ not in cosines])
    labels = table.labels(list(cosines), query.as_of)
    if not labels and query.as_of != query.latest_as_of:
        return find(library, embedder, replace(query, as_of=query.latest_as_of), k)
    scores = _scores(query, labels, cosines, words, names) + _newness(query, labels)
    return Found(query, vector, tuple(_best(library, query, labels, scores, k)), table)


def _looked(library: Library, query: Query) -> tuple[dict[int, float], Table]:
    """Return the BM25 of passages by the names and numbers of the question, and what can be searched."""
    names = library.matching("names", asked_name_terms(query.text, query.language), CANDIDATES)
    return dict(names), library.searchable()


def _best(
    library: Library, query: Query, labels: Sequence[Label], scores: NDArray[np.float64], k: int
) -> Iterator[Hit]:
    """Yield up to `k` hits, best first, where what fits the time asked about gains on what does not.

    Whether a passage fits is only told by reading it, so each counts as fitting until it comes to be among the best;
    once all of these are read, none of the others could take the place of one.
    """
    articles, origins = [label.article_id for label in labels], [label.origin for label in labels]
    window = query.window if query.window is not None and not query.window.latest else None
    hoped = scores + (TIME_WEIGHT if window is not None else 0.0)
    read: dict[int, Passage | None] = {}
    order = spread(hoped, articles, origins)
    while not read.keys() >= set(order[:k]):
        unread = [place for place in order[: k if window is None else READ_AHEAD * k] if place not in read]
        found = library.passages([labels[place].id for place in unread], query.as_of)
        for place in unread:
            passage = read[place] = found.get(labels[place].id)
            if window and not (passage and fits(window, passage.article, Span(passage.start, passage.end))):
                hoped[place] = scores[place]
        order = order if window is None else spread(hoped, articles, origins)
    for place in order[:k]:
        if (passage := read[place]) is not None:
            yield Hit(passage, float(hoped[place]))


def _scores(
    query: Query,
    labels: Sequence[Label],
    cosines: dict[int, float],
    words: dict[int, float],
    names: dict[int, float],
) -> NDArray[np.float64]:
    """Return a score a passage, (n,), by cosine, words, names and the outlets that are asked for."""
    cosine, word, name = (np.array([of.get(label.id, 0.0) for label in labels]) for of in (cosines, words, names))
    fused = fuse(cosine, word, name, [label.language for label in labels], query.language)
    outlets = named_outlets(query.text, {label.publisher for label in labels if label.publisher})
    bonus = np.array([OUTLET_BONUS * (label.publisher in outlets) for label in labels], dtype=np.float64)
    return np.asarray(fused + bonus, dtype=np.float64)


def _newness(query: Query, labels: Sequence[Label]) -> NDArray[np.float64]:
    """Return what each passage gets for being new, (n,), where the question asks for the newest."""
    if query.window is None or not query.window.latest:
        return np.zeros(len(labels))
    published = [label.published_at.timestamp() if label.published_at else float("-inf") for label in labels]
    newest = {at: rank for rank, at in enumerate(sorted(set(published)))}
    return np.array([TIME_WEIGHT * newest[at] / max(1, len(newest) - 1) for at in published])

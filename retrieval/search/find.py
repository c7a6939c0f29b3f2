"""A question -> ranked passages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import Hit, Passage, Span
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_question
from retrieval.question.outlets import OUTLET_BONUS, named_outlets
from retrieval.question.question import Question
from retrieval.search.rank import fuse, prefer_own, spread
from retrieval.search.timing import fits
from retrieval.stages import stage
from retrieval.store.library import Library
from retrieval.store.vectors.snapshot import Label, Snapshot

CANDIDATES = 60
"""Passages taken from each of the dense and the lexical side before they are ranked together."""

TIME_WEIGHT = 0.1
"""Added to the score of passages that fit the time a question names."""

READ_AHEAD = 2
"""Times the passages wanted that are read at once, to see which fit the time asked about."""


Propose = Callable[[str, int], list[int]]
"""Called with a question's text and a number, returns the ids of that many passages nearest in meaning."""


@dataclass(frozen=True, slots=True)
class Found:
    """The passages found for a question."""

    question: Question
    vector: np.ndarray  # the question's, (dimensions,) float32, centred
    hits: tuple[Hit, ...]  # best first
    snapshot: Snapshot  # of the vectors that were searched


def find(library: Library, embedder: Embedder, question: Question, k: int, *, propose: Propose | None = None) -> Found:
    """Return up to `k` passages that match a question best, best first, one article for each origin.

    Where the moment that its words name is before the library begins ("as of January 2016"), it is found as of the
    caller's moment instead. `propose` takes the place of the library's own vector store for questions about now; its
    passages are scored and ranked like any others.
    """
    # While the question is embedded; in two threads, as the search by words takes as long in a large library.
    by_words = library.submit(library.matching, "stems", question.stems, CANDIDATES)
    by_names = library.submit(_by_names, library, question)
    with stage("embed"):
        vector = embed_question(embedder, question.text, question.language)
    words, (names, snapshot) = dict(by_words.result()), by_names.result()
    if propose is not None and question.as_of is None:
        near = snapshot.similar_of(vector, propose(question.text, CANDIDATES))
    else:
        near = library.nearest(vector, CANDIDATES, as_of=question.as_of, snapshot=snapshot)
    cosines = snapshot.cosines(vector, [*dict(near.passages), *words, *names])
    labels = snapshot.labels(list(cosines), question.as_of)
    if not labels and question.as_of != question.given_as_of:
        return find(library, embedder, question.as_given(), k, propose=propose)
    similarities = {label.id: cosines[label.id] - near.offsets[label.language] for label in labels}
    scores = _scores(question, snapshot, labels, similarities, words, names) + _newness(question, labels)
    return Found(question, vector, tuple(_best(library, question, labels, scores, k)), snapshot)


def _by_names(library: Library, question: Question) -> tuple[dict[int, float], Snapshot]:
    """Return the BM25 of passages by the names and numbers of the question, and the snapshot to search."""
    return dict(library.matching("names", question.names, CANDIDATES)), library.snapshot()


def _best(
    library: Library, question: Question, labels: Sequence[Label], scores: NDArray[np.float64], k: int
) -> Iterator[Hit]:
    """Yield up to `k` hits, best first; passages that fit the time asked about gain `TIME_WEIGHT`.

    A passage must be read to see whether it fits. Each counts as fitting until it is among the best; once all of those
    are read, none of the others can take a place among them.
    """
    articles, origins = [label.article_id for label in labels], [label.origin for label in labels]
    window = None if question.asks_latest else question.window
    hoped = scores + (TIME_WEIGHT if window is not None else 0.0)
    read: dict[int, Passage | None] = {}
    order = spread(hoped, articles, origins)
    while not read.keys() >= set(order[:k]):
        unread = [place for place in order[: k if window is None else READ_AHEAD * k] if place not in read]
        found = library.passages([labels[place].id for place in unread], question.as_of)
        for place in unread:
            passage = read[place] = found.get(labels[place].id)
            if window and not (passage and fits(window, passage.article, Span(passage.start, passage.end))):
                hoped[place] = scores[place]
        order = order if window is None else spread(hoped, articles, origins)
    for place in order[:k]:
        if (passage := read[place]) is not None:
            yield Hit(passage, float(hoped[place]))


def _scores(
    question: Question,
    snapshot: Snapshot,
    labels: Sequence[Label],
    similarities: dict[int, float],
    words: dict[int, float],
    names: dict[int, float],
) -> NDArray[np.float64]:
    """Return a score a passage, (n,), by similarity, words, names and the outlets that are asked for."""
    near, word, name = (np.array([of.get(label.id, 0.0) for label in labels]) for of in (similarities, words, names))
    languages = [label.language for label in labels]
    fused = fuse(near, word, name, languages, question.language)
    if labels:
        vectors = np.stack([*snapshot.of([label.id for label in labels]).values()])
        fused = prefer_own(fused, vectors, languages, question.language)
    outlets = named_outlets(question.capitalised, {label.publisher for label in labels if label.publisher})
    bonus = np.array([OUTLET_BONUS * (label.publisher in outlets) for label in labels], dtype=np.float64)
    return np.asarray(fused + bonus, dtype=np.float64)


def _newness(question: Question, labels: Sequence[Label]) -> NDArray[np.float64]:
    """Return the bonus of each passage for being new, (n,), where the question asks for the newest."""
    if not question.asks_latest:
        return np.zeros(len(labels))
    published = [label.published_at.timestamp() if label.published_at else float("-inf") for label in labels]
    newest = {at: rank for rank, at in enumerate(sorted(set(published)))}
    return np.array([TIME_WEIGHT * newest[at] / max(1, len(newest) - 1) for at in published])

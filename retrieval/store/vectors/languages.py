"""How near a question is to each language's passages on the whole: the part of a cosine that is not meaning.

An embedder puts some pairs of languages nearer to each other than others, by an amount that depends on the library's
topics and on the question, so that no fixed vector takes it off. The library's own passages show it: their mean cosine
with the question, which is the dot product with their mean vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

TRUST_LANGUAGE = 10.0
"""Passages that a language needs for its own mean to count half; the rest is the mean of the whole library."""

TRUST_LIBRARY = 10.0
"""Passages that a library needs for its mean to count half; the rest is zero, the mean of centred vectors."""

LEAST_APART = 0.01
"""Squared distance between means at which half of what sets languages apart is taken off a question."""


class LanguageSums(NamedTuple):
    """The number of current passages of each language, and the sum of their vectors. Its arrays are never changed."""

    languages: tuple[str, ...]
    counts: np.ndarray  # (languages,) float64
    sums: np.ndarray  # (languages, dimensions) float64

    def changed(self, vectors: np.ndarray, languages: Sequence[str], times: np.ndarray) -> LanguageSums:
        """Return the sums with passages added: their vectors (n, dimensions), `times` each (n,), which may be -1 or 0.

        Every language keeps its place, and those named for the first time come after the others.
        """
        if not len(vectors):
            return self
        names = tuple(dict.fromkeys((*self.languages, *languages)))
        counts, sums = np.zeros(len(names)), np.zeros((len(names), vectors.shape[1]))
        if self.languages:
            counts[: len(self.counts)], sums[: len(self.sums)] = self.counts, self.sums
        spoken = np.array(languages)
        for place, name in enumerate(names):
            own = np.flatnonzero((spoken == name) & (times != 0))
            counts[place] += times[own].sum()
            sums[place] += times[own] @ vectors[own].astype(np.float64)
        return LanguageSums(names, counts, sums)

    def offsets(self, query: np.ndarray) -> dict[str, float]:
        """Return what to take off the cosine of `query` (dimensions,) with a passage, by the passage's language."""
        return offsets(self.languages, self.counts, self.sums @ query) if self.languages else {}

    def levelled(self, query: np.ndarray) -> np.ndarray:
        """Return `query` (dimensions,) less what sets languages apart in it, so that all are searched alike at once.

        It is the vector nearest to `query` that is as near to every language's mean as to any other's, but for
        `LEAST_APART`, which leaves alone what few passages say.
        """
        if not self.languages:
            return query
        shared = self.sums.sum(axis=0) / (self.counts.sum() + TRUST_LIBRARY)
        means = (self.sums + TRUST_LANGUAGE * shared) / (self.counts + TRUST_LANGUAGE)[:, None]
        apart = means - shared
        inner = apart @ apart.T + LEAST_APART * np.eye(len(apart))
        return np.asarray(query - np.linalg.solve(inner, apart @ query) @ apart, dtype=np.float32)


NO_SUMS = LanguageSums((), np.empty(0), np.empty((0, 0)))


def offsets(languages: Sequence[str], counts: np.ndarray, sums: np.ndarray) -> dict[str, float]:
    """Return the mean cosine of each language's passages, shrunk towards that of all, and this towards zero.

    `counts` and `sums` (languages,) are the passages of each language and the sum of their cosines with a question.
    """
    shared = float(sums.sum()) / (float(counts.sum()) + TRUST_LIBRARY)
    shrunk = (sums + TRUST_LANGUAGE * shared) / (counts + TRUST_LANGUAGE)
    return dict(zip(languages, shrunk.tolist(), strict=True))

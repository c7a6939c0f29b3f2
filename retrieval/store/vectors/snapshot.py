"""The searchable passages in memory after one change of the library: vectors and their articles."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from retrieval.domain import Moment
from retrieval.store.vectors.languages import LanguageSums, offsets


class Label(NamedTuple):
    """The fields of a passage that ranking needs, except its text."""

    id: int
    article_id: str
    origin: str
    language: str
    publisher: str | None
    published_at: datetime | None


class SnapshotVersion(NamedTuple):
    """A version of an article; it is the current one in [known, superseded), in seconds since 1970."""

    article_id: str
    language: str
    publisher: str | None
    published_at: datetime | None
    known: float
    superseded: float


class Nearest(NamedTuple):
    """The passages nearest to a question, once what its cosines say about languages alone is taken off."""

    passages: list[tuple[int, float]]  # id and similarity, best first
    offsets: dict[str, float]  # cosine less similarity, by the language of a passage


class Snapshot(NamedTuple):
    """The passages after one change, a row each, by rising id. Its rows are never changed."""

    mark: int  # the number of that change
    ids: np.ndarray  # (rows,)
    version_keys: np.ndarray  # (rows,), keys of `versions`
    matrix: np.ndarray  # (rows and some in reserve, dimensions) float32
    known: np.ndarray  # (rows,)
    superseded: np.ndarray  # (rows,)
    newest: Moment | None  # publication time of the newest dated current article
    versions: dict[int, SnapshotVersion]
    origins: dict[str, str]  # of articles that are copies of others
    spoken: np.ndarray  # (rows,), each passage's language, as a place in `sums.languages`
    sums: LanguageSums  # of the passages that nothing superseded

    def nearest(self, query: np.ndarray, k: int, *, as_of: datetime | None = None) -> list[tuple[int, float]]:
        """Return the `k` passages of `as_of` nearest to `query` (dimensions,), as (id, cosine), best first.

        This is an exact scan: every row is compared.
        """
        if not len(self.ids):
            return []
        # Not `@`: on a busy machine BLAS's threads wait for each other longer than so small a product takes.
        scores = np.vecdot(self.matrix[: len(self.ids)], query.astype(np.float32))
        scores[~self._current_at(as_of)] = -np.inf
        return self._best(scores, k)

    def similar(self, query: np.ndarray, k: int, *, as_of: datetime | None = None) -> Nearest:
        """Return the `k` passages of `as_of` nearest to `query` (dimensions,), calibrated by those known then."""
        if not len(self.ids):
            return Nearest([], {})
        cosines = np.vecdot(self.matrix[: len(self.ids)], query.astype(np.float32))
        current = self._current_at(as_of)
        languages = self.sums.languages
        if as_of is None:
            taken_off = self.sums.offsets(query)
        else:
            spoken = self.spoken[current]
            counts = np.bincount(spoken, minlength=len(languages))
            taken_off = offsets(languages, counts, np.bincount(spoken, cosines[current], len(languages)))
        scores = cosines - np.array([taken_off[language] for language in languages], np.float32)[self.spoken]
        scores[~current] = -np.inf
        return Nearest(self._best(scores, k), taken_off)

    def similar_of(self, query: np.ndarray, ids: Sequence[int]) -> Nearest:
        """Return some current passages as `similar` does."""
        taken_off, cosines = self.sums.offsets(query), self.cosines(query, ids)
        similarities = [(label.id, cosines[label.id] - taken_off[label.language]) for label in self.labels(ids)]
        return Nearest(sorted(similarities, key=lambda pair: -pair[1]), taken_off)

    def _best(self, scores: np.ndarray, k: int) -> list[tuple[int, float]]:
        """Return the ids of the `k` best finite scores (rows,), each with its score, best first."""
        k = min(k, len(scores))
        best = np.argpartition(scores, -k)[-k:]
        best = best[np.argsort(-scores[best], kind="stable")]
        best = best[np.isfinite(scores[best])]
        return list(zip(self.ids[best].tolist(), scores[best].tolist(), strict=True))

    def of(self, ids: Sequence[int]) -> dict[int, np.ndarray]:
        """Return the vectors of passages of any version by id, each (dimensions,) float32."""
        rows = self._rows_of(ids)
        return dict(zip(self.ids[rows].tolist(), self.matrix[rows], strict=True))

    def cosines(self, query: np.ndarray, ids: Sequence[int]) -> dict[int, float]:
        """Return the cosine between `query` (dimensions,) and passages of any version, by id."""
        rows = self._rows_of(ids)
        near = np.vecdot(self.matrix[rows], query.astype(np.float32)) if len(rows) else rows
        return dict(zip(self.ids[rows].tolist(), near.tolist(), strict=True))

    def labels(self, ids: Sequence[int], as_of: datetime | None = None) -> list[Label]:
        """Return the labels of those passages that are current at `as_of` (now, where it is None), by rising id."""
        rows = self._rows_of(ids)
        rows = rows[self._current_at(as_of)[rows]]
        return [
            Label(id_, article, self.origins.get(article, article), language, publisher, published_at)
            for id_, key in zip(self.ids[rows].tolist(), self.version_keys[rows].tolist(), strict=True)
            for article, language, publisher, published_at, *_ in (self.versions[key],)
        ]

    def sample(self, count: int) -> list[int]:
        """Return up to `count` ids of current passages, spread evenly over the library."""
        current = self.ids[self._current_at(None)]
        step = max(1, len(current) // max(1, count))
        return [int(id_) for id_ in current[::step][:count]]

    def _rows_of(self, wanted: Sequence[int]) -> np.ndarray:
        """Return the rows of those passages that exist, by rising id."""
        sought = np.array(sorted(set(wanted)), dtype=np.int64)
        rows = np.searchsorted(self.ids, sought)
        there = rows < len(self.ids)
        there[there] = self.ids[rows[there]] == sought[there]
        return rows[there]

    def _current_at(self, as_of: datetime | None) -> np.ndarray:
        """Return a mask of the passages that are current at `as_of`, (rows,)."""
        if as_of is None:
            return np.asarray(np.isinf(self.superseded))
        return np.asarray((self.known <= as_of.timestamp()) & (self.superseded > as_of.timestamp()))

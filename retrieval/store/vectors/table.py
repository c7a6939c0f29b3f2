"""What is searched of the library, in memory, as it was after one change: vectors, and whose they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from retrieval.domain import Moment


class Label(NamedTuple):
    """What ranking needs to know of a passage: all but its text."""

    id: int
    article_id: str
    origin: str
    language: str
    publisher: str | None
    published_at: datetime | None


class TableVersion(NamedTuple):
    """What is kept of a version; it stands in [known, superseded), in seconds since 1970."""

    article_id: str
    language: str
    publisher: str | None
    published_at: datetime | None
    known: float
    superseded: float


class Table(NamedTuple):
    """The passages after one change, a row each, by rising id; nothing in those rows is changed any more."""

    mark: int
    ids: np.ndarray  # (rows,)
    versions: np.ndarray  # (rows,), keys of `told`
    matrix: np.ndarray  # (rows and some in reserve, dimensions) float32
    known: np.ndarray  # (rows,)
    superseded: np.ndarray  # (rows,)
    newest: Moment | None  # when the newest dated article that stands was published
    told: dict[int, TableVersion]
    origins: dict[str, str]  # of articles that are copies of others

    def nearest(
        self,
        query: np.ndarray,
        k: int,
        *,
        as_of: datetime | None = None,
    ) -> list[tuple[int, float]]:
        """Return the `k` passages of `as_of` that are nearest to `query` (dimensions,), as (id, cosine), best first."""
        if not len(self.ids):
            return []
        # Not `@`: on a busy machine BLAS's threads wait for each other longer than so small a product takes.
        scores = np.vecdot(self.matrix[: len(self.ids)], query.astype(np.float32))
        scores[~self._standing(as_of)] = -np.inf
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
        """Return how near passages of any version are to `query` (dimensions,), by id."""
        rows = self._rows_of(ids)
        near = np.vecdot(self.matrix[rows], query.astype(np.float32)) if len(rows) else rows
        return dict(zip(self.ids[rows].tolist(), near.tolist(), strict=True))

    def labels(self, ids: Sequence[int], as_of: datetime | None = None) -> list[Label]:
        """Return the labels of those of the passages that stand at `as_of` (now, where it is None), by rising id."""
        rows = self._rows_of(ids)
        rows = rows[self._standing(as_of)[rows]]
        return [
            Label(id_, article, self.origins.get(article, article), language, publisher, published_at)
            for id_, key in zip(self.ids[rows].tolist(), self.versions[rows].tolist(), strict=True)
            for article, language, publisher, published_at, *_ in (self.told[key],)
        ]

    def current(self) -> np.ndarray:
        """Return the ids of the passages that stand now, (n,), rising."""
        return np.asarray(self.ids[self._standing(None)])

    def _rows_of(self, wanted: Sequence[int]) -> np.ndarray:
        """Return the rows of those of the passages that are there, by rising id."""
        sought = np.array(sorted(set(wanted)), dtype=np.int64)
        rows = np.searchsorted(self.ids, sought)
        there = rows < len(self.ids)
        there[there] = self.ids[rows[there]] == sought[there]
        return rows[there]

    def _standing(self, as_of: datetime | None) -> np.ndarray:
        """Return which passages stand at `as_of`, (rows,)."""
        if as_of is None:
            return np.asarray(np.isinf(self.superseded))
        return np.asarray((self.known <= as_of.timestamp()) & (self.superseded > as_of.timestamp()))

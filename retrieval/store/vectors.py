"""An exact scan of the stored embeddings, kept in memory and following the library's changes.

It is what a question is answered from while the index is not there (yet), where a filter leaves too little of the
index's answer, and in any process that does not own the index.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, func, select

from retrieval.store.database import reading
from retrieval.store.schema import changes, passages, versions

FOREVER = np.inf
"""The end of the standing of a version that nothing superseded, in seconds since 1970."""

BLOCK = 16_384
"""Rows read, or multiplied, at a time: bounds the memory a scan needs."""


@dataclass
class Vectors:
    """The searchable embeddings of one model; safe to share between threads.

    It is a class because it holds the matrix between questions, and the mark up to which it followed the changes.
    """

    engine: Engine
    model: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _mark: int = -1
    _ids: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    _matrix: np.ndarray = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    _from: np.ndarray = field(default_factory=lambda: np.empty(0))
    _until: np.ndarray = field(default_factory=lambda: np.empty(0))

    def nearest(
        self,
        query: np.ndarray,
        k: int,
        *,
        as_of: datetime | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[tuple[int, float]]:
        """Return the `k` passages nearest to `query` (dimensions,), as (id, cosine), best first.

        They stand at `as_of`, and became known in [since, until). Raises StoreError.
        """
        self._follow()
        with self._lock:
            ids, matrix, known, superseded = self._ids, self._matrix, self._from, self._until
        if not len(ids):
            return []
        scores = matrix @ query.astype(np.float32)
        scores[~_standing(known, superseded, as_of, since, until)] = -np.inf
        k = min(k, len(ids))
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [(int(ids[i]), float(scores[i])) for i in best if np.isfinite(scores[i])]

    def sample(self, count: int) -> list[int]:
        """Return up to `count` ids of current passages, spread evenly over the library."""
        self._follow()
        current = self._ids[np.isinf(self._until)]
        step = max(1, len(current) // max(1, count))
        return [int(id_) for id_ in current[::step][:count]]

    def __len__(self) -> int:
        self._follow()
        return len(self._ids)

    def newest_change(self) -> int:
        """Return the number of the library's last change."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.max(changes.c.seq))).scalar() or 0

    def _follow(self) -> None:
        with reading(self.engine) as connection:
            newest = connection.execute(select(func.max(changes.c.seq))).scalar() or 0
            if newest == self._mark:
                return
            with self._lock:
                self._mark = self._apply(connection, newest)

    def _apply(self, connection: Connection, newest: int) -> int:
        """Read what changed since the mark: a superseded version's end, a deletion, new passages."""
        touched = select(changes.c.passage_id).where(changes.c.seq > self._mark, changes.c.seq <= newest)
        stale = set(connection.execute(touched).scalars())
        wanted = (
            select(passages.c.id, passages.c.embedding, versions.c.known_from, versions.c.superseded_at)
            .join(versions, versions.c.pk == passages.c.version_pk)
            .where(passages.c.model == self.model)
            .order_by(passages.c.id)
        )
        if self._mark >= 0:
            wanted = wanted.where(passages.c.id.in_(touched))
        blocks = [_arrays(rows) for rows in connection.execute(wanted).partitions(BLOCK)]
        kept = ~np.isin(self._ids, list(stale))
        old = (self._ids[kept], self._matrix[kept], self._from[kept], self._until[kept])
        parts = [part for part in (old, *blocks) if len(part[0])]
        if parts:
            self._ids, self._matrix, self._from, self._until = (
                np.concatenate(column) for column in zip(*parts, strict=True)
            )
        else:
            self._ids, self._matrix, self._from, self._until = old
        return newest


def _arrays(rows: Sequence[Any]) -> tuple[np.ndarray, ...]:
    matrix = np.frombuffer(b"".join(row.embedding for row in rows), dtype="<f2").astype(np.float32)
    return (
        np.array([row.id for row in rows], dtype=np.int64),
        matrix.reshape(len(rows), -1),
        np.array([row.known_from.timestamp() for row in rows]),
        np.array([row.superseded_at.timestamp() if row.superseded_at else FOREVER for row in rows]),
    )


def _standing(
    known: np.ndarray,
    superseded: np.ndarray,
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
) -> np.ndarray:
    mask = np.isinf(superseded) if as_of is None else (known <= as_of.timestamp()) & (superseded > as_of.timestamp())
    if since is not None:
        mask &= known >= since.timestamp()
    if until is not None:
        mask &= known < until.timestamp()
    return np.asarray(mask)

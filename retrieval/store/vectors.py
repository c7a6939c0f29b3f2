"""What is searched of the library, kept in memory and following its changes: vectors, and whose they are.

An exact scan of it is what a question is answered from in a small library, while the index is not there (yet), where
a filter leaves too little of the index's answer, and in any process that does not own the index.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, Engine, func, select

from retrieval.store.database import reading
from retrieval.store.schema import articles, changes, passages, versions

FOREVER = np.inf
"""The end of the standing of a version that nothing superseded, in seconds since 1970."""

BLOCK = 16_384
"""Rows read at a time: bounds the memory that reading needs."""

SPARE = 8
"""One in so many rows is reserved for passages to come, so that a few new ones do not make all be copied."""

NEWEST_CHANGE = select(func.coalesce(func.max(changes.c.seq), 0))

VERSION_TOLD = select(
    versions.c.pk,
    versions.c.article_id,
    versions.c.language,
    versions.c.publisher,
    versions.c.published_at,
    versions.c.known_from,
    versions.c.superseded_at,
)


class Label(NamedTuple):
    """What ranking needs to know of a passage: all but its text."""

    id: int
    article_id: str
    origin: str
    language: str
    publisher: str | None
    published_at: datetime | None


class _Version(NamedTuple):
    """What is kept of a version; it stands in [known, superseded), in seconds since 1970."""

    article_id: str
    language: str
    publisher: str | None
    published_at: datetime | None
    known: float
    superseded: float


class _Table(NamedTuple):
    """The passages after one change, a row each, by rising id; nothing in those rows is changed any more."""

    mark: int
    ids: np.ndarray  # (rows,)
    versions: np.ndarray  # (rows,), keys of `told`
    matrix: np.ndarray  # (rows and some in reserve, dimensions) float32
    known: np.ndarray  # (rows,)
    superseded: np.ndarray  # (rows,)
    told: dict[int, _Version]
    origins: dict[str, str]  # of articles that are copies of others

    def rows_of(self, wanted: Sequence[int]) -> np.ndarray:
        """Return the rows of those of the passages that are there, by rising id."""
        sought = np.unique(np.asarray(wanted, dtype=np.int64))
        rows = np.searchsorted(self.ids, sought)
        there = rows < len(self.ids)
        there[there] = self.ids[rows[there]] == sought[there]
        return rows[there]


_NUMBERS = np.empty(0, dtype=np.int64)
_EMPTY = _Table(-1, _NUMBERS, _NUMBERS, np.empty((0, 0), np.float32), np.empty(0), np.empty(0), {}, {})


@dataclass
class Vectors:
    """The searchable passages of one model; safe to share between threads.

    It is a class because it holds the table between questions, and the mark up to which it followed the changes.
    """

    engine: Engine
    model: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _table: _Table = _EMPTY

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
        table = self._followed()
        if not len(table.ids):
            return []
        # Not `@`: on a busy machine BLAS's threads wait for each other longer than so small a product takes.
        scores = np.vecdot(table.matrix[: len(table.ids)], query.astype(np.float32))
        scores[~_standing(table, as_of, since, until)] = -np.inf
        k = min(k, len(scores))
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.argsort(-scores[best], kind="stable")]
        best = best[np.isfinite(scores[best])]
        return list(zip(table.ids[best].tolist(), scores[best].tolist(), strict=True))

    def of(self, ids: Sequence[int]) -> dict[int, np.ndarray]:
        """Return the vectors of passages of any version by id, each (dimensions,) float32."""
        table = self._followed()
        rows = table.rows_of(ids)
        return dict(zip(table.ids[rows].tolist(), table.matrix[rows], strict=True))

    def cosines(self, query: np.ndarray, ids: Sequence[int]) -> dict[int, float]:
        """Return how near passages of any version are to `query` (dimensions,), by id."""
        table = self._table  # whoever asks has just searched; only what came since then is looked for
        rows = table.rows_of(ids)
        if len(rows) < len(set(ids)):
            table = self._followed()
            rows = table.rows_of(ids)
        near = np.vecdot(table.matrix[rows], query.astype(np.float32)) if len(rows) else rows
        return dict(zip(table.ids[rows].tolist(), near.tolist(), strict=True))

    def labels(self, ids: Sequence[int], as_of: datetime | None = None) -> list[Label]:
        """Return the labels of those of the passages that stand at `as_of` (now, where it is None), by rising id."""
        table = self._followed()
        rows = table.rows_of(ids)
        rows = rows[_standing(table, as_of)[rows]]
        held = zip(table.ids[rows].tolist(), table.versions[rows].tolist(), strict=True)
        return [
            Label(id_, article, table.origins.get(article, article), language, publisher, published_at)
            for id_, key in held
            for article, language, publisher, published_at, *_ in (table.told[key],)
        ]

    def sample(self, count: int) -> list[int]:
        """Return up to `count` ids of current passages, spread evenly over the library."""
        table = self._followed()
        current = table.ids[_standing(table, None)]
        step = max(1, len(current) // max(1, count))
        return [int(id_) for id_ in current[::step][:count]]

    def __len__(self) -> int:
        return len(self._followed().ids)

    def newest_change(self) -> int:
        """Return the number of the library's last change."""
        with reading(self.engine) as connection:
            return int(connection.execute(NEWEST_CHANGE).scalar_one())

    def _followed(self) -> _Table:
        """Return the table after the library's last change."""
        with reading(self.engine) as connection:
            newest = int(connection.execute(NEWEST_CHANGE).scalar_one())
            if newest == self._table.mark:
                return self._table
            with self._lock:
                if newest != self._table.mark:
                    restored = newest < self._table.mark  # an older copy of the library took its place
                    self._table = self._changed(connection, _EMPTY if restored else self._table, newest)
                return self._table

    def _changed(self, connection: Connection, old: _Table, newest: int) -> _Table:
        """Return the table with what changed since its mark: a superseded version's end, a deletion, new passages."""
        touched = select(changes.c.passage_id).where(changes.c.seq > old.mark, changes.c.seq <= newest)
        wanted = (
            select(passages.c.id, passages.c.version_pk, passages.c.embedding)
            .where(passages.c.model == self.model)
            .order_by(passages.c.id)
        )
        concerned = VERSION_TOLD
        if old.mark >= 0:
            wanted = wanted.where(passages.c.id.in_(touched))
            concerned = concerned.where(
                versions.c.pk.in_(select(passages.c.version_pk).where(passages.c.id.in_(touched)))
            )
        stale = set(connection.execute(touched).scalars()) if old.mark >= 0 else set()
        blocks = [_columns(rows) for rows in connection.execute(wanted).partitions(BLOCK)]
        told = old.told | {row.pk: _version(row) for row in connection.execute(concerned)}
        blocks = [_those(block, np.isin(block[1], list(told))) for block in blocks]  # the rest was deleted meanwhile
        copies = select(articles.c.id, articles.c.origin).where(articles.c.origin != articles.c.id)
        origins = {id_: origin for id_, origin in connection.execute(copies)}
        return _joined(newest, old, stale, blocks, told, origins)


_Columns = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Ids, versions and vectors of some passages."""


def _columns(rows: Sequence[Any]) -> _Columns:
    joined = np.frombuffer(b"".join(row.embedding for row in rows), dtype="<f2").astype(np.float32)
    ids, held = (np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 1))
    return ids, held, joined.reshape(len(rows), -1)


def _those(columns: _Columns, wanted: np.ndarray) -> _Columns:
    ids, held, vectors = columns
    return columns if wanted.all() else (ids[wanted], held[wanted], vectors[wanted])


def _version(row: Any) -> _Version:
    return _Version(
        row.article_id,
        row.language,
        row.publisher,
        row.published_at,
        row.known_from.timestamp(),
        row.superseded_at.timestamp() if row.superseded_at else FOREVER,
    )


def _joined(
    mark: int,
    old: _Table,
    stale: set[int],
    blocks: Sequence[_Columns],
    told: dict[int, _Version],
    origins: dict[str, str],
) -> _Table:
    """Return the old rows but the stale ones, and the new ones, by rising id."""
    kept = ~np.isin(old.ids, list(stale))
    ids = np.concatenate([old.ids[kept], *(block[0] for block in blocks)])
    held = np.concatenate([old.versions[kept], *(block[1] for block in blocks)])
    vectors = [block[2] for block in blocks]
    if kept.all() and np.all(ids[1:] > ids[:-1]):
        matrix = _appended(old.matrix, len(old.ids), vectors)
    else:
        order = np.argsort(ids)
        ids, held = ids[order], held[order]
        parts = [part for part in (old.matrix[: len(kept)][kept], *vectors) if len(part)]
        matrix = np.concatenate(parts)[order] if parts else old.matrix[:0]
    keys, which = np.unique(held, return_inverse=True)
    known, superseded = (
        np.array([getattr(told[key], time) for key in keys.tolist()], dtype=np.float64)[which]
        for time in ("known", "superseded")
    )
    return _Table(mark, ids, held, matrix, known, superseded, told, origins)


def _appended(matrix: np.ndarray, rows: int, blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Return a matrix whose first rows are those of `matrix` and then those of the blocks; the same where they fit."""
    wanted = rows + sum(map(len, blocks))
    if wanted > len(matrix):
        dimensions = max((block.shape[1] for block in blocks), default=0)
        roomier = np.empty((wanted + wanted // SPARE, dimensions), dtype=np.float32)
        if rows:
            roomier[:rows] = matrix[:rows]
        matrix = roomier
    for block in blocks:
        matrix[rows : rows + len(block)] = block
        rows += len(block)
    return matrix


def _standing(
    table: _Table, as_of: datetime | None, since: datetime | None = None, until: datetime | None = None
) -> np.ndarray:
    """Return which passages stand at `as_of` and became known in [since, until), (rows,)."""
    if as_of is None:
        mask = np.isinf(table.superseded)
    else:
        mask = (table.known <= as_of.timestamp()) & (table.superseded > as_of.timestamp())
    if since is not None:
        mask &= table.known >= since.timestamp()
    if until is not None:
        mask &= table.known < until.timestamp()
    return np.asarray(mask)

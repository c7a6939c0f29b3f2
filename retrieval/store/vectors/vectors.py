"""What is searched of the library, kept in memory and following its changes.

An exact scan of it is what a question is answered from in a small library, while the index is not there (yet), where
a filter leaves too little of the index's answer, and in any process that does not own the index.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, func, select

from retrieval.domain import Moment
from retrieval.store import read
from retrieval.store.database import reading
from retrieval.store.schema import articles, changes, passages, versions
from retrieval.store.vectors.table import Table, TableVersion

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


_NUMBERS = np.empty(0, dtype=np.int64)
_TIMES = np.empty(0)
_EMPTY = Table(-1, _NUMBERS, _NUMBERS, np.empty((0, 0), np.float32), _TIMES, _TIMES, None, {}, {})


@dataclass
class Vectors:
    """The searchable passages of one model; safe to share between threads.

    It is a class because it holds the table between questions, and the mark up to which it followed the changes.
    """

    engine: Engine
    model: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _table: Table = _EMPTY

    def sample(self, count: int) -> list[int]:
        """Return up to `count` ids of current passages, spread evenly over the library."""
        current = self.now().current()
        step = max(1, len(current) // max(1, count))
        return [int(id_) for id_ in current[::step][:count]]

    def __len__(self) -> int:
        return len(self.now().ids)

    def newest_change(self) -> int:
        """Return the number of the library's last change."""
        with reading(self.engine) as connection:
            return int(connection.execute(NEWEST_CHANGE).scalar_one())

    def now(self) -> Table:
        """Return the table after the library's last change. Raises StoreError."""
        with reading(self.engine) as connection:
            newest = int(connection.execute(NEWEST_CHANGE).scalar_one())
            if newest == self._table.mark:
                return self._table
            with self._lock:
                if newest != self._table.mark:
                    restored = newest < self._table.mark  # an older copy of the library took its place
                    self._table = self._changed(connection, _EMPTY if restored else self._table, newest)
                return self._table

    def _changed(self, connection: Connection, old: Table, mark: int) -> Table:
        """Return the table with what changed since its mark: a superseded version's end, a deletion, new passages."""
        touched = select(changes.c.passage_id).where(changes.c.seq > old.mark, changes.c.seq <= mark)
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
        return _joined(mark, old, stale, blocks, told, origins, read.newest_article_at(self.engine))


_Columns = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Ids, versions and vectors of some passages."""


def _columns(rows: Sequence[Any]) -> _Columns:
    joined = np.frombuffer(b"".join(row.embedding for row in rows), dtype="<f2").astype(np.float32)
    ids, held = (np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 1))
    return ids, held, joined.reshape(len(rows), -1)


def _those(columns: _Columns, wanted: np.ndarray) -> _Columns:
    ids, held, vectors = columns
    return columns if wanted.all() else (ids[wanted], held[wanted], vectors[wanted])


def _version(row: Any) -> TableVersion:
    return TableVersion(
        row.article_id,
        row.language,
        row.publisher,
        row.published_at,
        row.known_from.timestamp(),
        row.superseded_at.timestamp() if row.superseded_at else FOREVER,
    )


def _joined(
    mark: int,
    old: Table,
    stale: set[int],
    blocks: Sequence[_Columns],
    told: dict[int, TableVersion],
    origins: dict[str, str],
    newest: Moment | None,
) -> Table:
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
    stood = [told[key] for key in keys.tolist()]
    known = np.array([one.known for one in stood], dtype=np.float64)[which]
    superseded = np.array([one.superseded for one in stood], dtype=np.float64)[which]
    return Table(mark, ids, held, matrix, known, superseded, newest, told, origins)


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

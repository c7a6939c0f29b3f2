"""The library's embeddings in memory, kept up to date, for exact scans.

They answer while Chroma's index is missing, damaged or behind, for past moments, and in processes that do not own it.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, select

from retrieval.domain import Moment
from retrieval.store import read
from retrieval.store.database import reading
from retrieval.store.schema import articles, changes, passages, versions
from retrieval.store.vectors.languages import NO_SUMS, LanguageSums
from retrieval.store.vectors.packed import unpacked
from retrieval.store.vectors.snapshot import Snapshot, SnapshotVersion

FOREVER = np.inf
"""End of a version that nothing superseded, in seconds since 1970."""

BLOCK = 16_384
"""Rows read at a time: bounds the memory that reading needs."""

SPARE = 8
"""One row in so many is reserved for passages to come, so that a few new ones do not copy the whole matrix."""

VERSION_COLUMNS = select(
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
_EMPTY = Snapshot(-1, _NUMBERS, _NUMBERS, np.empty((0, 0), np.float32), _TIMES, _TIMES, None, {}, {}, _NUMBERS, NO_SUMS)


@dataclass
class MemoryIndex:
    """The newest snapshot of one model's passages; safe to share between threads.

    The snapshot is replaced when the library has changed; the lock makes one thread do that while others wait.
    """

    engine: Engine
    model: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _snapshot: Snapshot = _EMPTY

    def snapshot(self) -> Snapshot:
        """Return the passages after the library's last change. Raises StoreError."""
        with reading(self.engine) as connection:
            newest = int(connection.execute(read.NEWEST_CHANGE).scalar_one())
            if newest == self._snapshot.mark:
                return self._snapshot
            with self._lock:
                if newest != self._snapshot.mark:
                    restored = newest < self._snapshot.mark  # an older copy of the library took its place
                    self._snapshot = self._changed(connection, _EMPTY if restored else self._snapshot, newest)
                return self._snapshot

    def _changed(self, connection: Connection, old: Snapshot, mark: int) -> Snapshot:
        """Return the snapshot at `mark`: ends of superseded versions, deletions and new passages since `old`."""
        touched = select(changes.c.passage_id).where(changes.c.seq > old.mark, changes.c.seq <= mark)
        wanted = (
            select(passages.c.id, passages.c.version_pk, passages.c.embedding)
            .where(passages.c.model == self.model)
            .order_by(passages.c.id)
        )
        concerned = VERSION_COLUMNS
        if old.mark >= 0:
            wanted = wanted.where(passages.c.id.in_(touched))
            concerned = concerned.where(
                versions.c.pk.in_(select(passages.c.version_pk).where(passages.c.id.in_(touched)))
            )
        stale = set(connection.execute(touched).scalars()) if old.mark >= 0 else set()
        blocks = [_columns(rows) for rows in connection.execute(wanted).partitions(BLOCK)]
        known = old.versions | {row.pk: _version(row) for row in connection.execute(concerned)}
        blocks = [_filtered(block, np.isin(block[1], list(known))) for block in blocks]  # the rest was deleted since
        copies = select(articles.c.id, articles.c.origin).where(articles.c.origin != articles.c.id)
        origins = {id_: origin for id_, origin in connection.execute(copies)}
        return _joined(mark, old, stale, blocks, known, origins, read.newest_article_at(self.engine))


_Columns = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Ids, version keys and vectors of some passages."""


def _columns(rows: Sequence[Any]) -> _Columns:
    ids, keys = (np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 1))
    return ids, keys, unpacked([row.embedding for row in rows])


def _filtered(columns: _Columns, wanted: np.ndarray) -> _Columns:
    ids, keys, vectors = columns
    return columns if wanted.all() else (ids[wanted], keys[wanted], vectors[wanted])


def _version(row: Any) -> SnapshotVersion:
    return SnapshotVersion(
        row.article_id,
        row.language,
        row.publisher,
        row.published_at,
        row.known_from.timestamp(),
        row.superseded_at.timestamp() if row.superseded_at else FOREVER,
    )


def _joined(
    mark: int,
    old: Snapshot,
    stale: set[int],
    blocks: Sequence[_Columns],
    known: dict[int, SnapshotVersion],
    origins: dict[str, str],
    newest: Moment | None,
) -> Snapshot:
    """Return the old rows without the stale ones, and the new ones, by rising id."""
    kept = ~np.isin(old.ids, np.fromiter(stale, np.int64, len(stale)))
    ids = np.concatenate([old.ids[kept], *(block[0] for block in blocks)])
    keys = np.concatenate([old.version_keys[kept], *(block[1] for block in blocks)])
    vectors = [block[2] for block in blocks]
    if kept.all() and np.all(ids[1:] > ids[:-1]):
        matrix = _appended(old.matrix, len(old.ids), vectors)
    else:
        order = np.argsort(ids)
        ids, keys = ids[order], keys[order]
        parts = [part for part in (old.matrix[: len(kept)][kept], *vectors) if len(part)]
        matrix = np.concatenate(parts)[order] if parts else old.matrix[:0]
    distinct, which = np.unique(keys, return_inverse=True)
    ordered = [known[key] for key in distinct.tolist()]
    since = np.array([one.known for one in ordered], dtype=np.float64)[which]
    until = np.array([one.superseded for one in ordered], dtype=np.float64)[which]
    sums = _summed(old, ~kept, blocks, known)
    place = {language: at for at, language in enumerate(sums.languages)}
    spoken = np.array([place[one.language] for one in ordered], dtype=np.int64)[which]
    return Snapshot(mark, ids, keys, matrix, since, until, newest, known, origins, spoken, sums)


def _summed(
    old: Snapshot, gone: np.ndarray, blocks: Sequence[_Columns], known: dict[int, SnapshotVersion]
) -> LanguageSums:
    """Return the sums of the old snapshot without its rows that are `gone`, and with the blocks."""
    rows = np.flatnonzero(gone & np.isinf(old.superseded))
    spoken = [old.sums.languages[at] for at in old.spoken[rows].tolist()]
    sums = old.sums.changed(old.matrix[rows], spoken, -np.ones(len(rows)))
    for _, keys, vectors in blocks:
        added = [known[key] for key in keys.tolist()]
        current = np.isinf([version.superseded for version in added])
        sums = sums.changed(vectors, [version.language for version in added], current.astype(np.float64))
    return sums


def _appended(matrix: np.ndarray, rows: int, blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Return a matrix with the first `rows` of `matrix`, then the blocks; the same matrix if they fit."""
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

"""The library as the rest sees it: one database, the vectors over it, and, for its owner, the index."""

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Engine, func, select

from retrieval.domain import BusyError, Passage, Span, StoreError
from retrieval.store import fulltext, read
from retrieval.store.database import open_database, reading
from retrieval.store.fulltext import Column
from retrieval.store.schema import passages
from retrieval.store.vectors.index import Index
from retrieval.store.vectors.table import Table
from retrieval.store.vectors.vectors import Vectors

T = TypeVar("T")

FOLLOW_EVERY = 2.0
"""Seconds between two looks at what other processes wrote."""

SCANNED = 20_000
"""Passages up to which the exact scan is sooner done than a query to the index, which takes 1.5 ms at any size."""

CHECK_EVERY = 5
"""Every how many looks the index is also asked whether it still answers (so: every ten seconds)."""


@dataclass
class Library:
    """Articles, passages and their vectors; a class because it holds what is open.

    `model` names the embedding model whose vectors are searched; vectors of other models are left alone.
    """

    folder: Path
    engine: Engine
    model: str
    chroma_url: str = ""
    vectors: Vectors = field(init=False)
    index: Index | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _follower: threading.Thread | None = None
    _aside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(thread_name_prefix="search"))
    _remembered: dict[Hashable, Any] = field(default_factory=dict)
    _remembering: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.vectors = Vectors(self.engine, self.model)

    def nearest(
        self,
        query: np.ndarray,
        k: int,
        *,
        as_of: datetime | None = None,
        table: Table | None = None,
    ) -> list[tuple[int, float]]:
        """Return the `k` passages nearest to `query` (dimensions,), as (id, cosine), best first.

        From the index where there is enough to search, it is ready and asked about now, else by an exact scan of
        `table`; of what is searchable now, where none is given.
        """
        index, table = self.index, self.searchable() if table is None else table
        if index is not None and index.ready and as_of is None and len(table.ids) > SCANNED:
            try:
                return index.nearest(query, k)
            except StoreError:
                index.ready = False  # the follower rebuilds it; the question is answered all the same
        return table.nearest(query, k, as_of=as_of)

    def searchable(self) -> Table:
        """Return what can be searched now, as it stays while a question is answered. Raises StoreError."""
        return self.vectors.now()

    def matching(self, column: Column, terms: Sequence[str], k: int) -> list[tuple[int, float]]:
        """Return up to `k` passages that hold any of the rarer `terms` in a column, as (id, BM25), best first."""
        with reading(self.engine) as connection:
            return fulltext.match(connection, column, terms, k)

    def aside(self, look: Callable[..., T], *arguments: object) -> Future[T]:
        """Return what a look at the library will, taken by another thread, so that a question is embedded meanwhile."""
        return self._aside.submit(look, *arguments)

    def passages(self, ids: Sequence[int], as_of: datetime | None = None) -> dict[int, Passage]:
        """Return those of the passages that stand at `as_of`, by id."""
        return read.passages_by_id(self.engine, ids, as_of)

    def sentences_of(self, passage_ids: Sequence[int]) -> dict[int, list[tuple[Span, np.ndarray]]]:
        """Return the quotable sentences of passages in order, each with its vector, (dimensions,) float32."""
        return read.sentences_of(self.engine, passage_ids)

    def remembered(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what `make` gave for `key` since the library last changed; it is asked again after a change."""
        mark = self.vectors.newest_change()
        with self._remembering:
            if self._remembered.get("mark") != mark:
                self._remembered = {"mark": mark}
            if key not in self._remembered:
                self._remembered[key] = make()
            return self._remembered[key]

    def own_index(self) -> None:
        """Take the index as soon as no other process has it, bring it up to date, and keep it so, from a thread."""
        index = Index(self.engine, self.model, self.folder / "index", self.chroma_url)
        self.index = index
        self._follower = threading.Thread(target=self._keep_index, args=(index,), name="index", daemon=True)
        self._follower.start()

    def update_index(self) -> None:
        """Bring the index up to date once, if nobody else owns it; its owner follows by itself."""
        index = Index(self.engine, self.model, self.folder / "index", self.chroma_url)
        try:
            index.open()
        except BusyError:
            return
        index.close()

    def close(self) -> None:
        """Let go of the index and of the database."""
        self._stop.set()
        if self._follower is not None:
            self._follower.join(timeout=30)
        if self.index is not None:
            self.index.close()
        self._aside.shutdown()
        self.engine.dispose()

    def _keep_index(self, index: Index) -> None:
        looks, owned = 0, False
        while not self._stop.is_set():
            try:
                if not owned:
                    index.claim()
                    owned = True
                if looks % CHECK_EVERY == 0 and not index.sound():
                    index.rebuild()
                index.follow()
            except StoreError:
                index.ready = False
                looks = -1  # look at its soundness next time
            looks += 1
            self._stop.wait(FOLLOW_EVERY)


def open_library(folder: Path, model: str, database_url: str = "", chroma_url: str = "") -> Library:
    """Open (or make) the library in `folder`. Raises StoreError, in one sentence."""
    return Library(folder, open_database(database_url, folder), model, chroma_url)


def models_in(engine: Engine) -> dict[str, int]:
    """Return how many passages each embedding model made the vectors of."""
    with reading(engine) as connection:
        rows = connection.execute(select(passages.c.model, func.count()).group_by(passages.c.model))
        return {model: count for model, count in rows}

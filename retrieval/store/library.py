"""The library: its database, the embeddings in memory and, in the bot, Chroma's index of them."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Engine, func, select

from retrieval.domain import BusyError, Passage, Span, StoreError
from retrieval.store import fulltext, read
from retrieval.store.database import fetched, open_database, reading, vacuum, writing
from retrieval.store.fulltext import Column
from retrieval.store.schema import passages
from retrieval.store.vectors.chroma import ChromaIndex
from retrieval.store.vectors.memory import MemoryIndex
from retrieval.store.vectors.snapshot import Nearest, Snapshot

T = TypeVar("T")

SYNC_EVERY = 2.0
"""Seconds between two syncs of the index with the database."""

CHECK_EVERY = 5
"""Syncs between two health checks of the index (so: every ten seconds)."""

INDEX_SECONDS = 20.0
"""The owner's last health check that went well may be so long ago; if it is longer, the index does not work."""

CHROMA, SCAN = "chroma", "scan"
"""Ways to answer a search for the nearest passages: Chroma's index, or the exact scan in memory."""


@dataclass
class Library:
    """Articles, passages and their vectors; a class because it keeps the database and the index open.

    `model` names the embedding model whose vectors are searched; vectors of other models are ignored. Safe to share
    between threads. `searches` counts the searches for nearest passages since the start by the way they were answered,
    `rebuilds` how often the index was not in order and was made anew, the first time included.

    The bot process owns the index. It syncs every 2 s and checks its health every 10 s; a missing or corrupt index is
    rebuilt.
    """

    folder: Path
    engine: Engine
    model: str
    chroma_url: str = ""
    index: ChromaIndex | None = None
    searches: Counter[str] = field(default_factory=Counter)
    rebuilds: int = 0
    _memory: MemoryIndex = field(init=False)
    _count_lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _syncing: threading.Thread | None = None
    _worked_at: float = -INDEX_SECONDS  # monotonic
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(thread_name_prefix="search"))
    _cache: dict[Hashable, Any] = field(default_factory=dict)
    _cache_lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self._memory = MemoryIndex(self.engine, self.model)

    def nearest(
        self, query: np.ndarray, k: int, *, as_of: datetime | None = None, snapshot: Snapshot | None = None
    ) -> Nearest:
        """Return the `k` passages nearest to `query` (dimensions,), their cosines calibrated by language, best first.

        Chroma proposes them if this process owns the index, it is as new as `snapshot`, and the question is about now;
        else the snapshot (by default the newest) is scanned.
        """
        snapshot = self.snapshot() if snapshot is None else snapshot
        index = self.index
        if as_of is None and index is not None and index.ready and index.mark >= snapshot.mark:
            try:
                near = index.nearest(snapshot.sums.levelled(query), k)
            except StoreError:
                index.ready = False  # the syncing thread checks it next, and rebuilds it
            else:
                self._count(CHROMA)
                return snapshot.similar_of(query, [id_ for id_, _ in near])
        self._count(SCAN)
        return snapshot.similar(query, k, as_of=as_of)

    def _count(self, answered_by: str) -> None:
        with self._count_lock:
            self.searches[answered_by] += 1

    def snapshot(self) -> Snapshot:
        """Return the searchable passages of now; a snapshot never changes. Raises StoreError."""
        return self._memory.snapshot()

    def matching(self, column: Column, terms: Sequence[str], k: int) -> list[tuple[int, float]]:
        """Return up to `k` passages that contain any of the rarer `terms` in a column, as (id, BM25), best first."""
        with reading(self.engine) as connection:
            return fulltext.match(connection, column, terms, k)

    def submit(self, read: Callable[..., T], *arguments: object) -> Future[T]:
        """Call a function in another thread, for example while a question is embedded, and return its future."""
        return self._threads.submit(read, *arguments)

    def passages(self, ids: Sequence[int], as_of: datetime | None = None) -> dict[int, Passage]:
        """Return those passages that are current at `as_of`, by id."""
        return read.passages_by_id(self.engine, ids, as_of)

    def sentences_of(self, passage_ids: Sequence[int]) -> dict[int, list[tuple[Span, np.ndarray]]]:
        """Return the quotable sentences of passages in order, each with its vector, (dimensions,) float32."""
        return read.sentences_of(self.engine, passage_ids)

    def cached(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return `make()`, made once a `key`; the cache is emptied when the library changes."""
        change = read.newest_change(self.engine)
        with self._cache_lock:
            if self._cache.get("change") != change:
                self._cache = {"change": change}
            if key not in self._cache:
                self._cache[key] = make()
            return self._cache[key]

    def own_index(self) -> None:
        """Start the thread that claims the index as soon as it is free, and keeps it in sync."""
        self.index = index = self.chroma_index()
        self._syncing = threading.Thread(target=self._keep_index, args=(index,), name="index", daemon=True)
        self._syncing.start()

    def update_index(self) -> None:
        """Bring the index up to date once, unless another process owns it and does so."""
        index = self.chroma_index()
        try:
            index.open()
        except BusyError:
            return
        index.close()

    def tidy(self) -> None:
        """Delete from the full text what was removed, and give back the room of what was deleted. Raises StoreError."""
        with writing(self.engine) as connection:
            if fulltext.has_removed(connection):
                fulltext.rebuild(connection)
        vacuum(self.engine)

    def chroma_index(self) -> ChromaIndex:
        """Return a handle on this library's index that does not own it yet."""
        return ChromaIndex(self.engine, self.model, self.folder / "index", self.chroma_url)

    def searches_of_owner(self) -> Counter[str]:
        """Return the owner's `searches` as last written to the index folder; empty if they never were."""
        try:
            return Counter(json.loads(self._searches_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Counter()

    def index_works(self) -> bool:
        """Return whether this process owns the index and has found it in order within INDEX_SECONDS."""
        return self.index is not None and self.index.ready and time.monotonic() - self._worked_at < INDEX_SECONDS

    def index_works_for_owner(self) -> bool:
        """Return whether the owner, another process, wrote within INDEX_SECONDS that the index works."""
        try:
            return time.time() - float(self._works_file.read_text(encoding="utf-8")) < INDEX_SECONDS
        except (OSError, ValueError):
            return False

    @property
    def _works_file(self) -> Path:
        return self.folder / "index" / "works-at.txt"

    @property
    def _searches_file(self) -> Path:
        return self.folder / "index" / "searches.json"

    def close(self) -> None:
        """Give up the index and close the database."""
        self._stop.set()
        if self._syncing is not None:
            self._syncing.join(timeout=30)
        if self.index is not None:
            self.index.close()
        self._threads.shutdown()
        self.engine.dispose()

    def _keep_index(self, index: ChromaIndex) -> None:
        syncs, owned, swept = 0, False, False
        while not self._stop.is_set():
            try:
                if not owned:
                    index.claim()
                    owned = True
                checked = syncs % CHECK_EVERY == 0 or not index.ready
                if checked and not index.healthy():
                    index.ready = False
                    index.rebuild()
                    self.rebuilds += 1
                index.sync()
                if checked:
                    self._worked_at = time.monotonic()
                    with suppress(OSError):
                        self._searches_file.write_text(json.dumps(self.searches), encoding="utf-8")
                        self._works_file.write_text(str(time.time()), encoding="utf-8")
                if not swept:
                    index.sweep()
                    swept = True
            except Exception:  # a full disk, a dead server, anything of Chroma's own: the next round tries again
                index.ready = False
                if owned:
                    with suppress(OSError):
                        self._works_file.unlink(missing_ok=True)
            syncs += 1
            self._stop.wait(SYNC_EVERY)


def open_library(folder: Path, model: str, database_url: str = "", chroma_url: str = "") -> Library:
    """Open (or make) the library in `folder`. Raises StoreError, in one sentence."""
    return Library(folder, open_database(database_url, folder), model, chroma_url)


def models_in(engine: Engine) -> dict[str, int]:
    """Return the number of passages embedded by each model."""
    rows = fetched(engine, select(passages.c.model, func.count()).group_by(passages.c.model))
    return {model: count for model, count in rows}

"""Chroma, through LangChain: the vector store that questions are answered from in the running bot.

It contains the id and the vector of every passage of a current version. What a passage says and where it is from stay
in SQL alone: Chroma indexes each text and field twice more, which took more room than all the rest. One process owns
it, by a file lock. Its `state.json` contains the number of the last change of the library that it includes. It can be
deleted at any time: the owner rebuilds it from SQL, without embedding anything.
"""

import json
import shutil
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from sqlalchemy import Engine, func, select

from retrieval.domain import StoreError
from retrieval.store import read
from retrieval.store.database import locked, reading
from retrieval.store.schema import changes, passages, versions
from retrieval.store.vectors.packed import unpacked

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI
    from langchain_chroma import Chroma

COLLECTION = "passages"
"""Name of the collection; on a Chroma server followed by that of the generation."""

FORMAT = 3
"""Version of the collection's content; an index of another one is rebuilt. 2 had texts and metadata, too."""

BATCH = 500
"""Passages written at a time: each takes 4 KB of Chroma's queue until its vector is in the graph."""

HNSW: Any = {
    "space": "ip",
    "ef_construction": 200,
    "ef_search": 200,
    "max_neighbors": 16,
    "batch_size": 100,
    "sync_threshold": 100,  # vectors that wait in the queue; Chroma's own 1,000 take 4 MB
}
"""Measured by benchmarks/index.py: recall@10 against the exact scan, of searches for sixty."""

TRIES = 3
"""Times that a server is asked before a failure that may pass is reported."""

PAUSE = 0.2
"""Seconds before the second try; twice as many before the third."""

SQLITE = b"SQLite format 3\0"
"""What a file of SQLite begins with (its file format, 1.3)."""

SPARE = 0.25
"""Share of empty pages in Chroma's file from which it is worth writing anew."""

ANSWERS_WITHIN = 2.0
"""Seconds that a question waits for a Chroma server; Chroma's client has no time limit."""

WRITES_WITHIN = 60.0
"""Seconds that one batch may take a Chroma server."""

PROBES = 8
"""Stored embeddings that a health check searches for."""

ITSELF = 0.01
"""Largest 1 - cosine at which a probe counts as having found itself."""

PROBES_FOUND = 0.5
"""Least share of the probes that a healthy index finds; a damaged one finds almost none."""


class ChromaIndex:
    """The owner's handle on the index; a class because it keeps the lock and the open collection.

    `ready`: it can be queried. `mark`: the number of the last change of the library that it includes. Chroma's errors
    are raised as StoreError.
    """

    def __init__(self, engine: Engine, model: str, folder: Path, url: str = "") -> None:
        self.engine, self.model, self.folder, self.url = engine, model, folder, url
        self._store: Chroma | None = None
        self._client: ClientAPI | None = None
        self._generation = ""
        self._owned = ExitStack()  # the file lock, while this process owns the index
        self._writing = threading.Lock()  # one thread writes at a time
        self.ready = False
        self.mark = 0

    def claim(self) -> None:
        """Become the owner. Raises BusyError if another process is; StoreError if the folder cannot be written."""
        busy = "Another process owns the index of this library; this one reads the database."
        self._owned.enter_context(locked(self.folder / "lock", busy))

    def open(self) -> None:
        """Become the owner and bring the index up to date; rebuild it if it fails its health check."""
        self.claim()
        if not self.healthy():
            self.rebuild()
        self.sync()
        self.sweep()

    def close(self) -> None:
        """Give up ownership."""
        self.ready = False
        self._store = self._client = None
        self._owned.close()

    def nearest(self, query: np.ndarray, k: int) -> list[tuple[int, float]]:
        """Return up to `k` current passages nearest to `query` (dimensions,), as (id, cosine), best first."""
        store = self._store
        if store is None:
            raise StoreError("The index is not open.")
        with _translated():
            search = store.similarity_search_by_vector_with_relevance_scores
            found = self._called(ANSWERS_WITHIN, lambda: search(query.tolist(), k))
        return [(int(document.id or 0), 1.0 - distance) for document, distance in found]

    def count(self) -> int:
        """Return the number of passages in the index."""
        with _translated():
            return int(self._called(ANSWERS_WITHIN, lambda: self._collection().count()))

    def sync(self) -> int:
        """Apply the library's changes since the last sync; return how many there were."""
        with self._writing:
            mark = int(self._state().get("mark", 0))
            newest = read.newest_change(self.engine)
            if newest > mark:
                touched = select(changes.c.passage_id).where(changes.c.seq > mark, changes.c.seq <= newest)
                with reading(self.engine) as connection:
                    stale = [str(id_) for id_ in dict.fromkeys(connection.execute(touched).scalars())]
                with _translated():
                    for at in range(0, len(stale), BATCH):
                        self._called(WRITES_WITHIN, partial(self._delete, stale[at : at + BATCH]))
                for ids, vectors in self._current(passages.c.id.in_(touched)):
                    self._add(self._collection(), ids, vectors)
                self._write_state(newest)
                self._shrink()
            self.mark, self.ready = newest, True
            return newest - mark

    def rebuild(self) -> int:
        """Rebuild the index from the stored embeddings; return the number of passages in it.

        The new one is another collection. The old one, if it works, answers until that is whole; whatever interrupts
        this leaves the old one, and of the new one what `sweep` deletes.
        """
        with self._writing:
            newest = read.newest_change(self.engine)
            generation = f"{self._prefix()}{uuid.uuid4().hex[:12]}"
            client, store = self._opened(generation)
            done = 0
            with _translated():
                collection = client.get_collection(self._name(generation), embedding_function=None)
            for ids, vectors in self._current():
                self._add(collection, ids, vectors)
                done += len(ids)
            self._generation, self._client, self._store = generation, client, store
            self._write_state(newest)
            self.mark, self.ready = newest, True
            self._shrink()
        self.sweep()
        return done

    def sweep(self) -> None:
        """Delete this library's collections but the one in use: older ones, and what a rebuild left that was killed."""
        with self._writing:
            for folder in self.folder.glob("chroma-*"):
                if folder.name != self._generation:
                    shutil.rmtree(folder, ignore_errors=True)
            if self.url and self._client is not None:
                client, own, used = self._client, f"{COLLECTION}-{self._prefix()}", self._collection_name
                with _translated():
                    names = self._called(WRITES_WITHIN, lambda: [one.name for one in client.list_collections()])
                    for name in names:
                        if name.startswith(own) and name != used:
                            self._called(WRITES_WITHIN, partial(client.delete_collection, name))

    def _shrink(self) -> None:
        """Write Chroma's own file anew if much of it is empty: what waited in its queue leaves pages behind."""
        if self.url:
            return
        with suppress(sqlite3.Error):  # it is being read: the next time will do
            file = self.folder / self._generation / "chroma.sqlite3"
            with closing(sqlite3.connect(file, isolation_level=None)) as connection:
                pages, free = (
                    int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count")
                )
                if free > SPARE * pages:
                    connection.execute("VACUUM")

    def healthy(self) -> bool:
        """Return whether the index can be read, is of this library, model and format, and finds its own embeddings.

        Counting is not enough: a wedged store counted 3,951 vectors and found 18 of them. So a few stored embeddings
        are searched for. And as Chroma answers from memory whatever became of its file, that is looked at by itself.
        """
        state = self._state()
        try:
            if state["format"] != FORMAT or state["model"] != self.model:
                return False
            if state["mark"] > read.newest_change(self.engine):  # an older copy of the library was restored
                return False
            if not self.url and not _is_database(self.folder / state["generation"] / "chroma.sqlite3"):
                return False
            if self._store is None:
                self._client, self._store = self._opened(state["generation"])
                self._generation = state["generation"]
            return self.count() == state["count"] and self._finds_its_own(state["mark"])
        except (KeyError, TypeError, ValueError, StoreError):
            return False

    def _finds_its_own(self, mark: int) -> bool:
        """Return whether most of a few stored embeddings, spread over the library, are found by themselves."""
        later = select(changes.c.passage_id).where(changes.c.seq > mark)
        with reading(self.engine) as connection:
            last = connection.execute(select(func.max(passages.c.id))).scalar() or 0
        firsts = range(0, last, max(1, last // PROBES))
        probes = [
            vectors[0]
            for first in firsts
            for _, vectors in self._current(passages.c.id > first, passages.c.id.not_in(later), most=1)
        ]
        cosines = [cosine for vector in probes for _, cosine in self.nearest(vector, 1)]
        return sum(abs(cosine - 1.0) <= ITSELF for cosine in cosines) >= PROBES_FOUND * len(probes)

    def _current(self, *where: Any, most: int | None = None) -> Iterator[tuple[list[str], np.ndarray]]:
        """Yield the current passages in batches: their ids, and their vectors, (passages, dimensions) float32."""
        wanted = (
            select(passages.c.id, passages.c.embedding)
            .join(versions, versions.c.pk == passages.c.version_pk)
            .where(passages.c.model == self.model, versions.c.superseded_at.is_(None), *where)
            .order_by(passages.c.id)
            .limit(most)
        )
        with reading(self.engine) as connection:
            for rows in connection.execute(wanted).partitions(BATCH):
                yield [str(row.id) for row in rows], unpacked([row.embedding for row in rows])

    def _add(self, collection: "Collection", ids: list[str], vectors: np.ndarray) -> None:
        # LangChain leaves out what has no document, so each id is its own.
        with _translated():
            self._called(WRITES_WITHIN, lambda: collection.upsert(ids=ids, documents=ids, embeddings=vectors))

    def _delete(self, ids: list[str]) -> None:
        self._collection().delete(ids=ids)

    def _called(self, seconds: float, call: Callable[[], Any]) -> Any:
        """Return what a call returns. A server has so many seconds, and is asked again if it fails in passing."""
        if not self.url:
            return call()
        deadline = time.monotonic() + seconds
        return _within(seconds, lambda: _persistently(call, deadline))

    # --- the open collection and its state file --------------------------------------------------

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"

    def _state(self) -> dict[str, Any]:
        """Return the content of `state.json`; empty if it cannot be read."""
        try:
            state = json.loads(self._state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _write_state(self, mark: int) -> None:
        state = {
            "format": FORMAT,
            "generation": self._generation,
            "mark": mark,
            "model": self.model,
            "count": self.count(),
        }
        draft = self._state_file.with_suffix(".new")
        draft.write_text(json.dumps(state), encoding="utf-8")
        draft.replace(self._state_file)

    def _prefix(self) -> str:
        """Return what the names of this library's generations begin with; a server may have other libraries' too.

        Each embedded one has a folder of its own, because Chroma keeps a store that it opened at a path for the life of
        the process.
        """
        return f"chroma-{self._library_name()}-"

    def _library_name(self) -> str:
        """Return a name that no other library has, a copy of this one included: it is made once, beside the index."""
        file = self.folder.with_suffix(".name")
        with suppress(OSError):
            if name := file.read_text(encoding="utf-8").strip():
                return name
        name = uuid.uuid4().hex[:12]
        try:
            file.write_text(name, encoding="utf-8")
        except OSError as exc:
            raise StoreError(f"{file} cannot be written: {exc.strerror or exc}.") from exc
        return name

    def _connected(self, generation: str) -> "ClientAPI":
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        if self.url:
            parts = urlsplit(self.url)
            return chromadb.HttpClient(
                host=parts.hostname or "localhost",
                port=parts.port or (443 if parts.scheme == "https" else 8000),
                ssl=parts.scheme == "https",
                settings=settings,
            )
        return chromadb.PersistentClient(path=str(self.folder / generation), settings=settings)

    def _opened(self, generation: str) -> "tuple[ClientAPI, Chroma]":
        from langchain_chroma import Chroma

        def opened() -> "tuple[ClientAPI, Chroma]":
            client = self._connected(generation)
            configuration: Any = {"hnsw": HNSW}
            return client, Chroma(self._name(generation), client=client, collection_configuration=configuration)

        with _translated():
            found: tuple[ClientAPI, Chroma] = self._called(WRITES_WITHIN, opened)
        return found

    @property
    def location(self) -> str:
        """Where the collection is, for people: a folder, or a collection's name on a server."""
        return f"{self._collection_name} on the Chroma server" if self.url else str(self.folder / self._generation)

    @property
    def _collection_name(self) -> str:
        return self._name(self._generation)

    def _name(self, generation: str) -> str:
        """Return the name of a generation's collection."""
        return f"{COLLECTION}-{generation}" if self.url else COLLECTION

    def _collection(self) -> "Collection":
        """Return Chroma's own collection: it counts, deletes and accepts vectors."""
        if self._client is None:
            raise StoreError("The index is not open.")
        return self._client.get_collection(self._collection_name, embedding_function=None)


def _is_database(path: Path) -> bool:
    """Return whether a file is there and begins as SQLite's do."""
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE)) == SQLITE
    except OSError:
        return False


def _persistently(call: Callable[[], Any], deadline: float) -> Any:
    """Return what a call returns that is tried up to `TRIES` times: a server that starts again is back in a moment."""
    for pause in (PAUSE * tried for tried in range(1, TRIES)):
        try:
            return call()
        except Exception as exc:
            if not _may_pass(exc) or time.monotonic() + pause >= deadline:
                raise
        time.sleep(pause)
    return call()


def _may_pass(exc: Exception) -> bool:
    """Return whether the connection failed or the server did, and not what it was asked for."""
    import httpx  # Chroma's client uses it; whoever only asks waits a tenth of a second for it

    code = getattr(exc, "code", None)  # of Chroma's own errors, a method
    if isinstance(exc, httpx.HTTPStatusError):
        return exc.response.status_code >= 500
    return isinstance(exc, (httpx.TransportError, ConnectionError)) or (callable(code) and int(code()) >= 500)


def _within(seconds: float, search: Callable[[], Any]) -> Any:
    """Return the result of `search`. Raises its errors, and TimeoutError if it takes longer than `seconds`.

    It runs in a daemon thread, so that one that never returns does not keep the process from ending.
    """
    outcome: Future[Any] = Future()

    def run() -> None:
        try:
            outcome.set_result(search())
        except BaseException as exc:
            outcome.set_exception(exc)

    threading.Thread(target=run, name="chroma", daemon=True).start()
    return outcome.result(timeout=seconds)


@contextmanager
def _translated() -> Iterator[None]:
    """Raise all of Chroma's errors (bare exceptions of its Rust side, httpx's for a dead server) as StoreError."""
    try:
        yield
    except StoreError:
        raise
    except TimeoutError as exc:
        raise StoreError(f"The vector index gave no answer within {ANSWERS_WITHIN:g} s.") from exc
    except Exception as exc:
        raise StoreError(f"The vector index failed: {str(exc).splitlines()[0] if str(exc) else exc!r}") from exc

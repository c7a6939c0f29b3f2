"""Chroma, through LangChain: the vector store that questions are answered from in the running bot.

It contains the current version of every passage: text, metadata and vector. One process owns it, by a file lock. A
mark beside it says up to which change of the library it is complete. It can be deleted at any time: the owner makes
it again from SQL, without embedding anything.
"""

import json
import queue
import shutil
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from filelock import FileLock, Timeout
from sqlalchemy import Engine, func, select

from retrieval.domain import BusyError, Passage, StoreError
from retrieval.store import read
from retrieval.store.database import reading
from retrieval.store.schema import changes, passages, versions
from retrieval.store.vectors.documents import metadata_of

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI
    from langchain_chroma import Chroma

COLLECTION = "passages"
"""Name of the collection; on a Chroma server the name of the generation follows it."""

FORMAT = 2
"""Version of what is stored in the collection; an index of another format is made again. 1 had ids and vectors only."""

BATCH = 2_000
"""Passages written at a time; Chroma 1.5.9 refuses more than 5,461."""

HNSW: Any = {"space": "ip", "ef_construction": 200, "ef_search": 200, "max_neighbors": 16}
"""Measured by benchmarks/index.py: recall@10 against the exact scan, where sixty are asked for."""

ANSWERS_WITHIN = 2.0
"""Seconds that a question waits for a Chroma server, whose client has no time limit of its own."""

PROBES = 8
"""Stored embeddings that a health check searches for."""

ITSELF = 0.01
"""Largest 1 - cosine at which a probe counts as having found itself."""

PROBES_FOUND = 0.5
"""Least share of the probes that a healthy index finds; a damaged one finds next to none."""


class ChromaIndex:
    """The owner's handle on the index; a class because it keeps the lock and the open collection.

    `ready` says whether it can be queried, `mark` up to which change of the library it is complete. Chroma's errors
    are raised as StoreError.
    """

    def __init__(self, engine: Engine, model: str, folder: Path, url: str = "") -> None:
        self.engine, self.model, self.folder, self.url = engine, model, folder, url
        self._store: Chroma | None = None
        self._client: ClientAPI | None = None
        self._generation = ""
        self._lock = FileLock(folder / "lock", thread_local=False)  # acquired and released by different threads
        self._writing = threading.Lock()  # one thread writes at a time
        self.ready = False
        self.mark = 0

    def claim(self) -> None:
        """Become the owner. Raises BusyError if another process is; StoreError if the folder cannot be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout as exc:
            raise BusyError("Another process owns the index of this library; this one reads the database.") from exc
        except OSError as exc:
            raise StoreError(f"The index folder {self.folder} cannot be written: {exc.strerror or exc}.") from exc

    def open(self) -> None:
        """Become the owner and bring the index up to date; rebuild it if it fails its health check."""
        self.claim()
        if not self.healthy():
            self.rebuild()
        self.sync()

    def close(self) -> None:
        """Give up ownership."""
        self.ready = False
        self._store = self._client = None
        self._lock.release()

    def nearest(self, query: np.ndarray, k: int) -> list[tuple[int, float]]:
        """Return up to `k` current passages nearest to `query` (dimensions,), as (id, cosine), best first."""
        store = self._store
        if store is None:
            raise StoreError("The index is not open.")
        with _translated():
            search = store.similarity_search_by_vector_with_relevance_scores
            found = (
                _within(ANSWERS_WITHIN, lambda: search(query.tolist(), k)) if self.url else search(query.tolist(), k)
            )
        return [(int(document.id or 0), 1.0 - distance) for document, distance in found]

    def count(self) -> int:
        """Return the number of passages in the index."""
        with _translated():
            return self._collection().count()

    def sync(self) -> int:
        """Apply the library's changes since the last time; return how many there were."""
        with self._writing:
            mark = int(self._state().get("mark", 0))
            newest = self._newest_change()
            if newest > mark:
                touched = select(changes.c.passage_id).where(changes.c.seq > mark, changes.c.seq <= newest)
                with reading(self.engine) as connection:
                    stale = [str(id_) for id_ in dict.fromkeys(connection.execute(touched).scalars())]
                with _translated():
                    for at in range(0, len(stale), BATCH):
                        self._collection().delete(ids=stale[at : at + BATCH])
                for batch, vectors in self._current(passages.c.id.in_(touched)):
                    self._add(batch, vectors)
                self._write_state(newest)
            self.mark, self.ready = newest, True
            return newest - mark

    def rebuild(self, progress: Callable[[int], None] = lambda done: None) -> int:
        """Make the index again from the stored texts and embeddings; return the number of passages in it."""
        with self._writing:
            self.ready = False
            newest = self._newest_change()
            self._open_store(self._new_generation())
            done = 0
            for batch, vectors in self._current():
                self._add(batch, vectors)
                done += len(batch)
                progress(done)
            self._write_state(newest)
            self.mark, self.ready = newest, True
            return done

    def healthy(self) -> bool:
        """Return whether the index can be read, is of this library, model and format, and finds what it contains.

        Counting is not enough: a wedged store counted 3,951 vectors and found 18 of them. So a few stored embeddings
        are searched for.
        """
        state = self._state()
        try:
            if state["format"] != FORMAT or state["model"] != self.model or state["mark"] > self._newest_change():
                return False
            if not self.url and not (self.folder / state["generation"] / "chroma.sqlite3").exists():
                return False
            if self._store is None:
                self._open_store(state["generation"])
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
        found = [
            bool(near) and abs(near[0][1] - 1.0) <= ITSELF for near in (self.nearest(vector, 1) for vector in probes)
        ]
        return sum(found) >= PROBES_FOUND * len(found)

    def _newest_change(self) -> int:
        with reading(self.engine) as connection:
            return connection.execute(select(func.max(changes.c.seq))).scalar() or 0

    def _current(self, *where: Any, most: int | None = None) -> Iterable[tuple[list[Passage], np.ndarray]]:
        """Yield the current passages in batches, each with their vectors, (passages, dimensions) float32."""
        wanted = (
            select(passages.c.id, passages.c.embedding)
            .join(versions, versions.c.pk == passages.c.version_pk)
            .where(passages.c.model == self.model, versions.c.superseded_at.is_(None), *where)
            .order_by(passages.c.id)
            .limit(most)
        )
        with reading(self.engine) as connection:
            for rows in connection.execute(wanted).partitions(BATCH):
                found = read.passages_by_id(self.engine, [row.id for row in rows])
                kept = [row for row in rows if row.id in found]  # the rest was superseded since
                if kept:
                    joined = np.frombuffer(b"".join(row.embedding for row in kept), dtype="<f2")
                    yield [found[row.id] for row in kept], joined.astype(np.float32).reshape(len(kept), -1)

    def _add(self, batch: Sequence[Passage], vectors: np.ndarray) -> None:
        with _translated():
            self._collection().upsert(
                ids=[str(passage.id) for passage in batch],
                documents=[passage.text for passage in batch],
                metadatas=[metadata_of(passage) for passage in batch],
                embeddings=vectors,
            )

    # --- the open collection and the state beside it ---------------------------------------------

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"

    def _state(self) -> dict[str, Any]:
        """Return what was last written about the index; empty if that cannot be read."""
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

    def _new_generation(self) -> str:
        """Delete what was there and return the name of a fresh place.

        A fresh one, because Chroma keeps what it opened at a path for the life of the process.
        """
        self._state_file.unlink(missing_ok=True)
        self._store = self._client = None
        for old in self.folder.glob("chroma-*"):
            shutil.rmtree(old, ignore_errors=True)
        if self.url:
            with _translated():
                client = self._connected("")
                for collection in client.list_collections():
                    if collection.name.startswith(f"{COLLECTION}-"):
                        client.delete_collection(collection.name)
        return f"chroma-{uuid.uuid4().hex[:12]}"

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

    def _open_store(self, generation: str) -> None:
        from langchain_chroma import Chroma

        with _translated():
            self._generation, self._client = generation, self._connected(generation)
            self._store = Chroma(
                self._collection_name,
                client=self._client,
                collection_configuration={"hnsw": HNSW},
            )

    @property
    def location(self) -> str:
        """Where the collection is, for people: a folder, or a collection's name on a server."""
        return f"{self._collection_name} on the Chroma server" if self.url else str(self.folder / self._generation)

    @property
    def _collection_name(self) -> str:
        return f"{COLLECTION}-{self._generation}" if self.url else COLLECTION

    def _collection(self) -> "Collection":
        """Return Chroma's own collection, which counts, deletes and takes vectors that are already made."""
        if self._client is None:
            raise StoreError("The index is not open.")
        return self._client.get_collection(self._collection_name, embedding_function=None)


def _within(seconds: float, search: Callable[[], Any]) -> Any:
    """Return what `search` returns. Raises what it raises, and TimeoutError if it takes longer than `seconds`.

    It runs in a daemon thread: one that hangs is left behind, and does not keep the process from ending.
    """
    outcome: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((search(), None))
        except BaseException as exc:
            outcome.put((None, exc))

    threading.Thread(target=run, name="chroma", daemon=True).start()
    try:
        found, failure = outcome.get(timeout=seconds)
    except queue.Empty as exc:
        raise TimeoutError(f"no answer within {seconds:g} s") from exc
    if failure is not None:
        raise failure
    return found


class _translated:  # noqa: N801 - reads as a word in `with`
    """Raise whatever Chroma raises (its Rust side bare exceptions, a dead server httpx's) as StoreError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        if exc is not None and not isinstance(exc, StoreError) and isinstance(exc, Exception):
            raise StoreError(f"The vector index failed: {str(exc).splitlines()[0] if str(exc) else exc!r}") from exc

"""Chroma, through LangChain: the vector store that questions are answered from in the running bot.

It contains the current version of every passage: text, metadata and vector. One process owns it, by a file lock. Its
`state.json` contains the number of the last change of the library that it includes. It can be deleted at any time: the
owner rebuilds it from SQL, without embedding anything.
"""

import json
import shutil
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from sqlalchemy import Engine, func, select

from retrieval.domain import Passage, StoreError
from retrieval.store import read
from retrieval.store.database import locked, reading
from retrieval.store.schema import changes, passages, versions

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI
    from langchain_chroma import Chroma

COLLECTION = "passages"
"""Name of the collection; on a Chroma server followed by that of the generation."""

FORMAT = 2
"""Version of the collection's content; an index of another one is rebuilt. 1 had ids and vectors only."""

BATCH = 2_000
"""Passages written at a time; Chroma 1.5.9 refuses more than 5,461."""

HNSW: Any = {"space": "ip", "ef_construction": 200, "ef_search": 200, "max_neighbors": 16}
"""Measured by benchmarks/index.py: recall@10 against the exact scan, of searches for sixty."""

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


def metadata_of(passage: Passage) -> dict[str, str | int]:
    """Return the metadata from which a passage can be cited; Chroma refuses None, so unknown fields are left out.

    `start` and `end` are offsets into the article's text; `published_at` is ISO 8601, a time or a day.
    """
    article = passage.article
    known: dict[str, str | int | None] = {
        "passage_id": passage.id,
        "article_id": article.id,
        "version": article.version,
        "start": passage.start,
        "end": passage.end,
        "language": article.language,
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "author": article.author,
        "published_at": article.published.isoformat() if article.published else None,
        "origin": article.origin,
    }
    return {name: value for name, value in known.items() if value is not None}


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
                for batch, vectors in self._current(passages.c.id.in_(touched)):
                    self._add(batch, vectors)
                self._write_state(newest)
            self.mark, self.ready = newest, True
            return newest - mark

    def rebuild(self) -> int:
        """Rebuild the index from the stored texts and embeddings; return the number of passages in it."""
        with self._writing:
            self.ready = False
            newest = read.newest_change(self.engine)
            self._open_store(self._new_generation())
            done = 0
            for batch, vectors in self._current():
                self._add(batch, vectors)
                done += len(batch)
            self._write_state(newest)
            self.mark, self.ready = newest, True
            return done

    def healthy(self) -> bool:
        """Return whether the index can be read, is of this library, model and format, and finds its own embeddings.

        Counting is not enough: a wedged store counted 3,951 vectors and found 18 of them. So a few stored embeddings
        are searched for.
        """
        state = self._state()
        try:
            if state["format"] != FORMAT or state["model"] != self.model:
                return False
            if state["mark"] > read.newest_change(self.engine):  # an older copy of the library was restored
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
        cosines = [cosine for vector in probes for _, cosine in self.nearest(vector, 1)]
        return sum(abs(cosine - 1.0) <= ITSELF for cosine in cosines) >= PROBES_FOUND * len(probes)

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
                kept = [row for row in rows if row.id in found]  # the others were superseded meanwhile
                if kept:
                    joined = np.frombuffer(b"".join(row.embedding for row in kept), dtype="<f2")
                    yield [found[row.id] for row in kept], joined.astype(np.float32).reshape(len(kept), -1)

    def _add(self, batch: Sequence[Passage], vectors: np.ndarray) -> None:
        with _translated():
            rows: dict[str, Any] = {
                "ids": [str(passage.id) for passage in batch],
                "documents": [passage.text for passage in batch],
                "metadatas": [metadata_of(passage) for passage in batch],
                "embeddings": vectors,
            }
            self._called(WRITES_WITHIN, lambda: self._collection().upsert(**rows))

    def _delete(self, ids: list[str]) -> None:
        self._collection().delete(ids=ids)

    def _called(self, seconds: float, call: Callable[[], Any]) -> Any:
        """Return what a call returns; TimeoutError if a server takes longer."""
        return _within(seconds, call) if self.url else call()

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

    def _new_generation(self) -> str:
        """Delete the index and return the name of a new generation.

        Its folder is a new one, because Chroma keeps a store that it opened at a path for the life of the process. On a
        server, which other libraries may share, the name begins with this library's own.
        """
        own = f"chroma-{self._library_name()}-"
        last = str(self._state().get("generation"))
        self._state_file.unlink(missing_ok=True)
        self._store = self._client = None
        for old in self.folder.glob("chroma-*"):
            shutil.rmtree(old, ignore_errors=True)
        if self.url:
            with _translated():
                client = self._connected("")
                for collection in client.list_collections():
                    if collection.name.startswith(f"{COLLECTION}-{own}") or collection.name == f"{COLLECTION}-{last}":
                        client.delete_collection(collection.name)
        return f"{own}{uuid.uuid4().hex[:12]}"

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

    def _open_store(self, generation: str) -> None:
        from langchain_chroma import Chroma

        def opened() -> Any:
            client = self._connected(generation)
            self._generation, self._client = generation, client
            return Chroma(self._collection_name, client=client, collection_configuration={"hnsw": HNSW})

        with _translated():
            self._store = self._called(WRITES_WITHIN, opened)

    @property
    def location(self) -> str:
        """Where the collection is, for people: a folder, or a collection's name on a server."""
        return f"{self._collection_name} on the Chroma server" if self.url else str(self.folder / self._generation)

    @property
    def _collection_name(self) -> str:
        return f"{COLLECTION}-{self._generation}" if self.url else COLLECTION

    def _collection(self) -> "Collection":
        """Return Chroma's own collection: it counts, deletes and accepts vectors."""
        if self._client is None:
            raise StoreError("The index is not open.")
        return self._client.get_collection(self._collection_name, embedding_function=None)


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

"""Chroma as an index over the stored embeddings: it can be thrown away and made again at any time.

One process owns it, held by a lock. It follows the library's changes from a mark kept beside it, and it holds passage
ids and vectors only, so that nothing of a deleted article stays behind in it.
"""

import json
import shutil
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from filelock import FileLock, Timeout
from langchain_core.embeddings import Embeddings
from sqlalchemy import Engine, func, select

from retrieval.domain import BusyError, StoreError
from retrieval.store.database import reading
from retrieval.store.schema import changes, passages, versions

if TYPE_CHECKING:
    from langchain_chroma import Chroma

COLLECTION = "passages"

BATCH = 2_000
"""Passages written at a time; Chroma 1.5.9 refuses more than 5,461."""

HNSW: Any = {"space": "ip", "ef_construction": 200, "ef_search": 200, "max_neighbors": 16}
"""Measured by benchmarks/index.py: recall@10 against the exact scan, where sixty are asked for."""

PROBES = 8
"""Stored embeddings that are looked for to tell whether the index is sound."""

ITSELF = 0.01
"""How far from 1 the cosine may be of an embedding and what is found by it: itself, or that of a copy of its text."""

PROBES_FOUND = 0.5
"""The share of them that a sound index finds at least; a wedged or foreign one finds next to none."""


class _Stored(Embeddings):
    """Hands LangChain the embeddings that SQL keeps, so that nothing is ever embedded for the index.

    A class because LangChain asks for one. The "texts" it is given are passage ids.
    """

    def __init__(self) -> None:
        self.vectors: dict[str, list[float]] = {}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.vectors[id_] for id_ in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.vectors[text]


class Index:
    """The owner's handle on the index; a class because it holds the lock and the open collection.

    Raises BusyError from `open` where another process owns it; StoreError where Chroma fails.
    """

    def __init__(self, engine: Engine, model: str, folder: Path, url: str = "") -> None:
        self.engine, self.model, self.folder, self.url = engine, model, folder, url
        self._stored = _Stored()
        self._chroma: Chroma | None = None
        self._generation = ""
        self._lock = FileLock(folder / "lock", thread_local=False)  # taken and let go by different threads
        self._turn = threading.Lock()  # one thread writes at a time
        self.ready = False

    def claim(self) -> None:
        """Become the owner. Raises BusyError where another process is; StoreError where the folder cannot be had."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout as exc:
            raise BusyError("Another process owns the index of this library; this one reads the database.") from exc
        except OSError as exc:
            raise StoreError(f"The index folder {self.folder} cannot be written: {exc.strerror or exc}.") from exc

    def open(self) -> None:
        """Become the owner and bring the index up to date; rebuild it where it cannot be read."""
        self.claim()
        if not self.sound():
            self.rebuild()
        self.follow()

    def close(self) -> None:
        """Give up ownership."""
        self.ready = False
        self._chroma = None
        self._lock.release()

    def nearest(self, query: np.ndarray, k: int) -> list[tuple[int, float]]:
        """Return up to `k` current passages nearest to `query`, as (id, cosine), best first."""
        if self._chroma is None:
            raise StoreError("The index is not open.")
        with _translated():
            # Not through LangChain, which has the documents fetched too: that takes as long again.
            collection = self._chroma._collection
            found = collection.query(query_embeddings=[query.tolist()], n_results=k, include=["distances"])
        distances = found["distances"] or [[]]
        return [(int(id_), 1.0 - apart) for id_, apart in zip(found["ids"][0], distances[0], strict=True)]

    def follow(self) -> int:
        """Apply what changed in the library since the last time; return how many changes there were."""
        with self._turn:
            mark = int(self._state().get("mark", 0))
            with reading(self.engine) as connection:
                newest = connection.execute(select(func.max(changes.c.seq))).scalar() or 0
            if newest > mark:
                self._apply(mark, newest)
            self.ready = True
            return newest - mark

    def rebuild(self, progress: Callable[[int], None] = lambda done: None) -> int:
        """Make the index again from the stored embeddings; return how many passages it holds."""
        with self._turn:
            self.ready = False
            with reading(self.engine) as connection:
                newest = connection.execute(select(func.max(changes.c.seq))).scalar() or 0
            self._open_chroma(self._new_generation())
            done = 0
            for ids, vectors in self._current():
                self._add(ids, vectors)
                done += len(ids)
                progress(done)
            self._write_state(newest)
            self.ready = True
            return done

    def count(self) -> int:
        """Return how many passages the index says it holds."""
        if self._chroma is None:
            raise StoreError("The index is not open.")
        with _translated():
            return int(self._chroma._collection.count())

    def sound(self) -> bool:
        """Tell whether the index can be read, is ours, of this model, and holds what it should at its mark.

        What can be counted cannot always be found (a wedged store reached 18 of 3,951 vectors), so a few stored
        embeddings are also looked for.
        """
        state = self._state()
        try:
            if not self.url and not (self.folder / state["generation"] / "chroma.sqlite3").exists():
                return False
            if self._chroma is None:
                self._open_chroma(state["generation"])
            probe = np.zeros(state["dimensions"], dtype=np.float32)
            probe[0] = 1.0
            found = self.nearest(probe, 1)
            answers = bool(found or not state["count"])
            counted = state["model"] == self.model and self.count() == state["count"]
            return counted and answers and self._finds_its_own(state["mark"])
        except (KeyError, TypeError, ValueError, StoreError):
            return False

    def _finds_its_own(self, mark: int) -> bool:
        """Tell whether most of a few stored embeddings, spread over the library, are found by themselves."""
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

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"

    def _state(self) -> dict[str, Any]:
        """Return what was last written about the index; empty where that cannot be read."""
        try:
            state = json.loads(self._state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _write_state(self, mark: int) -> None:
        state = {
            "generation": self._generation,
            "mark": mark,
            "model": self.model,
            "count": self.count(),
            "dimensions": self._dimensions(),
        }
        draft = self._state_file.with_suffix(".new")
        draft.write_text(json.dumps(state), encoding="utf-8")
        draft.replace(self._state_file)

    def _dimensions(self) -> int:
        with reading(self.engine) as connection:
            blob = connection.execute(
                select(passages.c.embedding).where(passages.c.model == self.model).limit(1)
            ).scalar()
        return len(blob) // 2 if blob else 1

    def _new_generation(self) -> str:
        """Clear away what was there and return the name of a fresh place.

        A fresh one, because Chroma keeps what it opened at a path for the life of the process.
        """
        self._state_file.unlink(missing_ok=True)
        self._chroma = None
        for old in self.folder.glob("chroma-*"):
            shutil.rmtree(old, ignore_errors=True)
        if self.url:
            with _translated():
                client = self._client("")
                for collection in client.list_collections():
                    if collection.name.startswith(f"{COLLECTION}-"):
                        client.delete_collection(collection.name)
        return f"chroma-{uuid.uuid4().hex[:12]}"

    def _client(self, generation: str) -> Any:
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

    def _open_chroma(self, generation: str) -> None:
        from langchain_chroma import Chroma

        with _translated():
            self._generation = generation
            self._chroma = Chroma(
                collection_name=f"{COLLECTION}-{generation}",
                client=self._client(generation),
                embedding_function=self._stored,
                collection_configuration={"hnsw": HNSW},
            )

    def _apply(self, mark: int, newest: int) -> None:
        touched = select(changes.c.passage_id).where(changes.c.seq > mark, changes.c.seq <= newest)
        with reading(self.engine) as connection:
            stale = [str(id_) for id_ in dict.fromkeys(connection.execute(touched).scalars())]
        self._delete(stale)
        for ids, vectors in self._current(passages.c.id.in_(touched)):
            self._add(ids, vectors)
        self._write_state(newest)

    def _current(self, *where: Any, most: int | None = None) -> Iterable[tuple[list[int], np.ndarray]]:
        wanted = (
            select(passages.c.id, passages.c.embedding)
            .join(versions, versions.c.pk == passages.c.version_pk)
            .where(passages.c.model == self.model, versions.c.superseded_at.is_(None), *where)
            .order_by(passages.c.id)
            .limit(most)
        )
        with reading(self.engine) as connection:
            for rows in connection.execute(wanted).partitions(BATCH):
                joined = np.frombuffer(b"".join(row.embedding for row in rows), dtype="<f2")
                yield [row.id for row in rows], joined.astype(np.float32).reshape(len(rows), -1)

    def _add(self, ids: Sequence[int], vectors: np.ndarray) -> None:
        assert self._chroma is not None
        names = [str(id_) for id_ in ids]
        self._stored.vectors = dict(zip(names, vectors.tolist(), strict=True))
        with _translated():
            self._chroma.add_texts(names, ids=names)
        self._stored.vectors = {}

    def _delete(self, names: Sequence[str]) -> None:
        assert self._chroma is not None
        with _translated():
            for at in range(0, len(names), BATCH):
                self._chroma.delete(ids=list(names[at : at + BATCH]))


class _translated:  # noqa: N801 - reads as a word in `with`
    """Turn whatever Chroma raises (its Rust side raises bare exceptions, a dead server httpx's) into StoreError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        if exc is not None and not isinstance(exc, StoreError) and isinstance(exc, Exception):
            raise StoreError(f"The vector index failed: {str(exc).splitlines()[0] if str(exc) else exc!r}") from exc

"""Chroma as an index that can be lost: real Chroma in a temporary folder."""

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings

from retrieval.domain import Article, BusyError, Span
from retrieval.store.database import open_database
from retrieval.store.library import Library
from retrieval.store.vectors.index import Index
from retrieval.store.write import Embedded, Prepared, PreparedPassage, remove, store

MODEL = "random"
RANDOM = np.random.default_rng(7)


def prepared(id_: str, text: str) -> Prepared:
    vector = RANDOM.normal(size=64)
    whole = Embedded(Span(0, len(text)), (vector / np.linalg.norm(vector)).astype(np.float16))
    passage = PreparedPassage(whole, (whole,), text, "")
    article = Article(id=id_, url=None, title=id_, text=text, language="en", fetched_at=datetime.now(UTC), origin=id_)
    return Prepared(article, (passage,), MODEL)


@pytest.fixture
def filled(tmp_path: Path) -> Library:
    library = Library(tmp_path, open_database("", tmp_path), MODEL)
    store(library.engine, [prepared(f"a{n}", f"text {n}") for n in range(120)])
    return library


def an_index(library: Library) -> Index:
    return Index(library.engine, MODEL, library.folder / "index")


def test_the_index_finds_what_the_exact_scan_finds(filled: Library) -> None:
    index = an_index(filled)
    index.open()
    for vector in filled.searchable().of(filled.vectors.sample(20)).values():
        exact = [id_ for id_, _ in filled.searchable().nearest(vector, 10)]
        assert [id_ for id_, _ in index.nearest(vector, 10)] == exact
    index.close()


def test_updates_and_deletions_reach_the_index(filled: Library) -> None:
    index = an_index(filled)
    index.open()
    store(filled.engine, [prepared("a1", "changed"), prepared("new", "new")])
    remove(filled.engine, "a2")
    index.follow()
    assert index.count() == 120
    exact = {id_ for id_, _ in filled.searchable().nearest(np.ones(64), 200)}
    assert {id_ for id_, _ in index.nearest(np.ones(64, dtype=np.float32), 120)} == exact
    index.close()


def test_a_second_owner_is_told_so(filled: Library) -> None:
    index = an_index(filled)
    index.open()
    with pytest.raises(BusyError):
        an_index(filled).open()
    index.close()


def test_an_index_is_found_again_without_being_made_again(filled: Library) -> None:
    index = an_index(filled)
    index.open()
    index.close()
    [generation] = (filled.folder / "index").glob("chroma-*")
    again = an_index(filled)
    again.open()
    again.close()
    assert [generation] == list((filled.folder / "index").glob("chroma-*"))


def lose(folder: Path) -> None:
    shutil.rmtree(folder)


def truncate(folder: Path) -> None:
    path = folder / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[:4096])


def spoil(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"not a database at all" * 500)


def forget_state(folder: Path) -> None:
    (folder.parent / "state.json").write_text("{")


@pytest.mark.parametrize("damage", [lose, truncate, spoil, forget_state])
def test_a_damaged_index_is_made_again_from_the_stored_embeddings(
    damage: Callable[[Path], None], filled: Library
) -> None:
    index = an_index(filled)
    index.open()
    index.close()
    [generation] = (filled.folder / "index").glob("chroma-*")
    damage(generation)
    again = an_index(filled)
    again.open()
    assert again.count() == 120
    assert again.ready
    again.close()


def test_an_index_of_other_vectors_under_the_same_ids_is_made_again(filled: Library) -> None:
    """It counts right, so only looking for what is stored tells."""
    index = an_index(filled)
    index.open()
    [generation] = (filled.folder / "index").glob("chroma-*")
    [foreign] = chromadb.PersistentClient(str(generation), Settings(anonymized_telemetry=False)).list_collections()
    ids = foreign.get()["ids"]
    foreign.update(ids, embeddings=RANDOM.normal(size=(len(ids), 64)).astype(np.float32))
    assert index.count() == 120
    assert not index.sound()
    index.close()
    again = an_index(filled)
    again.open()
    vector = next(iter(filled.searchable().of(filled.vectors.sample(1)).values()))
    exact = [id_ for id_, _ in filled.searchable().nearest(vector, 10)]
    assert [id_ for id_, _ in again.nearest(vector, 10)] == exact
    again.close()


def test_an_index_is_sound_while_it_has_changes_to_follow(filled: Library) -> None:
    index = an_index(filled)
    index.open()
    store(filled.engine, [prepared(f"a{n}", f"other text {n}") for n in range(120)])
    assert index.sound()
    index.close()


def test_questions_are_answered_while_the_owner_rebuilds_what_was_lost(filled: Library) -> None:
    """The folder vanishes under the owner: answers go on, and within seconds the index is back."""
    filled.own_index()
    index = filled.index
    assert index is not None
    wait_until(lambda: index.ready)
    [generation] = (filled.folder / "index").glob("chroma-*")
    shutil.rmtree(generation)
    vector = next(iter(filled.searchable().of(filled.vectors.sample(1)).values()))
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not _remade(filled, generation):
        assert len(filled.nearest(vector, 5)) == 5
        time.sleep(0.2)
    assert _remade(filled, generation)
    filled.close()


def _remade(library: Library, old: Path) -> bool:
    assert library.index is not None
    return library.index.ready and not old.exists() and any((library.folder / "index").glob("chroma-*/chroma.sqlite3"))


def test_what_another_process_writes_reaches_the_owner_within_seconds(filled: Library) -> None:
    filled.own_index()
    index = filled.index
    assert index is not None
    wait_until(lambda: index.ready)
    other = Library(filled.folder, open_database("", filled.folder), MODEL)
    store(other.engine, [prepared("late", "late")])
    wait_until(lambda: index.count() == 121)
    filled.close()


def test_the_index_is_taken_once_another_process_has_let_go_of_it(filled: Library) -> None:
    """Until then questions are answered from the stored embeddings."""
    busy = an_index(filled)
    busy.claim()
    filled.own_index()
    index = filled.index
    assert index is not None
    vector = next(iter(filled.searchable().of(filled.vectors.sample(1)).values()))
    assert len(filled.nearest(vector, 5)) == 5
    assert not index.ready
    busy.close()
    wait_until(lambda: index.ready)
    filled.close()


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)

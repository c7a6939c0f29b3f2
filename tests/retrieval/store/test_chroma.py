"""The vector store questions are answered from, which can be lost at any time: real Chroma in temporary folders."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest
from chromadb.api import ClientAPI
from chromadb.config import Settings
from langchain_chroma import Chroma
from sqlalchemy import delete

from retrieval.domain import Article, BusyError, Moment, Span
from retrieval.store import library as library_module
from retrieval.store import schema
from retrieval.store.database import open_database
from retrieval.store.library import CHROMA, SCAN, Library
from retrieval.store.vectors.chroma import ChromaIndex
from retrieval.store.write import Prepared, PreparedPassage, remove, store, text_hash

MODEL = "random"
RANDOM = np.random.default_rng(7)
PUBLISHED = Moment(datetime(2022, 1, 6, tzinfo=UTC), day_only=True)


def prepared(id_: str, text: str) -> Prepared:
    vector = RANDOM.normal(size=64)
    whole = Span(0, len(text))
    passage = PreparedPassage(whole, (whole,), text, "")
    article = Article(id_, None, id_, text, "en", published=PUBLISHED, publisher="Wire", fetched_at=datetime.now(UTC))
    return Prepared(article, (passage,), MODEL, vectors={text_hash(text): vector / np.linalg.norm(vector)})


@pytest.fixture
def filled(tmp_path: Path) -> Library:
    library = Library(tmp_path, open_database("", tmp_path), MODEL)
    store(library.engine, [prepared(f"a{n}", f"text {n}") for n in range(120)])
    return library


def an_index(library: Library) -> ChromaIndex:
    return library.chroma_index()


def generation(library: Library) -> Path:
    """Return the folder that Chroma writes to; there is one."""
    [folder] = (library.folder / "index").glob("chroma-*")
    return folder


def client_of(library: Library) -> ClientAPI:
    return chromadb.PersistentClient(str(generation(library)), Settings(anonymized_telemetry=False))


@pytest.fixture
def owned(filled: Library) -> Iterator[Library]:
    """A library as the running bot has it: its index is there and in sync."""
    filled.own_index()
    wait_until(lambda: ready(filled))
    yield filled
    filled.close()


def ready(library: Library) -> bool:
    return library.index is not None and library.index.ready and library.index.mark == library.snapshot().mark


def a_vector(library: Library) -> np.ndarray:
    return next(iter(library.snapshot().of(library.snapshot().sample(1)).values()))


def test_a_question_about_now_is_answered_by_chroma_however_small_the_library(owned: Library) -> None:
    found = owned.nearest(a_vector(owned), 5).passages
    assert [id_ for id_, _ in found] == [id_ for id_, _ in owned.snapshot().nearest(a_vector(owned), 5)]
    assert owned.searches == {CHROMA: 1}


def test_what_chroma_answers_is_what_chroma_contains(owned: Library) -> None:
    """A passage taken out behind the library's back is found no more: so it is Chroma that was asked."""
    best, _ = owned.nearest(a_vector(owned), 1).passages[0]
    client_of(owned).get_collection("passages").delete(ids=[str(best)])
    assert owned.nearest(a_vector(owned), 1).passages[0][0] != best


def test_a_question_about_the_past_is_answered_by_the_scan(owned: Library) -> None:
    assert owned.nearest(a_vector(owned), 5, as_of=datetime.now(UTC)).passages
    assert owned.searches == {SCAN: 1}


def test_while_the_index_is_behind_the_scan_answers_with_what_is_new(owned: Library) -> None:
    owned._stop.set()  # no sync comes in between
    new = prepared("new", "new")
    store(owned.engine, [new])
    [vector] = new.vectors.values()
    [(best, _)] = owned.nearest(vector.astype(np.float32), 1).passages
    assert owned.passages([best])[best].article.id == "new"
    assert owned.searches == {SCAN: 1}


def test_a_search_that_chroma_fails_is_answered_by_the_scan(owned: Library) -> None:
    assert owned.index is not None
    owned._stop.set()
    owned.index._store = None
    assert len(owned.nearest(a_vector(owned), 5).passages) == 5
    assert (owned.searches, owned.index.ready) == ({SCAN: 1}, False)


def test_another_process_reads_who_answered_the_owner(owned: Library) -> None:
    owned.nearest(a_vector(owned), 5)
    other = Library(owned.folder, owned.engine, MODEL)
    wait_until(lambda: other.searches_of_owner() == {CHROMA: 1})


def test_langchain_alone_finds_the_ids_of_passages_in_the_collection(filled: Library) -> None:
    """With nothing of ours but an embedding function; what the passages say is read from the library."""
    filled.update_index()
    opened = Chroma("passages", client=client_of(filled))
    [document] = opened.similarity_search_by_vector(a_vector(filled).tolist(), 1)
    assert (document.id, document.page_content, document.metadata) == ("1", "1", {})
    assert filled.passages([1])[1].text == "text 0"


def test_chroma_s_own_file_has_little_beside_the_ids(filled: Library) -> None:
    """Nothing waits in its queue, and the pages that did are given back."""
    filled.update_index()
    bare = (generation(filled) / "chroma.sqlite3").stat().st_size - 120 * 64 * 4
    store(filled.engine, [prepared(f"b{n}", f"more {n} " + "word " * 50) for n in range(900)])
    filled.update_index()
    grown = (generation(filled) / "chroma.sqlite3").stat().st_size
    assert (grown - bare) / 900 < 600


def test_an_index_answers_until_the_one_that_is_made_anew_is_whole(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = an_index(filled)
    index.open()
    vector, answered = a_vector(filled), []

    def add(*given: Any) -> None:
        answered.append(index.ready and index.nearest(vector, 1)[0][0])
        ChromaIndex._add(index, *given)

    monkeypatch.setattr(index, "_add", add)
    made = generation(filled)
    assert index.rebuild() == 120
    assert answered == [1]
    assert generation(filled) != made
    index.close()


def test_a_rebuild_that_dies_leaves_the_index_that_was_there_and_no_litter(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = an_index(filled)
    index.open()
    made = generation(filled)
    monkeypatch.setattr(index, "_add", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        index.rebuild()
    assert len(list((filled.folder / "index").glob("chroma-*"))) == 2
    index.close()
    again = an_index(filled)
    again.open()
    assert (generation(filled), again.count()) == (made, 120)
    again.close()


def test_an_index_of_another_format_is_made_again(filled: Library) -> None:
    filled.update_index()
    made, state = generation(filled), filled.folder / "index" / "state.json"
    state.write_text(json.dumps(json.loads(state.read_text("utf-8")) | {"format": 1}), encoding="utf-8")
    filled.update_index()
    assert generation(filled) != made


def test_an_index_newer_than_the_library_is_made_again(filled: Library) -> None:
    """An older copy of the database took its place: the index still contains what that never had."""
    filled.update_index()
    with filled.engine.begin() as connection:
        connection.execute(delete(schema.changes).where(schema.changes.c.seq > 100))
        connection.execute(delete(schema.passages).where(schema.passages.c.id > 100))
    index = an_index(filled)
    index.open()
    assert index.count() == 100
    index.close()


def test_the_index_finds_what_the_exact_scan_finds(filled: Library) -> None:
    index = an_index(filled)
    index.open()
    for vector in filled.snapshot().of(filled.snapshot().sample(20)).values():
        exact = [id_ for id_, _ in filled.snapshot().nearest(vector, 10)]
        assert [id_ for id_, _ in index.nearest(vector, 10)] == exact
    index.close()


def test_updates_and_deletions_reach_the_index(filled: Library) -> None:
    index = an_index(filled)
    index.open()
    store(filled.engine, [prepared("a1", "changed"), prepared("new", "new")])
    remove(filled.engine, "a2")
    index.sync()
    assert index.count() == 120
    exact = {id_ for id_, _ in filled.snapshot().nearest(np.ones(64), 200)}
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
    made = generation(filled)
    again = an_index(filled)
    again.open()
    again.close()
    assert generation(filled) == made


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
    damage(generation(filled))
    again = an_index(filled)
    again.open()
    assert again.count() == 120
    assert again.ready
    again.close()


def test_an_index_of_other_vectors_under_the_same_ids_is_made_again(filled: Library) -> None:
    """Its count is right, so only a search for stored embeddings shows it."""
    index = an_index(filled)
    index.open()
    [foreign] = chromadb.PersistentClient(
        str(generation(filled)), Settings(anonymized_telemetry=False)
    ).list_collections()
    ids = foreign.get()["ids"]
    foreign.update(ids, embeddings=RANDOM.normal(size=(len(ids), 64)).astype(np.float32))
    assert index.count() == 120
    assert not index.healthy()
    index.close()
    again = an_index(filled)
    again.open()
    vector = a_vector(filled)
    exact = [id_ for id_, _ in filled.snapshot().nearest(vector, 10)]
    assert [id_ for id_, _ in again.nearest(vector, 10)] == exact
    again.close()


def test_a_file_that_is_overwritten_while_the_index_is_open_is_noticed(filled: Library) -> None:
    """Chroma itself answers on, from memory."""
    index = an_index(filled)
    index.open()
    assert index.healthy()
    file = generation(filled) / "chroma.sqlite3"
    file.write_bytes(b"\xff" * file.stat().st_size)
    assert not index.healthy()
    index.rebuild()
    assert index.healthy()
    index.close()


def test_an_index_is_sound_while_it_has_changes_to_follow(filled: Library) -> None:
    index = an_index(filled)
    index.open()
    store(filled.engine, [prepared(f"a{n}", f"other text {n}") for n in range(120)])
    assert index.healthy()
    index.close()


def test_questions_are_answered_while_the_owner_rebuilds_what_was_lost(owned: Library) -> None:
    """The folder vanishes under the owner: answers go on, and within seconds the index is back."""
    lost = generation(owned)
    shutil.rmtree(lost)
    vector = a_vector(owned)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not _remade(owned, lost):
        assert len(owned.nearest(vector, 5).passages) == 5
        time.sleep(0.2)
    assert _remade(owned, lost)


def test_files_that_turn_to_garbage_under_the_owner_are_noticed_unasked_and_made_again(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "SYNC_EVERY", 0.2)
    filled.own_index()
    wait_until(filled.index_works)
    old = generation(filled)
    for file in [file for file in old.rglob("*") if file.is_file()]:
        file.write_bytes(b"\xff" * max(1, file.stat().st_size))
    wait_until(lambda: not old.exists() and filled.index_works())
    assert len(filled.nearest(a_vector(filled), 5).passages) == 5
    assert filled.searches[CHROMA] == 1
    filled.close()


def _remade(library: Library, old: Path) -> bool:
    assert library.index is not None
    return library.index.ready and not old.exists() and any((library.folder / "index").glob("chroma-*/chroma.sqlite3"))


def test_what_another_process_writes_reaches_the_owner_within_seconds(owned: Library) -> None:
    other = Library(owned.folder, open_database("", owned.folder), MODEL)
    store(other.engine, [prepared("late", "late")])
    wait_until(lambda: owned.index is not None and owned.index.count() == 121)


def test_the_index_is_taken_once_another_process_gave_it_up(filled: Library) -> None:
    """Until then questions are answered from the stored embeddings."""
    busy = an_index(filled)
    busy.claim()
    filled.own_index()
    index = filled.index
    assert index is not None
    assert len(filled.nearest(a_vector(filled), 5).passages) == 5
    assert not index.ready
    busy.close()
    wait_until(lambda: index.ready)
    filled.close()


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)

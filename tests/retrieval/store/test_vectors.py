"""What is kept in memory to be searched follows the library: a real SQLite file in a temporary folder."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, update

from retrieval.domain import Article, Moment, Span
from retrieval.store import library as library_module
from retrieval.store import schema
from retrieval.store.database import open_database
from retrieval.store.library import Library
from retrieval.store.origins import complete
from retrieval.store.read import newest_article_at
from retrieval.store.write import Embedded, Prepared, PreparedPassage, remove, store

MODEL = "random"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "Police closed four roads in the old town on Friday, and two tram lines stood still until the evening."


def prepared(id_: str, text: str, at: datetime = FIRST, seed: int = 0) -> Prepared:
    vector = np.random.default_rng(seed).normal(size=8)
    whole = Embedded(Span(0, len(text)), (vector / np.linalg.norm(vector)).astype(np.float16))
    passage = PreparedPassage(whole, (whole,), text, "")
    article = Article(id_, f"https://{id_}.example/", id_, text, "en", Moment(at), publisher=id_.title(), fetched_at=at)
    return Prepared(article, (passage,), MODEL)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    filled = Library(tmp_path, open_database("", tmp_path), MODEL)
    store(filled.engine, [prepared(f"a{n}", f"text {n}", FIRST + timedelta(days=n), n) for n in range(30)])
    return filled


def labels(library: Library, as_of: datetime | None = None) -> dict[str, str]:
    """Return the origin of each article that stands, by id."""
    return {label.article_id: label.origin for label in library.searchable().labels(range(1, 100), as_of)}


def test_a_label_says_whose_a_passage_is(library: Library) -> None:
    [label] = library.searchable().labels([3])
    assert label == (3, "a2", "a2", "en", "A2", FIRST + timedelta(days=2))


def test_labels_come_by_rising_id_whatever_was_asked_for(library: Library) -> None:
    assert [label.id for label in library.searchable().labels([9, 2, 5, 2, 4_000])] == [2, 5, 9]


def test_nothing_stands_before_it_was_known(library: Library) -> None:
    assert set(labels(library, FIRST + timedelta(days=1))) == {"a0", "a1"}


def test_a_new_version_takes_the_place_of_the_old_one_from_when_it_was_known(library: Library) -> None:
    labels(library)
    changed = FIRST + timedelta(days=60)
    store(library.engine, [prepared("a3", "another text", changed, seed=99)])
    assert [label.id for label in library.searchable().labels([4, 31])] == [31]
    assert [label.id for label in library.searchable().labels([4, 31], changed - timedelta(days=1))] == [4]


def test_what_was_deleted_is_found_no_more(library: Library) -> None:
    [vector] = library.searchable().of([5]).values()
    remove(library.engine, "a4")
    assert library.searchable().of([5]) == {}
    assert 5 not in dict(library.searchable().nearest(vector, 30))
    assert len(library.vectors) == 29


def test_an_empty_library_that_was_full_finds_nothing(library: Library) -> None:
    [vector] = library.searchable().of([5]).values()
    for n in range(30):
        remove(library.engine, f"a{n}")
    assert library.searchable().nearest(vector, 5) == []
    assert library.searchable().labels([5]) == []


def test_many_small_additions_are_all_found_by_their_own_vectors(library: Library) -> None:
    for n in range(30, 60):
        store(library.engine, [prepared(f"a{n}", f"text {n}", seed=n)])
        [vector] = library.searchable().of([n + 1]).values()
        assert library.searchable().nearest(vector, 1)[0][0] == n + 1
    first = library.searchable().of([1])[1]
    assert library.searchable().nearest(first, 1)[0][0] == 1


def test_what_was_read_before_a_change_stays_as_it_was(library: Library) -> None:
    before = {id_: vector.copy() for id_, vector in library.searchable().of(range(1, 31)).items()}
    held = library.searchable().of(range(1, 31))
    remove(library.engine, "a0")
    store(library.engine, [prepared(f"b{n}", f"more {n}", seed=200 + n) for n in range(9)])
    library.searchable().labels([1])
    assert all(np.array_equal(held[id_], vector) for id_, vector in before.items())


def test_articles_that_turn_out_to_be_copies_share_their_origin_at_once(library: Library) -> None:
    store(library.engine, [prepared("first", TEXT)])
    assert labels(library)["first"] == "first"
    store(library.engine, [prepared("second", TEXT, FIRST + timedelta(hours=1), seed=3)])
    found = labels(library)
    assert found["first"] == found["second"]


def test_copies_that_are_found_later_share_their_origin_too(library: Library) -> None:
    store(library.engine, [prepared("first", TEXT), prepared("second", TEXT, FIRST + timedelta(hours=1), seed=3)])
    with library.engine.begin() as connection:  # as an older Sitrep left them
        connection.execute(delete(schema.sketches))
        connection.execute(update(schema.articles).values(origin=schema.articles.c.id))
    fresh = Library(library.folder, library.engine, MODEL)
    assert labels(fresh)["second"] == "second"
    complete(library.engine)
    assert labels(fresh)["second"] == "first"


def test_vectors_of_another_model_are_left_alone(library: Library) -> None:
    store(library.engine, [replace(prepared("other", "other"), model="another")])
    assert library.searchable().labels([31]) == []
    assert len(library.vectors) == 30


def test_an_older_copy_of_the_library_in_its_place_is_read_anew(library: Library) -> None:
    labels(library)
    with library.engine.begin() as connection:
        connection.execute(delete(schema.changes).where(schema.changes.c.seq > 20))
        connection.execute(delete(schema.passages).where(schema.passages.c.id > 20))
    assert len(library.vectors) == 20


def test_a_large_library_is_searched_through_its_index(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.own_index()
    index = library.index
    assert index is not None
    deadline = time.monotonic() + 30
    while not index.ready and time.monotonic() < deadline:
        time.sleep(0.05)
    vector = np.ones(8, dtype=np.float32) / np.sqrt(8)
    scanned = library.nearest(vector, 5)
    monkeypatch.setattr(library_module, "SCANNED", 10)
    assert [id_ for id_, _ in library.nearest(vector, 5)] == [id_ for id_, _ in scanned]
    index._chroma._collection.delete(ids=[str(scanned[0][0])])  # type: ignore[union-attr]
    assert scanned[0][0] not in dict(library.nearest(vector, 5))
    library.close()


def test_the_newest_article_is_that_of_the_moment_asked_about(library: Library) -> None:
    assert library.searchable().newest == Moment(FIRST + timedelta(days=29))
    newest = partial(newest_article_at, library.engine)
    assert newest(FIRST + timedelta(days=3, hours=1)) == Moment(FIRST + timedelta(days=3))
    assert newest(FIRST - timedelta(days=1)) is None


def test_an_article_of_another_model_is_news_too(library: Library) -> None:
    later = FIRST + timedelta(days=60)
    store(library.engine, [replace(prepared("other", "other", later), model="another")])
    assert library.searchable().newest == Moment(later)


def test_a_look_at_the_library_stays_what_it_was_while_the_library_changes(library: Library) -> None:
    table = library.searchable()
    remove(library.engine, "a29")
    assert table.newest == Moment(FIRST + timedelta(days=29))
    assert library.searchable().newest == Moment(FIRST + timedelta(days=28))
    [vector] = table.of([30]).values()
    assert table.nearest(vector, 1)[0][0] == 30


def test_what_is_looked_up_aside_is_what_a_look_gives(library: Library) -> None:
    assert library.aside(library.matching, "stems", ["text"], 3).result() == library.matching("stems", ["text"], 3)

"""The embeddings in memory are those of the library after its last change: a real SQLite file in a temporary folder."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, update

from retrieval.domain import Article, Moment, Span
from retrieval.store import schema
from retrieval.store.database import open_database
from retrieval.store.library import Library
from retrieval.store.origins import complete
from retrieval.store.read import newest_article_at
from retrieval.store.write import Prepared, PreparedPassage, remove, store, text_hash

MODEL = "random"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "Police closed four roads in the old town on Friday, and two tram lines stood still until the evening."


def prepared(id_: str, text: str, at: datetime = FIRST, seed: int = 0) -> Prepared:
    vector = np.random.default_rng(seed).normal(size=8)
    whole = Span(0, len(text))
    passage = PreparedPassage(whole, (whole,), text, "")
    article = Article(id_, f"https://{id_}.example/", id_, text, "en", Moment(at), publisher=id_.title(), fetched_at=at)
    return Prepared(article, (passage,), MODEL, vectors={text_hash(text): vector / np.linalg.norm(vector)})


@pytest.fixture
def library(tmp_path: Path) -> Library:
    filled = Library(tmp_path, open_database("", tmp_path), MODEL)
    store(filled.engine, [prepared(f"a{n}", f"text {n}", FIRST + timedelta(days=n), n) for n in range(30)])
    return filled


def labels(library: Library, as_of: datetime | None = None) -> dict[str, str]:
    """Return the origin of each current article, by id."""
    return {label.article_id: label.origin for label in library.snapshot().labels(range(1, 100), as_of)}


def test_a_label_says_whose_a_passage_is(library: Library) -> None:
    [label] = library.snapshot().labels([3])
    assert label == (3, "a2", "a2", "en", "A2", FIRST + timedelta(days=2))


def test_labels_come_by_rising_id_whatever_was_asked_for(library: Library) -> None:
    assert [label.id for label in library.snapshot().labels([9, 2, 5, 2, 4_000])] == [2, 5, 9]


def test_nothing_is_current_before_it_was_known(library: Library) -> None:
    assert set(labels(library, FIRST + timedelta(days=1))) == {"a0", "a1"}


def test_a_new_version_takes_the_place_of_the_old_one_from_when_it_was_known(library: Library) -> None:
    labels(library)
    changed = FIRST + timedelta(days=60)
    store(library.engine, [prepared("a3", "another text", changed, seed=99)])
    assert [label.id for label in library.snapshot().labels([4, 31])] == [31]
    assert [label.id for label in library.snapshot().labels([4, 31], changed - timedelta(days=1))] == [4]


def test_a_version_is_current_from_the_moment_it_was_known_until_the_next_one_was(library: Library) -> None:
    """By the snapshot and by the database alike."""
    known, changed = FIRST + timedelta(days=3), FIRST + timedelta(days=60)
    store(library.engine, [prepared("a3", "another text", changed, seed=99)])
    instant = timedelta(microseconds=1)
    expected = {known - instant: [], known: [4], changed - instant: [4], changed: [31]}
    assert {at: [one.id for one in library.snapshot().labels([4, 31], at)] for at in expected} == expected
    assert {at: list(library.passages([4, 31], at)) for at in expected} == expected


def test_what_was_deleted_is_found_no_more(library: Library) -> None:
    [vector] = library.snapshot().of([5]).values()
    remove(library.engine, "a4")
    assert library.snapshot().of([5]) == {}
    assert 5 not in dict(library.snapshot().nearest(vector, 30))
    assert len(library.snapshot().ids) == 29


def test_an_empty_library_that_was_full_finds_nothing(library: Library) -> None:
    [vector] = library.snapshot().of([5]).values()
    for n in range(30):
        remove(library.engine, f"a{n}")
    assert library.snapshot().nearest(vector, 5) == []
    assert library.snapshot().labels([5]) == []


def test_many_small_additions_are_all_found_by_their_own_vectors(library: Library) -> None:
    for n in range(30, 60):
        store(library.engine, [prepared(f"a{n}", f"text {n}", seed=n)])
        [vector] = library.snapshot().of([n + 1]).values()
        assert library.snapshot().nearest(vector, 1)[0][0] == n + 1
    first = library.snapshot().of([1])[1]
    assert library.snapshot().nearest(first, 1)[0][0] == 1


def test_what_was_read_before_a_change_stays_as_it_was(library: Library) -> None:
    before = {id_: vector.copy() for id_, vector in library.snapshot().of(range(1, 31)).items()}
    kept = library.snapshot().of(range(1, 31))
    remove(library.engine, "a0")
    store(library.engine, [prepared(f"b{n}", f"more {n}", seed=200 + n) for n in range(9)])
    library.snapshot().labels([1])
    assert all(np.array_equal(kept[id_], vector) for id_, vector in before.items())


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
        connection.execute(update(schema.articles).values(origin=schema.articles.c.id, sketch=None))
    fresh = Library(library.folder, library.engine, MODEL)
    assert labels(fresh)["second"] == "second"
    complete(library.engine)
    assert labels(fresh)["second"] == "first"


def test_vectors_of_another_model_are_left_alone(library: Library) -> None:
    store(library.engine, [replace(prepared("other", "other"), model="another")])
    assert library.snapshot().labels([31]) == []
    assert len(library.snapshot().ids) == 30


def test_an_older_copy_of_the_library_in_its_place_is_read_anew(library: Library) -> None:
    labels(library)
    with library.engine.begin() as connection:
        connection.execute(delete(schema.changes).where(schema.changes.c.seq > 20))
        connection.execute(delete(schema.passages).where(schema.passages.c.id > 20))
    assert len(library.snapshot().ids) == 20


def test_the_newest_article_is_that_of_the_moment_asked_about(library: Library) -> None:
    assert library.snapshot().newest == Moment(FIRST + timedelta(days=29))
    newest = partial(newest_article_at, library.engine)
    assert newest(FIRST + timedelta(days=3, hours=1)) == Moment(FIRST + timedelta(days=3))
    assert newest(FIRST - timedelta(days=1)) is None


def test_an_article_of_another_model_is_news_too(library: Library) -> None:
    later = FIRST + timedelta(days=60)
    store(library.engine, [replace(prepared("other", "other", later), model="another")])
    assert library.snapshot().newest == Moment(later)


def test_a_snapshot_stays_what_it_was_while_the_library_changes(library: Library) -> None:
    snapshot = library.snapshot()
    remove(library.engine, "a29")
    assert snapshot.newest == Moment(FIRST + timedelta(days=29))
    assert library.snapshot().newest == Moment(FIRST + timedelta(days=28))
    [vector] = snapshot.of([30]).values()
    assert snapshot.nearest(vector, 1)[0][0] == 30


def test_what_is_read_in_another_thread_is_what_a_call_returns(library: Library) -> None:
    assert library.submit(library.matching, "stems", ["text"], 3).result() == library.matching("stems", ["text"], 3)


def test_a_cached_value_is_made_again_after_a_change(library: Library) -> None:
    made = iter(range(3))
    assert [library.cached("key", lambda: next(made)) for _ in range(2)] == [0, 0]
    remove(library.engine, "a0")
    assert library.cached("key", lambda: next(made)) == 1

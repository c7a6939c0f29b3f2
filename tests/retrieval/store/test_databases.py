"""The library on SQLite and on PostgreSQL alike: writing, searching, versions, the index, the inbox, migrations."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from retrieval.domain import StoreError, UnstorableError
from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.question.question import Question
from retrieval.search.find import find
from retrieval.store import read, transfer, write
from retrieval.store.chats import chats, inbox, outbox, watches
from retrieval.store.chats.inbox import Received
from retrieval.store.database import open_database, writing
from retrieval.store.library import Library, open_library
from tests.conftest import SAMPLES

NOW = datetime(2022, 1, 20, tzinfo=UTC)
FIRST = "At least ten people were hurt near the bridge, the ministry said."
CHANGED = "At least twelve people were hurt near the bridge, the ministry said."


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder, database_url: str) -> Iterator[Library]:
    opened = open_library(tmp_path / "data", name_of(embedder), database_url)
    yield opened
    opened.close()


@pytest.fixture
def engine(library: Library) -> Engine:
    return library.engine


def take(library: Library, embedder: Embedder, text: str, id_: str = "a") -> None:
    ingest(library, embedder, [Submission(text=text, where="w", id=id_)], clock=lambda: NOW)


def texts(library: Library, embedder: Embedder, question: str) -> list[str]:
    hits = find(library, embedder, Question.read(question, now=NOW), 5).hits
    return [hit.passage.article.text for hit in hits]


def test_the_samples_are_taken_in_and_found(library: Library, embedder: Embedder) -> None:
    report = ingest(library, embedder, from_path(SAMPLES, UTC), clock=lambda: NOW)
    assert report.rejected == []
    assert read.counts(library.engine).articles == len(report.added)
    assert any("CSTO" in text for text in texts(library, embedder, "How many soldiers did the CSTO send?"))
    again = ingest(library, embedder, from_path(SAMPLES, UTC), clock=lambda: NOW)
    assert (again.added, again.updated) == ([], [])


def test_words_find_what_names_them_and_forget_what_is_gone(library: Library, embedder: Embedder) -> None:
    take(library, embedder, FIRST)
    assert library.matching("stems", ["bridg", "'; drop"], 5)
    assert write.remove(library.engine, "a")
    assert library.matching("stems", ["bridg"], 5) == []


def test_a_changed_article_is_found_as_it_is_and_as_it_was(library: Library, embedder: Embedder) -> None:
    take(library, embedder, FIRST)
    take(library, embedder, CHANGED)
    assert texts(library, embedder, "How many people were hurt?") == [CHANGED]
    assert [version.text for version in read.every_version(library.engine, "a")] == [FIRST, CHANGED]


def test_the_index_follows_the_database(library: Library, embedder: Embedder) -> None:
    index = library.chroma_index()
    take(library, embedder, FIRST)
    index.open()
    take(library, embedder, CHANGED)
    take(library, embedder, FIRST, "b")
    assert index.sync() > 0
    assert index.count() == 2
    index.close()


def test_two_that_write_at_once_write_one_after_another(library: Library, embedder: Embedder) -> None:
    """The same articles at the same time: each is there once, and no writer fails."""
    failed: list[StoreError] = []

    def write_all() -> None:
        try:
            for number in range(8):
                take(library, embedder, FIRST, f"a{number}")
        except StoreError as exc:
            failed.append(exc)

    writers = [threading.Thread(target=write_all) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    counts = read.counts(library.engine)
    assert (counts.articles, counts.versions) == (8, 8)


def test_an_update_is_kept_once_until_it_is_answered(engine: Engine) -> None:
    big = 2**40
    assert inbox.receive(engine, [Received(big, 7, '{"text": "\\u0000"}'), Received(2, None, "{}")], NOW) == [big, 2]
    assert inbox.receive(engine, [Received(big, 7, "{}")], NOW) == []
    inbox.begin(engine, big, NOW)
    inbox.done(engine, big)
    assert inbox.payloads(engine, list(inbox.waiting(engine, NOW))) == {2: "{}"}
    assert inbox.count(engine) == 1


def test_an_update_that_is_put_off_waits_until_then(engine: Engine) -> None:
    inbox.receive(engine, [Received(1, 7, "{}")], NOW)
    inbox.put_off(engine, 1, NOW + timedelta(minutes=1))
    assert list(inbox.waiting(engine, NOW)) == []
    assert list(inbox.waiting(engine, NOW + timedelta(minutes=1))) == [1]
    assert inbox.hopeless(engine, NOW + timedelta(hours=23)) == []
    assert inbox.hopeless(engine, NOW + timedelta(hours=25)) == [1]


def test_a_death_makes_many_updates_suspect_at_most_and_one_alone_hopeless(engine: Engine) -> None:
    inbox.receive(engine, [Received(number, number, "{}") for number in (1, 2, 3)], NOW)
    for _ in range(40):
        inbox.begin(engine, 1, NOW)
        inbox.begin(engine, 2, NOW)
        inbox.suspect(engine)
    assert inbox.suspects(engine) == [1, 2]
    assert list(inbox.waiting(engine, NOW)) == [3, 1, 2]
    assert inbox.hopeless(engine, NOW) == []
    for _ in range(inbox.MOST_ATTEMPTS - inbox.SUSPECT):
        inbox.begin(engine, 2, NOW)
        inbox.suspect(engine)
    assert inbox.hopeless(engine, NOW) == [2]


def test_an_answer_ends_with_its_update_goes_before_a_brief_and_leaves_nothing(engine: Engine) -> None:
    inbox.receive(engine, [Received(1, 7, "{}")], NOW)
    outbox.post(engine, 7, NOW.date(), "1", [{"plain": "brief"}], NOW)
    outbox.answer(engine, 1, {7: [{"plain": "one"}, {"plain": "two"}]}, NOW)
    assert inbox.count(engine) == 0
    assert outbox.waiting(engine, 9, answers=True) == outbox.waiting(engine, 9) == [7]
    letter = outbox.next_letter(engine, 7, answers=True)
    assert letter is not None
    outbox.mark(engine, [(letter, [11])], NOW)
    again = outbox.next_letter(engine, 7, answers=True)
    assert again is not None
    assert again.message_ids == (11,)
    outbox.mark(engine, [(again, [11, 12])], NOW)
    assert outbox.next_letter(engine, 7, answers=True) is None
    assert outbox.count(engine) == 1


def test_a_chat_with_a_large_number_keeps_its_settings(engine: Engine) -> None:
    group = -1_002_000_000_000
    chats.keep(engine, group, admitted=True, language="kk")
    chats.move(engine, group, group - 1)
    assert (chats.chat(engine, group - 1).admitted, chats.chat(engine, group).admitted) == (True, False)


def test_a_library_of_a_newer_sitrep_is_refused_in_one_sentence(
    engine: Engine, tmp_path: Path, database_url: str
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer Sitrep"):
        open_database(database_url, tmp_path / "data")


def test_a_library_that_no_migration_upgrades_is_refused_in_one_sentence(
    engine: Engine, tmp_path: Path, database_url: str
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0009'")
    with pytest.raises(StoreError, match="too old to upgrade from"):
        open_database(database_url, tmp_path / "data")


def test_a_text_that_no_database_stores_is_the_stores_own_error_and_harms_nothing(engine: Engine) -> None:
    with pytest.raises(UnstorableError) as raised:
        chats.keep(engine, 7, language="half of a pair \ud83d")
    assert raised.value.key == "value"
    assert "\n" not in str(raised.value)
    chats.keep(engine, 7, language="kk")
    assert chats.chat(engine, 7).language == "kk"


def test_a_number_that_no_database_stores_is_the_stores_own_error(engine: Engine) -> None:
    with pytest.raises(UnstorableError):
        chats.keep(engine, 2**70, admitted=True)
    with pytest.raises(UnstorableError):
        chats.chat(engine, 2**70)


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@127.0.0.1:1/none", "oracle://x", "nonsense"])
def test_a_database_that_cannot_be_opened_is_one_sentence(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreError) as raised:
        open_database(url, tmp_path)
    assert "\n" not in str(raised.value)


def test_a_text_with_a_nul_moves_from_sqlite_to_postgresql_and_keeps_its_length(
    tmp_path: Path, embedder: Embedder, new_postgres: Callable[[], str]
) -> None:
    old = open_library(tmp_path / "old", name_of(embedder))
    with writing(old.engine) as connection:
        connection.exec_driver_sql("INSERT INTO watches (chat_id, text, seen) VALUES (7, 'a' || char(0) || 'b', 0)")
    old.close()
    new = open_library(tmp_path / "new", name_of(embedder), new_postgres())
    transfer.load(tmp_path / "old" / "sitrep.db", new.engine)
    assert [watch.text for watch in watches.every(new.engine)] == ["a\ufffdb"]
    new.close()

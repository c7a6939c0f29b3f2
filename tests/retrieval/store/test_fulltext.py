"""The passages that full text finds, and how many it reads: SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, insert, text

from retrieval.domain import Article, Span
from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.store import fulltext, schema
from retrieval.store.database import open_database, reading, writing
from retrieval.store.fulltext import Column
from retrieval.store.library import Library
from retrieval.store.write import Prepared, PreparedPassage, remove, store, text_hash
from tests.retrieval.store.test_migrations import TABLES_0022

PASSAGES = 40
"""All of them contain "everywhere", each second one "often", each tenth one "seldom", the fourth alone "once"."""


def terms_of(n: int) -> str:
    terms = {"everywhere": True, "often": n % 2 == 0, "seldom": n % 10 == 0, "once": n == 4}
    return " ".join(term for term, contained in terms.items() if contained)


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Engine:
    opened = open_database(database_url, tmp_path)
    passages = (
        PreparedPassage(Span(0, 4), (), terms_of(n), "tokaev" if n == 7 else "almati") for n in range(1, PASSAGES + 1)
    )
    article = Article("a", None, "title", "text", "en", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    store(opened, [Prepared(article, tuple(passages), "none", vectors={text_hash("text"): np.ones(4) / 2})])
    return opened


def found(engine: Engine, *terms: str, column: Column = "stems", k: int = PASSAGES) -> list[int]:
    with reading(engine) as connection:
        return [id_ for id_, _ in fulltext.match(connection, column, terms, k)]


def test_any_of_the_terms_is_enough(engine: Engine) -> None:
    assert set(found(engine, "once", "seldom")) == {4, 10, 20, 30, 40}


def test_the_rarer_term_tells_more(engine: Engine) -> None:
    assert found(engine, "once", "often")[0] == 4


def test_equals_stand_in_the_order_of_their_ids(engine: Engine) -> None:
    assert found(engine, "seldom", k=3) == [10, 20, 30]


def test_names_and_stems_are_looked_up_apart(engine: Engine) -> None:
    assert found(engine, "tokaev", column="names") == [7]
    assert found(engine, "tokaev") == []


@pytest.mark.parametrize("terms", [(), ("never",), ("'", '"', "-")])
def test_what_nothing_holds_finds_nothing(terms: tuple[str, ...], engine: Engine) -> None:
    assert found(engine, *terms) == []


def test_terms_that_stand_in_too_many_are_not_looked_for(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltext, "ENOUGH_ROWS", 8)
    assert set(found(engine, "everywhere", "often", "seldom", "once")) == {4, 10, 20, 30, 40}


def test_the_rarest_term_is_always_looked_for(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltext, "ENOUGH_ROWS", 15)
    assert len(found(engine, "everywhere")) == PASSAGES


def test_of_a_pasted_article_the_first_terms_are_looked_for(engine: Engine) -> None:
    many = [f"word{n}" for n in range(fulltext.MOST_TERMS)]
    assert found(engine, *many[1:], "once") == [4]
    assert found(engine, *many, "once") == []


def test_what_was_removed_is_found_no_more_and_leaves_the_index_when_it_is_made_again(
    library: Library, embedder: Embedder
) -> None:
    for name in ("kept", "gone"):
        said = f"The depot of {name} town burned all night."
        ingest(library, embedder, [Submission(text=said, title="Depot", id=name)])
    remove(library.engine, "gone")
    [(kept, _)] = library.matching("stems", ["depot"], 9)
    library.tidy()
    with reading(library.engine) as connection:
        assert connection.execute(text("SELECT rowid FROM passage_terms")).scalars().all() == [kept]
    assert library.matching("stems", ["depot", "kept"], 9)[0][0] == kept


def test_both_databases_give_the_same_scores(tmp_path: Path, new_postgres: Callable[[], str]) -> None:
    texts = ["fire fire road", "fire bridge", "road road road bridge fire", "school", "school o'neil back\\slash road"]
    entries = [(number, words, "almati") for number, words in enumerate(texts, start=1)]
    found = []
    for url in ("", new_postgres()):
        other = open_database(url, tmp_path / "other")
        with writing(other) as connection:
            moments = {name: datetime(2026, 1, 1, tzinfo=UTC) for name in ("fetched_at", "known_from")}
            version = {"pk": 1, "article_id": "a", "number": 1, "title": "", "text": "text", "language": "en"} | moments
            passage = {"version_pk": 1, "start": 0, "end": 4, "model": "none", "embedding": b"", "text_hash": 0}
            connection.execute(insert(schema.articles).values(id="a", origin="a"))
            connection.execute(insert(schema.versions).values(content_hash="", **version))
            connection.execute(insert(schema.passages), [passage | {"id": id_} for id_, _, _ in entries])
            fulltext.index(connection, entries)
            if url:  # SQLite makes them again from the texts
                assert [entry for page in fulltext.entries(connection) for entry in page] == entries
            found.append(fulltext.match(connection, "stems", ["fire", "road", "school", "o'neil"], 9))
        other.dispose()
    assert [id_ for id_, _ in found[0]] == [id_ for id_, _ in found[1]]
    assert [score for _, score in found[0]] == pytest.approx([score for _, score in found[1]])


def test_what_was_indexed_before_there_were_lengths_is_found_after_the_migration(
    tmp_path: Path, new_postgres: Callable[[], str]
) -> None:
    url = new_postgres()
    before = open_database(url, tmp_path)
    with writing(before) as connection:
        connection.execute(text("ALTER TABLE passage_terms DROP CONSTRAINT passage_terms_rowid_fkey"))
        connection.execute(text("ALTER TABLE passage_terms DROP COLUMN terms"))
        rows = "(1, array_to_tsvector('{fire,road}'), ''), (2, array_to_tsvector('{school}'), '')"
        connection.execute(text(f"INSERT INTO passage_terms (rowid, stems, names) VALUES {rows}"))
        for statement in TABLES_0022:
            connection.execute(text(statement))
        for table in ("charges", "sends", "invitations"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("ALTER TABLE chats DROP COLUMN role"))
        for table in ("subscriptions", "watches"):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN thread"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0017'"))
    before.dispose()
    after = open_database(url, tmp_path)
    assert found(after, "road") == [1]
    after.dispose()

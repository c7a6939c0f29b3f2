"""A library moves from SQLite to PostgreSQL and back by `sitrep backup` and `restore`, and loses nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from retrieval.answer.ask import ask
from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.reader.reader import Reader
from retrieval.store import fulltext, write
from retrieval.store.chats import chats, inbox
from retrieval.store.database import open_database, reading
from retrieval.store.library import open_library
from retrieval.store.schema import metadata
from tests.bot.commands import Sitrep, data, sitrep
from tests.conftest import SAMPLES

__all__ = ["data", "sitrep"]

NOW = datetime(2022, 1, 20, tzinfo=UTC)
QUESTIONS = ("How many soldiers did the CSTO send?", "Сколько человек задержали в Алматы?")


def filled(folder: Path, embedder: Embedder) -> None:
    """A library with something in most tables, deleted rows among it."""
    library = open_library(folder, name_of(embedder))
    ingest(library, embedder, islice(from_path(SAMPLES, UTC), 16), clock=lambda: NOW)
    for text in ("At least ten people were hurt near the bridge.", "At least twelve people were hurt near the bridge."):
        ingest(library, embedder, [Submission(text=text, where="w", id="o'neil\\")], clock=lambda: NOW)
    ingest(library, embedder, [Submission(text="Nobody was hurt, police said on Friday.", where="w", id="gone")])
    write.remove(library.engine, "gone")
    chats.keep(library.engine, -1_002_000_000_000, admitted=True, language="kk")
    update = inbox.Received(2**40, 1, '{"text": "\\u0000 \\ud83d\\ude00"}')
    inbox.receive(library.engine, [update], NOW)
    library.close()


def rows(url: str, folder: Path) -> dict[str, list[Any]]:
    """Return all rows of all tables and what is indexed of each passage."""
    engine = open_database(url, folder)
    with reading(engine) as connection:
        found = {name: sorted(map(repr, connection.execute(select(table)))) for name, table in metadata.tables.items()}
        found["passage_terms"] = [entry for page in fulltext.entries(connection) for entry in page]
    engine.dispose()
    return found


def answers(url: str, folder: Path, embedder: Embedder, reader: Reader) -> list[Any]:
    library = open_library(folder, name_of(embedder), url)
    found = [ask(library, embedder, reader, question, now=NOW) for question in QUESTIONS]
    library.close()
    return found


def raw(file: Path) -> list[Any]:
    """Return a SQLite file's rows as they are stored, with the numbers that were used up."""
    with closing(sqlite3.connect(file)) as connection:
        names = [*sorted(metadata.tables), "sqlite_sequence"]
        return [(name, sorted(connection.execute(f"SELECT * FROM {name}"), key=repr)) for name in names]


def test_a_library_that_moves_to_postgresql_and_back_has_the_same_rows_and_gives_the_same_answers(
    sitrep: Sitrep,
    data: Path,
    tmp_path: Path,
    embedder: Embedder,
    reader: Reader,
    new_postgres: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    filled(data, embedder)
    url, there, back = new_postgres(), tmp_path / "there.db", tmp_path / "back.db"
    before = rows("", data)
    assert all(before[name] for name in ("articles", "sentences", "events", "figures", "sketches", "chats", "inbox"))
    answered = answers("", data, embedder, reader)
    assert sitrep("backup", str(there)).returncode == 0
    monkeypatch.setenv("SITREP_DATABASE_URL", url)
    moved = sitrep("restore", str(there))
    assert (moved.returncode, moved.stderr) == (0, "")
    assert rows(url, data) == before
    assert answers(url, data, embedder, reader) == answered
    assert sitrep("backup", str(back)).returncode == 0
    monkeypatch.delenv("SITREP_DATABASE_URL")
    assert sitrep("restore", str(back)).returncode == 0
    assert raw(data / "sitrep.db") == raw(there)
    assert answers("", data, embedder, reader) == answered

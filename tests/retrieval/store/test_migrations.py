"""A library that an earlier version made is opened with everything in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, inspect, text

from retrieval.domain import Article, Moment, ShownQuote
from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.language.copies import sketch
from retrieval.store import read
from retrieval.store.chats.shown import shown_to
from retrieval.store.database import open_database
from retrieval.store.library import Library
from retrieval.store.read import known_vectors
from retrieval.store.schema import metadata
from retrieval.store.sources.pages import known_at
from retrieval.store.write import text_hash

NEW_COLUMNS = {
    "feeds": ("channel", "newest_post", "gap_from", "gap_to"),
    "versions": ("modified_at", "modified_offset", "modified_day_only", "forwarded_from"),
}
TABLES_0022 = (
    "DROP TABLE sketches",
    "CREATE TABLE sketches (hash BIGINT NOT NULL, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,"
    " PRIMARY KEY (hash, article_id))",
    "CREATE INDEX ix_sketches_article_id ON sketches (article_id)",
    "ALTER TABLE articles DROP COLUMN sketch",
    *(
        statement
        for name in ("passages", "sentences")
        for statement in (
            f"DROP INDEX ix_{name}_text_hash",
            f"ALTER TABLE {name} DROP COLUMN text_hash",
            f"ALTER TABLE {name} ADD COLUMN text_hash VARCHAR(32) NOT NULL DEFAULT ''",
        )
    ),
    "ALTER TABLE sentences ADD COLUMN model TEXT NOT NULL DEFAULT ''",
    *(f"CREATE INDEX ix_{name}_reuse ON {name} (text_hash, model)" for name in ("passages", "sentences")),
    "UPDATE alembic_version SET version_num = '0022'",
)
"""What makes the tables of an empty library those of schema 0022, in either database."""

HALVES = "CAST(replace(hex(zeroblob(length({0}) - 4)), '00', '<<') AS BLOB)"
"""Numbers of 16 bits, all of them 1.06, in place of those of 8."""

AT_0022 = (
    *TABLES_0022,
    *(
        f"UPDATE {name} SET text_hash = printf('%032x', id * 16777216 * 16777216 * 16384), embedding ="
        f" {HALVES.format('embedding')}"
        for name in ("passages", "sentences")
    ),
    "UPDATE sentences SET model = (SELECT model FROM passages WHERE passages.id = passage_id)",
    f"UPDATE event_profiles SET vector = {HALVES.format('vector')}",
    "DROP TABLE passage_terms",
    'CREATE VIRTUAL TABLE passage_terms USING fts5(stems, names, tokenize = "unicode61 remove_diacritics 0")',
    "INSERT INTO passage_terms (rowid, stems, names) SELECT id, 'nurs', '' FROM passages",
)
"""What makes a library of today one of schema 0022, all of whose vectors are the same and all texts of nurses."""

AT_0019 = (
    *AT_0022,
    "DROP TABLE charges",
    "DROP TABLE sends",
    "DROP TABLE invitations",
    "ALTER TABLE chats DROP COLUMN role",
    "UPDATE alembic_version SET version_num = '0019'",
)
"""What makes a library of today one of schema 0019."""

AT_0018 = (
    *AT_0019,
    *(f"ALTER TABLE {table} DROP COLUMN thread" for table in ("subscriptions", "watches")),
    "UPDATE alembic_version SET version_num = '0018'",
)
"""What makes a library of today one of schema 0018."""

AT_0016 = (
    *AT_0018,
    *(f"ALTER TABLE inbox DROP COLUMN {name}" for name in ("chat_id", "begun_at", "due_at")),
    "DROP INDEX ix_outbox_waiting",
    "ALTER TABLE outbox DROP COLUMN is_answer",
    "CREATE INDEX ix_outbox_waiting ON outbox (closed_at, chat_id, id)",
    "UPDATE alembic_version SET version_num = '0016'",
)
"""What makes a library of today one of schema 0016."""

AT_0015 = (*AT_0016, "DROP TABLE source_labels", "UPDATE alembic_version SET version_num = '0015'")
"""What makes a library of today one of schema 0015."""

AT_0014 = (
    *AT_0015,
    "ALTER TABLE feeds DROP COLUMN error_key",
    "ALTER TABLE feeds DROP COLUMN error_fields",
    "UPDATE alembic_version SET version_num = '0014'",
)
"""What makes a library of today one of schema 0014."""

AT_0013 = (
    *AT_0014,
    "DROP TABLE events",
    "DROP TABLE event_profiles",
    "DROP INDEX ix_articles_event",
    "ALTER TABLE articles DROP COLUMN event",
    "UPDATE alembic_version SET version_num = '0013'",
)
"""What makes a library of today one of schema 0013."""

AT_0012 = (
    *AT_0013,
    "DROP INDEX ix_articles_address",
    "ALTER TABLE articles DROP COLUMN address",
    "UPDATE alembic_version SET version_num = '0012'",
)
"""What makes a library of today one of schema 0012."""

AT_0010 = (
    *AT_0012,
    *(f"ALTER TABLE {table} DROP COLUMN {name}" for table, names in NEW_COLUMNS.items() for name in names),
    "ALTER TABLE shown RENAME TO told",
    "ALTER TABLE told RENAME COLUMN shown_at TO told_at",
    "UPDATE alembic_version SET version_num = '0010'",
)


def made_older(engine: Engine, statements: Sequence[str]) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


TOLD = "The depot in Velmora burned all night. Firemen came at six, and two bridges over the river were closed."


def test_a_library_with_wide_vectors_finds_and_recognises_as_before(library: Library, embedder: Embedder) -> None:
    said = Submission(text=TOLD, title="Depot", id="depot", published=Moment(MORNING))
    ingest(library, embedder, [said], clock=lambda: MORNING)
    hashes = [text_hash(TOLD), text_hash(TOLD.partition(". ")[0] + ".")]
    before = known_vectors(library.engine, library.model, hashes)
    sketched = sketch(Article("depot", None, "Depot", TOLD, "en"))
    assert len(before) == 2
    with library.engine.begin() as connection:
        for statement in AT_0022:
            connection.execute(text(statement))
        for hash_, vector in before.items():
            row = {"hash": hash_, "half": vector.astype("<f2").tobytes(), "chars": TOLD.find(".") + 1}
            table = "passages" if hash_ == hashes[0] else "sentences"
            where = "start = 0" if table == "passages" else '"end" = :chars'
            wide = f"UPDATE {table} SET text_hash = :hash, embedding = :half WHERE {where}"
            connection.execute(text(wide).bindparams(**{name: row[name] for name in row if f":{name}" in wide}))
        rows = [{"hash": hash_ + 2**40, "id": "depot"} for hash_ in sketched]
        connection.execute(text("INSERT INTO sketches VALUES (:hash, :id)"), rows)
    library.engine.dispose()

    engine = open_database("", library.folder)
    after = known_vectors(engine, library.model, hashes)
    for hash_, vector in before.items():
        assert np.abs(after[hash_] - vector).max() < 0.002
    assert len(library.matching("stems", ["nurs"], 9)) == 1
    ingest(library, embedder, [replace(said, id="copy", publisher="Paper")], clock=lambda: MORNING)
    assert [one.id for one in read.copies(engine, "depot")] == ["depot", "copy"]
    engine.dispose()


def test_quotes_that_a_chat_was_shown_before_are_known(tmp_path: Path) -> None:
    older = open_database("", tmp_path)
    made_older(older, AT_0010)
    with older.begin() as connection:
        row = {"at": datetime(2022, 1, 8, tzinfo=UTC).replace(tzinfo=None).isoformat(" ")}
        connection.execute(text("INSERT INTO told VALUES (7, 'hash', 'article', 1, 0, 10, :at)"), row)
    older.dispose()
    engine = open_database("", tmp_path)
    assert shown_to(engine, 7) == (ShownQuote("article", 1, 0, 10, "hash"),)
    for name, table in metadata.tables.items():
        assert {column["name"] for column in inspect(engine).get_columns(name)} == set(table.columns.keys()), name
    engine.dispose()


MORNING = datetime(2022, 1, 6, 9, tzinfo=UTC)
ELEVEN = "Nurses at the city hospital counted eleven people with wounds from rubber bullets."
NINETEEN = ELEVEN.replace("eleven", "nineteen")


def spelling(url: str, told: str, id_: str = "") -> Submission:
    """Return an article under the id that it got when each spelling of an address was an article."""
    made = "a" + hashlib.sha256(url.encode()).hexdigest()[:15]
    return Submission(text=told, title="Bridge closed", url=url, id=id_ or made, published=Moment(MORNING))


def test_articles_that_differ_in_how_their_address_is_written_become_one(library: Library, embedder: Embedder) -> None:
    spellings = (
        "https://example.org/bridge",
        "http://www.example.org/bridge/",
        "https://m.example.org/bridge?utm_id=1",
    )
    for hour, (url, told) in enumerate(zip(spellings, (ELEVEN, ELEVEN, NINETEEN), strict=True), 1):
        seen = MORNING + timedelta(hours=hour)
        ingest(library, embedder, [spelling(url, told)], clock=lambda seen=seen: seen)
    ingest(library, embedder, [spelling("https://example.org/bridge#x", NINETEEN, "given")], clock=lambda: MORNING)
    made_older(library.engine, AT_0012)
    with library.engine.begin() as connection:
        row = {"key": spellings[1], "at": MORNING.replace(tzinfo=None).isoformat(" ")}
        connection.execute(text("INSERT INTO pages VALUES (:key, :at, :at, true)"), row)
    library.engine.dispose()

    engine = open_database("", library.folder)
    kept = read.article_id_at(engine, "example.org/bridge")
    assert kept == spelling(spellings[0], "").id
    assert [(one.version, one.text) for one in read.every_version(engine, kept)] == [(1, ELEVEN), (2, NINETEEN)]
    before, after = (read.article(engine, kept, as_of=MORNING + timedelta(hours=hour)) for hour in (2, 4))
    assert (before and before.text, after and after.text) == (ELEVEN, NINETEEN)
    assert (read.counts(engine).articles, read.counts(engine).passages) == (2, 3)  # one came with an id of its own
    assert known_at(engine, MORNING)("example.org/bridge")
    engine.dispose()


def test_what_came_twice_is_found_once_after_the_migration(library: Library, embedder: Embedder) -> None:
    for url in ("https://example.org/bridge", "https://example.org/bridge/"):
        ingest(library, embedder, [spelling(url, ELEVEN)])
    made_older(library.engine, AT_0012)
    engine = open_database("", library.folder)
    engine.dispose()
    assert len(library.matching("stems", ["nurs"], 9)) == 1
    again = ingest(library, embedder, [Submission(text=ELEVEN, title="Bridge closed", url="http://example.org/bridge")])
    assert len(again.duplicate) + len(again.updated) == 1

"""A library that an earlier version made is opened with everything in it."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect, text

from retrieval.domain import ShownQuote
from retrieval.store.chats.shown import shown_to
from retrieval.store.database import open_database
from retrieval.store.schema import metadata

NEW_COLUMNS = {
    "feeds": ("channel", "newest_post", "gap_from", "gap_to"),
    "versions": ("modified_at", "modified_offset", "modified_day_only", "forwarded_from"),
}
AT_0010 = (
    *(f"ALTER TABLE {table} DROP COLUMN {name}" for table, names in NEW_COLUMNS.items() for name in names),
    "ALTER TABLE shown RENAME TO told",
    "ALTER TABLE told RENAME COLUMN shown_at TO told_at",
    "UPDATE alembic_version SET version_num = '0010'",
)
"""What makes a library of today one of schema 0010."""


def test_quotes_that_a_chat_was_shown_before_are_known(tmp_path: Path) -> None:
    older = open_database("", tmp_path)
    with older.begin() as connection:
        for statement in AT_0010:
            connection.execute(text(statement))
        row = {"at": datetime(2022, 1, 8, tzinfo=UTC).replace(tzinfo=None).isoformat(" ")}
        connection.execute(text("INSERT INTO told VALUES (7, 'hash', 'article', 1, 0, 10, :at)"), row)
    older.dispose()
    engine = open_database("", tmp_path)
    assert shown_to(engine, 7) == (ShownQuote("article", 1, 0, 10, "hash"),)
    for name, table in metadata.tables.items():
        assert {column["name"] for column in inspect(engine).get_columns(name)} == set(table.columns.keys()), name
    engine.dispose()

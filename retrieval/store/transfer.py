"""Copying every row of a library from one kind of database to another: SQLite to PostgreSQL, and back."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Column, Connection, Engine, Integer, Table, create_engine, event, func, insert, select, text

from retrieval.store import fulltext
from retrieval.store.database import translated, upgrade_file, writing
from retrieval.store.schema import metadata

ROWS = 1_000
"""Rows that are copied at a time."""


def save(engine: Engine, file: Path) -> None:
    """Write a database, as it is at one moment, to an empty SQLite file. Raises StoreError."""
    upgrade_file(file)
    with (
        translated(),
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as source,
        _file(file) as target,
        target.begin(),
    ):
        _copy(source, target)


def load(file: Path, engine: Engine) -> None:
    """Replace all that a database contains by what a SQLite file of the newest schema contains.

    That is one transaction: whatever interrupts it, the database is as before. Raises StoreError.
    """
    with _file(file) as source, writing(engine) as target:
        target.execute(text("DROP TABLE passage_terms"))
        metadata.drop_all(target)
        metadata.create_all(target)
        _copy(source, target)


def empty(engine: Engine) -> bool:
    """Return whether a database contains no row."""
    with translated(), engine.connect() as connection:
        return all(connection.execute(select(table).limit(1)).first() is None for table in metadata.tables.values())


@contextmanager
def _file(file: Path) -> Iterator[Connection]:
    engine = create_engine(URL.create("sqlite", database=str(file)))
    # A file that is thrown away if anything interrupts the copy is written without a journal.
    event.listen(engine, "connect", lambda opened, _: opened.execute("PRAGMA journal_mode = OFF"))
    try:
        with translated(), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _copy(source: Connection, target: Connection) -> None:
    for table in metadata.sorted_tables:  # what others refer to comes first
        streamed = source.execution_options(stream_results=True) if source.dialect.name != "sqlite" else source
        with closing(streamed.execute(select(table))) as found:
            for rows in found.mappings().partitions(ROWS):
                target.execute(insert(table), [_storable(row, target) for row in rows])
        if (key := _counted(table)) is not None:
            _set_last(target, table, key, _last(source, table, key))
    for entries in fulltext.entries(source):
        fulltext.index(target, entries)


def _storable(row: Mapping[Any, Any], target: Connection) -> dict[str, Any]:
    """Return a row as a database can store it: PostgreSQL has no NUL, and what counts characters needs one there."""
    if target.dialect.name == "sqlite":
        return dict(row)
    return {name: value.replace("\0", "\ufffd") if isinstance(value, str) else value for name, value in row.items()}


def _counted(table: Table) -> Column[Any] | None:
    """Return the column that the database numbers the rows of a table by, if it does."""
    key = table.autoincrement_column
    return key if key is not None and isinstance(key.type, Integer) else None


def _last(connection: Connection, table: Table, key: Column[Any]) -> int:
    """Return the last number that a row had, also if that row was deleted: numbers are not used twice."""
    highest = int(connection.execute(select(func.max(key))).scalar() or 0)
    if connection.dialect.name != "sqlite":
        sequence = func.pg_sequence_last_value(func.pg_get_serial_sequence(table.name, key.name))
        return max(highest, int(connection.execute(select(sequence)).scalar() or 0))
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return highest
    wanted = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return max(highest, int(connection.execute(wanted, {"name": table.name}).scalar() or 0))


def _set_last(connection: Connection, table: Table, key: Column[Any], number: int) -> None:
    if not number:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, key.name), number)))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        values = {"name": table.name, "seq": number}
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), values)

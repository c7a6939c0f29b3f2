"""A database whose pages are garbage for a while."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE = 4096


@contextmanager
def garbled_pages(database: Path) -> Iterator[None]:
    """Make every page of an SQLite file but the first one garbage, and put them back."""
    connection = sqlite3.connect(database, timeout=10)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with database.open("rb+") as file:
        whole = file.read()
        file.seek(PAGE)
        file.write(b"\xff" * (len(whole) - PAGE))
        file.flush()
        yield
        file.seek(PAGE)
        file.write(whole[PAGE:])

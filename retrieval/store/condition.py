"""Whether the library can be read and written, found out by doing it as a new message would."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from retrieval.domain import StoreError
from retrieval.store.database import DAMAGED, failure, translated, written

LEAST_FREE = 16 * 2**20
"""Bytes that must be free where the library is; with fewer, a write may fail half way."""

LOCK_SECONDS = 1.0
"""How long a check waits for another writer."""

TOUCH = "UPDATE alembic_version SET version_num = version_num"
"""A change that changes nothing, and is written all the same."""


def require_space(folder: Path) -> None:
    """Raise StoreError if the disk that `folder` is on is full, or nearly."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as exc:
        raise StoreError(f"The data folder {folder} cannot be read: {exc.strerror or exc}.", key="store") from exc
    if free < LEAST_FREE:
        raise StoreError(f"The disk is full: {free / 2**20:.0f} MB are left for {folder}.", key="store")


def require_readable(engine: Engine) -> None:
    """Raise StoreError if a row cannot be read by a new connection."""
    with _fresh(engine) as run:
        run("SELECT version_num FROM alembic_version")


def require_writable(engine: Engine) -> None:
    """Raise StoreError if a row cannot be written by a new connection, within LOCK_SECONDS, nor is by another one."""
    before = written(engine)
    try:
        with _fresh(engine) as run:
            run("BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "BEGIN")
            run(TOUCH)
            run("COMMIT")
    except StoreError:
        if written(engine) == before:
            raise


def require_sound(engine: Engine) -> None:
    """Raise StoreError if the file of a SQLite is damaged. It reads all of it: seconds for a large one."""
    if engine.dialect.name == "sqlite":
        with _fresh(engine) as run:
            found = run("PRAGMA quick_check(1)")
        if found != "ok":
            raise StoreError(DAMAGED, key="store")


@contextmanager
def _fresh(engine: Engine) -> Iterator[Callable[[str], Any]]:
    """Yield a function that runs a statement on a connection of its own, and returns the first value."""
    if engine.dialect.name != "sqlite":
        with translated(), engine.execution_options(isolation_level="AUTOCOMMIT").connect() as shared:

            def run_shared(statement: str) -> Any:
                result = shared.exec_driver_sql(statement)
                return result.scalar() if result.returns_rows else None

            yield run_shared
        return
    try:
        place = str(engine.url.database)
        with closing(sqlite3.connect(place, timeout=LOCK_SECONDS, isolation_level=None)) as connection:

            def run(statement: str) -> Any:
                row = connection.execute(statement).fetchone()
                return row[0] if row else None

            yield run
    except sqlite3.Error as exc:
        raise StoreError(failure(exc), key="store") from exc

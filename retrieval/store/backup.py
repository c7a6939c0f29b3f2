"""Copying a library while it is in use, and restoring the copy. The index is not copied but rebuilt.

A copy is a SQLite file, whichever database the library is in: so a copy is also how a library moves to another one.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from retrieval.domain import BusyError, StoreError
from retrieval.store.database import HEAD, locked, only_bot, open_database, require_supported, upgrade_file
from retrieval.store.transfer import empty, load, save

OURS = frozenset({"alembic_version", "articles", "versions", "passages", "sentences", "changes"})
"""Tables that every library has had from its first schema on."""

JOURNALS = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite writes next to a database in use."""


def database_file(url: str, folder: Path) -> Path | None:
    """Return the file of the library's database; None if it is on a server. Raises StoreError."""
    if not url:
        return folder / "sitrep.db"
    try:
        parts = make_url(url)
    except ArgumentError as exc:
        raise StoreError("SITREP_DATABASE_URL is not a database that can be opened.") from exc
    if parts.get_backend_name() != "sqlite":
        return None
    if not parts.database:
        raise StoreError("This library is in no file that can be copied.")
    return Path(parts.database)


def back_up(database: Path, folder: Path, target: Path) -> int:
    """Copy `database` to `target`, while others may read and write it; return the size in bytes.

    If this is interrupted, `target` is the whole copy or unchanged. Raises StoreError.
    """
    if not database.exists():
        raise StoreError(f"There is no library in {folder} to copy.")
    if target.resolve() == database.resolve():
        raise StoreError(f"{target} is not a file that a copy can be written to.")
    return _write(target, folder, lambda draft: _copy(database, draft), str(database))


def back_up_server(url: str, folder: Path, target: Path) -> int:
    """Do the same for a database on a server; the copy is a SQLite file too, so that it can be restored in either."""

    with _server(url, folder) as engine:
        return _back_up_server(engine, folder, target)


def _back_up_server(engine: Engine, folder: Path, target: Path) -> int:
    def write(draft: Path) -> None:
        _make(draft)
        save(engine, draft)
        _flush(draft)

    return _write(target, folder, write, "The copy")


def _write(target: Path, folder: Path, write: Callable[[Path], None], name: str) -> int:
    if target.is_dir():
        raise StoreError(f"{target} is not a file that a copy can be written to.")
    with locked(folder / "backup.lock", "Another copy of this library is being made."), _translated(target):
        draft = target.with_name(f".{target.name}.partial")
        try:
            write(draft)
            _verify(draft, name)
            _replace(draft, target)
        finally:
            _discard(draft)
    return target.stat().st_size


def restore(source: Path, database: Path, folder: Path, now: datetime) -> Path | None:
    """Replace `database` by a copy; return the path that the old one was moved to, None if there was none.

    If this is interrupted, the library is the old one or the new one. Raises BusyError while another process uses the
    library, StoreError if `source` is not an intact copy, or is from a newer or too old Sitrep, or is not whole once it
    is migrated. All of that is found out on a draft, while the library is still the old one.
    """
    busy = f"A bot or another command works on the library in {folder}; stop it before restoring."
    with (
        locked(folder / "bot.lock", busy),
        locked(folder / "index" / "lock", busy),
        locked(folder / "migrate.lock", busy),  # a process that opens the library now waits until it is restored
    ):
        draft = database.with_name(f".{database.name}.restoring")
        try:
            with _translated(source):
                _verify(source, str(source))
                _copy(source, draft)
                _upgrade(draft, str(source))
                _verify(draft, str(source))
            with _translated(database):
                kept = _kept(database, now, busy)
                # Before the swap: an index of the old library must not be taken for one of the new.
                (folder / "index" / "state.json").unlink(missing_ok=True)
                _replace(draft, database)
        finally:
            _discard(draft)
    return kept


def restore_server(source: Path, url: str, folder: Path, now: datetime) -> Path | None:
    """Do the same with a database on a server; what was there is kept as a copy in `folder`."""
    busy = f"A bot or another command works on the library in {folder}; stop it before restoring."
    draft, kept = folder / ".restoring", None
    with (
        _server(url, folder) as engine,
        locked(folder / "bot.lock", busy),
        locked(folder / "index" / "lock", busy),
        only_bot(engine),
    ):
        try:
            with _translated(source):
                _verify(source, str(source))
                _copy(source, draft)
                _upgrade(draft, str(source))
            if not empty(engine):
                kept = folder / f"sitrep.db.before-{now:%Y%m%dT%H%M%S%f}"
                _back_up_server(engine, folder, kept)
            # Before the swap: an index of the old library must not be taken for one of the new.
            (folder / "index" / "state.json").unlink(missing_ok=True)
            load(draft, engine)
        finally:
            _discard(draft)
    return kept


@contextmanager
def _server(url: str, folder: Path) -> Iterator[Engine]:
    engine = open_database(url, folder)
    try:
        yield engine
    finally:
        engine.dispose()


def _verify(file: Path, name: str) -> None:
    """Raise StoreError if a file is not an intact library that this Sitrep can open."""
    if not file.is_file():
        raise StoreError(f"There is no file {name}.")
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables >= OURS:
                raise StoreError(f"{name} is not a copy of a library of Sitrep.")
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if version is None:
                raise StoreError(f"{name} does not say which schema it has.")
            require_supported(str(version[0]), name)
            sound = connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
        except sqlite3.DatabaseError as exc:
            raise StoreError(f"{name} is damaged, or not a copy of a library: {exc}.") from exc
    if not sound:
        raise StoreError(f"{name} is damaged.")


def _upgrade(draft: Path, name: str) -> None:
    """Bring a draft to the newest schema. Raises StoreError if that fails, or if something is missing afterwards."""
    try:
        lacking = upgrade_file(draft)
    except StoreError as exc:
        raise StoreError(f"{name} cannot be brought to the schema of this Sitrep: {exc}") from exc
    if lacking:
        raise StoreError(f"{name} is not a whole library: it has no {', '.join(lacking)}.")


def _copy(source: Path, draft: Path) -> None:
    """Copy a database as it is at one moment into a single file, flushed to disk."""
    _make(draft)
    with closing(sqlite3.connect(source, timeout=30)) as old, closing(sqlite3.connect(draft)) as new:
        old.backup(new)  # in one step: of a database in WAL mode that is a snapshot, and blocks no writer
        new.execute("PRAGMA journal_mode = DELETE")
    _flush(draft)


def _make(draft: Path) -> None:
    """Make an empty file that nobody else may read: it will contain chats."""
    _discard(draft)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _flush(draft: Path) -> None:
    with draft.open("rb+") as written:
        os.fsync(written.fileno())


def _replace(draft: Path, target: Path) -> None:
    """Replace a file by another atomically."""
    draft.replace(target)
    if os.name == "posix":
        place = os.open(target.parent, os.O_RDONLY)
        os.fsync(place)
        os.close(place)


def _discard(draft: Path) -> None:
    for suffix in ("", *JOURNALS):
        draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def _kept(database: Path, now: datetime, busy: str) -> Path | None:
    """Give the present database a second name, without a journal, and return that name."""
    if not database.exists():
        return None
    _settle(database, busy)
    kept = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%S%f}")
    try:
        os.link(database, kept)
    except OSError:  # a file system without links
        shutil.copy2(database, kept)
    for suffix in JOURNALS:  # of a database too damaged for `_settle`; they belong to it alone
        with suppress(FileNotFoundError):
            database.with_name(database.name + suffix).replace(kept.with_name(kept.name + suffix))
    return kept


def _settle(database: Path, busy: str) -> None:
    """Write a database's journal into it. Raises BusyError if another process has it open."""
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        try:
            tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone() if tables[0] else None
            if version and str(version[0]) > HEAD:
                raise StoreError(
                    f"The library that is there was written by a newer Sitrep (schema {version[0]}, ours is {HEAD})."
                )
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            if connection.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):  # by its sole user only
                raise BusyError(busy)
        except sqlite3.OperationalError as exc:
            if "locked" in str(exc) or "busy" in str(exc):
                raise BusyError(busy) from exc
        except sqlite3.DatabaseError:
            return  # damaged: all the more reason to restore


@contextmanager
def _translated(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise StoreError(f"{file} cannot be written or read: {exc.strerror or exc}.") from exc
    except sqlite3.Error as exc:
        raise StoreError(f"{file} cannot be written or read: {exc}.") from exc

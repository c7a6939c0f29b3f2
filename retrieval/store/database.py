"""Opening the database: SQLite in WAL mode by default, PostgreSQL by URL; migrated to the newest schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from retrieval.domain import BusyError, StoreError

HEAD = max(path.name[:4] for path in (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py"))
"""The newest migration; a database at it is opened without loading Alembic."""

WRITER = 0x5174E9
"""Key of the advisory lock of writers to PostgreSQL; any number that no other program on the database uses."""

BOT = 0x5174EA
"""Key of the advisory lock of the one bot on a PostgreSQL, by the same rule."""

BUSY_TIMEOUT = 30_000
"""How long a writer waits for another one, in milliseconds."""


def open_database(url: str, folder: Path) -> Engine:
    """Connect to `url`, or to `folder/sitrep.db` where it is empty, and migrate it.

    Raises StoreError, in one sentence, where the folder or database cannot be read or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        engine = _engine(url or f"sqlite:///{folder / 'sitrep.db'}")
        with FileLock(folder / "migrate.lock", timeout=60), translated():
            _migrate(engine)
    except OSError as exc:
        raise StoreError(f"The data folder {folder} cannot be written: {exc.strerror or exc}.") from exc
    return engine


def _engine(url: str) -> Engine:
    try:
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (SQLAlchemyError, ImportError, ValueError) as exc:
        raise StoreError(f"SITREP_DATABASE_URL is not a database that can be opened: {_first_line(exc)}.") from exc
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # an acknowledged article survives a power cut, not just a crash
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -65536")  # 64 MiB
    cursor.close()


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        if inspect(connection).has_table("alembic_version"):
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if version == HEAD:
                return
            if version is not None and version > HEAD:
                raise StoreError(f"This library was written by a newer Sitrep (schema {version}, ours is {HEAD}).")
    _upgrade(engine)


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write: all of it is stored, or none. Raises StoreError."""
    with translated(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Take the write lock at once: a reader that turns writer late cannot wait for it.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # One writer at a time here too: changes then become visible in the order of their numbers, by which the
            # index follows them, and no two writers add the same article or update.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER})
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


@contextmanager
def only_bot(engine: Engine) -> Iterator[None]:
    """Be the one bot on a PostgreSQL, from whatever data folder; two would take each other's updates.

    A database in a file needs no such lock, as its folder has one. Raises BusyError where there is another bot.
    """
    if engine.dialect.name == "sqlite":
        yield
        return
    with translated():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with translated():
            free = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": BOT}).scalar()
        if not free:
            raise BusyError("Another bot already runs on this database; stop it first.")
        yield
    finally:
        connection.invalidate()  # the lock ends with the session, which the pool would keep open
        connection.close()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read from. Raises StoreError."""
    with translated(), engine.connect() as connection:
        yield connection


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's own errors into one sentence."""
    try:
        yield
    except SQLAlchemyError as exc:
        raise StoreError(f"The library's database failed: {_first_line(exc)}.") from exc


def _first_line(exc: BaseException) -> str:
    cause = getattr(exc, "orig", None) or exc
    return str(cause).splitlines()[0].strip().rstrip(".") if str(cause).strip() else type(cause).__name__

"""Opening the database: SQLite in WAL mode by default, PostgreSQL by URL; migrated to the newest schema."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event, inspect, text
from sqlalchemy.exc import DataError, SQLAlchemyError

from retrieval.domain import BusyError, StoreError, UnstorableError
from retrieval.store.schema import metadata

T = TypeVar("T")

_REVISIONS = sorted(path.name[:4] for path in (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py"))

HEAD = _REVISIONS[-1]
"""The newest migration; a database at it is opened without loading Alembic."""

WRITER = 0x5174E9
"""Key of the advisory lock of writers to PostgreSQL; any number that no other program on the database uses."""

BOT = 0x5174EA
"""Key of the advisory lock of the one bot on a PostgreSQL, chosen in the same way."""

BUSY_TIMEOUT = 30_000
"""How long a writer waits for another one, in milliseconds."""

CHECKPOINT_TIMEOUT = 500
"""How long a checkpoint waits for readers, while no one can write; in milliseconds."""

OURS_TO_CLOSE = ("index", "models")
"""Folders in the data folder that are all ours."""


def open_database(url: str, folder: Path) -> Engine:
    """Connect to `url`, or if it is empty to `folder/sitrep.db`, and migrate it.

    Raises StoreError, in one sentence, if the folder or database cannot be read or written.
    """
    url = url or f"sqlite:///{folder / 'sitrep.db'}"
    try:
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (SQLAlchemyError, ImportError, ValueError) as exc:
        raise StoreError(f"SITREP_DATABASE_URL is not a database that can be opened: {_first_line(exc)}.") from exc
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    try:
        make_private(folder)
        with FileLock(folder / "migrate.lock", timeout=60), translated():
            _migrate(engine)
        make_private(folder, database=engine.url.database if engine.dialect.name == "sqlite" else None)
    except OSError as exc:
        raise StoreError(f"The data folder {folder} cannot be written: {exc.strerror or exc}.") from exc
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # an acknowledged article survives a power cut, not just a crash
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
    cursor.execute("PRAGMA cache_size = -65536")  # 64 MiB
    cursor.close()


def make_private(folder: Path, database: str | None = None) -> None:
    """Make a data folder that nobody else may read, and close what is ours in one that is there. Raises OSError.

    Closed are the database, the index and the models, whatever the umask was when they were written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    trees = [one for name in OURS_TO_CLOSE for one in (folder / name, *(folder / name).rglob("*")) if one.exists()]
    files = [*folder.glob("sitrep.db*"), *folder.glob("*.lock")]
    if database and database != ":memory:":
        files += Path(database).parent.glob(f"{Path(database).name}*")
    for path in (folder, *trees, *files):
        if not path.is_symlink():
            with suppress(FileNotFoundError, PermissionError):  # gone since, or another user's
                path.chmod(0o700 if path.is_dir() else 0o600)


def checkpoint(engine: Engine) -> bool:
    """Move SQLite's write-ahead log into the database and empty it: deleted rows stay readable there until then.

    Returns False while others read, so that it has to be done again. Raises StoreError.
    """
    if engine.dialect.name != "sqlite":
        return True
    log = Path(f"{engine.url.database}-wal")
    if not log.exists() or not log.stat().st_size:
        return True
    with translated(), engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {CHECKPOINT_TIMEOUT}")
        try:
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    return not busy


def _migrate(engine: Engine) -> None:
    """Make the tables of a new library, or bring those of an older one to the newest schema."""
    version = None
    with engine.connect() as connection:
        if inspect(connection).has_table("alembic_version"):
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version == HEAD:
        return
    require_supported(version or HEAD, "This library")
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER})
        config.attributes["connection"] = connection
        if version:
            command.upgrade(config, HEAD)
        else:
            metadata.create_all(connection)
            command.stamp(config, HEAD)
    if version:
        with suppress(StoreError):  # a disk without room for it, or another process: the library works without
            vacuum(engine)


def vacuum(engine: Engine) -> None:
    """Give the disk back what was deleted; PostgreSQL does so by itself. Raises StoreError."""
    if engine.dialect.name == "sqlite":
        with translated(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")


def upgrade_file(file: Path) -> list[str]:
    """Migrate a SQLite file that nobody has open; return the tables and columns that it lacks even then.

    Raises StoreError if a migration fails.
    """
    engine = create_engine(URL.create("sqlite", database=str(file)))
    try:
        with translated():
            _migrate(engine)
            there = inspect(engine)
            tables = set(there.get_table_names())
            lacking = sorted({*metadata.tables, "passage_terms"} - tables)
            for name, table in metadata.tables.items():
                if name in tables:
                    columns = {column["name"] for column in there.get_columns(name)}
                    lacking += [f"{name}.{column.name}" for column in table.columns if column.name not in columns]
            return lacking
    finally:
        engine.dispose()


def require_supported(version: str, name: str) -> None:
    """Raise StoreError if the migrations neither made nor upgrade a library (the sentence's `name`) at this version."""
    if version > HEAD:
        raise StoreError(f"{name} was written by a newer Sitrep (schema {version}, ours is {HEAD}).")
    if version < _REVISIONS[0]:
        raise StoreError(
            f"{name} was written by a Sitrep too old to upgrade from (schema {version}, the oldest is {_REVISIONS[0]})."
        )


class _Writers:
    """Those of this process who write to one database, one after the other; a class because it counts them.

    SQLite itself lets those who wait try again at random, so that with many of them some wait for seconds. Those in a
    hurry go before all others.
    """

    def __init__(self) -> None:
        self._turn, self._is_taken, self._hurried = threading.Condition(), False, 0
        self.done = 0

    @contextmanager
    def wait(self, *, hurried: bool) -> Iterator[None]:
        with self._turn:
            self._hurried += hurried
            try:
                is_mine = self._turn.wait_for(lambda: self._is_next(hurried), BUSY_TIMEOUT / 1000)
            finally:
                self._hurried -= hurried
            if not is_mine:
                self._turn.notify_all()
                raise StoreError("The library's database failed: database is locked.", key="store")
            self._is_taken = True
        try:
            yield
        finally:
            with self._turn:
                self._is_taken = False
                self._turn.notify_all()

    def _is_next(self, hurried: bool) -> bool:
        return not self._is_taken and (hurried or not self._hurried)


_writers: WeakKeyDictionary[Engine, _Writers] = WeakKeyDictionary()
_writers_lock = threading.Lock()


def _writers_of(engine: Engine) -> _Writers:
    with _writers_lock:
        return _writers.setdefault(engine, _Writers())


def written(engine: Engine) -> int:
    """Return how many transactions this process has written: while it grows, a database is busy and not stuck."""
    return _writers_of(engine).done


@contextmanager
def writing(engine: Engine, *, hurried: bool = False) -> Iterator[Connection]:
    """A transaction that may write: all of it is stored, or none. Raises StoreError.

    A hurried one goes before others of this process that wait.
    """
    writers = _writers_of(engine)
    with writers.wait(hurried=hurried), translated(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Take the write lock at once: SQLite lets no transaction that has read wait for it.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # One writer at a time: changes then become visible in the order of their numbers, which the index relies
            # on, and no two writers add the same article or update.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER})
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
        writers.done += 1


def is_shared(engine: Engine) -> bool:
    """Return whether bots on several machines can use a database."""
    return engine.dialect.name != "sqlite"


class BotLock:
    """The right to be the one bot of a PostgreSQL; two would answer each other's updates.

    A class because it keeps the session that the lock belongs to. The lock ends with the session, and so with the
    process. SQLite needs no such lock, as its folder has one.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def claim(self) -> bool:
        """Return whether this bot has the lock now. Raises StoreError."""
        if not is_shared(self._engine):
            return True
        with translated():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                free = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": BOT}).scalar()
            except SQLAlchemyError:
                _end(connection)
                raise
        if free:
            self._connection = connection
        else:
            connection.close()
        return bool(free)

    def keep(self) -> bool:
        """Return whether this bot still has the lock, or has it again after its session broke. Raises StoreError."""
        if self._connection is None:
            return self.claim()
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.release()
            return self.claim()
        return True

    def release(self) -> None:
        if self._connection is not None:
            _end(self._connection)
            self._connection = None


def _end(connection: Connection) -> None:
    """End a session, which the pool would keep open."""
    connection.invalidate()
    connection.close()


@contextmanager
def only_bot(engine: Engine) -> Iterator[None]:
    """Lock a PostgreSQL for one bot. Raises BusyError if another bot has it."""
    lock = BotLock(engine)
    try:
        if not lock.claim():
            raise BusyError("Another bot already runs on this database; stop it first.")
        yield
    finally:
        lock.release()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read from. Raises StoreError."""
    with translated(), engine.connect() as connection:
        yield connection


def fetched(engine: Engine, wanted: Executable, values: dict[str, Any] | None = None) -> Sequence[Any]:
    """Return the rows of a statement. Raises StoreError."""
    with reading(engine) as connection:
        return connection.execute(wanted, values).all()


def fetched_value(engine: Engine, wanted: Executable, values: dict[str, Any] | None = None) -> Any:
    """Return the first column of a statement's first row, None if it has no row. Raises StoreError."""
    with reading(engine) as connection:
        return connection.execute(wanted, values).scalar()


def executed(engine: Engine, change: Executable) -> int:
    """Make one change in a transaction of its own; return the number of its rows. Raises StoreError."""
    with writing(engine) as connection:
        return int(connection.execute(change).rowcount)


@contextmanager
def locked(path: Path, busy: str) -> Iterator[None]:
    """Lock a file for this process alone, in whichever of its threads.

    Raises BusyError with the sentence `busy` if another process has it, StoreError if it cannot be written.
    """
    lock = FileLock(path, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as exc:
        raise BusyError(busy) from exc
    except OSError as exc:
        raise StoreError(f"{path} cannot be written: {exc.strerror or exc}.") from exc
    try:
        yield
    finally:
        lock.release()


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield the values in runs of up to 500: each fits below every database's limit on parameters."""
    return (values[at : at + 500] for at in range(0, len(values), 500))


UNSTORABLE = (DataError, UnicodeEncodeError, OverflowError)
"""What is raised for a lone surrogate, a NUL or a number of more than 64 bits: each database has its own of these."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise the database's own errors as StoreError, UnstorableError for a value that it cannot store."""
    try:
        yield
    except UNSTORABLE as exc:
        raise UnstorableError(f"The library's database cannot store a value: {_first_line(exc)}.", key="value") from exc
    except SQLAlchemyError as exc:
        raise StoreError(failure(exc), key="store") from exc


DAMAGED = "The library's database is damaged; restore a copy of it: sitrep restore FILE."


def failure(exc: BaseException) -> str:
    """Say in one sentence how a database failed."""
    code = getattr(getattr(exc, "orig", None) or exc, "sqlite_errorcode", 0)
    is_damaged = code & 0xFF == sqlite3.SQLITE_CORRUPT  # the rest of the code says where, e.g. in a full text
    return DAMAGED if is_damaged else f"The library's database failed: {_first_line(exc)}."


def _first_line(exc: BaseException) -> str:
    cause = getattr(exc, "orig", None) or exc
    return str(cause).splitlines()[0].strip().rstrip(".") if str(cause).strip() else type(cause).__name__

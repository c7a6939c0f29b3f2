"""A PostgreSQL of the tests' own, on a socket in a temporary folder; where it is missing, its tests are skipped."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest

PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/pgsql/bin")
"""Where systems put the server's programs, which few have in their PATH."""

SPARING = ("-c", "listen_addresses=", "-c", "shared_buffers=16MB", "-c", "max_connections=50")
"""Nothing listens but the socket."""

USER = "sitrep"


def _programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where there is none."""
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    folders = [folder for place in PLACES for folder in Path("/").glob(place.lstrip("/"))]
    return max((folder for folder in folders if (folder / "postgres").exists()), default=None)


def _owner() -> str | None:
    """Return who runs the server: PostgreSQL refuses to run as root. Raises KeyError where nobody can."""
    import pwd  # Windows has none

    return pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None


class MissingError(Exception):
    """Says why there is no PostgreSQL here."""


@contextmanager
def running(*, flushes: bool = False) -> Iterator[Path]:
    """Start a server and give the folder with its socket; only measurements have it flush what it writes to disk.

    Raises MissingError.
    """
    programs = _programs()
    if programs is None:
        raise MissingError("PostgreSQL is not installed")
    try:
        owner = _owner()
    except KeyError as exc:
        raise MissingError("PostgreSQL does not run as root, and there is no user postgres") from exc
    with tempfile.TemporaryDirectory(prefix="sitrep-pg-") as folder:
        if owner:
            shutil.chown(folder, owner)

        init = ("--no-sync", "-A", "trust", "-U", USER, "-E", "UTF8", "--locale", "C.UTF-8")
        _run(programs / "initdb", Path(folder), *init)
        start(Path(folder), flushes=flushes)
        try:
            yield Path(folder)
        finally:
            stop(Path(folder))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """The folder with the socket of a running server."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(running())
        except MissingError as exc:
            pytest.skip(str(exc))
        yield folder


def _run(program: Path, folder: Path, *words: str) -> None:
    command = [str(program), "-D", f"{folder}/data", *words]
    subprocess.run(command, user=_owner(), cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120)


def start(folder: Path, *, flushes: bool = False) -> None:
    """Start the server of `running`."""
    options = " ".join(f"'{option}'" for option in (*(() if flushes else ("-F",)), "-k", str(folder), *SPARING))
    programs = _programs()
    assert programs is not None
    _run(programs / "pg_ctl", folder, "-w", "-l", f"{folder}/log", "-o", options, "start")


def stop(folder: Path) -> None:
    """Stop it; whoever stops it within a test starts it again."""
    programs = _programs()
    assert programs is not None
    _run(programs / "pg_ctl", folder, "-w", "-m", "immediate", "stop")


def new_database(folder: Path) -> str:
    """Make an empty database on the server of a folder and return its URL for SITREP_DATABASE_URL."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(host=str(folder), user=USER, dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    return f"postgresql+psycopg://{USER}@/{name}?host={folder}"


@pytest.fixture
def new_postgres(postgres_server: Path) -> Callable[[], str]:
    """What makes an empty database and returns its URL for SITREP_DATABASE_URL."""
    return partial(new_database, postgres_server)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind, as SITREP_DATABASE_URL says it."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("new_postgres")())

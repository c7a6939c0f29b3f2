"""Copies of the library and the way back, with kills in between."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrieval.domain import BusyError, StoreError
from retrieval.store import backup
from retrieval.store.chats import chats
from retrieval.store.database import HEAD, open_database
from tests.bot.commands import Sitrep, data, sitrep
from tests.bot.running import running
from tests.conftest import ROOT
from tests.fake_telegram.server import TelegramServer
from tests.retrieval.store.test_migrations import AT_0014

__all__ = ["data", "sitrep"]

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)

KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from retrieval.store.backup import back_up, restore
left = int(sys.argv[1])
folder, file = Path(sys.argv[3]), Path(sys.argv[4])
def watch(event, details):
    global left
    if event in ("os.rename", "os.link", "os.remove", "sqlite3.connect") or (
        event == "open" and str(file.parent) in str(details[0])
    ):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
if sys.argv[2] == "restore":
    restore(file, folder / "sitrep.db", folder, datetime.now(UTC))
else:
    back_up(folder / "sitrep.db", folder, file)
"""


def made(folder: Path, *numbers: int) -> Path:
    """Make a library that holds these chats, and return its database."""
    engine = open_database("", folder)
    for number in numbers:
        chats.keep(engine, number, admitted=True)
    engine.dispose()
    return folder / "sitrep.db"


def held(folder: Path) -> set[int]:
    engine = open_database("", folder)
    numbers = set(chats.every(engine))
    engine.dispose()
    return numbers


def test_a_copy_brings_the_library_back(sitrep: Sitrep, data: Path, tmp_path: Path) -> None:
    """Articles, index and all; what was there is kept beside it."""
    (tmp_path / "a.txt").write_text("Miners at the Karaganda pit stopped work over unpaid wages, the union said.\n")
    assert sitrep("ingest", str(tmp_path / "a.txt")).returncode == 0
    copied = sitrep("backup", str(tmp_path / "copy.db"))
    assert (copied.returncode, "copied to" in copied.stdout) == (0, True)
    (tmp_path / "b.txt").write_text("Bakers in Shymkent sold bread all night long, the city hall of Shymkent said.\n")
    assert sitrep("ingest", str(tmp_path / "b.txt")).returncode == 0
    restored = sitrep("restore", str(tmp_path / "copy.db"))
    assert restored.returncode == 0, restored.stderr
    assert "made again from 1 stored embeddings" in restored.stdout
    assert "unpaid wages" in sitrep("ask", "Why did the miners stop work?").stdout
    assert "Shymkent" not in sitrep("search", "Who sold bread?").stdout
    [kept] = data.glob("sitrep.db.before-*")
    with sqlite3.connect(kept) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (2,)


def test_a_copy_is_one_sound_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    database = made(tmp_path / "data", 1)
    backup.back_up(database, tmp_path / "data", tmp_path / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data"]
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    with sqlite3.connect(tmp_path / "copy.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_copy_made_during_writing_is_of_one_moment(tmp_path: Path) -> None:
    """Chats come in pairs, each in one transaction: a copy never holds half a pair."""
    database = made(tmp_path / "data")
    stop = threading.Event()

    def write() -> None:
        with sqlite3.connect(database, timeout=30) as connection:
            for number in range(0, 10**6, 2):
                if stop.is_set():
                    return
                connection.execute("INSERT INTO chats (id, admitted) VALUES (?, 1), (?, 1)", (number, number + 1))
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            backup.back_up(database, tmp_path / "data", tmp_path / f"{number}.db")
            with sqlite3.connect(tmp_path / f"{number}.db") as connection:
                assert connection.execute("SELECT count(*) % 2 FROM chats").fetchone() == (0,)
    finally:
        stop.set()
        writer.join()


@pytest.mark.parametrize("act", ["backup", "restore"])
def test_a_kill_at_any_step_leaves_library_and_copy_whole(act: str, tmp_path: Path) -> None:
    """Killed before each file it opens, links, renames or removes in turn; in the end it is not killed any more."""
    copy, other = tmp_path / "copies" / "copy.db", made(tmp_path / "other", 2)
    copy.parent.mkdir()
    for step in range(1, 60):
        folder = tmp_path / f"data{step}"
        made(folder, 1)
        backup.back_up(other, tmp_path / "other", copy)
        command = [sys.executable, "-c", KILLED, str(step), act, str(folder), str(copy)]
        done = subprocess.run(command, cwd=ROOT, timeout=60, check=False)
        with sqlite3.connect(copy) as connection:
            copied = {row[0] for row in connection.execute("SELECT id FROM chats")}
        written, read = (held(folder), copied) if act == "restore" else (copied, held(folder))
        source, before = ({2}, {1}) if act == "restore" else ({1}, {2})
        assert read == source
        assert written in (before, source)
        if done.returncode == 0:
            break
    assert step > 5
    assert written == source


def test_the_running_bot_is_copied_but_not_restored_over(
    telegram_server: TelegramServer, sitrep: Sitrep, data: Path, tmp_path: Path
) -> None:
    with running(telegram_server, data):
        assert sitrep("backup", str(tmp_path / "copy.db")).returncode == 0
        refused = sitrep("restore", str(tmp_path / "copy.db"))
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
        assert "stop it before restoring" in refused.stderr


def test_a_library_that_a_command_works_on_is_not_restored_over(tmp_path: Path) -> None:
    database = made(tmp_path / "data", 1)
    backup.back_up(database, tmp_path / "data", tmp_path / "copy.db")
    engine = open_database("", tmp_path / "data")
    with engine.connect(), pytest.raises(BusyError, match="stop it"):
        backup.restore(tmp_path / "copy.db", database, tmp_path / "data", NOW)
    engine.dispose()
    assert backup.restore(tmp_path / "copy.db", database, tmp_path / "data", NOW) is not None


def no_library(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE notes (text)")


def newer(file: Path) -> None:
    made(file.parent / "newer").replace(file)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def damaged(file: Path) -> None:
    made(file.parent / "damaged").replace(file)
    with sqlite3.connect(file) as connection:
        connection.executemany("INSERT INTO chats (id, admitted) VALUES (?, 1)", [(n,) for n in range(50_000)])
    connection.close()
    with file.open("rb+") as written:
        written.seek(file.stat().st_size // 2)
        written.write(b"\xff" * 20_000)


def changed(*statements: str) -> Callable[[Path], None]:
    """Return what makes a copy of a library and changes it."""

    def make(file: Path) -> None:
        made(file.parent / "changed").replace(file)
        connection = sqlite3.connect(file, isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()

    return make


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (changed("DELETE FROM alembic_version"), "does not say which schema it has"),
        (changed("DROP TABLE outbox"), "is not a whole library: it has no outbox"),
        (changed("DROP TABLE passage_terms"), "it has no passage_terms"),
        (changed("ALTER TABLE chats DROP COLUMN zone"), "it has no chats.zone"),
        (
            changed("UPDATE alembic_version SET version_num = '0010'"),
            "cannot be brought to the schema of this Sitrep",
        ),
        (lambda file: None, "There is no file"),
        (lambda file: file.write_bytes(b""), "not a copy of a library"),
        (lambda file: file.write_text("not a database at all, " * 100), "damaged, or not a copy"),
        (no_library, "not a copy of a library"),
        (newer, f"newer Sitrep (schema 9999, ours is {HEAD})"),
        (damaged, "is damaged"),
    ],
)
def test_what_is_no_sound_copy_is_refused_and_harms_nothing(
    tmp_path: Path, make: Callable[[Path], object], told: str
) -> None:
    database = made(tmp_path / "data", 1)
    make(tmp_path / "copy.db")
    with pytest.raises(StoreError) as error:
        backup.restore(tmp_path / "copy.db", database, tmp_path / "data", NOW)
    assert told in str(error.value)
    assert held(tmp_path / "data") == {1}
    assert list((tmp_path / "data").glob(".*")) == []


def test_a_copy_of_an_older_schema_is_migrated_before_it_takes_the_place_of_the_library(tmp_path: Path) -> None:
    database = made(tmp_path / "data", 1)
    changed(*AT_0014)(tmp_path / "copy.db")
    backup.restore(tmp_path / "copy.db", database, tmp_path / "data", NOW)
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    assert list((tmp_path / "data").glob(".*")) == []


def test_a_damaged_library_takes_the_place_of_no_earlier_copy(tmp_path: Path) -> None:
    database = made(tmp_path / "data", 1)
    backup.back_up(database, tmp_path / "data", tmp_path / "copy.db")
    whole = (tmp_path / "copy.db").read_bytes()
    damaged(database)
    with pytest.raises(StoreError, match="damaged"):
        backup.back_up(database, tmp_path / "data", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data"]


def test_a_library_of_a_newer_sitrep_is_not_restored_over(tmp_path: Path) -> None:
    database = made(tmp_path / "data", 1)
    backup.back_up(database, tmp_path / "data", tmp_path / "copy.db")
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="newer Sitrep"):
        backup.restore(tmp_path / "copy.db", database, tmp_path / "data", NOW)


def test_a_damaged_library_is_restored_and_kept(tmp_path: Path) -> None:
    database = made(tmp_path / "data", 1)
    backup.back_up(database, tmp_path / "data", tmp_path / "copy.db")
    database.write_bytes(b"\xff" * 5000)
    kept = backup.restore(tmp_path / "copy.db", database, tmp_path / "data", NOW)
    assert kept is not None
    assert kept.read_bytes() == b"\xff" * 5000
    assert held(tmp_path / "data") == {1}


def test_a_copy_that_cannot_be_written_is_one_sentence(sitrep: Sitrep, data: Path, tmp_path: Path) -> None:
    made(data, 1)
    for target in (tmp_path / "nowhere" / "copy.db", data, data / "sitrep.db"):
        refused = sitrep("backup", str(target))
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert held(data) == {1}

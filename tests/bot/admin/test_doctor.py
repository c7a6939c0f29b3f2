"""`sitrep doctor` finds and names each broken set-up, and calls a fresh library all right."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from filelock import FileLock
from pydantic import SecretStr

from bot.admin import surroundings
from bot.admin.doctor import CHECKS
from bot.resources import Resources
from bot.settings import Settings
from retrieval.domain import SitrepError
from retrieval.embedding import Embedder
from retrieval.store import condition
from retrieval.store.chats import inbox
from retrieval.store.database import open_database
from tests.fake_telegram.server import TelegramServer

NOWHERE = "http://127.0.0.1:9"


class Setup:
    """What a broken set-up is made of: its folder, its Telegram, its settings, and what is undone at the end."""

    def __init__(self, folder: Path, telegram: TelegramServer, patch: pytest.MonkeyPatch, undo: ExitStack) -> None:
        self.folder, self.telegram, self.patch, self.undo = folder, telegram, patch, undo
        self.settings: dict[str, Any] = {
            "data_dir": folder,
            "telegram_token": SecretStr(telegram.token),
            "telegram_api_url": telegram.url,
            "admins": frozenset({1001}),
        }

    def sql(self, statement: str) -> None:
        with sqlite3.connect(self.folder / "sitrep.db") as connection:
            connection.execute(statement)
        connection.close()


class OldClock(BaseHTTPRequestHandler):
    """Answers with a date of long ago."""

    def do_GET(self) -> None:
        self.send_response_only(200)
        self.send_header("Date", "Thu, 06 Jan 2022 12:00:00 GMT")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


def wrong_clock(setup: Setup) -> None:
    server = HTTPServer(("127.0.0.1", 0), OldClock)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    setup.undo.callback(server.server_close)
    setup.undo.callback(server.shutdown)
    setup.settings["telegram_api_url"] = f"http://127.0.0.1:{server.server_port}"


def webhook_left(setup: Setup) -> None:
    address = f"{setup.telegram.url}/bot{setup.telegram.token}/setWebhook"
    assert httpx.post(address, json={"url": "https://old.example.org/hook"}).status_code == 200


def damaged(setup: Setup) -> None:
    setup.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with (setup.folder / "sitrep.db").open("rb+") as file:
        file.seek(file.seek(0, 2) // 2)
        file.write(b"\xff" * 40_000)


def locked(setup: Setup) -> None:
    connection = sqlite3.connect(setup.folder / "sitrep.db", isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    setup.undo.callback(connection.close)


def no_folder(setup: Setup) -> None:
    file = setup.folder.parent / "a-file"
    file.write_text("")
    setup.settings["data_dir"] = file


def owned_and_broken(setup: Setup) -> None:
    lock = FileLock(setup.folder / "index" / "lock")
    lock.acquire(timeout=0)
    setup.undo.callback(lock.release)
    (setup.folder / "index" / "works-at.txt").write_text("0")


def update_waits(setup: Setup) -> None:
    engine = open_database("", setup.folder)
    row = {"n": 1, "p": "{}", "a": 0, "at": "2022-01-06 12:00:00.000000"}
    with engine.begin() as connection:
        names = "(update_id, payload, attempts, received_at) VALUES (:n, :p, :a, :at)"
        connection.exec_driver_sql(f"INSERT INTO inbox {names}", row)
    assert inbox.count(engine) == 1
    engine.dispose()


def feeds_fail(setup: Setup) -> None:
    setup.sql("INSERT INTO feeds (url, title, failures, stopped) VALUES ('https://a.example/feed', '', 9, 0)")


def damaged_index(setup: Setup) -> None:
    (setup.folder / "index").mkdir(exist_ok=True)
    (setup.folder / "index" / "state.json").write_text("{")


def no_database(setup: Setup) -> None:
    for file in setup.folder.glob("sitrep.db*"):
        file.unlink()
    (setup.folder / "sitrep.db").write_text("no " * 2000)


def budget_used(setup: Setup) -> None:
    used = {"day": datetime.now(UTC).date().isoformat(), "calls": 2000, "tokens": 1}
    (setup.folder / "model-usage.json").write_text(json.dumps(used))
    setup.settings |= {"chat_model": "openai:m", "chat_base_url": f"{NOWHERE}/v1"}


def given(**settings: Any) -> Callable[[Setup], None]:
    return lambda setup: setup.settings.update(settings)


class Broken(NamedTuple):
    check: str
    make: Callable[[Setup], object]
    says: str


BROKEN = {
    "no admins": Broken("telegram", given(admins=frozenset()), "SITREP_ADMINS is empty"),
    "wrong token": Broken("telegram", given(telegram_token=SecretStr("1:wrong")), "does not know the token"),
    "Telegram unreachable": Broken("telegram", given(telegram_api_url=NOWHERE), "cannot be reached"),
    "Telegram fails": Broken("telegram", lambda s: s.telegram.fail("getMe", code=502), "fails (error 502)"),
    "webhook left over": Broken("telegram", webhook_left, "a webhook is set at https://old.example.org/hook"),
    "wrong clock": Broken("clock", wrong_clock, "it is wrong by +"),
    "disk nearly full": Broken("folder", lambda s: s.patch.setattr(surroundings, "NEARLY_FULL", 2**60), "nearly full"),
    "disk full": Broken("folder", lambda s: s.patch.setattr(condition, "LEAST_FREE", 2**60), "The disk is full"),
    "no folder": Broken("folder", no_folder, "cannot be written"),
    "damaged database": Broken("database", damaged, "damaged"),
    "no database": Broken("database", no_database, "not a database"),
    "locked database": Broken("database", locked, "locked"),
    "newer schema": Broken(
        "database", lambda s: s.sql("UPDATE alembic_version SET version_num = '9999'"), "newer Sitrep"
    ),
    "damaged index": Broken("index", damaged_index, "missing, damaged or of another version"),
    "Chroma server dead": Broken("index", given(chroma_url=NOWHERE), "missing, damaged or of another version"),
    "Chroma dead beside a running bot": Broken("index", owned_and_broken, "where it does not work now"),
    "another embedding model": Broken(
        "vectors", lambda s: s.sql("UPDATE passages SET model = 'openai:other'"), "cannot be searched with"
    ),
    "model without key": Broken("model", given(chat_model="openai:m"), "needs a key"),
    "unknown provider": Broken("model", given(chat_model="nobody:m"), "names no model"),
    "model dead": Broken("model", given(chat_model="openai:m", chat_base_url=f"{NOWHERE}/v1"), "cannot be reached"),
    "model's budget used up": Broken("model", budget_used, "budget is used up"),
    "reader's server dead": Broken("reader", given(reader=f"{NOWHERE}/rerank"), "cannot be reached"),
    "feeds fail": Broken("feeds", feeds_fail, "1 failing"),
    "nobody answers": Broken("waiting", update_waits, "they wait for: sitrep run"),
}
"""Set-ups that do not work, the check that finds each, and what it says."""


@pytest.fixture
def setup(data: Path, telegram_server: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Setup]:
    with ExitStack() as undo:
        yield Setup(data, telegram_server, monkeypatch, undo)


def found(settings: dict[str, Any], name: str, embedder: Embedder) -> tuple[bool, str]:
    with Resources(Settings(**settings)) as resources:
        resources.__dict__["embedder"] = embedder
        try:
            return CHECKS[name](resources)
        except SitrepError as exc:
            return False, str(exc)


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_set_up_is_found_and_named(what: str, setup: Setup, embedder: Embedder) -> None:
    broken = BROKEN[what]
    broken.make(setup)
    well, says = found(setup.settings, broken.check, embedder)
    assert not well
    assert broken.says in says
    assert setup.telegram.token not in says


@pytest.mark.parametrize("name", CHECKS)
def test_a_fresh_library_is_all_right(name: str, tmp_path: Path, embedder: Embedder, data: Path) -> None:
    (tmp_path / "fresh").mkdir()
    (tmp_path / "fresh" / "models").symlink_to((data / "models").resolve())
    settings = {"data_dir": tmp_path / "fresh", "telegram_api_url": NOWHERE}
    assert found(settings, name, embedder)[0]


@pytest.mark.parametrize("name", ["telegram", "clock", "folder", "database"])
def test_a_set_up_that_works_is_all_right(name: str, setup: Setup, embedder: Embedder) -> None:
    assert found(setup.settings, name, embedder)[0]

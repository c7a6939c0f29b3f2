"""Several bots behind one webhook on one PostgreSQL, through the strict Telegram."""

import time
from collections.abc import Callable
from datetime import UTC
from itertools import islice
from pathlib import Path

import httpx

from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.store.database import BotLock, open_database
from retrieval.store.library import open_library
from tests.bot.commands import data
from tests.bot.running import ADMIN, running
from tests.bot.telegram.test_webhook import PUBLIC, SECRET, free_port
from tests.conftest import MODELS, SAMPLES
from tests.fake_telegram.server import TelegramServer

__all__ = ["data"]


def replica(port: int, url: str) -> dict[str, str]:
    listen = f"127.0.0.1:{port}"
    webhook = {"webhook_url": f"{PUBLIC}/telegram", "webhook_secret": SECRET, "webhook_listen": listen}
    return {**webhook, "database_url": url}


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.1)


def takes_updates(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_replica_takes_updates_for_the_leader_and_goes_on_when_that_is_killed(
    telegram_server: TelegramServer, data: Path, embedder: Embedder, new_postgres: Callable[[], str], tmp_path: Path
) -> None:
    url, first, second = new_postgres(), free_port(), free_port()
    library = open_library(data, name_of(embedder), url)
    ingest(library, embedder, islice(from_path(SAMPLES, UTC), 2))
    library.close()
    other = tmp_path / "other"
    other.mkdir()
    (other / "models").symlink_to(MODELS)
    telegram_server.proxy(PUBLIC, f"http://127.0.0.1:{second}")
    with (
        running(telegram_server, data, **replica(first, url)) as leader,
        running(telegram_server, other, **replica(second, url)) as standing_by,
    ):
        wait_until(lambda: takes_updates(second) and "stands by" in standing_by.log.read_text())
        assert telegram_server.ask(ADMIN, "/help").text
        telegram_server.wait_until_confirmed()
        sent = len(telegram_server.sent(ADMIN))
        leader.kill()
        assert telegram_server.ask(ADMIN, "/privacy").text
        assert "leads now" in standing_by.log.read_text()
        assert len(telegram_server.sent(ADMIN)) == sent + 1
        assert telegram_server.violations() == []
        assert standing_by.stop() == 0


def test_one_bot_at_a_time_has_the_lock_and_the_next_one_has_it_once_a_session_breaks(
    new_postgres: Callable[[], str], tmp_path: Path
) -> None:
    url = new_postgres()
    engines = [open_database(url, tmp_path) for _ in range(2)]
    first, second = map(BotLock, engines)
    assert (first.claim(), second.claim(), first.keep()) == (True, False, True)
    with engines[1].connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
    assert (second.claim(), first.keep()) == (True, False)
    second.release()
    assert first.keep()
    first.release()
    for engine in engines:
        engine.dispose()

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
from retrieval.store.claims import Charges, Claim, Claims, Rates, Sends, Wish
from retrieval.store.database import BotLock, open_database, writing
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


def two_replicas(data: Path, embedder: Embedder, url: str, other: Path) -> None:
    """Put two articles into a database; let the bot on `other` find the model."""
    library = open_library(data, name_of(embedder), url)
    ingest(library, embedder, islice(from_path(SAMPLES, UTC), 2))
    library.close()
    other.mkdir()
    (other / "models").symlink_to(MODELS)


def test_the_others_go_on_with_the_chats_of_a_replica_that_is_killed(
    telegram_server: TelegramServer, data: Path, embedder: Embedder, new_postgres: Callable[[], str], tmp_path: Path
) -> None:
    url, first, second, other = new_postgres(), free_port(), free_port(), tmp_path / "other"
    two_replicas(data, embedder, url, other)
    with (
        running(telegram_server, data, patience=150, **replica(first, url)) as killed,
        running(telegram_server, other, patience=150, **replica(second, url)) as survivor,
    ):
        wait_until(lambda: takes_updates(first) and takes_updates(second))
        telegram_server.proxy(PUBLIC, f"http://127.0.0.1:{first}")
        assert telegram_server.ask(ADMIN, "/help").text
        telegram_server.proxy(PUBLIC, f"http://127.0.0.1:{second}")
        assert telegram_server.ask(ADMIN, "/help").text  # stored by one, handled by the other, which has the chat
        telegram_server.wait_until_confirmed()
        sent = len(telegram_server.sent(ADMIN))
        killed.kill()
        assert telegram_server.ask(ADMIN, "/privacy").text
        wait_until(lambda: "leads now" in survivor.log.read_text())
        assert len(telegram_server.sent(ADMIN)) == sent + 1
        assert telegram_server.violations() == []
        assert survivor.stop() == 0


def test_a_chat_is_one_replicas_until_that_gives_it_up_or_dies(new_postgres: Callable[[], str], tmp_path: Path) -> None:
    url = new_postgres()
    engines = [open_database(url, tmp_path) for _ in range(2)]
    first, second = map(Claims, engines)
    assert first.claim(Claim.HANDLE, [1, -2]) == {1, -2}
    assert second.claim(Claim.HANDLE, [1, 3]) == {3}
    assert second.claim(Claim.SEND, [1]) == {1}
    first.release(Claim.HANDLE, [1])
    assert second.claim(Claim.HANDLE, [1, -2]) == {1}
    first.close()
    wait_until(lambda: second.claim(Claim.HANDLE, [-2]) == {-2})
    second.close()
    for engine in engines:
        engine.dispose()


def test_a_replica_has_its_chats_again_after_its_session_broke_unless_another_took_one(
    new_postgres: Callable[[], str], tmp_path: Path
) -> None:
    url = new_postgres()
    engines = [open_database(url, tmp_path) for _ in range(2)]
    first, second = map(Claims, engines)
    broken = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND datname = current_database()"
    )
    first.claim(Claim.HANDLE, [1, 2])
    with engines[1].connect() as connection:
        connection.exec_driver_sql(broken)
    assert first.keep()
    assert second.claim(Claim.HANDLE, [1]) == set()
    with engines[0].connect() as connection:
        connection.exec_driver_sql(broken)
    assert second.keep()
    wait_until(lambda: second.claim(Claim.HANDLE, [2]) == {2})
    assert not first.keep()
    first.close()
    second.close()
    for engine in engines:
        engine.dispose()


def test_the_limits_are_kept_by_all_replicas_together(new_postgres: Callable[[], str], tmp_path: Path) -> None:
    engine = open_database(new_postgres(), tmp_path)
    first, second = (Sends(engine, Rates(3, 2, 0.2, 2, 1.0)) for _ in range(2))
    one, two, three, four = (Wish(str(chat), is_group=False, is_broadcast=chat < 4) for chat in range(1, 5))
    [number] = first.take([one], [])
    assert number is not None
    assert second.take([one], []) == [None]  # a chat gets one at a time
    [other] = second.take([two], [])
    assert other is not None
    assert second.take([three, four], [])[0] is None  # the last place is for an answer
    assert first.take([four], []) == [None]
    first.take([], [number, other])
    assert second.take([three], []) == [None]  # until a window after Telegram's answers
    time.sleep(0.25)
    assert second.take([three], []) != [None]
    engine.dispose()


def test_what_a_replica_charged_a_chat_is_known_to_the_others_for_a_while(
    new_postgres: Callable[[], str], tmp_path: Path
) -> None:
    engine = open_database(new_postgres(), tmp_path)
    first, second = (Charges(engine, 0.5) for _ in range(2))
    first.add([(1, 1.0), (1, 0.2), (2, 2.0)])
    assert second.of_others([1, 3]) == {1: 1.2}
    assert first.of_others([1, 2]) == {}
    time.sleep(0.5)
    assert second.of_others([1, 2]) == {}
    engine.dispose()


def test_a_group_gets_no_more_a_minute_than_it_may_from_all_replicas(
    new_postgres: Callable[[], str], tmp_path: Path
) -> None:
    engine = open_database(new_postgres(), tmp_path)
    sends, group = Sends(engine, Rates(9, 9, 0.01, 2, 0.5)), Wish("-5", is_group=True, is_broadcast=False)
    for _ in range(2):
        [number] = sends.take([group], [])
        assert number is not None
        sends.take([], [number])
        time.sleep(0.02)
    assert sends.take([group], []) == [None]
    time.sleep(0.5)
    assert sends.take([group], []) != [None]
    engine.dispose()


def test_no_update_is_lost_when_one_of_two_replicas_is_killed_while_many_people_ask(
    telegram_server: TelegramServer, data: Path, embedder: Embedder, new_postgres: Callable[[], str], tmp_path: Path
) -> None:
    url, ports, other = new_postgres(), (free_port(), free_port()), tmp_path / "other"
    two_replicas(data, embedder, url, other)
    people = range(5_001, 5_041)
    engine = open_database(url, data)
    with writing(engine) as connection:
        for person in people:
            connection.exec_driver_sql("INSERT INTO chats (id, admitted) VALUES (%s, true)", (person,))
    engine.dispose()
    with (
        running(telegram_server, data, patience=150, **replica(ports[0], url)) as killed,
        running(telegram_server, other, patience=150, **replica(ports[1], url)),
    ):
        wait_until(lambda: all(map(takes_updates, ports)))
        telegram_server.proxy(PUBLIC, [f"http://127.0.0.1:{port}" for port in ports])
        for person in people:
            telegram_server.private_message(person, "/help")
        wait_until(lambda: len(telegram_server.sent()) >= 10)
        killed.kill()
        wait_until(lambda: all(telegram_server.sent(person) for person in people))
        twice = sum(len(telegram_server.sent(person)) > 1 for person in people)
        assert twice <= len(people) // 10  # sent, and not yet recorded
        assert telegram_server.violations() == []


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

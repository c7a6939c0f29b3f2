"""The webhook, /healthz and /metrics of `sitrep run`, end to end through the strict Telegram."""

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tornado.httpserver import HTTPServer
from tornado.web import Application

from bot.settings import listen_address
from bot.telegram.updates import webhook
from bot.telegram.updates.admission import BacklogError
from tests.bot.commands import data
from tests.bot.running import ADMIN, Bot, command, running
from tests.bot.test_bot import QUESTION
from tests.fake_telegram.server import TelegramServer

__all__ = ["data"]

PUBLIC = "https://bot.example.org"
SECRET = "a-secret-of-the-tests"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


BY_CHROMA = 'sitrep_searches_total{answered_by="chroma"}'
BY_SCAN = 'sitrep_searches_total{answered_by="scan"}'


def metrics(client: httpx.Client) -> dict[str, float]:
    lines = [line for line in client.get("/metrics").text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def server() -> Iterator[TelegramServer]:
    with TelegramServer() as telegram:
        yield telegram


@pytest.fixture(scope="module")
def bot(server: TelegramServer, module_data: Path, port: int) -> Iterator[Bot]:
    """One bot with a webhook behind a proxy, for all tests of this module."""
    server.proxy(PUBLIC, f"http://127.0.0.1:{port}")
    settings = {"webhook_url": f"{PUBLIC}/telegram", "webhook_secret": SECRET, "webhook_listen": f"127.0.0.1:{port}"}
    with running(server, module_data, **settings) as started:
        yield started


@pytest.fixture
def client(bot: Bot, port: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as made:
        yield made


def test_a_question_by_webhook_is_answered(server: TelegramServer, bot: Bot) -> None:
    assert "[1]" in server.ask(ADMIN, QUESTION).text
    server.wait_until_confirmed()
    assert server.calls("getUpdates") == server.refusals() == server.violations() == []


def test_an_update_that_comes_again_is_answered_once(server: TelegramServer, client: httpx.Client) -> None:
    update = json.loads(server.private_message(ADMIN, "/help").model_dump_json(exclude_none=True, by_alias=True))
    server.wait_for("sendMessage", ADMIN)
    sent = len(server.sent(ADMIN))
    assert client.post("/telegram", json=update, headers={HEADER: SECRET}).status_code == 200
    server.ask(ADMIN, "/start")
    assert len(server.sent(ADMIN)) == sent + 1


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b'{"update_id": 1}', 403),
        ({HEADER: "wrong"}, b'{"update_id": 1}', 403),
        ({HEADER: SECRET}, b"not json", 400),
        ({HEADER: SECRET}, b"[" * 100_000, 400),
        ({HEADER: SECRET}, b'{"update_id": true}', 400),
        ({HEADER: SECRET}, b'{"message": {}}', 400),
        ({HEADER: SECRET}, b" " * 2**21, 400),
    ],
)
def test_what_is_no_update_of_telegrams_is_refused(
    client: httpx.Client, headers: dict[str, str], body: bytes, status: int
) -> None:
    try:
        assert client.post("/telegram", content=body, headers=headers).status_code == status
    except httpx.TransportError:
        assert len(body) > 2**20, "only what is too large is cut off"


@pytest.mark.parametrize(("refusals", "status"), [(2, 200), (10**6, 503)])
async def test_what_was_written_long_ago_is_held_back_until_there_is_room(
    refusals: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "ROOM_EVERY", 0.01)
    monkeypatch.setattr(webhook, "HOLD_SECONDS", 0.3 if status == 503 else 60.0)
    tries: list[Any] = []

    async def take(updates: list[dict[str, Any]]) -> None:
        tries.append(updates)
        if len(tries) <= refusals:
            raise BacklogError("There is no room.")

    handled = {"secret": SECRET, "take": take, "ready": lambda: True}
    server, free = HTTPServer(Application([("/telegram", webhook.Webhook, handled)])), free_port()
    server.listen(free, "127.0.0.1")
    async with httpx.AsyncClient(timeout=60) as client:
        url = f"http://127.0.0.1:{free}/telegram"
        answer = await client.post(url, json={"update_id": 1}, headers={HEADER: SECRET})
    server.stop()
    assert answer.status_code == status
    assert len(tries) > min(refusals, 1)


def test_health_tells_of_database_index_embedder_and_feeds(client: httpx.Client) -> None:
    told = client.get("/healthz")
    assert told.status_code == 200
    assert told.json()["ok"] is True
    assert {"database", "index", "embedder", "feeds"} <= told.json().keys()


def test_metrics_count_questions_and_hold_nothing_of_them(server: TelegramServer, client: httpx.Client) -> None:
    server.ask(ADMIN, "Where is the zanzibarine lighthouse?")
    values = metrics(client)
    assert values["sitrep_questions_total"] >= 1
    answers = [value for name, value in values.items() if name.startswith("sitrep_answers_total")]
    assert sum(answers) == values["sitrep_questions_total"]
    assert values["sitrep_answer_seconds_count"] == values["sitrep_questions_total"]
    for stage in ("store", "handle", "wait", "answer", "search", "embed", "read", "choose", "render", "send"):
        assert values[f'sitrep_stage_seconds_count{{stage="{stage}"}}'] >= 1, stage
    assert values["sitrep_articles"] > 0
    assert values["sitrep_feeds"] == 0
    deadline = time.monotonic() + 10  # what was sent is recorded a moment after the reader has it
    while metrics(client)["sitrep_outbox"] != 0:
        assert time.monotonic() < deadline, "a message that was sent stayed in the outbox"
        time.sleep(0.1)
    text = client.get("/metrics").text
    assert "zanzibarine" not in text
    assert re.search(rf"(?<![\d.]){ADMIN}(?!\d)", text) is None  # as a number: a time's digits may contain it


def test_every_question_to_a_running_bot_is_answered_from_chroma(
    server: TelegramServer, client: httpx.Client, module_data: Path
) -> None:
    """In metrics and in doctor; the scan in memory answered at most while the bot was starting."""
    deadline = time.monotonic() + 30
    while metrics(client)["sitrep_index_ready"] != 1:
        assert time.monotonic() < deadline, "the index was not ready in time"
        time.sleep(0.2)
    before = metrics(client)
    for question in (QUESTION, "Кто стал премьер-министром?", "¿Cuántos soldados envió la OTSC?"):
        server.ask(ADMIN, question)
    after = metrics(client)
    assert after[BY_CHROMA] - before[BY_CHROMA] >= 3
    assert after[BY_SCAN] == before[BY_SCAN]
    found = json.loads(command(server, module_data, "doctor", "--json").stdout)
    assert "Chroma answered" in found["index"]["says"]


def test_a_question_by_webhook_survives_a_kill(data: Path) -> None:
    """Telegram was told that the bot has it; killed before the answer, the bot gives it after its restart."""
    own = free_port()
    settings = {"webhook_url": f"{PUBLIC}/telegram", "webhook_secret": SECRET, "webhook_listen": f"127.0.0.1:{own}"}
    with TelegramServer() as telegram:
        telegram.proxy(PUBLIC, f"http://127.0.0.1:{own}")
        telegram.fail("sendMessage", kind="hang", times=1)
        with running(telegram, data, **settings) as bot:
            telegram.private_message(ADMIN, "/help")
            telegram.wait_until_confirmed()
            bot.kill()
        telegram.heal()
        with running(telegram, data, **settings) as bot:
            assert telegram.wait_for("sendMessage", ADMIN, timeout=30, text="/ask")
            assert bot.stop() == 0


def test_a_polling_bot_serves_metrics_where_it_is_told_to(telegram_server: TelegramServer, data: Path) -> None:
    own = free_port()
    with running(telegram_server, data, metrics_listen=str(own)):
        assert httpx.get(f"http://127.0.0.1:{own}/healthz", timeout=30).status_code == 200
        assert httpx.post(f"http://127.0.0.1:{own}/", timeout=30).status_code == 404


@pytest.mark.parametrize(
    ("written", "address"),
    [("8443", ("127.0.0.1", 8443)), ("0.0.0.0:80", ("0.0.0.0", 80)), ("[::1]:443", ("::1", 443))],
)
def test_where_to_listen_is_a_port_or_host_and_port(written: str, address: tuple[str, int]) -> None:
    assert listen_address(written) == address


@pytest.mark.parametrize("written", ["", "host", "host:0", "host:70000", "host:http"])
def test_nonsense_is_nowhere_to_listen(written: str) -> None:
    with pytest.raises(ValueError, match="no host:port"):
        listen_address(written)

"""A store that fails pauses the intake; who writes gets one line in their language, and later the answer."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.locales import language_list, say
from bot.telegram.updates import supervisor as supervising
from bot.telegram.updates.inbox import Inbox, poll
from bot.telegram.updates.supervisor import Supervisor
from retrieval.embedding import Embedder
from retrieval.store import condition
from retrieval.store.chats import inbox as stored
from tests import postgres
from tests.bot.in_process import ADMIN, InProcess, in_process
from tests.garbled_pages import garbled_pages

STRANGER = 3003
ANSWER = f"{say('start', 'en', languages=language_list('en'))}\n\n{say('start_empty_editor', 'en')}"
LINE = say("error.store", "en")


@asynccontextmanager
async def supervised(folder: Path, embedder: Embedder, **settings: Any) -> AsyncIterator[InProcess]:
    """A bot that polls, with its supervisor and its reports at work."""
    async with in_process(folder, embedder, **settings) as bot:
        await bot.application.start()
        stop, data = asyncio.Event(), bot.application.bot_data
        library = bot.resources.library
        inbox = Inbox(bot.application, library, bot.resources.settings.now)
        tasks = [
            asyncio.create_task(data["supervisor"].run(stop)),
            asyncio.create_task(data["reports"].run(bot.application.bot, library, stop)),
            asyncio.create_task(bot.sender.run(stop)),
            asyncio.create_task(inbox.run(stop)),
            asyncio.create_task(poll(bot.application, inbox, stop)),
        ]
        yield bot
        stop.set()
        await asyncio.gather(*tasks)
        await bot.application.stop()


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "CHECK_EVERY", 0.2)
    monkeypatch.setattr(supervising, "STUCK_AFTER", 1.0)


@pytest.fixture
async def bot(tmp_path: Path, embedder: Embedder, _soon: None) -> AsyncIterator[InProcess]:
    async with supervised(tmp_path, embedder) as running:
        running.telegram.world.private_chat(ADMIN)
        yield running


@contextmanager
def full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So much is wanted that the disk has not got it."""
    with monkeypatch.context() as changed:
        changed.setattr(condition, "LEAST_FREE", 2**60)
        yield


@contextmanager
def locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    connection = sqlite3.connect(folder / "sitrep.db", isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


@contextmanager
def corrupt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with garbled_pages(folder / "sitrep.db"):
        yield


FAULTS = {"full disk": full, "locked": locked, "corrupt pages": corrupt}


async def texts_to(bot: InProcess, chat: int, wanted: str, seconds: float = 10.0) -> list[str]:
    """Return the texts sent to a chat once `wanted` is among them."""
    for _ in range(int(seconds / 0.02)):
        texts = [call.text for call in bot.telegram.calls("sendMessage", chat)]
        if wanted in texts:
            return texts
        await asyncio.sleep(0.02)
    raise TimeoutError(f"{wanted!r} did not come; {texts} did")


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_of_the_store_is_said_once_reported_and_got_over(
    fault: str, bot: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor: Supervisor = bot.application.bot_data["supervisor"]
    with FAULTS[fault](tmp_path, monkeypatch):
        if fault == "full disk":  # nothing is really missing, so that only a check notices
            await asyncio.sleep(2 * supervising.CHECK_EVERY + 0.5)
        bot.telegram.private_message(ADMIN, "/start")
        bot.telegram.private_message(ADMIN, "/start")
        bot.telegram.private_message(STRANGER, "/start")
        await texts_to(bot, ADMIN, LINE)
        await asyncio.sleep(1.0)
        assert supervisor.reason is not None
    texts = await texts_to(bot, ADMIN, say("report.store_over", "en"))
    texts = await texts_to(bot, ADMIN, ANSWER)
    assert supervisor.reason is None
    assert texts.count(LINE) == 1
    assert sum(text.startswith("The library cannot be read or written") for text in texts) == 1
    assert LINE not in [call.text for call in bot.telegram.calls("sendMessage", STRANGER)]
    for _ in range(500):
        both = [call.text for call in bot.telegram.calls("sendMessage", ADMIN)].count(ANSWER) >= 2
        if both and stored.count(bot.resources.library.engine) == 0:
            break
        await asyncio.sleep(0.02)
    assert [call.text for call in bot.telegram.calls("sendMessage", ADMIN)].count(ANSWER) == 2


@pytest.mark.usefixtures("_soon")
async def test_a_postgresql_that_is_stopped_is_said_once_and_got_over_once_it_is_started(
    tmp_path: Path, embedder: Embedder, postgres_server: Path, new_postgres: Callable[[], str]
) -> None:
    async with supervised(tmp_path, embedder, database_url=new_postgres()) as bot:
        bot.telegram.world.private_chat(ADMIN)
        supervisor: Supervisor = bot.application.bot_data["supervisor"]
        await asyncio.to_thread(postgres.stop, postgres_server)
        try:
            bot.telegram.private_message(ADMIN, "/start")
            bot.telegram.private_message(ADMIN, "/start")
            await texts_to(bot, ADMIN, LINE)
            assert supervisor.reason is not None
        finally:
            await asyncio.to_thread(postgres.start, postgres_server)
        await texts_to(bot, ADMIN, say("report.store_over", "en"), 30)
        texts = await texts_to(bot, ADMIN, ANSWER, 30)
        assert supervisor.reason is None
        assert texts.count(LINE) == 1


async def test_the_webhook_refuses_updates_while_the_store_fails(bot: InProcess) -> None:
    """So Telegram sends them again."""
    supervisor: Supervisor = bot.application.bot_data["supervisor"]
    refused: list[dict[str, Any]] = [{"update_id": 1, "message": {"chat": {"id": ADMIN, "type": "private"}}}]
    supervisor.report(supervising.StoreError("It fails."))
    with pytest.raises(supervising.StoreError, match="It fails"):
        async with supervisor.intake(refused):
            raise AssertionError("nothing may be stored")

"""Updates in: stored first, then handled one at a time in a chat and at the same time in different chats."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from telegram.error import InvalidToken

from bot.locales import language_list, say
from bot.telegram.updates.inbox import Inbox, poll
from bot.telegram.updates.processor import ChatByChat
from retrieval.embedding import Embedder
from retrieval.store.chats import chats, outbox
from retrieval.store.chats import inbox as stored
from retrieval.store.chats.inbox import Received
from tests.bot.in_process import ADMIN, InProcess, in_process
from tests.fake_telegram.ledger import Call

OTHER_ADMIN = 1002
START = f"{say('start', 'en', languages=language_list('en'))}\n\n{say('start_empty_editor', 'en')}"
SLOW = 1.0  # seconds that a slow message takes


@pytest.fixture
async def bot(tmp_path: Path, embedder: Embedder) -> AsyncIterator[InProcess]:
    """A bot on an empty library that handles the updates of its inbox."""
    async with in_process(tmp_path, embedder, admins=frozenset({ADMIN, OTHER_ADMIN})) as running:
        await running.application.start()
        yield running
        await running.application.stop()


@pytest.fixture
def inbox(bot: InProcess) -> Inbox:
    return bot.inbox


def received(bot: InProcess, *updates: dict[str, Any]) -> None:
    """Store updates as an earlier run did that was killed before it answered them."""
    rows = [Received(one["update_id"], one["message"]["chat"]["id"], json.dumps(one)) for one in updates]
    stored.receive(bot.resources.library.engine, rows, bot.resources.settings.now())


def update(bot: InProcess, user: int, text: str) -> dict[str, Any]:
    made = bot.telegram.private_message(user, text)
    return bot.telegram.world.updates.past[made.update_id]


async def until(done: Callable[[], bool], seconds: float = 10.0) -> None:
    for _ in range(int(seconds / 0.01)):
        if done():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError(f"nothing came of it within {seconds} s")


async def sent(bot: InProcess, count: int) -> list[Call]:
    await until(lambda: len([c for c in bot.telegram.calls("sendMessage") if c.answered_at]) >= count)
    await until(lambda: stored.count(bot.resources.library.engine) == 0)
    return bot.telegram.calls("sendMessage")


async def test_two_messages_of_one_chat_are_answered_in_order(bot: InProcess, inbox: Inbox) -> None:
    bot.telegram.fail("sendMessage", kind="delay", seconds=SLOW, times=1, chat_id=ADMIN)
    await inbox.take([update(bot, ADMIN, "/start"), update(bot, ADMIN, "/asof")])
    first, second = await sent(bot, 2)
    assert first.text == START
    assert first.answered_at is not None
    assert second.at >= first.answered_at


async def test_a_slow_chat_does_not_hold_up_another(bot: InProcess, inbox: Inbox) -> None:
    bot.telegram.fail("sendMessage", kind="delay", seconds=SLOW, times=1, chat_id=ADMIN)
    await inbox.take([update(bot, ADMIN, "/start"), *(update(bot, OTHER_ADMIN, "/start") for _ in range(3))])
    await sent(bot, 4)
    [slow] = bot.telegram.calls("sendMessage", ADMIN)
    assert all(
        slow.answered_at and other.at < slow.answered_at for other in bot.telegram.calls("sendMessage", OTHER_ADMIN)
    )


async def test_an_update_that_is_twice_in_a_batch_is_handled_once(bot: InProcess, inbox: Inbox) -> None:
    twice = update(bot, ADMIN, "/start")
    await inbox.take([twice, twice])
    await inbox.take([twice])
    await inbox.take([update(bot, ADMIN, "/asof")])
    assert len(await sent(bot, 2)) == 2


async def test_an_update_is_on_disk_until_its_answer_is(bot: InProcess, inbox: Inbox) -> None:
    """And the answer until it is sent; then nothing of either is."""
    engine = bot.resources.library.engine
    bot.telegram.fail("sendMessage", kind="delay", seconds=SLOW, times=1, chat_id=ADMIN)
    await inbox.take([update(bot, ADMIN, "/start")])
    assert stored.count(engine) + outbox.count(engine) == 1
    await until(lambda: stored.count(engine) == 0)
    assert posted(bot) == [START]
    await until(lambda: outbox.count(engine) == 0)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar() == 0


async def test_a_stop_cancels_slow_updates_and_the_next_run_handles_them(tmp_path: Path, embedder: Embedder) -> None:
    async with in_process(tmp_path, embedder) as bot:
        await bot.application.start()
        await bot.inbox.take([document(bot), update(bot, ADMIN, "/asof")])
        await until(lambda: bool(bot.telegram.calls("getFile")))
        processor = bot.application.update_processor
        assert isinstance(processor, ChatByChat)
        await processor.finish(0.05)
        await bot.application.stop()
        assert stored.count(bot.resources.library.engine) == 2
        assert stored.suspects(bot.resources.library.engine) == []
        files = bot.telegram.world.files
    async with in_process(tmp_path, embedder) as bot:
        await bot.application.start()
        bot.telegram.world.private_chat(ADMIN)
        bot.telegram.world.files = files
        assert await bot.inbox.resume() == 2
        await until(lambda: stored.count(bot.resources.library.engine) == 0)
        await bot.application.stop()


def document(bot: InProcess) -> dict[str, Any]:
    """An admin's document that cannot be fetched yet."""
    bot.telegram.fail("getFile", kind="hang", seconds=2)
    made = bot.telegram.document(ADMIN, "a.txt", b"The tram drivers went back to work on Monday, officials said.")
    return bot.telegram.world.updates.past[made.update_id]


async def test_updates_of_a_process_that_was_killed_again_and_again_are_handled(bot: InProcess, inbox: Inbox) -> None:
    """A kill counts for all that was being handled, so it proves nothing of any."""
    engine, begun = bot.resources.library.engine, [update(bot, ADMIN, "/start"), update(bot, OTHER_ADMIN, "/start")]
    received(bot, *begun)
    for _ in range(32):
        for one in begun:
            stored.begin(engine, one["update_id"], bot.resources.settings.now())
        stored.suspect(engine)
    assert await inbox.resume() == 2
    assert (await sent(bot, 2))[0].text == START


async def test_what_may_end_the_process_is_handled_after_all_others_and_alone(bot: InProcess, inbox: Inbox) -> None:
    engine, now = bot.resources.library.engine, bot.resources.settings.now()
    suspect, other = update(bot, ADMIN, "/asof"), update(bot, OTHER_ADMIN, "/start")
    received(bot, suspect, other)
    for _ in range(stored.SUSPECT):
        stored.begin(engine, suspect["update_id"], now)
        stored.suspect(engine)
    assert await inbox.resume() == 2
    assert [call.chat_id for call in await sent(bot, 2)] == [OTHER_ADMIN, ADMIN]


async def test_an_update_that_was_begun_too_often_is_given_up_and_the_chat_gets_a_line(
    bot: InProcess, inbox: Inbox
) -> None:
    engine, begun = bot.resources.library.engine, update(bot, ADMIN, "/start")
    chats.keep(engine, ADMIN, language="kk")
    received(bot, begun)
    for _ in range(stored.MOST_ATTEMPTS):
        stored.begin(engine, begun["update_id"], bot.resources.settings.now())
        stored.suspect(engine)
    assert await inbox.resume() == 0
    assert stored.count(engine) == 0
    assert posted(bot) == [say("failed", "kk")]


def posted(bot: InProcess) -> list[str]:
    """Return the texts of the answer that waits in the outbox for ADMIN."""
    letter = outbox.next_letter(bot.resources.library.engine, ADMIN, answers=True)
    return [message["plain"] for message in letter.messages] if letter else []


PASSING: dict[str, dict[str, Any]] = {
    "500": {"code": 500},
    "502": {"code": 502},
    "504": {"code": 504},
    "reset": {"kind": "drop"},
    "garbage": {"kind": "garbage"},
    "429": {"retry_after": 1},
    "409": {"code": 409},
}


@pytest.mark.parametrize("fault", PASSING)
async def test_an_answer_that_telegram_does_not_take_for_now_comes_later(
    bot: InProcess, inbox: Inbox, fault: str
) -> None:
    bot.telegram.fail("sendMessage", **PASSING[fault])
    await inbox.take([update(bot, ADMIN, "/start")])
    await until(lambda: bool(bot.telegram.calls("sendMessage")))
    await until(lambda: stored.count(bot.resources.library.engine) == 0)
    assert posted(bot) == [START]
    bot.telegram.heal()
    await asyncio.sleep(PASSING[fault].get("retry_after", 0) * 1.1)
    bot.sender.retry()
    await bot.sender.flush()
    assert bot.telegram.sent(ADMIN)[-1].text == START
    assert posted(bot) == []


async def test_the_update_ends_in_one_transaction_with_its_answer(bot: InProcess, inbox: Inbox) -> None:
    """Where the outbox cannot be written to, the update stays, and is handled again once it can."""
    engine = bot.resources.library.engine
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END")
    await inbox.take([update(bot, ADMIN, "/start")])
    await until(lambda: not bot.inbox._processor.in_memory)
    assert stored.count(engine) == 1
    assert bot.telegram.calls("sendMessage") == []
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    assert await inbox.queue_waiting() == 1
    assert len(await sent(bot, 1)) == 1


async def test_an_update_whose_handler_cannot_reach_telegram_is_put_off(bot: InProcess, inbox: Inbox) -> None:
    engine = bot.resources.library.engine
    bot.telegram.fail("getFile", code=502)
    made = bot.telegram.document(ADMIN, "a.txt", b"The tram drivers went back to work on Monday, officials said.")
    await inbox.take([bot.telegram.world.updates.past[made.update_id]])
    await until(lambda: not bot.inbox._processor.in_memory)
    assert (stored.count(engine), posted(bot)) == (1, [])
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE inbox SET due_at = received_at")
    assert await inbox.queue_waiting() == 1
    await until(lambda: stored.count(engine) == 0)
    assert len(bot.telegram.calls("getFile")) == 2


async def test_an_update_that_cannot_be_read_is_passed_over(bot: InProcess, inbox: Inbox) -> None:
    unreadable = {"update_id": 1, "message": {"text": "a secret question", "from": {"id": ADMIN}}}
    await inbox.take([unreadable, update(bot, ADMIN, "/start")])
    assert len(await sent(bot, 1)) == 1


@asynccontextmanager
async def polling(bot: InProcess, inbox: Inbox) -> AsyncIterator["asyncio.Task[None]"]:
    stop = asyncio.Event()
    task = asyncio.create_task(poll(bot.application, inbox, stop))
    try:
        yield task
    finally:
        stop.set()
        with suppress(InvalidToken):
            await task


async def test_polling_pauses_for_as_long_as_telegram_asks(bot: InProcess, inbox: Inbox) -> None:
    bot.telegram.fail("getUpdates", retry_after=1)
    async with polling(bot, inbox):
        await until(lambda: len(bot.telegram.calls("getUpdates")) == 2)
    refused, again = bot.telegram.calls("getUpdates")[:2]
    assert refused.status == 429
    assert 1.0 <= again.at - refused.at < 2.0


async def test_polling_confirms_only_updates_that_are_stored(bot: InProcess, inbox: Inbox) -> None:
    number = update(bot, ADMIN, "/start")["update_id"]
    async with polling(bot, inbox):
        await sent(bot, 1)
        await until(lambda: bot.telegram.pending() == [])
    offsets = [call.parameters.get("offset") for call in bot.telegram.calls("getUpdates")]
    assert offsets[:2] == [None, number + 1]


async def test_polling_goes_on_after_a_single_401(
    bot: InProcess, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.updates.inbox.FIRST_PAUSE", 0.01)
    bot.telegram.fail("getUpdates", code=401)
    update(bot, ADMIN, "/start")
    async with polling(bot, inbox):
        assert (await sent(bot, 1))[0].text == START


async def test_polling_ends_when_the_token_is_taken_back(
    bot: InProcess, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.updates.inbox.FIRST_PAUSE", 0.01)
    bot.telegram.fail("getUpdates", code=401, times=99)
    async with polling(bot, inbox) as task:
        with pytest.raises(InvalidToken):
            await asyncio.wait_for(task, 5)

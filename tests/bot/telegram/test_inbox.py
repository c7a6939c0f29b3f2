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
from bot.telegram.inbox import ChatByChat, Inbox, poll
from retrieval.store.chats import inbox as stored
from retrieval.store.chats import outbox
from tests.bot.in_process import ADMIN, InProcess, in_process
from tests.fake_telegram.ledger import Call

OTHER_ADMIN = 1002
SLOW = 0.3  # seconds that a slow message takes


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[InProcess]:
    """A bot on an empty library that handles the updates of its inbox."""
    async with in_process(tmp_path, admins=frozenset({ADMIN, OTHER_ADMIN})) as running:
        await running.application.start()
        yield running
        await running.application.stop()


@pytest.fixture
def inbox(bot: InProcess) -> Inbox:
    return Inbox(bot.application, bot.resources.library, bot.resources.settings.now)


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


async def test_two_messages_of_one_chat_are_handled_in_order_and_not_at_once(bot: InProcess, inbox: Inbox) -> None:
    bot.telegram.fail("sendMessage", kind="delay", seconds=SLOW, times=1)
    await inbox.take([update(bot, ADMIN, "/start"), update(bot, ADMIN, "/asof")])
    first, second = await sent(bot, 2)
    assert first.text == say("start", "en", languages=language_list("en"))
    assert first.answered_at is not None
    assert second.at >= first.answered_at


async def test_a_slow_chat_does_not_hold_up_another(bot: InProcess, inbox: Inbox) -> None:
    bot.telegram.fail("sendMessage", kind="delay", seconds=SLOW, times=1)
    await inbox.take([update(bot, ADMIN, "/start"), *(update(bot, OTHER_ADMIN, "/start") for _ in range(3))])
    slow, *others = await sent(bot, 4)
    assert {slow.chat_id} == {ADMIN}
    assert all(slow.answered_at and other.at < slow.answered_at for other in others)


async def test_many_messages_of_one_chat_leave_places_for_others(bot: InProcess, inbox: Inbox) -> None:
    bot.telegram.fail("sendMessage", kind="delay", seconds=SLOW, times=1)
    await inbox.take([update(bot, ADMIN, "/start") for _ in range(20)] + [update(bot, OTHER_ADMIN, "/start")])
    await until(lambda: bool(bot.telegram.calls("sendMessage", OTHER_ADMIN)))
    assert len(bot.telegram.calls("sendMessage", ADMIN)) <= 1
    await sent(bot, 21)


async def test_an_update_that_is_twice_in_a_batch_is_handled_once(bot: InProcess, inbox: Inbox) -> None:
    twice = update(bot, ADMIN, "/start")
    await inbox.take([twice, twice])
    await inbox.take([twice])
    await inbox.take([update(bot, ADMIN, "/asof")])
    assert len(await sent(bot, 2)) == 2


async def test_an_update_is_stored_before_it_is_handled_and_forgotten_after(bot: InProcess, inbox: Inbox) -> None:
    bot.telegram.fail("sendMessage", kind="delay", seconds=SLOW, times=1)
    await inbox.take([update(bot, ADMIN, "/start")])
    assert stored.count(bot.resources.library.engine) == 1
    await sent(bot, 1)
    assert stored.count(bot.resources.library.engine) == 0


async def test_a_stop_cancels_slow_updates_and_the_next_run_handles_them(tmp_path: Path) -> None:
    async with in_process(tmp_path) as bot:
        await bot.application.start()
        bot.telegram.fail("sendMessage", kind="hang", times=1)
        inbox = Inbox(bot.application, bot.resources.library, bot.resources.settings.now)
        await inbox.take([update(bot, ADMIN, "/start"), update(bot, ADMIN, "/asof")])
        await until(lambda: bool(bot.telegram.calls("sendMessage")))
        processor = bot.application.update_processor
        assert isinstance(processor, ChatByChat)
        await processor.finish(0.05)
        await bot.application.stop()
        assert stored.count(bot.resources.library.engine) == 2
    async with in_process(tmp_path) as bot:
        await bot.application.start()
        bot.telegram.world.private_chat(ADMIN)
        inbox = Inbox(bot.application, bot.resources.library, bot.resources.settings.now)
        assert await inbox.resume() == 2
        first, _ = await sent(bot, 2)
        assert first.text == say("start", "en", languages=language_list("en"))
        await bot.application.stop()


async def test_updates_of_a_process_that_was_killed_again_and_again_are_handled(bot: InProcess, inbox: Inbox) -> None:
    """A kill counts for all that was being handled."""
    engine, begun = bot.resources.library.engine, update(bot, ADMIN, "/start")
    stored.receive(engine, [(begun["update_id"], json.dumps(begun))], bot.resources.settings.now())
    for _ in range(32):
        stored.begin(engine, begun["update_id"])
    assert await inbox.resume() == 1
    assert (await sent(bot, 1))[0].text == say("start", "en", languages=language_list("en"))


async def test_what_may_end_the_process_is_handled_after_all_others(bot: InProcess, inbox: Inbox) -> None:
    engine, now = bot.resources.library.engine, bot.resources.settings.now()
    suspect, other = update(bot, ADMIN, "/asof"), update(bot, OTHER_ADMIN, "/start")
    stored.receive(engine, [(one["update_id"], json.dumps(one)) for one in (suspect, other)], now)
    for _ in range(stored.SUSPECT):
        stored.begin(engine, suspect["update_id"])
    assert [number for number, _ in stored.waiting(engine)] == [other["update_id"], suspect["update_id"]]


async def test_an_update_that_was_begun_too_often_is_given_up_and_the_chat_gets_a_line(
    bot: InProcess, inbox: Inbox
) -> None:
    engine, begun = bot.resources.library.engine, update(bot, ADMIN, "/start")
    stored.receive(engine, [(begun["update_id"], json.dumps(begun))], bot.resources.settings.now())
    for _ in range(stored.MOST_ATTEMPTS):
        stored.begin(engine, begun["update_id"])
    assert await inbox.resume() == 0
    assert stored.count(engine) == 0
    assert posted(bot) == [say("failed", "en")]


def posted(bot: InProcess) -> list[str]:
    """Return the texts of the letter that waits in the outbox for ADMIN."""
    letter = outbox.next_letter(bot.resources.library.engine, ADMIN)
    return [message["plain"] for message in letter.messages] if letter else []


PASSING = {
    "500": {"code": 500},
    "502": {"code": 502},
    "504": {"code": 504},
    "reset": {"kind": "drop"},
    "garbage": {"kind": "garbage"},
    "six 429s": {"retry_after": 1, "times": 6},
    "409": {"code": 409},
}


@pytest.mark.parametrize("fault", PASSING)
async def test_an_answer_that_telegram_does_not_take_for_now_comes_later(
    bot: InProcess, inbox: Inbox, fault: str
) -> None:
    bot.telegram.fail("sendMessage", **PASSING[fault])
    await inbox.take([update(bot, ADMIN, "/start")])
    await until(lambda: bool(bot.telegram.calls("sendMessage")))
    await until(lambda: stored.count(bot.resources.library.engine) == 0, 30)
    bot.telegram.heal()
    assert posted(bot) == [say("start", "en", languages=language_list("en"))]


async def test_the_update_ends_in_one_transaction_with_its_unsent_answer(bot: InProcess, inbox: Inbox) -> None:
    """Where the outbox cannot be written to, the update stays, and the next run handles it."""
    engine = bot.resources.library.engine
    bot.telegram.fail("sendMessage", code=500)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END")
    await inbox.take([update(bot, ADMIN, "/start")])
    await until(lambda: bool(bot.telegram.calls("sendMessage")))
    await asyncio.sleep(0.2)
    assert stored.count(engine) == 1


async def test_the_messages_of_an_answer_that_was_held_up_come_in_order(bot: InProcess, inbox: Inbox) -> None:
    bot.telegram.fail("sendMessage", code=500, times=1)
    await inbox.take([update(bot, ADMIN, "/admit"), update(bot, ADMIN, "/help")])
    await until(lambda: stored.count(bot.resources.library.engine) == 0)
    (held_up,) = posted(bot)
    assert held_up == say("admitted", "en", chat=ADMIN)


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


async def test_polling_ends_when_the_token_is_taken_back(bot: InProcess, inbox: Inbox) -> None:
    bot.telegram.fail("getUpdates", code=401)
    async with polling(bot, inbox) as task:
        with pytest.raises(InvalidToken):
            await asyncio.wait_for(task, 5)

"""The outbox and its sender, through a strict Telegram over HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.telegram.letters import as_json
from bot.telegram.limits import Limits
from bot.telegram.outbox import Sender
from bot.telegram.richtext import Button, Message
from retrieval.store.chats import chats, outbox, subscriptions
from retrieval.store.library import Library, open_library
from tests.fake_telegram.server import TelegramServer

NOW = datetime(2022, 1, 6, 2, tzinfo=UTC)
DAY = date(2022, 1, 6)
READER = 501


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return open_library(tmp_path / "data", "none")


@contextlib.asynccontextmanager
async def sending(server: TelegramServer, library: Library) -> AsyncIterator[Sender]:
    """A sender that runs until the block is left."""
    bot: ExtBot[Any] = ExtBot(server.token, base_url=f"{server.url}/bot", rate_limiter=Limits())
    async with bot:
        sender, stop = Sender(bot, library, lambda: NOW), asyncio.Event()
        task = asyncio.create_task(sender.run(stop))
        try:
            yield sender
        finally:
            stop.set()
            await task


def post(library: Library, chat_id: int, *texts: str, slot: str = "1", buttons: Any = ()) -> bool:
    messages = [as_json(Message(text, text, buttons)) for text in texts]
    return outbox.post(library.engine, chat_id, DAY, slot, messages, NOW)


async def until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    for _ in range(int(seconds / 0.02)):
        if done():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(f"nothing came of it within {seconds} s")


def waiting(library: Library) -> list[int]:
    return outbox.waiting(library.engine, 100)


def texts(server: TelegramServer, chat_id: int) -> list[str]:
    return [message.text for message in server.sent(chat_id)]


async def test_a_letter_arrives_with_its_buttons_and_is_then_forgotten(
    telegram_server: TelegramServer, library: Library
) -> None:
    telegram_server.private_message(READER, "/start")
    assert post(library, READER, "<b>brief</b>", buttons=((Button("More", "more:1"),),))
    assert not post(library, READER, "the same day and slot again")
    async with sending(telegram_server, library):
        await until(lambda: not waiting(library))
    (call,) = telegram_server.calls("sendMessage")
    assert (call.text, call.buttons) == ("brief", ["More"])
    with library.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT payload, outcome, message_ids FROM outbox").one()
    assert row == (None, "sent", f"[{call.message.message_id}]")


async def test_a_held_up_answer_replies_to_its_question(telegram_server: TelegramServer, library: Library) -> None:
    question = telegram_server.private_message(READER, "/start").message
    letter = [as_json(Message("brief", "brief"), reply_to=question.message_id)]
    outbox.post(library.engine, READER, DAY, "update 1", letter, NOW)
    async with sending(telegram_server, library):
        await until(lambda: not waiting(library))
    (call,) = telegram_server.calls("sendMessage")
    assert call.message.reply_to_message.message_id == question.message_id


async def test_after_a_kill_between_two_messages_only_the_rest_is_sent(
    telegram_server: TelegramServer, library: Library
) -> None:
    telegram_server.private_message(READER, "/start")
    post(library, READER, "first", "second")
    letter = outbox.next_letter(library.engine, READER)
    assert letter is not None
    outbox.mark(library.engine, [(letter, [11])], NOW)
    async with sending(telegram_server, library):
        await until(lambda: not waiting(library))
    assert texts(telegram_server, READER) == ["second"]


async def test_letters_of_a_chat_arrive_in_order(telegram_server: TelegramServer, library: Library) -> None:
    telegram_server.private_message(READER, "/start")
    for slot in ("1", "2", "3"):
        post(library, READER, f"letter {slot}", slot=slot)
    async with sending(telegram_server, library):
        await until(lambda: not waiting(library))
    assert texts(telegram_server, READER) == ["letter 1", "letter 2", "letter 3"]
    assert telegram_server.violations() == []


async def test_a_chat_that_blocked_the_bot_is_tried_once_and_dropped(
    telegram_server: TelegramServer, library: Library
) -> None:
    telegram_server.block(READER)
    subscriptions.subscribe(library.engine, READER, time(8), "UTC", DAY, 8)
    post(library, READER, "one")
    post(library, READER, "two", slot="2")
    async with sending(telegram_server, library):
        await until(lambda: not waiting(library))
    assert len(telegram_server.calls("sendMessage")) == 1
    assert subscriptions.of_chat(library.engine, READER) == []


async def test_a_group_that_moved_is_followed_with_all_that_is_kept_about_it(
    telegram_server: TelegramServer, library: Library
) -> None:
    old = telegram_server.add_group("Editors", supergroup=False)
    chats.keep(library.engine, old, admitted=True, language="kk")
    subscriptions.subscribe(library.engine, old, time(8), "UTC", DAY, 8)
    new = telegram_server.migrate(old)
    post(library, old, "brief")
    async with sending(telegram_server, library):
        await until(lambda: not waiting(library))
    assert texts(telegram_server, new)[-1] == "brief"
    assert [s.chat_id for s in subscriptions.every(library.engine)] == [new]
    assert chats.chat(library.engine, new).language == "kk"
    assert not chats.chat(library.engine, old).admitted


async def test_an_answer_that_was_made_for_a_group_that_has_moved_already_reaches_it(
    telegram_server: TelegramServer, library: Library
) -> None:
    """Its row was moved by the service message, while a handler was still at work on a question from before."""
    old = telegram_server.add_group("Editors", supergroup=False)
    chats.keep(library.engine, old, admitted=True)
    new = telegram_server.migrate(old)
    chats.move(library.engine, old, new)
    post(library, old, "answer")
    async with sending(telegram_server, library):
        await until(lambda: not waiting(library))
    assert texts(telegram_server, new)[-1] == "answer"
    assert len(telegram_server.calls("sendMessage")) == 2


async def test_markup_that_telegram_does_not_read_is_sent_as_plain_text(
    telegram_server: TelegramServer, library: Library
) -> None:
    telegram_server.private_message(READER, "/start")
    outbox.post(library.engine, READER, DAY, "1", [as_json(Message("<b>broken", "whole"))], NOW)
    async with sending(telegram_server, library):
        await until(lambda: not waiting(library))
    assert texts(telegram_server, READER) == ["whole"]


async def test_a_letter_that_telegram_refuses_is_given_up_and_the_next_one_sent(
    telegram_server: TelegramServer, library: Library
) -> None:
    telegram_server.private_message(READER, "/start")
    post(library, READER, "x" * 5000)
    post(library, READER, "next", slot="2")
    async with sending(telegram_server, library):
        await until(lambda: not waiting(library))
    assert texts(telegram_server, READER) == ["next"]


@pytest.mark.parametrize("kind", ["error", "drop", "garbage"])
async def test_what_telegram_did_not_take_is_tried_again(
    kind: str, telegram_server: TelegramServer, library: Library
) -> None:
    telegram_server.private_message(READER, "/start")
    telegram_server.fail("sendMessage", kind=kind, code=502)
    post(library, READER, "brief")
    async with sending(telegram_server, library):
        await until(lambda: not waiting(library))
    assert texts(telegram_server, READER) == ["brief"]


async def test_what_was_sent_while_the_database_refused_to_record_it_is_not_sent_again(
    telegram_server: TelegramServer, library: Library
) -> None:
    telegram_server.private_message(READER, "/start")
    post(library, READER, "brief")
    with library.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    async with sending(telegram_server, library):
        await until(lambda: bool(telegram_server.sent(READER)))
        await asyncio.sleep(0.2)
        assert waiting(library) == [READER]
        with library.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER full")
        await until(lambda: not waiting(library))
    assert texts(telegram_server, READER) == ["brief"]


async def test_a_flood_wait_holds_up_all_chats_and_loses_nothing(
    telegram_server: TelegramServer, library: Library
) -> None:
    readers = range(600, 603)
    for reader in readers:
        telegram_server.private_message(reader, "/start")
    telegram_server.flood(1)
    post(library, readers[0], "brief")
    async with sending(telegram_server, library):
        await until(lambda: bool(telegram_server.calls("sendMessage")))
        for reader in readers[1:]:
            post(library, reader, "brief")
        await until(lambda: not waiting(library))
    assert all(texts(telegram_server, reader) == ["brief"] for reader in readers)
    assert telegram_server.violations() == []


async def test_sixty_letters_and_an_answer_meanwhile_break_no_limit(
    telegram_server: TelegramServer, library: Library
) -> None:
    """None is lost, none comes twice, and the answer does not wait for the letters."""
    telegram_server.set_rates(chat_burst=1)
    readers = range(700, 760)
    for reader in (READER, *readers):
        telegram_server.private_message(reader, "/start")
    for reader in readers:
        post(library, reader, "brief")
    async with sending(telegram_server, library) as sender:
        await until(lambda: len(telegram_server.calls("sendMessage")) > 5)
        async with asyncio.timeout(1.0):
            await sender.bot.send_message(READER, "answer")
        assert waiting(library)
        await until(lambda: not waiting(library))
    assert all(texts(telegram_server, reader) == ["brief"] for reader in readers)
    assert telegram_server.violations() == []

"""Every private message gets a reply, whatever is in it; admins see how the bot is."""

import base64
from collections.abc import Callable

import pytest

from bot.locales import say
from tests.bot.in_process import ADMIN, READER, InProcess, Telegram, messages

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""

MESSAGES: dict[str, tuple[Callable[[Telegram], object], str]] = {
    "an unknown command": (lambda t: t.private_message(READER, "/frobnicate now"), "unknown_command"),
    "a picture": (lambda t: t.photo(READER, PICTURE), "only_text"),
    "a thumb up": (lambda t: t.private_message(READER, "👍"), "only_text"),
    "a document": (lambda t: t.document(READER, "a.pdf", b"%PDF-1.7"), "only_text"),
    "a die": (
        lambda t: t.send(READER, {"dice": {"emoji": "🎲", "value": 3}}),
        "only_text",
    ),
}


@pytest.mark.parametrize("what", MESSAGES)
async def test_a_message_that_nothing_else_takes_gets_a_reply(chat: InProcess, what: str) -> None:
    send, key = MESSAGES[what]
    await chat.write(ADMIN, f"/admit {READER}")
    send(chat.telegram)
    assert [call.text for call in messages(await chat.handle())] == [say(key, "en")]


async def test_admins_see_how_the_bot_is_and_readers_do_not(chat: InProcess) -> None:
    await chat.write(ADMIN, f"/admit {READER}")
    assert "Vector index: –" in (await chat.ask(ADMIN, "/status")).text  # this test has none
    assert (await chat.ask(READER, "/status")).text == say("admins_only", "en")


async def test_a_day_that_cannot_be_is_named_whole(chat: InProcess) -> None:
    assert "“32 Jan”" in (await chat.ask(ADMIN, "/asof 32 Jan")).text


async def test_the_command_is_named_in_the_language_of_the_answer(chat: InProcess) -> None:
    await chat.write(ADMIN, "/language es")
    *_, small = await chat.write(ADMIN, "What happened on 13 January?")
    assert small.text == say("short_for", "en", command="/brief")

"""`sitrep chat`: the bot's own handlers, with a terminal where Telegram would be."""

import asyncio
import itertools
import sys
import time

from telegram import Update
from telegram.ext import Application

from bot.app import build
from bot.resources import Resources
from bot.settings import read_settings
from bot.telegram.terminal import TERMINAL_CHAT, TerminalRequest

TOKEN = "1:terminal"
"""Stands where a bot's token would; nothing is sent anywhere."""


def run() -> None:
    """Read questions from the terminal until its end; `#2` presses the second button shown last."""
    settings = read_settings().model_copy(
        update={
            "telegram_token": type(read_settings().telegram_token)(TOKEN),
            "admins": frozenset({TERMINAL_CHAT}),
        }
    )
    resources = Resources(settings)
    try:
        asyncio.run(_converse(resources))
    finally:
        resources.close()


async def _converse(resources: Resources) -> None:
    request = TerminalRequest()
    application = build(resources, request)
    await application.initialize()
    print("Ask your question; an empty line ends.", file=sys.stderr)
    try:
        for number in itertools.count(1):
            line = await asyncio.to_thread(_read_line)
            if not line.strip():
                return
            await application.process_update(_update(application, request, line.strip(), number))
    finally:
        await application.shutdown()


def _read_line() -> str:
    if sys.stdin.isatty():
        print("> ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline()


def _update(application: "Application", request: TerminalRequest, line: str, number: int) -> Update:  # type: ignore[type-arg]
    person = {"id": TERMINAL_CHAT, "is_bot": False, "first_name": "Reader"}
    chat = {"id": TERMINAL_CHAT, "type": "private"}
    message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": person, "text": line}
    button = request.button(line)
    if button is not None:
        pressed = {
            "id": str(number),
            "from": person,
            "chat_instance": "1",
            "data": button,
            "message": message,
        }
        return Update.de_json({"update_id": number, "callback_query": pressed}, application.bot)
    if line.startswith("/"):
        command = line.split(maxsplit=1)[0]
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    return Update.de_json({"update_id": number, "message": message}, application.bot)

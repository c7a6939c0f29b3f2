"""`sitrep chat`: a terminal in Telegram's place; the bot's messages are printed, and nothing leaves the machine."""

import asyncio
import itertools
import json
import re
import sys
import time
from html import unescape
from typing import Any

from telegram import Update
from telegram._utils.types import ODVInput
from telegram.request import BaseRequest, RequestData

from bot.resources import Resources
from bot.telegram.context import BotApplication, Reply
from bot.telegram.letters import send_stored
from retrieval.store.database import writing

TERMINAL_CHAT = 1
"""The number of the chat and of the person in it."""

TERMINAL_TOKEN = "1:terminal"
"""The token of a bot that sends nothing anywhere."""


class TerminalRequest(BaseRequest):
    """Answers the bot's calls as Telegram would; a class because python-telegram-bot needs one."""

    def __init__(self) -> None:
        self._buttons: list[str] = []
        self._sent = 0

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        return None

    async def shutdown(self) -> None:
        return None

    def button(self, line: str) -> str | None:
        """Return the data of the button that a line like `#2` names; None for any other line."""
        found = re.fullmatch(r"#(\d+)", line)
        number = int(found[1]) if found else 0
        return self._buttons[number - 1] if 0 < number <= len(self._buttons) else None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Carry out a call of the Bot API; return its HTTP status and body."""
        called = url.rsplit("/", 1)[-1]
        fields = request_data.parameters if request_data else {}
        return 200, json.dumps({"ok": True, "result": self._result(called, fields)}).encode()

    def _result(self, called: str, fields: dict[str, Any]) -> Any:
        if called == "getMe":
            return {"id": 1, "is_bot": True, "first_name": "Sitrep", "username": "sitrep_bot"}
        if called in ("sendMessage", "editMessageText"):
            return self._print(fields)
        if called == "answerCallbackQuery" and fields.get("text"):
            print(fields["text"])
        return True

    def _print(self, fields: dict[str, Any]) -> dict[str, Any]:
        text = str(fields["text"])
        print("\n" + (_without_markup(text) if fields.get("parse_mode") == "HTML" else text))
        rows = fields.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [button for row in rows for button in row]
        if buttons:
            self._buttons = [button["callback_data"] for button in buttons]
            print("   ".join(f"#{n} {button['text']}" for n, button in enumerate(buttons, start=1)))
        self._sent += 1
        chat = {"id": TERMINAL_CHAT, "type": "private"}
        return {"message_id": self._sent, "date": int(time.time()), "chat": chat, "text": text}


def _without_markup(html: str) -> str:
    """Return the text of our own HTML, with each link's address after its words."""
    linked = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"\2 <\1>", html)
    return unescape(re.sub(r"</?(b|i|s|blockquote)>", "", linked.replace("<http", "&lt;http")))


async def converse(application: BotApplication, request: TerminalRequest) -> None:
    """Read questions from stdin until an empty line, and print the answers; `#2` presses the second button shown."""
    await application.initialize()
    print("Ask your question; an empty line ends.", file=sys.stderr)
    try:
        for number in itertools.count(1):
            if sys.stdin.isatty():
                print("> ", end="", file=sys.stderr, flush=True)
            line = (await asyncio.to_thread(sys.stdin.readline)).strip()
            if not line:
                return
            update = Update.de_json(_update(line, request.button(line), number), application.bot)
            await application.process_update(update)
            await _deliver(application, number)
    finally:
        await application.shutdown()


async def _deliver(application: BotApplication, number: int) -> None:
    """Do what ends an update, without the inbox and the outbox, which a bot that runs may be working on."""
    reply: Reply = application.bot_data["replies"].pop(number, Reply())
    resources: Resources = application.bot_data["resources"]
    with writing(resources.library.engine) as connection:
        for write in reply.alongside:
            write(connection)
    for chat_id, stored, sent in reply.messages:
        message_id = await send_stored(application.bot, chat_id, stored)
        if sent is not None:
            sent(message_id)


def _update(line: str, button: str | None, number: int) -> dict[str, Any]:
    """Return the update, as Telegram's JSON, of a line written or a button pressed."""
    person = {"id": TERMINAL_CHAT, "is_bot": False, "first_name": "Reader"}
    chat = {"id": TERMINAL_CHAT, "type": "private"}
    message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": person, "text": line}
    if button is not None:
        press = {"id": str(number), "from": person, "chat_instance": "1", "data": button, "message": message}
        return {"update_id": number, "callback_query": press}
    if line.startswith("/"):
        command = line.split(maxsplit=1)[0]
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    return {"update_id": number, "message": message}

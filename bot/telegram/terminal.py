"""`sitrep chat`: a terminal in Telegram's place; the bot's messages are printed, and nothing leaves the machine."""

import asyncio
import itertools
import json
import re
import sys
import tempfile
import time
from html import unescape
from pathlib import Path
from typing import IO, Any

from telegram import Update
from telegram._utils.types import ODVInput, UploadFileDict
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
        self._message: dict[str, Any] = {}  # the one that they are under
        self._sent = 0

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        return None

    async def shutdown(self) -> None:
        return None

    def press(self, line: str) -> dict[str, Any] | None:
        """Return the press of the button that a line like `#2` names, as Telegram's JSON; None for any other line."""
        found = re.fullmatch(r"#(\d+)", line)
        number = int(found[1]) if found else 0
        if not 0 < number <= len(self._buttons):
            return None
        return {"data": self._buttons[number - 1], "message": self._message}

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
        files = request_data.multipart_data if request_data else {}
        return 200, json.dumps({"ok": True, "result": self._result(called, fields, files)}).encode()

    def _result(self, called: str, fields: dict[str, Any], files: UploadFileDict) -> Any:
        if called == "getMe":
            return {"id": 1, "is_bot": True, "first_name": "Sitrep", "username": "sitrep_bot"}
        if called in ("sendMessage", "editMessageText"):
            text = str(fields["text"])
            return self._print(_without_markup(text) if fields.get("parse_mode") == "HTML" else text, fields)
        if called in ("sendPhoto", "sendDocument"):
            return self._print("\n".join(str(_kept(name, content)) for name, content, _ in files.values()), fields)
        if called == "answerCallbackQuery" and fields.get("text"):
            print(fields["text"])
        return True

    def _print(self, text: str, fields: dict[str, Any]) -> dict[str, Any]:
        print("\n" + text)
        self._sent += 1
        chat = {"id": TERMINAL_CHAT, "type": "private"}
        message = {"message_id": self._sent, "date": int(time.time()), "chat": chat, "text": text}
        rows = fields.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [button for row in rows for button in row]
        if buttons:
            self._buttons = [button["callback_data"] for button in buttons]
            self._message = {**message, "reply_markup": fields["reply_markup"]}
            print("   ".join(f"#{n} {button['text']}" for n, button in enumerate(buttons, start=1)))
        return message


def _kept(name: str, content: bytes | IO[bytes]) -> Path:
    """Write a picture or a document into a new folder of its own, and return its path."""
    path = Path(tempfile.mkdtemp(prefix="sitrep-chat-")) / name
    path.write_bytes(content if isinstance(content, bytes) else content.read())
    return path


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
            update = Update.de_json(_update(line, request.press(line), number), application.bot)
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


def _update(line: str, pressed: dict[str, Any] | None, number: int) -> dict[str, Any]:
    """Return the update, as Telegram's JSON, of a line written or a button pressed."""
    person = {"id": TERMINAL_CHAT, "is_bot": False, "first_name": "Reader"}
    chat = {"id": TERMINAL_CHAT, "type": "private"}
    message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": person, "text": line}
    if pressed is not None:
        press = {"id": str(number), "from": person, "chat_instance": "1", **pressed}
        return {"update_id": number, "callback_query": press}
    if line.startswith("/"):
        command = line.split(maxsplit=1)[0]
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    return {"update_id": number, "message": message}

"""The bot's handlers in the test's own process: `build` with a request that calls the fake Telegram directly."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from bot.app import build
from bot.resources import Resources
from bot.settings import Settings
from bot.telegram.context import BotApplication
from bot.telegram.outbox import Sender
from bot.telegram.updates.inbox import Inbox
from retrieval.embedding import Embedder
from tests.fake_telegram.ledger import Call
from tests.fake_telegram.limits import Rates
from tests.fake_telegram.server import TelegramServer

ADMIN = 1001
READER = 2002


class Telegram(TelegramServer):
    """The strict Telegram without a thread and without HTTP."""

    def run(self, work: Any) -> Any:
        return work()


class Request(BaseRequest):
    """Carries the bot's calls to a `Telegram`."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        return None

    async def shutdown(self) -> None:
        return None

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: object, **named: object
    ) -> tuple[int, bytes]:
        if "/file/" in url:
            return 200, next(f.content for f in self._telegram.world.files.values() if url.endswith(f.path))
        raw = dict(request_data.json_parameters) if request_data else {}
        uploads = request_data.multipart_data or {} if request_data else {}
        files = {name: (upload[0], upload[1]) for name, upload in uploads.items()}
        raw = {name: value for name, value in raw.items() if name not in files}
        try:
            return await self._telegram.api.call_here(url.rpartition("/")[2], raw, files)
        except ConnectionError as exc:
            raise NetworkError(str(exc)) from exc


class InProcess:
    """A bot and the people who write to it."""

    def __init__(self, telegram: Telegram, application: BotApplication, resources: Resources) -> None:
        self.telegram, self.application, self.resources = telegram, application, resources
        self.sender: Sender = application.bot_data["sender"]
        self.inbox = Inbox(application, resources.library, resources.settings.now)

    async def handle(self) -> list[Call]:
        """Have the bot handle the updates that wait; return the calls that it made."""
        mark = self.telegram.mark()
        waiting, self.telegram.world.updates.pending = self.telegram.world.updates.pending, []
        for update in waiting:
            await self.inbox.take([update])
            await self.application.bot_data["admission"].flush()
            while not self.application.update_queue.empty():
                queued = self.application.update_queue.get_nowait()
                handling = self.application.process_update(queued)
                await self.application.update_processor.process_update(queued, handling)
                await self.sender.flush()
        return self.telegram.calls()[mark:]

    async def write(self, user: int, text: str) -> list[Call]:
        """Write to the bot in private; return its messages."""
        self.telegram.private_message(user, text)
        return messages(await self.handle())

    async def ask(self, user: int, text: str) -> Call:
        """Write to the bot in private; return its first message."""
        return (await self.write(user, text))[0]

    async def press(self, message: Call, button: str | None = None, **how: Any) -> list[Call]:
        """Press a button of a message; return the bot's calls."""
        self.telegram.press(message, button, **how)
        return await self.handle()


def messages(calls: list[Call]) -> list[Call]:
    """Return those of the calls that sent or edited a message."""
    return [call for call in calls if call.method in ("sendMessage", "editMessageText", "sendPhoto", "sendDocument")]


def shown(calls: list[Call]) -> str:
    """Return the text that a button's press showed for a moment."""
    [answer] = [call for call in calls if call.method == "answerCallbackQuery"]
    return str(answer.parameters.get("text", ""))


@asynccontextmanager
async def in_process(data: Path, embedder: Embedder | None = None, **settings: Any) -> AsyncIterator[InProcess]:
    """Build the bot on a data folder; at the end, check that it broke no rule of Telegram's."""
    telegram = Telegram(rates=Rates(enforced=False))
    telegram.loop.close()
    given = {"telegram_token": SecretStr(telegram.token), "admins": frozenset({ADMIN}), "questions_per_minute": 1000}
    with Resources(Settings(data_dir=data, **{**given, **settings})) as resources:
        if embedder is not None:
            resources.__dict__["embedder"] = embedder
        application = build(resources, Request(telegram))
        await application.initialize()
        for person in (ADMIN, READER):  # they have opened the bot's chat, and may be written to
            telegram.world.private_chat(person)
        try:
            yield InProcess(telegram, application, resources)
            assert telegram.refusals() == telegram.previews() == telegram.unanswered() == []
        finally:
            await application.shutdown()

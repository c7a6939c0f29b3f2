"""Updates in, through a durable inbox: an update is confirmed to Telegram only once it is on disk."""

import asyncio
import json
import warnings
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import Update
from telegram.error import Conflict, EndPointNotFound, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseUpdateProcessor

from bot.locales import say
from bot.resources import Resources
from bot.telegram.context import BotApplication, Unsent
from bot.telegram.limits import pause, until, wait_of
from bot.telegram.outbox import as_json
from bot.telegram.richtext import Run, message
from bot.telegram.supervisor import Supervisor
from retrieval.domain import StoreError
from retrieval.store.chats import chats, inbox, outbox
from retrieval.store.library import Library

log = structlog.get_logger("sitrep.inbox")

AT_ONCE = 8
"""Updates handled at the same time."""

MOST_WAITING = 4_096
"""Updates in memory; more wait in the queue."""

POLL_SECONDS = 25
"""Seconds that Telegram keeps a request open while there is nothing new."""

READ_SECONDS = 20
"""Seconds added to that until the request counts as failed."""

LONGEST_PAUSE = 60.0
"""Between two tries when Telegram cannot be reached, in seconds."""


class ChatByChat(BaseUpdateProcessor):
    """Handles the updates of one chat one after the other, and those of different chats at the same time.

    python-telegram-bot's queue is only in memory, so an update is marked as handled in the durable inbox once its
    handler has returned, in one transaction with the messages that Telegram did not take (`unsent`, by update); those
    that are not are handled by the next run.
    """

    def __init__(self, library: Library, now: Callable[[], datetime], unsent: dict[int, Unsent]) -> None:
        # An update that waits for its chat takes none of the AT_ONCE places, so these are counted here.
        super().__init__(max_concurrent_updates=MOST_WAITING)
        self._library, self._now, self._unsent = library, now, unsent
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def initialize(self) -> None:
        return None

    async def shutdown(self) -> None:
        return None

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Await `coroutine`, which handles `update`, after the earlier updates of its chat. Raises StoreError."""
        if task := asyncio.current_task():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        sender = (update.effective_chat or update.effective_user) if isinstance(update, Update) else None
        chat = self._chats.setdefault(sender.id if sender else 0, asyncio.Lock())
        try:
            async with chat, self._places:
                if isinstance(update, Update):
                    await asyncio.to_thread(inbox.begin, self._library.engine, update.update_id)
                await coroutine
                if isinstance(update, Update):
                    await asyncio.to_thread(self._end, update.update_id)
        finally:
            if isinstance(update, Update):
                self._unsent.pop(update.update_id, None)
            if isinstance(coroutine, Coroutine):
                coroutine.close()  # if it was never awaited

    def _end(self, update_id: int) -> None:
        unsent = self._unsent.get(update_id)
        if unsent is None:
            inbox.done(self._library.engine, update_id)
        else:
            post_instead(self._library, update_id, unsent.chat_id, unsent.messages, self._now())

    async def finish(self, seconds: float = 10.0) -> None:
        """Wait so long for the updates being handled, then cancel them: the next run handles them."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()


def post_instead(
    library: Library, update_id: int, chat_id: int, messages: Sequence[dict[str, Any]], now: datetime
) -> None:
    """Put messages for a chat into the outbox, and mark the update that they answer as done, in one transaction."""
    done = partial(inbox.end, update_id=update_id)
    if not outbox.post(library.engine, chat_id, now.date(), f"update {update_id}", messages, now, alongside=[done]):
        inbox.done(library.engine, update_id)


class Inbox:
    """Stores updates as they come, then queues them in the application; a class because it needs both."""

    def __init__(self, application: BotApplication, library: Library, now: Callable[[], datetime]) -> None:
        self._application, self._library, self._now = application, library, now

    async def resume(self) -> int:
        """Queue the updates that an earlier run did not finish; return their number.

        One that was begun too often is given up: its text is deleted and its chat gets one sentence.
        """
        for update_id, payload in await asyncio.to_thread(inbox.given_up, self._library.engine):
            await asyncio.to_thread(self._give_up, update_id, json.loads(payload))
        left = await asyncio.to_thread(inbox.waiting, self._library.engine)
        for update_id, payload in left:
            await self._queue(update_id, json.loads(payload))
        return len(left)

    async def take(self, updates: list[dict[str, Any]]) -> None:
        """Store updates (Telegram's JSON) on disk, then queue those that are new. Raises StoreError."""
        stored = [(update["update_id"], json.dumps(update)) for update in updates]
        supervisor: Supervisor = self._application.bot_data["supervisor"]
        async with supervisor.intake(updates):
            new = set(await asyncio.to_thread(inbox.receive, self._library.engine, stored, self._now()))
        for update in updates:
            if update["update_id"] in new:
                new.discard(update["update_id"])
                await self._queue(update["update_id"], update)

    def _give_up(self, update_id: int, payload: dict[str, Any]) -> None:
        log.error("an update was begun too often and is given up", update=update_id)
        try:
            update = Update.de_json(payload, self._application.bot)
        except (AttributeError, KeyError, TypeError, ValueError):
            update = None
        if update is None or update.effective_chat is None:
            inbox.done(self._library.engine, update_id)
            return
        chat_id = update.effective_chat.id
        resources: Resources = self._application.bot_data["resources"]
        text = say("failed", chats.chat(self._library.engine, chat_id).language or resources.settings.language)
        post_instead(self._library, update_id, chat_id, [as_json(message([(Run(text),)]))], self._now())

    async def _queue(self, update_id: int, payload: dict[str, Any]) -> None:
        try:
            update = Update.de_json(payload, self._application.bot)
        except (AttributeError, KeyError, TypeError, ValueError) as exc:
            log.warning("an update cannot be read", update=update_id, fields=sorted(payload), error=type(exc).__name__)
            await asyncio.to_thread(inbox.done, self._library.engine, update_id)
            return
        await self._application.update_queue.put(update)


async def poll(application: BotApplication, box: Inbox, stop: asyncio.Event) -> None:
    """Fetch updates until `stop`; an update is confirmed to Telegram only once it is on disk.

    Raises InvalidToken if Telegram does not know the token; other failures are tried again.
    """
    warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'")  # see _fetch
    offset, seconds = None, 1.0
    while not stop.is_set():
        try:
            updates = await until(stop, _fetch(application.bot, offset))
            if updates:
                await box.take(updates)
                offset = updates[-1]["update_id"] + 1
            seconds = 1.0
        except EndPointNotFound as exc:
            raise InvalidToken from exc
        except RetryAfter as exc:
            await pause(stop, wait_of(exc))
        except StoreError:  # which the supervisor logs; Telegram sends them again
            await pause(stop, seconds)
        except TelegramError as exc:
            reason = "another program polls with this token" if isinstance(exc, Conflict) else type(exc).__name__
            log.warning("polling failed, trying again", reason=reason, pause=seconds)
            await pause(stop, seconds)
            seconds = min(seconds * 2, LONGEST_PAUSE) if isinstance(exc, NetworkError | Conflict) else 1.0


async def _fetch(bot: Any, offset: int | None) -> list[dict[str, Any]]:
    """Return updates as Telegram's JSON.

    Not by `get_updates`, which fails for all of them if it cannot read one, and logs their text.
    """
    wanted: dict[str, Any] = {"timeout": POLL_SECONDS, "allowed_updates": Update.ALL_TYPES}
    if offset is not None:
        wanted["offset"] = offset
    updates = await bot.do_api_request("getUpdates", wanted, read_timeout=POLL_SECONDS + READ_SECONDS)
    return list(updates)

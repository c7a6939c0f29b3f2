"""Updates in, through a durable inbox: an update is confirmed to Telegram only once it is on disk."""

import asyncio
import json
import warnings
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, EndPointNotFound, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.locales import say
from bot.resources import Resources
from bot.telegram.context import BotApplication, Reply
from bot.telegram.letters import as_json
from bot.telegram.limits import pause, until, wait_of
from bot.telegram.outbox import Sender
from bot.telegram.processor import ChatByChat, end
from bot.telegram.richtext import Run, message
from bot.telegram.supervisor import Supervisor
from retrieval.domain import StoreError
from retrieval.store.chats import chats, inbox
from retrieval.store.chats.inbox import Received
from retrieval.store.library import Library

log = structlog.get_logger("sitrep.inbox")

RETRY_EVERY = 2.0
"""Seconds between two searches for updates that were put off, or could not be ended."""

POLL_SECONDS = 25
"""Seconds that Telegram keeps a request open while there is nothing new."""

READ_SECONDS = 20
"""Seconds added to that until the request counts as failed."""

LONGEST_PAUSE = 60.0
"""Between two tries when Telegram cannot be reached, in seconds."""

UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What python-telegram-bot raises for an update that it cannot read."""


class Inbox:
    """Stores updates as they come, then queues them in the application; a class because it needs both."""

    def __init__(self, application: BotApplication, library: Library, now: Callable[[], datetime]) -> None:
        self._application, self._library, self._now = application, library, now
        processor = application.update_processor
        assert isinstance(processor, ChatByChat)
        self._processor = processor
        self._storing: set[int] = set()  # the updates that are being stored, and not queued yet

    async def resume(self) -> int:
        """Queue the updates that an earlier run did not finish; return their number. Raises StoreError."""
        await asyncio.to_thread(inbox.suspect, self._library.engine)
        return await self.queue_waiting()

    async def run(self, stop: asyncio.Event) -> None:
        """Queue until `stop`, every few seconds, what was put off or could not be ended."""
        while not stop.is_set():
            await pause(stop, RETRY_EVERY)
            supervisor: Supervisor = self._application.bot_data["supervisor"]
            if supervisor.reason is not None:
                continue
            try:
                await self.queue_waiting()
            except StoreError as exc:
                log.error("the inbox cannot be read", reason=str(exc))

    async def queue_waiting(self) -> int:
        """Queue the stored updates that are due and not queued; return their number. Raises StoreError.

        One that is hopeless is given up: its text is deleted and its chat gets one sentence.
        """
        in_memory = self._processor.in_memory
        for number in await asyncio.to_thread(inbox.hopeless, self._library.engine, self._now()):
            if number not in in_memory:
                await asyncio.to_thread(self._give_up, number)
        due = await asyncio.to_thread(inbox.waiting, self._library.engine, self._now())
        new = [number for number in due if number not in in_memory | self._storing]
        if not new:
            return 0
        in_memory.update(new)
        payloads, suspects = await asyncio.to_thread(self._read, new)
        in_memory.difference_update(set(new) - payloads.keys())  # they were ended meanwhile
        self._processor.suspects |= suspects & payloads.keys()
        for number in new:
            if number in payloads:
                await self._queue(number, json.loads(payloads[number]))
        return len(payloads)

    def _read(self, numbers: list[int]) -> tuple[dict[int, str], set[int]]:
        return inbox.payloads(self._library.engine, numbers), set(inbox.suspects(self._library.engine))

    async def take(self, updates: list[dict[str, Any]]) -> None:
        """Store updates (Telegram's JSON) on disk, then queue those that are new. Raises StoreError."""
        fresh = {update["update_id"]: update for update in updates}
        stored = [Received(number, place_of(update), json.dumps(update)) for number, update in fresh.items()]
        supervisor: Supervisor = self._application.bot_data["supervisor"]
        self._storing |= fresh.keys()
        try:
            async with supervisor.intake(updates):
                new = await asyncio.to_thread(inbox.receive, self._library.engine, stored, self._now())
        finally:
            self._storing -= fresh.keys()
        in_memory = self._processor.in_memory
        new = [number for number in new if number not in in_memory]
        in_memory.update(new)
        for number in new:
            await self._queue(number, fresh[number])

    def _give_up(self, number: int) -> None:
        log.error("an update is given up", update=number)
        payload = json.loads(inbox.payloads(self._library.engine, [number]).get(number, "{}"))
        chat_id, reply = place_of(payload), Reply()
        if chat_id is not None and "inline_query" not in payload:
            resources: Resources = self._application.bot_data["resources"]
            language = chats.chat(self._library.engine, chat_id).language or resources.settings.language
            reply.messages.append((chat_id, as_json(message([(Run(say("failed", language)),)])), None))
        end(self._library, number, reply, self._now())

    async def _queue(self, number: int, payload: dict[str, Any]) -> None:
        try:
            update = Update.de_json(payload, self._application.bot)
        except UNREADABLE as exc:
            log.warning("an update cannot be read", update=number, fields=sorted(payload), error=type(exc).__name__)
            await asyncio.to_thread(inbox.done, self._library.engine, number)
            self._processor.in_memory.discard(number)
            return
        await self._application.update_queue.put(update)


def place_of(update: dict[str, Any]) -> int | None:
    """Return the number of the chat that an update (Telegram's JSON) is from, else of the person, else None."""
    for content in update.values():
        if isinstance(content, dict):
            message_of_button = content.get("message")
            inner = message_of_button if isinstance(message_of_button, dict) else content
            for place in (inner.get("chat"), content.get("from")):
                if isinstance(place, dict) and type(place.get("id")) is int:
                    return int(place["id"])
    return None


async def poll(application: BotApplication, box: Inbox, stop: asyncio.Event) -> None:
    """Fetch updates until `stop`; an update is confirmed to Telegram only once it is on disk.

    Raises InvalidToken if Telegram does not know the token; other failures are tried again.
    """
    warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'")  # see _fetch
    offset, seconds = None, 1.0
    sender: Sender = application.bot_data["sender"]
    while not stop.is_set():
        try:
            updates = await until(stop, _fetch(application.bot, offset))
            if seconds > 1.0:
                sender.retry()
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

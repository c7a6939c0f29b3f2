"""Messages out, through a durable outbox: each is sent once, however often the process dies in between."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from bot.telegram.limits import pause, wait_of
from bot.telegram.richtext import Button, Message
from bot.telegram.sending import send
from retrieval.domain import StoreError
from retrieval.store.chats import outbox
from retrieval.store.chats.chats import move
from retrieval.store.chats.outbox import Letter
from retrieval.store.library import Library

log = structlog.get_logger("sitrep.outbox")

AT_ONCE = 12
"""Letters being sent at a time: enough for 30 a second at 400 ms each, including the database."""

TAKEN_AT_ONCE = 60
"""Chats read from the outbox at a time: about two seconds of sending."""

POLL_EVERY = 1.0
"""Seconds between two reads of an empty outbox."""

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 120.0
"""Seconds until a letter is tried again when Telegram could not be reached; doubled each time."""

FINISH_SECONDS = 10.0
"""Seconds that a stop waits for letters being sent; the next run sends those that take longer."""

GONE = ("chat not found", "not enough rights", "have no rights", "chat_write_forbidden", "user not found", "peer_id")
"""Telegram's bad requests for a chat that the bot cannot write to any more."""


def as_json(message: Message, *, reply_to: int | None = None, thread: int | None = None) -> dict[str, Any]:
    """Return a message as the outbox stores it: what it answers, and the topic it goes to, with it."""
    buttons = [[[button.label, button.data] for button in row] for row in message.buttons]
    return {
        "html": message.html,
        "plain": message.plain,
        "buttons": buttons,
        "reply_to": reply_to,
        "thread": thread,
    }


def from_json(stored: dict[str, Any]) -> Message:
    """Return a message from its stored form."""
    rows = tuple(tuple(Button(label, data) for label, data in row) for row in stored["buttons"])
    return Message(stored["html"], stored["plain"], rows)


class Sender:
    """Sends what waits in the outbox, one letter of a chat at a time; a class because it counts what is being sent.

    A letter whose sending was not recorded (the process died, or Telegram's answer was lost) is sent again from its
    first unrecorded message on: one message at most comes twice.
    """

    def __init__(self, bot: Bot, library: Library, now: Callable[[], datetime]) -> None:
        self.bot, self._engine, self._now = bot, library.engine, now
        self._places = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[int, asyncio.Task[None]] = {}  # by chat
        self._pauses: dict[int, tuple[float, float]] = {}  # chat -> its last pause, and when that ends (monotonic)
        self._unrecorded: dict[int, list[int]] = {}  # letter -> the ids of its messages that were sent but not recorded

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; letters being sent then are finished."""
        await asyncio.to_thread(outbox.forget, self._engine, self._now())
        while not stop.is_set():
            if not await self.begin():
                await pause(stop, POLL_EVERY)
        await self.finish(FINISH_SECONDS)

    async def begin(self) -> int:
        """Begin to send to every chat with waiting letters, AT_ONCE of them at a time; return their number."""
        chats = await self._due()
        for chat_id in chats:
            await self._places.acquire()
            self._under_way[chat_id] = asyncio.create_task(self._send_to(chat_id), name=f"letter to {chat_id}")
        return len(chats)

    async def finish(self, seconds: float | None = None) -> None:
        """Wait for letters being sent, so many seconds at most."""
        if self._under_way:
            await asyncio.wait(list(self._under_way.values()), timeout=seconds)

    async def _due(self) -> list[int]:
        """Return the chats that something can be sent to now."""
        try:
            most = TAKEN_AT_ONCE + len(self._under_way) + len(self._pauses)
            waiting = await asyncio.to_thread(outbox.waiting, self._engine, most)
        except StoreError as exc:
            log.error("the outbox cannot be read", error=str(exc))
            return []
        now = time.monotonic()
        paused = {chat_id for chat_id, (_, until) in self._pauses.items() if until > now}
        return [chat_id for chat_id in waiting if chat_id not in self._under_way and chat_id not in paused]

    async def _send_to(self, chat_id: int) -> None:
        """Send the oldest letter of a chat; whatever happens, the sender goes on."""
        try:
            await self._send_next(chat_id)
            self._pauses.pop(chat_id, None)
        except Exception as exc:
            last = self._pauses.get(chat_id, (FIRST_PAUSE / 2, 0.0))[0]
            seconds = min(max(last * 2, wait_of(exc) if isinstance(exc, RetryAfter) else 0.0), LONGEST_PAUSE)
            self._pauses[chat_id] = (seconds, time.monotonic() + seconds)
            log.warning("a letter was not sent, trying again", reason=type(exc).__name__, pause=seconds)
        finally:
            del self._under_way[chat_id]
            self._places.release()

    async def _send_next(self, chat_id: int) -> None:
        letter = await asyncio.to_thread(outbox.next_letter, self._engine, chat_id)
        if letter is None:
            return
        try:
            await self._send(letter)
        except ChatMigrated as exc:
            await asyncio.to_thread(move, self._engine, chat_id, exc.new_chat_id)
        except Forbidden:
            await self._leave(letter)
        except BadRequest as exc:
            if any(words in str(exc).lower() for words in GONE):
                await self._leave(letter)
            else:
                log.error("Telegram refuses a letter", reason=str(exc)[:100])
                await asyncio.to_thread(outbox.refuse, self._engine, letter, self._now())

    async def _send(self, letter: Letter) -> None:
        """Send the remaining messages of a letter; record each before the next one."""
        ids = self._unrecorded.get(letter.id, list(letter.message_ids))
        if len(ids) > len(letter.message_ids):
            await self._record(letter, ids)
        for stored in letter.messages[len(ids) :]:
            sent = await send(
                self.bot,
                letter.chat_id,
                from_json(stored),
                reply_to=stored.get("reply_to"),
                thread=stored.get("thread"),
                broadcast=True,
            )
            ids.append(sent.message_id)
            await self._record(letter, ids)

    async def _record(self, letter: Letter, ids: list[int]) -> None:
        self._unrecorded[letter.id] = ids
        await asyncio.to_thread(outbox.mark, self._engine, letter, ids, self._now())
        del self._unrecorded[letter.id]

    async def _leave(self, letter: Letter) -> None:
        log.info("a chat takes no more messages; its subscriptions are ended")
        await asyncio.to_thread(outbox.leave, self._engine, letter.chat_id, self._now())

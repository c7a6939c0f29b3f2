"""Updates handled one after the other in a chat, and at the same time in different chats; each ends once, on disk."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.metrics import STAGES
from bot.telegram.context import Reply
from bot.telegram.letters import Stored
from bot.telegram.outbox import Sender, Sent
from bot.telegram.updates.supervisor import Supervisor
from retrieval.domain import StoreError, UnstorableError
from retrieval.store.chats import inbox, outbox
from retrieval.store.library import Library

log = structlog.get_logger("sitrep.inbox")

AT_ONCE = 40
"""Updates handled at the same time: more than all that may wait for slow work, see `bot.telegram.updates.pools`."""

MOST_WAITING = 4_096
"""Updates in memory; more wait in the queue."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(hours=1)
"""Until an update that met a passing failure is handled again: as long as it has waited, within these limits."""

Posted = tuple[int, int, Sequence[Sent | None]]
"""The chat and the number of a letter, and what is done for each of its messages."""


class ChatByChat(BaseUpdateProcessor):
    """Handles the updates of one chat one after the other, and those of different chats at the same time.

    python-telegram-bot's queue is only in memory, so an update is marked as handled in the durable inbox once its
    handler has returned, in one transaction with the messages that answer it (`replies`, by update). What is not
    marked is handled again.
    """

    def __init__(self, library: Library, now: Callable[[], datetime], replies: dict[int, Reply]) -> None:
        # An update that waits for its chat takes none of the AT_ONCE places, so these are counted here.
        super().__init__(max_concurrent_updates=MOST_WAITING)
        self.in_memory: dict[int, int | None] = {}
        """The updates that are queued or being handled, and their chats."""
        self.suspects: set[int] = set()
        """The updates that are handled while no other is."""
        self.sender: Sender | None = None
        self.supervisor: Supervisor | None = None
        self._library, self._now, self._replies = library, now, replies
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._places, self._alone = asyncio.Semaphore(AT_ONCE), asyncio.Lock()
        self._tasks: dict[asyncio.Task[Any], int] = {}

    async def initialize(self) -> None:
        return None

    async def shutdown(self) -> None:
        return None

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Await `coroutine`, which handles `update`, after the earlier updates of its chat.

        Where the database cannot be written to, the update stays, and the inbox queues it again.
        """
        assert isinstance(update, Update), "the inbox queues nothing else"
        number = update.update_id
        if task := asyncio.current_task():
            self._tasks[task] = number
            task.add_done_callback(lambda done: self._tasks.pop(done, None))
        sender = update.effective_chat or update.effective_user
        chat = self._chats.setdefault(sender.id if sender else 0, asyncio.Lock())
        try:
            async with chat, self._place(number):
                await asyncio.to_thread(inbox.begin, self._library.engine, number, self._now())
                with STAGES.labels("handle").time():
                    await coroutine
                posted = await asyncio.to_thread(self._end, number)
            self._send_now(posted)
        except StoreError as exc:
            log.error("an update could not be ended and is handled again", reason=str(exc))
            if self.supervisor is not None:
                self.supervisor.report(exc)
        finally:
            self._replies.pop(number, None)
            self.in_memory.pop(number, None)
            self.suspects.discard(number)
            if isinstance(coroutine, Coroutine):
                coroutine.close()  # if it was never awaited

    async def send_late_reply(self, number: int) -> None:
        """Send what a task put into the reply to an update after that had ended. Raises StoreError."""
        try:
            self._send_now(await asyncio.to_thread(self._end, number, late=True))
        finally:
            self._replies.pop(number, None)

    def _send_now(self, posted: Sequence[Posted]) -> None:
        if self.sender is not None:
            for letter in posted:
                self.sender.send_now(*letter)

    @asynccontextmanager
    async def _place(self, number: int) -> AsyncIterator[None]:
        """Take one of the places, all of them for a suspect."""
        async with AsyncExitStack() as taken:
            if number in self.suspects:
                await taken.enter_async_context(self._alone)  # two that take all places would wait for each other
            for _ in range(AT_ONCE if number in self.suspects else 1):
                await taken.enter_async_context(self._places)
            yield

    def _end(self, number: int, late: bool = False) -> list[Posted]:
        reply, now = self._replies.get(number, Reply()), self._now()
        if not reply.put_off:
            try:
                return end(self._library, number, reply, now, late)
            except UnstorableError as exc:  # which it would be every time
                log.error("what was to be stored with an answer is left out", reason=type(exc.__cause__).__name__)
                return end(self._library, number, replace(reply, alongside=[]), now, late)
        waited = now - (inbox.received_at(self._library.engine, number) or now)
        inbox.put_off(self._library.engine, number, now + min(max(waited, FIRST_WAIT), LONGEST_WAIT))
        return []

    async def finish(self, seconds: float = 7.0) -> None:
        """Wait so long for the updates being handled, then cancel them: the next run handles them."""
        if not self._tasks:
            return
        numbers = dict(self._tasks)
        _, late = await asyncio.wait(set(numbers), timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        try:
            await asyncio.to_thread(inbox.put_back, self._library.engine, [numbers[task] for task in late])
        except StoreError as exc:
            log.warning("unfinished updates count as begun", reason=str(exc))


def end(library: Library, number: int, reply: Reply, now: datetime, late: bool = False) -> list[Posted]:
    """End an update and put its reply into the outbox, in one transaction; return the letters. Raises StoreError.

    Nothing is done if it has ended already, unless this is a `late` part of its reply.
    """
    by_chat: dict[int, list[tuple[Stored, Sent | None]]] = {}
    for chat_id, stored, sent in reply.messages:
        by_chat.setdefault(chat_id, []).append((stored, sent))
    messages = {chat_id: [stored for stored, _ in parts] for chat_id, parts in by_chat.items()}
    letters = outbox.answer(library.engine, number, messages, now, reply.alongside, late)
    return [(chat_id, letter, [sent for _, sent in by_chat[chat_id]]) for chat_id, letter in letters.items()]

"""Updates in, through a durable inbox: Telegram is told that we have one only after it is on disk."""

import asyncio
import json
import warnings
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, EndPointNotFound, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application

from retrieval.store.chats import inbox
from retrieval.store.library import Library

log = structlog.get_logger("sitrep.delivery")

AT_ONCE = 8
"""Updates answered at the same time; those of one chat are answered in turn."""

POLL_SECONDS = 25
"""How long Telegram holds a request open while there is nothing new."""

READ_SECONDS = 20
"""How much longer than that its answer is waited for."""

LONGEST_PAUSE = 60.0
"""Between two tries when Telegram cannot be reached, in seconds."""


class Inbox:
    """Answers updates as they are received; a class because of the tasks and the turns it keeps."""

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any], library: Library) -> None:
        self._application, self._engine = application, library.engine
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def resume(self) -> int:
        """Take up what an earlier run did not finish; return how much that was."""
        left = await asyncio.to_thread(inbox.waiting, self._engine)
        for update_id, payload in left:
            self._start(update_id, json.loads(payload))
        return len(left)

    async def take(self, updates: list[dict[str, Any]]) -> None:
        """Keep updates (as Telegram's JSON) on disk, then begin to answer those that are new."""
        kept = [(update["update_id"], json.dumps(update)) for update in updates]
        new = set(await asyncio.to_thread(inbox.receive, self._engine, kept, datetime.now(UTC)))
        for update in updates:
            if update["update_id"] in new:
                new.discard(update["update_id"])
                self._start(update["update_id"], update)

    async def finish(self, seconds: float = 10.0) -> None:
        """Wait for what is being answered; what takes longer is taken up by the next run."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()

    def _start(self, update_id: int, update: dict[str, Any]) -> None:
        task = asyncio.create_task(self._answer(update_id, update), name=f"update {update_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, update_id: int, payload: dict[str, Any]) -> None:
        try:
            update = Update.de_json(payload, self._application.bot)
        except (AttributeError, KeyError, TypeError, ValueError) as exc:
            log.warning("an update cannot be read", update=update_id, fields=sorted(payload), error=type(exc).__name__)
            await asyncio.to_thread(inbox.done, self._engine, update_id)
            return
        chat_id = update.effective_chat.id if update.effective_chat else 0
        async with self._turns[chat_id], self._room:
            await asyncio.to_thread(inbox.begin, self._engine, update_id)
            await self._application.process_update(update)
            await asyncio.to_thread(inbox.done, self._engine, update_id)


async def poll(application: Application[Any, Any, Any, Any, Any, Any], box: Inbox, stop: asyncio.Event) -> None:
    """Fetch updates until `stop`; an update is confirmed to Telegram only once it is on disk.

    Raises InvalidToken where Telegram does not know the token; everything else is tried again.
    """
    warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'")  # see _fetch
    offset, pause = None, 1.0
    while not stop.is_set():
        try:
            updates = await _until(stop, _fetch(application.bot, offset))
            if updates:
                await box.take(updates)
                offset = updates[-1]["update_id"] + 1
            pause = 1.0
        except EndPointNotFound as exc:
            raise InvalidToken from exc
        except RetryAfter as exc:
            await _sleep(stop, _seconds(exc))
        except TelegramError as exc:
            told = "another program polls with this token" if isinstance(exc, Conflict) else type(exc).__name__
            log.warning("polling failed, trying again", reason=told, pause=pause)
            await _sleep(stop, pause)
            pause = min(pause * 2, LONGEST_PAUSE) if isinstance(exc, NetworkError | Conflict) else 1.0


async def _fetch(bot: Any, offset: int | None) -> list[dict[str, Any]]:
    """Return updates as Telegram's JSON.

    Not by `get_updates`: it would fail for all of them where it cannot read one, and log what they say.
    """
    wanted: dict[str, Any] = {"timeout": POLL_SECONDS, "allowed_updates": Update.ALL_TYPES}
    if offset is not None:
        wanted["offset"] = offset
    updates = await bot.do_api_request("getUpdates", wanted, read_timeout=POLL_SECONDS + READ_SECONDS)
    return list(updates)


def _seconds(exc: RetryAfter) -> float:
    after = exc.retry_after
    return float(after) if isinstance(after, int | float) else after.total_seconds()


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _until(stop: asyncio.Event, work: Any) -> Any:
    """Return what `work` gives, or an empty tuple where `stop` came first."""
    running, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return running.result() if running.done() else ()
    finally:
        stopped.cancel()
        if not running.done():
            running.cancel()

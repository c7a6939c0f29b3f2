"""What happens while the library's store fails: no update is taken in, and each chat that writes gets one line.

Telegram keeps the updates meanwhile: those polled are not confirmed, and the webhook answers that it is not available.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.locales import LOCALES, explain
from bot.metrics import STAGES, UPDATES
from bot.resources import Resources
from bot.telegram.clock import Clock
from bot.telegram.limits import pause
from bot.telegram.reports import Reports
from bot.telegram.sending import NO_PREVIEW
from retrieval.domain import BusyError, StoreError, UnstorableError
from retrieval.store.chats import chats
from retrieval.store.condition import require_readable, require_sound, require_space, require_writable
from retrieval.store.database import written

log = structlog.get_logger("sitrep.supervisor")

CHECK_EVERY = 2.0
"""Seconds between two checks of the store."""

STUCK_AFTER = 3.0
"""Seconds after which a write, or a check, that is not done counts as failed."""

REPORTED_AFTER = 30.0
"""Seconds after which admins are told that the index does not work; a start on a busy machine takes some of them."""

READERS_EVERY = 15
"""Checks between two readings of who may write to the bot."""

LOCKED = "The library's database failed: another program has locked it, or the disk does not answer."


class Supervisor:
    """Knows whether the store works; a class because it remembers that, and which chats were told.

    `reason` is the error while the store fails, else None; `running`: whether it finds out by itself when that is over.
    """

    def __init__(self, resources: Resources, bot: Bot, reports: Reports, clock: Clock) -> None:
        self._resources, self._bot, self._reports, self._clock = resources, bot, reports, clock
        self.reason: StoreError | None = None
        self.running = False
        self._index_worked_at = time.monotonic()
        self._readers: dict[int, str] = {}  # chats that were let in, and their languages
        self._told: set[int] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store check")  # others may be busy with answers
        self._checking: asyncio.Future[None] | None = None

    def report(self, error: StoreError) -> None:
        """Pause the intake: the store has failed. One that another process is busy with has not, nor one that is given
        what no store can keep.
        """
        if isinstance(error, BusyError | UnstorableError) or self.reason is not None:
            return
        self.reason = error
        log.error("the library fails; no more updates are taken in until it works again", reason=str(error))
        self._reports.add("store", reason=str(error))

    @asynccontextmanager
    async def intake(self, updates: Sequence[dict[str, Any]]) -> AsyncIterator[None]:
        """Store updates (Telegram's JSON) within the `with`; if that fails or hangs, tell their chats.

        Raises StoreError, at once where the store is known to fail.
        """
        if self.reason is not None:
            UPDATES.labels("refused").inc(len(updates))
            self.tell(updates)
            raise self.reason
        late = asyncio.ensure_future(self._watch_for_long(updates))
        try:
            with STAGES.labels("store").time():
                yield
            UPDATES.labels("stored").inc(len(updates))
        except StoreError as exc:
            UPDATES.labels("refused").inc(len(updates))
            self.report(exc)
            self.tell(updates)
            raise
        finally:
            late.cancel()

    async def _watch_for_long(self, updates: Sequence[dict[str, Any]]) -> None:
        """Find out why updates are not stored yet: the store is locked or hangs, or there is just much to do."""
        await asyncio.sleep(STUCK_AFTER)
        await self._check(self._require_writable)
        self.tell(updates)

    def tell(self, updates: Iterable[dict[str, Any]]) -> None:
        """Tell each chat, once until the store works again, that its message waits; only those that were let in."""
        for update in updates:
            message = update.get("message")
            if isinstance(message, dict):
                self.tell_writer(message.get("chat") or {}, message.get("from") or {})

    def tell_writer(self, chat: dict[str, Any], person: dict[str, Any]) -> None:
        """Tell one private chat, given as Telegram's JSON, that its message waits."""
        number, settings = int(chat.get("id") or 0), self._resources.settings
        known = number in self._readers or number in settings.admins
        if chat.get("type") != "private" or not known or number in self._told or self.reason is None:
            return
        self._told.add(number)
        spoken = str(person.get("language_code") or "")[:2]
        language = self._readers.get(number) or (spoken if spoken in LOCALES else settings.language)
        task = asyncio.ensure_future(self._say(number, explain(self.reason, language)))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _say(self, chat_id: int, text: str) -> None:
        with suppress(TelegramError):  # Telegram too cannot be reached
            await self._bot.send_message(chat_id, text, link_preview_options=NO_PREVIEW)

    async def run(self, stop: asyncio.Event) -> None:
        """Check the store every few seconds until `stop`, and take updates in again once it works."""
        checks, self.running = 0, True
        while not stop.is_set():
            if checks % READERS_EVERY == 0 and self.reason is None:
                with suppress(StoreError):
                    known = await asyncio.to_thread(chats.every, self._resources.library.engine)
                    let_in = [
                        one for one in known.values() if one.admitted or one.id in self._resources.settings.admins
                    ]
                    self._readers = {one.id: one.language or "" for one in let_in}
            await self._check(self._require_usable if self.reason is None else self._require_sound)
            self._report_parts()
            checks += 1
            await pause(stop, CHECK_EVERY)

    def _report_parts(self) -> None:
        """Report parts without which the bot goes on, but worse: the index, the language model, the clock."""
        library, model, now = self._resources.library, self._resources.chat_model, time.monotonic()
        self._index_worked_at = now if library.index is None or library.index_works() else self._index_worked_at
        works = {
            "index": now - self._index_worked_at < REPORTED_AFTER,
            "model": model is None or model.calls.open,
            "clock": self._clock.right,
        }
        fields = {"clock": {"seconds": f"{self._clock.ahead:+.0f}"}}
        for part, well in works.items():
            if well:
                self._reports.over(part, f"{part}_over")
            else:
                self._reports.add(part, **fields.get(part, {}))

    async def _check(self, require: Callable[[], None]) -> None:
        """Run a check in the thread for them; one that hangs has failed, and is waited for by the next one."""
        if self._checking is None:
            self._checking = asyncio.get_running_loop().run_in_executor(self._thread, require)
        checking, before = self._checking, written(self._resources.library.engine)
        if not (await asyncio.wait({checking}, timeout=STUCK_AFTER))[0]:
            if written(self._resources.library.engine) == before:
                self.report(StoreError(LOCKED, key="store"))
            return
        self._checking = None
        error = checking.exception()
        if isinstance(error, StoreError):
            self.report(error)
        elif error is not None:
            log.error("the store could not be checked", error=type(error).__name__)
        elif self.reason is not None and require == self._require_sound:
            self._resume()

    def _resume(self) -> None:
        log.info("the library works again; updates are taken in")
        self._resources.library.engine.dispose()  # connections that still have what was damaged in their caches
        self.reason = None
        self._told.clear()
        self._reports.over("store", "store_over")

    def _require_usable(self) -> None:
        require_space(self._resources.library.folder)
        require_readable(self._resources.library.engine)

    def _require_writable(self) -> None:
        self._require_usable()
        require_writable(self._resources.library.engine)

    def _require_sound(self) -> None:
        self._require_writable()
        require_sound(self._resources.library.engine)

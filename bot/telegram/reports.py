"""What goes wrong, to the admins: a sentence each, seldom, and never a word that somebody wrote to the bot."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.locales import say
from bot.settings import Settings
from bot.telegram.access import Access
from bot.telegram.limits import pause
from bot.telegram.sending import NO_PREVIEW
from retrieval.domain import StoreError
from retrieval.store.chats import chats
from retrieval.store.library import Library

log = structlog.get_logger("sitrep.reports")

SAME_AGAIN = 3600.0
"""Seconds until the same kind of fault is reported again."""

AN_HOUR = 12
"""Reports an hour, of all kinds."""

SEND_EVERY = 1.0

HOUR = 3600.0


class Reports:
    """Collects reports and sends them to each admin, of the settings or by role; a class because it counts them.

    They do not go through the outbox, which may be what fails. `add` may be called from any thread.
    """

    def __init__(self, settings: Settings, access: Access, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._access, self._clock = settings, access, clock
        self._waiting: list[tuple[str, dict[str, object]]] = []
        self._last: dict[str, float] = {}  # kind -> when it was reported
        self._recent: list[float] = []

    def add(self, kind: str, *, about: str = "", **fields: object) -> None:
        """Report a fault: the frame text `report.KIND` with its fields, once an hour for the same `about`."""
        now, key = self._clock(), f"{kind} {about}"
        self._recent = [at for at in self._recent if now - at < HOUR]
        if now - self._last.get(key, -SAME_AGAIN) < SAME_AGAIN or len(self._recent) >= AN_HOUR:
            return
        self._last[key] = now
        self._recent.append(now)
        self._waiting.append((kind, fields))

    def over(self, kind: str, told: str) -> None:
        """Say by the report `told` that a fault is over, if it was reported; the next one is reported at once."""
        keys = [key for key in self._last if key.startswith(f"{kind} ")]
        for key in keys:
            del self._last[key]
        if keys:
            self._last.pop(f"{told} ", None)
            self.add(told)

    def drop(self) -> None:
        """Forget what waits to be reported."""
        self._waiting.clear()

    async def run(self, bot: Bot, library: Library, stop: asyncio.Event) -> None:
        """Send what is reported until `stop`."""
        while not stop.is_set():
            await self.send(bot, library)
            await pause(stop, SEND_EVERY)

    async def send(self, bot: Bot, library: Library) -> None:
        """Send what waits; a report that an admin cannot be sent now is dropped, as it is in the log."""
        waiting, self._waiting = self._waiting, []
        for kind, fields in waiting:
            for admin in self._access.admins:
                language = self._settings.language
                with suppress(StoreError):
                    found = await asyncio.to_thread(chats.chat, library.engine, admin)
                    language = found.language or language
                try:
                    text = say(f"report.{kind}", language, **fields)
                    await bot.send_message(admin, text, link_preview_options=NO_PREVIEW)
                except TelegramError as exc:
                    log.info("a report could not be sent", error=type(exc).__name__)

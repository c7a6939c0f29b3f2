"""The updates that wait for the bot, and the one poller that may fetch them."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.fake_telegram.errors import conflict
from tests.fake_telegram.limits import POLL_SECONDS, UPDATES_A_BATCH
from tests.fake_telegram.oracle import as_update

Json = dict[str, Any]
ON_REQUEST_ONLY = ("chat_member", "message_reaction", "message_reaction_count")
"""Updates that come only to a bot whose `allowed_updates` name them."""


class Updates:
    """Updates in order, kept until confirmed; a class because pollers wait on it."""

    def __init__(self) -> None:
        self.next_id = 700_000_001
        self.pending: list[Json] = []
        self.past: dict[int, Json] = {}  # every update ever made, for redelivery
        self.dropped: list[Json] = []  # not in `allowed_updates` when they came up
        self.allowed: list[str] = []  # empty: all but those on request
        self.webhook: Json | None = None  # the parameters of setWebhook
        self.last_error: tuple[int, str] | None = None  # of a push: Unix seconds, what went wrong
        self.arrived = asyncio.Event()
        self.poll: asyncio.Future[str] | None = None  # of the poller that waits; set to why it must stop

    def add(self, kind: str, content: Json) -> Json:
        """Queue an update of `kind`, checked by aiogram, and return it."""
        update: Json = {"update_id": self.next_id, kind: content}
        self.next_id += 1
        as_update(update)
        self.past[update["update_id"]] = update
        if (self.allowed and kind not in self.allowed) or (not self.allowed and kind in ON_REQUEST_ONLY):
            self.dropped.append(update)
        else:
            self.pending.append(update)
            self.arrived.set()
        return update

    def redeliver(self, update_id: int) -> None:
        """Queue an update again that was confirmed before, as happens when Telegram misses the reply."""
        self.pending.insert(0, self.past[update_id])
        self.arrived.set()

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds of update the bot wants; None leaves what was said before."""
        if kinds is not None:
            self.allowed = kinds

    def stop_poller(self, reason: str) -> None:
        """End a waiting getUpdates with a conflict."""
        if self.poll and not self.poll.done():
            self.poll.set_result(reason)

    async def get(self, offset: int | None, limit: int, seconds: int) -> list[Json]:
        """Answer getUpdates: confirm what lies before `offset`, then wait up to `seconds` for more."""
        if self.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self.stop_poller("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._confirm(offset or 0)
        if not self.pending and seconds > 0:
            await self._wait(min(seconds, POLL_SECONDS))
        return self.pending[: min(max(limit, 1), UPDATES_A_BATCH)]

    def _confirm(self, offset: int) -> None:
        """Forget updates before `offset`; a negative one keeps only so many from the end."""
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            if offset > self.next_id:
                return  # an offset from the future confirms nothing
            self.pending = [u for u in self.pending if u["update_id"] >= offset]

    async def _wait(self, seconds: float) -> None:
        self.poll = mine = asyncio.get_running_loop().create_future()
        self.arrived.clear()
        arrival = asyncio.ensure_future(self.arrived.wait())
        try:
            await asyncio.wait({arrival, mine}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
            if self.poll is mine:
                self.poll = None
        if mine.done():
            raise conflict(mine.result())

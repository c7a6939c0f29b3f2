"""Pushing updates to the bot's webhook, and pushing again until it says 2xx."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import aiohttp

from tests.fake_telegram.limits import DEFAULT_CONNECTIONS
from tests.fake_telegram.world import World

Json = dict[str, Any]
FIRST_RETRY_SECONDS = 0.1  # doubled at each failure; Telegram's own pauses are longer and unpublished
LONGEST_RETRY_SECONDS = 5.0
ANSWER_SECONDS = 10.0


class Pusher:
    """Pushes what waits while a webhook is set; a class because it remembers what is under way."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.proxies: dict[str, Iterator[str]] = {}  # public prefix -> where it is served, one after the other
        self.pushes: list[tuple[int, int]] = []  # update_id, HTTP status (0: no answer)
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Push for as long as the server lives."""
        updates = self.world.updates
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                await updates.arrived.wait()
                updates.arrived.clear()
                most = updates.webhook.get("max_connections", DEFAULT_CONNECTIONS) if updates.webhook else 0
                for update in updates.pending:
                    if len(self._under_way) < most:
                        self._start(session, update)

    def _start(self, session: aiohttp.ClientSession, update: Json) -> None:
        number = update["update_id"]
        if number in self._under_way:
            return

        def finished(_: asyncio.Task[None]) -> None:
            del self._under_way[number]
            self.world.updates.arrived.set()  # another may take its place

        task = asyncio.ensure_future(self._push(session, update))
        self._under_way[number] = task
        task.add_done_callback(finished)

    async def _push(self, session: aiohttp.ClientSession, update: Json) -> None:
        """Push one update until it is accepted, or the webhook is gone."""
        pause, updates = FIRST_RETRY_SECONDS, self.world.updates
        while (hook := updates.webhook) and update in updates.pending:
            status, reason = await self._post(session, hook, update)
            self.pushes.append((update["update_id"], status))
            if 200 <= status < 300:
                if update in updates.pending:
                    updates.pending.remove(update)
                return
            updates.last_error = (self.world.now(), reason)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_RETRY_SECONDS)

    async def _post(self, session: aiohttp.ClientSession, hook: Json, update: Json) -> tuple[int, str]:
        secret = hook.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        try:
            async with session.post(self._address(hook["url"]), json=update, headers=headers) as answer:
                return answer.status, f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError):
            return 0, "Connection refused"

    def _address(self, url: str) -> str:
        for public, local in self.proxies.items():
            if url.startswith(public):
                return next(local) + url.removeprefix(public)
        return url

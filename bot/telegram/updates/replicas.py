"""Several bots behind one webhook: all of them take updates in, and one of them, the leader, handles them and sends.

So each update is handled once, whichever replica got it, and Telegram's limits are kept across replicas. When the
leader stops or dies, PostgreSQL gives its lock to another replica, which goes on from the inbox and outbox.
"""

import asyncio
import os

import structlog

from bot.telegram.limits import pause
from retrieval.domain import StoreError
from retrieval.store.database import BotLock

log = structlog.get_logger("sitrep.replicas")

CHECK_EVERY = 1.0
"""Seconds between two tries to become the leader, and between two checks of the leader that it still is."""

SETTLE = 3.0
"""Seconds from becoming the leader after another one to handling updates: a leader that lost its lock without dying
finds that out, and ends, within that time."""


async def until_leading(lock: BotLock, stop: asyncio.Event) -> None:
    """Wait until this replica is the leader, or until `stop`."""
    waited = False
    while not stop.is_set():
        try:
            if await asyncio.to_thread(lock.claim):
                break
        except StoreError as exc:
            log.error("the database does not say which replica leads", reason=str(exc))
        if not waited:
            log.info("another replica leads; this one stands by")
        waited = True
        await pause(stop, CHECK_EVERY)
    if waited:
        await pause(stop, SETTLE)
        log.info("this replica leads now")


async def lead(lock: BotLock, stop: asyncio.Event) -> None:
    """Check until `stop` that this replica still leads; end the process at once if another one does.

    What was begun then is handled by the other one, as after any death of a process.
    """
    while not stop.is_set():
        await pause(stop, CHECK_EVERY)
        try:
            if not await asyncio.to_thread(lock.keep):
                log.error("another replica leads now; this one ends")
                os._exit(1)
        except StoreError:
            continue  # nothing can be handled without the database; the supervisor reports it

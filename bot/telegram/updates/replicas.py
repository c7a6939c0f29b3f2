"""Several bots behind one webhook: each handles and sends to the chats that it claimed; one of them, the leader, does
what is done once for all: it keeps the index, polls the feeds, and puts briefs and alerts into the outbox.

So each update is handled once, whichever replica got it, in the order of its chat. When a replica stops or dies,
PostgreSQL frees its claims, and the others go on from the inbox and outbox.
"""

import asyncio
import os

import structlog

from bot.telegram.limits import pause
from retrieval.domain import StoreError
from retrieval.store.claims import Claims
from retrieval.store.database import BotLock

log = structlog.get_logger("sitrep.replicas")

CHECK_EVERY = 1.0
"""Seconds between two tries to become the leader, and between two checks of the leader that it still is."""

SETTLE = 3.0
"""Seconds from becoming the leader after another one to doing its work: a leader that lost its lock without dying
finds that out, and ends, within that time."""


async def keep_claims(claims: Claims, stop: asyncio.Event) -> None:
    """Check until `stop` that this replica still has its claims; end the process at once if it lost any."""
    while not stop.is_set():
        await pause(stop, CHECK_EVERY)
        try:
            if not await asyncio.to_thread(claims.keep):
                log.error("another replica has a chat of this one, which ends")
                os._exit(1)
        except StoreError:
            continue  # nothing can be handled without the database; the supervisor reports it


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
            log.info("another replica leads")
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

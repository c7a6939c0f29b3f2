"""Updates in, through a durable inbox: an update is confirmed to Telegram only once it is on disk."""

import asyncio
import json
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, EndPointNotFound, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.locales import say
from bot.resources import Resources
from bot.telegram.access import Access
from bot.telegram.context import BotApplication, Reply
from bot.telegram.letters import as_json
from bot.telegram.limits import pause, until, wait_of
from bot.telegram.outbox import Sender
from bot.telegram.richtext import Run, message
from bot.telegram.updates.admission import ROOM_EVERY, Admission, BacklogError, arrival
from bot.telegram.updates.processor import ChatByChat, end
from bot.telegram.updates.supervisor import Supervisor
from retrieval.domain import StoreError
from retrieval.store.chats import chats, inbox
from retrieval.store.chats.inbox import Received
from retrieval.store.claims import Charges, Claim, Claims
from retrieval.store.library import Library

log = structlog.get_logger("sitrep.inbox")

RETRY_EVERY = 2.0
"""Seconds between two searches for updates that were put off, or could not be ended."""

REPLICAS_RETRY_EVERY = 0.25
"""The same where other replicas store updates too, which this one is to find."""

MOST_OF_REPLICA = 100
"""Updates that a replica has in memory when it claims no more chats: others may have less to do."""

KEPT_CHATS, KEPT_SECONDS = 500, 3600.0
"""Chats that a replica keeps claimed after their last update, at most, and for how long: it knows what was asked."""

POLL_SECONDS = 25
"""Seconds that Telegram keeps a request open while there is nothing new."""

READ_SECONDS = 20
"""Seconds added to that until the request counts as failed."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Between two tries when Telegram cannot be reached, in seconds."""

REFUSALS = 5
"""So often in a row does Telegram not know the token before that is believed: a single 401 may be its own fault."""

UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What python-telegram-bot raises for an update that it cannot read."""


class Inbox:
    """Stores updates as they come, then queues them in the application; a class because it needs both.

    Where there are other replicas, this one queues the updates of the chats that it claimed, whichever replica stored
    them, in their order.
    """

    def __init__(self, application: BotApplication, library: Library, now: Callable[[], datetime]) -> None:
        self._application, self._library, self._now = application, library, now
        processor = application.update_processor
        assert isinstance(processor, ChatByChat)
        self._processor = processor
        self._claims: Claims | None = application.bot_data["claims"]
        self._charges: Charges | None = application.bot_data["charges"]
        self._claimed: OrderedDict[int, float] = OrderedDict()  # chats, and when each had an update last (monotonic)
        self._stored = asyncio.Event()
        self._storing: dict[int, int | None] = {}  # the updates that are being stored, not queued yet; their chats

    async def resume(self) -> int:
        """Queue the updates that an earlier run did not finish; return their number. Raises StoreError."""
        if self._claims is None:  # else it is done for each chat that is claimed
            await asyncio.to_thread(inbox.suspect, self._library.engine)
        return await self.queue_waiting()

    async def run(self, stop: asyncio.Event) -> None:
        """Queue until `stop`, every few seconds, what was put off or could not be ended, or another replica stored."""
        while not stop.is_set():
            if self._claims is None:
                await pause(stop, RETRY_EVERY)
            else:
                await pause(self._stored, REPLICAS_RETRY_EVERY)
                self._stored.clear()
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
        due = await asyncio.to_thread(inbox.waiting, self._library.engine, self._now())
        if self._claims is not None:
            due = await self._of_claimed(self._claims, due)
        for number in await asyncio.to_thread(inbox.hopeless, self._library.engine, self._now()):
            if number in due and number not in in_memory:
                await asyncio.to_thread(self._give_up, number)
        storing = self._storing if self._claims is None else {}  # else `take` leaves them to this
        new = [number for number in due if number not in in_memory and number not in storing]
        if not new:
            return 0
        in_memory.update(dict.fromkeys(new))
        payloads, suspects = await asyncio.to_thread(self._read, new)
        read = {number: json.loads(payload) for number, payload in payloads.items()}
        for number in new:
            if number in read:
                in_memory[number] = arrival(read[number]).chat_id
            else:  # it was ended meanwhile
                del in_memory[number]
        self._processor.suspects |= suspects & payloads.keys()
        for number in new:
            if number in read:
                await self._queue(number, read[number])
        return len(payloads)

    async def _of_claimed(self, claims: Claims, due: dict[int, int | None]) -> dict[int, int | None]:
        """Return those of the updates whose chats this replica has, after it has claimed more. Raises StoreError."""
        now, in_memory = time.monotonic(), self._processor.in_memory
        busy = {chat_id or 0 for chat_id in in_memory.values()}
        idle = [chat for chat, last in self._claimed.items() if chat not in busy]
        surplus = len(self._claimed) - KEPT_CHATS
        given_up = [chat for n, chat in enumerate(idle) if n < surplus or now - self._claimed[chat] > KEPT_SECONDS]
        if given_up:
            for chat in given_up:
                del self._claimed[chat]
            await asyncio.to_thread(claims.release, Claim.HANDLE, given_up)
        wanted = list(dict.fromkeys(chat or 0 for chat in due.values() if (chat or 0) not in self._claimed))
        wanted = wanted[: max(0, MOST_OF_REPLICA - len(in_memory))]
        if wanted:
            claimed = await asyncio.to_thread(claims.claim, Claim.HANDLE, wanted)
            if claimed:
                await asyncio.to_thread(inbox.suspect, self._library.engine, claimed)
                self._claimed.update(dict.fromkeys(claimed, now))
        mine = {number: chat for number, chat in due.items() if (chat or 0) in self._claimed}
        for chat_id in mine.values():
            self._claimed[chat_id or 0] = now
            self._claimed.move_to_end(chat_id or 0)
        return mine

    def _read(self, numbers: list[int]) -> tuple[dict[int, str], set[int]]:
        return inbox.payloads(self._library.engine, numbers), set(inbox.suspects(self._library.engine))

    async def take(self, updates: list[dict[str, Any]]) -> None:
        """Store the updates (Telegram's JSON) that are let in on disk, then queue those that are new.

        Raises BacklogError while there is no room for what was written long ago, and StoreError.
        """
        supervisor: Supervisor = self._application.bot_data["supervisor"]
        new: list[int] = []
        async with supervisor.intake(updates):
            fresh = await self._admitted(updates)
            if not fresh:
                return
            stored = [Received(one["update_id"], arrival(one).chat_id, json.dumps(one)) for one in fresh.values()]
            self._storing |= {one.update_id: one.chat_id for one in stored}
            try:
                new = await asyncio.to_thread(inbox.receive, self._library.engine, stored, self._now())
            finally:
                for one in stored:
                    self._storing.pop(one.update_id, None)
        if self._claims is not None:
            self._stored.set()
            return
        in_memory = self._processor.in_memory
        new = [number for number in new if number not in in_memory]
        in_memory.update({number: arrival(fresh[number]).chat_id for number in new})
        for number in new:
            await self._queue(number, fresh[number])

    async def _admitted(self, updates: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
        """Return the updates that are let in, by number."""
        arrivals = [arrival(update) for update in updates]
        chat_ids = {one.chat_id for one in arrivals if one.chat_id is not None}
        known = await asyncio.to_thread(chats.some, self._library.engine, chat_ids)
        waiting = [*self._processor.in_memory.values(), *self._storing.values()]
        if self._claims is not None:
            stored = await asyncio.to_thread(inbox.chats_waiting, self._library.engine)
            waiting = [*stored, *self._storing.values()]
        admission: Admission = self._application.bot_data["admission"]
        admission.require_room(arrivals, len(waiting))
        access: Access = self._application.bot_data["access"]
        if self._charges is not None:
            access.of_others = await asyncio.to_thread(self._charges.of_others, chat_ids)
        let_in = admission.admitted(arrivals, known, waiting)
        if self._charges is not None:
            await asyncio.to_thread(self._charges.add, access.newly_charged())
        return {update["update_id"]: update for update in updates if update["update_id"] in let_in}

    def _give_up(self, number: int) -> None:
        log.error("an update is given up", update=number)
        payload = json.loads(inbox.payloads(self._library.engine, [number]).get(number, "{}"))
        given, reply = arrival({"update_id": number, **payload}), Reply()
        chat_id = given.chat_id
        if chat_id is not None and given.kind != "inline_query":
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
            self._processor.in_memory.pop(number, None)
            return
        await self._application.update_queue.put(update)


async def poll(application: BotApplication, box: Inbox, stop: asyncio.Event) -> None:
    """Fetch updates until `stop`; an update is confirmed to Telegram only once it is on disk.

    Raises InvalidToken if Telegram keeps on not knowing the token; other failures are tried again.
    """
    warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'")  # see _fetch
    offset, seconds, refusals = None, FIRST_PAUSE, 0
    sender: Sender = application.bot_data["sender"]
    while not stop.is_set():
        try:
            updates = await until(stop, _fetch(application.bot, offset))
            if seconds > FIRST_PAUSE:
                sender.retry()
            if updates:
                await box.take(updates)
                offset = updates[-1]["update_id"] + 1
            seconds, refusals = FIRST_PAUSE, 0
        except (EndPointNotFound, InvalidToken) as exc:
            refusals += 1
            if refusals == REFUSALS:
                raise InvalidToken from exc
            log.warning("Telegram does not know the token, trying again", pause=seconds)
            await pause(stop, seconds)
            seconds *= 2
        except RetryAfter as exc:
            await pause(stop, wait_of(exc))
        except BacklogError:  # Telegram sends them again
            await pause(stop, ROOM_EVERY)
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

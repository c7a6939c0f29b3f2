"""Messages out, through a durable outbox: each is sent once, however often the process dies in between."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

import structlog
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter
from telegram.ext import ExtBot

from bot.telegram.letters import send_stored
from bot.telegram.limits import pause, wait_of
from retrieval.domain import StoreError
from retrieval.store.chats import outbox
from retrieval.store.chats.chats import move
from retrieval.store.chats.outbox import Letter
from retrieval.store.claims import Claim, Claims
from retrieval.store.library import Library

log = structlog.get_logger("sitrep.outbox")

AT_ONCE = 12
"""Letters being sent at a time: enough for 30 a second at 400 ms each, including the database."""

ANSWERS_AT_ONCE = 30
"""Answers being sent at a time, beside the other letters."""

TAKEN_AT_ONCE = 60
"""Chats read from the outbox at a time: about two seconds of sending."""

POLL_EVERY = 1.0
"""Seconds between two reads of an empty outbox."""

REPLICAS_POLL_EVERY = 0.05
"""Seconds between two reads where other replicas may be sending all that waits."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 600.0
"""Seconds until a letter is tried again when Telegram could not be reached: a quarter of the time that it has not been
reached for, within these limits."""

FINISH_SECONDS = 8.0
"""Seconds that a stop waits for letters being sent; the next run sends those that take longer."""

Sent = Callable[[int], None]
"""What is done with the number of a message once it is sent."""


class Sender:
    """Sends what waits in the outbox, one letter of a chat at a time; a class because it counts what is being sent.

    Where there are other replicas, each sends to the chats that it claims.

    Answers go before other letters. A letter whose sending was not recorded (the process died, or Telegram's answer
    was lost) is sent again from its first unrecorded message on: one message at most comes twice.
    """

    def __init__(self, bot: Bot, library: Library, now: Callable[[], datetime], claims: Claims | None = None) -> None:
        self.bot, self._engine, self._now, self._claims = bot, library.engine, now, claims
        self._places = {True: asyncio.Semaphore(ANSWERS_AT_ONCE), False: asyncio.Semaphore(AT_ONCE)}  # by is_answer
        self._under_way: dict[int, asyncio.Task[None]] = {}  # by chat
        self._asked: set[int] = set()  # chats with an answer that came while another letter was being sent
        self._pauses: dict[int, tuple[float, float]] = {}  # chat -> since when it fails, till when it waits (monotonic)
        self._unrecorded: dict[int, list[int]] = {}  # letter -> the ids of its messages that were sent but not recorded
        self._sent: dict[int, Sequence[Sent | None]] = {}  # letter -> for each of its messages
        self._records: list[tuple[Letter, list[int], asyncio.Future[None]]] = []
        self._recording: asyncio.Task[None] | None = None
        # A thread of its own: in one that others use too, what was sent would wait to be recorded, and a kill meanwhile
        # would send it twice.
        self._recorder = ThreadPoolExecutor(1, thread_name_prefix="record")
        self._paced = isinstance(bot, ExtBot) and bot.rate_limiter is not None

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; letters being sent then are finished."""
        try:
            await asyncio.to_thread(outbox.forget, self._engine, self._now())
        except StoreError as exc:  # the next run forgets them
            log.error("the keys of old letters cannot be deleted", error=str(exc))
        await asyncio.gather(self._run(stop, answers=True), self._run(stop, answers=False))
        await self.finish(FINISH_SECONDS)

    async def _run(self, stop: asyncio.Event, answers: bool) -> None:
        while not stop.is_set():
            begun = await self.begin(answers)
            if not begun or self._claims is not None:
                await pause(stop, REPLICAS_POLL_EVERY if begun else POLL_EVERY)

    def send_now(self, chat_id: int, letter_id: int, sent: Sequence[Sent | None] = ()) -> None:
        """Send the answers that wait for a chat, of which this letter is one; do `sent` for each of its messages."""
        if any(sent):
            self._sent[letter_id] = sent
        self._start(chat_id)

    def _start(self, chat_id: int) -> None:
        if chat_id in self._under_way:
            self._asked.add(chat_id)
        elif not self._is_paused(chat_id):
            self._under_way[chat_id] = asyncio.create_task(self._answer(chat_id), name=f"answer to {chat_id}")

    async def _answer(self, chat_id: int) -> None:
        try:
            await self._places[True].acquire()
        except asyncio.CancelledError:
            del self._under_way[chat_id]
            raise
        await self._send_to(chat_id, answers=True)

    async def begin(self, answers: bool = False) -> int:
        """Begin to send to every chat with waiting letters, so many of them at a time; return their number."""
        begun = 0
        for chat_id in await self._due(answers):
            await self._places[answers].acquire()
            if chat_id in self._under_way:
                self._places[answers].release()
                continue
            work = self._send_to(chat_id, answers)
            self._under_way[chat_id] = asyncio.create_task(work, name=f"letter to {chat_id}")
            begun += 1
        return begun

    async def finish(self, seconds: float | None = None) -> None:
        """Wait for letters being sent, so many seconds at most."""
        if self._under_way:
            await asyncio.wait(list(self._under_way.values()), timeout=seconds)

    async def flush(self) -> None:
        """Send all answers that wait, but those that Telegram does not take now."""
        while await self.begin(answers=True) or self._under_way:
            await self.finish()

    def retry(self) -> None:
        """Try all letters again that wait: Telegram can be reached again."""
        self._pauses = {chat_id: (since, 0.0) for chat_id, (since, _) in self._pauses.items()}

    def _is_paused(self, chat_id: int) -> bool:
        return self._pauses.get(chat_id, (0.0, 0.0))[1] > time.monotonic()

    async def _due(self, answers: bool) -> list[int]:
        """Return the chats that something can be sent to now."""
        try:
            most = TAKEN_AT_ONCE + len(self._under_way) + len(self._pauses)
            waiting = await asyncio.to_thread(outbox.waiting, self._engine, most, answers)
        except StoreError as exc:
            log.error("the outbox cannot be read", error=str(exc))
            return []
        if self._claims is not None and not answers:
            random.shuffle(waiting)  # so that the replicas seldom want the same chat
        return [chat_id for chat_id in waiting if chat_id not in self._under_way and not self._is_paused(chat_id)]

    async def _send_to(self, chat_id: int, answers: bool) -> None:
        """Send the answers that wait for a chat, or its oldest other letter; whatever happens, the sender goes on."""
        try:
            if not await self._claim(chat_id):
                return
            while await self._send_next(chat_id, answers) and answers:
                pass
            self._pauses.pop(chat_id, None)
            if self._claims is not None:
                await asyncio.to_thread(self._claims.release, Claim.SEND, [chat_id])
        except Exception as exc:
            now = time.monotonic()
            since, _ = self._pauses.get(chat_id, (now, 0.0))
            seconds = min(max((now - since) / 4, FIRST_PAUSE), LONGEST_PAUSE)
            if isinstance(exc, RetryAfter):
                seconds = max(seconds, wait_of(exc))
            self._pauses[chat_id] = (since, now + seconds)
            log.warning("a letter was not sent, trying again", reason=type(exc).__name__, pause=round(seconds, 1))
        finally:
            del self._under_way[chat_id]
            self._places[answers].release()
            if chat_id in self._asked:
                self._asked.discard(chat_id)
                self._start(chat_id)

    async def _claim(self, chat_id: int) -> bool:
        """Return whether this replica may send to a chat. It keeps one that fails, and knows when to try again."""
        if self._claims is None:
            return True
        return chat_id in await asyncio.to_thread(self._claims.claim, Claim.SEND, [chat_id])

    async def _send_next(self, chat_id: int, answers: bool) -> bool:
        """Send the oldest letter of a kind; return whether there was one."""
        letter = await asyncio.to_thread(outbox.next_letter, self._engine, chat_id, answers)
        if letter is None:
            return False
        try:
            await self._send(letter)
        except ChatMigrated as exc:
            await asyncio.to_thread(move, self._engine, chat_id, exc.new_chat_id)
        except (Forbidden, BadRequest):
            log.info("a chat takes no more messages; its subscriptions are ended")
            await asyncio.to_thread(outbox.leave, self._engine, letter.chat_id, self._now())
        self._sent.pop(letter.id, None)
        return True

    async def _send(self, letter: Letter) -> None:
        """Send the remaining messages of a letter; record each before the next one."""
        ids = self._unrecorded.get(letter.id, list(letter.message_ids))
        if len(ids) > len(letter.message_ids):
            await self._record(letter, ids)
        broadcast = self._paced and not letter.is_answer
        for stored in letter.messages[len(ids) :]:
            number = await send_stored(self.bot, letter.chat_id, stored, broadcast=broadcast)
            sent = dict(enumerate(self._sent.get(letter.id, ()))).get(len(ids))
            if sent is not None and number:
                sent(number)
            ids.append(number)
            await self._record(letter, ids)

    async def _record(self, letter: Letter, ids: list[int]) -> None:
        """Store which messages of a letter are sent, together with what else was sent meanwhile. Raises StoreError."""
        self._unrecorded[letter.id] = ids
        stored = asyncio.get_running_loop().create_future()
        self._records.append((letter, list(ids), stored))
        if self._recording is None:
            self._recording = asyncio.create_task(self._record_all(), name="record what was sent")
        await stored
        del self._unrecorded[letter.id]

    async def _record_all(self) -> None:
        while self._records:
            taken, self._records = self._records, []
            sent, error = [(letter, ids) for letter, ids, _ in taken], None
            recorded = partial(outbox.mark, self._engine, sent, self._now())
            try:
                await asyncio.get_running_loop().run_in_executor(self._recorder, recorded)
            except BaseException as exc:  # of whatever kind, it is for those who wait
                error = exc
            for _, _, stored in taken:
                if stored.cancelled():
                    continue
                if error is None:
                    stored.set_result(None)
                else:
                    stored.set_exception(error)
        self._recording = None

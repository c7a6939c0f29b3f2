"""The rounds that the bot makes beside answering: every few seconds, what is due goes into the outbox."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from bot.ask.render import Message
from bot.schedule.due import Due, due_of_chat, read_quiet
from bot.telegram.outbox import as_json, pause
from retrieval.store.chats import chats, outbox, subscriptions
from retrieval.store.chats.chats import Chat
from retrieval.store.chats.outbox import Alongside
from retrieval.store.library import Library

log = structlog.get_logger("sitrep.rounds")

LOOK_EVERY = 5.0
"""Seconds between two looks at what is due."""

TRY_AGAIN = timedelta(minutes=1)
"""After a brief that could not be composed."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A brief ready to be sent, and what notes in its transaction what the chat was told by it."""

    messages: tuple[Message, ...]
    told: Alongside


Compose = Callable[[Due, Chat, datetime], Composed]
"""What makes the brief that a chat is due, up to the moment given; may raise anything."""


class Briefs:
    """Puts the briefs that are due into the outbox; a class because it remembers what could not be composed."""

    def __init__(self, library: Library, compose: Compose, admins: frozenset[int]) -> None:
        self._engine, self._compose, self._admins = library.engine, compose, admins
        self._failed: dict[int, datetime] = {}  # chat -> when

    def post_due(self, now: datetime) -> int:
        """Compose and post every brief that is due at `now`; return how many those were."""
        known = chats.every(self._engine)
        held = sorted(subscriptions.every(self._engine), key=lambda s: s.chat_id)
        posted = 0
        for chat_id, mine in groupby(held, key=lambda s: s.chat_id):
            chat = known.get(chat_id, Chat(chat_id))
            if self._receives(chat, now):
                posted += self._post_all(chat, due_of_chat(mine, read_quiet(chat.quiet), now), now)
        return posted

    def _receives(self, chat: Chat, now: datetime) -> bool:
        failed = self._failed.get(chat.id)
        waits = failed is not None and abs(now - failed) < TRY_AGAIN
        return not waits and (chat.admitted or chat.id in self._admins)

    def _post_all(self, chat: Chat, briefs: Iterable[Due], now: datetime) -> int:
        try:
            posted = sum(self._post(chat, brief, now) for brief in briefs)
        except Exception as exc:  # one chat's brief must not stop the others'
            self._failed[chat.id] = now
            log.error("a brief could not be composed, trying again", error=type(exc).__name__)
            return 0
        self._failed.pop(chat.id, None)
        return posted

    def _post(self, chat: Chat, brief: Due, now: datetime) -> bool:
        """Compose a brief and post it, unless the chat has had one for that local day and slot."""
        day, slot = brief.slot.day, str(brief.subscription.slot)
        done = outbox.briefed(chat.id, brief.done, now)
        if outbox.known(self._engine, chat.id, day, slot):
            subscriptions.done(self._engine, chat.id, brief.done)
            return False
        composed = self._compose(brief, chat, now)
        messages = [as_json(message) for message in composed.messages]
        return outbox.post(self._engine, chat.id, day, slot, messages, now, (done, composed.told))


async def make_rounds(
    rounds: Iterable[Callable[[datetime], object]], now: Callable[[], datetime], stop: asyncio.Event
) -> None:
    """Do each of `rounds` every few seconds until `stop`, each in a thread; one that fails is tried again."""
    rounds = list(rounds)
    while not stop.is_set():
        for round_ in rounds:
            try:
                await asyncio.to_thread(round_, now())
            except Exception as exc:
                log.error("a round failed, trying again", error=type(exc).__name__)
        await pause(stop, LOOK_EVERY)

"""The last few turns of each chat, in memory only: an hour, or until `/new`, `/forget` or a restart."""

import itertools
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.ask.render import Message
from retrieval.domain import Answer

REMEMBERED = 3600.0
"""Seconds that a turn is remembered."""

TURNS = 4

CHATS = 5_000
"""Chats remembered at once; the ones quiet for longest are forgotten first."""


@dataclass
class Turn:
    """A question that stood alone, and its answer; `key` is what buttons name it by."""

    key: int
    question: str
    answer: Answer
    length: int  # statements asked for
    messages: list[Message]
    at: float


@dataclass
class Memory:
    """What is remembered of one chat."""

    turns: deque[Turn] = field(default_factory=lambda: deque(maxlen=TURNS))
    as_of: datetime | None = None
    touched: float = 0.0


class Conversations:
    """What is remembered of all chats; a class because remembering is all it does."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._chats: OrderedDict[int, Memory] = OrderedDict()
        self._keys = itertools.count(int(time.time()) % 1_000_000 * 1_000)

    def memory(self, chat_id: int) -> Memory:
        """Return what is remembered of a chat, without what is older than an hour."""
        now = self._clock()
        memory = self._chats.pop(chat_id, None)
        if memory is None or now - memory.touched > REMEMBERED:
            memory = Memory()
        memory.touched = now
        self._chats[chat_id] = memory
        while len(self._chats) > CHATS:
            self._chats.popitem(last=False)
        while memory.turns and now - memory.turns[0].at > REMEMBERED:
            memory.turns.popleft()
        return memory

    def add(self, chat_id: int, question: str, answer: Answer, length: int) -> Turn:
        """Remember a turn."""
        turn = Turn(next(self._keys), question, answer, length, [], self._clock())
        self.memory(chat_id).turns.append(turn)
        return turn

    def last(self, chat_id: int) -> Turn | None:
        turns = self.memory(chat_id).turns
        return turns[-1] if turns else None

    def turn(self, chat_id: int, key: int) -> Turn | None:
        """Return the turn a button names; None where it has been forgotten."""
        return next((turn for turn in self.memory(chat_id).turns if turn.key == key), None)

    def forget(self, chat_id: int) -> None:
        self._chats.pop(chat_id, None)

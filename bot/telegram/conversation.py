"""The last few exchanges of each person in a chat, in memory only: an hour, or until `/new`, `/forget` or a restart."""

import itertools
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.telegram.richtext import Message
from retrieval.domain import Answer

REMEMBERED = 3600.0
"""Seconds that an exchange is remembered."""

EXCHANGES = 4
"""Exchanges remembered of a chat."""

PLACES = 5_000
"""Memories at once; the ones quiet for longest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation goes on: a chat, in a forum a topic of it, and in a group the person."""

    chat_id: int
    thread: int | None = None
    person: int = 0  # in a group, where each has a conversation of their own


@dataclass
class Exchange:
    """A question (a follow-up completed) and its answer; buttons name it by `key`."""

    key: int
    question: str
    answer: Answer
    length: int  # statements asked for
    messages: list[Message]
    at: float
    sent: set[int] = field(default_factory=set)  # ids of the messages that showed the answer


@dataclass
class Memory:
    """The exchanges remembered of a place, and the moment that questions are asked as of (None: now)."""

    exchanges: deque[Exchange] = field(default_factory=lambda: deque(maxlen=EXCHANGES))
    as_of: datetime | None = None
    touched: float = 0.0
    dark: bool = False  # how charts are drawn
    named: set[str] = field(default_factory=set)  # commands that the chat was told about
    texts: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=EXCHANGES))  # of messages, by id


class Conversations:
    """The memories of all places; a class because it keeps them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._places: OrderedDict[Place, Memory] = OrderedDict()
        self._keys = itertools.count(int(time.time()) % 1_000_000 * 1_000)

    def memory(self, place: Place) -> Memory:
        """Return the memory of a place, without exchanges older than an hour."""
        now = self._clock()
        memory = self._places.pop(place, None)
        if memory is None or now - memory.touched > REMEMBERED:
            memory = Memory()
        memory.touched = now
        self._places[place] = memory
        while len(self._places) > PLACES:
            self._places.popitem(last=False)
        while memory.exchanges and now - memory.exchanges[0].at > REMEMBERED:
            memory.exchanges.popleft()
        return memory

    def add(self, place: Place, question: str, answer: Answer, length: int) -> Exchange:
        """Remember an exchange, and return it."""
        exchange = Exchange(next(self._keys), question, answer, length, [], self._clock())
        self.memory(place).exchanges.append(exchange)
        return exchange

    def find(self, chat_id: int, key: int) -> Exchange | None:
        """Return the exchange that a button names, whoever's it is; None if it was forgotten."""
        return next((one for one in self._exchanges(chat_id) if one.key == key), None)

    def shown_in(self, chat_id: int, message: int) -> Exchange | None:
        """Return the exchange whose answer a message showed, whoever's it is; None if it was forgotten."""
        return next((one for one in self._exchanges(chat_id) if message in one.sent), None)

    def _exchanges(self, chat_id: int) -> list[Exchange]:
        places = [place for place in self._places if place.chat_id == chat_id]
        return [one for place in places for one in self.memory(place).exchanges]

    def forget(self, place: Place) -> None:
        self._places.pop(place, None)

    def forget_person(self, number: int) -> None:
        """Forget what a person, or a whole chat, said anywhere."""
        for place in [one for one in self._places if number in (one.chat_id, one.person)]:
            del self._places[place]

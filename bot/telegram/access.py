"""Who the admins are, and how often a chat may ask."""

import time
from collections import OrderedDict
from collections.abc import Callable

MINUTE = 60.0

CHATS_REMEMBERED = 10_000


class Access:
    """The admins, and when each chat asked; a class because it counts questions."""

    def __init__(
        self, admins: frozenset[int], questions_per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._admins, self._rate, self._clock = admins, questions_per_minute, clock
        self._asked: OrderedDict[int, list[tuple[float, float]]] = OrderedDict()
        self._greeted: OrderedDict[int, float] = OrderedDict()

    def is_admin(self, user_id: int) -> bool:
        return user_id in self._admins

    def too_many(self, chat_id: int, user_id: int, cost: float = 1.0) -> bool:
        """Charge a chat a cost, in questions; return True instead if that exceeds the rate of a minute.

        One request a minute is served whatever it costs. Admins are not charged.
        """
        if self.is_admin(user_id):
            return False
        now = self._clock()
        recent = [(at, spent) for at, spent in self._asked.pop(chat_id, []) if now - at < MINUTE]
        refused = bool(recent) and sum(spent for _, spent in recent) + cost > self._rate
        self._asked[chat_id] = recent if refused else [*recent, (now, cost)]
        while len(self._asked) > CHATS_REMEMBERED:
            self._asked.popitem(last=False)
        return refused

    def greet_stranger(self, chat_id: int) -> bool:
        """Return True if a stranger is to get the polite line: once a minute at most."""
        now = self._clock()
        if now - self._greeted.get(chat_id, -MINUTE) < MINUTE:
            return False
        self._greeted[chat_id] = now
        while len(self._greeted) > CHATS_REMEMBERED:
            self._greeted.popitem(last=False)
        return True

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
        self._asked: OrderedDict[int, list[float]] = OrderedDict()
        self._greeted: OrderedDict[int, float] = OrderedDict()

    def is_admin(self, user_id: int) -> bool:
        return user_id in self._admins

    def too_many(self, chat_id: int, user_id: int) -> bool:
        """Count a question of a chat; return True if it exceeds the rate of a minute. Admins' are not counted."""
        if self.is_admin(user_id):
            return False
        now = self._clock()
        recent = [at for at in self._asked.pop(chat_id, []) if now - at < MINUTE]
        self._asked[chat_id] = [*recent, now][-self._rate - 1 :]
        while len(self._asked) > CHATS_REMEMBERED:
            self._asked.popitem(last=False)
        return len(recent) >= self._rate

    def greet_stranger(self, chat_id: int) -> bool:
        """Return True if a stranger is to get the polite line: once a minute at most."""
        now = self._clock()
        if now - self._greeted.get(chat_id, -MINUTE) < MINUTE:
            return False
        self._greeted[chat_id] = now
        while len(self._greeted) > CHATS_REMEMBERED:
            self._greeted.popitem(last=False)
        return True

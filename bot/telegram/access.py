"""Who may do what, and how often."""

import time
from collections import OrderedDict
from collections.abc import Callable

from retrieval.store.chats.chats import chat
from retrieval.store.library import Library

MINUTE = 60.0

CHATS_REMEMBERED = 10_000


class Access:
    """Tells admins, admitted chats and strangers apart; a class because it remembers who asked how often."""

    def __init__(
        self,
        library: Library,
        admins: frozenset[int],
        questions_per_minute: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._library, self._admins, self._clock = library, admins, clock
        self._rate = questions_per_minute
        self._asked: OrderedDict[int, list[float]] = OrderedDict()
        self._greeted: OrderedDict[int, float] = OrderedDict()

    def is_admin(self, user_id: int) -> bool:
        return user_id in self._admins

    def may_ask(self, chat_id: int, user_id: int) -> bool:
        """Tell whether a chat gets answers: an admin's own words, or a chat that an admin let in."""
        return self.is_admin(user_id) or chat(self._library.engine, chat_id).admitted

    def receives(self, chat_id: int) -> bool:
        """Tell whether a chat may be written to unasked: one that an admin let in, or an admin's own."""
        return self.is_admin(chat_id) or chat(self._library.engine, chat_id).admitted

    def too_many(self, chat_id: int, user_id: int) -> bool:
        """Count a question of this chat; tell whether it is beyond what a minute allows. Admins' are not counted."""
        if self.is_admin(user_id):
            return False
        now = self._clock()
        recent = [at for at in self._asked.pop(chat_id, []) if now - at < MINUTE]
        self._asked[chat_id] = [*recent, now][-self._rate - 1 :]
        while len(self._asked) > CHATS_REMEMBERED:
            self._asked.popitem(last=False)
        return len(recent) >= self._rate

    def greet_stranger(self, chat_id: int) -> bool:
        """Tell whether a stranger is to get the polite line: once a minute, not once a message."""
        now = self._clock()
        if now - self._greeted.get(chat_id, -MINUTE) < MINUTE:
            return False
        self._greeted[chat_id] = now
        while len(self._greeted) > CHATS_REMEMBERED:
            self._greeted.popitem(last=False)
        return True

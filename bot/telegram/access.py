"""Who may do what, how often a chat may ask, and how often strangers are answered; all of it decided in memory."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Any

from telegram import Message
from telegram.ext import filters

from retrieval.store.chats.access import Role, roles

MINUTE, HOUR = 60.0, 3600.0

CHATS_REMEMBERED = 10_000

REQUESTS_AN_HOUR = 20
"""Requests to be let in that reach the admins, of all strangers together."""


class Access:
    """The roles, and when each chat asked; a class because it counts questions.

    `roles` are those of the database as of the last `load`; the admins of the settings have theirs always. Questions
    are counted with those `of_others`, which other replicas let chats ask; strangers' requests are counted by each
    replica for itself.
    """

    def __init__(
        self, admins: frozenset[int], questions_per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._admins, self._rate, self._clock = admins, questions_per_minute, clock
        self.roles: Mapping[int, Role] = {}
        self.of_others: Mapping[int, float] = {}  # what chats were charged within a minute elsewhere
        self._charged: deque[tuple[int, float]] = deque(maxlen=CHATS_REMEMBERED)  # which other replicas do not know of
        self._asked: OrderedDict[int, list[tuple[float, float]]] = OrderedDict()
        self._greeted: OrderedDict[int, float] = OrderedDict()
        self._requested: OrderedDict[int, float] = OrderedDict()
        self._requests: deque[float] = deque(maxlen=REQUESTS_AN_HOUR)

    def load(self, engine: Any) -> None:
        """Read the roles. Blocking; raises StoreError."""
        self.roles = roles(engine)

    def role_of(self, number: int) -> Role | None:
        """Return the role of a person or a group; None for a stranger."""
        return Role.ADMIN if number in self._admins else self.roles.get(number)

    def is_admin(self, user_id: int) -> bool:
        return self.role_of(user_id) is Role.ADMIN

    def may_add(self, user_id: int) -> bool:
        """Return True if a person may add sources."""
        return self.role_of(user_id) in (Role.EDITOR, Role.ADMIN)

    @property
    def members_with_more(self) -> list[int]:
        """The numbers of all editors and admins."""
        return sorted({*self.admins, *(number for number, role in self.roles.items() if role is Role.EDITOR)})

    @property
    def admins(self) -> list[int]:
        """The numbers of all admins."""
        return sorted(self._admins | {number for number, role in self.roles.items() if role is Role.ADMIN})

    def too_many(self, chat_id: int, user_id: int, cost: float = 1.0) -> bool:
        """Charge a chat a cost, in questions; return True instead if that exceeds the rate of a minute.

        One request a minute is served whatever it costs. Admins are not charged.
        """
        if self.is_admin(user_id):
            return False
        recent = self._recent(chat_id)
        elsewhere = self.of_others.get(chat_id, 0.0)
        if (recent or elsewhere) and sum(spent for _, spent in recent) + elsewhere + cost > self._rate:
            return True
        self._charge(chat_id, recent, cost)
        return False

    def charge(self, chat_id: int, user_id: int, cost: float) -> None:
        """Charge a chat for what it is served in any case: what it writes next may be too much."""
        if not self.is_admin(user_id):
            self._charge(chat_id, self._recent(chat_id), cost)

    def _recent(self, chat_id: int) -> list[tuple[float, float]]:
        """Return when a chat was charged what within a minute; it becomes the chat that was charged last."""
        now = self._clock()
        recent = [(at, spent) for at, spent in self._asked.pop(chat_id, []) if now - at < MINUTE]
        self._asked[chat_id] = recent
        while len(self._asked) > CHATS_REMEMBERED:
            self._asked.popitem(last=False)
        return recent

    def _charge(self, chat_id: int, recent: list[tuple[float, float]], cost: float) -> None:
        recent.append((self._clock(), cost))
        self._charged.append((chat_id, cost))

    def newly_charged(self) -> list[tuple[int, float]]:
        """Return what chats were charged since the last call, for other replicas."""
        new = list(self._charged)
        self._charged.clear()
        return new

    def greet_stranger(self, chat_id: int) -> bool:
        """Return True if a stranger is to get the polite line: once a minute at most."""
        return self._first_in(self._greeted, chat_id, MINUTE)

    def may_request(self, chat_id: int) -> bool:
        """Return True if a stranger's request is to reach the admins: once an hour, and not too many of all."""
        now = self._clock()
        if len(self._requests) == REQUESTS_AN_HOUR and now - self._requests[0] < HOUR:
            return False
        if not self._first_in(self._requested, chat_id, HOUR):
            return False
        self._requests.append(now)
        return True

    def _first_in(self, times: OrderedDict[int, float], chat_id: int, seconds: float) -> bool:
        now = self._clock()
        if now - times.get(chat_id, -seconds) < seconds:
            return False
        times[chat_id] = now
        times.move_to_end(chat_id)
        while len(times) > CHATS_REMEMBERED:
            times.popitem(last=False)
        return True


class MayAdd(filters.MessageFilter):
    """Messages of those who may add sources; a class because python-telegram-bot asks for one."""

    def __init__(self, access: Access) -> None:
        super().__init__("MayAdd")
        self._access = access

    def filter(self, message: Message) -> bool:
        return message.from_user is not None and self._access.may_add(message.from_user.id)

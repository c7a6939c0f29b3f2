"""Telegram's numbers, and the gate that counts messages.

Sizes are those of core.telegram.org/bots/api and of its FAQ; texts are counted in UTF-16 code units.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass

TEXT_UNITS = 4096  # UTF-16 code units of a message, after its entities are parsed
CAPTION_UNITS = 1024  # UTF-16 code units
ENTITIES = 100  # of one message
CALLBACK_DATA_BYTES = 64
CALLBACK_ANSWER_UNITS = 200  # UTF-16 code units
INLINE_RESULTS = 50
INLINE_ID_BYTES = 64  # of a result's id and of `next_offset`
START_PARAMETER_CHARACTERS = 64
BUTTONS = 100  # of one keyboard
BUTTONS_A_ROW = 8
COMMANDS = 100
COMMAND_CHARACTERS = 32
COMMAND_DESCRIPTION_CHARACTERS = 256
DESCRIPTION_CHARACTERS = 512
SHORT_DESCRIPTION_CHARACTERS = 120
UPDATES_A_BATCH = 100
POLL_SECONDS = 50  # the longest that getUpdates waits
DOWNLOAD_BYTES = 20 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024
PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_SIDES = 10_000  # pixels, width and height together
PHOTO_RATIO = 20  # of the longer side to the shorter
WEBHOOK_PORTS = (443, 80, 88, 8443)
WEBHOOK_CONNECTIONS = 100
DEFAULT_CONNECTIONS = 40  # where setWebhook names no number


@dataclass
class Rates:
    """How many messages may be sent; Telegram's true numbers are unpublished, so each can be set.

    A chat takes `chat_burst` messages at once and then `chat_per_second`; the other two are counts
    within any second and any minute, by the server's monotonic clock.
    """

    enforced: bool = True
    per_second: int = 30
    chat_per_second: float = 1.0
    chat_burst: int = 3
    group_per_minute: int = 20


@dataclass(frozen=True)
class Violation:
    """A limit that was broken: when (monotonic seconds), where, which, and what was answered."""

    at: float
    chat_id: int
    rule: str  # "all" | "chat" | "group" | "retry_after"
    retry_after: int  # seconds


class RateGate:
    """Counts what is sent, and tells how long to wait; a class because it remembers what was sent when."""

    def __init__(self, rates: Rates) -> None:
        self.rates = rates
        self.violations: list[Violation] = []
        self._all: deque[float] = deque()
        self._groups: dict[int, deque[float]] = defaultdict(deque)
        self._tokens: dict[int, tuple[float, float]] = {}  # chat -> tokens left, when that was counted
        self._closed: dict[int | None, float] = {}  # chat, or None for all -> closed until

    def close(self, seconds: float, chat_id: int | None, now: float) -> None:
        """Let nothing pass for `seconds`, to one chat or (None) to any: a flood wait."""
        self._closed[chat_id] = now + seconds

    def closed(self, chat_id: int, now: float) -> float:
        """Return for how many seconds a flood wait still lasts for `chat_id`; 0 if there is none."""
        return max(self._closed.get(None, 0.0) - now, self._closed.get(chat_id, 0.0) - now, 0.0)

    def admit(self, chat_id: int, *, is_group: bool, now: float) -> int | None:
        """Count a message, or return the seconds to wait instead, in which case it must not be sent."""
        wait, rule, scope = self._wait(chat_id, is_group, now)
        if wait <= 0:
            self._count(chat_id, is_group, now)
            return None
        seconds = max(1, math.ceil(wait))
        self.violations.append(Violation(now, chat_id, rule, seconds))
        if rule != "retry_after":
            self.close(seconds, scope, now)
        return seconds

    def _wait(self, chat_id: int, is_group: bool, now: float) -> tuple[float, str, int | None]:
        if (left := self.closed(chat_id, now)) > 0:
            return left, "retry_after", chat_id
        if not self.rates.enforced:
            return 0.0, "", None
        if (left := _full_for(self._all, self.rates.per_second, 1.0, now)) > 0:
            return left, "all", None
        if is_group and (left := _full_for(self._groups[chat_id], self.rates.group_per_minute, 60.0, now)) > 0:
            return left, "group", chat_id
        return (1 - self._tokens_left(chat_id, now)) / self.rates.chat_per_second, "chat", chat_id

    def _tokens_left(self, chat_id: int, now: float) -> float:
        tokens, at = self._tokens.get(chat_id, (float(self.rates.chat_burst), now))
        return min(self.rates.chat_burst, tokens + (now - at) * self.rates.chat_per_second)

    def _count(self, chat_id: int, is_group: bool, now: float) -> None:
        self._all.append(now)
        self._tokens[chat_id] = (self._tokens_left(chat_id, now) - 1, now)
        if is_group:
            self._groups[chat_id].append(now)


def _full_for(times: deque[float], most: int, window: float, now: float) -> float:
    """Return for how many seconds `times` stays full: `most` or more of them within `window` seconds."""
    while times and times[0] <= now - window:
        times.popleft()
    return times[len(times) - most] + window - now if len(times) >= most else 0.0

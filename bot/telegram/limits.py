"""Telegram's limits on what a bot may send, obeyed by the whole process, and by all replicas together.

python-telegram-bot's AIORateLimiter has no limit for private chats, and ends a flood wait too early (its issue 5338).
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.metrics import STAGES
from retrieval.domain import StoreError
from retrieval.store.claims import Rates, Sends, Wish

log = structlog.get_logger("sitrep.limits")

BROADCAST = "broadcast"
"""As `rate_limit_args`: this message may go after all waiting answers to questions."""

MOST_A_SECOND = 30  # to all chats
MOST_A_MINUTE = 20  # to a group
SECOND = 1.01  # with a margin for two clocks that count a second differently
MINUTE = 60.1

BROADCASTS_A_SECOND = 28
"""Of all replicas together: answers of any replica need not wait behind the broadcasts of another."""

ASK_AGAIN = 0.1
"""Seconds until the replicas' common count is read again for messages that have to wait."""

SPACING = 1 / 31
"""Seconds between two sends; messages sent evenly are answered sooner than a burst."""

FLOOD_MARGIN = 0.1
"""Seconds added to the wait that Telegram asks for."""

MOST_TRIES = 5
"""How often a message that met a flood wait is tried again."""

CHATS_KEPT = 1_000
"""Chats whose windows are kept; past this many, the free ones are forgotten."""

NO_MESSAGES = frozenset({"sendchataction", "sendmessagedraft"})

OF_ALL_REPLICAS = Rates(MOST_A_SECOND, BROADCASTS_A_SECOND, SECOND, MOST_A_MINUTE, MINUTE)

T = TypeVar("T")

Sent = bool | dict[str, Any] | list[dict[str, Any]]


def is_message(endpoint: str) -> bool:
    """Return True if a method of the Bot API sends a message: edits, answers to buttons and actions do not."""
    name = endpoint.lower()
    return name.startswith(("send", "forward", "copy")) and name not in NO_MESSAGES


class Window:
    """The calls on their way or answered within a window of time: so many at most.

    A call reaches Telegram somewhere between its start and its answer. So counting it from its start until a whole
    window after its answer keeps to the limit by Telegram's own clock, however long calls are on their way.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._under_way = 0
        self._answered: deque[float] = deque(maxlen=most)

    def wait(self, now: float) -> float:
        """Return the seconds until another call may start; infinite where one must be answered first."""
        while self._answered and self._answered[0] <= now - self._seconds:
            self._answered.popleft()
        surplus = self._under_way + len(self._answered) - self._most + 1
        if surplus <= 0:
            return 0.0
        return self._answered[surplus - 1] + self._seconds - now if surplus <= len(self._answered) else math.inf

    def start(self) -> None:
        self._under_way += 1

    def answer(self, now: float) -> None:
        self._under_way -= 1
        self._answered.append(now)

    def free(self, now: float) -> bool:
        """Return True if no call is on its way and none counts any more."""
        return not self._under_way and (not self._answered or self._answered[-1] <= now - self._seconds)


class Pace:
    """When a message to a chat may go: 30 a second to all, one a second to a chat, 20 a minute to a group.

    Times are seconds of any clock that only goes forward.
    """

    def __init__(self) -> None:
        self._all = Window(MOST_A_SECOND, SECOND)
        self._chats: dict[int | str, tuple[Window, ...]] = {}
        self._next_start = 0.0
        self._closed_until = 0.0

    def wait(self, chat: int | str, now: float) -> float:
        """Return the seconds until a message to `chat` may go; infinite where another must be answered first."""
        whole = max(self._closed_until - now, self._next_start - now, self._all.wait(now), 0.0)
        return max([whole, *(window.wait(now) for window in self._chats.get(chat, ()))])

    def start(self, chat: int | str, now: float) -> None:
        """Count a message that is being sent."""
        if chat not in self._chats:
            if len(self._chats) >= CHATS_KEPT:
                kept = self._chats.items()
                self._chats = {other: windows for other, windows in kept if not all(one.free(now) for one in windows)}
            of_group = (Window(MOST_A_MINUTE, MINUTE),) if _is_group(chat) else ()
            self._chats[chat] = (Window(1, SECOND), *of_group)
        self._next_start = now + SPACING
        for window in (self._all, *self._chats[chat]):
            window.start()

    def answer(self, chat: int | str, now: float) -> None:
        """Count the answer to it, or that none came."""
        for window in (self._all, *self._chats[chat]):
            window.answer(now)

    def close(self, seconds: float, now: float) -> None:
        """Send nothing to any chat for so many seconds."""
        self._closed_until = max(self._closed_until, now + seconds)


def _is_group(chat: int | str) -> bool:
    return isinstance(chat, str) or chat < 0


@dataclass(eq=False)
class _Waiter:
    chat: int | str
    broadcast: bool
    go: asyncio.Future[None]
    number: int | None = None  # in the replicas' common count

    @property
    def wish(self) -> Wish:
        return Wish(str(self.chat), _is_group(self.chat), self.broadcast)


class Limits(BaseRateLimiter[str]):
    """Delays every message until it may go: answers first, broadcasts when no answer waits.

    With `sends` it may go when all replicas together keep the limits, else when this process does. While the database
    of `sends` fails, this process alone keeps them, so that people can still be told that it fails.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, sends: Sends | None = None) -> None:
        self._clock, self._sends = clock, sends
        self._asked: list[_Waiter] = []  # may go by this process's count, not yet by that of all replicas
        self._answered: list[int] = []
        self._changed = asyncio.Event()
        self._asking: asyncio.Task[None] | None = None
        self._pace = Pace()
        self._waiting: list[_Waiter] = []  # answers before broadcasts, each in the order in which they came
        self._timer: asyncio.TimerHandle | None = None

    async def initialize(self) -> None:
        if self._sends is not None and self._asking is None:
            self._asking = asyncio.create_task(self._ask(self._sends), name="limits")

    async def shutdown(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
            if self._sends is not None and self._answered:
                with suppress(StoreError):
                    await asyncio.to_thread(self._sends.take, [], self._answered)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Sent]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: str | None,
    ) -> Sent:
        """Make the call when it may be made, and again after a flood wait; see `BaseRateLimiter`."""
        if not is_message(endpoint):
            return await callback(*args, **kwargs)
        chat, tries = data.get("chat_id", 0), 0
        while True:
            number = await self._wait(chat, rate_limit_args == BROADCAST)
            tries += 1
            try:
                with STAGES.labels("send").time():
                    return await callback(*args, **kwargs)
            except RetryAfter as exc:
                log.warning("Telegram asks to wait", seconds=wait_of(exc))
                self._pace.close(wait_of(exc) + FLOOD_MARGIN, self._clock())
                if tries == MOST_TRIES:
                    raise
            finally:
                self._count_answer(chat, number)

    def _count_answer(self, chat: int | str, number: int | None) -> None:
        self._pace.answer(chat, self._clock())
        if number is not None:
            self._answered.append(number)
            self._changed.set()
        self._send_due()

    async def _wait(self, chat: int | str, broadcast: bool) -> int | None:
        """Wait until a message to `chat` may go, and count it; return its number in the replicas' common count."""
        waiter = _Waiter(chat, broadcast, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self._waiting.sort(key=lambda one: one.broadcast)
        self._send_due()
        try:
            await waiter.go
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            else:  # it was due, and will not be sent
                if waiter in self._asked:
                    self._asked.remove(waiter)
                self._count_answer(chat, waiter.number)
            raise
        return waiter.number

    async def _ask(self, sends: Sends) -> None:
        """Let go what all replicas together may send now, until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), ASK_AGAIN if self._asked else None)
            self._changed.clear()
            wanted, answered = sorted(self._asked, key=lambda one: one.broadcast), list(self._answered)
            numbers: Sequence[int | None] = []
            failed = False
            try:
                numbers = await asyncio.to_thread(sends.take, [one.wish for one in wanted], answered)
            except StoreError as exc:
                log.error("the replicas' common count cannot be read", reason=str(exc))
                failed = True
            else:
                del self._answered[: len(answered)]
            for waiter, number in zip(wanted, [None] * len(wanted) if failed else numbers, strict=True):
                if waiter not in self._asked and number is not None:  # it was cancelled meanwhile
                    self._answered.append(number)
                    self._changed.set()
                elif waiter in self._asked and (failed or number is not None):
                    self._asked.remove(waiter)
                    waiter.number = number
                    waiter.go.set_result(None)
            await asyncio.sleep(SPACING)

    def _send_due(self) -> None:
        """Send every message that may go now, and try again when the next one may."""
        soonest = math.inf
        for waiter in [one for one in self._waiting if not one.go.done()]:
            now = self._clock()
            wait = self._pace.wait(waiter.chat, now)
            if wait > 0:
                soonest = min(soonest, wait)
                continue
            self._waiting.remove(waiter)
            self._pace.start(waiter.chat, now)
            if self._asking is None:
                waiter.go.set_result(None)
            else:
                self._asked.append(waiter)
                self._changed.set()
        if self._timer is not None:
            self._timer.cancel()
        waits = math.isfinite(soonest)
        self._timer = asyncio.get_running_loop().call_later(soonest, self._send_due) if waits else None


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until `stop`."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def until(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return the result of `work`; None, and `work` cancelled, if `stop` came first."""
    running, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return running.result() if running.done() else None
    finally:
        stopped.cancel()
        running.cancel()


def wait_of(exc: RetryAfter) -> float:
    """Return the seconds that Telegram asks to wait."""
    after = exc.retry_after
    return float(after) if isinstance(after, int | float) else after.total_seconds()

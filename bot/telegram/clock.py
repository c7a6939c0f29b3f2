"""How wrong this machine's clock is, by the date that Telegram's server puts on each of its answers."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from prometheus_client import Gauge

from bot.metrics import REGISTRY

MOST_WRONG = 30.0
"""Seconds that the clock may differ from Telegram's."""

WRONG = Gauge("sitrep_clock_wrong_seconds", "Seconds that the clock is ahead of Telegram's.", registry=REGISTRY)


def seconds_ahead(answer: httpx.Response) -> float | None:
    """Return how many seconds the clock is ahead of the date of an answer; None if that has none."""
    try:
        return (datetime.now(UTC) - parsedate_to_datetime(answer.headers["date"])).total_seconds()
    except (KeyError, TypeError, ValueError):
        return None


class Clock:
    """Compares the clock with Telegram's at each answer; a class because it remembers the last one.

    `ahead` is in seconds, 0 before the first answer.
    """

    def __init__(self) -> None:
        self.ahead = 0.0

    @property
    def right(self) -> bool:
        return abs(self.ahead) <= MOST_WRONG

    async def compare(self, answer: httpx.Response) -> None:
        """Take in an answer; an event hook of httpx."""
        found = seconds_ahead(answer)
        if found is not None:
            self.ahead = found
            WRONG.set(found)

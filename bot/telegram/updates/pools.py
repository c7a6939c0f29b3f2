"""Small pools of threads, one for each kind of slow work, so that it takes nothing from everybody else's answers."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Any, TypeVar

from bot.metrics import STAGES, WORKING
from retrieval.domain import QuestionError

T = TypeVar("T")


class Pool(StrEnum):
    QUESTIONS = "questions"
    MODEL = "model"  # questions that a language model reads; its threads mostly wait
    BRIEFS = "briefs"  # and timelines
    CHARTS = "charts"


THREADS = {Pool.QUESTIONS: 2, Pool.MODEL: 4, Pool.BRIEFS: 1, Pool.CHARTS: 1}

MOST_WAITING = {Pool.QUESTIONS: 12, Pool.MODEL: 12, Pool.BRIEFS: 4, Pool.CHARTS: 4}
"""Pieces of work in a pool, those being done included; more are refused at once, as they would wait for too long."""


class Pools:
    """Runs work in its pool; a class because it counts what waits. Threads start with the first work."""

    def __init__(self) -> None:
        self._executors = {pool: ThreadPoolExecutor(THREADS[pool], thread_name_prefix=pool.value) for pool in Pool}
        self._waiting: Counter[Pool] = Counter()

    async def run(self, pool: Pool, work: Callable[..., T], *args: Any, **options: Any) -> T:
        """Return what `work` returns, run in a thread of the pool. Raises QuestionError if too much waits there."""
        if self._waiting[pool] >= MOST_WAITING[pool]:
            raise QuestionError("The bot has too much to do at the moment.", key="crowded")
        self._waiting[pool] += 1
        WORKING.labels(pool).inc()
        asked_at = time.perf_counter()

        def begin() -> T:
            STAGES.labels("wait").observe(time.perf_counter() - asked_at)
            return work(*args, **options)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._executors[pool], begin)
        finally:
            self._waiting[pool] -= 1
            WORKING.labels(pool).dec()

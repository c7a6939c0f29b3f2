"""The server's own thread: whoever calls, what touches the world runs there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="LoopThread")
CALL_SECONDS = 60.0  # the longest that a short action may take, on a machine that is busy


class LoopThread:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="fake-telegram", daemon=True)

    def wait(self, work: Coroutine[Any, Any, R], seconds: float = CALL_SECONDS) -> R:
        """Run a coroutine in the thread and return its result; from any other thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    def run(self, work: Callable[[], R]) -> R:
        """Run a function in the thread and return its result; from any thread."""
        if threading.current_thread() is self.thread:
            return work()

        async def there() -> R:
            return work()

        return self.wait(there())


def on_loop(function: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Make a method run in the server's thread, and offer it at /control/<its name>."""

    @wraps(function)
    def run(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.run(lambda: function(self, *args, **kwargs))

    run.controllable = True  # type: ignore[attr-defined]
    return run

"""The server's own thread: whoever calls, what touches the world runs there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")
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


def on_loop(function: F) -> F:
    """Make a method run in the server's thread, and offer it at /control/<its name>."""

    @wraps(function)
    def run(self: LoopThread, *args: Any, **kwargs: Any) -> Any:
        return self.run(lambda: function(self, *args, **kwargs))

    run.controllable = True  # type: ignore[attr-defined]
    return cast(F, run)

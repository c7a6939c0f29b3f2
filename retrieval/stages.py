"""How long each stage of an answer takes, for whoever wants to know."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Observer = Callable[[str, float], None]
"""Is called with the name of a stage and its seconds, in the thread that did it."""

_observers: list[Observer] = []


def observe(observer: Observer) -> None:
    """Call `observer` at the end of each stage from now on."""
    _observers.append(observer)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Time what is done within the `with`, whether or not it succeeds."""
    began = time.perf_counter()
    try:
        yield
    finally:
        seconds = time.perf_counter() - began
        for observer in _observers:
            observer(name, seconds)

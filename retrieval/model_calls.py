"""Which calls to a language model are made at all: a few at a time, so many a day, and none while it fails."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from retrieval.domain import ModelError
from retrieval.models import failure

AT_ONCE = 4
"""Calls under way at a time: fewer than the updates that are handled at once, so that those which hang leave room."""

CALLS_A_DAY, TOKENS_A_DAY = 2_000, 10_000_000
"""The most that a day may cost."""

FAILURES = 3
"""Failures in a row after which the provider gets a pause."""

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 20.0
"""Seconds of that pause, doubled each time that the one call after it fails too."""

ALIVE = frozenset({"model_refused", "model_malformed"})
"""Failures of one answer, not of the provider."""

CHARACTERS_A_TOKEN = 3
"""By which a call is counted whose provider does not say how many tokens it took."""


class CallRefusedError(ModelError):
    """A call is not made; its `key` is that of the frame text which says why."""


@dataclass
class Usage:
    """What one call took, filled in while it runs."""

    tokens: int = 0


class ModelCalls:
    """Admits the calls to one model; a class because it counts them. Safe to share between threads.

    `counts` has the calls by outcome: answered, failed, or refused before they were made; `tokens` those of all calls
    since the start. What a day took is kept in `file`, so that a restart gives no day a second budget.
    """

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        calls_a_day: int = CALLS_A_DAY,
        tokens_a_day: int = TOKENS_A_DAY,
        file: Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at_once, self._calls_a_day, self._tokens_a_day = at_once, calls_a_day, tokens_a_day
        self._file, self._now, self._clock = file, now, clock
        self._lock = threading.Lock()
        self._under_way = 0
        self._failures, self._pause, self._closed_until, self._reason = 0, 0.0, 0.0, ""
        self._trying = False  # the one call after a pause is under way
        self._day, self.calls_today, self.tokens_today = self._read()
        self.counts: Counter[str] = Counter()
        self.tokens = 0

    @property
    def open(self) -> bool:
        """Whether the model is being asked: it did not fail too often in a row."""
        return self._failures < FAILURES

    @contextmanager
    def admitted(self, characters: int = 0) -> Iterator[Usage]:
        """Count a call of so many characters, which is made within the `with`. Raises CallRefusedError."""
        with self._lock:
            trial = self._take()
        usage = Usage()
        try:
            yield usage
        except Exception as exc:
            self._end(trial, usage, characters, failure(exc))
            raise
        except BaseException:
            self._end(trial, usage, characters, "model_malformed")
            raise
        self._end(trial, usage, characters, None)

    def _take(self) -> bool:
        """Take a place for a call; return whether it is the one that finds out if the provider is back."""
        today = self._now().date()
        if today != self._day:
            self._day, self.calls_today, self.tokens_today = today, 0, 0
        if self.calls_today >= self._calls_a_day or self.tokens_today >= self._tokens_a_day:
            raise self._refused("model_ceiling")
        trial = not self.open
        if trial and (self._trying or self._clock() < self._closed_until):
            raise self._refused(self._reason)
        if self._under_way >= self._at_once:
            raise self._refused("model_rate_limited")
        self._trying = self._trying or trial
        self._under_way += 1
        self.calls_today += 1
        return trial

    def _refused(self, key: str) -> CallRefusedError:
        self.counts["refused"] += 1
        return CallRefusedError("The language model is not asked for now.", key=key)

    def _end(self, trial: bool, usage: Usage, characters: int, reason: str | None) -> None:
        with self._lock:
            self._under_way -= 1
            tokens = usage.tokens or characters // CHARACTERS_A_TOKEN
            self.tokens += tokens
            self.tokens_today += tokens
            self.counts["failed" if reason else "answered"] += 1
            if trial:
                self._trying = False
            if reason is None or reason in ALIVE:
                self._failures, self._pause = 0, 0.0
            else:
                self._failures, self._reason = self._failures + 1, reason
                if self._failures >= FAILURES and (trial or not self._pause):
                    self._pause = min(self._pause * 2 or FIRST_PAUSE, LONGEST_PAUSE)
                    self._closed_until = self._clock() + self._pause
            self._write()

    def _read(self) -> tuple[date, int, int]:
        today = self._now().date()
        with suppress(OSError, ValueError, KeyError, TypeError):
            if self._file is not None:
                stored = json.loads(self._file.read_text(encoding="utf-8"))
                if stored["day"] == today.isoformat():
                    return today, int(stored["calls"]), int(stored["tokens"])
        return today, 0, 0

    def _write(self) -> None:
        if self._file is None:
            return
        stored = {"day": self._day.isoformat(), "calls": self.calls_today, "tokens": self.tokens_today}
        draft = self._file.with_suffix(".new")
        with suppress(OSError):  # a full disk: the counts in memory hold
            draft.write_text(json.dumps(stored), encoding="utf-8")
            draft.replace(self._file)

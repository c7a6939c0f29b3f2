"""Polls the feeds that are due in threads of their own, so that the event loop never waits."""

import threading
import time

import structlog

from bot.resources import Resources
from bot.sources.feeds import address_reader
from retrieval.domain import SitrepError, StoreError
from retrieval.ingest.feeds.follow import FeedOutcome, follow
from retrieval.ingest.feeds.schedule import after_failure, due
from retrieval.ingest.pipeline import Report
from retrieval.store import feeds
from retrieval.store.feeds import FeedState

log = structlog.get_logger("sitrep.polling")

AT_ONCE = 3
"""Feeds polled at the same time; one of them at a time is embedded, so that questions keep a processor."""

LOOK_EVERY = 5.0
"""Seconds between two looks at what is due."""

LEAVE_AFTER = 10.0
"""Seconds that a stop waits for polls to come to a page's end; what is not kept by then is polled again."""


class _StoppedError(Exception):
    """The bot stops: the poll is given up."""


class Polling:
    """The threads that poll; a class because they are started and stopped."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._stop = threading.Event()
        self._turn = threading.Lock()
        self._threads = [
            # As daemons: a page that hangs keeps the bot from stopping no longer than LEAVE_AFTER.
            threading.Thread(target=self._keep_polling, name=f"feeds {number}", daemon=True)
            for number in range(AT_ONCE)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let no poll begin or go on; wait for those under way, but not for long. Blocking."""
        self._stop.set()
        end = time.monotonic() + LEAVE_AFTER
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _keep_polling(self) -> None:
        while not self._stop.is_set():
            try:
                if self._poll_one():
                    continue
            except _StoppedError:
                return
            except StoreError as exc:
                log.warning("polling failed, trying again", reason=str(exc))
            self._stop.wait(LOOK_EVERY)

    def _poll_one(self) -> bool:
        """Poll the feed that has waited longest and nobody polls; return whether there was one."""
        engine = self._resources.library.engine
        for state in due(feeds.every(engine), self._resources.settings.now()):
            self._checkpoint()
            try:
                outcome = self._follow(state)
            except (_StoppedError, StoreError):
                raise
            except Exception as exc:  # a bug met on one feed ends neither the polling of others nor its back-off
                outcome = self._put_off(state, exc)
            if outcome is not None:
                _log(outcome)
                return True
        return False

    def _follow(self, state: FeedState) -> FeedOutcome | None:
        resources = self._resources
        return follow(
            resources.library,
            resources.embedder,
            address_reader(resources),
            state.url,
            clock=resources.settings.now,
            checkpoint=self._checkpoint,
            lock=self._turn,
        )

    def _put_off(self, state: FeedState, exc: Exception) -> FeedOutcome:
        reason = f"Its articles could not be taken in ({type(exc).__name__})."
        error = exc if isinstance(exc, SitrepError) else SitrepError(reason)
        now = self._resources.settings.now()
        failed = after_failure(state, error, now)
        feeds.keep(self._resources.library.engine, state.url, failed, {}, now)
        return FeedOutcome(failed, Report())

    def _checkpoint(self) -> None:
        if self._stop.is_set():
            raise _StoppedError


def _log(outcome: FeedOutcome) -> None:
    state, report = outcome.state, outcome.report
    if state.last_error:
        log.warning("a feed failed", feed=state.url, reason=state.last_error, in_a_row=state.failures)
    elif report.added or report.updated:
        log.info("a feed was read", feed=state.url, added=len(report.added), updated=len(report.updated))

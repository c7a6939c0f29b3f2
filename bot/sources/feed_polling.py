"""Polls the feeds that are due, in threads of their own so that the event loop never waits."""

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

log = structlog.get_logger("sitrep.polling")

AT_ONCE = 3
"""Feeds polled at the same time; one of them at a time is embedded, so that questions keep a processor."""

CHECK_EVERY = 5.0
"""Seconds between two searches for feeds that are due."""

LEAVE_AFTER = 8.0
"""Shutdown waits this long (seconds) for polls in progress; unfinished ones run again next time."""


class _StoppedError(Exception):
    """Ends a poll when the bot stops."""


class Polling:
    """The threads that poll; a class because they are started and stopped."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._stop = threading.Event()
        self._embedding = threading.Lock()
        self._threads = [
            # As daemons: a page that hangs keeps the bot from stopping no longer than LEAVE_AFTER.
            threading.Thread(target=self._keep_polling, name=f"feeds {number}", daemon=True)
            for number in range(AT_ONCE)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop polling; wait LEAVE_AFTER seconds at most for polls in progress. Blocking."""
        self._stop.set()
        end = time.monotonic() + LEAVE_AFTER
        for thread in filter(threading.Thread.is_alive, self._threads):
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
            self._stop.wait(CHECK_EVERY)

    def _poll_one(self) -> bool:
        """Poll the feed that has waited longest and nobody polls; return whether there was one."""
        resources = self._resources
        engine, now = resources.library.engine, resources.settings.now
        for state in due(feeds.every(engine), now()):
            self._checkpoint()
            try:
                outcome = follow(
                    resources.library,
                    resources.embedder,
                    address_reader(resources),
                    state.url,
                    clock=now,
                    checkpoint=self._checkpoint,
                    lock=self._embedding,
                )
            except (_StoppedError, StoreError):
                raise
            except Exception as exc:  # a bug met on one feed ends neither the polling of others nor its back-off
                reason = f"Its articles could not be taken in ({type(exc).__name__})."
                failed = after_failure(state, exc if isinstance(exc, SitrepError) else SitrepError(reason), now())
                feeds.keep(engine, state.url, failed, {}, now())
                outcome = FeedOutcome(failed, Report())
            if outcome is not None:
                _log(outcome)
                return True
        return False

    def _checkpoint(self) -> None:
        if self._stop.is_set():
            raise _StoppedError


def _log(outcome: FeedOutcome) -> None:
    state, report = outcome.state, outcome.report
    if state.last_error:
        log.warning("a feed failed", feed=state.url, reason=state.last_error, in_a_row=state.failures)
    elif report.added or report.updated:
        log.info("a feed was read", feed=state.url, added=len(report.added), updated=len(report.updated))

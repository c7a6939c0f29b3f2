"""`sitrep feeds`: add, list, remove and poll the feeds that are followed."""

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Lock

from bot.locales import say
from bot.output import print_json, write
from bot.resources import Resources
from bot.settings import read_settings
from bot.sources import feeds as followed
from bot.sources.feeds import Reply, address_reader, outcome_text, state_text
from retrieval.domain import RejectedError
from retrieval.ingest.feeds.follow import FeedOutcome, follow
from retrieval.ingest.feeds.opml import read_opml, write_opml
from retrieval.ingest.feeds.schedule import due
from retrieval.store import feeds
from retrieval.store.feeds import FeedState

POLLED_AT_ONCE = 4


def add(urls: list[str], opml: Path | None) -> None:
    """Follow the feeds at `urls` and in an OPML file, printing a line for each; exit with 1 if one failed."""
    with Resources(read_settings()) as resources:
        wanted = [*urls, *(_from_opml(opml) if opml else ())]
        _print(followed.add(resources, wanted, resources.settings.language))


def _from_opml(path: Path) -> list[str]:
    try:
        return [url for url, _ in read_opml(path.read_bytes())]
    except OSError as exc:
        raise RejectedError(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    except RejectedError as exc:
        raise RejectedError(f"{path}: {exc}") from exc


def _print(replies: Iterable[Reply]) -> None:
    done = True
    for one in replies:
        done &= one.ok
        print(one.sentence, file=sys.stdout if one.ok else sys.stderr, flush=True)
    if not done:
        sys.exit(1)


def list_(as_json: bool, opml: Path | None) -> None:
    """Print every feed, or write them into an OPML file (`-`: stdout)."""
    with Resources(read_settings()) as resources:
        states, now = feeds.every(resources.library.engine), resources.settings.now()
        language = resources.settings.language
        if opml is not None:
            written = write_opml((state.url, state.title) for state in states)
            if str(opml) == "-":
                print(written, end="")
            else:
                write(opml, written)
        elif as_json:
            for state in states:
                print_json(state_json(state))
        else:
            print("\n".join(state_text(state, now, language) for state in states) or say("feeds_none", language))


def state_json(state: FeedState) -> dict[str, object]:
    """Return the state of a feed, for scripts; times are ISO 8601 in UTC."""
    times = {name: getattr(state, name) for name in ("added_at", "last_good_at", "next_due_at")}
    return {
        "url": state.url,
        "title": state.title,
        **{name: at.isoformat() if at else None for name, at in times.items()},
        **({"next_due_at": None} if state.stopped else {}),
        "failures": state.failures,
        "error": state.last_error,
        "remark": state.remark,
        "stopped": state.stopped,
        "interval": state.interval,
        "channel": state.channel,
    }


def remove(url: str) -> None:
    """Follow a feed no longer; exit with 1 if it was not followed."""
    with Resources(read_settings()) as resources:
        _print([followed.remove(resources, url, resources.settings.language)])


def poll(every: bool) -> None:
    """Poll the feeds that are due, or all that have not stopped; print one line each. Exit with 1 if all failed."""
    with Resources(read_settings()) as resources:
        settings, language = resources.settings, resources.settings.language
        states = [state for state in feeds.every(resources.library.engine) if not state.stopped]
        wanted = states if every else due(states, settings.now())
        if not wanted:
            print(say("feeds_none_due" if states else "feeds_none", language))
            return
        failed = []
        for state, outcome in _polled(resources, wanted, every):
            failed.append(outcome is not None and bool(outcome.state.failures))
            if outcome is None:
                print(f"{followed.name_of(state)}: {say('feed_busy', language)}", flush=True)
                continue
            rejected = [f"  {one.where}: {one.reason}" for one in outcome.report.rejected]
            print("\n".join([outcome_text(outcome, settings.now(), language), *rejected]), flush=True)
        resources.library.update_index()
    if all(failed):
        sys.exit(1)


def _polled(
    resources: Resources, wanted: list[FeedState], every: bool
) -> Iterator[tuple[FeedState, FeedOutcome | None]]:
    """Poll some feeds at a time; yield each with its outcome, None if another process polls it."""
    reader, lock = address_reader(resources), Lock()
    library, embedder = resources.library, resources.embedder

    def one(state: FeedState) -> FeedOutcome | None:
        return follow(library, embedder, reader, state.url, clock=resources.settings.now, only_due=not every, lock=lock)

    with ThreadPoolExecutor(POLLED_AT_ONCE) as pool:
        running = {pool.submit(one, state): state for state in wanted}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

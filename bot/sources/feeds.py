"""Adding, removing and describing feeds, in the same sentences on the command line and in Telegram."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from bot.locales import explain, moment_text, say
from bot.resources import Resources
from retrieval.domain import RejectedError
from retrieval.ingest.channels.names import channel_address
from retrieval.ingest.feeds.follow import FeedOutcome, discover
from retrieval.ingest.fetch.fetch import checked
from retrieval.ingest.pipeline import Report
from retrieval.ingest.sources import WebReader, preview_address, web_reader
from retrieval.store import feeds
from retrieval.store.feeds import FeedState, error_of

CHECKED_AT_ONCE = 8
"""Addresses fetched at the same time: most of the time is spent waiting for servers."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A sentence for a person, and whether the act was done."""

    ok: bool
    sentence: str


def address_reader(resources: Resources) -> WebReader:
    """Return the reader of addresses that the settings ask for."""
    settings = resources.settings
    return web_reader(allow_private=settings.fetch_private, zone=settings.zone, previews=settings.telegram_preview_url)


def address_of(resources: Resources, written: str) -> str:
    """Return the address of a feed, or of the preview of a channel ("@name"), as it is followed at.

    Raises `RejectedError` for what is no address.
    """
    channel = channel_address(written)
    if channel is None:
        return str(checked(written))
    return preview_address(replace(channel, post=None, before=None), resources.settings.telegram_preview_url)


def channel_names(resources: Resources) -> dict[str, str]:
    """Return the names of the channels that are followed, by title."""
    followed = feeds.every(resources.library.engine)
    return {state.title: state.channel for state in followed if state.channel}


def add(resources: Resources, urls: Sequence[str], language: str) -> Iterator[Reply]:
    """Fetch each address and follow the feed there; yield one reply for each, in their order."""
    with ThreadPoolExecutor(CHECKED_AT_ONCE) as pool:
        yield from pool.map(lambda url: _added(resources, url, language), dict.fromkeys(urls))


def _added(resources: Resources, url: str, language: str) -> Reply:
    engine = resources.library.engine
    try:
        followed = feeds.find(engine, address_of(resources, url))
        if followed is not None and not followed.stopped:
            return Reply(True, say("feed_known", language, url=followed.url))
        found = discover(url, address_reader(resources), resources.settings.now())
    except RejectedError as exc:
        return Reply(False, f"{url}: {explain(exc, language)}")
    if not feeds.add(engine, found.state):
        return Reply(True, say("feed_known", language, url=found.state.url))
    newest = moment_text(found.newest, language)
    if found.state.channel is None:
        sentence = say("feed_added", language, feed=name_of(found.state), count=found.entries, newest=newest)
        return Reply(True, f"{sentence} {found.state.remark or ''}".rstrip())
    sentence = say("channel_added", language, channel=name_of(found.state), count=found.entries, newest=newest)
    without = say("channel_textless", language, count=found.without_text) if found.without_text else ""
    return Reply(True, f"{sentence} {without}".rstrip())


def remove(resources: Resources, url: str, language: str) -> Reply:
    """Follow a feed no longer; its articles stay."""
    engine = resources.library.engine
    try:
        url = address_of(resources, url)
    except RejectedError as exc:
        return Reply(False, f"{url}: {explain(exc, language)}")
    removed = feeds.remove(engine, url)
    return Reply(removed, say("feed_removed" if removed else "feed_unknown", language, url=url))


def name_of(state: FeedState) -> str:
    """Return a feed's title with its address."""
    return f"{state.title} ({state.url})" if state.title else state.url


def state_text(state: FeedState, now: datetime, language: str) -> str:
    """Return a feed, when it was last read, its failures since, and when it is polled next."""
    good, due = (
        moment_text(at and at.astimezone(now.tzinfo), language) for at in (state.last_good_at, state.next_due_at)
    )
    read = say("feed_good", language, moment=good) if state.last_good_at else say("feed_never_good", language)
    lines = [name_of(state), read]
    if state.last_error:
        lines.append(say("feed_wrong", language, count=state.failures, reason=explain(error_of(state), language)))
    elif state.remark:
        lines.append(state.remark)
    if backlog := backlog_text(state, language):
        lines.append(backlog)
    if state.stopped:
        lines.append(say("feed_stopped", language))
    elif state.next_due_at is None or state.next_due_at <= now:
        lines.append(say("feed_due", language))
    else:
        lines.append(say("feed_next", language, moment=due))
    return "\n  ".join(lines)


def outcome_text(outcome: FeedOutcome, now: datetime, language: str) -> str:
    """Return the result of a poll, in one line."""
    state = outcome.state
    if state.last_error and state.failures:
        due = moment_text((state.next_due_at or now).astimezone(now.tzinfo), language)
        then = say("feed_stopped", language) if state.stopped else say("feed_next", language, moment=due)
        return f"{name_of(state)}: {explain(error_of(state), language)} {then}"
    brought = any(counts_of(outcome.report).values())
    counts = counts_text(outcome.report, language) if brought else say("feed_no_news", language)
    return " ".join(filter(None, [f"{name_of(state)}: {counts}", state.remark, backlog_text(state, language)]))


def backlog_text(state: FeedState, language: str) -> str:
    """Return how many older posts of a channel are still to be read, about; "" for none."""
    if state.gap_from is None or state.gap_to is None:
        return ""
    return say("channel_backlog", language, count=state.gap_to - state.gap_from - 1)


def counts_of(report: Report) -> dict[str, int]:
    """Return how many articles were added, updated, known already and rejected."""
    return {name: len(getattr(report, name)) for name in ("added", "updated", "duplicate", "rejected")}


def counts_text(report: Report, language: str) -> str:
    """Return how many articles were added, updated, known already and rejected, in words."""
    return say("ingest_counts", language, **counts_of(report))

"""Followed feeds: finding the feed at an address, and polling a feed into the library."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from retrieval.domain import Moment, RejectedError
from retrieval.embedding import Embedder
from retrieval.ingest.channels.follow import read_channel
from retrieval.ingest.channels.names import channel_address
from retrieval.ingest.channels.posts import has_text
from retrieval.ingest.feeds.schedule import after_channel, after_failure, after_success, due
from retrieval.ingest.fetch.fetch import Fetched, checked
from retrieval.ingest.parse.feed import Feed, is_feed
from retrieval.ingest.pipeline import Report, ingest
from retrieval.ingest.recognise import recognise
from retrieval.ingest.sources import Known, WebReader, from_feed, may_preview, preview_address
from retrieval.ingest.submission import Rejection, Submission
from retrieval.store import feeds
from retrieval.store.feeds import FeedState
from retrieval.store.library import Library
from retrieval.store.sources.addresses import address_key
from retrieval.store.sources.pages import known_at
from retrieval.store.write import is_stored

MOST_TRIED = 3  # feeds that a page announces


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed or a channel that can be read, and how many entries it has."""

    state: FeedState  # due at once, so that its articles come with the first poll
    entries: int
    newest: Moment | None
    without_text: int = 0  # posts of a picture, a video or an emoji alone


def discover(url: str, web: WebReader, now: datetime) -> Discovered:
    """Return the channel or the feed at an address, or the first readable feed that the page there announces.

    Raises `RejectedError`, one sentence, if there is no such feed. Blocking: call it in a thread.
    """
    if channel := channel_address(url):
        return _discovered_channel(preview_address(replace(channel, post=None, before=None), web.previews), web, now)
    fetched = web.fetch(str(checked(url)))
    if may_preview(fetched, web.previews):
        return _discovered_channel(str(checked(url)), web, now)
    if is_feed(fetched.data, fetched.content_type):
        return _discovered(str(checked(url)), fetched, web.feed(fetched), now)
    announced = web.sandbox.feeds_on(fetched.data, fetched.url, fetched.content_type)
    for address in announced[:MOST_TRIED]:
        try:
            there = web.fetch(address)
            return _discovered(address, there, web.feed(there), now)
        except RejectedError as error:
            failed = f"The page announces the feed {address}, but: {error}"
    if not announced:
        failed = "This is a page, not a feed, and it announces none."
        try:
            web.articles(fetched)
        except RejectedError as error:
            failed = f"{str(error).rstrip('.')}, and it announces no feed."
    raise RejectedError(failed, key="no_feed")


def _discovered(url: str, fetched: Fetched, feed: Feed, now: datetime) -> Discovered:
    state = after_success(FeedState(url, added_at=now), fetched, feed, now)
    dated = [entry.published for entry in feed.entries if entry.published is not None]
    newest = max(dated, key=lambda moment: moment.at, default=None)
    # The library has none of its articles yet, so that the first poll must not give "not modified".
    return Discovered(replace(state, etag=None, last_modified=None, next_due_at=None), len(feed.entries), newest)


def _discovered_channel(url: str, web: WebReader, now: datetime) -> Discovered:
    preview = web.preview(web.fetch(url))
    parts = urlsplit(url)
    if preview.name:  # as the channel itself writes it, or is called now
        url = parts._replace(path=f"{parts.path.rpartition('/')[0]}/{preview.name}", query="").geturl()
    state = FeedState(url, title=preview.title, added_at=now, last_good_at=now, channel=preview.name)
    quotable = [post for post in preview.posts if has_text(post)]
    dated = [post.published for post in quotable if post.published is not None]
    newest = max(dated, key=lambda moment: moment.at, default=None)
    return Discovered(state, len(quotable), newest, len(preview.posts) - len(quotable))


# --- polling --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Polled:
    """The result of a poll; store `state` after `found`, so that a crash between them loses no article."""

    state: FeedState
    found: tuple[Submission | Rejection, ...] = ()


def poll_channel(
    state: FeedState, web: WebReader, now: datetime, checkpoint: Callable[[], None] = lambda: None
) -> Polled:
    """Fetch a channel's newest posts, and those that earlier polls left; see `channels.follow.read_channel`."""
    try:
        read = read_channel(state, web, now, checkpoint)
    except RejectedError as error:
        return Polled(after_failure(state, error, now))
    return Polled(after_channel(read.state, now), read.articles)


def poll(state: FeedState, web: WebReader, now: datetime, known: Known = lambda url: False) -> Polled:
    """Fetch a feed and read its new articles; `known` returns True for addresses that need not be read again.

    Never raises for a failing feed: the returned state contains the failure. Blocking: call it in a thread.
    """
    try:
        fetched = web.fetch(state.url, state.etag, state.last_modified)
        if fetched.not_modified:
            return Polled(after_success(state, fetched, None, now))
        feed = web.feed(fetched)
    except RejectedError as error:
        return Polled(after_failure(state, error, now))
    found = tuple(from_feed(feed, fetched.url, web, known))
    after = after_success(state, fetched, feed, now)
    if any(isinstance(one, Rejection) and one.temporary for one in found):
        # A page could not be fetched: without validators the next poll gets its entry again.
        after = replace(after, etag=None, last_modified=None)
    return Polled(after, found)


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """The outcome of a poll: the feed's new state, and the report on its articles."""

    state: FeedState
    report: Report


def follow(
    library: Library,
    embedder: Embedder,
    web: WebReader,
    url: str,
    *,
    clock: Callable[[], datetime],
    only_due: bool = True,
    checkpoint: Callable[[], None] = lambda: None,
    lock: AbstractContextManager[object] | None = None,
) -> FeedOutcome | None:
    """Poll one feed and store its new articles; None where another process polls it, or it is not due.

    `checkpoint` is called before each page and may raise to give up; `lock` is held while articles are stored. The
    feed's state is stored after its articles, so that a crash between them loses none. Blocking.
    """
    with feeds.claimed(library.engine, library.folder, url) as mine:
        state = feeds.find(library.engine, url) if mine else None
        now = clock()
        if state is None or (only_due and not due([state], now)):
            return None
        known = known_at(library.engine, now)

        def known_or_stop(key: str) -> bool:
            checkpoint()
            return known(key)

        if state.channel is None:
            polled = poll(state, web, now, known_or_stop)
        else:
            polled = poll_channel(state, web, now, checkpoint)
            polled = replace(polled, found=tuple(p for p in polled.found if not _is_stored(library, p, now)))
        with lock or nullcontext():
            checkpoint()
            report = ingest(library, embedder, polled.found, clock=clock)
        refused = {one.where for one in report.rejected}
        read = {}  # pages and entries by their keys, with whether each was rejected for good
        for one in polled.found if state.channel is None else ():
            if not _is_read_again(one):
                entry = one.entry if isinstance(one, Submission) else None
                read[entry or address_key(one.where) or one.where] = entry is None and one.where in refused
        feeds.keep(library.engine, url, polled.state, read, now)
        return FeedOutcome(polled.state, report)


def _is_stored(library: Library, post: Submission | Rejection, now: datetime) -> bool:
    """Return whether a post is in the library as it is now, so that most of a channel's page need not be parsed."""
    if isinstance(post, Rejection):
        return False
    try:
        article = recognise(post, now)
    except RejectedError:
        return False
    return is_stored(library.engine, article)


def _is_read_again(one: Submission | Rejection) -> bool:
    """Return whether the page of an article is read at every poll: it failed for now, or it is a live blog."""
    return one.temporary if isinstance(one, Rejection) else one.part is not None and one.entry is None

"""Addresses to submissions: what is there decides whether it is a feed or a page."""

from __future__ import annotations

import atexit
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo

from retrieval.domain import FetchError, Moment, RejectedError
from retrieval.ingest.fetch.addresses import PRIVATE, Network
from retrieval.ingest.fetch.fetch import Fetched, fetch
from retrieval.ingest.parse.feed import Entry, Feed, is_feed
from retrieval.ingest.parse.page import Page
from retrieval.ingest.parse.sandbox import Sandbox
from retrieval.ingest.submission import Rejection, Submission

FULLER = 1.2  # a feed's own text is taken over its page's where it is so many times longer

Known = Callable[[str], bool]
"""Whether the article at an address is in the library already."""


def nothing_known(url: str) -> bool:
    return False


@functools.cache
def shared_sandbox() -> Sandbox:
    """Return the sandbox that this process reads pages in; its workers start when first used, and end with it."""
    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox


@dataclass(frozen=True, slots=True)
class Reader:
    """How strangers' pages are fetched and read: from where, and in which zone a bare day is taken."""

    sandbox: Sandbox
    permitted: tuple[Network, ...] = ()
    zone: str = "UTC"

    def fetch(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        return fetch(url, etag=etag, last_modified=last_modified, permitted=self.permitted)

    def page(self, fetched: Fetched) -> Page:
        return self.sandbox.page(fetched.data, fetched.url, fetched.content_type, zone=self.zone)

    def feed(self, fetched: Fetched) -> Feed:
        return self.sandbox.feed(fetched.data, fetched.url, fetched.content_type, zone=self.zone)


def reader(*, allow_private: bool = False, zone: tzinfo = UTC) -> Reader:
    """Return a reader in the shared sandbox; `allow_private` lets it reach this machine and its network."""
    return Reader(shared_sandbox(), PRIVATE if allow_private else (), getattr(zone, "key", "UTC"))


def from_address(
    url: str, *, allow_private: bool = False, zone: tzinfo = UTC, known: Known = nothing_known
) -> Iterator[Submission | Rejection]:
    """Yield the article at an address, or those of the feed there that are not `known`; what fails is a rejection."""
    how = reader(allow_private=allow_private, zone=zone)
    try:
        fetched = how.fetch(url)
        if is_feed(fetched.data, fetched.content_type):
            yield from from_feed(how.feed(fetched), fetched.url, how, known)
        else:
            yield from_page(fetched, how)
    except RejectedError as error:
        yield Rejection(url, str(error))


def submission_from_page(
    data: bytes, url: str | None, content_type: str | None, where: str, zone: tzinfo = UTC
) -> Submission:
    """Return the article on a page at hand; raises `RejectedError` where there is none."""
    how = reader(zone=zone)
    return submission(how.sandbox.page(data, url, content_type, zone=how.zone), where)


def submission(page: Page, where: str) -> Submission:
    return Submission(
        text=page.text,
        where=where,
        title=page.title,
        url=page.url,
        publisher=page.publisher,
        author=page.author,
        published=page.published,
        language=page.language,
    )


def from_page(fetched: Fetched, how: Reader) -> Submission:
    """Return the article on a fetched page; where it has none but announces a feed, the reason says so."""
    try:
        return submission(how.page(fetched), fetched.url)
    except RejectedError as error:
        try:
            feeds = how.sandbox.feeds_on(fetched.data, fetched.url, fetched.content_type)
        except RejectedError:
            feeds = []
        if not feeds:
            raise
        raise RejectedError(f"{str(error).rstrip('.')}, but it announces a feed: {feeds[0]}") from error


# --- feeds ----------------------------------------------------------------------------------------


def from_feed(feed: Feed, url: str, how: Reader, known: Known = nothing_known) -> Iterator[Submission | Rejection]:
    """Yield the articles of a feed that are not known, each from its page, and a rejection for each that fails."""
    for entry in feed.entries:
        if not known(entry.url or entry_id(url, entry)):
            yield from_entry(entry, feed, url, how)
    yield from (Rejection(url, reason) for reason in feed.rejected)


def from_entry(entry: Entry, feed: Feed, url: str, how: Reader) -> Submission | Rejection:
    """Return one entry's article: from its page, or as the feed carries it where that is fuller or the page fails."""
    carried = carried_by(entry, feed, url)
    if entry.url is None:
        return carried or Rejection(url, f"An entry ({entry.title}) has no link, and no text of its own.")
    try:
        page = how.page(how.fetch(entry.url))
    except RejectedError as error:
        return carried or failure(entry.url, error)
    if carried and len(carried.text) > FULLER * len(page.text):
        return carried
    return Submission(
        text=page.text,
        where=entry.url,
        title=page.title or entry.title,
        url=page.url or entry.url,
        publisher=page.publisher or feed.title or None,
        author=page.author or entry.author,
        published=better(page.published, entry.published),
        language=page.language,
    )


def carried_by(entry: Entry, feed: Feed, url: str) -> Submission | None:
    """Return the article as the feed itself carries it, if it does."""
    if not entry.text:
        return None
    return Submission(
        text=entry.text,
        where=entry.url or url,
        title=entry.title,
        id=None if entry.url else entry_id(url, entry),
        url=entry.url,
        publisher=feed.title or None,
        author=entry.author,
        published=entry.published,
    )


def entry_id(url: str, entry: Entry) -> str:
    """Return an id for an entry without an address, which no other feed's entry has."""
    return f"{url}#{entry.id}"


def better(page: Moment | None, feed: Moment | None) -> Moment | None:
    """Return the page's publication time, or the feed's where that alone gives one, or gives the hour of that day."""
    if page is None or feed is None:
        return page or feed
    return feed if page.day_only and not feed.day_only and feed.at.date() == page.at.date() else page


@dataclass(frozen=True, slots=True)
class Passing(Rejection):
    """A rejection that may not last: the page could not be fetched this time."""


def failure(url: str, error: RejectedError) -> Rejection:
    """Return a rejection; a page that could not be fetched may be there the next time, one that says no is not."""
    status = getattr(error, "status", 500)
    passing = isinstance(error, FetchError) and (status == 429 or status >= 500)
    return (Passing if passing else Rejection)(url, str(error))

"""Addresses of pages and feeds to submissions."""

import atexit
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

from retrieval.domain import Moment, RejectedError
from retrieval.ingest.channels.follow import posts_of
from retrieval.ingest.channels.names import PREVIEWS, ChannelAddress, channel_address
from retrieval.ingest.channels.preview import Preview, is_preview
from retrieval.ingest.fetch.addresses import PRIVATE, Network
from retrieval.ingest.fetch.fetch import Fetched, fetch
from retrieval.ingest.parse.feed import Entry, Feed, is_feed
from retrieval.ingest.parse.sandbox import Sandbox
from retrieval.ingest.submission import Rejection, Submission
from retrieval.store.addresses import address_key

FULLER = 1.2  # a feed's own text is preferred to its page's if it is so many times longer

Known = Callable[[str], bool]
"""Returns whether the article at an address, given by its key, or with an entry's id, need not be read again."""


@functools.cache
def shared_sandbox() -> Sandbox:
    """Return this process's one sandbox; its workers start on first use and end with the process."""
    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox


@dataclass(frozen=True, slots=True)
class WebReader:
    """Fetches pages and feeds and parses them in a sandbox; days without a time are in `zone`."""

    sandbox: Sandbox
    permitted: tuple[Network, ...] = ()
    zone: str = "UTC"
    previews: str = PREVIEWS  # where channels' previews are

    def fetch(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        return fetch(url, etag=etag, last_modified=last_modified, permitted=self.permitted)

    def articles(self, fetched: Fetched) -> tuple[Submission, ...]:
        return self.sandbox.articles(fetched.data, fetched.url, fetched.content_type, zone=self.zone)

    def preview(self, fetched: Fetched) -> Preview:
        return self.sandbox.channel(fetched.data, fetched.url, fetched.content_type)

    def feed(self, fetched: Fetched) -> Feed:
        return self.sandbox.feed(fetched.data, fetched.url, fetched.content_type, zone=self.zone)


def web_reader(*, allow_private: bool = False, zone: tzinfo = UTC, previews: str = PREVIEWS) -> WebReader:
    """Return a reader with the shared sandbox; `allow_private` permits this machine and its network."""
    return WebReader(shared_sandbox(), PRIVATE if allow_private else (), getattr(zone, "key", "UTC"), previews)


def from_address(url: str, web: WebReader, known: Known = lambda url: False) -> Iterator[Submission | Rejection]:
    """Yield the article on a page, the articles of a feed that are not `known`, or the posts on a page of a channel.

    A channel or a post may be written as people do ("@name", "t.me/name/12"). There is a rejection for each failure.
    """
    try:
        there = channel_address(url)
        fetched = web.fetch(preview_address(there, web.previews) if there else url)
        if is_feed(fetched.data, fetched.content_type):
            yield from from_feed(web.feed(fetched), fetched.url, web, known)
        elif there or is_preview(fetched.data):
            yield from posts_of(web.preview(fetched), there.post if there else None)
        else:
            yield from from_page(fetched, web)
    except RejectedError as error:
        yield Rejection(url, error)


def preview_address(channel: ChannelAddress, previews: str) -> str:
    """Return the address of a channel's preview, or of the page of it that has a post or the posts before one."""
    post, before = f"/{channel.post}" if channel.post else "", f"?before={channel.before}" if channel.before else ""
    return f"{previews}/{channel.name}{post}{before}"


def from_saved_page(data: bytes, where: str, zone: tzinfo = UTC) -> Iterator[Submission]:
    """Yield the article on a page given as bytes, or the posts on one of a channel; `RejectedError` if it has none."""
    web = web_reader(zone=zone)
    if is_preview(data):
        yield from posts_of(web.sandbox.channel(data))
    else:
        yield from (replace(one, where=where) for one in web.sandbox.articles(data, zone=web.zone))


def from_page(fetched: Fetched, web: WebReader) -> list[Submission]:
    """Return the articles on a fetched page; the error for a page without one names a feed that it announces."""
    try:
        return [replace(one, where=fetched.url) for one in web.articles(fetched)]
    except RejectedError as error:
        try:
            feeds = web.sandbox.feeds_on(fetched.data, fetched.url, fetched.content_type)
        except RejectedError:
            feeds = []
        if not feeds:
            raise
        sentence = f"{str(error).rstrip('.')}, but it announces a feed: {feeds[0]}"
        raise RejectedError(sentence, key="has_feed", feed=feeds[0]) from error


# --- feeds ----------------------------------------------------------------------------------------


def from_feed(feed: Feed, url: str, web: WebReader, known: Known) -> Iterator[Submission | Rejection]:
    """Yield the articles of a feed that are not known, each from its page, and a rejection for each that fails."""
    for entry in feed.entries:
        if not known(address_key(entry.url) or entry_id(url, entry)):
            yield from from_entry(entry, feed, url, web)
    yield from (Rejection(url, RejectedError(reason)) for reason in feed.rejected)


def from_entry(entry: Entry, feed: Feed, url: str, web: WebReader) -> Iterator[Submission | Rejection]:
    """Yield one entry's article: from its page, or from the feed if that is fuller or the page fails.

    The page of a live blog gives each of its posts.
    """
    carried = None
    if entry.text:
        carried = Submission(
            text=entry.text,
            where=entry.url or url,
            title=entry.title,
            id=None if entry.url else entry_id(url, entry),
            url=entry.url,
            publisher=feed.title or None,
            author=entry.author,
            published=entry.published,
        )
    if entry.url is None:
        sentence = f"An entry ({entry.title}) has no link, and no text of its own."
        yield carried or Rejection(url, RejectedError(sentence))
        return
    try:
        page, *posts = web.articles(web.fetch(entry.url))
    except RejectedError as error:
        yield carried or Rejection(entry.url, error)
        return
    if page.post:
        yield from (replace(one, where=entry.url) for one in (page, *posts))
        return
    if carried and len(carried.text) > FULLER * len(page.text):
        yield carried
        return
    yield replace(
        page,
        where=entry.url,
        title=page.title or entry.title,
        url=page.url or entry.url,
        publisher=page.publisher or feed.title or None,
        author=page.author or entry.author,
        published=better(page.published, entry.published),
    )


def entry_id(url: str, entry: Entry) -> str:
    """Return an id for an entry without an address, which no other feed's entry has."""
    return f"{url}#{entry.id}"


def better(page: Moment | None, feed: Moment | None) -> Moment | None:
    """Return the page's publication time; the feed's if the page has none, or only the day and the feed the hour."""
    if page is None or feed is None:
        return page or feed
    return feed if page.day_only and not feed.day_only and feed.at.date() == page.at.date() else page

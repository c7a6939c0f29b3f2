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
from retrieval.ingest.feeds.opml import is_list, read_opml
from retrieval.ingest.fetch.addresses import PRIVATE, Network
from retrieval.ingest.fetch.fetch import Fetched, fetch
from retrieval.ingest.parse.body import four_words, key_of
from retrieval.ingest.parse.feed import Entry, Feed, digest_of, is_feed
from retrieval.ingest.parse.sandbox import Sandbox
from retrieval.ingest.submission import Rejection, Submission
from retrieval.store.sources.addresses import TELEGRAM_HOSTS, address_key, host_of
from retrieval.store.sources.backing import own_name

FULLER = 1.2  # a feed's own text is preferred to its page's if it is so many times longer
SAME_TITLE = 0.5  # more than this share of the words of an entry's title are on its page

NOT_FETCHED = RejectedError("It is only linked here, and nothing is fetched.", key="no_text")

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
        elif there or may_preview(fetched, web.previews):
            yield from posts_of(web.preview(fetched), there.post if there else None)
        else:
            yield from from_page(fetched, web)
    except RejectedError as error:
        yield Rejection(url, error)


def may_preview(fetched: Fetched, previews: str) -> bool:
    """Return whether a page is a channel's preview: no host but Telegram's, or their mirror, shows channels' posts."""
    here = host_of(fetched.url)
    return (here in TELEGRAM_HOSTS or here == host_of(previews)) and is_preview(fetched.data)


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


def from_saved_feed(
    data: bytes, where: str, zone: tzinfo = UTC, web: WebReader | None = None
) -> Iterator[Submission | Rejection]:
    """Yield the articles of a feed given as bytes, or of the feeds that an OPML file lists, which `web` fetches.

    Raises `RejectedError` for other content.
    """
    if is_list(data):
        for url, _ in read_opml(data):
            if web is None:
                yield Rejection(url, NOT_FETCHED)
            else:
                yield from from_address(url, web)
        return
    feed = (web or web_reader(zone=zone)).sandbox.feed(data, zone=getattr(zone, "key", "UTC"))
    for one in from_feed(feed, feed.address or where, web, lambda _: False, saved=True):
        yield replace(one, where=where if one.where == feed.address else one.where)


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


def from_feed(
    feed: Feed, url: str, web: WebReader | None, known: Known, *, saved: bool = False
) -> Iterator[Submission | Rejection]:
    """Yield the articles of a feed that are not known, and a rejection for each that fails.

    Each is read from its page; from a `saved` feed it is what the file says of it, if that is anything.
    """
    for entry in feed.entries:
        if not known(entry_key(url, entry)):
            own = own_text(entry, feed, entry.url or url if saved else url)
            if own is not None and (saved or entry.url is None or not entry.own_page):
                yield own
            elif entry.url is None:
                sentence = f"An entry ({entry.title}) has no link, and no text of its own."
                yield Rejection(url, RejectedError(sentence))
            elif web is None:
                yield Rejection(entry.url, NOT_FETCHED)
            else:
                yield from from_entry(entry, entry.url, own, feed, web)
    yield from (Rejection(url, RejectedError(reason)) for reason in feed.rejected)


def from_entry(
    entry: Entry, there: str, own: Submission | None, feed: Feed, web: WebReader
) -> Iterator[Submission | Rejection]:
    """Yield one entry's article: from its page at `there`, or its own text if the page has less of it, or nothing.

    The page of a live blog gives each of its posts.
    """
    try:
        page, *posts = web.articles(web.fetch(there))
    except RejectedError as error:
        yield own or Rejection(there, error)
        return
    if page.post:
        yield from (replace(one, where=there) for one in (page, *posts))
        return
    # Another site's article is what its own page says, whatever the feed has to say of it.
    if own and own.part is None and (len(own.text) > FULLER * len(page.text) or not is_about(page, own)):
        yield own
        return
    yield replace(
        page,
        where=there,
        title=page.title or entry.title,
        url=page.url or there,
        author=page.author or entry.author,
        published=better(page.published, entry.published),
        modified=page.modified or entry.modified,
    )


def own_text(entry: Entry, feed: Feed, url: str) -> Submission | None:
    """Return what a feed at `url` itself says of an entry; None if it says nothing.

    It is the text of the entry's address only if that is on the feed's own host, and no other entry's too; what a feed
    says of another host's page is a text of the feed, at the feed's address.
    """
    if not entry.text:
        return None
    theirs = entry.url is not None and host_of(entry.url) != host_of(url)
    part = f"entry-{digest_of(entry)}" if not entry.own_page else address_key(entry.url) if theirs else None
    return Submission(
        text=entry.text,
        where=entry.url or url,
        title=entry.title,
        id=None if entry.url else entry_id(url, entry),
        entry=entry_key(url, entry),
        url=url if theirs else entry.url,
        part=part,
        publisher=own_name(feed.title or None, url),
        author=entry.author,
        published=entry.published,
        modified=entry.modified,
        post=True,
    )


def is_about(page: Submission, own: Submission) -> bool:
    """Return whether a page is the one that an entry speaks of, not one in front of it: by its title or its words."""
    title, said = set(key_of(own.title).split()), four_words(own.text)
    known = title & set(key_of(f"{page.title} {page.text}").split())
    return not said or len(known) > SAME_TITLE * len(title) or bool(said & four_words(page.text))


def entry_id(url: str, entry: Entry) -> str:
    """Return an id for an entry without an address, which no other feed's entry has."""
    return f"{url}#{entry.id}"


def entry_key(url: str, entry: Entry) -> str:
    """Return the key that an entry is known by: of its own address, or of its id and what it says now."""
    own = address_key(entry.url) if entry.own_page else None
    return own or f"{entry_id(url, entry)}~{digest_of(entry)}"


def better(page: Moment | None, feed: Moment | None) -> Moment | None:
    """Return the page's publication time; the feed's if the page has none, or only the day and the feed the hour."""
    if page is None or feed is None:
        return page or feed
    return feed if page.day_only and not feed.day_only and feed.at.date() == page.at.date() else page

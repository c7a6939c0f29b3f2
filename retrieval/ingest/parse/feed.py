"""RSS, Atom and JSON Feed, as bytes, to entries: `read_feed`. Call it through `sandbox` for anything fetched."""

import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from retrieval.domain import Moment, RejectedError
from retrieval.ingest.fetch.decoding import decode
from retrieval.ingest.parse.body import plain_text
from retrieval.ingest.parse.metadata import address, name
from retrieval.ingest.parse.moments import possible_moment_of
from retrieval.ingest.parse.page import LONGEST_TEXT
from retrieval.language.text import clean

LARGEST_FEED = 15_000_000  # bytes, as Miniflux
MOST_ENTRIES = 500  # of one feed, from its top
FULL_TEXT = 600  # characters; a shorter text is a teaser, whatever it is called
SHORTEST_TEXT = 250  # characters of text of an entry without a page that is an article
SHORTEST_INTERVAL = 60  # seconds
LONGEST_INTERVAL = 86_400  # seconds; every feed is polled once a day at least
PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}  # seconds

_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE | re.DOTALL)
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_FEED_LINK = re.compile(r"application/(?:rss|atom|feed|rdf)\+(?:xml|json)$", re.IGNORECASE)
_TEASER = re.compile(r"(?:…|\.\.\.|\[[^\[\]]{0,20}\])\s*$")  # the end of a text that is cut off
SNIFFED = 4096  # bytes from the start, in which a feed is recognised


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed; it has an address, or text of its own, or both."""

    id: str  # the feed's own id for it, else its address
    url: str | None
    title: str
    text: str | None = None  # the article in full, if the feed contains it
    published: Moment | None = None
    author: str | None = None
    misdated: bool = False  # its time lies ahead or cannot be read


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a feed, in its own order; `rejected` has a sentence for each entry left out."""

    title: str
    entries: tuple[Entry, ...] = ()
    interval: int | None = None  # seconds between two polls, as the feed asks
    rejected: tuple[str, ...] = ()


def read_feed(data: bytes, url: str | None = None, content_type: str | None = None, *, zone: tzinfo = UTC) -> Feed:
    """Return the entries of a feed; `zone` is as for `moment_of`.

    Raises `RejectedError` for other content. Only bytes are given to feedparser, which would open a path
    or an address.
    """
    if not data.strip():
        raise RejectedError("The feed is empty.", key="not_feed")
    if len(data) > LARGEST_FEED:
        raise RejectedError(f"The feed is larger than {LARGEST_FEED // 1_000_000} MB.", key="long")
    if data.lstrip()[:1] == b"{":
        return read_json(data, url, content_type, zone)
    if _HTML.match(data[:SNIFFED]) and not _FEED.search(data[:SNIFFED]):
        raise RejectedError("The address gives a web page, not a feed.", key="not_feed")
    import feedparser

    headers = {"content-type": content_type or "application/xml", "content-location": url or ""}
    parsed = feedparser.parse(io.BytesIO(data), response_headers=headers)
    if not parsed.version and not parsed.entries:
        raise RejectedError("This is not a feed that can be read.", key="not_feed")
    found = []
    for item in parsed.entries[:MOST_ENTRIES]:
        bodies = [part.get("value") for part in item.get("content", [])]
        said = dict.get(item, "published") or dict.get(
            item, "updated"
        )  # what is not dated otherwise is no older than its change
        found.append(entry_of(item, bodies, address(item.get("link"), url), said, item.get("author"), zone))
    return feed_of(name(parsed.feed.get("title")), found, interval(parsed.feed))


def feed_of(title: str | None, found: list[Entry | str], seconds: int | None) -> Feed:
    """Return a feed of the readable entries; entries that repeat an id are given once."""
    entries = {entry.id: entry for entry in reversed(found) if isinstance(entry, Entry)}
    return Feed(
        title=clean(title or ""),
        entries=tuple(reversed(entries.values())),
        interval=None if seconds is None else min(max(seconds, SHORTEST_INTERVAL), LONGEST_INTERVAL),
        rejected=tuple(reason for reason in found if isinstance(reason, str)),
    )


def is_feed(data: bytes, content_type: str | None = None) -> bool:
    """Return whether bytes look like a feed rather than a page."""
    start = data[:SNIFFED]
    if start.lstrip()[:1] == b"{":
        return b"jsonfeed.org/version/" in start
    return bool(_FEED.search(start)) and not _HTML.match(start)


def feeds_on(data: bytes, url: str, content_type: str | None = None) -> list[str]:
    """Return the addresses of the feeds that a page announces (`<link rel="alternate">`), in its order."""
    from trafilatura.utils import load_html

    tree = load_html(decode(data, content_type).replace("\0", ""))
    links = [] if tree is None else list(tree.iter("link"))
    found = (
        address(link.get("href"), url)
        for link in links
        if "alternate" in (link.get("rel") or "").lower().split() and _FEED_LINK.match(link.get("type") or "")
    )
    return list(dict.fromkeys(one for one in found if one))


# --- entries --------------------------------------------------------------------------------------


def entry_of(item: Any, bodies: list[Any], url: str | None, said: Any, author: Any, zone: tzinfo) -> Entry | str:
    """Return the entry for an item of a feed, or one sentence that says why it cannot be used.

    `item` has `id`, `title` and `summary`; `said` is its publication time as written.
    """
    text = max((clean(plain_text(body)) for body in bodies if isinstance(body, str)), key=len, default="")
    summary = item.get("summary")
    short = clean(plain_text(summary)) if isinstance(summary, str) else ""
    heading = clean(name(item.get("title")) or "") or (short or text).split("\n")[0][:80]
    if not url and not SHORTEST_TEXT <= max(len(text), len(short)) <= LONGEST_TEXT:
        return f"An entry ({heading or 'untitled'}) has no link, and no text of its own."
    full = max(text, short, key=len)
    whole = FULL_TEXT <= len(full) <= LONGEST_TEXT and not _TEASER.search(full)
    said = said if isinstance(said, str | int | float) else None
    published = possible_moment_of(said, zone)
    return Entry(
        id=str(item["id"]).strip()[:2048] if item.get("id") else url or heading,
        url=url,
        title=heading,
        text=full if whole or not url else None,
        published=published,
        author=name(author),
        misdated=bool(said) and published is None,
    )


def interval(feed: Any) -> int | None:
    """Return the seconds between two polls that a feed asks for: RSS `ttl`, else the syndication module."""
    ttl = str(feed.get("ttl", "")).strip()
    if ttl.isdecimal() and int(ttl[:9]) > 0:
        return int(ttl[:9]) * 60  # minutes
    period = PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    often = str(feed.get("sy_updatefrequency", "1")).strip()
    return period // max(int(often[:6]), 1) if period and often.isdecimal() else None


# --- JSON Feed (https://www.jsonfeed.org/version/1.1/) ---------------------------------------------


def read_json(data: bytes, url: str | None, content_type: str | None, zone: tzinfo) -> Feed:
    try:
        feed = json.loads(decode(data, content_type))
    except (ValueError, RecursionError) as exc:
        raise RejectedError("This is not a feed that can be read.", key="not_feed") from exc
    if not isinstance(feed, dict) or "jsonfeed.org/version/" not in str(feed.get("version"))[:100]:
        raise RejectedError("This is JSON, but not a JSON feed.", key="not_feed")
    items = feed.get("items")
    found = []
    for item in items[:MOST_ENTRIES] if isinstance(items, list) else []:
        if isinstance(item, dict):
            authors = item.get("authors")
            first = authors[0] if isinstance(authors, list) and authors else item.get("author")
            author = first.get("name") if isinstance(first, dict) else None
            there = address(item.get("url"), url) or address(item.get("external_url"), url)
            bodies = [item.get("content_html"), item.get("content_text")]
            found.append(
                entry_of(item, bodies, there, item.get("date_published") or item.get("date_modified"), author, zone)
            )
    return feed_of(name(feed.get("title")), found, None)

"""RSS, Atom and JSON Feed, as bytes, to entries: `read_feed`. Call it through `sandbox` for anything fetched."""

import hashlib
import io
import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Any

from retrieval.domain import Moment, RejectedError
from retrieval.ingest.fetch.decoding import decode, is_garbled
from retrieval.ingest.parse.body import plain_text
from retrieval.ingest.parse.metadata import address, name
from retrieval.ingest.parse.moments import possible_moment_of
from retrieval.ingest.parse.page import LONGEST_TEXT
from retrieval.ingest.submission import POST_LETTERS
from retrieval.language.text import clean
from retrieval.store.sources.addresses import address_key

LARGEST_FEED = 15_000_000  # bytes, as Miniflux
MOST_ENTRIES = 500  # of one feed, from its top
SHORTEST_INTERVAL = 60  # seconds
LONGEST_INTERVAL = 86_400  # seconds; every feed is polled once a day at least
PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}  # seconds

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE | re.DOTALL)
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_FEED_LINK = re.compile(r"application/(?:rss|atom|feed|rdf)\+(?:xml|json)$", re.IGNORECASE)
_CUT_OFF = re.compile(
    r"(?<=[.!?…»”\")])\s+[^.!?…]*(?:…|\.\.\.|\[[^\[\]]{0,20}\])\W*$"
)  # a last sentence without its end
SNIFFED = 4096  # bytes from the start, in which a feed is recognised


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed; it has an address, or text of its own, or both."""

    id: str  # the feed's own id for it, else its address; no other entry of the feed has it
    url: str | None
    title: str
    text: str | None = None  # what the feed itself says of it: the article in full, or a teaser
    published: Moment | None = None
    modified: Moment | None = None  # when it was last changed, if that is later
    author: str | None = None
    misdated: bool = False  # its time lies ahead or cannot be read
    own_page: bool = True  # its address is that of no other entry


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a feed, in its own order; `rejected` has a sentence for each entry left out."""

    title: str
    entries: tuple[Entry, ...] = ()
    interval: int | None = None  # seconds between two polls, as the feed asks
    rejected: tuple[str, ...] = ()
    address: str | None = None  # its own, as it says


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
    parsed = parsed_feed(data, url, content_type)
    if not parsed.version and not parsed.entries:
        raise RejectedError("This is not a feed that can be read.", key="not_feed")
    found = []
    for item in parsed.entries[:MOST_ENTRIES]:
        bodies = [part.get("value") for part in item.get("content", [])]
        said = dict.get(item, "published") or dict.get(
            item, "updated"
        )  # what is not dated otherwise is no older than its change
        entry = entry_of(item, bodies, address(item.get("link"), url), said, item.get("author"), zone)
        found.append(with_change(entry, dict.get(item, "updated"), zone))
    own = [link.get("href") for link in parsed.feed.get("links", []) if link.get("rel") == "self"]
    there = next(filter(None, (address(href, url) for href in own)), None)
    return feed_of(name(parsed.feed.get("title")), found, interval(parsed.feed), there)


def parsed_feed(data: bytes, url: str | None, content_type: str | None) -> Any:
    """Return what feedparser reads; where the declared encoding gives no words, in the one that does."""
    import feedparser

    headers = {"content-type": content_type or "application/xml", "content-location": url or ""}
    parsed = feedparser.parse(io.BytesIO(data), response_headers=headers)
    if not is_garbled("\n".join(f"{item.get('title')} {item.get('summary')}" for item in parsed.entries)):
        return parsed
    text = _DECLARATION.sub("", decode(data, content_type), count=1)
    headers["content-type"] = "application/xml; charset=utf-8"
    return feedparser.parse(io.BytesIO(text.encode("utf-8", "replace")), response_headers=headers)


def feed_of(title: str | None, found: list[Entry | str], seconds: int | None, there: str | None = None) -> Feed:
    """Return a feed of the readable entries; an entry that is repeated is given once.

    Feeds give one id, or one address, to several entries: those stay apart by their titles and texts.
    """
    entries = list(dict.fromkeys(entry for entry in found if isinstance(entry, Entry)))
    ids = Counter(entry.id for entry in entries)
    titles: dict[str | None, set[str]] = {}
    for entry in entries:
        titles.setdefault(address_key(entry.url), set()).add(entry.title)
    for at, entry in enumerate(entries):
        shared = entry.url is not None and len(titles[address_key(entry.url)]) > 1
        own_id = entry.id if ids[entry.id] == 1 else f"{entry.id}~{digest_of(entry)}"
        entries[at] = replace(entry, id=own_id, own_page=not shared)
    return Feed(
        title=clean(title or ""),
        entries=tuple(entries),
        interval=None if seconds is None else min(max(seconds, SHORTEST_INTERVAL), LONGEST_INTERVAL),
        rejected=tuple(reason for reason in found if isinstance(reason, str)),
        address=there,
    )


def digest_of(entry: Entry) -> str:
    """Return a short digest of what an entry says."""
    said = f"{entry.title}\0{entry.text}\0{entry.published.isoformat() if entry.published else ''}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:10]


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
    written = (part for part in (*bodies, item.get("summary")) if isinstance(part, str))
    text = _CUT_OFF.sub("", max((clean(plain_text(part)) for part in written), key=len, default=""))
    heading = clean(name(item.get("title")) or "") or text.split("\n")[0][:80]
    fit = sum(map(str.isalpha, text[:LONGEST_TEXT])) >= POST_LETTERS and len(text) <= LONGEST_TEXT
    if not url and not fit:
        return f"An entry ({heading or 'untitled'}) has no link, and no text of its own."
    said = said if isinstance(said, str | int | float) else None
    published = possible_moment_of(said, zone)
    return Entry(
        id=str(item["id"]).strip()[:2048] if item.get("id") else url or heading,
        url=url,
        title=heading,
        text=text if fit else None,
        published=published,
        author=name(author),
        misdated=bool(said) and published is None,
    )


def with_change(entry: Entry | str, said: Any, zone: tzinfo) -> Entry | str:
    """Return an entry with the time of its last change as written, if that is after its publication."""
    moment = possible_moment_of(said, zone) if isinstance(said, str | int | float) else None
    if isinstance(entry, str) or moment is None or entry.published is None or moment.at <= entry.published.at:
        return entry
    return replace(entry, modified=moment)


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
            said = item.get("date_published") or item.get("date_modified")
            entry = entry_of(item, bodies, there, said, author, zone)
            found.append(with_change(entry, item.get("date_modified"), zone))
    return feed_of(name(feed.get("title")), found, None, address(feed.get("feed_url"), url))

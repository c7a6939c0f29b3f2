"""Feeds found, followed and polled into the library, against a server on the loopback."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from retrieval.domain import RejectedError
from retrieval.embedding import Embedder
from retrieval.ingest.feeds.follow import FeedOutcome, discover, follow
from retrieval.ingest.sources import WebReader, web_reader
from retrieval.store import feeds, read
from retrieval.store.library import Library
from tests.retrieval.ingest.pages import page, statement
from tests.retrieval.ingest.test_sources import feed
from tests.retrieval.ingest.web import Web, http, serving

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
HOUR = "<pubDate>Wed, 05 Jan 2022 18:30:00 +0600</pubDate>"
LINK = '<link rel="alternate" type="application/rss+xml" href="{}">'


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        server.answers |= {
            "/a": http(body=page(head=statement(datePublished="2022-01-05"))),
            "/empty": http(body=page(body="")),
            "/rss": http(body=feed(f"<link>/a</link>{HOUR}", f"<link>/empty</link>{HOUR}"), ETag='"1"'),
        }
        yield server


@pytest.fixture
def how() -> WebReader:
    return web_reader(allow_private=True)


@pytest.fixture
def poll(library: Library, embedder: Embedder, how: WebReader) -> Callable[..., FeedOutcome | None]:
    """Poll a feed at an hour from NOW on."""

    def at(url: str, hours: float = 0, **options: object) -> FeedOutcome | None:
        then = NOW + timedelta(hours=hours)
        return follow(library, embedder, how, url, clock=lambda: then, **options)  # type: ignore[arg-type]

    return at


def asked(web: Web, path: str) -> int:
    return sum(f"GET {path} ".encode() in request for request in web.asked)


def test_a_feed_is_found_with_what_it_holds(web: Web, how: WebReader) -> None:
    found = discover(web.url("/rss"), how, NOW)
    assert (found.state.url, found.state.title, found.entries) == (web.url("/rss"), "Dala", 2)
    assert (found.state.etag, found.state.next_due_at) == (None, None)
    assert found.newest is not None
    assert found.newest.at == datetime(2022, 1, 5, 12, 30, tzinfo=UTC)


def test_a_page_leads_to_the_feed_it_announces(web: Web, how: WebReader) -> None:
    web.answers["/"] = http(body=page(head=LINK.format("/gone") + LINK.format("/rss")))
    assert discover(web.url("/"), how, NOW).state.url == web.url("/rss")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http(body=page()), "This is a page, not a feed, and it announces none."),
        (http(body=page(head=LINK.format("/gone"))), "but: There is no such page (404)."),
        (http(body=b"%PDF-1.7 ..."), "PDF"),
        (http("410 Gone"), "gone for good"),
        (http(body=b'{"version": "https://jsonfeed.org/version/1"'), "not a feed that can be read"),
    ],
)
def test_where_no_feed_is_found_one_sentence_says_why(web: Web, how: WebReader, answer: bytes, reason: str) -> None:
    web.answers["/x"] = answer
    with pytest.raises(RejectedError, match=re.escape(reason)) as told:
        discover(web.url("/x"), how, NOW)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("entries", "remark"),
    [
        ([f"<link>/a</link>{HOUR}"], None),
        (["<link>/a</link>"], "1 of 1 entries say no time."),
        (["<link>/a</link><pubDate>Wed, 05 Jan 2199 18:30:00 GMT</pubDate>"], "lie ahead or cannot be read"),
        (["<title>One</title>", f"<link>/a</link>{HOUR}"], "1 more have neither a link nor a text of their own."),
        ([], "It has no entries."),
    ],
)
def test_what_a_readable_feed_lacks_is_said(web: Web, how: WebReader, entries: list[str], remark: str | None) -> None:
    web.answers["/rss"] = http(body=feed(*entries))
    told = discover(web.url("/rss"), how, NOW).state.remark
    assert (told is None) if remark is None else (told is not None and remark in told)


def test_a_poll_takes_in_what_is_new_and_keeps_what_is_known(
    web: Web, how: WebReader, library: Library, poll: Callable[..., FeedOutcome | None]
) -> None:
    url = web.url("/rss")
    feeds.add(library.engine, discover(url, how, NOW).state)
    outcome = poll(url)
    assert outcome is not None
    assert (len(outcome.report.added), len(outcome.report.rejected)) == (1, 1)
    assert feeds.find(library.engine, url) == outcome.state
    assert read.counts(library.engine).articles == 1
    assert poll(url) is None, "it is not due"


def test_pages_that_were_read_or_hold_no_article_are_not_fetched_at_the_next_poll(
    web: Web, how: WebReader, library: Library, poll: Callable[..., FeedOutcome | None]
) -> None:
    url = web.url("/rss")
    feeds.add(library.engine, discover(url, how, NOW).state)
    poll(url)
    again = poll(url, 0.75)
    assert again is not None
    assert again.report.rejected == again.report.duplicate == []
    assert (asked(web, "/a"), asked(web, "/empty")) == (1, 1)


def test_a_corrected_page_becomes_a_new_version(
    web: Web, how: WebReader, library: Library, poll: Callable[..., FeedOutcome | None]
) -> None:
    url = web.url("/rss")
    feeds.add(library.engine, discover(url, how, NOW).state)
    poll(url)
    web.answers["/a"] = http(body=page(before="<p>Correction: soldiers closed two squares, the city hall said.</p>"))
    corrected = poll(url, 1.5)
    assert corrected is not None
    assert len(corrected.report.updated) == 1
    assert asked(web, "/empty") == 1


def test_a_poll_that_is_given_up_keeps_nothing_and_is_made_again(
    web: Web, how: WebReader, library: Library, poll: Callable[..., FeedOutcome | None]
) -> None:
    url = web.url("/rss")
    feeds.add(library.engine, discover(url, how, NOW).state)
    before = feeds.find(library.engine, url)

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        poll(url, checkpoint=stop)
    assert (feeds.find(library.engine, url), read.counts(library.engine).articles) == (before, 0)
    assert poll(url) is not None


def test_two_never_poll_the_same_feed_at_once(
    web: Web, how: WebReader, library: Library, poll: Callable[..., FeedOutcome | None]
) -> None:
    url = web.url("/rss")
    feeds.add(library.engine, discover(url, how, NOW).state)
    first, second = threading.Event(), threading.Event()

    def hold() -> None:
        first.set()
        second.wait(20)

    under_way = threading.Thread(target=poll, args=(url,), kwargs={"checkpoint": hold})
    under_way.start()
    assert first.wait(20)
    assert poll(url, only_due=False) is None
    second.set()
    under_way.join()
    assert asked(web, "/a") == 1

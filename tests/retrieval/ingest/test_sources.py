"""Addresses, feeds and polls, end to end against a server on the loopback."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from retrieval.domain import Moment, RejectedError
from retrieval.embedding import Embedder
from retrieval.ingest.feeds.follow import poll
from retrieval.ingest.feeds.opml import write_opml
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.sources import WebReader, from_address, from_saved_page, web_reader
from retrieval.ingest.submission import Rejection, Submission
from retrieval.store import read
from retrieval.store.feeds import FeedState
from retrieval.store.library import Library
from retrieval.store.sources.addresses import address_key
from tests.retrieval.ingest.channels.previews import Written, preview
from tests.retrieval.ingest.pages import HEADLINE, PARAGRAPHS, page, statement
from tests.retrieval.ingest.web import Web, http, serving

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
FULL = "".join(f"<p>{p}</p>" for p in (*PARAGRAPHS, *PARAGRAPHS))


def feed(*items: str) -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'><channel><title>Dala</title><ttl>30</ttl>{inside}</channel></rss>".encode()


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        server.answers |= {
            "/a": http(body=page(head=statement(datePublished="2022-01-05"))),
            "/b": http(body=page(title="Another")),
            "/empty": http(body=page(body="")),
            "/busy": http("503 Busy"),
        }
        yield server


@pytest.fixture
def how() -> WebReader:
    return web_reader(allow_private=True)


def taken(url: str) -> list[Submission | Rejection]:
    return list(from_address(url, web_reader(allow_private=True)))


def test_an_address_of_a_page_gives_its_article(web: Web) -> None:
    (one,) = taken(web.url("/a"))
    assert isinstance(one, Submission)
    assert (one.title, one.url, one.text.split("\n")) == (HEADLINE, web.url("/a"), list(PARAGRAPHS))


def test_an_address_of_a_feed_gives_its_articles_from_their_pages(web: Web) -> None:
    hour = "<pubDate>Wed, 05 Jan 2022 18:30:00 +0600</pubDate>"
    web.answers["/rss"] = http(body=feed(f"<link>/a</link>{hour}", f"<link>/b</link>{hour}", "<link>/empty</link>"))
    first, second, third = taken(web.url("/rss"))
    assert isinstance(first, Submission)
    assert isinstance(second, Submission)
    at = datetime(2022, 1, 5, 18, 30, tzinfo=second.published.at.tzinfo if second.published else None)
    assert (first.published, second.published) == (Moment(at), Moment(at))
    assert (first.publisher, second.title) == ("127.0.0.1", "Another")
    assert isinstance(third, Rejection)
    assert (third.where, third.reason) == (web.url("/empty"), "The page has no article on it.")


def test_a_feeds_own_text_stands_in_for_a_page_that_fails(web: Web) -> None:
    item = f"<title>Night</title><link>/busy</link><description><![CDATA[{FULL}]]></description>"
    web.answers["/rss"] = http(body=feed(item))
    (one,) = taken(web.url("/rss"))
    assert isinstance(one, Submission)
    assert (one.title, one.url, one.text.count("\n")) == ("Night", web.url("/busy"), 9)


SHORT = "Police closed the northern bridge at Arlen and turned back every lorry."


@pytest.mark.parametrize("there", ["/empty", "/none", "/front"])
def test_a_short_post_of_a_feed_stands_where_its_page_has_less(web: Web, there: str) -> None:
    web.answers["/front"] = http(body=page(title="Welcome to the site"))
    item = f"<title>Bridge closed</title><link>{there}</link><description>{SHORT}</description>"
    web.answers["/rss"] = http(body=feed(item))
    (one,) = taken(web.url("/rss"))
    assert isinstance(one, Submission)
    assert (one.text, one.url, one.title) == (SHORT, web.url(there), "Bridge closed")


def test_a_teaser_gives_way_to_its_page(web: Web) -> None:
    item = f"<title>{HEADLINE}</title><link>/a</link><description>{PARAGRAPHS[0][:60]} ...</description>"
    web.answers["/rss"] = http(body=feed(item))
    (one,) = taken(web.url("/rss"))
    assert isinstance(one, Submission)
    assert one.text.split("\n") == list(PARAGRAPHS)


def test_what_a_feed_says_of_another_sites_article_is_no_version_of_it(
    web: Web, library: Library, embedder: Embedder
) -> None:
    there = web.url("/a").replace("127.0.0.1", "localhost")
    forged = "Officials now say that nine thousand nine hundred people were killed in the square. " * 9
    web.answers["/rss"] = http(body=feed(f"<title>Toll</title><link>{there}</link><description>{forged}</description>"))
    ingest(library, embedder, [replace(one, url=there) for one in taken(web.url("/a")) if isinstance(one, Submission)])
    ingest(library, embedder, taken(web.url("/rss")))
    real = read.article(library.engine, read.article_id_at(library.engine, address_key(there) or "") or "")
    assert real is not None
    assert real.text.split("\n") == list(PARAGRAPHS)


def test_what_a_feed_says_of_another_hosts_page_is_the_feeds_own_text(web: Web) -> None:
    there = web.url("/none").replace("127.0.0.1", "localhost")
    source = "<source url='https://www.reuters.com'>Reuters</source>"
    item = f"<title>Toll</title><link>{there}</link>{source}<description>{SHORT}</description>"
    web.answers["/rss"] = http(body=feed(item).replace(b"Dala", b"Reuters"))
    (one,) = taken(web.url("/rss"))
    assert isinstance(one, Submission)
    assert (one.text, one.url, one.publisher) == (SHORT, web.url("/rss"), "127.0.0.1")


def test_a_page_that_poses_as_the_preview_of_a_channel_gives_none_of_its_posts(web: Web) -> None:
    web.answers["/s/akorda"] = http(body=preview("akorda", [Written(12, SHORT)]))
    found = list(from_address(web.url("/s/akorda"), web_reader(allow_private=True)))
    assert [one for one in found if isinstance(one, Submission) and "t.me" in (one.url or "")] == []


def test_an_id_that_a_feed_uses_again_loses_no_story(web: Web, library: Library, embedder: Embedder) -> None:
    guid = "<guid isPermaLink='false'>latest</guid>"
    for town, seen in (("Arlen", "eleven"), ("Borov", "eleven"), ("Borov", "twelve"), ("Arlen", "eleven")):
        told = f"Nurses at the hospital of {town} counted {seen} people with wounds from rubber bullets."
        item = f"{guid}<title>News from {town}</title><description>{told}</description>"
        web.answers["/rss"] = http(body=feed(item))
        ingest(library, embedder, taken(web.url("/rss")))
    counts = read.counts(library.engine)
    assert (counts.articles, counts.versions) == (2, 3)


def test_a_saved_feed_is_read_as_it_stands_and_its_links_are_followed(web: Web, tmp_path: Path) -> None:
    items = (f"<title>Own</title><link>{web.url('/b')}</link><description>{SHORT}</description>",)
    saved = tmp_path / "saved.rss"
    saved.write_bytes(feed(*items, f"<title>Linked</title><link>{web.url('/a')}</link>"))
    own, linked = from_path(saved, UTC, web_reader(allow_private=True))
    assert isinstance(own, Submission)
    assert isinstance(linked, Submission)
    assert (own.text, own.publisher, linked.text.split("\n")) == (SHORT, "127.0.0.1", list(PARAGRAPHS))
    alone = list(from_path(saved, UTC))
    assert [type(one) for one in alone] == [Submission, Rejection]


def test_a_saved_list_of_feeds_gives_their_articles(web: Web, tmp_path: Path) -> None:
    web.answers["/rss"] = http(body=feed("<link>/a</link>", "<link>/b</link>"))
    saved = tmp_path / "feeds.opml"
    saved.write_text(write_opml([(web.url("/rss"), "Dala"), (web.url("/none"), "Gone")]))
    found = list(from_path(saved, UTC, web_reader(allow_private=True)))
    assert [type(one) for one in found] == [Submission, Submission, Rejection]


def test_a_file_that_is_no_feed_is_one_rejection(tmp_path: Path) -> None:
    saved = tmp_path / "notes.xml"
    saved.write_text("<notes><note>Nothing here.</note></notes>")
    (one,) = from_path(saved, UTC)
    assert isinstance(one, Rejection)
    assert (one.where, one.reason) == (str(saved), "This is not a feed that can be read.")


def test_known_articles_are_not_fetched_again(web: Web) -> None:
    web.answers["/rss"] = http(body=feed("<link>/a</link>", "<link>/b</link>"))
    found = list(from_address(web.url("/rss"), web_reader(allow_private=True), lambda url: url.endswith("/a")))
    assert [one.where for one in found] == [web.url("/b")]
    assert not any(b"GET /a " in request for request in web.asked)


def test_a_page_without_an_article_tells_the_feed_it_announces(web: Web) -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/rss">'
    web.answers["/"] = http(body=page(head=head, body=""))
    (one,) = taken(web.url("/"))
    assert isinstance(one, Rejection)
    assert one.reason == f"The page has no article on it, but it announces a feed: {web.url('/rss')}"


@pytest.mark.parametrize(("path", "reason"), [("/none", "no such page"), ("/busy", "failed"), ("/empty", "no article")])
def test_an_address_that_gives_nothing_is_one_rejection(web: Web, path: str, reason: str) -> None:
    (one,) = taken(web.url(path))
    assert isinstance(one, Rejection)
    assert reason in one.reason


def test_a_private_address_is_refused_unless_permitted(web: Web) -> None:
    (one,) = from_address(web.url("/a"), web_reader())
    assert isinstance(one, Rejection)
    assert web.connections == 0


def test_a_page_at_hand_is_read_in_the_configured_zone() -> None:
    almaty = ZoneInfo("Asia/Almaty")
    (one,) = from_saved_page(page(head=statement(datePublished="2022-01-05")), "a.html", almaty)
    assert one.published == Moment(datetime(2022, 1, 5, tzinfo=almaty), day_only=True)
    with pytest.raises(RejectedError):
        list(from_saved_page(b"%PDF-1.4", "a.html"))


# --- polling --------------------------------------------------------------------------------------


def test_a_poll_gives_what_is_new_and_when_to_ask_again(web: Web, how: WebReader) -> None:
    web.answers["/rss"] = http(body=feed("<link>/a</link>"), ETag='"1"')
    polled = poll(FeedState(web.url("/rss")), how, NOW)
    assert [one.where for one in polled.found] == [web.url("/a")]
    assert (polled.state.title, polled.state.etag, polled.state.last_good_at) == ("Dala", '"1"', NOW)
    assert polled.state.next_due_at is not None
    assert abs(polled.state.next_due_at - NOW - timedelta(minutes=30)) <= timedelta(minutes=3)


def test_a_feed_that_has_not_changed_gives_nothing(web: Web, how: WebReader) -> None:
    web.answers["/rss"] = http("304 Not Modified")
    polled = poll(FeedState(web.url("/rss"), etag='"1"', failures=2, last_error="x"), how, NOW)
    assert (polled.found, polled.state.etag, polled.state.failures, polled.state.last_error) == ((), '"1"', 0, None)


def test_a_page_out_of_reach_is_asked_for_again_at_the_next_poll(web: Web, how: WebReader) -> None:
    web.answers["/rss"] = http(body=feed("<link>/busy</link>"), ETag='"1"')
    polled = poll(FeedState(web.url("/rss")), how, NOW)
    assert [type(one) for one in polled.found] != [Submission]
    assert polled.state.etag is None


def test_a_page_that_says_no_is_not_asked_for_again(web: Web, how: WebReader) -> None:
    web.answers["/rss"] = http(body=feed("<link>/none</link>"), ETag='"1"')
    assert poll(FeedState(web.url("/rss")), how, NOW).state.etag == '"1"'


@pytest.mark.parametrize(
    ("answer", "reason", "stopped"),
    [
        (http("410 Gone"), "gone for good", True),
        (http("404 Not Found"), "no such page", False),
        (http("500 Oops"), "failed", False),
        (http(body=page()), "web page, not a feed", False),
        (b"nonsense\r\n\r\n", "not HTTP", False),
    ],
)
def test_what_went_wrong_is_kept_in_one_sentence(
    web: Web, how: WebReader, answer: bytes, reason: str, stopped: bool
) -> None:
    web.answers["/rss"] = answer
    state = poll(FeedState(web.url("/rss"), last_good_at=NOW), how, NOW).state
    assert state.last_error is not None
    assert reason in state.last_error
    assert (state.failures, state.stopped, state.last_good_at) == (1, stopped, NOW)

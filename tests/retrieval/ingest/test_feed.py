"""`read_feed`: what is taken from RSS, Atom and JSON Feed, and what is said of the rest."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain import Moment, RejectedError
from retrieval.ingest.parse.feed import feeds_on, is_feed, read_feed
from tests.retrieval.ingest.pages import PARAGRAPHS, page

URL = "https://dala.example/rss"
NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
ALMATY = timezone(timedelta(hours=6))
FULL = "".join(f"<p>{p}</p>" for p in (*PARAGRAPHS, *PARAGRAPHS))
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
)


@pytest.fixture(autouse=True, scope="module")
def _the_clock() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def rss(*items: str, channel: str = "") -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0' {NAMESPACES}><channel><title>Dala</title>{channel}{inside}</channel></rss>".encode()


def atom(entry: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Dala</title><entry>{entry}</entry></feed>'.encode()


def test_an_rss_item_gives_address_title_summary_and_time() -> None:
    item = (
        "<guid isPermaLink='false'>7</guid><link>/a</link><title>Ночь &amp;amp; день</title><author>A. Sultan</author>"
        "<description>&lt;p&gt;Short.&lt;/p&gt;</description><pubDate>Wed, 05 Jan 2022 18:30:00 +0600</pubDate>"
    )
    feed = read_feed(rss(item), URL)
    (entry,) = feed.entries
    assert (feed.title, entry.id, entry.url) == ("Dala", "7", "https://dala.example/a")
    assert (entry.title, entry.author, entry.text) == ("Ночь & день", "A. Sultan", None)
    assert entry.published == Moment(datetime(2022, 1, 5, 18, 30, tzinfo=ALMATY))


def test_an_atom_entry_is_published_when_it_says_so() -> None:
    entry = (
        "<id>urn:1</id><title>T</title><link href='https://dala.example/1'/><published>2022-01-05T10:00:00Z</published>"
    )
    assert read_feed(atom(entry), URL).entries[0].published == Moment(datetime(2022, 1, 5, 10, tzinfo=UTC))


def test_an_entry_that_gives_only_its_last_change_is_dated_by_that() -> None:
    entry = "<id>urn:1</id><title>T</title><link href='https://dala.example/1'/><updated>2022-01-05T10:00:00Z</updated>"
    dated = entry + "<published>2022-01-05T09:00:00Z</published>"
    assert read_feed(atom(entry), URL).entries[0].published == Moment(datetime(2022, 1, 5, 10, tzinfo=UTC))
    assert read_feed(atom(dated), URL).entries[0].published == Moment(datetime(2022, 1, 5, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    "date", ["", "soon", "Wed, 05 Jan 2122 10:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "99/99/99"]
)
def test_no_date_is_invented(date: str) -> None:
    item = f"<link>https://dala.example/1</link><pubDate>{date}</pubDate>"
    assert read_feed(rss(item), URL).entries[0].published is None


@pytest.mark.parametrize("date", ["Ср, 05 янв 2022 18:30:00 +0600", "mié, 05 ene 2022 18:30:00 +0600"])
def test_a_date_in_the_language_of_the_feed_is_read(date: str) -> None:
    item = f"<link>https://dala.example/1</link><pubDate>{date}</pubDate>"
    assert read_feed(rss(item), URL).entries[0].published == Moment(datetime(2022, 1, 5, 18, 30, tzinfo=ALMATY))


def test_a_time_without_a_zone_is_a_day() -> None:
    item = "<link>https://dala.example/1</link><pubDate>Wed, 05 Jan 2022 10:00:00 -0000</pubDate>"
    published = read_feed(rss(item), URL).entries[0].published
    assert published is not None
    assert published.isoformat() == "2022-01-05"


def test_what_an_entry_says_itself_is_kept_at_any_length_but_for_a_last_sentence_without_its_end() -> None:
    full = f"<link>https://dala.example/1</link><content:encoded><![CDATA[{FULL}]]></content:encoded>"
    short = "<link>https://dala.example/2</link><description>The square was closed at noon.</description>"
    cut = f"<link>https://dala.example/3</link><description><![CDATA[{FULL} <p>The mayor also…</p>]]></description>"
    texts = [entry.text for entry in read_feed(rss(full, short, cut), URL).entries]
    assert texts == ["\n".join([*PARAGRAPHS, *PARAGRAPHS]), "The square was closed at noon.", texts[0]]


def test_an_entry_without_a_link_stands_by_its_text_or_is_refused() -> None:
    short = "<guid isPermaLink='false'>9</guid><title>Short</title><description>Bridge closed.</description>"
    feed = read_feed(rss(short, "<title>Empty</title><description>!</description>"), URL)
    assert [(entry.id, entry.url, entry.text) for entry in feed.entries] == [("9", None, "Bridge closed.")]
    assert feed.rejected == ("An entry (Empty) has no link, and no text of its own.",)


def test_entries_that_share_an_id_are_all_kept() -> None:
    guid = "<guid isPermaLink='false'>latest</guid>"
    told = [f"{guid}<title>{town}</title><description>The bridge at {town} is closed.</description>" for town in "ABCD"]
    entries = read_feed(rss(*told, told[0]), URL).entries
    assert [entry.title for entry in entries] == ["A", "B", "C", "D"]
    assert len({entry.id for entry in entries}) == 4


def test_entries_that_share_an_address_have_no_page_of_their_own() -> None:
    link = "<link>https://dala.example/</link>"
    entries = read_feed(rss(f"{link}<title>A</title>", f"{link}<title>B</title>", "<link>/c</link>"), URL).entries
    assert [entry.own_page for entry in entries] == [False, False, True]


def test_an_entry_that_links_to_a_file_or_script_has_no_link() -> None:
    feed = read_feed(
        rss("<title>A</title><link>file:///etc/passwd</link>", "<title>B</title><link>javascript:x</link>"), URL
    )
    assert feed.entries == ()
    assert len(feed.rejected) == 2


def test_an_entry_given_twice_is_one() -> None:
    item = "<guid>https://dala.example/1</guid><title>A</title>"
    assert len(read_feed(rss(item, item), URL).entries) == 1


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("", None),
        ("<ttl>30</ttl>", 1800),
        ("<ttl>0</ttl>", None),
        ("<ttl>99999999</ttl>", 86_400),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 900),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400),
    ],
)
def test_a_feeds_own_interval_is_told_within_bounds(channel: str, seconds: int | None) -> None:
    assert read_feed(rss("<link>https://dala.example/1</link>", channel=channel), URL).interval == seconds


def test_a_json_feed_is_read() -> None:
    items = [
        {"id": "1", "url": "/1", "title": "One", "content_html": FULL, "date_published": "2022-01-05T18:30:00+06:00"},
        {"id": "2", "external_url": "https://other.example/2", "title": "Two", "authors": [{"name": "A. Sultan"}]},
        {"id": "3", "title": "Three"},
        "not an item",
    ]
    data = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Dala", "items": items}).encode()
    feed = read_feed(data, URL)
    assert [(e.id, e.url, e.title, e.author) for e in feed.entries] == [
        ("1", "https://dala.example/1", "One", None),
        ("2", "https://other.example/2", "Two", "A. Sultan"),
    ]
    assert feed.entries[0].published == Moment(datetime(2022, 1, 5, 18, 30, tzinfo=ALMATY))
    assert feed.rejected == ("An entry (Three) has no link, and no text of its own.",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (page(), "web page"),
        (b"<!-- x --><!DOCTYPE html><html><p>Moved</p></html>", "web page"),
        (b"hello", "not a feed"),
        (b"%PDF-1.7", "not a feed"),
        (b'{"a": 1}', "not a JSON feed"),
        (b"{" * 100_000, "not a feed"),
        (b"file:///etc/passwd", "not a feed"),
        (b"/etc/passwd", "not a feed"),
    ],
    ids=["empty", "page", "moved", "words", "pdf", "json", "nested json", "file address", "path"],
)
def test_what_is_no_feed_is_refused_in_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(RejectedError, match=reason):
        read_feed(data, URL)


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_a_feed_or_are_refused(data: bytes) -> None:
    try:
        read_feed(b"<rss version='2.0'><channel>" + data, URL)
    except RejectedError as error:
        assert str(error).endswith(".")


def test_an_entity_bomb_is_not_expanded() -> None:
    bomb = b"<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '" + b"&a;" * 10_000 + b"'>]>"
    item = b"<item><link>https://dala.example/1</link><title>&b;&b;&b;</title></item>"
    feed = read_feed(bomb + b"<rss version='2.0'><channel>" + item + b"</channel></rss>", URL)
    assert all(len(entry.title) < 1000 for entry in feed.entries)


def test_an_outside_entity_is_not_read() -> None:
    head = b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    item = b"<item><link>https://dala.example/1</link><title>&x;</title></item>"
    feed = read_feed(head + b"<rss version='2.0'><channel>" + item + b"</channel></rss>", URL)
    assert all("root:" not in entry.title for entry in feed.entries)


def test_feeds_and_pages_are_told_apart() -> None:
    assert is_feed(rss())
    assert is_feed(atom(""))
    assert is_feed(b'{"version": "https://jsonfeed.org/version/1"}')
    assert not is_feed(page())
    assert not is_feed(b'{"a": 1}')


def test_feeds_a_page_announces_are_found_in_order() -> None:
    head = (
        '<link rel="alternate" type="application/atom+xml" href="/atom"><link rel="alternate" hreflang="ru" href="/ru">'
        '<link rel="stylesheet" href="/x"><link rel="ALTERNATE" type="application/rss+xml" href="https://b.example/rss">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:x">'
    )
    assert feeds_on(page(head=head), "https://dala.example/a") == ["https://dala.example/atom", "https://b.example/rss"]


def test_a_feed_whose_header_gives_the_wrong_encoding_is_read_in_its_own() -> None:
    told = "Полиция закрыла северный мост и развернула грузовики, которые шли из порта в город."
    data = (
        f"<?xml version='1.0'?><rss version='2.0'><channel><item><title>{told}</title><link>https://a.example/1</link>"
    )
    data += f"<description>{told}</description></item></channel></rss>"
    feed = read_feed(data.encode("cp1251"), URL, "application/rss+xml; charset=iso-8859-1")
    assert (feed.entries[0].title, feed.entries[0].text) == (told, told)

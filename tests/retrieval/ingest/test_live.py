"""Live blogs taken apart, and pages that were changed: what was known when."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retrieval.domain import Article, Moment
from retrieval.embedding import Embedder
from retrieval.ingest.files import from_path
from retrieval.ingest.parse.feed import read_feed
from retrieval.ingest.parse.page import read_articles, read_page
from retrieval.ingest.pipeline import Report, ingest
from retrieval.ingest.recognise import recognise
from retrieval.ingest.submission import Submission
from retrieval.store import read
from retrieval.store.library import Library
from retrieval.store.sources.addresses import host_of
from tests.retrieval.ingest.pages import page, statement

URL = "https://dala.example/live/2022/unrest"
NOW = datetime(2022, 1, 7, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 1, 6, hour, minute, tzinfo=UTC)


def update(hour: int, text: str, **fields: object) -> dict[str, object]:
    return {"@type": "BlogPosting", "datePublished": at(hour).isoformat(), "articleBody": text, **fields}


UPDATES = [
    update(13, "<p>Nine people were killed, the ministry says.</p><p>It gave no names.</p>", headline="Toll rises"),
    update(11, "Five people were killed, the mayor said.", url=f"{URL}#post-2", author={"name": "Aigul S."}),
    update(9, "Three people were killed, police said.", dateModified=at(10).isoformat()),
]


def blog(*updates: dict[str, object], **fields: object) -> bytes:
    node = {
        "@type": "LiveBlogPosting",
        "headline": "Unrest: live",
        "datePublished": at(8).isoformat(),
        "dateModified": at(13).isoformat(),
        "publisher": {"name": "Dala"},
        "liveBlogUpdate": list(updates),
        **fields,
    }
    return page(title="Unrest: live", head=f'<script type="application/ld+json">{json.dumps(node)}</script>')


def posts(data: bytes, url: str | None = URL) -> tuple[Submission, ...]:
    return read_articles(data, url, "text/html")


def test_a_live_blog_is_its_posts_with_their_own_times_oldest_first() -> None:
    first, second, third = posts(blog(*UPDATES))
    assert [one.published for one in (first, second, third)] == [Moment(at(9)), Moment(at(11)), Moment(at(13))]
    assert (third.title, third.text) == ("Toll rises", "Nine people were killed, the ministry says.\nIt gave no names.")
    assert (second.url, second.author) == (f"{URL}#post-2", "Aigul S.")
    assert (first.url, first.publisher, first.modified) == (URL, host_of(URL), Moment(at(10)))


def test_a_post_has_no_address_on_another_host() -> None:
    stated = {**UPDATES[0], "url": "https://www.reuters.com/world/toll"}
    assert {host_of(one.url) for one in posts(blog(stated, *UPDATES[1:]))} == {host_of(URL)}


@pytest.mark.parametrize("url", [URL, None])
def test_its_posts_keep_their_ids_when_others_are_added(url: str | None) -> None:
    early = {recognise(one, NOW).id for one in posts(blog(*UPDATES[1:]), url)}
    late = [recognise(one, NOW).id for one in posts(blog(*UPDATES), url)]
    assert len(set(late)) == 3
    assert early < set(late)


def test_posts_of_one_minute_have_ids_of_their_own() -> None:
    two = [update(9, "Three people were killed, police said."), update(9, "The bridge is closed, police said.")]
    assert len({recognise(one, NOW).id for one in posts(blog(*two))}) == 2


def test_posts_that_the_graph_states_elsewhere_are_found() -> None:
    graph = [
        {"@type": "LiveBlogPosting", "headline": "Unrest: live", "liveBlogUpdate": [{"@id": "#1"}, {"@id": "#2"}]},
        {"@id": "#1", **UPDATES[0]},
        {"@id": "#2", **UPDATES[2]},
    ]
    data = page(head=f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>')
    assert [one.published for one in posts(data)] == [Moment(at(9)), Moment(at(13))]


def test_a_post_without_a_body_is_its_headline() -> None:
    [one] = posts(
        blog({"@type": "BlogPosting", "headline": "Bridge closed to all", "datePublished": "2022-01-06T09:00Z"})
    )
    assert one.text == "Bridge closed to all"


def test_microdata_is_read_where_there_is_no_other_statement() -> None:
    body = "".join(
        f'<article itemprop="liveBlogUpdate" itemscope itemtype="http://schema.org/BlogPosting" id="block-{hour}">'
        f'<h2 itemprop="headline">Hour {hour}</h2><time itemprop="datePublished" datetime="2022-01-06T{hour}:00:00Z">'
        f'{hour}:00</time><div itemprop="articleBody"><p>{words}</p></div></article>'
        for hour, words in (("13", "Nine people were killed."), ("09", "Three people were killed."))
    )
    first, second = posts(page(body=body))
    assert (first.text, first.published, first.url) == ("Three people were killed.", Moment(at(9)), f"{URL}#block-09")
    assert (second.text, second.title) == ("Nine people were killed.", "Hour 13")


@pytest.mark.parametrize("updates", [(), ({"@type": "BlogPosting"},), ("https://dala.example/1",)])
def test_a_live_blog_that_states_no_post_is_one_article_known_since_its_last_change(
    updates: tuple[object, ...],
) -> None:
    [one] = posts(blog(*updates))  # type: ignore[arg-type]
    assert (one.post, one.modified) == (False, Moment(at(13)))


# --- changes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "modified"),
    [
        (statement(datePublished="2022-01-06T08:00Z", dateModified="2022-01-06T19:30Z"), Moment(at(19, 30))),
        (statement(datePublished="2022-01-06T08:00Z", dateModified="2022-01-06T08:00Z"), None),
        (statement(datePublished="2022-01-06T08:00Z", dateModified="2022-01-05T08:00Z"), None),
        (statement(datePublished="2022-01-06T08:00Z", dateModified="soon"), None),
        (
            '<meta property="article:published_time" content="2022-01-06T08:00Z">'
            '<meta property="article:modified_time" content="2022-01-06T19:30Z">',
            Moment(at(19, 30)),
        ),
        (
            '<meta property="article:published_time" content="2022-01-06T08:00Z">'
            '<meta itemprop="dateModified" content="2022-01-06T19:30Z">',
            Moment(at(19, 30)),
        ),
    ],
)
def test_a_page_says_when_it_was_changed(head: str, modified: Moment | None) -> None:
    assert read_page(page(head=head), URL, "text/html").modified == modified


def taken(library: Library, embedder: Embedder, *records: dict[str, object], now: datetime = NOW) -> Report:
    path = library.folder / "records.jsonl"
    Path(path).write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return ingest(library, embedder, from_path(path, UTC), clock=lambda: now)


RECORD = {
    "id": "one",
    "text": "Forty-one people were injured in the clashes at Borov.",
    "published_at": "2022-01-06T08:00:00Z",
    "modified_at": "2022-01-06T19:30:00Z",
}


def test_a_text_is_known_from_its_last_change(library: Library, embedder: Embedder) -> None:
    taken(library, embedder, RECORD)
    assert read.article(library.engine, "one", as_of=at(8, 30)) is None
    found = read.article(library.engine, "one", as_of=at(20))
    assert found is not None
    assert (found.published, found.modified) == (Moment(at(8)), Moment(at(19, 30)))


def test_a_changed_text_is_known_from_its_change_and_the_earlier_one_before(
    library: Library, embedder: Embedder
) -> None:
    before = {key: value for key, value in RECORD.items() if key != "modified_at"}
    taken(library, embedder, before | {"text": "Twelve people were injured in the clashes at Borov."}, now=at(9))
    taken(library, embedder, RECORD)
    words = {hour: read.article(library.engine, "one", as_of=at(hour)) for hour in (12, 20)}
    assert [(article.text.split()[0] if article else "") for article in words.values()] == ["Twelve", "Forty-one"]


def test_the_time_of_a_change_is_filled_in_later(library: Library, embedder: Embedder) -> None:
    taken(library, embedder, {key: value for key, value in RECORD.items() if key != "modified_at"})
    assert taken(library, embedder, RECORD).updated == ["one"]
    assert read.article(library.engine, "one", as_of=at(12)) is None


def test_a_change_after_a_text_was_read_changed_nothing_in_it(library: Library, embedder: Embedder) -> None:
    taken(library, embedder, {key: value for key, value in RECORD.items() if key != "modified_at"}, now=at(9))
    assert taken(library, embedder, RECORD).duplicate == ["one"]
    assert read.article(library.engine, "one", as_of=at(12)) is not None


def test_an_impossible_time_of_change_is_refused_with_its_line(library: Library, embedder: Embedder) -> None:
    report = taken(library, embedder, RECORD | {"modified_at": "2022-02-30"}, RECORD | {"id": "two"})
    assert report.added == ["two"]
    assert "modified_at" in report.rejected[0].reason


def test_a_page_that_is_touched_long_after_makes_no_old_report_new() -> None:
    article = Article("one", None, "", "", "en", Moment(at(8)), modified=Moment(at(19)))
    touched = replace(article, modified=Moment(at(8) + timedelta(days=400)))
    assert (article.known_at, touched.known_at) == (at(19), at(8))
    assert touched.known_from == at(8) + timedelta(days=400)


@pytest.mark.parametrize(("updated", "modified"), [("19:30", Moment(at(19, 30))), ("08:00", None)])
def test_an_entry_of_a_feed_says_when_it_was_changed(updated: str, modified: Moment | None) -> None:
    data = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Dala</title><entry><id>1</id><title>A</title>
    <link href="https://dala.example/a"/><published>2022-01-06T08:00:00Z</published>
    <updated>2022-01-06T{updated}:00Z</updated></entry></feed>"""
    [entry] = read_feed(data.encode()).entries
    assert (entry.published, entry.modified) == (Moment(at(8)), modified)


def test_a_change_that_nobody_dates_makes_a_report_known_late_but_no_newer() -> None:
    article = Article("one", None, "", "", "en", Moment(at(8)), edited=True, fetched_at=at(15))
    assert (article.known_at, article.known_from) == (at(8), at(15))

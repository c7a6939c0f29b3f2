"""Addresses of articles: all spellings of one have one key, and only http(s) addresses are stored."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain import Article
from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.store import read
from retrieval.store.library import Library
from retrieval.store.sources.addresses import address_key, host_of, web_address
from retrieval.store.sources.outlets import independent

SPELLINGS = (
    "https://example.org/2022/bridge",
    "http://example.org/2022/bridge",
    "https://www.example.org/2022/bridge",
    "https://example.org/2022/bridge/",
    "https://example.org/2022/bridge?utm_source=telegram&utm_medium=social",
    "https://EXAMPLE.org/2022/bridge",
    "https://example.org./2022/bridge",
    "https://example.org/2022/bridge#comments",
    "https://example.org/2022/bridge?fbclid=abc&ysclid=def",
    "https://example.org/2022/bridge?ref=home&from=rss&source=tg",
    "https://m.example.org/2022/bridge",
    "https://mobile.example.org/2022/bridge",
    "https://amp.example.org/2022/bridge",
    "https://example.org:443/2022/bridge",
    "http://example.org:80/2022/bridge",
    "https://example.org/2022/bridge/amp/",
    "https://example.org/amp/2022/bridge",
    "https://example.org/2022/bridge.amp",
    "https://example.org/2022/bridge?amp=1",
    "https://example.org/2022/bridge?outputType=amp",
    "https://www.google.com/amp/s/www.example.org/2022/bridge",
    "https://example-org.cdn.ampproject.org/c/s/example.org/2022/bridge?usqp=mq331",
    "https://example.org/2022/%62ridge",
    "https://example.org//2022/bridge/index.html",
)


@pytest.mark.parametrize("url", SPELLINGS)
def test_each_spelling_of_an_address_has_its_key(url: str) -> None:
    assert address_key(url) == "example.org/2022/bridge"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a?id=7&page=2", "https://example.org/a?page=2&id=7"),
        ("https://t.me/s/Orda_Live/12", "https://telegram.me/orda_live/12?single"),
        (
            "https://en.m.wikipedia.org/wiki/Алматы",
            "https://en.wikipedia.org/wiki/%D0%90%D0%BB%D0%BC%D0%B0%D1%82%D1%8B",
        ),
        ("https://жаңалық.қаз/1", "https://xn--80aaqw4fuxvb.xn--80ao21a/1"),
    ],
)
def test_two_spellings_have_one_key(one: str, other: str) -> None:
    assert address_key(one) == address_key(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/?p=12", "https://example.org/?p=13"),
        ("https://example.org/news?cid=12", "https://example.org/news?cid=13"),
        ("https://example.org/Bridge", "https://example.org/bridge"),
        ("https://news.example.org/a", "https://example.org/a"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/#!/a/7", "https://example.org/#!/a/8"),
        ("https://t.me/one/12", "https://t.me/two/12"),
        ("https://m.kz/a", "https://www.kz/a"),
        ("https://example.org/amp", "https://example.org/"),
    ],
)
def test_two_articles_have_two_keys(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@pytest.mark.parametrize(
    "written",
    [
        "tg://resolve?domain=x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "/a",
        "soon",
        "",
        None,
        "https://",
        "data:,x",
        "https://example.org@elsewhere.example/",
        "https://example.org:99999/a",
        "https://example.org/" + 3000 * "a",
    ],
)
def test_what_is_no_web_address_is_none(written: str | None) -> None:
    assert web_address(written) is None


def test_an_address_is_stored_as_it_came_but_for_what_nobody_sees() -> None:
    assert web_address(" https://example.org/a b\u202e\n") == "https://example.org/a%20b"
    assert web_address("www.example.org/a") == "https://www.example.org/a"


@given(st.text())
def test_no_text_breaks_a_key(written: str) -> None:
    for url in (written, f"https://{written}", f"https://example.org/{written}"):
        key = address_key(url)
        assert (key is None) == (host_of(url) == "")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="/;"), min_size=1), min_size=1))
def test_a_key_does_not_depend_on_how_a_path_is_escaped(names: list[str]) -> None:
    path = "/".join(quote(name, safe="") for name in names)
    every_byte = "/".join("".join(f"%{byte:02x}" for byte in name.encode()) for name in names)
    assert address_key(f"https://example.org/x/{path}/y") == address_key(f"http://example.org/x/{every_byte}/y")


def test_a_correction_at_one_spelling_supersedes_the_article_at_another(library: Library, embedder: Embedder) -> None:
    told = "Nurses at the city hospital counted {} people with wounds from rubber bullets on Thursday."
    first = [Submission(text=told.format("eleven"), title="Bridge closed", url=url) for url in SPELLINGS]
    report = ingest(library, embedder, first)
    assert (len(report.added), len(report.duplicate)) == (1, len(SPELLINGS) - 1)
    later = Submission(text=told.format("nineteen"), title="Bridge closed", url="http://m.example.org/2022/bridge/amp")
    assert ingest(library, embedder, [later]).updated == report.added
    article = read.article(library.engine, report.added[0])
    assert article is not None
    assert "nineteen" in article.text
    assert article.url == "https://example.org/2022/bridge"


def test_an_article_whose_address_is_of_another_kind_has_none(library: Library, embedder: Embedder) -> None:
    text = "Nurses at the city hospital counted eleven people with wounds from rubber bullets on Thursday."
    report = ingest(library, embedder, [Submission(text=text, url="tg://resolve?domain=wire")])
    article = read.article(library.engine, report.added[0])
    assert article is not None
    assert article.url is None


def test_the_parts_of_a_page_are_articles_of_their_own(library: Library, embedder: Embedder) -> None:
    text = "The health ministry now says that {} people were killed in the clashes at Arlen."
    page = "https://example.org/live"
    posts = [Submission(text=text.format(n), url=page, part=n) for n in ("five", "nine")]
    whole = Submission(text="The unrest in Arlen as it happens, from our reporters on the spot.", url=page)
    assert len(ingest(library, embedder, [*posts, whole, *posts]).added) == 3


def an_article(id_: str, publisher: str | None, url: str | None = None, origin: str | None = None) -> Article:
    return Article(id_, url, id_, id_, "en", publisher=publisher, origin=origin)


@pytest.mark.parametrize(
    ("articles", "voices"),
    [
        ([an_article("a", "Wire"), an_article("b", " WIRE ")], 1),
        ([an_article("a", "Wire", origin="o"), an_article("b", "Paper", origin="o")], 1),
        ([an_article("a", "Wire", origin="o"), an_article("b", "Paper", origin="o"), an_article("c", "Paper")], 2),
        ([an_article("a", None, "https://m.x.example/1"), an_article("b", None, "http://www.x.example/2")], 1),
        ([an_article("a", None), an_article("b", None)], 2),
    ],
    ids=["one publisher", "one text", "a copy and its own", "one host", "nothing known"],
)
def test_independent_voices_are_counted_by_publisher(articles: list[Article], voices: int) -> None:
    assert independent(articles) == voices

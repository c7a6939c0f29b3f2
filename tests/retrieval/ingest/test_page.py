"""`read_page`: what is taken from a page, what is left, and what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine

from retrieval.domain import Moment, RejectedError
from retrieval.ingest.parse.page import read_page
from retrieval.store.sources.addresses import host_of
from tests.retrieval.ingest.pages import HEADLINE, PARAGRAPHS, page, statement

URL = "https://steppe.example/2022/01/05/square"
NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
ALMATY = timezone(timedelta(hours=6))


@pytest.fixture(autouse=True, scope="module")
def _the_clock() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def test_text_is_the_articles_paragraphs_one_a_line() -> None:
    assert read_page(page(), URL).text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "furniture",
    [
        "Read more: Curfew extended in Aktobe",
        "Читайте также: В Актобе продлили комендантский час",
        "Тағы оқыңыз: Ақтөбеде коменданттық сағат ұзартылды",
        "Lea también: Prolongan el toque de queda en Aktobé",
        "Click here to get our app",
        "Подписывайтесь на наш канал в Telegram",
        "Telegram арнамызға жазылыңыз",
        "Suscríbete a nuestro boletín",
        "Follow us on Facebook and Telegram",
        "Advertisement",
        "Updated 5 January 2022 at 1:23 p.m.",
    ],
)
def test_furniture_inside_the_text_is_left_out(furniture: str) -> None:
    paragraphs = [*PARAGRAPHS[:2], furniture, *PARAGRAPHS[2:]]
    data = page(body="".join(f"<p>{p}</p>" for p in paragraphs))
    assert read_page(data, URL).text.split("\n") == list(PARAGRAPHS)


def test_a_paragraph_that_is_only_a_link_is_left_out() -> None:
    link = "<p><a href='/x'>Eleven things to know about the fires of the night in Almaty.</a></p>"
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:3]) + link + f"<p>{PARAGRAPHS[3]}</p><p>{PARAGRAPHS[4]}</p>"
    assert read_page(page(body=body), URL).text.split("\n") == list(PARAGRAPHS)


def test_a_sentence_that_begins_like_furniture_stays() -> None:
    line = "More than four thousand people have been detained, the prosecutor's office said."
    assert line in read_page(page(body="".join(f"<p>{p}</p>" for p in (*PARAGRAPHS, line))), URL).text


def test_paragraphs_broken_at_a_margin_are_made_whole() -> None:
    words = PARAGRAPHS[2].split()
    broken = " ".join(words[:11]) + "\n" + " ".join(words[11:])
    data = page(body="".join(f"<p>{p}</p>" for p in (*PARAGRAPHS[:2], broken, *PARAGRAPHS[3:])))
    assert read_page(data, URL).text.split("\n") == list(PARAGRAPHS)


def test_a_body_that_is_only_stated_is_taken() -> None:
    hidden = statement(headline=HEADLINE, articleBody="\n".join(PARAGRAPHS))
    data = page(head=hidden, body=f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>")
    assert read_page(data, URL).text.split("\n") == list(PARAGRAPHS)


def test_json_ld_gives_title_author_and_time() -> None:
    head = statement(
        headline="Square closed",
        author=[{"@type": "Person", "name": "By A. Sultan"}, {"@type": "Person", "name": "M. Ortiz"}],
        publisher={"@type": "Organization", "name": "The Steppe"},
        datePublished="2022-01-05T18:30:00+06:00",
        dateModified="2022-01-05T20:00:00+06:00",
        inLanguage="en-GB",
    )
    read = read_page(page(head=head), URL)
    assert (read.title, read.author, read.publisher, read.language) == (
        "Square closed",
        "A. Sultan, M. Ortiz",
        host_of(URL),
        "en",
    )
    assert read.published == Moment(datetime(2022, 1, 5, 18, 30, tzinfo=ALMATY))


def test_names_given_by_reference_are_found() -> None:
    graph = [{"@id": "#p", "@type": "Organization", "name": "Reuters"}]
    head = statement(**{"@graph": graph}, publisher={"@id": "#p"})
    assert read_page(page(head=head), "https://www.reuters.com/a").publisher == "Reuters"


@pytest.mark.parametrize(
    "head",
    ['<meta property="og:site_name" content="Reuters">', statement(publisher={"name": "The Associated Press"}), ""],
)
def test_the_publisher_of_a_page_is_its_host_whatever_it_calls_itself(head: str) -> None:
    assert read_page(page(head=head), "https://www.evil.example/a").publisher == "evil.example"


def test_open_graph_speaks_where_json_ld_does_not() -> None:
    head = (
        '<meta property="og:title" content="Ночь в Алматы"><meta property="og:site_name" content="Дала">'
        '<meta property="article:published_time" content="2022-01-05T09:00:00Z">'
        '<meta name="author" content="Автор: А. Султан">'
    )
    read = read_page(page(head=head), URL)
    assert (read.title, read.publisher, read.author) == ("Ночь в Алматы", host_of(URL), "А. Султан")
    assert read.published == Moment(datetime(2022, 1, 5, 9, tzinfo=UTC))


def test_a_date_that_people_wrote_for_people_is_read_as_a_day() -> None:
    tag = '<meta property="article:published_time" content="5 января 2022 года, 18:30">'
    published = read_page(page(head=tag), "https://a.example/x").published
    assert published is not None
    assert published.isoformat() == "2022-01-05"


def test_the_time_under_the_headline_is_the_publication_time() -> None:
    read = read_page(page(before='<time datetime="2022-01-05T09:00+06:00">9:00</time>'), "https://a.example/x")
    assert read.published == Moment(datetime(2022, 1, 5, 9, tzinfo=ALMATY))


def test_a_time_beside_another_story_is_not_this_ones() -> None:
    aside = '<aside><time datetime="2021-12-30T09:00+06:00">30 December</time></aside>'
    assert read_page(page(before=aside), "https://a.example/x").published is None


@pytest.mark.parametrize(
    "head",
    [
        "",
        statement(datePublished="2031-01-05T09:00:00Z"),
        statement(datePublished="1970-01-01T00:00:00Z"),
        statement(datePublished="yesterday"),
        statement(datePublished="2022-13-45"),
    ],
    ids=["none", "future", "epoch", "words", "impossible"],
)
def test_no_date_is_invented(head: str) -> None:
    assert read_page(page(head=head), "https://steppe.example/square").published is None


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:modified_time" content="2022-01-05T09:00:00Z">',
        statement(dateModified="2022-01-05T09:00:00Z"),
    ],
    ids=["meta", "stated"],
)
def test_a_page_that_says_only_when_it_was_changed_is_dated_by_that(head: str) -> None:
    published = read_page(page(head=head), "https://steppe.example/square").published
    assert published == Moment(datetime(2022, 1, 5, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    "script",
    [
        '//<![CDATA[\n{"@type":"NewsArticle","datePublished":"2022-01-05T09:00:00Z"}\n//]]>',
        '<!--\n{"@type":"NewsArticle","datePublished":"2022-01-05T09:00:00Z"}\n-->',
        '/* <![CDATA[ */{"@type":"NewsArticle","datePublished":"2022-01-05T09:00:00Z"}/* ]]> */',
        '{"@type":"NewsArticle","headline":"The "square"","datePublished":"2022-01-05T09:00:00Z"}',
        '{"@type":"NewsArticle","datePublished":1641373200000}',
        '{"@type":"NewsArticle","datePublished":"Wed Jan 05 2022 15:00:00 GMT+0600 (East Kazakhstan Time)"}',
    ],
    ids=["cdata", "comment", "cdata-in-comments", "broken", "milliseconds", "javascript"],
)
def test_a_statement_is_read_however_it_is_wrapped(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    published = read_page(page(head=head), "https://steppe.example/square").published
    assert published == Moment(datetime(2022, 1, 5, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    "shown",
    [
        "<time>5 January 2022, 09:00</time>",
        '<div class="news-date">05 января 2022</div>',
        '<div class="date">2022 жылғы 5 қаңтар</div>',
        '<span class="published">Опубликовано 5 января 2022 года в 18:30</span>',
        '<p class="entry-date">05.01.2022 09:15 | Алматы</p>',
        '<div class="fecha">Miércoles, 5 de enero de 2022</div>',
        "<p>Posted on January 5, 2022</p>",
    ],
)
def test_a_date_shown_above_the_text_is_the_day_of_publication(shown: str) -> None:
    read = read_page(page(before=shown), "https://steppe.example/square")
    assert read.published is not None
    assert read.published.isoformat() == "2022-01-05"
    assert "2022" not in read.text


@pytest.mark.parametrize(
    "shown",
    [
        '<aside><div class="date">30 December 2021</div></aside>',
        "<nav><time>30 December 2021</time></nav>",
        '<ul><li><span class="date">30.12.2021</span> <a href="/9">Another</a></li></ul>',
        '<div class="date"></div>',
    ],
)
def test_a_date_beside_another_story_is_not_this_ones(shown: str) -> None:
    assert read_page(page(before=shown), "https://steppe.example/square").published is None


@pytest.mark.parametrize("written", ["2022-01-05", "2022-01-05T18:30:00", "20220105"])
def test_a_time_without_a_zone_is_a_day(written: str) -> None:
    read = read_page(page(head=statement(datePublished=written)), URL, zone=ALMATY)
    assert read.published == Moment(datetime(2022, 1, 5, tzinfo=ALMATY), day_only=True)


def test_the_day_in_an_address_is_a_day() -> None:
    published = read_page(page(), URL).published
    assert published is not None
    assert published.isoformat() == "2022-01-05"


def test_another_articles_statement_is_not_this_ones() -> None:
    others = "".join(
        statement(headline=f"Other {n}", url=f"https://steppe.example/{n}", datePublished=f"2021-01-0{n}")
        for n in (1, 2)
    )
    read = read_page(page(head=others), "https://steppe.example/square")
    assert (read.title, read.published) == (HEADLINE, None)


def test_a_page_names_its_own_address_but_no_other_hosts() -> None:
    own = page(head='<link rel="canonical" href="/square?id=7">')
    foreign = page(head='<link rel="canonical" href="https://other.example/square">')
    asked = "https://steppe.example/amp/square?utm_source=x&id=7#top"
    assert read_page(own, asked).url == "https://steppe.example/square?id=7"
    assert read_page(foreign, asked).url == "https://steppe.example/amp/square?id=7"


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("windows-1251", "", "text/html; charset=windows-1251"),
        ("windows-1251", '<meta charset="windows-1251">', None),
        ("koi8-r", "", None),
        ("utf-16", "", None),
        ("utf-8-sig", '<meta charset="koi8-r">', "text/html; charset=koi8-r"),
        ("utf-8", '<meta charset="windows-1251">', "text/html; charset=windows-1251"),
        ("windows-1251", '<meta charset="utf-8">', "text/html; charset=utf-8"),
    ],
)
def test_encodings_are_told_by_what_holds(encoding: str, declared: str, content_type: str | None) -> None:
    line = "В ночь на пятое января площадь перед зданием администрации города была закрыта для движения."
    body = "".join(f"<p>{line} {n}-й раз за неделю, сообщили в пресс-службе.</p>" for n in range(1, 6))
    html = f"<html><head>{declared}<title>Площадь</title></head><body><article>{body}</article></body></html>"
    assert line in read_page(html.encode(encoding), URL, content_type).text


@pytest.mark.parametrize(
    ("data", "content_type", "reason"),
    [
        (b"", None, "empty"),
        (b"  \n", None, "empty"),
        (b"%PDF-1.7 ...", "application/pdf", "PDF"),
        (b"%PDF-1.7 ...", "text/html", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "image"),
        (b"PK\x03\x04 docx", None, "archive"),
        (b"{}", "application/json", "application/json"),
        (bytes(range(32)) * 100, None, "binary"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", "text/xml", "feed"),
        (page(body="<p>Short.</p>"), None, "no article"),
        (page(body="<form><input type='password'></form>"), None, "log in"),
        (page(title="Just a moment...", body="<p>Checking your browser.</p>"), None, "person"),
        (
            page(title="Before you continue", body="<p>We and our 812 partners use cookies.</p>"),
            None,
            "consent",
        ),
        (page(title="Page not found", body="<p>Try the front page.</p>"), None, "no such page"),
        (page(body=f"<p>{'<' * 50}{'~ ' * 3000}</p>"), None, "no article"),
        (
            page(body="".join(f"<p>The {n}th time that the square was closed.</p>" for n in range(12_000))),
            None,
            "more text",
        ),
        (b"<a href='/x'>Story</a>" * 40, None, "no article"),
    ],
)
def test_what_is_no_article_is_refused_in_one_sentence(data: bytes, content_type: str | None, reason: str) -> None:
    with pytest.raises(RejectedError, match=reason) as caught:
        read_page(data, URL, content_type)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to continue reading this article for only 2.95 euros a week.",
        "Already a subscriber? Log in to read the full story on all your devices.",
        "We and our 812 partners store and access information on a device and process personal data.",
        "Оформите подписку, чтобы дочитать статью.",
        "Материал доступен только по подписке.",
        "Мақаланы толық оқу үшін жазылыңыз.",
        "¿Ya eres suscriptor? Inicia sesión para seguir leyendo.",
    ],
)
def test_a_line_that_sells_the_rest_or_asks_for_consent_is_not_text(line: str) -> None:
    read = read_page(page(after=f"<p>{line}</p>"), URL)
    assert read.text.split("\n") == list(PARAGRAPHS)


def test_captions_are_not_text_but_of_a_gallery_they_are_without_their_credits() -> None:
    captions = [f"<figure><img src='x'><figcaption>{p} (Photo: J. Doe/Wire)</figcaption></figure>" for p in PARAGRAPHS]
    article = page(after="<figure><figcaption>The square, seen from the roof of the hotel.</figcaption></figure>")
    assert "roof of the hotel" not in read_page(article, URL).text
    assert read_page(page(body="".join(captions)), URL).text.split("\n") == list(PARAGRAPHS)

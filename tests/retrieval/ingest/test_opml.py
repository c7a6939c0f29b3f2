"""Lists of feeds: what is read, what is refused, and that what is written is read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain import RejectedError
from retrieval.ingest.feeds.opml import read_opml, write_opml


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def test_feeds_are_read_through_folders_once_each_in_order() -> None:
    one = '<outline text="One" xmlUrl="https://a.example/rss"/>'
    two = '<outline text="t" title="Два &amp; два" xmlUrl="http://b.example/rss" type="rss"/>'
    listed = read_opml(opml(f'<outline text="News">{two}<outline text="More">{one}</outline></outline>{one}'))
    assert listed == [("http://b.example/rss", "Два & два"), ("https://a.example/rss", "One")]


def test_what_is_no_web_address_is_left_out() -> None:
    bad = "".join(f'<outline xmlUrl="{u}"/>' for u in ("file:///etc/passwd", "javascript:x", "", "feeds/rss"))
    assert read_opml(opml(bad)) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not proper XML"),
        (b"<opml><body>", "not proper XML"),
        (b"<html><body/></html>", "not a list"),
        (opml("", "<!DOCTYPE opml>"), "document type"),
        (opml("&b;", "<!DOCTYPE o [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"), "document type"),
        (opml("", "<!DOCTYPE o SYSTEM 'http://127.0.0.1/x.dtd'>"), "document type"),
        (opml("<outline>" * 100_000), "folders"),
        (b"<?xml version='1.0' encoding='utf-7'?><opml/>", "not proper XML|encoding"),
        (b"x" * 5_000_001, "larger than"),
    ],
    ids=["empty", "cut", "page", "doctype", "entities", "outside", "deep", "encoding", "large"],
)
def test_what_is_no_list_is_refused_in_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(RejectedError, match=reason):
        read_opml(data)


@given(
    st.lists(
        st.tuples(st.from_regex(r"https://[a-z]{1,9}\.example/[a-z?&=]{0,9}", fullmatch=True), st.text()), max_size=9
    )
)
def test_what_is_written_is_read_again(feeds: list[tuple[str, str]]) -> None:
    assert [url for url, _ in read_opml(write_opml(feeds).encode())] == list(dict.fromkeys(url for url, _ in feeds))

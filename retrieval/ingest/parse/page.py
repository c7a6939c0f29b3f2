"""A web page, as bytes, to the article on it: `read_page`. Call it through `sandbox` for anything fetched."""

import re
from datetime import UTC, tzinfo
from typing import Any

from retrieval.domain import RejectedError
from retrieval.ingest.fetch.decoding import decode
from retrieval.ingest.parse.body import article_text
from retrieval.ingest.parse.live import live_posts
from retrieval.ingest.parse.metadata import Metadata, read_metadata
from retrieval.ingest.submission import Submission
from retrieval.language.packs import any_regex
from retrieval.language.text import clean
from retrieval.store.sources.addresses import without_incidentals
from retrieval.store.sources.backing import own_name

LARGEST_PAGE = 15_000_000  # bytes, as Miniflux
SHORTEST_DECLARED = 80  # characters of text of a page that declares itself an article
SHORTEST_TEXT = 250  # characters of text of any other page
LONGEST_TEXT = 400_000  # characters, some sixty thousand words; a longer text is a book or a bomb
LETTERS = 0.5  # smallest share of letters and digits in a text; prose of the packs' languages has about .82
SHORT_TEXT = 1200  # characters; a consent or "not found" page has fewer
LOGIN_TEXT = 400  # characters; a login page has fewer
PROSE_LINE = 120  # characters; in a list of links no line is so long and none ends as a sentence does
LONGEST_TITLE = 80  # characters of a first line used for a missing title

HTML_TYPES = ("", "text/html", "application/xhtml+xml", "text/xml", "application/xml", "application/octet-stream")
KINDS = (
    (b"%PDF-", "a PDF, and only web pages and text are read"),
    (b"PK\x03\x04", "an archive or office document, not a web page"),
    (b"\x89PNG", "an image, not a web page"),
    (b"\xff\xd8\xff", "an image, not a web page"),
    (b"GIF8", "an image, not a web page"),
    (b"RIFF", "an image or recording, not a web page"),
    (b"ID3", "a recording, not a web page"),
    (b"\x00\x00\x00", "a video, not a web page"),
    (b"\x1f\x8b", "a compressed file, not a web page"),
)
_SENTENCE_END = re.compile(r"\S[.!?…。]\W*$", re.MULTILINE)
_FEED = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL)
GATES = {
    "robots": "asks to prove that a person is reading, and shows no article",
    "consent": "asks for consent to cookies, and shows no article",
    "missing": "says that there is no such page",
}
"""Kinds of pages in front of an article, and the rest of the sentence "The page ..." for each."""
_GATES = tuple(
    (re.compile(rf"\b(?:{any_regex('pages', kind)})\b", re.IGNORECASE), what) for kind, what in GATES.items()
)


def read_page(
    data: bytes, url: str | None = None, content_type: str | None = None, *, zone: tzinfo = UTC
) -> Submission:
    """Return the article on a web page; `zone` is as for `moment_of`.

    Its address is the page's own canonical one, else `url`. Raises `RejectedError`, one sentence, for files of other
    kinds, feeds, login, consent and error pages, and lists of links.
    """
    return _article(parsed(data, content_type), url, zone)


def read_articles(
    data: bytes, url: str | None = None, content_type: str | None = None, *, zone: tzinfo = UTC
) -> tuple[Submission, ...]:
    """Return the posts of a live blog, or else the one article on a page, as `read_page` does."""
    tree = parsed(data, content_type)
    return live_posts(tree, url, zone) or (_article(tree, url, zone),)


def _article(tree: Any, url: str | None, zone: tzinfo) -> Submission:
    meta = read_metadata(tree, url, zone)
    text = clean(article_text(tree, meta.headlines, meta.stated_body))
    reject_gates(tree, meta, text)
    if len(text) > LONGEST_TEXT:
        raise RejectedError("The page holds more text than any article.", key="long")
    few = len(text) < (SHORTEST_DECLARED if meta.declared else SHORTEST_TEXT)
    if few or sum(map(str.isalnum, text)) < LETTERS * len(text):
        raise RejectedError("The page has no article on it.", key="no_article")
    if not _SENTENCE_END.search(text) and max(map(len, text.split("\n"))) < PROSE_LINE:
        raise RejectedError("The page is a list, with no article on it.", key="no_article")
    return Submission(
        title=clean(meta.title or "") or text.split("\n")[0][:LONGEST_TITLE],
        text=text,
        url=meta.canonical or (without_incidentals(url) if url else None),
        author=meta.author,
        publisher=own_name(meta.publisher, url),
        published=meta.published,
        modified=meta.modified,
        language=meta.language,
    )


def parsed(data: bytes, content_type: str | None) -> Any:
    """Return the lxml tree of a page; raises `RejectedError` for other content."""
    from trafilatura.utils import load_html

    kind = (content_type or "").split(";")[0].strip().lower()
    if not data.strip():
        raise RejectedError("The page is empty.", key="no_article")
    if len(data) > LARGEST_PAGE:
        raise RejectedError(f"The page is larger than {LARGEST_PAGE // 1_000_000} MB.", key="long")
    for magic, what in KINDS:
        if data.startswith(magic):
            raise RejectedError(f"This is {what}.", key="not_page")
    if kind not in HTML_TYPES:
        raise RejectedError(f"This is {kind[:60]}, not a web page.", key="not_page")
    if _FEED.match(data[:4000]):
        raise RejectedError("This is a feed, not a page.", key="not_page")
    text = decode(data, content_type)
    if text.count("\0") > len(text) / 100:
        raise RejectedError("This is binary data, not a web page.", key="not_page")
    tree = load_html(text.replace("\0", ""))
    if tree is None:
        raise RejectedError("The page cannot be read as HTML.", key="not_page")
    return tree


def reject_gates(tree: Any, meta: Metadata, text: str) -> None:
    """Raise `RejectedError` for a page in front of an article: login, consent, robots, errors."""
    if len(text) >= SHORT_TEXT:
        return
    passwords = any(i.get("type", "").lower() == "password" for i in tree.iter("input"))
    if passwords and not meta.declared and len(text) < LOGIN_TEXT:
        raise RejectedError("The page asks to log in, and shows no article.", key="login")
    said = f"{meta.title or ''}\n{text}" if not meta.declared else meta.title or ""
    for words, what in _GATES:
        if words.search(said):
            raise RejectedError(f"The page {what}.", key="no_article")

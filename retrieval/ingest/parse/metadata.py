"""The metadata of a page: from JSON-LD first, then OpenGraph and other meta tags, then its markup."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from retrieval.domain import Moment
from retrieval.ingest.parse.moments import possible_moment_of
from retrieval.language.days.dates import event_days
from retrieval.language.packs import LANGUAGES, any_regex
from retrieval.store.sources.addresses import address_key, host_of

LONGEST_NAME = 300  # characters of a title, author or publisher
LONGEST_STATEMENT = 2_000_000  # characters of one JSON-LD script
MOST_STATEMENTS = 50  # JSON-LD scripts of a page
MOST_NODES = 5000  # objects and lists in them
MOST_ELEMENTS = 20_000  # of a page that is searched for a date

ARTICLE_TYPES = re.compile(r"(\w*(NewsArticle|BlogPosting)|Article|Report)$")
# Properties that describe other articles on the page.
NOT_THIS_ONE = frozenset(
    ["itemListElement", "hasPart", "isPartOf", "mentions", "citation", "comment", "relatedLink", "liveBlogUpdate"]
)
PUBLISHED_META = """
article:published_time article:published og:article:published_time og:published_time datepublished date.published
dc.date.issued dcterms.issued dcterms.created dc.date.created parsely-pub-date sailthru.date publication_date
publishdate pubdate article.published citation_publication_date publish-date publish_date originalpublicationdate
dc.date dcterms.date date
""".split()
MODIFIED_META = """
article:modified_time og:updated_time datemodified dcterms.modified dc.date.modified last-modified
""".split()
DATE_CLASS = re.compile(
    r"(?<![a-z])(?:pub)?date(?![a-z])|publish|posted|timestamp|entry-time|дата|fecha", re.IGNORECASE
)
CHANGED = re.compile(r"updat|modif|chang", re.IGNORECASE)  # classes of a time that is no time of publication
BELOW_HEADLINE = 12  # elements below the headline, one of which may show the date
LONGEST_DATE = 80  # characters of an element that shows a date
AUTHOR_META = ("author", "article:author", "parsely-author", "dc.creator", "dcterms.creator", "sailthru.author")
PUBLISHER_META = ("og:site_name", "publisher", "dc.publisher", "dcterms.publisher", "application-name")
NOT_PEOPLE = frozenset(("admin", "administrator", "editor", "webmaster", "root"))
_DAY_IN_PATH = re.compile(r"/((?:19|20)\d\d)[-/]?([01]\d)[-/]?([0-3]\d)(?=[/_-])")
_BY = re.compile(rf"^(?:{any_regex('pages', 'by')})[\s:]+", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,500}>")
_BREAK = re.compile(r"</(?:p|div|h\d|li)>|<br\s*/?>", re.IGNORECASE)
_WRAPPER = re.compile(
    r"^\s*(?:<!--|/[/*]\s*<!\[CDATA\[(?:\s*\*/)?|<!\[CDATA\[)|(?://|/\*)?\s*(?:\]\]>(?:\s*\*/)?|-->)\s*$"
)
_STATED_TIME = re.compile(r'"datePublished"\s*:\s*"([^"]{4,64})"')
_SUFFIX = re.compile(r"\s+[-–—|·•:»]+\s+")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata of a page; None for a missing part."""

    title: str | None
    headlines: tuple[str, ...]  # everything on it that may be its headline
    author: str | None
    publisher: str | None
    published: Moment | None
    modified: Moment | None  # when it was last changed, if that is later
    language: str | None  # ISO 639-1
    canonical: str | None  # on the same host only: no page speaks for another's
    stated_body: str | None
    declared: bool  # it calls itself an article


def read_metadata(tree: Any, url: str | None, zone: tzinfo) -> Metadata:
    """Return the metadata of the page in an lxml tree; `zone` is as for `moment_of`."""
    meta = meta_tags(tree)
    nodes = list(statements(tree))
    main = canonical(tree, meta, url)
    own = own_article(nodes, {u for u in (url, main) if u}, name(meta.get("og:title")))
    publisher = names_in(own.get("publisher"), nodes) or first(meta, PUBLISHER_META)
    headings = [name("".join(h.itertext())) for h in list(tree.iter("h1"))[:3]]
    page_title = name("".join(next(tree.iter("title"), tree.makeelement("title")).itertext()))
    given = [name(own.get("headline")), name(meta.get("og:title")), *headings[:1], page_title]
    title = next((without_site(t, publisher) for t in given if t), None)
    author = _BY.sub("", names_in(own.get("author"), nodes) or first(meta, AUTHOR_META) or "").strip(" ,")
    body = own.get("articleBody")
    times = written_times(tree, meta, own, nodes, main or url)
    published = published_time(times, zone) or date_found(tree, zone)
    return Metadata(
        title=title,
        headlines=tuple(t for t in (title, *given, *headings) if t),
        author=author if author and author.lower() not in NOT_PEOPLE else None,
        publisher=publisher,
        published=published,
        modified=modified_time(tree, meta, own, published, zone),
        language=declared_language(tree, meta, own),
        canonical=main,
        stated_body=stated_text(body) if isinstance(body, str) else None,
        declared=bool(own) or meta.get("og:type", "").lower().endswith("article"),
    )


# --- reading --------------------------------------------------------------------------------------


def meta_tags(tree: Any) -> dict[str, str]:
    """Return the first non-empty content of each meta tag, by its lower-case name or property."""
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        content = (tag.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            for key in (tag.get(attribute) or "").lower().split():
                if content:
                    found.setdefault(key, content)
    return found


def scripts(tree: Any) -> list[str]:
    """Return the text of each JSON-LD script, without the comment that some are wrapped in."""
    found = [s for s in tree.iter("script") if "ld+json" in (s.get("type") or "").lower()]
    return [
        _WRAPPER.sub("", (s.text or "")[:LONGEST_STATEMENT]).strip().removesuffix(";") for s in found[:MOST_STATEMENTS]
    ]


def statements(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every JSON-LD object of the page but those about other pages."""
    waiting: list[Any] = []
    for text in scripts(tree):
        try:
            waiting.append(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            continue
    waiting.reverse()
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += [v for k, v in node.items() if k not in NOT_THIS_ONE and isinstance(v, dict | list)]
        elif isinstance(node, list):
            waiting += [v for v in reversed(node) if isinstance(v, dict | list)]


def own_article(nodes: list[dict[str, Any]], addresses: set[str], headline: str | None) -> dict[str, Any]:
    """Return the page's own JSON-LD article: by address, by headline, or the only one; {} without one."""
    articles = [n for n in nodes if any(ARTICLE_TYPES.match(str(t)) for t in as_list(n.get("@type")))]
    keys = {address_key(a) for a in addresses}
    for node in articles:
        main = node.get("mainEntityOfPage")
        own = (node.get("url"), node.get("@id"), main.get("@id") if isinstance(main, dict) else main)
        if any(isinstance(a, str) and address_key(a) in keys for a in own):
            return node
    alike = [n for n in articles if headline and name(n.get("headline")) == headline]
    return (alike or articles or [{}])[0] if alike or len(articles) == 1 else {}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def address(written: Any, base: str | None) -> str | None:
    """Return an http(s) address as written in a feed or page at `base`, or None."""
    if not isinstance(written, str) or not written.strip():
        return None
    try:
        joined = urljoin(base or "", written.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in ("http", "https") and parts.hostname else None


def name(value: Any) -> str | None:
    """Return a name or title as one clean line, or None."""
    if not isinstance(value, str):
        return None
    line = " ".join(_TAG.sub(" ", html.unescape(value[: 4 * LONGEST_NAME])).split())
    return line[:LONGEST_NAME] or None


def stated_text(body: str) -> str | None:
    """Return the body that JSON-LD states, which may contain markup, as text, a paragraph a line."""
    text = _TAG.sub(" ", _BREAK.sub("\n", html.unescape(body[:LONGEST_STATEMENT])))
    return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip()) or None


def names_in(value: Any, nodes: list[dict[str, Any]]) -> str | None:
    """Return the name or names in a JSON-LD value, or in the node that it refers to."""
    names: list[str] = []
    for one in as_list(value)[:5]:
        node = one
        if isinstance(one, dict) and "name" not in one and isinstance(one.get("@id"), str):
            node = next((n for n in nodes if n.get("@id") == one["@id"] and "name" in n), one)
        said = name(as_list(node.get("name"))[0] if isinstance(node, dict) else node)
        if said and not said.startswith(("http:", "https:")) and said not in names:
            names.append(said)
    return ", ".join(names) or None


def first(meta: dict[str, str], keys: Iterable[str]) -> str | None:
    """Return the first of some meta tags that is a name and not an address."""
    return next((n for k in keys if (n := name(meta.get(k))) and not n.startswith(("http:", "https:"))), None)


def without_site(title: str, publisher: str | None) -> str:
    """Take " - Publisher" off the end of a title."""
    parts = _SUFFIX.split(title)
    if publisher and len(parts) > 1 and parts[-1].casefold() == publisher.casefold():
        return title[: title.rindex(parts[-1])].rstrip(" -–—|·•:»")
    return title


def declared_language(tree: Any, meta: dict[str, str], own: dict[str, Any]) -> str | None:
    """Return the language that a page declares, as ISO 639-1."""
    root = next(tree.iter("html"), tree)
    attributes = (own.get("inLanguage"), root.get("lang"), root.get("xml:lang"))
    for value in (*attributes, meta.get("og:locale"), meta.get("content-language")):
        match = re.match(r"([a-z]{2})(?:[-_]|$)", value.strip().lower()) if isinstance(value, str) else None
        if match:
            return match[1]
    return None


def canonical(tree: Any, meta: dict[str, str], url: str | None) -> str | None:
    """Return the canonical address that a page declares, if it is a page on the same host."""
    links = [link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    for given in (*links[:1], meta.get("og:url")):
        parts = urlsplit(address(given, url) or "")
        if parts.path not in ("", "/") and (url is None or host_of(parts.geturl()) == host_of(url)):
            return parts._replace(fragment="").geturl()
    return None


# --- when -----------------------------------------------------------------------------------------


def published_time(written: Iterable[Any], zone: tzinfo) -> Moment | None:
    """Return the first of some written times that can be read; for a bare day, a later time on that day if any."""
    stated = (w for w in written if isinstance(w, str | int | float) and not isinstance(w, bool))
    moments = [moment for w in stated if (moment := possible_moment_of(w, zone))]
    if not moments:
        return None
    day = moments[0].at.date()
    exact = (m for m in moments if not m.day_only and m.at.date() == day)
    return next(exact, moments[0]) if moments[0].day_only else moments[0]


def modified_time(
    tree: Any, meta: dict[str, str], own: dict[str, Any], published: Moment | None, zone: tzinfo
) -> Moment | None:
    """Return when a page says that it was last changed: JSON-LD, meta tags, markup; None if not after publication."""
    marked = (e for e in tree.iter("time", "span", "meta") if (e.get("itemprop") or "").lower() == "datemodified")
    written = [own.get("dateModified"), *map(meta.get, MODIFIED_META)]
    moment = published_time([*written, *(e.get("datetime") or e.get("content") for e in marked)], zone)
    return moment if moment and (published is None or moment.at > published.at) else None


def written_times(
    tree: Any, meta: dict[str, str], own: dict[str, Any], nodes: list[dict[str, Any]], url: str | None
) -> Iterator[Any]:
    """Yield the possible times of publication, the best first: JSON-LD, meta tags, markup, address.

    A page that says only when it was changed is dated by that: it was known to no one before.
    """
    times = [n["datePublished"] for n in nodes if isinstance(n.get("datePublished"), str | int | float)]
    others = set(times) or {time for s in scripts(tree) for time in _STATED_TIME.findall(s)}  # of broken JSON
    yield own["datePublished"] if "datePublished" in own else others.pop() if len(others) == 1 else None
    yield own.get("dateCreated")
    yield from map(meta.get, PUBLISHED_META)
    yield from marked_times(tree)
    path = _DAY_IN_PATH.search(urlsplit(url or "").path)
    yield "-".join(path.groups()) if path else None
    yield own.get("dateModified")
    yield from map(meta.get, MODIFIED_META)


def marked_times(tree: Any) -> Iterator[str]:
    """Yield the article's times in the markup: those marked as publication, then the first after the headline."""
    for element in tree.iter("time", "span", "div", "p", "abbr"):
        if (element.get("itemprop") or "").lower() == "datepublished" or element.get("pubdate") is not None:
            yield next(filter(None, map(element.get, ("datetime", "content", "title"))), "") or shown_date(element)
    headline_seen = False
    for element in tree.iter("h1", "time"):
        headline_seen = headline_seen or element.tag == "h1"
        if element.tag == "time" and headline_seen and is_own(element):
            yield element.get("datetime") or shown_date(element)
            break
    heading = next(tree.iter("h1"), None)
    below = [] if heading is None else list(islice(heading.xpath("following::*"), BELOW_HEADLINE))
    dated = [e for e in tree.iter("span", "div", "p", "time", "abbr", "b", "em") if is_date(e)]
    yield from filter(None, (shown_date(element) for element in (*dated, *below) if is_own(element)))


def is_own(element: Any) -> bool:
    """Return whether a time in the markup may be when the article was published, not another or its change."""
    marks = " ".join(f"{e.get('class', '')} {e.get('itemprop', '')}" for e in (element, element.getparent()))
    return not CHANGED.search(marks) and not element.xpath(
        "ancestor-or-self::*[self::aside or self::nav or self::footer or self::ul]"
    )


def is_date(element: Any) -> bool:
    return DATE_CLASS.search(f"{element.get('class', '')} {element.get('id', '')}") is not None


def shown_date(element: Any) -> str:
    """Return the date that an element shows to readers, "" if it shows none."""
    text = " ".join("".join(element.itertext()).split())
    if not text or len(text) > LONGEST_DATE or possible_moment_of(text):
        return text if len(text) <= LONGEST_DATE else ""
    days = (found for language in LANGUAGES for found in event_days(text, language, None))
    return next((day.isoformat() for _, day in days), "")


def date_found(tree: Any, zone: tzinfo) -> Moment | None:
    """Return the day that htmldate finds in the article's own part of a page that states none."""
    from htmldate import find_date

    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        return None
    own = deepcopy(tree)
    for element in [*own.iter("aside", "nav", "footer", "form", "script"), *own.xpath("//li[.//a]")]:
        if (parent := element.getparent()) is not None:
            parent.remove(element)
    try:
        found = find_date(own, original_date=True, extensive_search=False, outputformat="%Y-%m-%d")
    except Exception:  # a bug on a stranger's page; the article is read without its date
        return None
    return possible_moment_of(found, zone)

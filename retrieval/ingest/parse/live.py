"""The posts of a live blog (https://schema.org/LiveBlogPosting), each with its own time: `live_posts`.

A page that is added to all day says what was not known in the morning, so it is taken apart: by its JSON-LD, else by
its markup.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import tzinfo
from typing import Any
from urllib.parse import urldefrag

from retrieval.domain import Moment
from retrieval.ingest.parse.body import plain_text
from retrieval.ingest.parse.metadata import address, as_list, name, names_in, read_metadata, statements
from retrieval.ingest.parse.moments import possible_moment_of
from retrieval.ingest.submission import Submission
from retrieval.language.text import clean
from retrieval.store.sources.addresses import host_of
from retrieval.store.sources.backing import own_name

MOST_POSTS = 2000  # of one live blog
MADE_OF = ("articleBody", "text", "description")  # properties that hold a post's text, the best first


def live_posts(tree: Any, url: str | None, zone: tzinfo) -> tuple[Submission, ...]:
    """Return the posts of the live blog on a page, oldest first; () for any other page. `zone` is as for `moment_of`.

    Each is the part of its page that its own anchor there names, or its time, so that an edited post is known again.
    """
    nodes = list(statements(tree))
    blog = next((node for node in nodes if node.get("liveBlogUpdate")), {})
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    updates = [_resolved(update, by_id) for update in as_list(blog.get("liveBlogUpdate") or [])[:MOST_POSTS]]
    posts = [_stated(update, url, nodes, zone) for update in updates if isinstance(update, dict)]
    found = [post for post in posts if post.text]
    if not found:
        found = [post for element in _marked(tree) if (post := _shown(element, url, zone)).text]
    if not found:
        return ()
    meta = read_metadata(tree, url, zone)
    page = meta.canonical or (urldefrag(url)[0] if url else None)
    publisher = own_name(names_in(blog.get("publisher"), nodes) or meta.publisher, url)
    dated = [replace(one, publisher=publisher, language=meta.language, url=one.url or page) for one in found]
    return tuple(_identified(sorted(dated, key=_time), page, meta.title or ""))


def _resolved(update: Any, by_id: dict[str, dict[str, Any]]) -> Any:
    """Return a post, or the one that is stated elsewhere on the page under its id."""
    if isinstance(update, dict) and set(update) <= {"@id", "@type"}:
        return by_id.get(str(update.get("@id")), update)
    return update


def _stated(update: dict[str, Any], url: str | None, nodes: list[dict[str, Any]], zone: tzinfo) -> Submission:
    """Return the post in a JSON-LD object; without a text it has none but its headline."""
    title = name(update.get("headline") or update.get("name"))
    bodies = (clean(plain_text(body)) for key in MADE_OF if isinstance(body := update.get(key), str))
    text = next((body for body in bodies if body), title or "")
    there = _on_page_of(url, address(update.get("url"), url) or address(update.get("@id"), url))
    published = _first(("datePublished", "dateCreated", "dateModified"), update, zone)
    modified = _first(("dateModified",), update, zone)
    return Submission(
        text=text,
        title=clean(title or ""),
        url=there,
        author=names_in(update.get("author"), nodes),
        published=published,
        modified=modified if modified and published and modified.at > published.at else None,
        post=True,
    )


def _on_page_of(url: str | None, there: str | None) -> str | None:
    """Return a post's address if it is on the host of its page: no page speaks for another host's."""
    return there if url is None or host_of(there) == host_of(url) else None


def _first(keys: Iterable[str], update: dict[str, Any], zone: tzinfo) -> Moment | None:
    written = (update.get(key) for key in keys)
    moments = (possible_moment_of(one, zone) for one in written if isinstance(one, str | int | float))
    return next((moment for moment in moments if moment), None)


# --- markup ---------------------------------------------------------------------------------------


def _marked(tree: Any) -> list[Any]:
    """Return the elements that the markup itself calls posts of a live blog (microdata)."""
    return [e for e in tree.iter() if "liveblogupdate" in (e.get("itemprop") or "").lower().split()][:MOST_POSTS]


def _shown(element: Any, url: str | None, zone: tzinfo) -> Submission:
    from lxml import etree

    times = [*_of(element, "datepublished"), *element.iter("time")]
    written = (time.get("datetime") or time.get("content") for time in times)
    moments = (possible_moment_of(one, zone) for one in written if one)
    heading = next((e for e in (*_of(element, "headline"), *element.iter("h2", "h3", "h4"))), None)
    title = name("".join(heading.itertext())) if heading is not None else None
    bodies = _of(element, "articlebody") or [element]
    text = clean("\n".join(plain_text(etree.tostring(body, encoding="unicode", with_tail=False)) for body in bodies))
    said = {title, *(name("".join(time.itertext())) for time in times)}
    lines = [line for line in text.split("\n") if line not in said]
    anchor = element.get("id") or element.get("data-block-id")
    return Submission(
        text="\n".join(lines).strip() or title or "",
        title=title or "",
        url=f"{urldefrag(url)[0]}#{anchor}" if url and anchor else None,
        published=next((moment for moment in moments if moment), None),
        post=True,
    )


def _of(element: Any, itemprop: str) -> list[Any]:
    return [e for e in element.iter() if itemprop in (e.get("itemprop") or "").lower().split()]


# --- ids ------------------------------------------------------------------------------------------


def _time(post: Submission) -> float:
    return post.published.at.timestamp() if post.published else 0.0


def _identified(posts: list[Submission], page: str | None, title: str) -> Iterator[Submission]:
    """Yield the posts, oldest first, each known again when the page is read again: by its anchor, else by its time.

    One with an address of its own needs nothing more; without any address the title stands for the page's.
    """
    seen: Counter[str] = Counter()
    for post in posts:
        there, anchor = urldefrag(post.url or "")
        if there and there != page:
            yield post
            continue
        part = anchor or (post.published.isoformat() if post.published else post.title)
        seen[part] += 1
        part = f"{part}/{seen[part]}" if seen[part] > 1 else part
        yield replace(post, part=part) if page else replace(post, id=f"{title}#{part}")

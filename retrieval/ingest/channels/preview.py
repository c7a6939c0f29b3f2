"""The public preview of a Telegram channel (https://t.me/s/NAME), as bytes, to its posts.

Call it through `sandbox` for anything fetched. The markup is Telegram's widget, which has no published description; it
was last compared in November 2026.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from retrieval.domain import RejectedError
from retrieval.ingest.channels.names import channel_address, post_address
from retrieval.ingest.channels.posts import Post
from retrieval.ingest.fetch.decoding import decode
from retrieval.ingest.parse.moments import possible_moment_of
from retrieval.language.text import clean

LARGEST_PREVIEW = 15_000_000  # bytes
MOST_POSTS = 500  # of one page; Telegram gives about twenty
LONGEST_NAME = 300  # characters of a channel's title or an author's name

_POST = re.compile(r"([A-Za-z]\w{3,31})/([1-9]\d{0,9})")
_EDITED = re.compile(r"\bedited\b")
_BLOCKS = frozenset(("p", "div", "blockquote", "pre", "li", "ul", "ol", "h1", "h2", "h3", "h4"))
_MARK = b"tgme_"
_MEDIA = ("photo", "video", "roundvideo", "document", "voice", "sticker", "poll", "location", "contact", "invoice")


@dataclass(frozen=True, slots=True)
class Preview:
    """A page of a channel's preview: its posts in the order of their numbers."""

    name: str
    title: str
    posts: tuple[Post, ...]
    first: int | None = None  # the lowest number on the page, of a notice too; None: the channel is empty
    last: int | None = None


def is_preview(data: bytes) -> bool:
    """Return whether a page looks like a channel's preview, or like the page of a name that has none."""
    return any(_MARK + part in data for part in (b"channel_", b"widget_message_", b"page_action", b"page_extra"))


def read_preview(data: bytes, url: str | None = None, content_type: str | None = None) -> Preview:
    """Return the posts on a page of a channel's preview.

    Raises `RejectedError`, one sentence, for a page that is none: of a person, a group, a channel without a preview, a
    name that nobody has, and for markup that is no longer understood.
    """
    from trafilatura.utils import load_html

    if len(data) > LARGEST_PREVIEW:
        raise RejectedError(f"The page is larger than {LARGEST_PREVIEW // 1_000_000} MB.", key="long")
    tree = load_html(decode(data, content_type).replace("\0", "")) if data.strip() else None
    if tree is None:
        raise changed_markup()
    messages = [(element, found) for element in tree.xpath("//*[@data-post]") if (found := _numbered(element))]
    messages = messages[:MOST_POSTS]
    header = _first(tree, "tgme_channel_info_header_title", "tgme_header_title")
    if not messages and _by_class(tree, "tgme_widget_message"):
        raise changed_markup()
    if not messages and header is None and not _by_class(tree, "tgme_channel_history"):
        raise _no_channel(tree)
    names = [name for _, (name, _) in messages]
    name = max(names, key=names.count) if names else _name_of(tree)
    read = [(element, _post(element, *found)) for element, found in messages if not _is_notice(element)]
    posts = list({post.number: post for _, post in read}.values())
    understood = any(post.text or _has_media(element) for element, post in read)
    if posts and (not understood or all(post.published is None for post in posts)):
        raise changed_markup()
    numbers = [number for _, (_, number) in messages]
    owner = _first(tree, "tgme_widget_message_owner_name")
    title = next((line for one in (header, owner) if one is not None and (line := _line(one))), name)
    return Preview(
        name=name,
        title=title,
        posts=tuple(sorted(posts, key=lambda post: post.number)),
        first=min(numbers, default=None),
        last=max(numbers, default=None),
    )


def changed_markup() -> RejectedError:
    """Return what is said of a page that should be a preview and cannot be read as one."""
    sentence = "The page of the channel cannot be read any more: Telegram may have changed how it is written."
    return RejectedError(sentence, key="channel_markup")


def _no_channel(tree: Any) -> RejectedError:
    """Return what is said of a page that is about a name, but no preview of a channel."""
    about = _first(tree, "tgme_page_extra")
    extra = _line(about) if about is not None else ""
    if not _by_class(tree, "tgme_page"):
        return changed_markup()
    if re.search(r"\bsubscribers?\b", extra):
        sentence = "The channel has no public preview, so it cannot be followed."
        return RejectedError(sentence, key="channel_no_preview")
    if re.search(r"\bmembers?\b", extra):
        return RejectedError("That is a group, not a channel.", key="channel_group")
    action = _first(tree, "tgme_page_action")
    if action is not None and re.search(r"\bjoin\b", _line(action), re.IGNORECASE):
        return RejectedError("The channel is private: only its members can read it.", key="channel_private")
    if _first(tree, "tgme_page_title") is not None:
        return RejectedError("That is a person or a bot, not a channel.", key="channel_user")
    return RejectedError("There is no channel of that name; it may be gone or renamed.", key="channel_none")


# --- posts ----------------------------------------------------------------------------------------


def _numbered(message: Any) -> tuple[str, int] | None:
    """Return the name of the channel and the number of a post in an element."""
    found = _POST.fullmatch(message.get("data-post"))
    return (found[1], int(found[2])) if found else None


def _is_notice(message: Any) -> bool:
    """Return whether it is no post but a notice: "Channel photo updated"."""
    return "service_message" in (message.get("class") or "").split()


def _post(message: Any, name: str, number: int) -> Post:
    source = _first(message, "tgme_widget_message_forwarded_from_name")
    signature = _first(message, "tgme_widget_message_from_author")
    return Post(
        number=number,
        address=post_address(name, number),
        text=_text(message),
        published=possible_moment_of(_time(message), UTC),
        edited=_is_edited(message),
        author=(_line(signature) or None) if signature is not None else None,
        forwarded_from=(_line(source) or None) if source is not None else None,
        forwarded_address=_address_of(source.get("href")) if source is not None else None,
    )


def _text(message: Any) -> str:
    """Return a post's own words: its text or caption and its poll, not what it answers nor a preview of a link."""
    parts = [
        text_of(element)
        for element in _by_class(message, "tgme_widget_message_text")
        if not _inside(element, message, "tgme_widget_message_reply", "tgme_widget_message_text")
    ]
    for poll in _by_class(message, "tgme_widget_message_poll"):
        lines = ("tgme_widget_message_poll_question", "tgme_widget_message_poll_option_text")
        parts.append("\n".join(_line(line) for of in lines for line in _by_class(poll, of)))
    return clean("\n".join(part for part in parts if part.strip()))


def text_of(element: Any) -> str:
    """Return what a reader sees of an element, a line for each of its lines."""
    lines = "".join(_pieces(element)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def _pieces(element: Any, raw: bool = False) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in ("script", "style"):
        return
    if element.tag == "br":
        yield "\n"
        return
    raw = raw or element.tag == "pre"
    block = element.tag in _BLOCKS
    if block:
        yield "\n"
    yield _spaced(element.text, raw)
    for child in element:
        yield from _pieces(child, raw)
        yield _spaced(child.tail, raw)
    if block:
        yield "\n"


def _spaced(text: str | None, raw: bool) -> str:
    """Return text of the markup, in which a line break is a space, but in preformatted text."""
    return (text or "") if raw else re.sub(r"[\n\r\t]+", " ", text or "")


def _time(message: Any) -> str | None:
    dates = [time for date in _by_class(message, "tgme_widget_message_date") for time in date.iter("time")]
    for time in (*dates, *message.iter("time")):
        if time.get("datetime") and not _inside(time, message, "tgme_widget_message_reply"):
            return str(time.get("datetime"))
    return None


def _is_edited(message: Any) -> bool:
    for meta in _by_class(message, "tgme_widget_message_meta"):
        said = _line(meta)
        for signature in _by_class(meta, "tgme_widget_message_from_author"):
            said = said.replace(_line(signature), "", 1)
        if _EDITED.search(said):
            return True
    return False


def _has_media(message: Any) -> bool:
    return any(_first_beginning(message, f"tgme_widget_message_{kind}") is not None for kind in _MEDIA) or (
        _first_beginning(message, "message_media") is not None
    )


def _address_of(href: str | None) -> str | None:
    """Return the address of the post that a forwarded one links to."""
    try:
        there = channel_address(href) if href else None
    except RejectedError:
        return None
    return post_address(there.name, there.post) if there and there.post else None


# --- elements -------------------------------------------------------------------------------------


def _by_class(element: Any, name: str) -> list[Any]:
    """Return the elements of a class inside `element`, in reading order."""
    spaced = f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
    return list(element.xpath(f".//*[{spaced}]"))


def _first(element: Any, *names: str) -> Any:
    """Return the first element of the first of these classes that there is; None without any."""
    return next((found[0] for name in names if (found := _by_class(element, name))), None)


def _first_beginning(element: Any, start: str) -> Any:
    return next(iter(element.xpath(f".//*[contains(@class, '{start}')]")), None)


def _inside(element: Any, message: Any, *classes: str) -> bool:
    """Return whether an element of a message lies inside one of these classes."""
    for around in element.iterancestors():
        if around is message:
            return False
        if set(classes) & set((around.get("class") or "").split()):
            return True
    return False


def _line(element: Any) -> str:
    return " ".join(text_of(element).split())[:LONGEST_NAME]


def _name_of(tree: Any) -> str:
    """Return the name of an empty channel, as its header says."""
    username = _first(tree, "tgme_channel_info_header_username", "tgme_header_username")
    return _line(username).lstrip("@") if username is not None else ""

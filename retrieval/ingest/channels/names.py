"""The names of Telegram channels and the addresses of their posts, in all the ways in which people write them."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from retrieval.domain import RejectedError
from retrieval.store.sources.addresses import TELEGRAM_HOSTS

PREVIEWS = "https://t.me/s"
"""Where the public previews of channels are; `PREVIEWS/NAME` is one."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_RESERVED = frozenset(
    "joinchat addstickers addemoji addtheme addlist share proxy socks login confirmphone setlanguage iv boost".split()
)
_NUMBER = re.compile(r"[1-9]\d{0,9}")


@dataclass(frozen=True, slots=True)
class ChannelAddress:
    """A channel, or one post of it, as somebody wrote its address."""

    name: str  # without the @
    post: int | None = None
    before: int | None = None  # of a page of its preview: the posts before this one


def channel_address(written: str) -> ChannelAddress | None:
    """Return the channel in "@name", "t.me/name", "https://t.me/s/name/12"; None for what is no address of Telegram's.

    Raises `RejectedError` for an invitation and for a post of a closed channel, which only members can read.
    """
    written = written.strip()
    if written.startswith("@"):
        return ChannelAddress(written[1:]) if _NAME.fullmatch(written[1:]) else None
    try:
        parts = urlsplit(written if "://" in written else f"https://{written}")
    except ValueError:
        return None
    if parts.scheme == "tg" and parts.netloc == "resolve":
        fields = parse_qs(parts.query)
        path = [fields.get("domain", [""])[0], *fields.get("post", [])]
    elif parts.scheme in ("http", "https") and (parts.hostname or "").removeprefix("www.") in TELEGRAM_HOSTS:
        path = [part for part in parts.path.split("/") if part]
        path = path[1:] if path[:1] == ["s"] else path
    else:
        return None
    if path and (path[0].startswith("+") or path[0] in ("joinchat", "c")):
        raise RejectedError("The channel is private: only its members can read it.", key="channel_private")
    if not path or not _NAME.fullmatch(path[0]) or path[0].lower() in _RESERVED:
        return None
    before = parse_qs(parts.query).get("before", [""])[0]
    return ChannelAddress(path[0], _number(path[1] if len(path) > 1 else ""), _number(before))


def _number(written: str) -> int | None:
    return int(written) if _NUMBER.fullmatch(written) else None


def post_address(name: str, number: int) -> str:
    """Return the address of a post of a public channel."""
    return f"https://t.me/{name}/{number}"


def closed_post_address(chat_id: int, number: int) -> str:
    """Return the address of a post of a channel without a name, which opens for its members.

    `chat_id` is the Bot API's (-100…) or the bare one of an export.
    """
    return f"https://t.me/c/{str(abs(chat_id)).removeprefix('100') if chat_id < 0 else chat_id}/{number}"

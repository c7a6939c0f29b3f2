"""Texts as Telegram keeps them: cleaned, parsed, measured in UTF-16 code units, links found."""

from __future__ import annotations

import re
from typing import Any

from tests.fake_telegram.errors import bad_request
from tests.fake_telegram.html import parse_html
from tests.fake_telegram.limits import ENTITIES

Entity = dict[str, Any]

TOP_DOMAINS = (
    "com|org|net|info|biz|news|media|online|site|press|int|gov|edu|io|me|tv|co|app|dev|kz|ru|su|рф|қаз|es|eu|uk|de|fr|us|"
    "ua|by|kg|uz|tr|cn|ch|nl|pl|it|mx|ar|cl|cat"
)
FOUND = {
    "url": re.compile(
        rf"(?:https?|ftp|tg|ton)://[^\s<>\"«»]+"
        rf"|(?<![\w@./:-])(?:[\w-]+\.)+(?:{TOP_DOMAINS})(?![\w-])(?:/[^\s<>\"«»]*)?",
        re.IGNORECASE,
    ),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "mention": re.compile(r"(?<![\w@])@[A-Za-z0-9_]{4,32}(?!\w)"),
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    "hashtag": re.compile(r"(?<![\w#])#(?=\w*[^\W\d])\w{1,256}"),
}
"""What Telegram makes clickable in any text without being asked."""

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
OPAQUE = ("code", "pre", "text_link", "text_mention", "url", "email")
"""Entities inside which nothing more is looked for."""


def utf16_length(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, which is how Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def refuse_lone_surrogates(value: Any) -> None:
    """Refuse a JSON value that holds half a surrogate pair anywhere: it is no valid UTF-8."""
    if isinstance(value, str):
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise bad_request("strings must be encoded in UTF-8")
    elif isinstance(value, dict):
        for key, inner in value.items():
            refuse_lone_surrogates(key)
            refuse_lone_surrogates(inner)
    elif isinstance(value, list):
        for inner in value:
            refuse_lone_surrogates(inner)


def clean(text: str) -> str:
    """Return `text` less carriage returns, with other control characters but line feeds made spaces."""
    return CONTROL.sub(" ", text.replace("\r", ""))


def formatted(
    text: str, *, parse_mode: str | None, entities: list[Entity] | None, most: int, what: str = "message"
) -> tuple[str, list[Entity]]:
    """Return the text and entities that a message gets, or refuse as Telegram does.

    `most` is the limit in UTF-16 code units after parsing; `what` names the thing in the refusal.
    """
    text = clean(text)
    if parse_mode and parse_mode.lower() == "html":
        text, entities = parse_html(text)
    elif parse_mode:
        raise bad_request("unsupported parse_mode")  # of Telegram's three this server reads HTML only
    else:
        check_entities(text, entities or [])
    text, kept = trim(text, entities or [])
    if utf16_length(text) > most:
        raise bad_request(f"{what} is too long")
    # Telegram drops the hundred-and-first without a word; here it is refused, so that a test sees it.
    if len(kept) > ENTITIES:
        raise bad_request(f"too many entities: {len(kept)} > {ENTITIES}")
    return text, with_found(text, kept)


def check_entities(text: str, entities: list[Entity]) -> None:
    """Refuse given entities that do not lie within `text` or cut a surrogate pair."""
    length, edges = utf16_length(text), utf16_edges(text)
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if start < 0 or entity["length"] <= 0:
            raise bad_request("can't parse entities: receive an entity with incorrect offset or length")
        if end > length:
            raise bad_request(
                f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {end}"
            )
        if start not in edges or end not in edges:
            raise bad_request(
                f"entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol at UTF-16 offset {end}"
            )


def utf16_edges(text: str) -> dict[int, int]:
    """Return where characters begin, as UTF-16 offset -> index in `text`; the end is included."""
    edges, at = {}, 0
    for index, character in enumerate(text):
        edges[at] = index
        at += 1 + (character > "\uffff")
    edges[at] = len(text)
    return edges


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Return `text` without white space at both ends, and the entities moved or cut to fit."""
    left = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    length, kept = utf16_length(text), []
    for entity in entities:
        start = max(entity["offset"] - left, 0)
        end = min(entity["offset"] + entity["length"] - left, length)
        if start < end:
            kept.append({**entity, "offset": start, "length": end - start})
    return text, sorted(kept, key=lambda e: (e["offset"], -e["length"]))


def with_found(text: str, entities: list[Entity]) -> list[Entity]:
    """Return `entities` and those that Telegram finds itself: links, mentions, commands, hashtags."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in OPAQUE]
    found: list[Entity] = []
    for kind, pattern in FOUND.items():
        for match in pattern.finditer(text):
            word = match[0].rstrip(".,;:!?)]}'…") if kind == "url" else match[0]
            start = utf16_length(text[: match.start()])
            end = start + utf16_length(word)
            if not any(start < b and a < end for a, b in taken):
                taken.append((start, end))
                found.append({"type": kind, "offset": start, "length": end - start})
    return sorted(entities + found, key=lambda e: (e["offset"], -e["length"]))


def preview_of(message: dict[str, Any]) -> str | None:
    """Return the link that Telegram would fetch to show a preview of a text message, if any."""
    options = message.get("link_preview_options") or {}
    if "text" not in message or options.get("is_disabled"):
        return None
    edges = utf16_edges(message["text"])
    for entity in message.get("entities", []):
        if entity["type"] in ("url", "text_link"):
            start, end = edges[entity["offset"]], edges[entity["offset"] + entity["length"]]
            return str(options.get("url") or entity.get("url") or message["text"][start:end])
    return options.get("url")

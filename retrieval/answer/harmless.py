"""Makes text by strangers harmless to send: nothing in it can be tapped, called or obeyed."""

import re
import unicodedata

from retrieval.language.text import visible

BREAK = "\u2060"  # word joiner: no width, no line break; Telegram links nothing across it

_SCHEME = re.compile(
    r"(?:data|file|ftps?|https?|javascript|mailto|sip|sms|tel|tg|ton|tonsite|vbscript|xmpp)(?=:)|(?=://)",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?<=[\w-])\.(?=[^\W\d_]{2,})", re.IGNORECASE)
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3,}")
_MENTION = re.compile(r"[@＠](?=\w)")
_COMMAND = re.compile(r"(?<![\w/.])[/／](?=[a-zA-Z0-9_]{1,64})")
_HASHTAG = re.compile(r"(?<!\w)(?:[#＃](?=\w)|\$(?=[^\W\d_]))")

_UNSAFE = re.compile(
    r"[<>`\[\]{}|\\*~]|__|[@＠]\w|(?<![\w/.])[/／][^\W\d_]|[#＃]\w|\bwww\.|://|&(?:#\w+|[a-z]{2,8});"
    r"|\b(?:tg|mailto|javascript|data|tel|ton|sms|xmpp):\S|\d{1,3}(?:\.\d{1,3}){3}"
    r"|(?:[\w-]+\.)+(?:[^\W\d_]{2,24}|xn--\w+)(?!\w)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\bEE\.\s?UU\b|\b(?:[^\W\d_]\.){2,}")
"""Abbreviations that look like the name of a host: EE.UU., U.S."""


def defang(text: str) -> str:
    """Return quoted text so that it reads the same and does nothing in Telegram.

    A word joiner (no width) goes where Telegram would see a link: before the colon of an active scheme, behind
    the dot of a host or address, the @ of a mention, the / of a command, the # of a tag. Invisible and control
    characters are taken out. For rendering only: the JSON contract carries quotes verbatim.
    """
    text = visible(text).replace(BREAK, "")
    text = _SCHEME.sub(lambda match: match[0] + BREAK, text)
    text = _ADDRESS.sub(lambda match: match[0].replace(".", "." + BREAK), text)
    for pattern in (_HOST, _MENTION, _COMMAND, _HASHTAG):
        text = pattern.sub(lambda match: match[0] + BREAK, text)
    return text


def is_plain(statement: str) -> bool:
    """Return whether a model's sentence is words alone: no link, mention, command, markup or hidden character."""
    if visible(statement) != statement or "\n" in statement or "\t" in statement:
        return False
    if unicodedata.normalize("NFKC", statement) != statement:
        statement += "\n" + unicodedata.normalize("NFKC", statement)
    return _UNSAFE.search(_DOTTED.sub("", statement)) is None

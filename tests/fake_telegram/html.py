"""Telegram's HTML parse mode: the same tags, the same strictness, the same words when it refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.fake_telegram.errors import ApiError, bad_request
from tests.fake_telegram.markup import checked_link

ENTITY_OF_TAG = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,10})|(lt|gt|amp|quot)(?![a-zA-Z]));?")
USER_LINK = re.compile(r"tg://user/?\?id=([0-9]+)$", re.IGNORECASE)
NAME_END = re.compile(r"[\s=>/\"']")
PLAIN = re.compile(r"[^<&]+")
QUOTES = ("'", '"')
NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")


@dataclass
class Open:
    """A tag that waits for its end: its argument (link, language, class), and where its content began."""

    tag: str
    argument: str
    offset: int  # UTF-16 code units
    begin: int  # index in the pieces of text so far


def parse_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the plain text and its entities (offsets in UTF-16 code units), or refuse with a 400."""
    reader = HtmlReader(text)
    reader.read()
    return "".join(reader.pieces), merged(reader.entities)


def decode_reference(text: str, at: int) -> tuple[str, int]:
    """Return the character of the reference at `at` and where it ends; ("", at) if there is none.

    Telegram knows numbers and four names; every other ampersand stands for itself.
    """
    match = REFERENCE.match(text, at)
    if not match:
        return "", at
    if match[3]:
        return NAMED[match[3]], match.end()
    number = int(match[1], 16) if match[1] else int(match[2])
    if number == 0 or number >= 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return "", at
    return chr(number), match.end()


def merged(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entities sorted, without what stands inside code, where Telegram allows nothing else."""
    rank = {"pre": 0, "code": 1}
    entities = sorted(entities, key=lambda e: (e["offset"], -e["length"], rank.get(e["type"], 2)))
    kept: list[dict[str, Any]] = []
    code_end = 0
    for entity in entities:
        if entity["offset"] < code_end:
            continue
        if entity["type"] == "code":
            entity.pop("language", None)  # a language belongs to a block only
        if entity["type"] in rank:
            code_end = entity["offset"] + entity["length"]
        kept.append(entity)
    return kept


class HtmlReader:
    """Reads one text from left to right; a class because position, tags and text move together."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.offset = 0
        self.pieces: list[str] = []
        self.open: list[Open] = []
        self.entities: list[dict[str, Any]] = []

    def read(self) -> None:
        """Read to the end, filling `pieces` and `entities`."""
        while self.at < len(self.text):
            if self.text[self.at] == "<":
                self._end_tag() if self._peek(1) == "/" else self._start_tag()
                continue
            piece, self.at = self._character() if self._peek() == "&" else self._run()
            self.pieces.append(piece)
            self.offset += len(piece.encode("utf-16-le", "surrogatepass")) // 2
        if self.open:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')

    def _character(self) -> tuple[str, int]:
        if self.text[self.at] == "&":
            character, end = decode_reference(self.text, self.at)
            if character:
                return character, end
        return self.text[self.at], self.at + 1

    def _run(self) -> tuple[str, int]:
        match = PLAIN.match(self.text, self.at)
        assert match is not None  # neither a bracket nor an ampersand stands here
        return match[0], match.end()

    def _peek(self, ahead: int = 0) -> str:
        return self.text[self.at + ahead : self.at + ahead + 1]

    def _spaces(self) -> None:
        while self._peek().isspace():
            self.at += 1

    def _byte(self, at: int) -> int:
        return len(self.text[:at].encode())

    def _start_tag(self) -> None:
        begin = self.at
        match = re.compile(r"[\s>]").search(self.text, begin)
        if not match:
            raise _unparsable(f"Unclosed start tag at byte offset {self._byte(begin)}")
        tag = self.text[begin + 1 : match.start()].lower()
        if tag not in ENTITY_OF_TAG:
            raise _unparsable(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        self.at = match.start()
        argument = self._attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self.open.append(Open(tag, argument, self.offset, len(self.pieces)))

    def _attributes(self, tag: str, begin: int) -> str:
        """Read up to and including the closing bracket, and return the one argument that counts."""
        argument = ""
        while True:
            self._spaces()
            if self._peek() == ">":
                self.at += 1
                return argument
            name, value = self._attribute(tag, begin)
            argument = _argument(tag, name, value, argument)

    def _attribute(self, tag: str, begin: int) -> tuple[str, str | None]:
        where = f'in the tag "{tag}" at byte offset {self._byte(begin)}'
        end = NAME_END.search(self.text, self.at)
        name = self.text[self.at : end.start() if end else len(self.text)]
        if end and not name:
            raise _unparsable(f"Empty attribute name {where}")
        self.at += len(name)
        self._spaces()
        if self._peek() != "=":
            if not self._peek():
                raise _unparsable(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
            return name, None
        self.at += 1
        self._spaces()
        value = self._quoted() if self._peek() in QUOTES else self._token()
        if not self._peek():
            raise _unparsable(f"Unclosed start tag at byte offset {self._byte(begin)}")
        return name, value

    def _token(self) -> str:
        begin = self.at
        match = NAME_TOKEN.match(self.text, begin)
        assert match is not None  # it matches the empty text too
        self.at = match.end()
        if self._peek() and not self._peek().isspace() and self._peek() != ">":
            raise _unparsable(f"Unexpected end of name token at byte offset {self._byte(begin)}")
        return match[0].lower()

    def _quoted(self) -> str:
        quote, value = self._peek(), []
        self.at += 1
        while self._peek() and self._peek() != quote:
            character, self.at = self._character()
            value.append(character)
        self.at += 1
        return "".join(value)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _unparsable(f"Unexpected end tag at byte offset {self._byte(begin)}")
        match = re.compile(r"[^\s>]*").match(self.text, begin + 2)
        assert match is not None  # it matches the empty text too
        self.at = match.end()
        self._spaces()
        if self._peek() != ">":
            raise _unparsable(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self.at += 1
        opened = self.open.pop()
        if match[0] and match[0] != opened.tag:
            raise _unparsable(
                f"Unmatched end tag at byte offset {self._byte(begin)}, "
                f'expected "</{opened.tag}>", found "</{match[0]}>"'
            )
        if self.offset > opened.offset:
            self._add(opened)

    def _add(self, opened: Open) -> None:
        kind = ENTITY_OF_TAG[opened.tag]
        entity: dict[str, Any] = {
            "type": kind,
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        if kind == "text_link":
            self._add_link(entity, opened.argument or "".join(self.pieces[opened.begin :]))
        elif kind in ("code", "pre"):
            self._add_code(entity, opened.argument)
        elif kind == "custom_emoji":
            self.entities.append({**entity, "custom_emoji_id": opened.argument})
        else:
            expandable = kind == "blockquote" and opened.argument
            self.entities.append({**entity, "type": "expandable_blockquote"} if expandable else entity)

    def _add_link(self, entity: dict[str, Any], url: str) -> None:
        if user := USER_LINK.match(url):
            mentioned = {"id": int(user[1]), "is_bot": False, "first_name": f"User {user[1]}"}
            self.entities.append({**entity, "type": "text_mention", "user": mentioned})
        elif link := checked_link(url):  # anything else stays as text, with no word said
            self.entities.append({**entity, "url": link})

    def _add_code(self, entity: dict[str, Any], language: str) -> None:
        """Add code; `<pre><code class="language-x">` around the same text is one entity."""
        last = self.entities[-1] if self.entities else {}
        same = all(last.get(name) == entity[name] for name in ("offset", "length"))
        if same and entity["type"] == "pre" and last.get("language"):
            last["type"] = "pre"
            return
        self.entities.append({**entity, "language": language} if language else entity)


def _argument(tag: str, name: str, value: str | None, argument: str) -> str:
    if tag == "blockquote" and name == "expandable":
        return "1"
    if value is None:
        return argument
    if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
        return value
    prefix = {("code", "class"): "language-", ("span", "class"): "tg-"}.get((tag, name))
    return value.removeprefix(prefix) if prefix and value.startswith(prefix) else argument


def _unparsable(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")

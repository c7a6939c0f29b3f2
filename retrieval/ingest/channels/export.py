"""Telegram Desktop's export of a chat or of all chats (`result.json`), read a message at a time.

The file may be of any size: only the message at hand is in memory. Its form is described nowhere; it is that of
Telegram Desktop 5 and 6 (2026).
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TextIO

from retrieval.domain import Moment, RejectedError
from retrieval.ingest.channels.names import closed_post_address, post_address
from retrieval.ingest.channels.posts import Post, has_text, submission_of
from retrieval.ingest.parse.moments import possible_moment_of
from retrieval.ingest.submission import Rejection, Submission

SNIFFED = 65_536  # bytes from the start, in which an export is recognised
PIECE = 1_000_000  # characters read at a time
LARGEST_VALUE = 64_000_000  # characters of one message, or of what stands beside the chats
PUBLIC = frozenset(("public_channel", "public_supergroup"))
"""The kinds of chats that everybody can read; others are added only where that is confirmed."""

CHANNELS = frozenset(("public_channel", "private_channel", "public_supergroup", "private_supergroup"))
"""The kinds of chats whose messages have addresses."""

_CHAT = re.compile(
    rb'"type"\s*:\s*"(?:personal_chat|saved_messages|bot_chat|replies|verify_codes'
    rb'|(?:private|public)_(?:group|supergroup|channel))"'
)
_MESSAGES = re.compile(rb'"messages"\s*:\s*\[')
_ACCOUNT = re.compile(rb'^\s*\{\s*"about"\s*:\s*"(?=.*"(?:personal_information|chats)"\s*:)', re.DOTALL)

Source = Submission | Rejection


@dataclass(frozen=True, slots=True)
class ExportedChat:
    """What an export says of a chat before its messages."""

    name: str
    kind: str  # "" for one that says none
    id: int

    @property
    def is_public(self) -> bool:
        return self.kind in PUBLIC


def is_export(path: Path) -> bool:
    """Return whether a JSON file is an export of Telegram Desktop's. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(SNIFFED)
    return bool((_CHAT.search(head) and _MESSAGES.search(head)) or _ACCOUNT.match(head))


def first_chat(path: Path) -> ExportedChat | None:
    """Return the first chat of an export, without its messages; None if there is none, or the file is broken."""
    with path.open(encoding="utf-8-sig", errors="replace") as file, suppress(RejectedError):
        return next((chat for chat, _ in _chats(_Json(file))), None)
    return None


def from_export(
    path: Path, zone: tzinfo, *, private: bool = False, names: Mapping[str, str] | None = None
) -> Iterator[Source]:
    """Yield the posts of an export; a rejection for each chat that is not public unless `private` says to take those.

    `zone` is for times without one; `names` has the names of known public channels by title, for their addresses. What
    stands before a place where the file breaks off is read.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            for chat, messages in _chats(_Json(file)):
                where = f"{path}: {chat.name or chat.kind}"
                if chat.is_public or private:
                    name = (names or {}).get(chat.name) if chat.kind == "public_channel" else None
                    yield from _posts(chat, messages, where, zone, name)
                else:
                    yield Rejection(where, _unconfirmed(chat))
                    for _ in messages:  # other chats may follow
                        pass
    except RejectedError as error:
        yield Rejection(str(path), error)


def _unconfirmed(chat: ExportedChat) -> RejectedError:
    sentence = f"“{chat.name}” is a private chat: repeat the command with --private to add it."
    return RejectedError(sentence, key="private_chat", name=chat.name)


# --- messages -------------------------------------------------------------------------------------


def _posts(chat: ExportedChat, messages: Iterator[Any], where: str, zone: tzinfo, name: str | None) -> Iterator[Source]:
    """Yield the posts of a chat, an album as one; messages without words are left out."""
    album: list[dict[str, Any]] = []
    broken = None
    try:
        for message in messages:
            if not isinstance(message, dict) or message.get("type") != "message":
                continue
            if album and not _is_album(album[-1], message):
                yield from _post(chat, album, where, zone, name)
                album = []
            album.append(message)
    except RejectedError as error:
        broken = error
    if album:
        yield from _post(chat, album, where, zone, name)
    if broken:
        raise broken


def _is_album(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two messages are of one album: pictures or videos one after the other in the same second."""
    media = all(any(key in message for key in ("photo", "file", "media_type")) for message in (one, other))
    same = all(one.get(key) == other.get(key) for key in ("date", "from_id", "reply_to_message_id", "forwarded_from"))
    return media and same and "poll" not in other


def _post(
    chat: ExportedChat, album: list[dict[str, Any]], where: str, zone: tzinfo, name: str | None
) -> Iterator[Source]:
    first, number = album[0], album[0].get("id")
    if isinstance(number, bool) or not isinstance(number, int):
        return
    edited = [moment for message in album if (moment := _time(message, "edited", zone))]
    author = first.get("author") if chat.kind.endswith("channel") else first.get("from")
    forwarded = first.get("forwarded_from")
    post = Post(
        number=number,
        address=post_address(name, number) if name else closed_post_address(chat.id, number),
        text="\n".join(text for message in album if (text := _text(message))),
        published=_time(first, "date", zone),
        modified=max(edited, key=lambda moment: moment.at, default=None),
        author=author if isinstance(author, str) else None,
        forwarded_from=forwarded if isinstance(forwarded, str) else None,
    )
    if not has_text(post):
        return
    made = submission_of(post, chat.name)
    if chat.kind in CHANNELS:
        yield made
    else:  # without an address it is known by its number in its chat
        yield replace(made, url=None, where=where, id=f"telegram:{chat.id}/{number}")


def _text(message: dict[str, Any]) -> str:
    poll = message.get("poll")
    if isinstance(poll, dict):
        answers = poll.get("answers")
        options = [one.get("text") for one in answers if isinstance(one, dict)] if isinstance(answers, list) else []
        return "\n".join(line for one in (poll.get("question"), *options) if (line := _joined(one)))
    return _joined(message.get("text")) or _joined(message.get("text_entities"))


def _joined(text: Any) -> str:
    """Return a text that is a string, or a list of strings and of objects with a `text`."""
    if isinstance(text, list):
        return "".join(_joined(part) for part in text)
    if isinstance(text, dict):
        return _joined(text.get("text"))
    return text if isinstance(text, str) else ""


def _time(message: dict[str, Any], field: str, zone: tzinfo) -> Moment | None:
    exact = message.get(f"{field}_unixtime")
    if isinstance(exact, str | int) and str(exact).isdecimal():
        return possible_moment_of(int(exact))
    written = message.get(field)
    try:
        local = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return possible_moment_of(local.replace(tzinfo=zone).astimezone(UTC).timestamp()) if local else None


# --- JSON, a value at a time ------------------------------------------------------------------------


def _chats(reader: "_Json") -> Iterator[tuple[ExportedChat, Iterator[Any]]]:
    """Yield each chat in an object of an export, with its messages, which are read before the next chat."""
    header: dict[str, Any] = {}
    for key in reader.fields():
        if key == "messages" and reader.next_is("["):
            id_ = header.get("id")
            name, kind = (header.get(field) if isinstance(header.get(field), str) else "" for field in ("name", "type"))
            yield ExportedChat(name or "", kind or "", id_ if isinstance(id_, int) else 0), reader.elements()
        elif key in ("chats", "left_chats") and reader.next_is("{"):
            yield from _chats(reader)
        elif key == "list" and reader.next_is("["):
            for _ in reader.places():
                if reader.next_is("{"):
                    yield from _chats(reader)
                else:
                    reader.value()
        else:
            header[key] = reader.value()


class _Json:
    """JSON text read in pieces, a value at a time; a class because it keeps what is read and not yet used."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text, self._at = "", 0
        self._decoder = json.JSONDecoder()

    def fields(self) -> Iterator[str]:
        """Yield the keys of an object; whoever asks for the next key has read the value of this one."""
        self._take("{")
        while not self.next_is("}"):
            key = self.value()
            self._take(":")
            yield str(key)
            if self.next_is(","):
                self._take(",")
        self._take("}")

    def places(self) -> Iterator[None]:
        """Yield before each element of a list, which is then to be read."""
        self._take("[")
        while not self.next_is("]"):
            yield None
            if self.next_is(","):
                self._take(",")
        self._take("]")

    def elements(self) -> Iterator[Any]:
        """Yield the elements of a list."""
        for _ in self.places():
            yield self.value()

    def next_is(self, mark: str) -> bool:
        """Return whether the next character but white space is this one; RejectedError at the end of the text."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at] == mark
            if not self._more():
                raise self._broken()

    def value(self) -> Any:
        """Return the next value. Raises RejectedError where it is broken or too large."""
        self.next_is("")
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as exc:
                if len(self._text) - self._at > LARGEST_VALUE or not self._more():
                    raise self._broken() from exc
                continue
            except RecursionError as exc:
                raise self._broken() from exc
            if end == len(self._text) and self._more():
                continue  # a number may go on in the next piece
            self._at = end
            return value

    def _take(self, mark: str) -> None:
        if not self.next_is(mark):
            raise self._broken()
        self._at += 1

    def _more(self) -> bool:
        """Read another piece, longer the longer the value at hand is; return whether there was one."""
        kept = self._text[self._at :]
        piece = self._stream.read(max(PIECE, len(kept)))
        self._text, self._at = kept + piece, 0
        return bool(piece)

    def _broken(self) -> RejectedError:
        return RejectedError("The export is broken off or is not JSON; what came before was read.", key="export_broken")

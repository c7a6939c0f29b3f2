"""What Telegram knows: people, chats, messages, files, open queries. No network here."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests import canaries
from tests.fake_telegram.errors import bad_request, forbidden, too_many_requests
from tests.fake_telegram.limits import RateGate, Rates
from tests.fake_telegram.updates import Updates

Json = dict[str, Any]
SUPERGROUP_BASE = -1_000_000_000_000  # a supergroup's or channel's id is this less its own number


@dataclass
class Chat:
    """A chat as the bot may meet it; `closed` is Telegram's reason why the bot may not write there."""

    info: Json
    closed: str | None = None
    migrated_to: int | None = None
    messages: dict[int, Json] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)  # messages that the bot wrote
    admins: set[int] = field(default_factory=set)
    drafts: dict[int, str] = field(default_factory=dict)  # draft id -> its text now
    topics: set[int] = field(default_factory=set)  # of a forum
    ids: count[int] = field(default_factory=lambda: count(1))

    @property
    def id(self) -> int:
        return int(self.info["id"])

    @property
    def is_private(self) -> bool:
        return bool(self.info["type"] == "private")


@dataclass
class Query:
    """A callback or inline query that waits for its one answer."""

    id: str
    user_id: int
    answer: Json | None = None


@dataclass(frozen=True)
class File:
    """A stored file; Telegram has two ids for each, and a path that getFile tells."""

    id: str
    unique_id: str
    path: str
    name: str
    content: bytes


class World:
    """The state of one bot's Telegram. Used from the server's own thread only."""

    def __init__(self, token: str, username: str, rates: Rates) -> None:
        self.bot: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Sitrep",
            "username": username,
        }
        canaries.keep_name(token)
        self.gate = RateGate(rates)
        self.clock: Callable[[], float] = time.time
        self.updates = Updates()
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.callbacks: dict[str, Query] = {}
        self.inlines: dict[str, Query] = {}
        self.inline_messages: dict[str, Json] = {}
        self.commands: dict[str, list[Json]] = {}
        self.reactions: dict[tuple[int, int], list[Json]] = {}
        self.serial = count(1)

    def now(self) -> int:
        """Return the time for a message's date, in Unix seconds."""
        return int(self.clock())

    def user(self, user_id: int) -> Json:
        """Return a person, made up at first sight."""
        if user_id not in self.users:
            self.users[user_id] = {"id": user_id, "is_bot": False, "first_name": f"Person {user_id}"}
            canaries.keep_name(f"Person {user_id}")
        return self.users[user_id]

    def private_chat(self, user_id: int) -> Chat:
        """Return the chat between the bot and a person, opened at first sight."""
        if user_id not in self.chats:
            person = self.user(user_id)
            names = {k: person[k] for k in ("first_name", "last_name", "username") if k in person}
            self.chats[user_id] = Chat(info={"id": user_id, "type": "private"} | names)
        return self.chats[user_id]

    def chat(self, chat_id: int | str) -> Chat:
        """Return the chat that a call names by id or @username, or refuse."""
        if isinstance(chat_id, str):
            named = {f"@{chat.info.get('username', '')}".lower(): chat.id for chat in self.chats.values()}
            chat_id = named.get(chat_id.lower(), chat_id)
        if not isinstance(chat_id, int) or chat_id not in self.chats:
            raise bad_request("chat not found")
        return self.chats[chat_id]

    def member(self, chat: Chat, user_id: int) -> Json:
        """Return what getChatMember tells: those whom the test made administrators own the group."""
        user = self.bot if user_id == self.bot["id"] else self.user(user_id)
        if user_id in chat.admins:
            return {"status": "creator", "user": user, "is_anonymous": False}
        return {"status": "member", "user": user}

    def writable(self, chat_id: int | str) -> Chat:
        """Return the chat if the bot may write there, or refuse with Telegram's reason."""
        chat = self.chat(chat_id)
        if chat.migrated_to is not None:
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        if chat.closed:
            raise forbidden(chat.closed)
        return chat

    def admit(self, chat: Chat) -> None:
        """Count a message to `chat`, or refuse with 429."""
        now = time.monotonic()
        is_group = chat.info["type"] in ("group", "supergroup")
        if (wait := self.gate.admit(chat.id, is_group=is_group, now=now)) is not None:
            raise too_many_requests(wait)

    def put(self, chat: Chat, content: Json, sender: Json | None) -> Json:
        """Store a new message in `chat` and return it; `sender` is None for a channel's post."""
        message_id = next(chat.ids)
        if sender is None or sender["id"] != self.bot["id"]:
            canaries.keep(str(content.get("text") or content.get("caption") or ""))
        author = {"from": sender} if sender else {"sender_chat": chat.info}
        message = {"message_id": message_id, **author, "chat": chat.info, "date": self.now(), **content}
        chat.messages[message_id] = message
        if sender and sender["id"] == self.bot["id"]:
            chat.own.add(message_id)
            chat.drafts.clear()
        return message

    def store_file(self, content: bytes, name: str, kind: str) -> File:
        """Keep a file and return what Telegram calls it."""
        digest = hashlib.sha256(content + name.encode()).hexdigest()
        number = next(self.serial)
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        path = f"{kind}/file_{number}.{suffix}"
        file = File(f"BQAC{number:06d}{digest[:24]}", f"AgAD{digest[:12]}", path, name, content)
        self.files[file.id] = file
        return file

    def open_query(self, queries: dict[str, Query], user_id: int) -> Query:
        """Open a callback or inline query of a person, with an id that no other has."""
        query = Query(str(4_000_000_000_000 + next(self.serial)), user_id)
        queries[query.id] = query
        return query

    def answer_query(self, queries: dict[str, Query], query_id: str, answer: Json) -> None:
        """Record the answer of an open query; refuse an unknown one, and a second answer."""
        query = queries.get(query_id)
        if query is None or query.answer is not None:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        query.answer = answer

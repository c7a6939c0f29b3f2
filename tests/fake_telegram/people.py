"""What people do in their clients: each act makes the update that Telegram would send to the bot."""

from __future__ import annotations

from typing import Any

from tests.fake_telegram.ledger import Call
from tests.fake_telegram.limits import TEXT_UNITS
from tests.fake_telegram.oracle import as_update
from tests.fake_telegram.sending import document_of, in_topic, photo_of
from tests.fake_telegram.text import clean, utf16_length, with_found
from tests.fake_telegram.thread import LoopThread, on_loop
from tests.fake_telegram.world import Chat, Json, World


class People(LoopThread):
    """The acts of people; all return aiogram's `Update`, as the bot will get it."""

    world: World

    @on_loop
    def add_user(self, user_id: int, **fields: Any) -> int:
        """Describe a person (`first_name`, `username`, `language_code`, ...) before they first act."""
        self.world.user(user_id).update(fields)
        return user_id

    @on_loop
    def private_message(self, user: int, text: str, *, reply_to: Any = None) -> Any:
        """Write `text` to the bot in private; a command or link in it is marked as one."""
        return self._say(self.world.private_chat(user), user, _typed(text), reply_to)

    def paste(self, user: int, text: str) -> list[Any]:
        """Write a text of any length to the bot, broken into messages as a client does."""
        pieces, rest = [], text
        while rest:
            cut = min(len(rest), TEXT_UNITS)
            while utf16_length(rest[:cut]) > TEXT_UNITS:
                cut -= 1
            pieces.append(rest[:cut])
            rest = rest[cut:]
        return [self.private_message(user, piece) for piece in pieces if piece.strip()]

    @on_loop
    def group_message(
        self, chat_id: int, user: int, text: str, *, reply_to: Any = None, topic: int | None = None
    ) -> Any:
        """Write `text` in a group, or in a topic of a forum; mention the bot by writing its @username."""
        chat = self.world.chat(chat_id)
        return self._say(chat, user, {**_typed(text), **in_topic(chat, topic)}, reply_to)

    @on_loop
    def channel_post(self, chat_id: int, text: str) -> Any:
        """Post `text` in a channel."""
        message = self.world.put(self.world.chat(chat_id), _typed(text), None)
        return self._update("channel_post", message)

    @on_loop
    def edit(self, message: Any, text: str) -> Any:
        """Replace the text of a message or post that a person wrote; `message` as in `press`."""
        kept = self._message(message)
        kept.pop("entities", None)
        kept.update(_typed(text), edit_date=self.world.now())
        return self._update("edited_channel_post" if "sender_chat" in kept else "edited_message", kept)

    @on_loop
    def forward(self, user: int, text: str, *, channel: int | None = None, hidden: str | None = None) -> Any:
        """Forward a text to the bot: a channel's post, words of somebody `hidden`, or one's own."""
        date = self.world.now()
        origin: Json = {"type": "user", "date": date, "sender_user": self.world.user(user)}
        if channel is not None:
            chat = self.world.chat(channel)
            origin = {"type": "channel", "date": date, "chat": chat.info, "message_id": next(chat.ids)}
        elif hidden is not None:
            origin = {"type": "hidden_user", "date": date, "sender_user_name": hidden}
        content = {**_typed(text), "forward_origin": origin}
        return self._say(self.world.private_chat(user), user, content, None)

    @on_loop
    def document(
        self,
        user: int,
        name: str,
        content: bytes,
        *,
        caption: str = "",
        mime_type: str | None = None,
        chat_id: int | None = None,
    ) -> Any:
        """Send a file; the bot gets its bytes through getFile."""
        made = document_of(self.world.store_file(content, name, "documents"))
        kind = {"mime_type": mime_type} if mime_type else {}
        return self._media(user, chat_id, {"document": {**made, **kind}}, caption)

    @on_loop
    def photo(self, user: int, content: bytes, *, caption: str = "", chat_id: int | None = None) -> Any:
        """Send a picture (PNG or JPEG bytes)."""
        made = photo_of(self.world.store_file(content, "photo.jpg", "photos"))
        return self._media(user, chat_id, {"photo": [made]}, caption)

    def _media(self, user: int, chat_id: int | None, content: Json, caption: str) -> Any:
        if caption:
            typed = _typed(caption)
            marked = {"caption_entities": typed["entities"]} if "entities" in typed else {}
            content = {**content, "caption": typed["text"], **marked}
        return self._say(self._place(user, chat_id), user, content, None)

    @on_loop
    def location(self, user: int, latitude: float, longitude: float, *, chat_id: int | None = None) -> Any:
        """Share a place, in degrees."""
        place = {"latitude": latitude, "longitude": longitude}
        return self._say(self._place(user, chat_id), user, {"location": place}, None)

    @on_loop
    def send(self, user: int, content: Json, *, chat_id: int | None = None, reply_to: Any = None) -> Any:
        """Send a message with any content that aiogram takes for a message's, say {"dice": {...}}."""
        return self._say(self._place(user, chat_id), user, content, reply_to)

    @on_loop
    def press(
        self,
        message: Any,
        button: str | None = None,
        *,
        data: str | None = None,
        user: int | None = None,
        stale: bool = False,
        inaccessible: bool = False,
    ) -> Any:
        """Press an inline button, named by its text or its data.

        `message` is what `wait_for` or `sent` returned, an inline message's id, or {"chat_id", "message_id"}.
        `user` is needed in groups. With `stale`, `data` need not be on the keyboard any more (an old client);
        with `inaccessible`, Telegram no longer tells what the message said.
        """
        if isinstance(message, str):
            keyboard = self.world.inline_messages[message].get("reply_markup", {})
            where: Json = {"inline_message_id": message}
        else:
            kept = self._message(message)
            user = kept["chat"]["id"] if user is None and kept["chat"]["type"] == "private" else user
            keyboard = kept.get("reply_markup", {})
            gone = {"chat": kept["chat"], "message_id": kept["message_id"], "date": 0}
            where = {"message": gone if inaccessible else kept}
        if user is None:
            raise ValueError("in a group, say which user presses the button")
        data = data if stale else _data_of(keyboard, button, data)
        query = self.world.open_query(self.world.callbacks, user)
        content = {"id": query.id, "from": self.world.user(user), "chat_instance": "1", "data": data, **where}
        return self._update("callback_query", content)

    @on_loop
    def inline_query(self, user: int, text: str, *, offset: str = "", chat_type: str = "sender") -> Any:
        """Type "@bot text" in some chat's input field."""
        query = self.world.open_query(self.world.inlines, user)
        content = {"id": query.id, "from": self.world.user(user), "query": text, "offset": offset}
        return self._update("inline_query", {**content, "chat_type": chat_type})

    @on_loop
    def choose(self, query: Any, result_id: str) -> Any:
        """Choose a result of an answered inline query: it is sent, and can be edited where it has buttons."""
        asked = query.inline_query if hasattr(query, "inline_query") else query["inline_query"]
        query_id, text = (asked.id, asked.query) if hasattr(asked, "id") else (asked["id"], asked["query"])
        opened = self.world.inlines[query_id]
        if opened.answer is None:
            raise ValueError("the inline query has not been answered yet")
        content = dict(opened.answer["contents"][result_id])
        chosen = {"result_id": result_id, "from": self.world.user(opened.user_id), "query": text}
        if "reply_markup" in content:
            chosen["inline_message_id"] = f"inline{next(self.world.serial)}"
            self.world.inline_messages[chosen["inline_message_id"]] = content
        return self._update("chosen_inline_result", chosen)

    @on_loop
    def react(self, user: int, message: Any, emoji: str | None) -> Any:
        """Put an emoji under a message, or (None) take it away."""
        kept = self._message(message)
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        where = {"chat": kept["chat"], "message_id": kept["message_id"], "user": self.world.user(user)}
        content = {**where, "date": self.world.now(), "old_reaction": [], "new_reaction": new}
        return self._update("message_reaction", content)

    @on_loop
    def delete(self, message: Any) -> None:
        """Delete a message for both sides; the bot is not told."""
        kept = self._message(message)
        del self.world.chats[kept["chat"]["id"]].messages[kept["message_id"]]

    def _place(self, user: int, chat_id: int | None) -> Chat:
        return self.world.private_chat(user) if chat_id is None else self.world.chat(chat_id)

    def _say(self, chat: Chat, user: int, content: Json, reply_to: Any) -> Any:
        if reply_to is not None:
            replied = self._message(reply_to)
            content = {
                **content,
                "reply_to_message": {k: v for k, v in replied.items() if k != "reply_to_message"},
            }
        message = self.world.put(chat, content, self.world.user(user))
        return self._update("message", message)

    def _update(self, kind: str, content: Json) -> Any:
        # A copy, for the message may be edited before the bot fetches the update.
        return as_update(self.world.updates.add(kind, _copy(content)))

    def _message(self, message: Any) -> Json:
        chat_id, message_id = _identity(message)
        kept = self.world.chats[chat_id].messages.get(message_id)
        if kept is None:
            raise ValueError(f"there is no message {message_id} in chat {chat_id} any more")
        return kept


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _copy(v) for k, v in value.items()}
    return [_copy(v) for v in value] if isinstance(value, list) else value


def _typed(text: str) -> Json:
    text = clean(text).strip()
    if not text or utf16_length(text) > TEXT_UNITS:
        raise ValueError(f"a client sends 1 to {TEXT_UNITS} UTF-16 code units; for more, use paste()")
    entities = with_found(text, [])
    return {"text": text, **({"entities": entities} if entities else {})}


def _identity(message: Any) -> tuple[int, int]:
    if isinstance(message, Call):
        message = message.result
    for kind in ("message", "channel_post", "edited_message"):
        if getattr(message, kind, None) is not None:  # an update
            message = getattr(message, kind)
    if isinstance(message, dict):
        chat_id = message["chat_id"] if "chat_id" in message else message["chat"]["id"]
        return chat_id, message["message_id"]
    return message.chat.id, message.message_id


def _data_of(keyboard: Json, text: str | None, data: str | None) -> str:
    buttons = [button for row in keyboard.get("inline_keyboard", []) for button in row]
    for button in buttons:
        if "callback_data" in button and (button["text"] == text or button["callback_data"] == data):
            return str(button["callback_data"])
    there = [button["text"] for button in buttons]
    raise ValueError(f"no button {text or data!r} to press; there are {there}")

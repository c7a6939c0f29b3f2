"""The parts of a letter, as the outbox stores them, and how each is sent: messages, pictures, documents, edits."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from telegram import Bot, InputFile
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.telegram.limits import BROADCAST
from bot.telegram.richtext import Button, Message
from bot.telegram.sending import NO_PREVIEW, keyboard, send

log = structlog.get_logger("sitrep.letters")

Stored = dict[str, Any]
"""One part of a letter, as JSON; without a `kind` it is a message."""

GONE = ("chat not found", "not enough rights", "have no rights", "chat_write_forbidden", "user not found", "peer_id")
"""Telegram's bad requests for a chat that the bot cannot write to any more."""

NO_FILES = ("not enough rights", "have no rights")
"""Of these, the ones that may be about files only."""

PHOTO, DOCUMENT, EDIT = "photo", "document", "edit"


def as_json(message: Message, *, reply_to: int | None = None, thread: int | None = None) -> Stored:
    """Return a message as the outbox stores it: what it answers, and the topic it goes to, with it."""
    return {
        "html": message.html,
        "plain": message.plain,
        "buttons": _buttons(message.buttons),
        "reply_to": reply_to,
        "thread": thread,
    }


def _buttons(rows: Iterable[Iterable[Button]]) -> list[list[list[str]]]:
    return [[[button.label, button.data] for button in row] for row in rows]


def edit_as_json(message: Message, message_id: int, *, thread: int | None = None) -> Stored:
    """Return what replaces a message that was sent before; should that be gone, it is sent as a new one."""
    return {"kind": EDIT, "edits": message_id, **as_json(message, thread=thread)}


def photo_as_json(
    picture: bytes, name: str, buttons: Sequence[Sequence[Button]] = (), *, thread: int | None = None
) -> Stored:
    content = b64encode(picture).decode()
    return {"kind": PHOTO, "content": content, "name": name, "buttons": _buttons(buttons), "thread": thread}


def document_as_json(
    document: bytes, name: str, instead: Sequence[Message] = (), *, thread: int | None = None
) -> Stored:
    """Return a document, and the messages to send instead should Telegram refuse it."""
    messages = [as_json(message, thread=thread) for message in instead]
    content = b64encode(document).decode()
    return {"kind": DOCUMENT, "content": content, "name": name, "instead": messages, "thread": thread}


def from_json(stored: Stored) -> Message:
    """Return a message, or the buttons of a picture, from its stored form."""
    rows = tuple(tuple(Button(label, data) for label, data in row) for row in stored.get("buttons", ()))
    return Message(stored.get("html", ""), stored.get("plain", ""), rows)


async def send_stored(bot: Bot, chat_id: int, stored: Stored, *, broadcast: bool = False) -> int:
    """Send one part of a letter; return the number of its message, 0 if Telegram refuses it for good.

    Raises TelegramError if Telegram may take it later, or takes nothing for this chat.
    """
    kind = stored.get("kind")
    try:
        if kind == EDIT:
            return await _edit(bot, chat_id, stored, broadcast)
        if kind in (PHOTO, DOCUMENT):
            return await _send_file(bot, chat_id, stored, broadcast)
        thread, reply_to = stored.get("thread"), stored.get("reply_to")
        sent = await send(bot, chat_id, from_json(stored), reply_to=reply_to, thread=thread, broadcast=broadcast)
        return sent.message_id
    except BadRequest as exc:
        reason = str(exc).lower()
        about_files = kind in (PHOTO, DOCUMENT) and any(words in reason for words in NO_FILES)
        if any(words in reason for words in GONE) and not about_files:
            raise
        log.error("Telegram refuses a message", kind=kind, reason=reason[:100])
    sent_instead = 0
    for message in stored.get("instead", ()):
        sent_instead = await send_stored(bot, chat_id, message, broadcast=broadcast)
    return sent_instead


async def _send_file(bot: Bot, chat_id: int, stored: Stored, broadcast: bool) -> int:
    content = b64decode(stored["content"])
    fields: dict[str, Any] = {"message_thread_id": stored.get("thread")}
    if broadcast:
        fields["rate_limit_args"] = BROADCAST
    if stored["kind"] == PHOTO:
        markup = keyboard(from_json(stored))
        sent = await bot.send_photo(chat_id, content, filename=stored["name"], reply_markup=markup, **fields)
        return sent.message_id
    file = InputFile(content, filename=stored["name"])
    return (await bot.send_document(chat_id, file, **fields)).message_id


async def _edit(bot: Bot, chat_id: int, stored: Stored, broadcast: bool) -> int:
    message, message_id = from_json(stored), int(stored["edits"])
    try:
        await bot.edit_message_text(
            message.html,
            chat_id,
            message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard(message),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as exc:
        if "not modified" not in str(exc).lower():  # else it shows that already
            sent = await send(bot, chat_id, message, thread=stored.get("thread"), broadcast=broadcast)
            return sent.message_id
    return message_id

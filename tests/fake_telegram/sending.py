"""The methods that write into chats: send, edit, delete, draft, react."""

from __future__ import annotations

import io
from typing import Any

from tests.fake_telegram.errors import bad_request
from tests.fake_telegram.limits import CAPTION_UNITS, PHOTO_BYTES, PHOTO_RATIO, PHOTO_SIDES, TEXT_UNITS
from tests.fake_telegram.markup import check_reply_markup
from tests.fake_telegram.oracle import Upload
from tests.fake_telegram.text import formatted
from tests.fake_telegram.world import Chat, File, Json, World

Uploads = dict[str, Upload]
CHAT_ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
)  # fmt: skip


def text_of(params: Json, *, may_be_empty: bool = False) -> Json:
    """Return the `text`, and `entities` if any, that a call's parameters make."""
    text, entities = formatted(
        params.get("text") or "",
        parse_mode=params.get("parse_mode"),
        entities=params.get("entities"),
        most=TEXT_UNITS,
    )
    if not text and not may_be_empty:
        raise bad_request("message text is empty")
    return {"text": text, **({"entities": entities} if entities else {})}


def caption_of(params: Json) -> Json:
    """Return the `caption`, and `caption_entities` if any, that a call's parameters make."""
    caption, entities = formatted(
        params.get("caption") or "",
        parse_mode=params.get("parse_mode"),
        entities=params.get("caption_entities"),
        most=CAPTION_UNITS,
        what="message caption",
    )
    made: Json = {"caption": caption} if caption else {}
    return {**made, **({"caption_entities": entities} if entities else {})}


def keyboard_of(params: Json) -> Json:
    """Return the `reply_markup` that stays on the message: only an inline keyboard does."""
    markup = params.get("reply_markup")
    check_reply_markup(markup)
    return {"reply_markup": markup} if markup and markup.get("inline_keyboard") else {}


def reply_of(chat: Chat, params: Json) -> Json:
    """Return the `reply_to_message` that `reply_parameters` name, or refuse if there is no such message."""
    given = params.get("reply_parameters") or {}
    message_id = given.get("message_id", params.get("reply_to_message_id"))
    if message_id is None:
        return {}
    replied = chat.messages.get(message_id)
    if replied is None:
        if given.get("allow_sending_without_reply") or params.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    quoted = {k: v for k, v in replied.items() if k not in ("reply_to_message", "reply_markup")}
    return {"reply_to_message": quoted}


def in_topic(chat: Chat, topic: int | None) -> Json:
    """Return what marks a message of a topic, or refuse if the chat has no such topic."""
    if topic is None:
        return {}
    if topic not in chat.topics:
        raise bad_request("message thread not found")
    return {"message_thread_id": topic, "is_topic_message": True}


def send(world: World, params: Json, make: Any) -> Json:
    """Send what `make()` returns, after everything that could be wrong with it has been looked at."""
    chat = world.writable(params["chat_id"])
    topic = in_topic(chat, params.get("message_thread_id"))
    content = {**make(), **topic, **reply_of(chat, params), **keyboard_of(params)}
    if params.get("protect_content"):
        content["has_protected_content"] = True
    world.admit(chat)
    sender = None if chat.info["type"] == "channel" else world.bot
    return world.put(chat, content, sender)


def send_message(world: World, params: Json, uploads: Uploads) -> Json:
    """sendMessage: the preview options are kept on the message, as Telegram does."""
    preview = params.get("link_preview_options")
    options = {"link_preview_options": preview} if preview else {}
    return send(world, params, lambda: {**text_of(params), **options})


def send_document(world: World, params: Json, uploads: Uploads) -> Json:
    """sendDocument, by upload or by file_id."""

    def make() -> Json:
        file = _file(world, params, uploads, "document")
        return {"document": document_of(file), **caption_of(params)}

    return send(world, params, make)


def send_photo(world: World, params: Json, uploads: Uploads) -> Json:
    """sendPhoto, by upload or by file_id; the picture is opened to learn its size."""

    def make() -> Json:
        file = _file(world, params, uploads, "photo")
        return {"photo": [photo_of(file)], **caption_of(params)}

    return send(world, params, make)


def document_of(file: File) -> Json:
    """Return Telegram's `Document` of a file."""
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_name": file.name,
        "file_size": len(file.content),
    }


def photo_of(file: File) -> Json:
    """Return Telegram's `PhotoSize` of a file, or refuse what is no picture of a size it takes."""
    if len(file.content) > PHOTO_BYTES:
        raise bad_request(f"file is too big: {len(file.content)} bytes, and a photo may have {PHOTO_BYTES}")
    width, height = _picture_size(file.content)
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    sizes = {"width": width, "height": height, "file_size": len(file.content)}
    return {"file_id": file.id, "file_unique_id": file.unique_id, **sizes}


def _picture_size(content: bytes) -> tuple[int, int]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.verify()
            return picture.size
    except (UnidentifiedImageError, OSError, SyntaxError) as exc:
        raise bad_request("IMAGE_PROCESS_FAILED") from exc


def _file(world: World, params: Json, uploads: Uploads, kind: str) -> File:
    given = params.get(kind, "")
    upload = uploads.get(given.removeprefix("attach://") if given.startswith("attach://") else kind)
    if upload is None:
        if given in world.files:
            return world.files[given]
        raise bad_request(
            f"there is no {kind} in the request" if not given else "wrong file identifier/HTTP URL specified"
        )
    name, content = upload
    if not content:
        raise bad_request("file must be non-empty")
    return world.store_file(content, name, f"{kind}s")


def send_chat_action(world: World, params: Json, uploads: Uploads) -> bool:
    """sendChatAction: "typing" and its like, in a chat where the bot may write."""
    in_topic(world.writable(params["chat_id"]), params.get("message_thread_id"))
    if params["action"] not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def send_message_draft(world: World, params: Json, uploads: Uploads) -> bool:
    """sendMessageDraft: a preview of a text in progress, in private chats only; empty text is allowed."""
    chat = world.writable(params["chat_id"])
    if not chat.is_private:
        raise bad_request("method is available only in private chats")
    if params["draft_id"] == 0:
        raise bad_request("DRAFT_ID_INVALID")
    chat.drafts[params["draft_id"]] = text_of(params, may_be_empty=True)["text"]
    return True


def _editable(world: World, params: Json) -> Json:
    if inline_id := params.get("inline_message_id"):
        if inline_id not in world.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        return world.inline_messages[inline_id]
    if "chat_id" not in params or "message_id" not in params:
        raise bad_request("message identifier is not specified")
    chat = world.writable(params["chat_id"])
    message = chat.messages.get(params["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if params["message_id"] not in chat.own and chat.info["type"] != "channel":
        raise bad_request("message can't be edited")
    return message


def _edit(world: World, params: Json, fields: tuple[str, ...], content: Json) -> Json | bool:
    """Replace `fields` and the keyboard of a message; refuse to replace them by the same."""
    message = _editable(world, params)
    changed = {**content, **keyboard_of(params)}
    fields = (*fields, "reply_markup")
    if all(message.get(name) == changed.get(name) for name in fields):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    for name in fields:
        message.pop(name, None)
    message.update(changed, edit_date=world.now())
    return True if params.get("inline_message_id") else message


def edit_message_text(world: World, params: Json, uploads: Uploads) -> Json | bool:
    """editMessageText: of the bot's own text messages; the old keyboard goes unless it is sent again."""
    message = _editable(world, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    preview = params.get("link_preview_options")
    options = {"link_preview_options": preview} if preview else {}
    return _edit(world, params, ("text", "entities", "link_preview_options"), {**text_of(params), **options})


def edit_message_caption(world: World, params: Json, uploads: Uploads) -> Json | bool:
    """editMessageCaption: of the bot's own photos and documents."""
    message = _editable(world, params)
    if not {"photo", "document"} & message.keys():
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, params, ("caption", "caption_entities"), caption_of(params))


def edit_message_reply_markup(world: World, params: Json, uploads: Uploads) -> Json | bool:
    """editMessageReplyMarkup: another inline keyboard, or none."""
    return _edit(world, params, (), {})


def delete_message(world: World, params: Json, uploads: Uploads) -> bool:
    """deleteMessage: any in private chats, the bot's own elsewhere."""
    chat = world.writable(params["chat_id"])
    if params["message_id"] not in chat.messages:
        raise bad_request("message to delete not found")
    if not chat.is_private and params["message_id"] not in chat.own:
        raise bad_request("message can't be deleted")
    del chat.messages[params["message_id"]]
    return True


def set_message_reaction(world: World, params: Json, uploads: Uploads) -> bool:
    """setMessageReaction: at most one emoji that Telegram allows, or none."""
    from telegram.constants import ReactionEmoji

    chat = world.writable(params["chat_id"])
    if params["message_id"] not in chat.messages:
        raise bad_request("message to react not found")
    reactions = params.get("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in reactions:
        if reaction["type"] != "emoji" or reaction["emoji"] not in set(ReactionEmoji):
            raise bad_request("REACTION_INVALID")
    world.reactions[chat.id, params["message_id"]] = reactions
    return True

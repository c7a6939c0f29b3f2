"""The methods that answer queries, and those about the bot, its chats and its files."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from tests.fake_telegram.errors import bad_request
from tests.fake_telegram.limits import (
    CALLBACK_ANSWER_UNITS,
    COMMAND_CHARACTERS,
    COMMAND_DESCRIPTION_CHARACTERS,
    COMMANDS,
    DEFAULT_CONNECTIONS,
    DESCRIPTION_CHARACTERS,
    DOWNLOAD_BYTES,
    INLINE_ID_BYTES,
    INLINE_RESULTS,
    SHORT_DESCRIPTION_CHARACTERS,
    START_PARAMETER_CHARACTERS,
    WEBHOOK_CONNECTIONS,
    WEBHOOK_PORTS,
)
from tests.fake_telegram.markup import check_reply_markup, checked_link
from tests.fake_telegram.sending import Uploads, caption_of, text_of
from tests.fake_telegram.text import utf16_length
from tests.fake_telegram.world import Json, World

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def answer_callback_query(world: World, params: Json, uploads: Uploads) -> bool:
    """answerCallbackQuery: once for each press, in at most 200 characters."""
    if utf16_length(params.get("text") or "") > CALLBACK_ANSWER_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    if params.get("url") and checked_link(params["url"]) is None:
        raise bad_request("URL_INVALID")
    world.answer_query(world.callbacks, params["callback_query_id"], params)
    return True


def answer_inline_query(world: World, params: Json, uploads: Uploads) -> bool:
    """answerInlineQuery: at most 50 results with ids of their own, each a message that could be sent."""
    results = params["results"]
    ids = [r.get("id", "") for r in results]
    if len(results) > INLINE_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(set(ids)) < len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    if any(not 1 <= len(i.encode()) <= INLINE_ID_BYTES for i in ids):
        raise bad_request("RESULT_ID_INVALID")
    if len((params.get("next_offset") or "").encode()) > INLINE_ID_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    _check_start_parameter(params.get("button") or {})
    contents = {r["id"]: inline_content(r) for r in results}
    world.answer_query(world.inlines, params["inline_query_id"], {**params, "contents": contents})
    return True


def _check_start_parameter(button: Json) -> None:
    start = button.get("start_parameter")
    if start is not None and not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{START_PARAMETER_CHARACTERS}}}", start):
        raise bad_request("START_PARAM_INVALID")


def inline_content(result: Json) -> Json:
    """Return the text (or caption) and keyboard that an inline result would send, or refuse it."""
    check_reply_markup(result.get("reply_markup"))
    keyboard = {"reply_markup": result["reply_markup"]} if result.get("reply_markup") else {}
    content = result.get("input_message_content")
    if content is None:
        if result["type"] == "article":
            raise bad_request("can't find field input_message_content in the inline query result")
        return {**caption_of(result), **keyboard}
    if "message_text" not in content:
        return keyboard  # a place or a contact
    options = {k: content[k] for k in ("link_preview_options",) if content.get(k)}
    return {**text_of({"text": content["message_text"], **content}), **options, **keyboard}


def get_me(world: World, params: Json, uploads: Uploads) -> Json:
    """getMe: the bot, with what only getMe tells."""
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": True,
    }
    return {**world.bot, **abilities}


def get_chat(world: World, params: Json, uploads: Uploads) -> Json:
    """getChat: the full information, of a chat the bot has met."""
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        True,
    )
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    return {**world.writable(params["chat_id"]).info, **full}


def get_chat_member(world: World, params: Json, uploads: Uploads) -> Json:
    """getChatMember: somebody made an administrator by the test, else an ordinary member."""
    chat = world.writable(params["chat_id"])
    return world.member(chat, params["user_id"])


def get_chat_administrators(world: World, params: Json, uploads: Uploads) -> list[Json]:
    """getChatAdministrators: those whom the test made administrators."""
    chat = world.writable(params["chat_id"])
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    return [world.member(chat, user_id) for user_id in sorted(chat.admins)]


def set_my_description(world: World, params: Json, uploads: Uploads) -> bool:
    """setMyDescription and setMyShortDescription: what people see before they start the bot."""
    if len(params.get("description") or "") > DESCRIPTION_CHARACTERS:
        raise bad_request("BOT_DESCRIPTION_INVALID")
    if len(params.get("short_description") or "") > SHORT_DESCRIPTION_CHARACTERS:
        raise bad_request("BOT_SHORT_DESCRIPTION_INVALID")
    return True


def leave_chat(world: World, params: Json, uploads: Uploads) -> bool:
    """leaveChat: a group or channel; the bot may not write there any more."""
    chat = world.writable(params["chat_id"])
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.closed = f"bot is not a member of the {chat.info['type']} chat"
    return True


def get_file(world: World, params: Json, uploads: Uploads) -> Json:
    """getFile: the path to download, of a file of at most 20 MB."""
    file = world.files.get(params["file_id"])
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    names = {"file_id": file.id, "file_unique_id": file.unique_id, "file_path": file.path}
    return {**names, "file_size": len(file.content)}


def set_my_commands(world: World, params: Json, uploads: Uploads) -> bool:
    """setMyCommands: at most 100, lower case, each with a description."""
    if len(params["commands"]) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in params["commands"]:
        if not re.fullmatch(rf"[a-z0-9_]{{1,{COMMAND_CHARACTERS}}}", command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= COMMAND_DESCRIPTION_CHARACTERS:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(params)] = params["commands"]
    return True


def get_my_commands(world: World, params: Json, uploads: Uploads) -> list[Json]:
    """getMyCommands, of one scope and language."""
    return world.commands.get(_scope(params), [])


def delete_my_commands(world: World, params: Json, uploads: Uploads) -> bool:
    """deleteMyCommands, of one scope and language."""
    world.commands.pop(_scope(params), None)
    return True


def _scope(params: Json) -> str:
    scope = params.get("scope") or {}
    return f"{scope.get('type', 'default')}{scope.get('chat_id', '')}:{params.get('language_code') or ''}"


def set_webhook(world: World, params: Json, uploads: Uploads) -> bool:
    """setWebhook: https on one of four ports, or anything on the loopback, as a local server allows."""
    if not params["url"]:
        return delete_webhook(world, params, uploads)
    url = urlsplit(params["url"])
    if url.hostname not in LOOPBACK:
        if url.scheme != "https":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if (url.port or 443) not in WEBHOOK_PORTS:
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    secret = params.get("secret_token")
    if secret is not None and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if not 1 <= params.get("max_connections", DEFAULT_CONNECTIONS) <= WEBHOOK_CONNECTIONS:
        raise bad_request("max_connections must be from 1 to 100")
    updates = world.updates
    updates.allow(params.get("allowed_updates"))
    updates.stop_poller("terminated by setWebhook request")
    if params.get("drop_pending_updates"):
        updates.pending.clear()
    updates.webhook = params
    updates.arrived.set()
    return True


def delete_webhook(world: World, params: Json, uploads: Uploads) -> bool:
    """deleteWebhook: back to getUpdates."""
    world.updates.webhook = None
    world.updates.last_error = None
    if params.get("drop_pending_updates"):
        world.updates.pending.clear()
    return True


def get_webhook_info(world: World, params: Json, uploads: Uploads) -> Json:
    """getWebhookInfo: with the last failed push, if one failed."""
    updates, hook = world.updates, world.updates.webhook or {}
    info: dict[str, Any] = {
        "url": hook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(updates.pending),
    }
    if hook:
        info["max_connections"] = hook.get("max_connections", DEFAULT_CONNECTIONS)
    if updates.allowed:
        info["allowed_updates"] = updates.allowed
    if updates.last_error:
        date, message = updates.last_error
        info |= {"last_error_date": date, "last_error_message": message}
    return info

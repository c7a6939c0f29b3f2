"""The table of methods: Telegram's name, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fake_telegram import answering, sending
from tests.fake_telegram.sending import Uploads
from tests.fake_telegram.world import Json, World

METHODS: dict[str, Callable[[World, Json, Uploads], Any]] = {
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendChatAction": sending.send_chat_action,
    "sendMessageDraft": sending.send_message_draft,
    "editMessageText": sending.edit_message_text,
    "editMessageCaption": sending.edit_message_caption,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "deleteMessage": sending.delete_message,
    "setMessageReaction": sending.set_message_reaction,
    "answerCallbackQuery": answering.answer_callback_query,
    "answerInlineQuery": answering.answer_inline_query,
    "getMe": answering.get_me,
    "getChat": answering.get_chat,
    "getChatMember": answering.get_chat_member,
    "getChatAdministrators": answering.get_chat_administrators,
    "setMyDescription": answering.set_my_description,
    "setMyShortDescription": answering.set_my_description,
    "leaveChat": answering.leave_chat,
    "getFile": answering.get_file,
    "setMyCommands": answering.set_my_commands,
    "getMyCommands": answering.get_my_commands,
    "deleteMyCommands": answering.delete_my_commands,
    "setWebhook": answering.set_webhook,
    "deleteWebhook": answering.delete_webhook,
    "getWebhookInfo": answering.get_webhook_info,
}
"""All but getUpdates, which waits and so lives with the updates."""

BY_LOWER_NAME = {name.lower(): (name, function) for name, function in METHODS.items()}

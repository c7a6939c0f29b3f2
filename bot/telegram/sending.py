"""Messages out, one way for all handlers: previews off, markup of our own making, plain text as a last resort."""

from typing import Any

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram import Message as SentMessage
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.telegram.limits import BROADCAST
from bot.telegram.richtext import Message

log = structlog.get_logger("sitrep.sending")

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""Telegram fetches previews itself: a link in a message would be a request that nobody made."""


async def send(
    bot: Bot,
    chat_id: int,
    message: Message,
    *,
    reply_to: int | None = None,
    thread: int | None = None,
    broadcast: bool = False,
) -> SentMessage:
    """Send a rendered message; should Telegram not read its markup, the same as plain text.

    Where its topic of a forum is gone it goes to the chat. A broadcast waits until no answer to a question does.
    """
    markup = keyboard(message)
    fields: dict[str, Any] = {"reply_markup": markup, "link_preview_options": NO_PREVIEW, "message_thread_id": thread}
    if reply_to is not None:
        fields["reply_parameters"] = ReplyParameters(reply_to, allow_sending_without_reply=True)
    if broadcast:
        fields["rate_limit_args"] = BROADCAST
    try:
        return await bot.send_message(chat_id, message.html, parse_mode=ParseMode.HTML, **fields)
    except BadRequest as exc:
        if thread is not None and "thread not found" in str(exc).lower():
            return await send(bot, chat_id, message, reply_to=reply_to, broadcast=broadcast)
        if "parse entities" not in str(exc).lower():
            raise
        log.error("Telegram did not read our markup", error=str(exc)[:100])
        return await bot.send_message(chat_id, message.plain, **fields)


def is_passing(error: TelegramError) -> bool:
    """Return whether Telegram may answer the same call later: it could not be reached, or answers none for now."""
    return not isinstance(error, BadRequest | Forbidden | InvalidToken)


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Return the rows of buttons as Telegram takes them."""
    rows = [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in message.buttons]
    return InlineKeyboardMarkup(rows) if rows else None

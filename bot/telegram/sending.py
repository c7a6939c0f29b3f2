"""Messages out, one way for all handlers: previews off, markup of our own making, plain text as a last resort."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from telegram import Bot, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram import Message as SentMessage
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, TelegramError

from bot.telegram.limits import BROADCAST
from bot.telegram.richtext import Message

log = structlog.get_logger("sitrep.sending")

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""Telegram fetches previews itself: a link in a message would be a request that nobody made."""

TYPING_EVERY = 4.5
"""Telegram shows "typing" for five seconds, so it is said again before they are over."""


async def acknowledge(query: CallbackQuery, text: str | None = None) -> None:
    """Answer the press of a button; Telegram refuses that for one pressed while the bot was down."""
    try:
        await query.answer(text)
    except TelegramError as exc:
        log.info("a pressed button could not be acknowledged", error=type(exc).__name__)


async def send_text(bot: Bot, chat_id: int, text: str, *, thread: int | None = None) -> SentMessage:
    """Send plain text, into a topic of a forum where one is given."""
    return await bot.send_message(chat_id, text, link_preview_options=NO_PREVIEW, message_thread_id=thread)


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

    A broadcast waits until no answer to a question does.
    """
    markup = keyboard(message)
    fields: dict[str, Any] = {"reply_markup": markup, "link_preview_options": NO_PREVIEW, "message_thread_id": thread}
    if reply_to is not None:
        fields["reply_to_message_id"] = reply_to
    if broadcast:
        fields["rate_limit_args"] = BROADCAST
    try:
        return await bot.send_message(chat_id, message.html, parse_mode=ParseMode.HTML, **fields)
    except BadRequest as exc:
        if "parse entities" not in str(exc).lower():
            raise
        log.error("Telegram did not read our markup", error=str(exc)[:100])
        return await bot.send_message(chat_id, message.plain, **fields)


async def edit(bot: Bot, chat_id: int, message_id: int, message: Message) -> None:
    """Put a rendered message in the place of one that was sent; nothing happens where that shows it already."""
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
        if "not modified" not in str(exc).lower():
            raise


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Return the rows of buttons as Telegram takes them."""
    rows = [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in message.buttons]
    return InlineKeyboardMarkup(rows) if rows else None


@asynccontextmanager
async def typing(bot: Bot, chat_id: int, thread: int | None = None) -> AsyncIterator[None]:
    """Show that the bot is at work, for as long as it is."""

    async def show() -> None:
        while True:
            await bot.send_chat_action(chat_id, ChatAction.TYPING, message_thread_id=thread)
            await asyncio.sleep(TYPING_EVERY)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

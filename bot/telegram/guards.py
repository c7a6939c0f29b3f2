"""Who gets through to a handler, and the line that the chat gets when a handler fails."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog
from telegram import Update
from telegram.error import Forbidden, TelegramError

from bot.locales import explain
from bot.telegram.context import Context
from retrieval.domain import SitrepError, StoreError

log = structlog.get_logger("sitrep.handlers")

Handler = Callable[[Context], Coroutine[Any, Any, None]]
"""Answers an update; everything about that is in the context."""

Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
"""What python-telegram-bot calls."""


def anybody(handler: Handler) -> Callback:
    """Let every update through to `handler`."""

    async def callback(update: Update, context: Context) -> None:
        await handler(context)

    return callback


def admitted(handler: Handler) -> Callback:
    """Let only admins and admitted chats through to `handler`; others get one polite line."""

    async def callback(update: Update, context: Context) -> None:
        await _guard(handler, context)

    return callback


async def _guard(handler: Handler, context: Context) -> None:
    if not context.has_sender:
        return
    if context.may_ask():
        await handler(context)
    elif context.has_query:
        await context.acknowledge()
    elif context.access.greet_stranger(context.chat_id):
        await context.reply("stranger", chat=context.chat_id)


def admins_only(handler: Handler) -> Callback:
    """Let only admins through to `handler`; admitted chats get one sentence, others the polite line."""

    async def guarded(context: Context) -> None:
        if context.is_admin():
            await handler(context)
        else:
            await context.reply("admins_only")

    return admitted(guarded)


async def failed(update: object, context: Context) -> None:
    """Log the error of a handler, without the question, and send the chat one sentence."""
    error = context.error
    if isinstance(error, Forbidden):
        return  # the chat blocked the bot
    if not isinstance(error, SitrepError):
        log.error("a handler failed", error=type(error).__name__, where=_where(error))
    if not (isinstance(update, Update) and update.effective_chat) or isinstance(error, TelegramError):
        return
    with suppress(StoreError):
        await context.refresh_data()  # for the language
    explained = explain(error, context.language) if isinstance(error, SitrepError) else context.say("failed")
    await context.send_text(explained)


def _where(error: BaseException | None) -> str:
    """Return the file and line where an error was raised: enough to find it, and nothing of the question."""
    trace = error.__traceback__ if error else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""

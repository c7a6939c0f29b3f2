"""Who may use a handler, and the line that the chat gets when a handler fails."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from telegram import Update
from telegram.constants import ChatType
from telegram.error import Forbidden, TelegramError

from bot.locales import explain
from bot.telegram.context import Context
from bot.telegram.reports import Reports
from bot.telegram.richtext import Message
from bot.telegram.sending import is_passing
from bot.telegram.updates.supervisor import Supervisor
from retrieval.domain import BusyError, QuestionError, SitrepError, StoreError, UnstorableError

log = structlog.get_logger("sitrep.handlers")

MOST_SHOWN = 200
"""Characters that a client shows for a moment where a button was pressed (Bot API, `answerCallbackQuery`)."""

Handler = Callable[[Context], Coroutine[Any, Any, None]]
"""Answers the update of a context."""

Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
"""What python-telegram-bot calls."""


def replying(reply: Callable[[Context], str | Message]) -> Handler:
    """Return a handler that runs `reply` in a thread, where it may block, and sends what it returns."""

    async def handler(context: Context) -> None:
        made = await asyncio.to_thread(reply, context)
        await (context.send_text(made) if isinstance(made, str) else context.send(made))

    return handler


def pressed(reply: Callable[[Context], Message], show: Callable[[Context, Message], Awaitable[object]]) -> Handler:
    """Return a handler of a button that runs `reply` in a thread and shows what it returns, or why it raises."""

    async def handler(context: Context) -> None:
        try:
            made = await asyncio.to_thread(reply, context)
        except QuestionError as exc:
            await context.acknowledge(str(exc))
            return
        await context.acknowledge()
        await show(context, made)

    return handler


def anybody(handler: Handler) -> Callback:
    """Let every update through to `handler`."""

    async def callback(update: Update, context: Context) -> None:
        await handler(context)

    return callback


def admitted(handler: Handler) -> Callback:
    """Let only admins and admitted chats through to `handler`; others get one polite line.

    Updates without a person or without a chat (posts in channels, inline queries) are ignored.
    """

    async def callback(update: Update, context: Context) -> None:
        if not (update.effective_chat and update.effective_user):
            if update.callback_query:
                await context.acknowledge()
            return
        if context.may_ask():
            await handler(context)
        elif update.callback_query:
            await context.acknowledge()
        elif not context.is_group and context.access.greet_stranger(context.chat_id):
            await context.reply("stranger", chat=context.chat_id)

    return callback


def editors_only(handler: Handler) -> Callback:
    """Let only those who may add sources through to `handler`; other readers get one sentence."""

    return _only(handler, Context.may_add, "editors_only")


def admins_only(handler: Handler) -> Callback:
    """Let only admins through to `handler`; admitted chats get one sentence, others the polite line."""

    return _only(handler, Context.is_admin, "admins_only")


def _only(handler: Handler, may: Callable[[Context], bool], refusal: str) -> Callback:
    """Let those of the admitted chats through who `may`; others get the frame text `refusal`."""

    async def guarded(context: Context) -> None:
        if may(context):
            await handler(context)
        elif context.is_press:
            await context.acknowledge(context.say(refusal))
        else:
            await context.reply(refusal)

    return admitted(guarded)


async def failed(update: object, context: Context) -> None:
    """Log the error of a handler, without the question, and send the chat one sentence.

    An update whose handler could not reach Telegram is handled again later.
    """
    error = context.error
    if isinstance(error, Forbidden):
        return  # the chat blocked the bot
    if isinstance(error, TelegramError) and is_passing(error):
        log.warning("Telegram could not be reached; the update is handled again", error=type(error).__name__)
        context.put_off()
        return
    supervisor: Supervisor = context.bot_data["supervisor"]
    passing = isinstance(error, StoreError) and not isinstance(error, BusyError | UnstorableError)
    if isinstance(error, StoreError) and passing and supervisor.running:
        supervisor.report(error)
        if isinstance(update, Update) and update.effective_chat and update.effective_user:
            supervisor.tell_writer(update.effective_chat.to_dict(), update.effective_user.to_dict())
        context.put_off()
        return
    if not isinstance(error, SitrepError):
        # The file and line are enough to find it, and contain nothing of the question.
        trace = traceback.extract_tb(error.__traceback__)[-1:] if error else []
        where = " ".join(f"{Path(at.filename).name}:{at.lineno}" for at in trace)
        log.error("a handler failed", error=type(error).__name__, where=[f"{at.filename}:{at.lineno}" for at in trace])
        reports: Reports = context.bot_data["reports"]
        reports.add("handler", about=where, error=type(error).__name__, where=where)
    if not (isinstance(update, Update) and update.effective_chat):
        return
    if update.effective_chat.type == ChatType.CHANNEL:
        return  # whose readers asked nothing
    with suppress(StoreError):
        await context.refresh_data()  # for the language
    explained = explain(error, context.language) if isinstance(error, SitrepError) else context.say("failed")
    if context.is_press and not context.acknowledged:
        await context.acknowledge(explained[:MOST_SHOWN])
    else:
        await context.send_text(explained)

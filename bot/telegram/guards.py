"""Telegram callbacks that every chat meets first: who is let in, what the bot is, what went wrong."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from telegram import Update
from telegram.error import Forbidden, TelegramError
from telegram.ext import Application, CommandHandler

from bot.locales import explain, language_list, say
from bot.telegram.context import Context, desk_of
from bot.telegram.sending import acknowledge, reply, send_text
from retrieval.domain import SitrepError
from retrieval.store.chats.chats import erase, keep

log = structlog.get_logger("sitrep.handlers")

Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


def admitted(handler: Handler) -> Handler:
    """Let only admins and admitted chats through to `handler`; others get one polite line."""

    async def guarded(update: Update, context: Context) -> None:
        desk, chat, user = desk_of(context), update.effective_chat, update.effective_user
        if chat is None or user is None:
            return
        if await asyncio.to_thread(desk.access.may_ask, chat.id, user.id):
            await handler(update, context)
        elif update.callback_query:
            await acknowledge(update.callback_query)
        elif desk.access.greet_stranger(chat.id):
            await send_text(context.bot, chat.id, say("stranger", desk.language(update), chat=chat.id))

    return guarded


def admins_only(handler: Handler) -> Handler:
    """Let only admins through to `handler`; others are told so."""

    async def guarded(update: Update, context: Context) -> None:
        user = update.effective_user
        if user is not None and desk_of(context).access.is_admin(user.id):
            await handler(update, context)
        else:
            await reply(update, context, "admins_only")

    return admitted(guarded)


@admitted
async def start(update: Update, context: Context) -> None:
    language = desk_of(context).language(update)
    await reply(update, context, "start", languages=language_list(language))


@admitted
async def privacy(update: Update, context: Context) -> None:
    """Say what is stored about the chat."""
    await reply(update, context, "privacy")


@admitted
async def help_(update: Update, context: Context) -> None:
    """Say what there is to write; to admins also what only they may."""
    desk, chat, user = desk_of(context), update.effective_chat, update.effective_user
    assert chat is not None
    assert user is not None
    keys = ("help", "help_admins") if desk.access.is_admin(user.id) else ("help",)
    await send_text(context.bot, chat.id, "\n\n".join(say(key, desk.language(update)) for key in keys))


@admins_only
async def admit(update: Update, context: Context) -> None:
    number = await _numbered(update, context)
    if number is not None:
        await asyncio.to_thread(keep, desk_of(context).resources.library.engine, number, admitted=True)
        await reply(update, context, "admitted", chat=number)


@admins_only
async def expel(update: Update, context: Context) -> None:
    number = await _numbered(update, context)
    if number is not None:
        await asyncio.to_thread(erase, desk_of(context).resources.library.engine, number)
        await reply(update, context, "expelled", chat=number)


async def _numbered(update: Update, context: Context) -> int | None:
    """Return the chat that a command names, or the one it came from; None, and say so, where it names none."""
    assert update.effective_chat is not None
    try:
        return int((context.args or [str(update.effective_chat.id)])[0])
    except ValueError:
        await reply(update, context, "admit_what")
        return None


async def failed(update: object, context: Context) -> None:
    """Whatever went wrong in a handler: noted without what was asked, and said in one line."""
    error = context.error
    if isinstance(error, Forbidden):
        return  # blocked by its user: there is nobody to tell
    chat = update.effective_chat if isinstance(update, Update) else None
    if isinstance(error, SitrepError) and isinstance(update, Update) and chat is not None:
        await send_text(context.bot, chat.id, explain(error, desk_of(context).language(update)))
        return
    log.error("a handler failed", error=type(error).__name__, where=_where(error))
    if isinstance(update, Update) and chat is not None and not isinstance(error, TelegramError):
        await reply(update, context, "failed")


def _where(error: BaseException | None) -> str:
    """Return the file and line an error came from: enough to find it, and nothing of what was asked."""
    trace = error.__traceback__ if error else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what."""
    for name, handler in (("start", start), ("help", help_), ("privacy", privacy), ("admit", admit), ("expel", expel)):
        application.add_handler(CommandHandler(name, handler))
    application.add_error_handler(failed)

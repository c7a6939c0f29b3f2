"""Telegram callbacks: unpack, call the library, render, send."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.desk import Context, Desk, desk_of
from bot.locales import say
from bot.render import Message, answer_messages, context_message
from retrieval.answer.ask import ask
from retrieval.answer.context import passage_in_context
from retrieval.domain import Answer, SitrepError
from retrieval.store.chats import keep

log = structlog.get_logger("sitrep.handlers")

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""Telegram fetches previews by itself: a link in a message would be a request nobody made."""

TYPING_EVERY = 4.5
"""Telegram shows "typing" for five seconds, so it is said again before they are over."""

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
            await update.callback_query.answer()
        elif desk.access.greet_stranger(chat.id):
            await send_text(context.bot, chat.id, say("stranger", desk.language(update), chat=chat.id))

    return guarded


@admitted
async def start(update: Update, context: Context) -> None:
    await reply(update, context, "start")


@admitted
async def help_(update: Update, context: Context) -> None:
    await reply(update, context, "help")


@admitted
async def ask_command(update: Update, context: Context) -> None:
    question = " ".join(context.args or [])
    if not question.strip():
        await reply(update, context, "ask_what")
        return
    await answer_question(update, context, question)


@admitted
async def plain_message(update: Update, context: Context) -> None:
    message = update.effective_message
    await answer_question(update, context, (message.text or message.caption or "") if message else "")


async def answer_question(update: Update, context: Context, question: str) -> None:
    """Send the answer to `question`, with a typing action while it is worked out."""
    desk, chat = desk_of(context), update.effective_chat
    assert chat is not None
    if desk.access.too_many(chat.id):
        await reply(update, context, "too_many")
        return
    try:
        async with _typing(context.bot, chat.id):
            answer = await asyncio.to_thread(_ask, desk, question)
    except SitrepError as exc:
        await send_text(context.bot, chat.id, str(exc))
        return
    for message in answer_messages(answer):
        await send(context.bot, chat.id, message)


def _ask(desk: Desk, question: str) -> Answer:
    newsroom = desk.newsroom
    return ask(newsroom.library, newsroom.embedder, question, now=datetime.now(newsroom.settings.zone))


@admitted
async def open_citation(update: Update, context: Context) -> None:
    """Show a citation's passage where it stands in its article."""
    query, chat = update.callback_query, update.effective_chat
    assert query is not None
    assert chat is not None
    desk = desk_of(context)
    language = desk.language(update)
    passage_id, start_, end = (int(part) for part in (query.data or "").split(":")[1:])
    found = await asyncio.to_thread(passage_in_context, desk.newsroom.library, passage_id)
    if found is None:
        await query.answer(say("not_there", language))
        return
    await query.answer()
    await send(context.bot, chat.id, context_message(found.passage, found.before, found.after, start_, end, language))


async def admit(update: Update, context: Context) -> None:
    await _set_admission(update, context, admitted_=True)


async def expel(update: Update, context: Context) -> None:
    await _set_admission(update, context, admitted_=False)


async def _set_admission(update: Update, context: Context, *, admitted_: bool) -> None:
    desk, user, chat = desk_of(context), update.effective_user, update.effective_chat
    assert chat is not None
    if user is None or not desk.access.is_admin(user.id):
        await reply(update, context, "admins_only")
        return
    try:
        number = int((context.args or [str(chat.id)])[0])
    except ValueError:
        await reply(update, context, "admit_what")
        return
    await asyncio.to_thread(keep, desk.newsroom.library.engine, number, admitted=admitted_)
    await reply(update, context, "admitted" if admitted_ else "expelled", chat=number)


async def failed(update: object, context: Context) -> None:
    """Whatever went wrong in a handler: noted without what was asked, and said in one line."""
    error = context.error
    if isinstance(error, Forbidden):
        return  # blocked by its user: there is nobody to tell
    log.error("a handler failed", error=type(error).__name__, where=_where(error))
    if isinstance(update, Update) and update.effective_chat and not isinstance(error, TelegramError):
        await reply(update, context, "failed")


def _where(error: BaseException | None) -> str:
    """Return the file and line an error came from: enough to find it, and nothing of what was asked."""
    trace = error.__traceback__ if error else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


async def reply(update: Update, context: Context, key: str, **fields: object) -> None:
    """Send a frame text in the language of the chat."""
    assert update.effective_chat is not None
    await send_text(context.bot, update.effective_chat.id, say(key, desk_of(context).language(update), **fields))


async def send_text(bot: Bot, chat_id: int, text: str) -> None:
    await bot.send_message(chat_id, text, link_preview_options=NO_PREVIEW)


async def send(bot: Bot, chat_id: int, message: Message) -> None:
    """Send a rendered message; should Telegram not read its markup, the same as plain text."""
    rows = [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in message.buttons]
    markup = InlineKeyboardMarkup(rows) if rows else None
    try:
        await bot.send_message(
            chat_id,
            message.html,
            parse_mode=ParseMode.HTML,
            reply_markup=markup,
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as exc:
        if "parse entities" not in str(exc):
            raise
        log.error("Telegram did not read our markup", error=str(exc)[:100])
        await bot.send_message(chat_id, message.plain, reply_markup=markup, link_preview_options=NO_PREVIEW)


@asynccontextmanager
async def _typing(bot: Bot, chat_id: int) -> AsyncIterator[None]:
    async def show() -> None:
        while True:
            await bot.send_chat_action(chat_id, ChatAction.TYPING)
            await asyncio.sleep(TYPING_EVERY)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

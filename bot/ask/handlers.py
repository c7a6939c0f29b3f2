"""Telegram callbacks around a question: asking, following up, as of a moment, longer and shorter."""

import asyncio
import re
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.ask.conflicts import conflict_button
from bot.ask.conversation import Turn
from bot.ask.progress import Told, drafting
from bot.ask.render import Message, answer_messages, speakers_message
from bot.locales import moment_text, say
from bot.metrics import counted
from bot.moments import as_of_moment
from bot.telegram.context import Context, Desk, desk_of
from bot.telegram.guards import admitted
from bot.telegram.sending import acknowledge, edit, reply, send, typing
from retrieval.answer.ask import STATEMENTS, ask
from retrieval.domain import Answer, QuestionError
from retrieval.language.days.dates import parse_moment
from retrieval.language.detect import detect
from retrieval.language.packs import all_words
from retrieval.question.follow_up import FollowUp, resolve

LENGTHS = (1, STATEMENTS, 2 * STATEMENTS)
"""Statements in a short, a usual and a long answer."""

MOMENT_WORDS = 6
"""The longest moment written: "6 января 2022 года в 18:00"."""

NOW = all_words("questions", "now")
"""What takes `/asof` back to the present."""


@admitted
async def ask_command(update: Update, context: Context) -> None:
    question = _after_command(update)
    if question:
        await answer_question(update, context, question)
    else:
        await reply(update, context, "ask_what")


@admitted
async def plain_message(update: Update, context: Context) -> None:
    message = update.effective_message
    await answer_question(update, context, (message.text or message.caption or "") if message else "")


@admitted
async def group_message(update: Update, context: Context) -> None:
    """In a group, answer only what mentions the bot or replies to it."""
    message = update.effective_message
    assert message is not None
    mention = f"@{context.bot.username}"
    text = message.text or message.caption or ""
    replied = message.reply_to_message and message.reply_to_message.from_user
    if mention.casefold() in text.casefold() or (replied and replied.id == context.bot.id):
        question = re.sub(re.escape(mention), "", text, flags=re.IGNORECASE).strip()
        if question:
            await answer_question(update, context, question)
        else:
            await reply(update, context, "ask_what")


@admitted
async def as_of(update: Update, context: Context) -> None:
    """Ask as of a moment: `/asof 6 Jan 18:00 how many were held?`, or for the questions that follow."""
    desk, chat = desk_of(context), update.effective_chat
    assert chat is not None
    written = _after_command(update)
    memory = desk.conversations.memory(chat.id)
    if not written or written.casefold() in NOW:
        memory.as_of = None
        await reply(update, context, "asof_now")
        return
    moment, question = split_moment(written, datetime.now(desk.resources.settings.zone))
    if question:
        await answer_question(update, context, question, as_of_=moment)
    else:
        memory.as_of = moment
        await reply(update, context, "asof_set", moment=moment_text(moment, desk.language(update)))


def split_moment(written: str, now: datetime) -> tuple[datetime, str]:
    """Return the moment a text opens with, and the rest of it. Raises QuestionError where it opens with none."""
    parts = written.split()
    for length in range(min(len(parts), MOMENT_WORDS), 1, -1):
        try:
            parse_moment(" ".join(parts[:length]), now)
        except QuestionError:
            continue
        break
    else:
        length = 1
    moment = as_of_moment(" ".join(parts[:length]), now)
    assert moment is not None
    return moment, " ".join(parts[length:])


@admitted
async def new(update: Update, context: Context) -> None:
    """Forget the conversation so far."""
    assert update.effective_chat is not None
    desk_of(context).conversations.forget(update.effective_chat.id)
    await reply(update, context, "forgotten")


async def answer_question(
    update: Update, context: Context, message: str, as_of_: datetime | None = None, length: int = STATEMENTS
) -> None:
    """Send the answer to what a message asks, after what was asked before it."""
    desk, chat, user = desk_of(context), update.effective_chat, update.effective_user
    assert chat is not None
    if desk.access.too_many(chat.id, user.id if user else 0):
        await reply(update, context, "too_many")
        return
    memory = desk.conversations.memory(chat.id)
    asked = await asyncio.to_thread(_resolved, desk, message, [turn.question for turn in memory.turns])
    last = desk.conversations.last(chat.id)
    if asked.who_says and last is not None:
        await send(context.bot, chat.id, speakers_message(last.answer, desk.language(update)))
        return
    async with typing(context.bot, chat.id), drafting(update, context) as told:
        language = await asyncio.to_thread(desk.language, update)
        answer = await asyncio.to_thread(_ask, desk, asked.question, language, as_of_ or memory.as_of, length, told)
    turn = desk.conversations.add(chat.id, asked.question, answer, length)
    await _send_turn(update, context, turn)


def _resolved(desk: Desk, message: str, before: list[str]) -> FollowUp:
    """Complete a follow-up, by the language model where there is one."""
    previous = before[-1] if before else None
    found = resolve(message, previous, detect(message))
    if found.question == message or found.who_says or desk.resources.rewriter is None:
        return found
    return FollowUp(desk.resources.rewriter(message, before) or found.question)


@counted
def _ask(
    desk: Desk, question: str, fallback: str, as_of_: datetime | None, length: int, told: Told | None = None
) -> Answer:
    resources = desk.resources
    return ask(
        resources.library,
        resources.embedder,
        question,
        as_of=as_of_,
        now=datetime.now(resources.settings.zone),
        most=length,
        fallback=fallback,
        composer=resources.composer_telling(told),
    )


def _rendered(desk: Desk, turn: Turn) -> list[Message]:
    """Return the messages of a turn's answer, with a button to what competes with it where something does."""
    now = datetime.now(desk.resources.settings.zone)
    button = conflict_button(desk.resources.library, turn.answer, turn.key, now)
    return answer_messages(turn.answer, turn.key, turn.length, further=[button] if button else ())


async def _send_turn(update: Update, context: Context, turn: Turn) -> None:
    chat, message = update.effective_chat, update.effective_message
    assert chat is not None
    turn.messages[:] = await asyncio.to_thread(_rendered, desk_of(context), turn)
    grouped = chat.type != chat.PRIVATE
    for number, rendered in enumerate(turn.messages):
        await send(
            context.bot, chat.id, rendered, reply_to=message.message_id if grouped and message and number == 0 else None
        )


@admitted
async def change_length(update: Update, context: Context) -> None:
    """Answer the same question at another length, in the place of the first answer."""
    query, chat, desk = update.callback_query, update.effective_chat, desk_of(context)
    assert query is not None
    assert chat is not None
    _, key, wanted = (query.data or "").split(":")
    turn = desk.conversations.turn(chat.id, int(key))
    if turn is None or query.message is None:
        await acknowledge(query, say("forgotten_turn", desk.language(update)))
        return
    await acknowledge(query)
    turn.length = LENGTHS[min(int(wanted), len(LENGTHS) - 1)]
    turn.answer = await asyncio.to_thread(
        _ask, desk, turn.question, turn.answer.language, turn.answer.as_of, turn.length
    )
    turn.messages[:] = await asyncio.to_thread(_rendered, desk, turn)
    await edit(context.bot, chat.id, query.message.message_id, turn.messages[-1])


@admitted
async def explain_as_of(update: Update, context: Context) -> None:
    """Say how to ask the same as of another moment."""
    query = update.callback_query
    assert query is not None
    await acknowledge(query)
    await reply(update, context, "asof_how")


def _after_command(update: Update) -> str:
    message = update.effective_message
    words = ((message.text or message.caption or "") if message else "").split(maxsplit=1)
    return words[1].strip() if len(words) > 1 else ""


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what."""
    for names, handler in ((("ask",), ask_command), (("asof",), as_of), (("new", "forget"), new)):
        application.add_handler(CommandHandler(names, handler))
    application.add_handler(CallbackQueryHandler(change_length, pattern=r"^len:\d+:\d$"))
    application.add_handler(CallbackQueryHandler(explain_as_of, pattern=r"^asof$"))
    asked = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND
    fresh = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
    application.add_handler(MessageHandler(asked & fresh & filters.ChatType.PRIVATE, plain_message))
    application.add_handler(MessageHandler(asked & fresh & filters.ChatType.GROUPS, group_message))

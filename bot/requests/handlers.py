"""Telegram callbacks of messages in plain words: what each asks for is done, as its command would do it."""

import asyncio
import re
from dataclasses import replace
from functools import partial

import telegram
from babel import Locale
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.admin.handlers import help_, privacy
from bot.ask.handlers import answer_question, answer_to, complete, send_answer
from bot.ask.render import speakers_message
from bot.brief.handlers import send_brief
from bot.brief.render import timeline_messages
from bot.figures.handlers import figures
from bot.locales import LOCALES, language_list, say
from bot.requests.examples import Cache, examples
from bot.requests.plain import (
    BRIEFED,
    COMMANDS,
    FRIENDLY,
    Reply,
    brief_instead,
    is_briefing,
    is_ledger,
    read,
    reply,
    sources_line,
)
from bot.schedule.handlers import subscribe, unsubscribe
from bot.schedule.hours import read_hour
from bot.schedule.settings import language, settings
from bot.schedule.watches import watch
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted
from bot.telegram.richtext import Block, Button, Run, message
from bot.telegram.updates.pools import Pool
from retrieval.domain import Intent
from retrieval.language.words import fold
from retrieval.question.question import Question
from retrieval.question.topic import topic_of
from retrieval.reader.reader import STATEMENTS
from retrieval.store.chats.shown import shown_to
from retrieval.store.read import is_empty

USUAL_HOUR = "08:00"
"""Of a brief that is asked for without an hour."""

NAME_LETTERS = 4
"""First letters by which the name of a language is known in all its forms: "по-казахски", "қазақша"."""

ASKING = frozenset({Intent.SUMMARY, Intent.LATEST, Intent.TIMELINE, Intent.FIGURES})
ALONE = FRIENDLY.keys() | (COMMANDS.keys() - ASKING) | {Intent.SOURCES}
"""Intents of messages that go on from nothing, however short they are."""


@admitted
async def start(context: Context) -> None:
    """`/start`: what the bot is for, and three questions that it can answer, each a button."""
    cache: Cache = context.bot_data.setdefault("examples", {})
    language = context.language
    async with context.typing():
        made = partial(examples, context.resources, language, context.now(), cache)
        questions = await context.run_in(Pool.QUESTIONS, made)
    blocks: list[Block] = [(Run(context.say("start", languages=language_list(language))),)]
    if questions:
        blocks.append((Run(context.say("start_examples")),))
    elif await asyncio.to_thread(is_empty, context.engine):
        blocks.append((Run(context.say("start_empty_editor" if context.may_add() else "start_empty")),))
    await context.send(message(blocks, [[Button(text, f"try:{n}")] for n, text in enumerate(questions)]))


@admitted
async def try_example(context: Context) -> None:
    """The button of a question: ask what is written on it."""
    await context.acknowledge()
    shown = context.query.message
    markup = shown.reply_markup if isinstance(shown, telegram.Message) else None
    buttons = [button for row in markup.inline_keyboard for button in row] if markup else []
    text = next((button.text for button in buttons if button.callback_data == context.query.data), None)
    if text is None:
        await context.reply("forgotten_exchange")
    else:
        await respond(context, text)


@admitted
async def ask_command(context: Context) -> None:
    """`/ask QUESTION`."""
    if context.argument:
        await respond(context, context.argument)
    else:
        await context.reply("ask_what")


@admitted
async def private_message(context: Context) -> None:
    if not context.is_unchanged():
        await respond(context, context.written)


@admitted
async def group_message(context: Context) -> None:
    """In a group, respond only to a message that mentions the bot or replies to it."""
    replied = context.message.reply_to_message
    to_the_bot = replied is not None and replied.from_user is not None and replied.from_user.id == context.bot.id
    if context.mentions_the_bot() or to_the_bot:
        mention = rf"@{re.escape(context.bot.username)}\b"
        text = re.sub(mention, "", context.written, flags=re.IGNORECASE).strip()
        if context.is_unchanged():
            return
        if text:
            await respond(context, text)
        else:
            await context.reply("ask_what")


async def respond(context: Context, text: str) -> None:
    """Do what a message asks for; one that asks for nothing else is a question."""
    if not any(character.isalnum() for character in text):
        await context.reply("only_text")  # a thumb up, three dots
        return
    question = await _read(context, text)
    if question.intent not in ALONE:
        asked, last = await complete(context, text), context.answered()
        if last is not None and (asked.who_says or _asks_who_says(question)):
            await context.send(speakers_message(last.answer, context.language))
            return
        if asked.question != text:
            text, question = asked.question, await _read(context, asked.question)
            if last is not None and question.intent in ALONE:  # what goes on from a request asks for the same
                question = replace(question, intent=last.answer.intent)
    intent = question.intent
    if intent in FRIENDLY:
        await context.send_text(say(FRIENDLY[intent], question.answer_language))
    elif intent is Intent.SOURCES:
        await context.send_text(await asyncio.to_thread(sources_line, context.resources, question.answer_language))
    elif intent in _CALLED:
        callback, argument = _CALLED[intent]
        await context.perform(callback, argument(context, question))
        await _name_command(context, intent)
    elif intent is Intent.SETTINGS:
        named = _language_named(question.text)
        await context.perform(language if named else settings, named)
        await _name_command(context, intent)
    elif is_ledger(question):
        context.charge_as(COMMANDS[intent])
        await context.perform(figures, "")
        await _name_command(context, intent)
    elif intent is Intent.TIMELINE or (intent is not Intent.QUESTION and is_briefing(question)):
        await _compose(context, text, question)
    else:
        await _answer(context, text, question)


async def _answer(context: Context, text: str, question: Question) -> None:
    """Send an answer, or a brief where no one sentence says what is new."""
    answer = await answer_to(context, text, intent=question.intent)
    make = partial(brief_instead, context.resources, text, question, answer, now=question.as_of or context.now())
    instead = await context.run_in(Pool.BRIEFS, make) if question.intent in BRIEFED else None
    if instead is None:
        await send_answer(context, text, answer)
    else:
        await _send_composed(context, text, question, instead)


async def _read(context: Context, text: str) -> Question:
    now, as_of = context.now(), context.memory.as_of
    make = partial(read, context.resources, text, now=now, as_of=as_of, language=None, fallback=context.language)
    return await asyncio.to_thread(make)


def _asks_who_says(question: Question) -> bool:
    return question.intent is Intent.WHO_SAYS and not topic_of(question).words


async def _compose(context: Context, text: str, question: Question) -> None:
    """Send a briefing or a timeline, and its command."""
    context.charge_as(COMMANDS[question.intent])
    shown = await asyncio.to_thread(shown_to, context.engine, context.chat_id)
    async with context.typing():
        make = partial(reply, context.resources, text, question, now=question.as_of or context.now(), shown=shown)
        made = await context.run_in(Pool.BRIEFS, make)
    await _send_composed(context, text, question, made)


async def _send_composed(context: Context, text: str, question: Question, made: Reply) -> None:
    if made.briefing is not None:
        exchange = context.conversations.add(context.place, text, made.answer, STATEMENTS)
        await send_brief(context, made.briefing, sent=exchange.sent.add)
    elif made.timeline is not None:
        exchange = context.conversations.add(context.place, text, made.answer, STATEMENTS)
        for message in timeline_messages(made.timeline, question.answer_language, made.topic):
            await context.send(message, sent=exchange.sent.add)
    else:
        await answer_question(context, text)
        return
    await _name_command(context, question.intent, question.answer_language)


async def _name_command(context: Context, intent: Intent, spoken: str = "") -> None:
    """Name the command of an intent in small print, in the language of the answer, once in a conversation."""
    command = COMMANDS[intent]
    if command not in context.memory.named and intent is not Intent.HELP:  # which names it among all others
        context.memory.named.add(command)
        await context.send_small(say("short_for", spoken or context.language, command=command))


def _hour(context: Context, question: Question) -> str:
    found = read_hour(question.text)
    return f"{found[0]:%H:%M}" if found else USUAL_HOUR


def _hour_if_any(context: Context, question: Question) -> str:
    found = read_hour(question.text)
    return f"{found[0]:%H:%M}" if found else ""


def _watched(context: Context, question: Question) -> str:
    """Return the part of the message that says what to watch for."""
    words = topic_of(question).words
    if not words:
        return ""
    start = question.text.find(words[0])
    end = question.text.rfind(words[-1]) + len(words[-1])
    return question.text[start:end]


def _nothing(context: Context, question: Question) -> str:
    return ""


_CALLED = {
    Intent.SUBSCRIBE: (subscribe, _hour),
    Intent.UNSUBSCRIBE: (unsubscribe, _hour_if_any),
    Intent.WATCH: (watch, _watched),
    Intent.HELP: (help_, _nothing),
    Intent.PRIVACY: (privacy, _nothing),
}
"""Whose commands are called, and the argument that a message gives them."""


def _language_named(text: str) -> str:
    """Return the language that a message names, in any of the bot's languages or its own; "" for none."""
    words = re.findall(r"[^\W\d_]+", fold(text))
    for code in LOCALES:
        for other in LOCALES:
            name = fold(Locale.parse(other).languages.get(code, ""))
            if name and any(word[:NAME_LETTERS] == name[:NAME_LETTERS] for word in words):
                return code
    return ""


@admitted
async def unknown_command(context: Context) -> None:
    await context.reply("unknown_command")


@admitted
async def not_text(context: Context) -> None:
    """Answer a picture, a voice message, a document of a reader: whatever no other handler takes."""
    await context.reply("only_text")


@admitted
async def unknown_button(context: Context) -> None:
    """Answer the press of a button that no handler has: of an older Sitrep, or forged."""
    await context.acknowledge(context.say("forgotten_exchange"))


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(try_example, pattern=r"^try:\d$"))
    application.add_handler(CommandHandler("ask", ask_command))
    asked = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND
    fresh = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
    application.add_handler(MessageHandler(asked & fresh & filters.ChatType.PRIVATE, private_message))
    application.add_handler(MessageHandler(asked & fresh & filters.ChatType.GROUPS, group_message))
    private = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE
    application.add_handler(MessageHandler(private & filters.COMMAND, unknown_command))
    application.add_handler(CallbackQueryHandler(unknown_button))
    application.add_handler(MessageHandler(private & ~filters.StatusUpdate.ALL, not_text))

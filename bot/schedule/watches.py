"""Telegram callbacks of /watch and /watches: topics that a chat is alerted about as soon as they are reported."""

import asyncio

from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.schedule.render import watches_message
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted, replying
from bot.telegram.richtext import Message
from retrieval.answer.harmless import defang
from retrieval.domain import QuestionError
from retrieval.language.text import clean
from retrieval.store.chats import watches

MOST_WATCHES = 10
"""Of one chat."""

WATCH_CHARACTERS = 200


@admitted
@replying
def watch(context: Context) -> str:
    """`/watch how many were killed` alerts the chat when a new source answers that. Raises QuestionError."""
    text = " ".join(clean(context.argument).split())
    if not any(character.isalnum() for character in text):
        return context.say("watch_how")
    if len(text) > WATCH_CHARACTERS:
        raise QuestionError(context.say("watch_too_long", most=WATCH_CHARACTERS))
    if not context.may_subscribe():
        raise QuestionError(context.say("subscribe_not_admitted", chat=context.chat_id))
    if watches.watch(context.engine, context.chat_id, text, MOST_WATCHES, context.thread) is None:
        raise QuestionError(context.say("watch_too_many", most=MOST_WATCHES))
    return context.say("watching", text=defang(text))


@admitted
@replying
def watches_command(context: Context) -> Message:
    """`/watches`: the topics watched, with a button that stops each."""
    return watches_message(watches.of_chat(context.engine, context.chat_id), context.language)


@admitted
async def stop(context: Context) -> None:
    """The button that stops a watch."""
    number = int(context.button[-1])
    stopped = await asyncio.to_thread(watches.stop, context.engine, context.chat_id, number)
    await context.acknowledge(context.say("watch_stopped" if stopped else "watch_gone"))
    held = await asyncio.to_thread(watches.of_chat, context.engine, context.chat_id)
    await context.edit(watches_message(held, context.language))


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("watch", watch))
    application.add_handler(CommandHandler("watches", watches_command))
    application.add_handler(CallbackQueryHandler(stop, pattern=r"^watch:x:\d{1,15}$"))

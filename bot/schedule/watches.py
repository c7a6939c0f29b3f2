"""Telegram callbacks of /watch and /watches: what a chat wants to hear of as soon as it is reported."""

import asyncio
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler

from bot.schedule.handlers import Room, room_of
from bot.schedule.render import watches_message
from bot.telegram.context import Context
from bot.telegram.guards import admitted
from bot.telegram.sending import acknowledge, edit, send, send_text
from retrieval.answer.harmless import defang
from retrieval.domain import QuestionError
from retrieval.language.text import clean
from retrieval.store.chats import watches

MOST_WATCHES = 10
"""Of one chat."""

WATCH_CHARACTERS = 200


@admitted
async def watch(update: Update, context: Context) -> None:
    """`/watch how many were killed` alerts the chat when a new source answers that."""
    room, message = room_of(update, context), update.effective_message
    written = ((message.text if message else "") or "").partition(" ")[2]
    await send_text(context.bot, room.chat_id, await asyncio.to_thread(_watch, room, written))


def _watch(room: Room, written: str) -> str:
    """Begin to watch what was written; return what to tell the chat. Raises QuestionError where that cannot be."""
    text = " ".join(clean(written).split())
    if not any(character.isalnum() for character in text):
        return room.say("watch_how")
    if len(text) > WATCH_CHARACTERS:
        raise QuestionError(room.say("watch_too_long", most=WATCH_CHARACTERS))
    if not room.desk.access.receives(room.chat_id):
        raise QuestionError(room.say("subscribe_not_admitted", chat=room.chat_id))
    if watches.watch(room.engine, room.chat_id, text, MOST_WATCHES) is None:
        raise QuestionError(room.say("watch_too_many", most=MOST_WATCHES))
    return room.say("watching", text=defang(text))


@admitted
async def watches_command(update: Update, context: Context) -> None:
    """`/watches`: what is watched, with a button that stops each."""
    room = room_of(update, context)
    held = await asyncio.to_thread(watches.of_chat, room.engine, room.chat_id)
    await send(context.bot, room.chat_id, watches_message(held, room.language))


@admitted
async def stop(update: Update, context: Context) -> None:
    """The button that stops a watch."""
    query, room = update.callback_query, room_of(update, context)
    assert query is not None
    number = int((query.data or "").rpartition(":")[2])
    stopped = await asyncio.to_thread(watches.stop, room.engine, room.chat_id, number)
    await acknowledge(query, room.say("watch_stopped" if stopped else "watch_gone"))
    held = await asyncio.to_thread(watches.of_chat, room.engine, room.chat_id)
    if query.message is not None:
        await edit(context.bot, room.chat_id, query.message.message_id, watches_message(held, room.language))


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what."""
    application.add_handler(CommandHandler("watch", watch))
    application.add_handler(CommandHandler("watches", watches_command))
    application.add_handler(CallbackQueryHandler(stop, pattern=r"^watch:x:\d{1,15}$"))

"""Telegram callbacks of /settings: what a chat has chosen about its briefs, changed by buttons in place."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler

from bot.ask.render import Message
from bot.locales import say
from bot.schedule.handlers import Room, reschedule, room_of
from bot.schedule.hours import read_hour
from bot.schedule.render import (
    language_message,
    moved_quiet,
    quiet_message,
    settings_message,
    subscription_message,
    topics_message,
)
from bot.telegram.context import Context
from bot.telegram.guards import admitted
from bot.telegram.sending import acknowledge, edit, send, send_text
from retrieval.domain import QuestionError
from retrieval.language.packs import LANGUAGES
from retrieval.language.text import clean
from retrieval.store.chats import subscriptions
from retrieval.store.chats.chats import chat as kept_chat
from retrieval.store.chats.chats import keep
from retrieval.store.chats.subscriptions import Length, Subscription

MOST_TOPICS = 8
"""Of one brief."""

TOPIC_CHARACTERS = 80

DAY_MINUTES = 24 * 60


@admitted
async def settings(update: Update, context: Context) -> None:
    """`/settings`: what the chat has chosen, with buttons."""
    room = room_of(update, context)
    await send(context.bot, room.chat_id, await asyncio.to_thread(_overview, room))


def _overview(room: Room) -> Message:
    held = subscriptions.of_chat(room.engine, room.chat_id)
    return settings_message(held, kept_chat(room.engine, room.chat_id), room.language)


@admitted
async def pressed(update: Update, context: Context) -> None:
    """A button of the settings: change what it says, and show the settings as they are then."""
    query, room = update.callback_query, room_of(update, context)
    assert query is not None
    _, action, *rest = (query.data or "").split(":")
    try:
        message = await asyncio.to_thread(ACTIONS[action], room, rest)
    except QuestionError as exc:
        await acknowledge(query, str(exc))
        return
    await acknowledge(query)
    if query.message is not None:
        await edit(context.bot, room.chat_id, query.message.message_id, message)


def _held(room: Room, slot: str) -> Subscription:
    """Return a subscription of the chat. Raises QuestionError where it was ended meanwhile."""
    for held in subscriptions.of_chat(room.engine, room.chat_id):
        if held.slot == int(slot):
            return held
    raise QuestionError(room.say("sub_gone"))


def _show(room: Room, rest: list[str]) -> Message:
    return subscription_message(_held(room, rest[0]), room.language)


def _hour(room: Room, rest: list[str]) -> Message:
    held = _held(room, rest[0])
    hour, minute = divmod((held.at.hour * 60 + held.at.minute + int(rest[1])) % DAY_MINUTES, 60)
    return subscription_message(reschedule(room, held, time(hour, minute), held.zone), room.language)


def _day(room: Room, rest: list[str]) -> Message:
    held = _held(room, rest[0])
    chosen = held.weekdays ^ {int(rest[1])}
    if not chosen:
        raise QuestionError(room.say("one_day_stays"))
    return _changed(room, held, weekdays=chosen)


def _length(room: Room, rest: list[str]) -> Message:
    return _changed(room, _held(room, rest[0]), length=Length(rest[1]))


def _topics(room: Room, rest: list[str]) -> Message:
    return topics_message(_held(room, rest[0]), room.language)


def _all_topics(room: Room, rest: list[str]) -> Message:
    return _changed(room, _held(room, rest[0]), topics=())


def _changed(room: Room, held: Subscription, **values: Any) -> Message:
    subscriptions.change(room.engine, room.chat_id, held.slot, **values)
    return subscription_message(replace(held, **values), room.language)


def _end(room: Room, rest: list[str]) -> Message:
    subscriptions.unsubscribe(room.engine, room.chat_id, [_held(room, rest[0]).slot])
    return _overview(room)


def _quiet(room: Room, rest: list[str]) -> Message:
    chat = kept_chat(room.engine, room.chat_id)
    if rest:
        quiet = None if rest[0] == "off" else moved_quiet(chat, rest[0], int(rest[1]))
        keep(room.engine, room.chat_id, quiet=quiet)
        chat = replace(chat, quiet=quiet)
    return quiet_message(chat, room.language)


def _language(room: Room, rest: list[str]) -> Message:
    if not rest:
        return language_message(room.language)
    keep(room.engine, room.chat_id, language=rest[0])
    return _overview(replace(room, language=rest[0]))


ACTIONS: dict[str, Callable[[Room, list[str]], Message]] = {
    "m": lambda room, rest: _overview(room),
    "s": _show,
    "h": _hour,
    "d": _day,
    "n": _length,
    "t": _topics,
    "a": _all_topics,
    "x": _end,
    "q": _quiet,
    "l": _language,
}
"""What each button of the settings does, by the letter in its data."""


@admitted
async def language(update: Update, context: Context) -> None:
    """`/language ru` speaks Russian from now on; without a language, the buttons to choose one."""
    room, given = room_of(update, context), (context.args or [""])[0].lower()
    if given in LANGUAGES:
        await asyncio.to_thread(keep, room.engine, room.chat_id, language=given)
        await send_text(context.bot, room.chat_id, say("language_set", given))
    else:
        await send(context.bot, room.chat_id, language_message(room.language))


@admitted
async def topics(update: Update, context: Context) -> None:
    """`/topics 08:00 fuel prices, Almaty airport` narrows a brief down."""
    room = room_of(update, context)
    text = await asyncio.to_thread(_set_topics, room, " ".join(context.args or []))
    await send_text(context.bot, room.chat_id, text)


def _set_topics(room: Room, written: str) -> str:
    held = subscriptions.of_chat(room.engine, room.chat_id)
    if not held:
        return room.say("sub_none")
    read = read_hour(written.partition(" ")[0])
    meant = [s for s in held if read and s.at == read[0]] if read else held[:1] if len(held) == 1 else []
    words = written.partition(" ")[2] if read else written
    chosen = tuple(topic for part in words.split(",") if (topic := " ".join(clean(part).split())))
    if not meant or not chosen:
        return room.say("topics_how", at=f"{held[0].at:%H:%M}")
    if len(chosen) > MOST_TOPICS or any(len(topic) > TOPIC_CHARACTERS for topic in chosen):
        raise QuestionError(room.say("topics_too_many", most=MOST_TOPICS, characters=TOPIC_CHARACTERS))
    subscriptions.change(room.engine, room.chat_id, meant[0].slot, topics=chosen)
    return room.say("topics_set", at=f"{meant[0].at:%H:%M}", topics=", ".join(chosen))


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what."""
    for name, handler in (("settings", settings), ("language", language), ("topics", topics)):
        application.add_handler(CommandHandler(name, handler))
    languages = "|".join(LANGUAGES)
    pattern = r"^set:(?:[mql]|[stax]:\d{1,9}|h:\d{1,9}:-?\d{1,4}|d:\d{1,9}:[0-6]|n:\d{1,9}:(?:short|standard|long)" + (
        rf"|q:(?:off|(?:from|to):[+-]1)|l:(?:{languages}))$"
    )
    application.add_handler(CallbackQueryHandler(pressed, pattern=pattern))

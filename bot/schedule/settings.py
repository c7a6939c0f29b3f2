"""Telegram callbacks of /settings, whose buttons change them in place, /language and /topics."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from functools import partial
from typing import Any

from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.locales import LOCALES
from bot.schedule.handlers import reschedule
from bot.schedule.hours import read_hour
from bot.schedule.render import (
    language_message,
    moved_quiet,
    quiet_message,
    settings_message,
    subscription_message,
    topics_message,
)
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted
from bot.telegram.richtext import Message
from retrieval.domain import QuestionError
from retrieval.language.text import clean
from retrieval.store.chats import subscriptions
from retrieval.store.chats.subscriptions import Length, Subscription

MOST_TOPICS = 8
"""Of one brief."""

TOPIC_CHARACTERS = 80

DAY_MINUTES = 24 * 60


@admitted
async def settings(context: Context) -> None:
    """`/settings`: the settings of the chat, with buttons."""
    await context.send(await asyncio.to_thread(_overview, context))


def _overview(context: Context) -> Message:
    held = subscriptions.of_chat(context.engine, context.chat_id)
    return settings_message(held, context.settings, context.language)


@admitted
async def pressed(context: Context) -> None:
    """Make the change of a pressed button, and show the settings as they are then."""
    action, *rest = context.button
    try:
        message = await asyncio.to_thread(ACTIONS[action], context, rest)
    except QuestionError as exc:
        await context.acknowledge(str(exc))
        return
    await context.acknowledge()
    await context.edit(message)


def _held(context: Context, slot: str) -> Subscription:
    """Return a subscription of the chat. Raises QuestionError if it was ended meanwhile."""
    for held in subscriptions.of_chat(context.engine, context.chat_id):
        if held.slot == int(slot):
            return held
    raise QuestionError(context.say("sub_gone"))


def _show(context: Context, rest: list[str]) -> Message:
    return subscription_message(_held(context, rest[0]), context.language)


def _hour(context: Context, rest: list[str]) -> Message:
    held = _held(context, rest[0])
    hour, minute = divmod((held.at.hour * 60 + held.at.minute + int(rest[1])) % DAY_MINUTES, 60)
    return subscription_message(reschedule(context, held, time(hour, minute), held.zone), context.language)


def _day(context: Context, rest: list[str]) -> Message:
    held = _held(context, rest[0])
    chosen = held.weekdays ^ {int(rest[1])}
    if not chosen:
        raise QuestionError(context.say("one_day_stays"))
    return _changed(context, held, weekdays=chosen)


def _length(context: Context, rest: list[str]) -> Message:
    return _changed(context, _held(context, rest[0]), length=Length(rest[1]))


def _topics(context: Context, rest: list[str]) -> Message:
    return topics_message(_held(context, rest[0]), context.language)


def _all_topics(context: Context, rest: list[str]) -> Message:
    return _changed(context, _held(context, rest[0]), topics=())


def _changed(context: Context, held: Subscription, **values: Any) -> Message:
    subscriptions.change(context.engine, context.chat_id, held.slot, **values)
    return subscription_message(replace(held, **values), context.language)


def _end(context: Context, rest: list[str]) -> Message:
    subscriptions.unsubscribe(context.engine, context.chat_id, [_held(context, rest[0]).slot])
    return _overview(context)


def _quiet(context: Context, rest: list[str]) -> Message:
    if rest:
        quiet = None if rest[0] == "off" else moved_quiet(context.settings, rest[0], int(rest[1]))
        context.change_settings(quiet=quiet)
    return quiet_message(context.settings, context.language)


def _language(context: Context, rest: list[str]) -> Message:
    if not rest:
        return language_message(context.language)
    context.change_settings(language=rest[0])
    return _overview(context)


ACTIONS: dict[str, Callable[[Context, list[str]], Message]] = {
    "m": lambda context, rest: _overview(context),
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
"""The action of each button, by the letter in its data."""


@admitted
async def language(context: Context) -> None:
    """`/language ru` speaks Russian from now on; without a language, the buttons to choose one."""
    given = context.argument.lower()
    if given in LOCALES:
        await asyncio.to_thread(partial(context.change_settings, language=given))
        await context.reply("language_set")
    else:
        await context.send(language_message(context.language))


@admitted
async def topics(context: Context) -> None:
    """`/topics 08:00 fuel prices, Almaty airport` narrows a brief down."""
    text = await asyncio.to_thread(_set_topics, context, context.argument)
    await context.send_text(text)


def _set_topics(context: Context, written: str) -> str:
    held = subscriptions.of_chat(context.engine, context.chat_id)
    if not held:
        return context.say("sub_none")
    read = read_hour(written.partition(" ")[0])
    meant = [s for s in held if read and s.at == read[0]] if read else held[:1] if len(held) == 1 else []
    words = written.partition(" ")[2] if read else written
    chosen = tuple(topic for part in words.split(",") if (topic := " ".join(clean(part).split())))
    if not meant or not chosen:
        return context.say("topics_how", at=f"{held[0].at:%H:%M}")
    if len(chosen) > MOST_TOPICS or any(len(topic) > TOPIC_CHARACTERS for topic in chosen):
        raise QuestionError(context.say("topics_too_many", most=MOST_TOPICS, characters=TOPIC_CHARACTERS))
    subscriptions.change(context.engine, context.chat_id, meant[0].slot, topics=chosen)
    return context.say("topics_set", at=f"{meant[0].at:%H:%M}", topics=", ".join(chosen))


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    for name, handler in (("settings", settings), ("language", language), ("topics", topics)):
        application.add_handler(CommandHandler(name, handler))
    languages = "|".join(LOCALES)
    pattern = r"^set:(?:[mql]|[stax]:\d{1,9}|h:\d{1,9}:-?\d{1,4}|d:\d{1,9}:[0-6]|n:\d{1,9}:(?:short|standard|long)" + (
        rf"|q:(?:off|(?:from|to):[+-]1)|l:(?:{languages}))$"
    )
    application.add_handler(CallbackQueryHandler(pressed, pattern=pattern))

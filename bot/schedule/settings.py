"""Telegram callbacks of /settings, whose buttons change them in place, /language and /topics."""

from dataclasses import replace
from datetime import time
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
from bot.telegram.guards import admitted, pressed, replying
from bot.telegram.richtext import Message
from retrieval.domain import QuestionError
from retrieval.language.text import clean
from retrieval.store.chats import subscriptions
from retrieval.store.chats.subscriptions import Length

MOST_TOPICS = 8
"""Of one brief."""

TOPIC_CHARACTERS = 80

DAY_MINUTES = 24 * 60


@admitted
@replying
def settings(context: Context) -> Message:
    """`/settings`: the settings of the chat, with buttons."""
    return _overview(context)


def _overview(context: Context) -> Message:
    held = subscriptions.of_chat(context.engine, context.chat_id)
    return settings_message(held, context.settings, context.language)


def _changed(context: Context) -> Message:
    """Change a setting of the chat, or one of a brief; return the message that shows it then."""
    match context.button:
        case ["l", chosen]:
            context.change_settings(language=chosen)
        case ["l"]:
            return language_message(context.language)
        case ["q", *change]:
            if change:
                quiet = None if change == ["off"] else moved_quiet(context.settings, change[0], int(change[1]))
                context.change_settings(quiet=quiet)
            return quiet_message(context.settings, context.language)
        case [action, slot, *value]:
            return _changed_brief(context, action, int(slot), *value)
    return _overview(context)


def _changed_brief(context: Context, action: str, slot: int, value: str = "") -> Message:
    """Change a subscription. Raises QuestionError if it was ended meanwhile, and for a week without a day."""
    held = next((one for one in subscriptions.of_chat(context.engine, context.chat_id) if one.slot == slot), None)
    if held is None:
        raise QuestionError(context.say("sub_gone"))
    if action == "x":
        subscriptions.unsubscribe(context.engine, context.chat_id, [slot])
        return _overview(context)
    if action == "t":
        return topics_message(held, context.language)
    change: dict[str, Any] = {}
    if action == "h":
        hour, minute = divmod((held.at.hour * 60 + held.at.minute + int(value)) % DAY_MINUTES, 60)
        held = reschedule(context, held, time(hour, minute), held.zone)
    elif action == "d":
        change["weekdays"] = held.weekdays ^ {int(value)}
        if not change["weekdays"]:
            raise QuestionError(context.say("one_day_stays"))
    elif action == "n":
        change["length"] = Length(value)
    elif action == "a":
        change["topics"] = ()
    if change:
        subscriptions.change(context.engine, context.chat_id, slot, **change)
    return subscription_message(replace(held, **change), context.language)


@admitted
@replying
def language(context: Context) -> str | Message:
    """`/language ru` speaks Russian from now on; without a language, the buttons to choose one."""
    given = context.argument.lower()
    if given not in LOCALES:
        return language_message(context.language)
    context.change_settings(language=given)
    return context.say("language_set")


@admitted
@replying
def topics(context: Context) -> str:
    """`/topics 08:00 fuel prices, Almaty airport` narrows a brief down. Raises QuestionError for too many."""
    written, held = context.argument, subscriptions.of_chat(context.engine, context.chat_id)
    if not held:
        return context.say("sub_none")
    read = read_hour(written.partition(" ")[0])
    meant = [s for s in held if s.at == read[0]] if read else held[:1] if len(held) == 1 else []
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
    application.add_handler(CallbackQueryHandler(admitted(pressed(_changed, Context.edit)), pattern=pattern))

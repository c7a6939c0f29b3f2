"""Telegram callbacks about subscriptions: a new one, its end, the chat's time zone, a group's new number."""

import asyncio
from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

from telegram.ext import CommandHandler, MessageHandler, filters

from bot.places import nearest, zone_at, zone_of
from bot.schedule.due import ONE_DAY, done_after_change, due, first_done, instant
from bot.schedule.hours import read_hour
from bot.schedule.render import next_text, subscription_line
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted, anybody, replying
from retrieval.domain import QuestionError
from retrieval.language.packs import all_words
from retrieval.store.chats import subscriptions
from retrieval.store.chats.chats import move
from retrieval.store.chats.subscriptions import Subscription

MOST_SUBSCRIPTIONS = 8
"""Of one chat."""

ALL = all_words("questions", "everything")
"""The words that end every subscription."""


@admitted
@replying
def subscribe(context: Context) -> str:
    """`/subscribe 08:00 Asia/Almaty`, in many ways of writing an hour and a place. Raises QuestionError."""
    written = context.argument
    if not written:
        return context.say("subscribe_how")
    if not context.may_subscribe():
        raise QuestionError(context.say("subscribe_not_admitted", chat=context.chat_id))
    read = read_hour(written)
    if read is None:
        raise QuestionError(context.say("subscribe_no_hour"))
    at, place = read
    zone = _zone(context, place) if place else context.zone.key
    done = first_done(at, zone, context.now())
    made = subscriptions.subscribe(context.engine, context.chat_id, at, zone, done, MOST_SUBSCRIPTIONS, context.thread)
    if made is None:
        raise QuestionError(context.say("subscribe_too_many", most=MOST_SUBSCRIPTIONS))
    context.change_settings(language=context.language, zone=zone)
    reply = context.say("subscribed", line=subscription_line(made, context.language), next=_next(context, made))
    return reply if place else f"{reply}\n{context.say('subscribed_zone', zone=zone)}"


def _zone(context: Context, place: str) -> str:
    """Return the zone of a place. Raises QuestionError, with the nearest names, for an unknown one."""
    zone = zone_of(place)
    if zone is not None:
        return zone
    names = "; ".join(f"{name} ({zone})" for name, zone in nearest(place))
    key = "zone_nearest" if names else "zone_unknown"
    raise QuestionError(context.say(key, names=names))


def _next(context: Context, held: Subscription) -> str:
    """Return when the next brief of a subscription comes, for a reader."""
    now = context.now()
    if due(held, held.last_day, now) is not None:
        return context.say("at_once")
    today = now.astimezone(ZoneInfo(held.zone)).date()
    days = (today + n * ONE_DAY for n in range(9))
    coming = (instant(day, held.at, held.zone) for day in days if day.weekday() in held.weekdays)
    return next_text(next(at for at in coming if at > now), held.zone, context.language)


@admitted
@replying
def unsubscribe(context: Context) -> str:
    """`/unsubscribe` ends the only brief or, of several, the one at the hour given; `/unsubscribe all` all of them."""
    written, held = context.argument, subscriptions.of_chat(context.engine, context.chat_id)
    if not held:
        return context.say("sub_none")
    hours = ", ".join(f"{s.at:%H:%M}" for s in held)
    if not written and len(held) > 1:
        return context.say("unsubscribe_which", hours=hours)
    read = read_hour(written)
    wanted = held if not written or written.casefold() in ALL else [s for s in held if read and s.at == read[0]]
    if not wanted:
        raise QuestionError(context.say("unsubscribe_none_then", hours=hours))
    subscriptions.unsubscribe(context.engine, context.chat_id, [s.slot for s in wanted])
    return context.say("unsubscribed", hours=", ".join(f"{s.at:%H:%M}" for s in wanted))


@admitted
@replying
def located(context: Context) -> str:
    """A shared location sets the zone of the chat and of its briefs; the place itself is not stored."""
    zone = zone_at(context.location.latitude, context.location.longitude)
    if zone is None:
        return context.say("zone_unknown")
    context.change_settings(zone=zone)
    for held in subscriptions.of_chat(context.engine, context.chat_id):
        reschedule(context, held, held.at, zone)
    return context.say("zone_set", zone=zone)


def reschedule(context: Context, held: Subscription, at: time, zone: str) -> Subscription:
    """Give a subscription another hour or zone, and return it as it is then."""
    last_day = done_after_change(held, at, zone, context.now())
    subscriptions.change(context.engine, context.chat_id, held.slot, at=at, zone=zone, last_day=last_day)
    return replace(held, at=at, zone=zone, last_day=last_day)


@anybody
async def migrated(context: Context) -> None:
    """A group became a supergroup: move its settings to the new number."""
    message = context.message
    old, new = message.migrate_from_chat_id or message.chat_id, message.migrate_to_chat_id or message.chat_id
    await asyncio.to_thread(move, context.engine, old, new)


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("subscribe", subscribe))
    application.add_handler(CommandHandler("unsubscribe", unsubscribe))
    application.add_handler(MessageHandler(filters.LOCATION & filters.UpdateType.MESSAGE, located))
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, migrated))

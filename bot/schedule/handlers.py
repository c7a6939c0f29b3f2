"""Telegram callbacks about when a chat is briefed: subscribing, ending it, its place on earth, its new number."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from telegram import Update
from telegram.ext import Application, CommandHandler, MessageHandler, filters

from bot.locales import say
from bot.schedule.due import ONE_DAY, done_after_change, due, first_done, instant
from bot.schedule.hours import read_hour
from bot.schedule.places import nearest, zone_at, zone_of
from bot.schedule.render import next_text, subscription_line
from bot.telegram.context import Context, Desk, desk_of
from bot.telegram.guards import admitted
from bot.telegram.sending import send_text
from retrieval.domain import QuestionError
from retrieval.language.packs import all_words
from retrieval.store.chats import subscriptions
from retrieval.store.chats.chats import chat as kept_chat
from retrieval.store.chats.chats import keep, move
from retrieval.store.chats.subscriptions import Subscription

MOST_SUBSCRIPTIONS = 8
"""Of one chat."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where an update comes from: the chat, and the language to speak there."""

    desk: Desk
    chat_id: int
    language: str

    @property
    def engine(self) -> Any:
        return self.desk.resources.library.engine

    def now(self) -> datetime:
        return self.desk.resources.settings.now()

    def say(self, key: str, **fields: object) -> str:
        return say(key, self.language, **fields)


def room_of(update: Update, context: Context) -> Room:
    """Return where an update comes from."""
    assert update.effective_chat is not None
    desk = desk_of(context)
    return Room(desk, update.effective_chat.id, desk.language(update))


@admitted
async def subscribe(update: Update, context: Context) -> None:
    """`/subscribe 08:00 Asia/Almaty`, in many ways of writing an hour and a place."""
    room = room_of(update, context)
    text = await asyncio.to_thread(_subscribe, room, " ".join(context.args or []))
    await send_text(context.bot, room.chat_id, text)


def _subscribe(room: Room, written: str) -> str:
    """Subscribe the chat as it wrote; return what to tell it. Raises QuestionError where that cannot be done."""
    if not written.strip():
        return room.say("subscribe_how")
    if not room.desk.access.receives(room.chat_id):
        raise QuestionError(room.say("subscribe_not_admitted", chat=room.chat_id))
    read = read_hour(written)
    if read is None:
        raise QuestionError(room.say("subscribe_no_hour"))
    at, place = read
    chat = kept_chat(room.engine, room.chat_id)
    zone = _zone(room, place) if place else chat.zone or room.desk.resources.settings.timezone
    made = subscriptions.subscribe(
        room.engine, room.chat_id, at, zone, first_done(at, zone, room.now()), MOST_SUBSCRIPTIONS
    )
    if made is None:
        raise QuestionError(room.say("subscribe_too_many", most=MOST_SUBSCRIPTIONS))
    keep(room.engine, room.chat_id, language=chat.language or room.language, zone=zone if place else chat.zone or zone)
    told = room.say("subscribed", line=subscription_line(made, room.language), next=_next(room, made))
    return told if place else f"{told}\n{room.say('subscribed_zone', zone=zone)}"


def _zone(room: Room, place: str) -> str:
    """Return the zone of a place. Raises QuestionError, with the nearest names, where nobody knows it."""
    zone = zone_of(place)
    if zone is not None:
        return zone
    names = "; ".join(f"{name} ({zone})" for name, zone in nearest(place))
    key = "zone_nearest" if names else "zone_unknown"
    raise QuestionError(room.say(key, names=names))


def _next(room: Room, held: Subscription) -> str:
    """Return when the next brief of a subscription comes, for a reader."""
    now = room.now()
    if due(held, held.last_day, now) is not None:
        return room.say("at_once")
    today = now.astimezone(ZoneInfo(held.zone)).date()
    days = (today + n * ONE_DAY for n in range(9))
    coming = (instant(day, held.at, held.zone) for day in days if day.weekday() in held.weekdays)
    return next_text(next(at for at in coming if at > now), held.zone, room.language)


@admitted
async def unsubscribe(update: Update, context: Context) -> None:
    """`/unsubscribe` ends the only brief or, of several, the one at the hour given; `/unsubscribe all` all of them."""
    room = room_of(update, context)
    text = await asyncio.to_thread(_unsubscribe, room, " ".join(context.args or []))
    await send_text(context.bot, room.chat_id, text)


ALL = all_words("questions", "everything")


def _unsubscribe(room: Room, written: str) -> str:
    held = subscriptions.of_chat(room.engine, room.chat_id)
    if not held:
        return room.say("sub_none")
    hours = ", ".join(f"{s.at:%H:%M}" for s in held)
    everything = written.strip().casefold() in ALL
    if not everything and not written.strip() and len(held) > 1:
        return room.say("unsubscribe_which", hours=hours)
    read = read_hour(written)
    wanted = held if everything or not written.strip() else [s for s in held if read and s.at == read[0]]
    if not wanted:
        raise QuestionError(room.say("unsubscribe_none_then", hours=hours))
    subscriptions.unsubscribe(room.engine, room.chat_id, [s.slot for s in wanted])
    return room.say("unsubscribed", hours=", ".join(f"{s.at:%H:%M}" for s in wanted))


@admitted
async def located(update: Update, context: Context) -> None:
    """A shared location sets the zone of the chat and of its briefs; the place itself is not kept."""
    room, message = room_of(update, context), update.effective_message
    assert message is not None
    assert message.location is not None
    zone = await asyncio.to_thread(zone_at, message.location.latitude, message.location.longitude)
    text = await asyncio.to_thread(_move_to, room, zone) if zone else room.say("zone_unknown")
    await send_text(context.bot, room.chat_id, text)


def _move_to(room: Room, zone: str) -> str:
    keep(room.engine, room.chat_id, zone=zone)
    for held in subscriptions.of_chat(room.engine, room.chat_id):
        reschedule(room, held, held.at, zone)
    return room.say("zone_set", zone=zone)


def reschedule(room: Room, held: Subscription, at: time, zone: str) -> Subscription:
    """Give a subscription another hour or zone, and return it as it is then."""
    last_day = done_after_change(held, at, zone, room.now())
    subscriptions.change(room.engine, room.chat_id, held.slot, at=at, zone=zone, last_day=last_day)
    return replace(held, at=at, zone=zone, last_day=last_day)


async def migrated(update: Update, context: Context) -> None:
    """A group became a supergroup: follow it to its new number."""
    message = update.effective_message
    if message is None:
        return
    old, new = message.migrate_from_chat_id or message.chat_id, message.migrate_to_chat_id or message.chat_id
    await asyncio.to_thread(move, desk_of(context).resources.library.engine, old, new)


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what."""
    application.add_handler(CommandHandler("subscribe", subscribe))
    application.add_handler(CommandHandler("unsubscribe", unsubscribe))
    application.add_handler(MessageHandler(filters.LOCATION & filters.UpdateType.MESSAGE, located))
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, migrated))

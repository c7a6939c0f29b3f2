"""Telegram callbacks for briefings and timelines: compose, send, and open what is behind their buttons."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from telegram import Update
from telegram.error import BadRequest
from telegram.ext import Application, CallbackQueryHandler, CommandHandler

from bot.ask.render import Message
from bot.brief.briefer import Briefer
from bot.brief.export import brief_html
from bot.brief.render import brief_messages, story_message, timeline_messages
from bot.locales import say
from bot.telegram.context import Context, Desk, desk_of
from bot.telegram.guards import admitted
from bot.telegram.sending import acknowledge, reply, send, typing
from bot.windows import day_window, past_day, window
from retrieval.briefing.brief import story_in_full
from retrieval.briefing.citations import shown_quotes
from retrieval.briefing.timeline import DAYS, timeline
from retrieval.domain import Briefing, Timeline
from retrieval.store.chats.chats import chat as kept_chat
from retrieval.store.chats.shown import record, shown_to

log = structlog.get_logger("sitrep.briefs")

MOST_DAYS = 60
"""Of a timeline asked for in a chat."""


@admitted
async def brief(update: Update, context: Context) -> None:
    """`/brief`: what is new to this chat in the last 24 hours; `/brief 6 Jan`: what was news on that day."""
    await _brief(update, context, " ".join(context.args or []))


@admitted
async def brief_day(update: Update, context: Context) -> None:
    """The button under an empty brief: the newest day that has something."""
    query = update.callback_query
    assert query is not None
    await acknowledge(query)
    await _brief(update, context, (query.data or "").partition(":")[2])


async def _brief(update: Update, context: Context, written: str) -> None:
    desk, chat = desk_of(context), update.effective_chat
    assert chat is not None
    async with typing(context.bot, chat.id):
        made = await asyncio.to_thread(_composed, desk, chat.id, written, desk.language(update))
    for message in brief_messages(made):
        await send(context.bot, chat.id, message)
    engine = desk.resources.library.engine
    await asyncio.to_thread(record, engine, chat.id, shown_quotes(made), datetime.now(UTC))


def _composed(desk: Desk, chat_id: int, written: str, language: str) -> Briefing:
    briefer, now = Briefer(desk.resources), _now(desk, chat_id)
    if written:
        since, until = day_window(written, now)
        return briefer.compose(since, until, language=language)
    since, until = window("", "", now)
    told = shown_to(desk.resources.library.engine, chat_id)
    return briefer.compose(since, until, language=language, shown=told)


def _zone(desk: Desk, chat_id: int) -> ZoneInfo:
    kept = kept_chat(desk.resources.library.engine, chat_id).zone
    return ZoneInfo(kept) if kept else desk.resources.settings.zone


def _now(desk: Desk, chat_id: int) -> datetime:
    return desk.resources.settings.now().astimezone(_zone(desk, chat_id))


@admitted
async def more(update: Update, context: Context) -> None:
    """Tell one story of a brief at length."""
    query, chat, desk = update.callback_query, update.effective_chat, desk_of(context)
    assert query is not None
    assert chat is not None
    language = desk.language(update)
    since, until, story = (query.data or "").split(":")[1:]
    found = await asyncio.to_thread(_story, desk, chat.id, (int(since), int(until)), story, language)
    if found is None:
        await acknowledge(query, say("brief_no_story", language))
        return
    await acknowledge(query)
    await send(context.bot, chat.id, found)


def _story(desk: Desk, chat_id: int, stamps: tuple[int, int], story: str, language: str) -> Message | None:
    since, until = (datetime.fromtimestamp(at, _zone(desk, chat_id)) for at in stamps)
    found = story_in_full(desk.resources.library, since, until, story, language=language)
    return story_message(found) if found is not None and found.lines else None


@admitted
async def document(update: Update, context: Context) -> None:
    """Send a brief as a page to forward, with its quotes in full; as messages, should Telegram refuse the file."""
    query, chat, desk = update.callback_query, update.effective_chat, desk_of(context)
    assert query is not None
    assert chat is not None
    await acknowledge(query)
    language = desk.language(update)
    stamps = [int(at) for at in (query.data or "").split(":")[1:]]
    since, until = (datetime.fromtimestamp(at, _zone(desk, chat.id)) for at in stamps)
    made = await asyncio.to_thread(
        lambda: Briefer(desk.resources).compose(since, until, language=language, length="long")
    )
    try:
        await context.bot.send_document(chat.id, brief_html(made), filename=f"brief-{since.date().isoformat()}.html")
    except BadRequest as exc:
        log.error("Telegram refused a document", error=str(exc)[:100])
        for message in brief_messages(made):
            await send(context.bot, chat.id, message)


@admitted
async def timeline_command(update: Update, context: Context) -> None:
    """`/timeline`, `/timeline 5`, `/timeline 2022-01-02 2022-01-09`: the days that mattered."""
    desk, chat = desk_of(context), update.effective_chat
    assert chat is not None
    language = desk.language(update)
    words = context.args or []
    days = [int(word) for word in words if word.isdecimal() and 0 < int(word) <= MOST_DAYS]
    ends = [word for word in words if not (word.isdecimal() and 0 < int(word) <= MOST_DAYS)]
    if len(days) > 1 or len(ends) > 2:
        await reply(update, context, "timeline_how")
        return
    async with typing(context.bot, chat.id):
        made = await asyncio.to_thread(_timeline, desk, chat.id, days, ends, language)
    for message in timeline_messages(made, language):
        await send(context.bot, chat.id, message)


def _timeline(desk: Desk, chat_id: int, days: list[int], ends: list[str], language: str) -> Timeline:
    now = _now(desk, chat_id)
    first, last = ([past_day(word, now) for word in ends] + [None, None])[:2]
    return timeline(desk.resources.library, since=first, until=last, days=days[0] if days else DAYS, language=language)


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what."""
    application.add_handler(CommandHandler("brief", brief))
    application.add_handler(CommandHandler("timeline", timeline_command))
    application.add_handler(CallbackQueryHandler(brief_day, pattern=r"^brief:\d{4}-\d\d-\d\d$"))
    application.add_handler(CallbackQueryHandler(more, pattern=r"^more:\d+:\d+:[0-9a-f]{12}$"))
    application.add_handler(CallbackQueryHandler(document, pattern=r"^doc:\d+:\d+$"))

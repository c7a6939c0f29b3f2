"""Inline mode: an answer typed into any chat, for those who may ask."""

import asyncio
from datetime import datetime
from typing import Any

from telegram import InlineQueryResultArticle, InputTextMessageContent, Update
from telegram.constants import ParseMode
from telegram.ext import Application, InlineQueryHandler

from bot.ask.render import answer_messages
from bot.locales import say
from bot.telegram.context import Context, Desk, desk_of
from bot.telegram.sending import NO_PREVIEW
from retrieval.answer.ask import ask
from retrieval.domain import Answer, SitrepError, Status

LEAST_CHARACTERS = 8
"""Telegram asks at every key pressed; a shorter text is no question yet."""

CACHED = 30
"""Seconds Telegram may show the same result again."""

TITLE_CHARACTERS = 100


async def inline(update: Update, context: Context) -> None:
    """Offer the answer to what is typed after the bot's name; nothing to those who may not ask."""
    query, desk = update.inline_query, desk_of(context)
    assert query is not None
    allowed = await asyncio.to_thread(desk.access.may_ask, query.from_user.id, query.from_user.id)
    if (
        not allowed
        or len(query.query.strip()) < LEAST_CHARACTERS
        or desk.access.too_many(query.from_user.id, query.from_user.id)
    ):
        await query.answer([], cache_time=CACHED, is_personal=True)
        return
    try:
        answer = await asyncio.to_thread(_ask, desk, query.query)
    except SitrepError:
        await query.answer([], cache_time=CACHED, is_personal=True)
        return
    await query.answer([_result(answer)], cache_time=CACHED, is_personal=True)


def _ask(desk: Desk, question: str) -> Answer:
    """Without the language model: an answer at every key pressed is too many for it."""
    resources = desk.resources
    now, fallback = datetime.now(resources.settings.zone), resources.settings.language
    return ask(resources.library, resources.embedder, question, now=now, most=1, fallback=fallback)


def _result(answer: Answer) -> InlineQueryResultArticle:
    answered = answer.status is Status.ANSWERED
    title = answer.statements[0].text if answered else say("abstained", answer.language)
    [message, *_] = answer_messages(answer)
    content = InputTextMessageContent(message.html, ParseMode.HTML, link_preview_options=NO_PREVIEW)
    return InlineQueryResultArticle("answer", title[:TITLE_CHARACTERS], content)


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what."""
    application.add_handler(InlineQueryHandler(inline))

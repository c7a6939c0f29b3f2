"""Telegram callbacks about figures: the ledger as text, and one kind of it as a picture."""

import asyncio
from typing import Any

from telegram import Update
from telegram.error import BadRequest
from telegram.ext import Application, CommandHandler

from bot.figures.render import Sheet, chart_texts, kind_named, sheet, sheet_message
from bot.telegram.context import Context, Desk, desk_of
from bot.telegram.guards import admitted
from bot.telegram.sending import send
from retrieval.domain import FigureKind


@admitted
async def figures(update: Update, context: Context) -> None:
    """Show the ledger; of one kind, with its chart: `/figures killed`."""
    desk, chat = desk_of(context), update.effective_chat
    assert chat is not None
    language = desk.language(update)
    kind = kind_named(" ".join(context.args)) if context.args else None
    as_of = desk.conversations.memory(chat.id).as_of
    found = await asyncio.to_thread(sheet, desk.resources.library, kind, as_of, citing=True)
    if kind is not None:
        await _send_chart(desk, context, chat.id, found, kind, language)
    await send(context.bot, chat.id, sheet_message(found, language))


async def _send_chart(
    desk: Desk, context: Context, chat_id: int, found: Sheet, kind: FigureKind, language: str
) -> None:
    """Send the picture if there is one to draw; should Telegram refuse it, the rows follow all the same."""
    try:
        picture = await asyncio.to_thread(_drawn, found, language)
        await context.bot.send_photo(chat_id, picture, filename=f"{kind.value}.png")
    except (ValueError, BadRequest):
        return


def _drawn(found: Sheet, language: str) -> bytes:
    from bot.figures.chart import chart

    return chart(found.series, language, chart_texts(language, found.series))


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what."""
    application.add_handler(CommandHandler("figures", figures))

"""Telegram callbacks about figures: the ledger as text, and one kind of it as a picture."""

import asyncio

from telegram.error import BadRequest
from telegram.ext import CommandHandler

from bot.figures.render import Sheet, chart_texts, kind_named, sheet, sheet_message
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted
from retrieval.domain import FigureKind


@admitted
async def figures(context: Context) -> None:
    """Show the ledger; of one kind, with its chart: `/figures killed`."""
    kind = kind_named(context.argument) if context.argument else None
    found = await asyncio.to_thread(sheet, context.resources.library, kind, context.memory.as_of, citing=True)
    if kind is not None:
        await _send_chart(context, found, kind)
    await context.send(sheet_message(found, context.language))


async def _send_chart(context: Context, found: Sheet, kind: FigureKind) -> None:
    """Send the picture if there is one to draw; should Telegram refuse it, the rows follow all the same."""
    try:
        picture = await asyncio.to_thread(_drawn, found, context.language)
        await context.bot.send_photo(
            context.chat_id, picture, filename=f"{kind.value}.png", message_thread_id=context.thread
        )
    except (ValueError, BadRequest):
        return


def _drawn(found: Sheet, language: str) -> bytes:
    from bot.figures.chart import chart

    return chart(found.series, language, chart_texts(language, found.series))


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("figures", figures))

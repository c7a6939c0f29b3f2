"""Telegram callbacks about figures: the ledger as text, and one kind of it as a picture."""

import asyncio
from contextlib import suppress

from telegram.error import BadRequest
from telegram.ext import CommandHandler

from bot.figures.render import kind_named, picture, sheet, sheet_message
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted


@admitted
async def figures(context: Context) -> None:
    """Show the ledger; of one kind, with its chart: `/figures killed`."""
    kind = kind_named(context.argument) if context.argument else None
    found = await asyncio.to_thread(sheet, context.resources.library, kind, context.memory.as_of, citing=True)
    if kind is not None:
        # Where nothing can be drawn or Telegram refuses the picture, the rows follow all the same.
        with suppress(ValueError, BadRequest):
            png = await asyncio.to_thread(picture, found, context.language)
            name = f"{kind.value}.png"
            await context.bot.send_photo(context.chat_id, png, filename=name, message_thread_id=context.thread)
    await context.send(sheet_message(found, context.language))


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("figures", figures))

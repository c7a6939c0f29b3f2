"""Telegram callbacks about sources: everybody admitted sees who stands behind them, admins label them."""

import asyncio

from telegram.ext import CommandHandler

from bot.sources.labels import RESET, labelled, listed, source_text
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted
from bot.telegram.richtext import Run, pack, plain
from retrieval.answer.harmless import defang
from retrieval.domain import Backing

LABELS = "|".join(Backing)

MOST_SOURCES = 60
"""Sources that one list shows: those with most articles."""


@admitted
async def sources_command(context: Context) -> None:
    """`/sources`, and for admins `/sources LABEL SOURCE`."""
    backing, _, source = context.argument.partition(" ")
    if not context.argument:
        await send_sources(context)
    elif not context.is_admin():
        await context.reply("admins_only")
    elif not source.strip() or backing.lower() not in (*Backing, RESET):
        await context.reply("sources_usage", labels=LABELS)
    else:
        work = (context.resources, backing.lower(), source.strip(), context.language)
        await context.send_text(defang(await asyncio.to_thread(labelled, *work)))


async def send_sources(context: Context) -> None:
    """Send who stands behind each source, those with most articles first."""
    found = await asyncio.to_thread(listed, context.resources)
    lines = [
        context.say("sources_title"),
        *(defang(source_text(one, context.language)) for one in found[:MOST_SOURCES]),
    ]
    if not found:
        lines = [context.say("sources", names="–")]
    lines += [context.say("sources_usage", labels=LABELS)] if context.is_admin() else []
    for message in pack([(Run(line),) for line in lines]):
        await context.send_text(plain(message))


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("sources", sources_command))

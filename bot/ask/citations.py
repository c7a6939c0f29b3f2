"""Telegram callbacks of an answer's buttons: a citation in its context, its source, conflicting reports, disputes."""

import asyncio

from telegram.ext import CallbackQueryHandler

from bot.ask.conflicts import rivals
from bot.ask.render import card_message, context_message
from bot.figures.render import sheet_message
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted
from bot.telegram.richtext import Button
from retrieval.answer.context import passage_in_context, source_card
from retrieval.store.chats.disputes import dispute


@admitted
async def open_citation(context: Context) -> None:
    """Show a citation's passage in its article; in groups, in the place of the answer."""
    passage_id, start, end, *key = (int(field) for field in context.button)
    found = await asyncio.to_thread(passage_in_context, context.resources.library, passage_id, start, end)
    if found is None:
        await context.acknowledge(context.say("not_there"))
        return
    await context.acknowledge()
    if context.is_group:
        await context.edit(context_message(found, start, end, context.language, back=key[0] if key else None))
    else:
        await context.send(context_message(found, start, end, context.language))


@admitted
async def open_conflicts(context: Context) -> None:
    """Show the reports that conflict with an answer, oldest first; in groups, in the place of the answer."""
    found = await asyncio.to_thread(rivals, context.resources.library, context.button)
    sheet, notes = found or (None, ["not_there"])
    if sheet is None or not sheet.series:
        await context.acknowledge(context.say(notes[-1] if notes else "no_conflicts"))
        return
    await context.acknowledge()
    heading = "\n".join(context.say(key) for key in ("conflicts", *notes))
    if context.is_group:
        back = [Button(context.say("back_button"), f"back:{context.button[1]}")]
        await context.edit(sheet_message(sheet, context.language, heading, back))
    else:
        await context.send(sheet_message(sheet, context.language, heading))


@admitted
async def back(context: Context) -> None:
    """Put the answer back where a passage was opened in its place."""
    exchange = context.conversations.find(context.chat_id, int(context.button[0]))
    if exchange is None or not exchange.messages:
        await context.acknowledge(context.say("forgotten_exchange"))
        return
    await context.acknowledge()
    await context.edit(exchange.messages[-1])


@admitted
async def open_source(context: Context) -> None:
    """Show who published a passage, all copies of its text, and the versions of its article."""
    card = await asyncio.to_thread(source_card, context.resources.library, int(context.button[0]))
    if card is None:
        await context.acknowledge(context.say("not_there"))
        return
    await context.acknowledge()
    await context.send(card_message(card, context.language))


@admitted
async def dispute_citation(context: Context) -> None:
    """Record that a reader finds a citation wrong: which one, not who, nor the question."""
    passage_id, start, end = (int(field) for field in context.button)
    recorded = await asyncio.to_thread(dispute, context.engine, passage_id, start, end, context.now())
    await context.acknowledge(context.say("disputed" if recorded else "not_there"))


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CallbackQueryHandler(open_citation, pattern=r"^ctx:\d+:\d+:\d+(:\d+)?$"))
    application.add_handler(CallbackQueryHandler(open_conflicts, pattern=r"^con:\d+:\d+(:[a-z]+|(:\d+\.\d+\.\d+)+)$"))
    application.add_handler(CallbackQueryHandler(back, pattern=r"^back:\d+$"))
    application.add_handler(CallbackQueryHandler(open_source, pattern=r"^src:\d+$"))
    application.add_handler(CallbackQueryHandler(dispute_citation, pattern=r"^bad:\d+:\d+:\d+$"))

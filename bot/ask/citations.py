"""Telegram callbacks of an answer's buttons: a citation in its context, its source, conflicting reports, disputes."""

import asyncio

from telegram.ext import CallbackQueryHandler

from bot.ask.conflicts import rivals
from bot.ask.render import card_message, context_message
from bot.figures.render import sheet_message
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted, pressed
from bot.telegram.richtext import Button, Message
from retrieval.answer.context import passage_in_context, source_card
from retrieval.domain import QuestionError
from retrieval.store.chats.disputes import dispute


def open_citation(context: Context) -> Message:
    """Return a citation's passage in its article. Raises QuestionError if it is gone."""
    passage_id, start, end, *key = (int(field) for field in context.button)
    found = passage_in_context(context.resources.library, passage_id, start, end)
    if found is None:
        raise QuestionError(context.say("not_there"))
    back = key[0] if key and context.is_group else None
    return context_message(found, start, end, context.language, back)


def open_conflicts(context: Context) -> Message:
    """Return the reports that conflict with an answer, oldest first. Raises QuestionError if there are none."""
    try:
        sheet, notes = rivals(context.resources.library, context.button) or (None, ["not_there"])
    except (ValueError, OverflowError, OSError):  # a moment or a kind that cannot be: forged
        sheet, notes = None, ["not_there"]
    if sheet is None or not sheet.series:
        raise QuestionError(context.say(notes[-1] if notes else "no_conflicts"))
    heading = "\n".join(context.say(key) for key in ("conflicting_figures", *notes))
    back = [Button(context.say("back_button"), f"back:{context.button[1]}")] if context.is_group else []
    return sheet_message(sheet, context.language, heading, back)


@admitted
async def back(context: Context) -> None:
    """Put the answer back where a passage was opened in its place."""
    exchange = context.conversations.find(context.chat_id, int(context.button[0]))
    if exchange is None or not exchange.messages:
        await context.acknowledge(context.say("forgotten_exchange"))
        return
    await context.acknowledge()
    await context.edit(exchange.messages[-1])


def open_source(context: Context) -> Message:
    """Return who published a passage, all copies of its text, and the versions of its article, or QuestionError."""
    card = source_card(context.resources.library, int(context.button[0]))
    if card is None:
        raise QuestionError(context.say("not_there"))
    return card_message(card, context.language)


@admitted
async def dispute_citation(context: Context) -> None:
    """Record that a reader finds a citation wrong: which one, not who, nor the question."""
    passage_id, start, end = (int(field) for field in context.button)
    recorded = await asyncio.to_thread(dispute, context.engine, passage_id, start, end, context.now())
    await context.acknowledge(context.say("disputed" if recorded else "not_there"))


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    patterns = {
        r"^ctx:\d+:\d+:\d+(:\d+)?$": admitted(pressed(open_citation, Context.open)),
        r"^con:\d+:\d+(:[a-z]+(\.\d+)?|(:\d+\.\d+\.\d+)+)$": admitted(pressed(open_conflicts, Context.open)),
        r"^back:\d+$": back,
        r"^src:\d+$": admitted(pressed(open_source, Context.send)),
        r"^bad:\d+:\d+:\d+$": dispute_citation,
    }
    for pattern, handler in patterns.items():
        application.add_handler(CallbackQueryHandler(handler, pattern=pattern))

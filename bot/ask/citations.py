"""Telegram callbacks about sources: a citation in its context, the card of its source, disputing it."""

import asyncio
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler

from bot.ask.conflicts import pressed, rivals, rivals_message
from bot.ask.render import Button, card_message, context_message, disputes_message
from bot.locales import say
from bot.telegram.context import Context, desk_of
from bot.telegram.guards import admins_only, admitted
from bot.telegram.sending import acknowledge, edit, reply, send
from retrieval.answer.context import passage_in_context, source_card
from retrieval.store.chats.disputes import dispute, disputed


@admitted
async def open_citation(update: Update, context: Context) -> None:
    """Show a citation's passage where it stands in its article; in groups, in the place of the answer."""
    query, chat, desk = update.callback_query, update.effective_chat, desk_of(context)
    assert query is not None
    language = desk.language(update)
    passage_id, start, end, *key = (int(part) for part in (query.data or "").split(":")[1:])
    found = await asyncio.to_thread(passage_in_context, desk.resources.library, passage_id, start, end)
    if found is None or chat is None:
        await acknowledge(query, say("not_there", language))
        return
    await acknowledge(query)
    in_place = chat.type != chat.PRIVATE and query.message is not None
    message = context_message(found, start, end, language, back=key[0] if key and in_place else None)
    if in_place and query.message is not None:
        await edit(context.bot, chat.id, query.message.message_id, message)
    else:
        await send(context.bot, chat.id, message)


@admitted
async def open_conflicts(update: Update, context: Context) -> None:
    """Show what competes with an answer, however old that is; in groups, in its place."""
    query, chat, desk = update.callback_query, update.effective_chat, desk_of(context)
    assert query is not None
    language, asked = desk.language(update), pressed(query.data or "")
    found = await asyncio.to_thread(rivals, desk.resources.library, asked)
    if found is None or chat is None:
        await acknowledge(query, say("not_there", language))
        return
    if not found.sheet.series:
        await acknowledge(query, say(found.notes[-1] if found.notes else "no_conflicts", language))
        return
    await acknowledge(query)
    if chat.type != chat.PRIVATE and query.message is not None:
        row = [Button(say("back_button", language), f"back:{asked.key}")]
        await edit(context.bot, chat.id, query.message.message_id, rivals_message(found, language, row))
    else:
        await send(context.bot, chat.id, rivals_message(found, language))


@admitted
async def back(update: Update, context: Context) -> None:
    """Put the answer back where a passage was opened in its place."""
    query, chat, desk = update.callback_query, update.effective_chat, desk_of(context)
    assert query is not None
    turn = desk.conversations.turn(chat.id, int((query.data or "").split(":")[1])) if chat else None
    if turn is None or chat is None or query.message is None or not turn.messages:
        await acknowledge(query, say("forgotten_turn", desk.language(update)))
        return
    await acknowledge(query)
    await edit(context.bot, chat.id, query.message.message_id, turn.messages[-1])


@admitted
async def open_source(update: Update, context: Context) -> None:
    """Show who published a passage, all copies of its text, and the versions of its article."""
    query, chat, desk = update.callback_query, update.effective_chat, desk_of(context)
    assert query is not None
    language = desk.language(update)
    card = await asyncio.to_thread(source_card, desk.resources.library, int((query.data or "").split(":")[1]))
    if card is None or chat is None:
        await acknowledge(query, say("not_there", language))
        return
    await acknowledge(query)
    await send(context.bot, chat.id, card_message(card, language))


@admitted
async def dispute_citation(update: Update, context: Context) -> None:
    """Record that a reader finds a citation wrong: which one, not who, nor what was asked."""
    query, desk = update.callback_query, desk_of(context)
    assert query is not None
    passage_id, start, end = (int(part) for part in (query.data or "").split(":")[1:])
    kept = await asyncio.to_thread(dispute, desk.resources.library.engine, passage_id, start, end)
    await acknowledge(query, say("disputed" if kept else "not_there", desk.language(update)))


@admins_only
async def list_disputed(update: Update, context: Context) -> None:
    """Show admins which citations readers found wrong, the most disputed first."""
    desk, chat = desk_of(context), update.effective_chat
    assert chat is not None
    found = await asyncio.to_thread(disputed, desk.resources.library.engine)
    if found:
        await send(context.bot, chat.id, disputes_message(found, desk.language(update)))
    else:
        await reply(update, context, "none_disputed")


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what."""
    application.add_handler(CallbackQueryHandler(open_citation, pattern=r"^ctx:\d+:\d+:\d+(:\d+)?$"))
    application.add_handler(CallbackQueryHandler(open_conflicts, pattern=r"^con:\d+:\d+(:[a-z]+|(:\d+\.\d+\.\d+)+)$"))
    application.add_handler(CallbackQueryHandler(back, pattern=r"^back:\d+$"))
    application.add_handler(CallbackQueryHandler(open_source, pattern=r"^src:\d+$"))
    application.add_handler(CallbackQueryHandler(dispute_citation, pattern=r"^bad:\d+:\d+:\d+$"))
    application.add_handler(CommandHandler("disputed", list_disputed))

"""Telegram callbacks about the bot itself: what it is, and for admins who is let in and what readers dispute."""

import asyncio

from telegram.ext import CommandHandler

from bot.ask.render import disputes_message
from bot.locales import language_list
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admins_only, admitted, failed
from retrieval.store.chats.chats import erase, keep
from retrieval.store.chats.disputes import disputed


@admitted
async def start(context: Context) -> None:
    await context.reply("start", languages=language_list(context.language))


@admitted
async def privacy(context: Context) -> None:
    """`/privacy`: the data that is stored about the chat."""
    await context.reply("privacy")


@admitted
async def help_(context: Context) -> None:
    """List the commands; for admins also those that only they may use."""
    keys = ("help", "help_admins") if context.is_admin() else ("help",)
    await context.send_text("\n\n".join(context.say(key) for key in keys))


@admins_only
async def admit(context: Context) -> None:
    """`/admit NUMBER`: let a chat in; without a number, the chat that the command came from."""
    number = await _numbered(context)
    if number is not None:
        await asyncio.to_thread(keep, context.engine, number, admitted=True)
        await context.reply("admitted", chat=number)


@admins_only
async def expel(context: Context) -> None:
    """`/expel NUMBER`: let a chat in no longer, and forget everything about it."""
    number = await _numbered(context)
    if number is not None:
        await asyncio.to_thread(erase, context.engine, number)
        await context.reply("expelled", chat=number)


async def _numbered(context: Context) -> int | None:
    """Return the chat that a command names, or the one it came from; reply and return None for no number."""
    try:
        return int(context.argument.split()[0]) if context.argument else context.chat_id
    except ValueError:
        await context.reply("admit_what")
        return None


@admins_only
async def list_disputed(context: Context) -> None:
    """`/disputed`: the citations that readers found wrong, the most disputed first."""
    found = await asyncio.to_thread(disputed, context.engine)
    if found:
        await context.send(disputes_message(found, context.language))
    else:
        await context.reply("none_disputed")


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    commands = {
        "start": start,
        "help": help_,
        "privacy": privacy,
        "admit": admit,
        "expel": expel,
        "disputed": list_disputed,
    }
    for name, callback in commands.items():
        application.add_handler(CommandHandler(name, callback))
    application.add_error_handler(failed)

"""Telegram callbacks about feeds, for admins: which are followed, one more, one less."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import Application, CommandHandler

from bot.locales import say
from bot.resources import Resources
from bot.sources import feeds as followed
from bot.sources.feeds import Told, state_text
from bot.telegram.context import Context, desk_of
from bot.telegram.guards import admins_only
from bot.telegram.richtext import Run, pack, plain
from bot.telegram.sending import reply, send_text
from retrieval.answer.harmless import defang
from retrieval.ingest.feeds.opml import read_opml
from retrieval.store import feeds

SNIFFED = 2048  # bytes, from the start, in which a list of feeds says that it is one


@admins_only
async def feeds_command(update: Update, context: Context) -> None:
    """`/feeds list`, `/feeds add ADDRESS...`, `/feeds remove ADDRESS...`."""
    act, addresses = (context.args or ["list"])[0].lower(), (context.args or [])[1:]
    desk, chat = desk_of(context), update.effective_chat
    assert chat is not None
    language = desk.language(update)
    if act == "list" and not addresses:
        told = await asyncio.to_thread(_listed, desk.resources, language)
    elif act == "add" and addresses:
        await reply(update, context, "feeds_looking")
        told = await asyncio.to_thread(_added, desk.resources, addresses, language)
    elif act == "remove" and addresses:
        told = await asyncio.to_thread(_removed, desk.resources, addresses, language)
    else:
        told = [say("feeds_usage", language)]
    await _tell(update, context, told)


def _listed(resources: Resources, language: str) -> list[str]:
    states, now = feeds.every(resources.library.engine), resources.settings.now()
    shown = [state_text(replace(state, title=defang(state.title)), now, language) for state in states]
    return shown or [say("feeds_none", language)]


def _added(resources: Resources, addresses: Sequence[str], language: str) -> list[str]:
    return _sentences(followed.add(resources, addresses, language))


def _removed(resources: Resources, addresses: Sequence[str], language: str) -> list[str]:
    return _sentences(followed.remove(resources, address, language) for address in addresses)


def _sentences(told: Iterable[Told]) -> list[str]:
    """Return what was said, what could not be done first."""
    return [defang(one.sentence) for one in sorted(told, key=lambda one: one.well)]


async def _tell(update: Update, context: Context, lines: list[str]) -> None:
    assert update.effective_chat is not None
    for message in pack([(Run(line),) for line in lines]):
        await send_text(context.bot, update.effective_chat.id, plain(message))


def is_opml(name: str, data: bytes) -> bool:
    """Tell whether a document is a list of feeds."""
    suffix = Path(name).suffix.lower()
    return suffix == ".opml" or (suffix == ".xml" and b"<opml" in data[:SNIFFED].lower())


async def add_feeds(update: Update, context: Context, data: bytes) -> None:
    """Follow the feeds of an OPML file. Raises RejectedError where it is none."""
    desk = desk_of(context)
    addresses = [url for url, _ in await asyncio.to_thread(read_opml, data)]
    await reply(update, context, "feeds_looking")
    await _tell(update, context, await asyncio.to_thread(_added, desk.resources, addresses, desk.language(update)))


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what."""
    application.add_handler(CommandHandler("feeds", feeds_command))

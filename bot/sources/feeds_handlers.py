"""Telegram callbacks about feeds, for admins: list, add, remove."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from telegram.ext import CommandHandler

from bot.locales import say
from bot.resources import Resources
from bot.sources import feeds as followed
from bot.sources.feeds import Reply, state_text
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admins_only
from bot.telegram.richtext import Run, pack, plain
from retrieval.answer.harmless import defang
from retrieval.ingest.feeds.opml import read_opml
from retrieval.store import feeds

SNIFFED = 2048  # bytes, from the start, in which a list of feeds says that it is one


@admins_only
async def feeds_command(context: Context) -> None:
    """`/feeds list`, `/feeds add ADDRESS...`, `/feeds remove ADDRESS...`."""
    act, *addresses = context.argument.split() or ["list"]
    if act.lower() == "list" and not addresses:
        lines = await asyncio.to_thread(_listed, context.resources, context.language)
    elif act.lower() == "add" and addresses:
        await context.reply("feeds_looking")
        lines = await asyncio.to_thread(_added, context.resources, addresses, context.language)
    elif act.lower() == "remove" and addresses:
        lines = await asyncio.to_thread(_removed, context.resources, addresses, context.language)
    else:
        lines = [context.say("feeds_usage")]
    await _send_lines(context, lines)


def _listed(resources: Resources, language: str) -> list[str]:
    states, now = feeds.every(resources.library.engine), resources.settings.now()
    shown = [state_text(replace(state, title=defang(state.title)), now, language) for state in states]
    return shown or [say("feeds_none", language)]


def _added(resources: Resources, addresses: Sequence[str], language: str) -> list[str]:
    return _sentences(followed.add(resources, addresses, language))


def _removed(resources: Resources, addresses: Sequence[str], language: str) -> list[str]:
    return _sentences(followed.remove(resources, address, language) for address in addresses)


def _sentences(replies: Iterable[Reply]) -> list[str]:
    """Return the sentences, failures first."""
    return [defang(one.sentence) for one in sorted(replies, key=lambda one: one.ok)]


async def _send_lines(context: Context, lines: list[str]) -> None:
    for message in pack([(Run(line),) for line in lines]):
        await context.send_text(plain(message))


def is_opml(name: str, data: bytes) -> bool:
    """Return True if a document is a list of feeds."""
    suffix = Path(name).suffix.lower()
    return suffix == ".opml" or (suffix == ".xml" and b"<opml" in data[:SNIFFED].lower())


async def add_feeds(context: Context, data: bytes) -> None:
    """Follow the feeds of an OPML file. Raises RejectedError if it is not one."""
    addresses = [url for url, _ in await asyncio.to_thread(read_opml, data)]
    await context.reply("feeds_looking")
    await _send_lines(context, await asyncio.to_thread(_added, context.resources, addresses, context.language))


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("feeds", feeds_command))

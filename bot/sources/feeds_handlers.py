"""Telegram callbacks about feeds, for admins: list, add, remove."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from telegram.ext import CommandHandler

from bot.locales import say
from bot.resources import Resources
from bot.sources import feeds as followed
from bot.sources.feeds import Reply, state_text
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import editors_only
from bot.telegram.richtext import Run, pack, plain
from retrieval.answer.harmless import defang
from retrieval.ingest.feeds.opml import read_opml
from retrieval.store import feeds

SNIFFED = 2048  # bytes, from the start, in which a list of feeds says that it is one


@editors_only
async def feeds_command(context: Context) -> None:
    """`/feeds list`, `/feeds add ADDRESS...`, `/feeds remove ADDRESS...`."""
    act, *addresses = context.argument.split() or ["list"]
    if act.lower() == "list" and not addresses:
        await _send_lines(context, await asyncio.to_thread(_listed, context.resources, context.language))
    elif act.lower() == "add" and addresses:
        await _follow(context, addresses)
    elif act.lower() == "remove" and addresses:
        await _send_replies(
            context, lambda: [followed.remove(context.resources, url, context.language) for url in addresses]
        )
    else:
        await context.reply("feeds_usage")


def _listed(resources: Resources, language: str) -> list[str]:
    states, now = feeds.every(resources.library.engine), resources.settings.now()
    shown = [state_text(replace(state, title=defang(state.title)), now, language) for state in states]
    return shown or [say("feeds_none", language)]


async def _follow(context: Context, addresses: Sequence[str]) -> None:
    await context.show_progress(context.say("feeds_looking"))
    await _send_replies(context, lambda: followed.add(context.resources, addresses, context.language))


async def _send_replies(context: Context, work: Callable[[], Iterable[Reply]]) -> None:
    """Do the work in a thread, and send its replies, failures first."""
    replies = await asyncio.to_thread(lambda: sorted(work(), key=lambda one: one.ok))
    await _send_lines(context, [defang(one.sentence) for one in replies])


async def _send_lines(context: Context, lines: list[str]) -> None:
    for message in pack([(Run(line),) for line in lines]):
        await context.send_text(plain(message))


def is_opml(name: str, data: bytes) -> bool:
    """Return True if a document is a list of feeds."""
    suffix = Path(name).suffix.lower()
    return suffix == ".opml" or (suffix == ".xml" and b"<opml" in data[:SNIFFED].lower())


async def add_feeds(context: Context, data: bytes) -> None:
    """Follow the feeds of an OPML file. Raises RejectedError if it is not one."""
    await _follow(context, [url for url, _ in await asyncio.to_thread(read_opml, data)])


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("feeds", feeds_command))

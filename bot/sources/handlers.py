"""Telegram callbacks for admins' links and documents, which are added to the library."""

import asyncio
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from telegram import Message
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from bot.locales import explain
from bot.sources.feeds import address_reader, channel_names, counts_text
from bot.sources.feeds_handlers import add_feeds, is_opml
from bot.sources.messages import LINKS, links_of
from bot.telegram.access import MayAdd
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import editors_only
from bot.telegram.richtext import MESSAGE_UNITS, Button, Run, units
from bot.telegram.richtext import message as richtext
from retrieval.answer.harmless import defang
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import Report, ingest
from retrieval.ingest.sources import from_address
from retrieval.ingest.submission import Rejection, Submission
from retrieval.store.sources.pages import known_at

MOST_MEGABYTES = 20
"""What Telegram lets a bot download (Bot API, getFile)."""

EDIT_EVERY = 2.0
"""Seconds between two edits of a progress message."""

Source = Submission | Rejection


def links_written(message: Message) -> list[str]:
    """Return the addresses that a message links, or those that are all its words: a terminal marks none."""
    words = (message.text or message.caption or "").split()
    return links_of(message) or (words if all(re.match(r"https?://[^\s/]+\.", word) for word in words) else [])


def is_only_links(message: Message) -> bool:
    """Return True if a message is nothing but links."""
    if not links_written(message):
        return False
    marked = [one for one in message.entities or message.caption_entities if one.type in LINKS]
    rest = (message.text or message.caption or "").encode("utf-16-le")  # Telegram counts in UTF-16
    for one in sorted(marked, key=lambda one: -one.offset):
        rest = rest[: 2 * one.offset] + rest[2 * (one.offset + one.length) :]
    return not marked or not re.search(r"\w", rest.decode("utf-16-le", "replace"))


class _OnlyLinks(filters.MessageFilter):
    """A class because python-telegram-bot asks for one."""

    def filter(self, message: Message) -> bool:
        return is_only_links(message)


@editors_only
async def take_links(context: Context) -> None:
    """Add the articles that an admin's links lead to."""
    await add_links(context, links_written(context.message))


async def add_links(context: Context, links: Sequence[str]) -> None:
    """Add the articles that links lead to, and say so."""
    resources = context.resources

    def articles() -> Iterator[Source]:
        known = known_at(resources.library.engine, resources.settings.now())
        for link in links:
            yield from from_address(link, address_reader(resources), known)

    await _add(context, ", ".join(links), articles)


@editors_only
async def take_document(context: Context) -> None:
    """Add an admin's document, or follow the feeds that it lists."""
    document = context.document
    name = Path(document.file_name or "document").name
    if (document.file_size or 0) > MOST_MEGABYTES * 2**20:
        await context.reply("ingest_too_large", name=name, megabytes=MOST_MEGABYTES)
        return
    data = bytes(await (await document.get_file()).download_as_bytearray())
    if is_opml(name, data):
        await add_feeds(context, data)
        return
    report = await _add(context, name, lambda: _from_document(context, name, data))
    if any(one.error.key == "private_chat" for one in report.rejected):
        row = [Button(context.say("private_chat_add"), "export:add")]
        question = richtext([(Run(context.say("private_chat_ask")),)], [row])
        await context.send(question, reply_to=context.message.message_id)


@editors_only
async def add_private_chat(context: Context) -> None:
    """The button that adds the private chat in an export, which its message answers."""
    await context.acknowledge()
    shown = context.query.message
    document = shown.reply_to_message.document if isinstance(shown, Message) and shown.reply_to_message else None
    if document is None:
        await context.reply("post_gone")
        return
    data = bytes(await (await document.get_file()).download_as_bytearray())
    name = Path(document.file_name or "document").name
    await _add(context, name, lambda: _from_document(context, name, data, private=True))


def _from_document(context: Context, name: str, data: bytes, private: bool = False) -> Iterator[Source]:
    """Yield the articles of a document, which is on disk, under a name of ours, while it is read."""
    resources = context.resources
    zone, names = resources.settings.zone, channel_names(resources)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"document{Path(name).suffix.lower()[:10]}"
        path.write_bytes(data)
        for one in from_path(path, zone, address_reader(context.resources), private=private, names=names):
            yield replace(one, where=one.where.replace(str(path), name))


async def _add(context: Context, name: str, sources: Callable[[], Iterable[Source]]) -> Report:
    """Add `sources` in a thread, showing the progress, and in the end the counts and the reasons of rejections."""
    label, seen, stopped = defang(name[:100]), 0, False
    progress = await context.show_progress(context.say("ingest_reading", source=label))

    def watched() -> Iterator[Source]:
        nonlocal seen
        for source in sources():
            if stopped:
                return
            seen += 1
            yield source

    resources, shown = context.resources, 0
    work = asyncio.ensure_future(
        asyncio.to_thread(ingest, resources.library, resources.embedder, watched(), clock=resources.settings.now)
    )
    try:
        while not (await asyncio.wait({work}, timeout=EDIT_EVERY))[0]:
            if progress is not None and seen > shown:
                shown = seen
                await context.show_progress(context.say("ingest_so_far", source=label, count=shown), progress)
        report = await work
    finally:
        stopped = True  # the bot stops: the next run handles the message again
    outcome = richtext([(Run(_outcome(report, context.language)),)])
    await (context.send(outcome) if progress is None else context.edit(outcome, progress))
    return report


def _outcome(report: Report, language: str) -> str:
    """Return the counts, and as many reasons of rejections as fit one message."""
    reasons = [defang(f"{one.where}: {explain(one.error, language)}") for one in report.rejected]
    for fit in range(len(reasons), -1, -1):
        rest = [f"… +{len(reasons) - fit}"] if fit < len(reasons) else []
        text = "\n".join([counts_text(report, language), *reasons[:fit], *rest])
        if units(text) <= MESSAGE_UNITS:
            break
    return text


def register(application: BotApplication) -> None:
    """Add these handlers to the application; links and documents of others stay questions."""
    private = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE & MayAdd(application.bot_data["access"])
    application.add_handler(MessageHandler(private & filters.Document.ALL, take_document))
    links = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND & _OnlyLinks()
    application.add_handler(MessageHandler(private & links, take_links))
    application.add_handler(CallbackQueryHandler(add_private_chat, pattern=r"^export:add$"))

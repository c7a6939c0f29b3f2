"""Telegram callbacks of admins' own work: their links and documents go into the library."""

import asyncio
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from telegram import Message, MessageEntity, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import Application, MessageHandler, filters

from bot.locales import explain, say
from bot.resources import Resources
from bot.sources.feeds import counts_text
from bot.sources.feeds_handlers import add_feeds, is_opml
from bot.telegram.context import Context, desk_of
from bot.telegram.guards import admins_only
from bot.telegram.richtext import MESSAGE_UNITS, units
from bot.telegram.sending import NO_PREVIEW, reply, send_text
from retrieval.answer.harmless import defang
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import Report, ingest
from retrieval.ingest.sources import from_address
from retrieval.ingest.submission import Rejection, Submission
from retrieval.store.pages import known_at

MOST_MEGABYTES = 20
"""What Telegram lets a bot download (Bot API, getFile)."""

EDIT_EVERY = 2.0
"""Seconds between two edits of a progress message."""

LINKS: list[str | None] = [MessageEntity.URL, MessageEntity.TEXT_LINK]

Source = Submission | Rejection


# --- what is meant for the library ------------------------------------------------------------------


def links_of(message: Message) -> list[str]:
    """Return the addresses that a message links, once each; one without a scheme is taken for https."""
    text = message.text or message.caption or ""
    marked = message.parse_entities(LINKS) if message.text else message.parse_caption_entities(LINKS)
    written = [entity.url or words for entity, words in marked.items()] or _bare_links(text)
    return list(dict.fromkeys(link if "://" in link else f"https://{link}" for link in written))


def _bare_links(text: str) -> list[str]:
    """Return the words of a text where all of them are addresses; a terminal marks none of them."""
    words = text.split()
    return words if all(re.match(r"https?://[^\s/]+\.", word) for word in words) else []


def is_for_the_library(message: Message) -> bool:
    """Tell whether a message holds nothing but links, or links in words that somebody else wrote."""
    if not links_of(message):
        return False
    return message.forward_origin is not None or not re.search(r"\w", _without_links(message))


def _without_links(message: Message) -> str:
    encoded = (message.text or message.caption or "").encode("utf-16-le")  # Telegram counts in UTF-16
    marked = [one for one in message.entities or message.caption_entities if one.type in LINKS]
    if not marked and links_of(message):
        return ""
    for one in sorted(marked, key=lambda one: -one.offset):
        encoded = encoded[: 2 * one.offset] + encoded[2 * (one.offset + one.length) :]
    return encoded.decode("utf-16-le", "replace")


class _ForTheLibrary(filters.MessageFilter):
    """A class because python-telegram-bot asks for one."""

    def filter(self, message: Message) -> bool:
        return is_for_the_library(message)


# --- callbacks --------------------------------------------------------------------------------------


@admins_only
async def take_links(update: Update, context: Context) -> None:
    """Take in what an admin's links lead to."""
    message, resources = update.effective_message, desk_of(context).resources
    assert message is not None
    links = links_of(message)
    await _take_in(update, context, ", ".join(links), lambda: _from_links(resources, links))


def _from_links(resources: Resources, links: list[str]) -> Iterator[Source]:
    settings = resources.settings
    known = known_at(resources.library.engine, settings.now())
    for link in links:
        yield from from_address(link, allow_private=settings.fetch_private, zone=settings.zone, known=known)


@admins_only
async def take_document(update: Update, context: Context) -> None:
    """Take in an admin's document, or follow the feeds that it lists."""
    message, resources = update.effective_message, desk_of(context).resources
    assert message is not None
    assert message.document is not None
    name = Path(message.document.file_name or "document").name
    if (message.document.file_size or 0) > MOST_MEGABYTES * 2**20:
        await reply(update, context, "ingest_too_large", name=name, megabytes=MOST_MEGABYTES)
        return
    data = bytes(await (await message.document.get_file()).download_as_bytearray())
    if is_opml(name, data):
        await add_feeds(update, context, data)
    else:
        await _take_in(update, context, name, lambda: _from_document(resources, name, data))


def _from_document(resources: Resources, name: str, data: bytes) -> Iterator[Source]:
    """Yield what a document holds; it is on disk, under a name of ours, for as long as it is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"document{Path(name).suffix.lower()[:10]}"
        path.write_bytes(data)
        for one in from_path(path, resources.settings.zone):
            yield replace(one, where=one.where.replace(str(path), name))


# --- taking in --------------------------------------------------------------------------------------


@dataclass
class _Progress:
    """What the thread that takes in and the one that tells of it share."""

    seen: int = 0
    stopped: bool = False


async def _take_in(update: Update, context: Context, what: str, sources: Callable[[], Iterable[Source]]) -> None:
    """Take in `sources` in a thread, showing how far it is, and say in the end what became of them."""
    desk, chat = desk_of(context), update.effective_chat
    assert chat is not None
    language, label = desk.language(update), defang(what[:100])
    told = await send_text(context.bot, chat.id, say("ingest_reading", language, source=label))
    progress, shown = _Progress(), 0
    work = asyncio.ensure_future(asyncio.to_thread(_ingest, desk.resources, sources, progress))
    try:
        while not (await asyncio.wait({work}, timeout=EDIT_EVERY))[0]:
            if progress.seen > shown:
                shown = progress.seen
                with suppress(TelegramError):
                    await told.edit_text(say("ingest_so_far", language, source=label, count=shown))
        outcome = _outcome(await work, language)
    finally:
        progress.stopped = True  # the bot stops: the next run takes the message up again
    try:
        await told.edit_text(outcome, link_preview_options=NO_PREVIEW)
    except BadRequest:  # the progress message was deleted
        await send_text(context.bot, chat.id, outcome)


def _ingest(resources: Resources, sources: Callable[[], Iterable[Source]], progress: _Progress) -> Report:
    def watched() -> Iterator[Source]:
        for source in sources():
            if progress.stopped:
                return
            progress.seen += 1
            yield source

    return ingest(resources.library, resources.embedder, watched(), clock=resources.settings.now)


def _outcome(report: Report, language: str) -> str:
    reasons = [
        defang(f"{one.where}: {explain(one.error, language) if one.error else one.reason}") for one in report.rejected
    ]
    counts = counts_text(report, language)
    kept = len(reasons)
    while units(text := _lines(counts, reasons, kept)) > MESSAGE_UNITS:
        kept -= 1
    return text


def _lines(counts: str, reasons: list[str], kept: int) -> str:
    left = [f"… +{len(reasons) - kept}"] if kept < len(reasons) else []
    return "\n".join([counts, *reasons[:kept], *left])


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Say which of these handlers takes what; what is not an admin's stays a question."""
    admins = filters.User(user_id=application.bot_data["desk"].resources.settings.admins)
    private = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE & admins
    application.add_handler(MessageHandler(private & filters.Document.ALL, take_document))
    links = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND & _ForTheLibrary()
    application.add_handler(MessageHandler(private & links, take_links))

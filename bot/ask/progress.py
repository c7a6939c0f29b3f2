"""A draft in private chats that says that the language model works; it never shows the model's output."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from telegram.error import TelegramError

from bot.locales import say
from bot.telegram.context import Context

log = structlog.get_logger("sitrep.drafts")

DRAFT_AFTER = 0.2
"""Seconds an answer must take before a draft is sent; answers without the language model are faster."""

LAST_DRAFT = 2.0
"""Seconds an answer waits for a draft that is being sent, so that the draft does not come after it."""


@asynccontextmanager
async def drafting(context: Context) -> AsyncIterator[None]:
    """Show a draft while the body runs, if a language model is set and the chat is private."""
    if context.is_group or context.resources.chat_model is None:
        yield
        return
    done = asyncio.Event()
    draft = asyncio.create_task(_draft(context, done))
    try:
        yield
    finally:
        done.set()
        _, late = await asyncio.wait([draft], timeout=LAST_DRAFT)
        for task in late:
            task.cancel()


async def _draft(context: Context, done: asyncio.Event) -> None:
    """Send the draft unless the answer is done first; ignore a draft that Telegram refuses."""
    try:
        await asyncio.wait_for(done.wait(), DRAFT_AFTER)
    except TimeoutError:
        text = say("model_asked", context.language)
        try:
            await context.bot.send_message_draft(context.chat_id, context.message.message_id, text)
        except TelegramError as exc:
            log.info("a draft was refused", error=type(exc).__name__)

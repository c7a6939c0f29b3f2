"""In private chats, while the language model works: a draft that says how far it is, and never what it wrote."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.locales import say
from bot.telegram.context import Context

if TYPE_CHECKING:
    from retrieval.answer.chat_model import Progress

log = structlog.get_logger("sitrep.drafting")

LAST_DRAFT = 2.0
"""Seconds an answer waits for a draft that is on its way, so that none comes after it."""

Told = Callable[["Progress"], None]
"""Takes how far a draft is, from any thread."""


@asynccontextmanager
async def drafting(context: Context) -> AsyncIterator[Told | None]:
    """Yield what shows the progress it is told as a draft; None in groups, which have no drafts."""
    if context.is_group:
        yield None
        return
    loop = asyncio.get_running_loop()
    steps: asyncio.Queue[Progress | None] = asyncio.Queue()

    def told(step: "Progress") -> None:
        loop.call_soon_threadsafe(steps.put_nowait, step)

    showing = asyncio.create_task(
        _show(context.bot, context.chat_id, context.message.message_id, context.language, steps)
    )
    try:
        yield told
    finally:
        steps.put_nowait(None)
        _, late = await asyncio.wait([showing], timeout=LAST_DRAFT)
        for task in late:
            task.cancel()


async def _show(bot: Bot, chat_id: int, draft_id: int, language: str, steps: "asyncio.Queue[Progress | None]") -> None:
    """Show the newest step, until None comes; a draft that Telegram does not take is the last."""
    while (step := await _newest(steps)) is not None:
        key = "model_checking" if step.looked_at else "model_asked"
        try:
            await bot.send_message_draft(chat_id, draft_id, say(key, language, number=step.looked_at, stand=step.stand))
        except TelegramError as exc:
            log.info("a draft was not taken", error=type(exc).__name__)
            return


async def _newest(steps: "asyncio.Queue[Progress | None]") -> "Progress | None":
    step = await steps.get()
    while step is not None and not steps.empty():
        step = steps.get_nowait()
    return step

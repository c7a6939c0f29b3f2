"""What runs beside answering: the rounds that post what is due, and the sender of the outbox."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from telegram import Bot

from bot.brief.briefer import Briefer
from bot.resources import Resources
from bot.schedule.alerts import Alerts
from bot.schedule.due import Due
from bot.schedule.rounds import Briefs, Compose, Composed, make_rounds
from bot.telegram.outbox import Sender, pause
from retrieval.domain import ModelError
from retrieval.store.chats.chats import Chat

log = structlog.get_logger("sitrep.background")

RESTART_SECONDS = 5.0
"""Until what failed is begun anew."""

STOP_SECONDS = 15.0
"""What is under way gets to finish when the bot stops; what takes longer is taken up by the next run."""


def start(resources: Resources, bot: Bot, stop: asyncio.Event) -> list[asyncio.Task[None]]:
    """Begin the rounds and the sender; both go on until `stop`."""
    settings, library = resources.settings, resources.library
    briefs = Briefs(library, _composing(resources), settings.admins)
    alerts = Alerts(library, resources.embedder, settings.admins, settings.timezone, settings.language)
    sender = Sender(bot, library, settings.now)
    return [
        asyncio.create_task(_kept_up(sender.run, stop), name="sender"),
        asyncio.create_task(
            _kept_up(lambda stop: make_rounds((briefs.post_due, alerts.post_due), settings.now, stop), stop),
            name="rounds",
        ),
    ]


async def warm(resources: Resources, stop: asyncio.Event) -> None:
    """Have the language model loaded before anybody asks, and say so where it cannot be had; gives up at `stop`."""
    if not resources.settings.chat_model:
        return
    probing, stopping = asyncio.create_task(resources.probe()), asyncio.create_task(stop.wait())
    await asyncio.wait((probing, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not probing.done():
        probing.cancel()
        return
    try:
        log.info("the language model answers", engine=resources.settings.chat_model, seconds=round(await probing, 1))
    except ModelError as exc:
        log.warning(f"{exc} Until that is put right, answers are the articles' own sentences.")


async def finish(tasks: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Stop what `start` began, and wait for it."""
    stop.set()
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in late:
            task.cancel()


async def _kept_up(run: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await run(stop)
        except Exception as exc:
            log.error("what runs beside answering failed, beginning anew", error=type(exc).__name__)
            await pause(stop, RESTART_SECONDS)


def _composing(resources: Resources) -> Compose:
    briefer = Briefer(resources)

    def compose(due: Due, chat: Chat, now: datetime) -> Composed:
        held = due.subscription
        zone = ZoneInfo(held.zone)
        messages, told = briefer.for_chat(
            chat.id,
            due.since.astimezone(zone),
            now.astimezone(zone),
            language=chat.language or resources.settings.language,
            topics=held.topics,
            length=str(held.length),
        )
        return Composed(tuple(messages), told)

    return compose

"""Composition root: settings -> library -> Telegram application."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from filelock import FileLock, Timeout
from telegram import BotCommand, Update
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder
from telegram.request import BaseRequest

from bot.ask import citations as handlers_sources
from bot.ask import handlers as handlers_ask
from bot.ask import inline as handlers_inline
from bot.ask.conversation import Conversations
from bot.brief import handlers as handlers_brief
from bot.figures import handlers as handlers_figures
from bot.locales import say
from bot.resources import Resources
from bot.schedule import background
from bot.schedule import handlers as handlers_schedule
from bot.schedule import settings as handlers_settings
from bot.schedule import watches as handlers_watch
from bot.settings import Settings, SettingsError
from bot.sources import feeds_handlers as handlers_feeds
from bot.sources import handlers as handlers_ingest
from bot.sources.feed_polling import Polling
from bot.telegram import guards as handlers
from bot.telegram.access import Access
from bot.telegram.context import Desk
from bot.telegram.inbox import Inbox, poll
from bot.telegram.limits import Limits
from bot.telegram.webhook import serve
from retrieval.answer.rehearse import rehearse
from retrieval.domain import BusyError
from retrieval.language.packs import LANGUAGES
from retrieval.store.database import only_bot

log = structlog.get_logger("sitrep")

BotApplication = Application[Any, Any, Any, Any, Any, Any]

COMMANDS = (
    "ask", "brief", "timeline", "figures", "subscribe", "unsubscribe", "settings", "topics", "language", "watch",
    "watches", "asof", "new", "privacy", "help",
)  # fmt: skip

ROOMS = (
    handlers,
    handlers_feeds,
    handlers_figures,
    handlers_brief,
    handlers_schedule,
    handlers_settings,
    handlers_watch,
    handlers_sources,
    handlers_inline,
    # These take messages without a command: what is meant for the library first, the rest is questions.
    handlers_ingest,
    handlers_ask,
)
"""Whose handlers take what, in order."""


def build(resources: Resources, request: BaseRequest | None = None) -> BotApplication:
    """Return the application with its handlers; `request` replaces the network (the terminal chat has its own)."""
    settings = resources.settings
    builder: Any = ApplicationBuilder().token(settings.telegram_token.get_secret_value()).updater(None)
    builder = builder.base_url(f"{settings.telegram_api_url}/bot").base_file_url(
        f"{settings.telegram_api_url}/file/bot"
    )
    if request is not None:
        builder = builder.request(request).get_updates_request(request)
    else:
        builder = builder.rate_limiter(Limits()).read_timeout(20).connect_timeout(10)
    application: BotApplication = builder.build()
    access = Access(resources.library, settings.admins, settings.questions_per_minute)
    application.bot_data["desk"] = Desk(resources, access, Conversations())
    register(application)
    return application


def register(application: BotApplication) -> None:
    """Say which handler takes what."""
    for room in ROOMS:
        room.register(application)


def run(settings: Settings) -> None:
    """Run the bot until it is told to stop. Raises SitrepError, in one sentence, where it cannot start."""
    if not settings.telegram_token.get_secret_value():
        raise SettingsError("SITREP_TELEGRAM_TOKEN is empty; put the token that @BotFather gave you there.")
    lock = FileLock(settings.data_dir / "bot.lock")
    resources = Resources(settings)
    try:
        engine = resources.library.engine
        lock.acquire(timeout=0)
        # Here already, so that a model that cannot be had is said before anybody asks.
        log.info("answers are composed", engine=resources.composer.engine if resources.composer else "extractive")
        with only_bot(engine):
            resources.library.own_index()
            asyncio.run(_serve(resources))
    except Timeout as exc:
        raise BusyError(f"Another bot already runs on the data in {settings.data_dir}; stop it first.") from exc
    except InvalidToken as exc:
        raise SettingsError("Telegram does not know the token in SITREP_TELEGRAM_TOKEN.") from exc
    except BadRequest as exc:
        raise SettingsError(f"Telegram refuses how the bot is set up: {exc}.") from exc
    finally:
        resources.close()
        lock.release()


async def _serve(resources: Resources) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    application = build(resources)
    beside = [asyncio.create_task(background.warm(resources, stop), name="model")]
    box, polling = Inbox(application, resources.library), Polling(resources)
    server = serve(resources, box.take, lambda: application.running)
    polling.start()
    try:
        await _until_reached(lambda: _greet(application), stop)
        if stop.is_set():
            return
        await application.start()
        await asyncio.to_thread(rehearse)
        gc.freeze()  # what start-up made stays: to go through it again would hold up a question by a third of a second
        log.info("the bot runs", taken_up=await box.resume())
        beside += background.start(resources, application.bot, stop)
        await _receive(application, box, stop)
    finally:
        if server is not None:
            server.stop()
        await asyncio.gather(background.finish(beside, stop), box.finish(), asyncio.to_thread(polling.stop))
        if application.running:
            await application.stop()
        await application.shutdown()


async def _receive(application: BotApplication, box: Inbox, stop: asyncio.Event) -> None:
    """Take updates until `stop`: by the webhook, which stays set so that Telegram keeps what comes later, or poll."""
    settings = application.bot_data["desk"].resources.settings
    if not settings.webhook_url:
        await _until_reached(partial(_without_webhook, application), stop)
        await poll(application, box, stop)
        return
    secret = settings.webhook_secret.get_secret_value()
    url, kinds = settings.webhook_url, Update.ALL_TYPES
    set_webhook = partial(application.bot.set_webhook, url, secret_token=secret, allowed_updates=kinds)
    await _until_reached(set_webhook, stop)
    await stop.wait()


async def _without_webhook(application: BotApplication) -> None:
    """Let go of a webhook, so that updates can be fetched; where there can be none, there is nothing to let go of."""
    with suppress(InvalidToken):
        await application.bot.delete_webhook()


async def _greet(application: BotApplication) -> None:
    await application.initialize()
    await _offer_commands(application)


async def _until_reached(call: Callable[[], Awaitable[object]], stop: asyncio.Event) -> None:
    """Call Telegram, as often as it takes to get through."""
    pause = 1.0
    while not stop.is_set():
        try:
            await call()
            return
        except (InvalidToken, BadRequest):
            raise
        except TelegramError as exc:
            log.warning("Telegram cannot be reached, trying again", reason=type(exc).__name__, pause=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, 60.0)


async def _offer_commands(application: BotApplication) -> None:
    """Tell Telegram which commands to offer, in each language, and in the configured one to everybody else.

    A Bot API server that will not have them is no reason not to run.
    """
    default = application.bot_data["desk"].resources.settings.language
    for code, language in (("", default), *((code, code) for code in LANGUAGES)):
        commands = [BotCommand(name, say(f"command.{name}", language)) for name in COMMANDS]
        try:
            await application.bot.set_my_commands(commands, language_code=code or None)
        except (InvalidToken, BadRequest) as exc:  # InvalidToken: "not found", of the method here
            log.warning("the commands could not be offered", error=type(exc).__name__)
            return

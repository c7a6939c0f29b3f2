"""Composition root: builds the Telegram application, adds the handlers and runs it."""

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import structlog
from filelock import FileLock, Timeout
from pydantic import SecretStr
from telegram import Update
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder, ContextTypes
from telegram.request import BaseRequest, HTTPXRequest

import bot.admin.access_handlers
import bot.admin.handlers
import bot.admin.status
import bot.ask.citations
import bot.ask.handlers
import bot.brief.handlers
import bot.figures.handlers
import bot.requests.handlers
import bot.requests.inline
import bot.schedule.handlers
import bot.schedule.settings
import bot.schedule.watches
import bot.sources.feeds_handlers
import bot.sources.handlers
import bot.sources.labels_handlers
import bot.sources.posts_handlers
from bot.logs import start_logging
from bot.resources import Resources
from bot.schedule import jobs
from bot.settings import Settings, SettingsError
from bot.sources.feed_polling import Polling
from bot.telegram import menu
from bot.telegram.access import MINUTE, Access
from bot.telegram.clock import Clock
from bot.telegram.context import BotApplication, Context, Reply
from bot.telegram.conversation import Conversations
from bot.telegram.limits import OF_ALL_REPLICAS, Limits, pause
from bot.telegram.outbox import Sender
from bot.telegram.reports import Reports
from bot.telegram.terminal import TERMINAL_CHAT, TERMINAL_TOKEN, TerminalRequest, converse
from bot.telegram.updates.admission import Admission
from bot.telegram.updates.inbox import Inbox, poll
from bot.telegram.updates.pools import Pools
from bot.telegram.updates.processor import ChatByChat
from bot.telegram.updates.replicas import keep_claims, lead, until_leading
from bot.telegram.updates.supervisor import Supervisor
from bot.telegram.updates.webhook import serve
from retrieval.answer.ask import rehearse
from retrieval.domain import BusyError
from retrieval.store.claims import Charges, Claims, Sends
from retrieval.store.database import BotLock, is_shared

log = structlog.get_logger("sitrep")

HANDLERS = (
    bot.admin.access_handlers,
    bot.admin.handlers,
    bot.admin.status,
    bot.brief.handlers,
    bot.figures.handlers,
    bot.schedule.handlers,
    bot.schedule.settings,
    bot.schedule.watches,
    bot.ask.citations,
    bot.ask.handlers,
    bot.requests.inline,
    bot.sources.feeds_handlers,
    bot.sources.labels_handlers,
    # These handle messages without a command: first those for the library, then requests and questions.
    bot.sources.posts_handlers,
    bot.sources.handlers,
    bot.requests.handlers,
)
"""The modules whose handlers are tried on an update, in order; the first that fits gets it."""

STOP_SECONDS = 9.5
"""The longest that a stop takes; what is not finished by then is done by the next run."""

LAST_SECONDS = 1.5
"""Of these, for sending the answers that were finished while the bot stopped."""

LONGEST_PAUSE = 60.0
"""Seconds between two tries to reach Telegram, at most."""


def build(resources: Resources, request: BaseRequest | None = None) -> BotApplication:
    """Return the application with its handlers; `request` replaces the network (in the terminal and in tests)."""
    settings, replies = resources.settings, dict[int, Reply]()
    processor = ChatByChat(resources.library, settings.now, replies)
    builder = (
        ApplicationBuilder()
        .token(settings.telegram_token.get_secret_value())
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .updater(None)
        .context_types(ContextTypes(context=Context))
        .concurrent_updates(processor)
    )
    application: BotApplication
    clock, engine, shared = Clock(), resources.library.engine, has_replicas(resources)
    if request is None:
        hooks = {"event_hooks": {"response": [clock.compare]}}
        request = HTTPXRequest(read_timeout=20, connect_timeout=10, httpx_kwargs=hooks)
        polling = HTTPXRequest(connection_pool_size=1, httpx_kwargs=hooks)
        limits = Limits(sends=Sends(engine, OF_ALL_REPLICAS) if shared else None)
        application = builder.rate_limiter(limits).request(request).get_updates_request(polling).build()
    else:
        application = builder.request(request).get_updates_request(request).build()
    application.bot_data["resources"] = resources
    application.bot_data["clock"] = clock
    application.bot_data["access"] = access = Access(settings.admins, settings.questions_per_minute)
    access.load(resources.library.engine)
    application.bot_data["admission"] = Admission(resources, access, application.bot, telegram_clock=clock)
    application.bot_data["pools"] = Pools()
    application.bot_data["conversations"] = Conversations()
    application.bot_data["reports"] = reports = Reports(settings, access)
    processor.supervisor = Supervisor(resources, application.bot, reports, clock)
    application.bot_data["supervisor"] = processor.supervisor
    application.bot_data["replies"] = replies
    application.bot_data["claims"] = claims = Claims(engine) if shared else None
    application.bot_data["charges"] = Charges(engine, MINUTE) if shared else None
    processor.sender = Sender(application.bot, resources.library, settings.now, claims)
    application.bot_data["sender"] = processor.sender
    for module in HANDLERS:
        module.register(application)
    return application


def chat(settings: Settings) -> None:
    """Talk to the bot in the terminal, as its admin. Raises SitrepError."""
    admin = {"telegram_token": SecretStr(TERMINAL_TOKEN), "admins": frozenset({TERMINAL_CHAT})}
    request = TerminalRequest()
    with Resources(settings.model_copy(update=admin)) as resources:
        asyncio.run(converse(build(resources, request), request))


def run(settings: Settings) -> None:
    """Run the bot until SIGINT or SIGTERM. Raises SitrepError, in one sentence, if it cannot start."""
    secrets = (settings.telegram_token, settings.webhook_secret, settings.openai_api_key, settings.anthropic_api_key)
    start_logging(settings.log_level, tuple(secret.get_secret_value() for secret in secrets))
    if not settings.telegram_token.get_secret_value():
        raise SettingsError(
            "SITREP_TELEGRAM_TOKEN is empty; run sitrep init, or put the token that @BotFather gave you there."
        )
    lock = FileLock(settings.data_dir / "bot.lock")
    try:
        with Resources(settings) as resources:
            lock.acquire(timeout=0)
            # Opened here so that a model that cannot be set up is reported before anybody asks.
            chat_model = resources.chat_model
            log.info("sentences are chosen", engine=chat_model.engine if chat_model else "reader")
            leader = BotLock(resources.library.engine)
            if not (has_replicas(resources) or leader.claim()):
                raise BusyError("Another bot already runs on this database; stop it first.")
            try:
                asyncio.run(_serve(resources, leader))
            finally:
                leader.release()
    except Timeout as exc:
        raise BusyError(f"Another bot already runs on the data in {settings.data_dir}; stop it first.") from exc
    except InvalidToken as exc:
        raise SettingsError("Telegram does not know the token in SITREP_TELEGRAM_TOKEN.") from exc
    except BadRequest as exc:
        raise SettingsError(f"Telegram refuses how the bot is set up: {exc}.") from exc
    finally:
        lock.release()


def has_replicas(resources: Resources) -> bool:
    """Return whether other bots may work beside this one: behind one webhook, on one PostgreSQL."""
    return bool(resources.settings.webhook_url) and is_shared(resources.library.engine)


def _own(resources: Resources, polling: Polling) -> None:
    """Start what one bot of a library does alone: keep the index, poll the feeds."""
    resources.library.own_index()
    polling.start()


async def _lead(
    application: BotApplication, polling: Polling, leader: BotLock, claims: Claims, stop: asyncio.Event
) -> None:
    """Keep the claims of this replica; once it leads, do until `stop` what one of the replicas does."""
    resources, reports = application.bot_data["resources"], application.bot_data["reports"]
    keeping = asyncio.create_task(keep_claims(claims, stop), name="claims")
    await until_leading(leader, stop)
    if not stop.is_set():
        _own(resources, polling)
        reports.drop()  # what another replica has reported
        run = reports.run(application.bot, resources.library, stop)
        await asyncio.gather(lead(leader, stop), jobs.posting(resources)(stop), run)
    await keeping


async def _serve(resources: Resources, leader: BotLock) -> None:
    stop = asyncio.Event()
    _stop_at_signals(stop)
    application = build(resources)
    supervisor, reports = application.bot_data["supervisor"], application.bot_data["reports"]
    tasks = [asyncio.create_task(jobs.load_model(resources, stop), name="model")]
    inbox, polling = Inbox(application, resources.library, resources.settings.now), Polling(resources)
    server = serve(resources, inbox.take, lambda: application.running, supervisor)
    claims: Claims | None = application.bot_data["claims"]
    if claims is None:
        _own(resources, polling)
    try:
        await _until_reached(partial(_initialize, application, resources.settings.language), stop)
        tasks.append(asyncio.create_task(supervisor.run(stop), name="supervisor"))
        if stop.is_set():
            return
        if claims is not None:
            tasks.append(asyncio.create_task(_lead(application, polling, leader, claims, stop), name="leader"))
        await application.start()
        await asyncio.to_thread(rehearse)
        gc.freeze()  # a full collection over start-up objects takes about 0.3 s
        log.info("the bot runs", resumed=await inbox.resume())
        run = application.bot_data["sender"].run, inbox.run, application.bot_data["admission"].run
        tasks += jobs.start((*run, jobs.upkeep(resources, application.bot_data["access"].load)), stop)
        if claims is None:
            tasks += jobs.start((jobs.posting(resources),), stop)
            tasks.append(asyncio.create_task(reports.run(application.bot, resources.library, stop), name="reports"))
        await _receive(application, inbox, resources.settings, stop)
    finally:
        if server is not None:
            server.stop()
        await asyncio.gather(jobs.finish(tasks, stop), _finish(application), asyncio.to_thread(polling.stop))
        await application.bot_data["sender"].finish(LAST_SECONDS)  # answers that were made while it stopped
        await application.shutdown()
        if claims is not None:
            await asyncio.to_thread(claims.close)


def _stop_at_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, _stop, stop)
        except NotImplementedError:  # loops on Windows, which are woken up by a signal all the same
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(_stop, stop))


def _stop(stop: asyncio.Event) -> None:
    """Have the bot stop, and the process end after STOP_SECONDS even if a thread hangs: all that counts is on disk."""
    stop.set()
    end = threading.Timer(STOP_SECONDS, os._exit, (0,))
    end.daemon = True
    end.start()


async def _initialize(application: BotApplication, language: str) -> None:
    """Connect, and set the menus of commands; see `offer`."""
    await application.initialize()
    await menu.offer(application.bot, language)
    access: Access = application.bot_data["access"]
    for person in access.members_with_more:
        await menu.offer_to(application.bot, person, access.role_of(person), language)


async def _receive(application: BotApplication, inbox: Inbox, settings: Settings, stop: asyncio.Event) -> None:
    """Take updates until `stop`: by the webhook, which stays set so that Telegram keeps later ones, or by polling.

    Polling needs the webhook deleted.
    """
    if not settings.webhook_url:
        with suppress(InvalidToken):  # a Bot API server without webhooks
            await _until_reached(application.bot.delete_webhook, stop)
        await poll(application, inbox, stop)
        return
    await _set_webhook(application, settings, stop)
    await stop.wait()


async def _set_webhook(application: BotApplication, settings: Settings, stop: asyncio.Event) -> None:
    secret = settings.webhook_secret.get_secret_value()
    url, kinds = settings.webhook_url, Update.ALL_TYPES
    set_webhook = partial(application.bot.set_webhook, url, secret_token=secret, allowed_updates=kinds)
    await _until_reached(set_webhook, stop)


async def _until_reached(call: Callable[[], Awaitable[object]], stop: asyncio.Event) -> None:
    """Call Telegram until it answers, or until `stop`. Raises InvalidToken and BadRequest."""
    seconds = 1.0
    while not stop.is_set():
        try:
            await call()
            return
        except (InvalidToken, BadRequest):
            raise
        except TelegramError as exc:
            log.warning("Telegram cannot be reached, trying again", reason=type(exc).__name__, pause=seconds)
            await pause(stop, seconds)
            seconds = min(seconds * 2, LONGEST_PAUSE)


async def _finish(application: BotApplication) -> None:
    """Stop handling updates; those that take too long are handled by the next run."""
    processor = application.update_processor
    if application.running and isinstance(processor, ChatByChat):
        await processor.finish()
        await application.stop()

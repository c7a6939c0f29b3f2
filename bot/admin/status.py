"""`/status`: how the running bot is, for its admins."""

import shutil
import time

from telegram.ext import CommandHandler

from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admins_only, replying
from bot.telegram.updates.supervisor import Supervisor
from retrieval.store import feeds, read
from retrieval.store.chats import inbox, outbox
from retrieval.store.library import CHROMA, SCAN

STARTED = time.monotonic()

HOUR, MEGABYTE = 3600, 2**20


@admins_only
@replying
def status(context: Context) -> str:
    """Return what the library has, what waits, and which parts do not work."""
    resources = context.resources
    library, engine = resources.library, context.engine
    supervisor: Supervisor = context.bot_data["supervisor"]
    counts, followed = read.counts(engine), feeds.counts(engine)
    searches, calls = library.searches, resources.chat_model.calls if resources.chat_model else None
    return context.say(
        "status",
        hours=int((time.monotonic() - STARTED) / HOUR),
        articles=counts.articles,
        feeds=followed.followed,
        failing=followed.failing + followed.stopped,
        inbox=inbox.count(engine),
        outbox=outbox.count(engine),
        chroma=searches[CHROMA],
        scan=searches[SCAN],
        index=_mark(library.index_works()) if library.index is not None else "–",  # another replica's matter
        store=_mark(supervisor.reason is None),
        model=resources.settings.chat_model or "–",
        calls=calls.calls_today if calls else 0,
        tokens=calls.tokens_today if calls else 0,
        answering=_mark(calls is None or calls.open),
        megabytes=shutil.disk_usage(library.folder).free // MEGABYTE,
    )


def _mark(works: bool) -> str:
    return "✓" if works else "✗"


def register(application: BotApplication) -> None:
    """Add this handler to the application."""
    application.add_handler(CommandHandler("status", status))

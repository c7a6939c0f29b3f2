"""HTTP: Telegram's webhook into the durable inbox, /healthz and /metrics. Put a TLS proxy before it."""

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.metrics import exposition
from bot.resources import Resources
from bot.settings import SettingsError, listen_address
from bot.telegram.updates.admission import ROOM_EVERY, BacklogError
from bot.telegram.updates.supervisor import Supervisor
from retrieval.domain import SitrepError
from retrieval.store import feeds

log = structlog.get_logger("sitrep.webhook")

LARGEST_UPDATE = 2**20
"""Bytes of a request's body; Telegram's updates are some thousands."""

BODY_SECONDS = 10.0
"""How long a body may take to come."""

HOLD_SECONDS = 5.0
"""How long a request waits for room in the inbox."""
Take = Callable[[list[dict[str, Any]]], Awaitable[None]]
"""Stores updates on disk; see `bot.telegram.updates.inbox.Inbox.take`."""


class Webhook(RequestHandler):
    """Takes Telegram's updates; one is acknowledged only once it is on disk."""

    def initialize(self, secret: str, take: Take, ready: Callable[[], bool]) -> None:
        self._secret, self._take, self._ready = secret, take, ready

    async def post(self) -> None:
        given = self.request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            self.set_status(HTTPStatus.FORBIDDEN)
            return
        update = read_update(self.request.body)
        if update is None:
            self.set_status(HTTPStatus.BAD_REQUEST)
        elif not self._ready():
            self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            try:
                await self._take_once_there_is_room([update])
            except SitrepError:  # which the supervisor logs; Telegram sends it again
                self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)

    async def _take_once_there_is_room(self, updates: list[dict[str, Any]]) -> None:
        """Hold what was written long ago back for a while: Telegram waits longer after each refusal."""
        end = time.monotonic() + HOLD_SECONDS
        while True:
            try:
                await self._take(updates)
                return
            except BacklogError:
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(ROOM_EVERY)


def read_update(body: bytes) -> dict[str, Any] | None:
    """Return the update in a request's body; None if it contains none."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) and type(update.get("update_id")) is int else None


class Status(RequestHandler):
    """Returns a report on the bot, which is made in a thread; 503 if that raises SitrepError or is not "ok"."""

    def initialize(self, report: Callable[[], dict[str, Any] | bytes]) -> None:
        self._report = report

    async def get(self) -> None:
        try:
            found = await asyncio.to_thread(self._report)
        except SitrepError:
            self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        if isinstance(found, bytes):
            self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        elif not found["ok"]:
            self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)
        self.finish(found)


def health(resources: Resources, ready: Callable[[], bool], supervisor: Supervisor) -> dict[str, Any]:
    """Return how Telegram, the database, the index, the embedder and the feeds are, for /healthz. Blocking.

    It is "ok" while the index is being rebuilt, or where another replica keeps it: the stored embeddings are scanned.
    """
    if supervisor.reason is not None:  # reading may hang
        return {"telegram": "ok" if ready() else "not reached", "database": str(supervisor.reason), "ok": False}
    found: dict[str, Any] = {"telegram": "ok" if ready() else "not reached", "database": "ok", "embedder": "ok"}
    try:
        followed = feeds.counts(resources.library.engine)
        at = followed.last_good_at
        found["feeds"] = {
            "followed": followed.followed,
            "failing": followed.failing,
            "stopped": followed.stopped,
            "last_good_at": at.isoformat() if at else None,
        }
    except SitrepError as exc:
        found["database"] = str(exc)
    try:
        resources.embedder.embed_query("ok")
    except SitrepError as exc:
        found["embedder"] = str(exc)
    if resources.library.index is None:
        found["index"] = "another replica's"
    else:
        found["index"] = "ready" if resources.library.index_works() else "being rebuilt"
    found["ok"] = found["telegram"] == found["database"] == found["embedder"] == "ok"
    return found


def metrics_of(resources: Resources, supervisor: Supervisor) -> bytes:
    """Return the metrics for /metrics, without those of the library while that fails. Blocking."""
    model = resources.chat_model
    library = resources.library if supervisor.reason is None else None
    return exposition(library, model.calls if model else None)


def live() -> dict[str, Any]:
    """Return that the process answers, for /healthz/live: whoever gets no answer may restart it."""
    return {"ok": True}


def serve(resources: Resources, take: Take, ready: Callable[[], bool], supervisor: Supervisor) -> HTTPServer | None:
    """Listen where the settings say, if anywhere. Raises SettingsError if that is impossible."""
    settings = resources.settings
    listen = settings.webhook_listen if settings.webhook_url else settings.metrics_listen
    if not listen:
        return None
    routes: list[Any] = [
        ("/healthz/live", Status, {"report": live}),
        ("/healthz(?:/ready)?", Status, {"report": lambda: health(resources, ready, supervisor)}),
        ("/metrics", Status, {"report": lambda: metrics_of(resources, supervisor)}),
    ]
    if settings.webhook_url:
        secret = settings.webhook_secret.get_secret_value()
        path = urlsplit(settings.webhook_url).path or "/"
        routes.append((path, Webhook, {"secret": secret, "take": take, "ready": ready}))
    application = Application(routes, log_function=lambda handler: None)
    server = HTTPServer(application, max_body_size=LARGEST_UPDATE, body_timeout=BODY_SECONDS)
    host, port = listen_address(listen)
    try:
        server.listen(port, host)
    except OSError as exc:
        raise SettingsError(f"Nothing can listen on {listen}: {exc.strerror or exc}.") from exc
    return server

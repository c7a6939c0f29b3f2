"""The server that tests start: what people do, what the bot did, and what goes wrong."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from email.utils import formatdate
from typing import Any, Self

from aiohttp import web

from tests.fake_telegram.chats import Chats
from tests.fake_telegram.control import control_routes
from tests.fake_telegram.faults import Fault
from tests.fake_telegram.ledger import Call, Wish
from tests.fake_telegram.limits import UPLOAD_BYTES, Rates, Violation
from tests.fake_telegram.oracle import as_message, methods
from tests.fake_telegram.text import preview_of
from tests.fake_telegram.thread import on_loop
from tests.fake_telegram.web import Api
from tests.fake_telegram.webhook import Pusher
from tests.fake_telegram.world import Json, World

TOKEN = "7000000001:AAF-loopback-token-for-tests-only-01"
USERNAME = "sitrep_test_bot"
STOP_SECONDS = 0.2  # that open connections get when the server stops


class TelegramServer(Chats):
    """One bot's Telegram on the loopback; use it as a context manager, or `start` and `stop` it."""

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = TOKEN,
        username: str = USERNAME,
        rates: Rates | None = None,
    ) -> None:
        super().__init__()
        self.port = port
        self.token = token
        self.username = username
        self.rates = rates or Rates()
        self.world = World(token, username, self.rates)
        self.api = Api(token, self.world)
        self.pusher = Pusher(self.world)

    @property
    def url(self) -> str:
        """Return the address for SITREP_TELEGRAM_API_URL."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Listen, on a free port where none was given; returns when calls are answered."""
        self.thread.start()
        methods()  # read the models before the first call, which would else time out
        self.wait(self._listen())
        return self

    def stop(self) -> None:
        """Hang up on everybody and end the thread."""
        self.wait(self._hang_up())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    async def _listen(self) -> None:
        application = web.Application(client_max_size=UPLOAD_BYTES)
        application.on_response_prepare.append(self._dated)
        application.add_routes([*self.api.routes(), *control_routes(self)])
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=STOP_SECONDS
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self._pushing = asyncio.ensure_future(self.pusher.run())

    async def _dated(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = formatdate(self.world.clock(), usegmt=True)

    async def _hang_up(self) -> None:
        self._pushing.cancel()
        await self._runner.cleanup()
        rest = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    # --- what the bot did ------------------------------------------------------------------

    @on_loop
    def calls(self, method: str | None = None, chat_id: int | None = None) -> list[Call]:
        """Return the calls so far, in order, of one method and to one chat if so asked."""
        wanted = (c for c in self.api.ledger.calls if method in (None, c.method))
        return [c for c in wanted if chat_id in (None, c.chat_id)]

    @on_loop
    def refusals(self) -> list[Call]:
        """Return the calls that were refused although nobody ordered a fault: faults of the bot."""
        return [c for c in self.api.ledger.calls if c.done and c.status >= 400 and not c.injected]

    @on_loop
    def violations(self) -> list[Violation]:
        """Return the rate limits that the bot broke, sends during a flood wait among them."""
        return list(self.world.gate.violations)

    @on_loop
    def sent(self, chat_id: int | None = None) -> list[Any]:
        """Return the bot's messages that now stand in a chat (or in all), as edited; aiogram's `Message`."""
        chats = [c for c in self.world.chats.values() if chat_id in (None, c.id)]
        return [as_message(c.messages[n]) for c in chats for n in sorted(c.own) if n in c.messages]

    @on_loop
    def previews(self) -> list[str]:
        """Return the links that Telegram would have fetched for previews of what the bot sent."""
        shown = [c.result for c in self.api.ledger.calls if c.ok and isinstance(c.result, dict)]
        answers = [query.answer for query in self.world.inlines.values() if query.answer]
        shown += [content for answer in answers for content in answer["contents"].values()]
        return [link for message in shown if (link := preview_of(message))]

    @on_loop
    def mark(self) -> int:
        """Return a number for `since`: only calls that come after this moment."""
        return len(self.api.ledger.calls)

    def wait_for(
        self,
        method: str = "sendMessage",
        chat_id: int | None = None,
        *,
        timeout: float = 10.0,
        text: str | None = None,
        ok: bool | None = True,
        since: int = 0,
        where: Callable[[Call], bool] | None = None,
    ) -> Call:
        """Return the first such call that no wait has returned yet, waiting `timeout` seconds for it.

        `text` must be part of what was sent; `ok=None` takes refused calls too, `ok=False` only those;
        `where` is any further test of the `Call`. Raises `TimeoutError` that tells what came instead.
        """
        wish = Wish(method, chat_id, text, ok, since, where)
        return self.wait(self.api.ledger.wait(wish, timeout), timeout + 30)

    async def wait_for_async(self, method: str = "sendMessage", chat_id: int | None = None, **wish: Any) -> Call:
        """Do as `wait_for` without blocking the caller's event loop."""
        return await asyncio.to_thread(lambda: self.wait_for(method, chat_id, **wish))

    def ask(self, user: int, text: str, *, timeout: float = 60.0) -> Call:
        """Write `text` to the bot in private, and return its first message there after that."""
        since = self.mark()
        self.private_message(user, text)
        return self.wait_for("sendMessage", user, timeout=timeout, since=since)

    def wait_until_polling(self, timeout: float = 60.0, *, since: int = 0) -> None:
        """Wait until the bot asks for updates, that is, until it is up; after a restart, from `since` on."""
        end = time.monotonic() + timeout
        while not any(call.number >= since for call in self.calls("getUpdates")):
            if time.monotonic() > end:
                raise TimeoutError(f"the bot did not ask for updates within {timeout} s")
            time.sleep(0.02)

    def wait_until_confirmed(self, timeout: float = 10.0) -> None:
        """Wait until the bot has confirmed (or accepted by webhook) every update."""
        end = time.monotonic() + timeout
        while pending := self.pending():
            if time.monotonic() > end:
                raise TimeoutError(f"{len(pending)} updates are not confirmed after {timeout} s")
            time.sleep(0.02)

    @on_loop
    def pending(self) -> list[int]:
        """Return the ids of the updates that the bot has not confirmed."""
        return [update["update_id"] for update in self.world.updates.pending]

    @on_loop
    def dropped(self) -> list[int]:
        """Return the ids of the updates that `allowed_updates` did not ask for, so that they never came."""
        return [update["update_id"] for update in self.world.updates.dropped]

    @on_loop
    def unanswered(self) -> list[str]:
        """Return the ids of button presses that still wait for answerCallbackQuery."""
        return [query.id for query in self.world.callbacks.values() if query.answer is None]

    @on_loop
    def draft(self, chat_id: int) -> str | None:
        """Return the draft that a person sees in progress; None if there is none, or the message has come."""
        drafts = self.world.chats[chat_id].drafts
        return list(drafts.values())[-1] if drafts else None

    @on_loop
    def content(self, file_id: str) -> bytes:
        """Return the bytes of a file that either side sent."""
        return self.world.files[file_id].content

    @on_loop
    def reactions(self, chat_id: int, message_id: int) -> list[Json]:
        """Return the bot's reactions to a message."""
        return self.world.reactions.get((chat_id, message_id), [])

    @on_loop
    def shift_clock(self, seconds: float) -> None:
        """Date messages and answers so many seconds from the true time, from now on."""
        self.world.clock = lambda: time.time() + seconds

    # --- what goes wrong -------------------------------------------------------------------

    @on_loop
    def fail(self, method: str = "*", **fault: Any) -> None:
        """Order a fault for the next calls of a method; the fields are those of `faults.Fault`."""
        self.api.faults.append(Fault(method, **fault))

    @on_loop
    def heal(self) -> None:
        """Cancel the faults that have not come to pass."""
        self.api.faults.clear()

    @on_loop
    def flood(self, seconds: int, chat_id: int | None = None) -> None:
        """Answer the next message with 429 and close for so many whole seconds; later ones are violations."""
        self.api.faults.insert(0, Fault("sendMessage", retry_after=seconds, chat_id=chat_id))

    @on_loop
    def set_rates(self, **rates: Any) -> None:
        """Change fields of `limits.Rates`."""
        for name, value in rates.items():
            if not hasattr(self.rates, name):
                raise ValueError(f"there is no rate {name}")
            setattr(self.rates, name, value)

    @on_loop
    def redeliver(self, update_id: int) -> None:
        """Deliver an update once more that the bot has confirmed."""
        self.world.updates.redeliver(update_id)

    @on_loop
    def deliver(self, update: dict[str, Any]) -> None:
        """Queue an update as it stands, unchecked: one that the bot's library is too old to read, say."""
        self.world.updates.pending.append(update)
        self.world.updates.next_id = update["update_id"] + 1
        self.world.updates.arrived.set()

    @on_loop
    def jump_update_ids(self, to: int) -> None:
        """Go on counting updates from another number, as Telegram does after an idle week."""
        self.world.updates.next_id = to

    @on_loop
    def proxy(self, public: str, local: str | Sequence[str]) -> None:
        """Push to `local`, or to each of several in turn, what is meant for webhooks below `public`, as a reverse proxy
        would.
        """
        self.pusher.proxies[public] = itertools.cycle([local] if isinstance(local, str) else local)

"""Every call that the bot made, in order, and waiting for the next one of a kind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fake_telegram.oracle import Upload, as_message

Json = dict[str, Any]


@dataclass
class Call:
    """One call of the Bot API, and how it was answered."""

    number: int  # from 0, in order of arrival
    method: str
    parameters: Json = field(default_factory=dict)  # as the model reads them: numbers, lists, objects
    files: dict[str, Upload] = field(default_factory=dict)  # field -> (file name, content)
    at: float = field(default_factory=time.monotonic)  # arrival, in monotonic seconds
    answered_at: float | None = None  # None while it waits, and where no answer came (drop, hang)
    status: int = 0  # HTTP status; 0 where no answer came
    result: Any = None
    description: str | None = None  # Telegram's words where it was refused
    injected: bool = False  # it met a fault on order
    done: bool = False
    taken: bool = False  # a wait has returned it

    @property
    def ok(self) -> bool:
        """Tell whether it took effect and was answered with 200."""
        return self.status == 200

    @property
    def chat_id(self) -> int | str | None:
        """Return the chat it names, if any."""
        return self.parameters.get("chat_id")

    @property
    def message(self) -> Any:
        """Return the message that it sent or edited, as it was then (aiogram's `Message`)."""
        return as_message(self.result)

    @property
    def text(self) -> str:
        """Return the plain text or caption of that message."""
        return str(self.result.get("text", self.result.get("caption", "")))

    @property
    def buttons(self) -> list[str]:
        """Return the texts of that message's inline buttons, row by row."""
        rows = self.result.get("reply_markup", {}).get("inline_keyboard", [])
        return [button["text"] for row in rows for button in row]

    def __str__(self) -> str:
        outcome = self.description or (self.status or "no answer")
        return f"{self.method}({self.chat_id or ''}) {self.parameters.get('text', '')!r:.60} -> {outcome}"


@dataclass
class Wish:
    """What a wait is for; every part that is set must fit."""

    method: str | None = None
    chat_id: int | str | None = None
    text: str | None = None  # somewhere in the text that was sent
    ok: bool | None = True  # None: refused calls too
    since: int = 0  # only calls with this number or a later one
    where: Callable[[Call], bool] | None = None

    def fits(self, call: Call) -> bool:
        """Tell whether `call` is what is waited for."""
        return (
            call.done
            and not call.taken
            and call.number >= self.since
            and self.method in (None, call.method)
            and self.chat_id in (None, call.chat_id)
            and (self.ok is None or self.ok == call.ok)
            and (self.text is None or (isinstance(call.result, dict) and self.text in call.text))
            and (self.where is None or self.where(call))
        )


class Ledger:
    """The calls so far; a class because waits hang on it. Used from the server's own thread only."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._waits: list[tuple[Wish, asyncio.Future[Call]]] = []

    def begin(self, method: str) -> Call:
        """Note a call that has just come in."""
        call = Call(len(self.calls), method)
        self.calls.append(call)
        return call

    def end(self, call: Call) -> None:
        """Note that a call is over, and wake the first wait that it fits."""
        call.done = True
        for wish, future in self._waits:
            if not future.done() and wish.fits(call):
                call.taken = True
                future.set_result(call)
                return

    async def wait(self, wish: Wish, seconds: float) -> Call:
        """Return the first call that fits and that no wait has returned yet; else `TimeoutError`."""
        for call in self.calls[wish.since :]:
            if wish.fits(call):
                call.taken = True
                return call
        future: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        wait = (wish, future)
        self._waits.append(wait)
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            raise TimeoutError(self._missed(wish, seconds)) from None
        finally:
            self._waits.remove(wait)

    def _missed(self, wish: Wish, seconds: float) -> str:
        recent = [str(c) for c in self.calls if c.method != "getUpdates"][-12:]
        came = "\n  ".join(recent) or "nothing"
        return f"no {wish.method or 'call'} that fits {wish} within {seconds} s; what came last:\n  {came}"

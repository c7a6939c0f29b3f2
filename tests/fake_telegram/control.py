"""The same acts over HTTP, for a bot and a benchmark in other processes.

`POST /control/<method of TelegramServer>` with its arguments as a JSON object answers {"result": ...};
bytes go in as {"base64": "..."}, and a wrong argument is a 400 with {"error": "..."}.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fake_telegram.ledger import Call, Wish

if TYPE_CHECKING:
    from tests.fake_telegram.server import TelegramServer


def control_routes(server: TelegramServer) -> list[web.RouteDef]:
    """Return the routes by which other processes drive `server`."""

    async def act(request: web.Request) -> web.Response:
        arguments = await request.json() if request.can_read_body else {}
        arguments = {name: _bytes(value) for name, value in arguments.items()}
        try:
            return web.json_response(
                {"result": as_json(server, await _do(server, request.match_info["act"], arguments))}
            )
        except (TypeError, ValueError, KeyError, LookupError, TimeoutError) as exc:
            return web.json_response({"error": f"{type(exc).__name__}: {exc}"}, status=400)

    return [web.post("/control/{act}", act)]


async def _do(server: TelegramServer, act: str, arguments: dict[str, Any]) -> Any:
    if act == "wait_for":
        timeout = arguments.pop("timeout", 10.0)
        return await server.api.ledger.wait(Wish(**arguments), timeout)
    method = getattr(server, act, None)
    if method is None or not getattr(method, "controllable", False):
        raise LookupError(f"there is no act {act}")
    return method(**arguments)  # already in the server's thread


def _bytes(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) and "base64" in value else value


def as_json(server: TelegramServer, value: Any) -> Any:
    """Return a result as JSON: updates and messages in Telegram's own form."""
    from aiogram.types import Message, Update

    if isinstance(value, list):
        return [as_json(server, inner) for inner in value]
    if isinstance(value, Update):
        return server.world.updates.past[value.update_id]
    if isinstance(value, Message):
        return server.world.chats[value.chat.id].messages[value.message_id]
    if isinstance(value, Call):
        files = {name: {"name": f[0], "bytes": len(f[1])} for name, f in value.files.items()}
        return {**vars(value), "files": files, "ok": value.ok}
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value

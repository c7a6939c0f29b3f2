"""The HTTP side: /bot<token>/<method>, /file/bot<token>/<path>, and /control/<action> for other processes."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from tests.fake_telegram.errors import ApiError, bad_request, too_many_requests
from tests.fake_telegram.faults import Fault, take
from tests.fake_telegram.ledger import Call, Ledger
from tests.fake_telegram.limits import UPLOAD_BYTES
from tests.fake_telegram.methods import BY_LOWER_NAME
from tests.fake_telegram.oracle import Upload, check_result, methods, read_parameters
from tests.fake_telegram.text import refuse_lone_surrogates
from tests.fake_telegram.world import World

Json = dict[str, Any]
TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{30,}")


class Api:
    """Answers calls and records them; a class because its routes share the world and the ledger."""

    def __init__(self, token: str, world: World) -> None:
        self.token = token
        self.world = world
        self.ledger = Ledger()
        self.faults: list[Fault] = []

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the Bot API."""
        return [
            web.route("*", r"/bot{token:[^/]+}/{method}", self.call),
            web.get(r"/file/bot{token:[^/]+}/{path:.+}", self.download),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of a method."""
        if refusal := self._wrong_token(request.match_info["token"]):
            return _response(refusal)
        model = methods().get(request.match_info["method"].lower())
        if model is None:
            self.ledger.end(self._unknown(request))
            return _response(ApiError(404, "Not Found: method not found"))
        call = self.ledger.begin(model.__api_method__)
        try:
            return await self._answer(call, read_body(request), model, request.transport)
        finally:
            self.ledger.end(call)

    async def call_here(self, method: str, raw: Json, files: dict[str, Upload]) -> tuple[int, bytes]:
        """Answer a call that is made in this process, as (HTTP status, body); a dropped one is a ConnectionError."""
        model = methods()[method.lower()]
        call = self.ledger.begin(model.__api_method__)

        async def body() -> tuple[Json, dict[str, Upload]]:
            return raw, files

        try:
            response = await self._answer(call, body(), model, None)
        finally:
            self.ledger.end(call)
        if not call.status:
            raise ConnectionError("the connection was dropped")
        return response.status, bytes(response.body)  # type: ignore[arg-type]

    def _unknown(self, request: web.Request) -> Call:
        call = self.ledger.begin(request.match_info["method"])
        call.status, call.description = 404, "Not Found: method not found"
        return call

    async def _answer(
        self,
        call: Call,
        body: Awaitable[tuple[Json, dict[str, Upload]]],
        model: type[Any],
        transport: asyncio.Transport | None,
    ) -> web.Response:
        try:
            raw, call.files = await body
            refuse_lone_surrogates(raw)
            call.parameters = raw
            call.parameters = read_parameters(model, raw, call.files)
        except ApiError as exc:
            return _finished(call, exc)
        chat_id = call.parameters.get("chat_id")
        fault = take(self.faults, call.method, chat_id if isinstance(chat_id, int) else None)
        if fault:
            call.injected = True
            return await self._meet(fault, call, transport)
        return _finished(call, await self._outcome(call))

    async def _outcome(self, call: Call) -> Any:
        """Do what is asked; return the result, or the refusal."""
        try:
            if call.method == "getUpdates":
                return await self._get_updates(call.parameters)
            if call.method.lower() not in BY_LOWER_NAME:
                return ApiError(501, f"Not Implemented: this fake of Telegram does not offer {call.method}")
            result = BY_LOWER_NAME[call.method.lower()][1](self.world, call.parameters, call.files)
        except ApiError as exc:
            return exc
        check_result(call.method, result)
        # What is recorded must not change when the message is edited later.
        return json.loads(json.dumps(result))

    async def _get_updates(self, params: Json) -> list[Json]:
        self.world.updates.allow(params.get("allowed_updates"))
        return await self.world.updates.get(params.get("offset"), params.get("limit", 100), params.get("timeout", 0))

    async def _meet(self, fault: Fault, call: Call, transport: asyncio.Transport | None) -> web.Response:
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return _finished(call, await self._outcome(call))
        if fault.applied:
            outcome = await self._outcome(call)
            call.result = None if isinstance(outcome, ApiError) else outcome
        if fault.kind == "error":
            return _finished(call, self._ordered_error(fault))
        if fault.kind == "garbage":
            call.status, call.answered_at = 200, time.monotonic()
            return web.Response(text="<html>upstream connect error</html>", content_type="text/html")
        if fault.kind == "hang":
            await asyncio.sleep(fault.seconds or 3600)
        if transport:
            transport.abort()
        return web.Response()

    def _ordered_error(self, fault: Fault) -> ApiError:
        if fault.retry_after is not None:
            self.world.gate.close(fault.retry_after, fault.chat_id, time.monotonic())
            return too_many_requests(fault.retry_after)
        words = {
            500: "Internal Server Error",
            502: "Bad Gateway",
            503: "Service Unavailable",
            504: "Gateway Timeout",
        }
        return ApiError(fault.code, words.get(fault.code, "Bad Request: injected fault"))

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Answer a download of a file whose path getFile told."""
        if refusal := self._wrong_token(request.match_info["token"]):
            return _response(refusal)
        for file in self.world.files.values():
            if file.path == request.match_info["path"]:
                return web.Response(body=file.content, content_type="application/octet-stream")
        return _response(ApiError(404, "Not Found"))

    def _wrong_token(self, token: str) -> ApiError | None:
        if token == self.token:
            return None
        return ApiError(401, "Unauthorized") if TOKEN.fullmatch(token) else ApiError(404, "Not Found")


def _finished(call: Call, outcome: Any) -> web.Response:
    call.answered_at = time.monotonic()
    if isinstance(outcome, ApiError):
        call.status, call.description = outcome.code, outcome.description
        return _response(outcome)
    call.status, call.result = 200, outcome
    return web.json_response({"ok": True, "result": outcome})


def _response(refusal: ApiError) -> web.Response:
    return web.json_response(refusal.body(), status=refusal.code)


async def read_body(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """Return the parameters and the uploaded files of a call, in any of the forms that Telegram takes."""
    raw: Json = _pairs(request.query_string)
    if request.content_type == "multipart/form-data":
        fields, files = await _read_multipart(request)
        return {**raw, **fields}, files
    body = await request.read()
    if request.content_type == "application/json" and body:
        try:
            return {**raw, **json.loads(body)}, {}
        except ValueError as exc:
            raise bad_request("can't parse JSON object") from exc
    return {**raw, **_pairs(body.decode("ascii", errors="replace"))}, {}


def _pairs(encoded: str) -> Json:
    try:
        return dict(parse_qsl(encoded, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError as exc:
        raise bad_request("strings must be encoded in UTF-8") from exc


async def _read_multipart(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    fields: Json = {}
    files: dict[str, Upload] = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)  # Telegram takes no nested parts
        content = bytes(await part.read(decode=True))
        if len(content) > UPLOAD_BYTES:
            raise ApiError(413, "Request Entity Too Large")
        if part.filename is not None:
            files[part.name or ""] = (part.filename, content)
            continue
        try:
            fields[part.name or ""] = content.decode()
        except UnicodeDecodeError as exc:
            raise bad_request("strings must be encoded in UTF-8") from exc
    return fields, files

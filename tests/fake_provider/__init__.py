"""A language model's provider on the loopback, as bad as a test wants it to be.

It speaks enough of the HTTP protocols of OpenAI, Anthropic and Ollama for the real LangChain clients.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSIONS = 8  # of the vectors it returns


@dataclass(frozen=True)
class Reply:
    """What the model says, or how the provider fails."""

    text: str = ""  # what the model writes: for structured output, JSON
    status: int = 200
    wait: float = 0.0  # seconds before anything is sent
    drip: float = 0.0  # seconds between single bytes of the body
    refusal: bool = False
    cut: int | None = None  # bytes of the body after which the connection is closed
    raw: bytes | None = None  # a body sent instead of the protocol's own


@dataclass
class Provider:
    """A running fake: where it is, what it says next, and what it was asked."""

    url: str = ""
    reply: Callable[[str], Reply] = lambda _asked: Reply()  # the prompt's whole text -> the reply
    asked: list[dict[str, Any]] = field(default_factory=list)  # bodies of requests, in order
    headers: list[dict[str, str]] = field(default_factory=list)

    def says(self, what: object) -> None:
        """Reply with `what`, as JSON unless it is text already, from now on."""
        self.reply = lambda _asked: Reply(what if isinstance(what, str) else json.dumps(what, ensure_ascii=False))

    def fails(self, **how: Any) -> None:
        """Fail as `Reply` describes, from now on."""
        self.reply = lambda _asked: Reply(**how)


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider on a free port of the loopback."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            provider.asked.append(body)
            provider.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = provider.reply(_prompt(body))
            time.sleep(reply.wait)
            content = reply.raw if reply.raw is not None else _body(self.path, body, reply)
            try:
                self._send(reply, content)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _send(self, reply: Reply, content: bytes) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if reply.drip:
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(reply.drip)
            self.wfile.write(content[: reply.cut] if not reply.drip else b"")
            if reply.cut is not None:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Say nothing."""

    return Handler


def _prompt(body: dict[str, Any]) -> str:
    return "\n".join(str(m["content"]) for m in [{"content": body.get("system", "")}, *body.get("messages", [])])


def _body(path: str, asked: dict[str, Any], reply: Reply) -> bytes:
    if reply.status != 200:
        error: dict[str, Any] = {"error": {"type": "error", "message": "secret internals of a library", "code": None}}
        return json.dumps(error).encode()
    if "embed" in path:
        return json.dumps(_vectors(path, asked)).encode()
    if path.endswith("/chat/completions"):
        return json.dumps(_openai(asked, reply)).encode()
    if path.endswith("/messages"):
        return json.dumps(_anthropic(asked, reply)).encode()
    return _ollama(asked, reply)


def _openai(asked: dict[str, Any], reply: Reply) -> dict[str, Any]:
    message = {"role": "assistant", "content": reply.text, "refusal": None}
    if reply.refusal:
        message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": asked["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def _anthropic(asked: dict[str, Any], reply: Reply) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": reply.text}]
    reason = "end_turn"
    if asked.get("tools") and not reply.refusal:
        try:
            written = json.loads(reply.text)
            content = [{"type": "tool_use", "id": "toolu_1", "name": asked["tools"][0]["name"], "input": written}]
            reason = "tool_use"
        except ValueError:
            reason = "max_tokens"
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": asked["model"],
        "content": content,
        "stop_reason": "refusal" if reply.refusal else reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def _ollama(asked: dict[str, Any], reply: Reply) -> bytes:
    common = {"model": asked["model"], "created_at": "2026-01-01T00:00:00Z"}
    text = "I cannot help with that." if reply.refusal else reply.text
    lines = [
        {**common, "message": {"role": "assistant", "content": text}, "done": False},
        {**common, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"},
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def _vectors(path: str, asked: dict[str, Any]) -> dict[str, Any]:
    texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
    vectors = [[float(len(str(text)) % 7 + 1), *[1.0] * (DIMENSIONS - 1)] for text in texts]
    if path.endswith("/api/embed"):
        return {"model": asked["model"], "embeddings": vectors}
    data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
    return {"object": "list", "model": asked["model"], "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}

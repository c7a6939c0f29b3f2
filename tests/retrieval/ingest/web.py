"""A web server on the loopback that answers as a test tells it to, byte by byte if need be."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Answer = bytes | Callable[[socket.socket], None]


def http(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """Return a whole HTTP answer; underscores in header names stand for hyphens."""
    fields = {"Content-Length": str(len(body)), "Content-Type": "text/html"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}Connection: close\r\n\r\n".encode() + body


@dataclass
class Web:
    """Where the server listens, what it answers by path, and what it was asked."""

    host: str
    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    greeting: bytes = b""  # sent before anything is asked
    connections: int = 0

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"


@contextlib.contextmanager
def serving(host: str = "127.0.0.1", family: int = socket.AF_INET, tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve on a free port, over TLS if told so, and count every connection made to it."""
    listener = socket.create_server((host, 0), family=family, backlog=64, dualstack_ipv6=host == "::")
    web = Web(host, listener.getsockname()[1])
    thread = threading.Thread(target=_accept, args=(listener, web, tls), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _accept(listener: socket.socket, web: Web, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        web.connections += 1
        threading.Thread(target=_answer, args=(connection, web, tls), daemon=True).start()


def _answer(connection: socket.socket, web: Web, tls: ssl.SSLContext | None) -> None:
    with connection, contextlib.suppress(OSError):
        connection.settimeout(30)
        if tls is not None:
            connection = tls.wrap_socket(connection, server_side=True)
        connection.sendall(web.greeting)
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65_536)
            if not piece:
                return
            request += piece
        web.asked.append(request)
        path = request.split(b" ", 2)[1].decode()
        answer = web.answers.get(path, http("404 Not Found"))
        if isinstance(answer, bytes):
            connection.sendall(answer)
        else:
            answer(connection)

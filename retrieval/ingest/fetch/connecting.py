"""Sockets that connect only to public or permitted IP addresses, within limits of time and size."""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from retrieval.domain import FetchError
from retrieval.ingest.fetch.addresses import Network, why_denied

Resolve = Callable[[str, int], list[str]]
"""From a host and a port to IP addresses as text; raises OSError for a host without any."""


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host, in the system's order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Allowance:
    """The seconds and bytes that one fetch may still take, shared by all its sockets."""

    def __init__(self, seconds: float, size: int) -> None:
        self._until = time.monotonic() + seconds
        self._size = size
        self._seconds = seconds

    def seconds(self, most: float | None = None) -> float:
        """Return the seconds left, at most `most`; raises `FetchError` if none is left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise FetchError(f"The server is too slow: {self._seconds:g} seconds were not enough.", key="slow")
        return left if most is None else min(left, most)

    def draw(self, size: int) -> None:
        """Subtract `size` bytes; raises `FetchError` if fewer are left."""
        self._size -= size
        if self._size < 0:
            raise FetchError("The server sends more than a page or a feed can have.", key="long")


class GuardedBackend(httpcore.NetworkBackend):
    """Connects for httpcore, to permitted addresses only: each is checked before and after connecting."""

    def __init__(
        self, allowance: Allowance, permitted: tuple[Network, ...], resolve: Resolve, dial_seconds: float
    ) -> None:
        self._allowance = allowance
        self._permitted = permitted
        self._resolve = resolve
        self._dial_seconds = dial_seconds
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        until = time.monotonic() + self._allowance.seconds(self._dial_seconds)
        addresses = self._addresses(host, port, until - time.monotonic())
        for address in addresses:
            self._check(host, address, port)
        failure: Exception = FetchError(f"{host} has no address.", key="no_host", host=host)
        for address in addresses:
            try:
                left = max(until - time.monotonic(), 0.001)
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                failure = exc
                continue
            try:
                self._check(host, str(stream.get_extra_info("server_addr")[0]), port)
            except FetchError:
                stream.close()
                raise
            return BoundedStream(stream, self._allowance)
        raise failure

    def _addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """Return the addresses of a host, looked up in a thread because the system's resolver has no time limit."""
        answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except Exception as exc:  # raised in the calling thread
                answers.put(exc)

        threading.Thread(target=ask, name=f"look up {host}", daemon=True).start()
        try:
            answer = answers.get(timeout=seconds)
        except queue.Empty:
            raise FetchError(f"{host} could not be looked up in time.", key="slow") from None
        if isinstance(answer, Exception):
            raise FetchError(f"{host} cannot be found.", key="no_host", host=host) from answer
        return answer

    def _check(self, host: str, address: str, port: int) -> None:
        reason = why_denied(address, port, self._permitted)
        if reason is not None:
            shown = address if address == host else f"{host} ({address})"
            raise FetchError(f"{shown} must not be connected to: it is {reason}.", key="private_host", host=shown)


class BoundedStream(httpcore.NetworkStream):
    """A connection whose bytes and seconds are subtracted from an allowance."""

    def __init__(self, inner: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._inner = inner
        self._allowance = allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, self._allowance.seconds(timeout))
        self._allowance.draw(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._allowance.seconds(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._inner.start_tls(ssl_context, server_hostname, self._allowance.seconds(timeout))
        return BoundedStream(secure, self._allowance)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

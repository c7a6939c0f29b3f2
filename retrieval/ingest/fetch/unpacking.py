"""Compressed response bodies, unpacked a bounded piece at a time.

httpx unpacks each piece that it receives whole: a kilobyte of gzip may become a megabyte before anything is counted.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from retrieval.domain import FetchError

PIECE = 65_536  # bytes unpacked at a time, so that a bomb is noticed before it goes off
GZIP = b"\x1f\x8b"


def unpacker(encoding: str) -> Callable[[bytes], Iterator[bytes]]:
    """Return a function from a piece of a body in a Content-Encoding to unpacked pieces of at most `PIECE` bytes.

    Raises `FetchError` for an encoding that was not asked for; the function does for a broken body.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return lambda piece: iter((piece,))
    if encoding in ("gzip", "x-gzip", "deflate"):
        return Inflation().pieces
    raise FetchError(f"The page is packed in a way that was not asked for ({encoding[:40]}).", key="unreadable")


class Inflation:
    """Unpacks gzip, zlib and bare deflate; a class because unpacking has a state."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # gzip or zlib, by its header
        self._begun = False

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        """Yield the unpacked pieces of `packed`, the next piece of the body."""
        while packed:
            if self._stream.eof:
                if not packed.startswith(GZIP):
                    return  # padding after the end
                self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
            yield self._unpacked(packed)
            packed = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    def _unpacked(self, packed: bytes) -> bytes:
        try:
            piece = self._stream.decompress(packed, PIECE)
        except zlib.error as exc:
            if self._begun:
                raise FetchError("The page is packed, and broken.", key="unreadable") from exc
            self._stream = zlib.decompressobj(wbits=-zlib.MAX_WBITS)  # "deflate" without its header, as some send it
            self._begun = True
            return self._unpacked(packed)
        self._begun = True
        return piece

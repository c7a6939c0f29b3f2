"""Compressed response bodies, unpacked a bounded piece at a time.

httpx unpacks each piece that it receives whole, so that a kilobyte of gzip may become a megabyte before any limit.
"""

import zlib
from collections.abc import Iterable, Iterator

from retrieval.domain import FetchError

PIECE = 65_536  # bytes unpacked at a time, so that a bomb is refused before it fills the memory
GZIP = b"\x1f\x8b"
HEADED = zlib.MAX_WBITS | 32  # gzip or zlib, by its header
BARE = -zlib.MAX_WBITS  # "deflate" without its header, as some servers send it


def unpacked(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield a body in a Content-Encoding, given in `pieces`, unpacked, at most `PIECE` bytes at a time.

    Raises `FetchError` for an encoding that was not asked for and for a broken body.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        yield from pieces
    elif encoding in ("gzip", "x-gzip", "deflate"):
        yield from inflated(pieces)
    else:
        raise FetchError(f"The page is packed in a way that was not asked for ({encoding[:40]}).", key="unreadable")


def inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield gzip (of any number of members), zlib or bare deflate unpacked."""
    stream, begun = zlib.decompressobj(HEADED), False
    for piece in pieces:
        packed = piece
        while packed:
            if stream.eof:
                if not packed.startswith(GZIP):
                    break  # padding after the end
                stream = zlib.decompressobj(HEADED)
            try:
                yield stream.decompress(packed, PIECE)
            except zlib.error as exc:
                if begun:
                    raise FetchError("The page is packed, and broken.", key="unreadable") from exc
                stream, begun = zlib.decompressobj(BARE), True
                continue
            begun = True
            packed = stream.unused_data if stream.eof else stream.unconsumed_tail

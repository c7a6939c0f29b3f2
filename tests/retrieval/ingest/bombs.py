"""What a hostile server sends, and what a hostile page or feed holds; refused by `fetch` and by the sandbox."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable

from tests.retrieval.ingest.web import Answer, http

# --- servers: an answer each, and what is said of it -------------------------------------------------


def forever(piece: bytes, pause: float = 0.0, first: bytes = b"") -> Answer:
    def send(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(piece)
            time.sleep(pause)

    return send


def onward() -> dict[str, Answer]:
    """Return the answers to the paths that some bombs redirect to: a circle, and a line without an end."""
    circle = {f"/{n}": http("302 Found", Location=f"/{(n + 1) % 3}") for n in range(3)}
    return circle | {f"/more?{n}": http("302 Found", Location=f"/more?{n + 1}") for n in range(20)}


PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
PACKED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMBS: dict[str, tuple[Answer, str]] = {
    "endless body": (forever(b"x" * 65_536, first=PLAIN), "larger than"),
    "endless chunks": (forever(b"10000\r\n" + b"x" * 65_536 + b"\r\n", first=CHUNKED), "larger than"),
    "tiny chunks": (forever(b"1\r\nx\r\n", pause=0.01, first=CHUNKED), "too slow"),
    "large by its header": (http(body=b"x", Content_Length="1" + "0" * 30), "larger than|not HTTP"),
    "gzip a thousand to one": (http(body=gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"), "larger than"),
    "gzip in gzip": (http(body=gzip.compress(gzip.compress(b"x")), Content_Encoding="gzip, gzip"), "packed"),
    "endless gzip": (forever(gzip.compress(bytes(1_000_000)), first=PACKED), "larger than"),
    "gzip that is none": (http(body=b"\x1f\x8b" + b"no" * 50, Content_Encoding="gzip"), "broken"),
    "brotli unasked": (http(body=b"x", Content_Encoding="br"), "not asked for"),
    "slow headers": (forever(b"X: y\r\n", pause=0.05, first=b"HTTP/1.1 200 OK\r\n"), "too slow"),
    "slow body": (forever(b"x", pause=0.05, first=PLAIN), "too slow"),
    "silence": (lambda connection: time.sleep(3), "too slow"),
    "one endless header": (forever(b"x" * 65_536, first=b"HTTP/1.1 200 OK\r\nX: "), "not HTTP"),
    "endless headers": (forever(b"X: y\r\n" * 10_000, first=b"HTTP/1.1 200 OK\r\n"), "not HTTP"),
    "endless reason": (forever(b"x" * 65_536, first=b"HTTP/1.1 200 "), "not HTTP"),
    "endless hints": (forever(b"HTTP/1.1 103 Early\r\nX: y\r\n\r\n" * 100), "more than|too slow"),
    "not HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", "not HTTP"),
    "cut short": (http(body=b"x", Content_Length="50"), "not HTTP"),
    "closed at once": (b"", "not HTTP"),
    "bad chunks": (CHUNKED + b"zz\r\nhello\r\n", "not HTTP"),
    "many redirects": (http("302 Found", Location="/more?1"), "more than . times"),
    "to itself": (http("302 Found", Location="/"), "circle"),
    "in a circle": (http("302 Found", Location="/0"), "circle"),
    "to a file": (http("302 Found", Location="file:///etc/passwd"), "http and https"),
    "to nonsense": (http("302 Found", Location="http://[::1/"), "no address"),
    "to a long address": (http("302 Found", Location="/" + "x" * 9000), "longer than"),
}


# --- pages and feeds: their bytes, made when asked for ------------------------------------------------


def html(body: str) -> bytes:
    return f"<!doctype html><html><head><title>x</title></head><body>{body}</body></html>".encode()


def rss(inside: str, head: str = "") -> bytes:
    return f"<?xml version='1.0'?>{head}<rss version='2.0'><channel>{inside}</channel></rss>".encode()


def laughs() -> str:
    lines = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    return f"<!DOCTYPE lolz [<!ENTITY l0 'lol'>{lines}]>"


def item(title: str = "t", **fields: str) -> str:
    parts = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
    return f"<item><title>{title}</title><link>https://a.example/1</link>{parts}</item>"


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


PAGES: dict[str, Callable[[], bytes]] = {
    "a million nested divs": lambda: html("<div>" * 1_000_000),
    "nested tables": lambda: html("<table><tr><td>" * 300_000),
    "misnested formatting": lambda: html("<a><b><i><p>" * 300_000),
    "three million paragraphs": lambda: html("<p>x" * 3_000_000),
    "two million breaks": lambda: html("x<br>" * 2_000_000),
    "a million attributes": lambda: html("<p " + " ".join(f"a{n}=1" for n in range(1_000_000)) + ">x</p>"),
    "one long attribute": lambda: html(f"<p class='{'x' * 14_000_000}'>x</p>"),
    "one long word": lambda: html(f"<article><p>{'x' * 14_000_000}</p></article>"),
    "one long line": lambda: html(f"<article><p>{'the square was closed. ' * 600_000}</p></article>"),
    "white space": lambda: html(f"<article><p>{' ' * 14_000_000}x</p></article>"),
    "entities": lambda: html(f"<p>{'&amp;' * 2_800_000}</p>"),
    "comments": lambda: html("<!--" * 3_000_000),
    "angle brackets": lambda: html("<" * 14_000_000),
    "marks on one letter": lambda: html(f"<article><p>{'a' + chr(0x301) * 5_000_000}</p></article>"),
    "pointers": lambda: html("<article>" + "<p>Read more: " * 500_000 + "</article>"),
    "times": lambda: html("<h1>x</h1>" + "<time datetime='2022-01-01'>x</time>" * 300_000),
    "links": lambda: html("<article>" + "<p><a href='/x'>a story of the night</a></p>" * 300_000 + "</article>"),
    "a long title": lambda: html(f"<title>{'x - ' * 3_000_000}</title><p>x</p>"),
    "nested JSON-LD": lambda: html(f"<script type='application/ld+json'>{nested(2_000_000)}</script>"),
    "much JSON-LD": lambda: html(
        f"<script type='application/ld+json'>{json.dumps([{'@type': 'NewsArticle', 'n': n} for n in range(300_000)])}"
        "</script>"
    ),
    "zeros in UTF-16": lambda: b"\xff\xfe" + bytes(14_000_000),
    "noise": lambda: bytes(range(256)) * 50_000,
}
FEEDS: dict[str, Callable[[], bytes]] = {
    "a billion laughs": lambda: rss(item("&l9;"), laughs()),
    "a quadratic entity": lambda: rss(item("&a;" * 50_000), f"<!DOCTYPE r [<!ENTITY a '{'a' * 50_000}'>]>"),
    "an outside entity": lambda: rss(item("&x;"), "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
    "an outside document type": lambda: rss(item(), "<!DOCTYPE r SYSTEM 'http://127.0.0.1:9/x.dtd'>"),
    "open links": lambda: rss(item(description="&lt;a href=" * 300_000)),
    "nested elements": lambda: rss("<a>" * 500_000),
    "nested markup": lambda: rss(item(description="&lt;div&gt;" * 500_000)),
    "half a million items": lambda: rss("<item><title>x</title></item>" * 480_000),
    "namespaces": lambda: rss(item() + "<x " + " ".join(f"xmlns:n{n}='u:{n}'" for n in range(200_000)) + "/>"),
    "attributes": lambda: rss("<x " + " ".join(f"a{n}='1'" for n in range(500_000)) + "/>" + item()),
    "instructions": lambda: rss("<?x y?>" * 1_500_000 + item()),
    "a long CDATA": lambda: rss(item(description=f"<![CDATA[{'<p>x' * 3_000_000}]]>")),
    "long numbers": lambda: rss(f"<ttl>{'9' * 5_000_000}</ttl>" + item(pubDate="1" * 5_000_000)),
    "nested JSON": lambda: (
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + nested(5_000_000).encode() + b"}"
    ),
    "many JSON items": lambda: json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": [{"id": n} for n in range(500_000)]}
    ).encode(),
}

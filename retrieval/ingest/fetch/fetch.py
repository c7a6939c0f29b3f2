"""`fetch`: the content of an address on the web, within limits, from the public internet only.

This module follows redirects and checks each address; `connecting` checks the IP address of each socket.
Blocking: from an event loop, call it in a thread.
"""

import functools
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from retrieval.domain import FetchError
from retrieval.ingest.fetch.addresses import Network
from retrieval.ingest.fetch.connecting import Allowance, GuardedBackend, Resolve, resolved
from retrieval.ingest.fetch.unpacking import unpacked

USER_AGENT = "Mozilla/5.0 (compatible; Sitrep; news reader)"
ACCEPT = "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/feed+json, */*;q=0.5"
LONGEST_ADDRESS = 4096  # characters
LAST_PORT = 65_535
LONGEST_RETRY = 7 * 86_400  # seconds; a server cannot ask for a longer wait
HEADER_BYTES = 1_000_000  # that headers, redirects and TLS may take besides the body
REDIRECTS = frozenset((301, 302, 303, 307, 308))
MOVED = frozenset((301, 308))
STATUS_KEYS = {404: "no_page", 410: "gone"}  # keys of frame texts; "status" for any other
_HOST = re.compile(rb"[a-z0-9._:-]+", re.IGNORECASE)  # names, IDNA-encoded, and IP addresses without a zone


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much one fetch may take."""

    body: int = 15_000_000  # bytes, as sent and as unpacked; as Miniflux
    dial: float = 5.0  # seconds to look up and connect
    total: float = 9.0  # seconds in all, redirects included
    redirects: int = 8


LIMITS = FetchLimits()


@dataclass(frozen=True, slots=True)
class Fetched:
    """The content of an address; unchanged content is `not_modified`, with empty `data`."""

    url: str  # its address after all redirects
    data: bytes
    content_type: str | None
    etag: str | None
    last_modified: str | None
    not_modified: bool = False
    moved_to: str | None = None  # the address after permanent redirects
    max_age: int | None = None  # seconds for which a copy stays valid


class AnswerError(FetchError):
    """The server answered with an error."""

    def __init__(self, sentence: str, status: int, retry_after: float | None = None) -> None:
        """Store the HTTP status, and the seconds to wait before another request, if the server gives them."""
        super().__init__(sentence, key=STATUS_KEYS.get(status, "status"), status=status)
        self.status = status
        self.retry_after = retry_after


def fetch(
    url: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    permitted: tuple[Network, ...] = (),
    limits: FetchLimits = LIMITS,
    resolve: Resolve = resolved,
) -> Fetched:
    """Return the content of `url`, unpacked.

    `etag` and `last_modified` are those of the last copy; `permitted` are networks that may be connected to though they
    are not public. Raises `FetchError` for an address that cannot or must not be fetched, and its subclass
    `AnswerError` for an HTTP status that is no success; each is one sentence.
    """
    allowance = Allowance(limits.total, limits.body + HEADER_BYTES)
    backend = GuardedBackend(allowance, permitted, resolve, limits.dial)
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"User-Agent": USER_AGENT, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate"}
    headers |= {name: value for name, value in asked.items() if value}
    with httpcore.ConnectionPool(ssl_context=tls(), network_backend=backend, retries=0, max_connections=2) as pool:
        return after_redirects(pool, checked(url), headers, limits)


def after_redirects(
    pool: httpcore.ConnectionPool, url: httpx.URL, headers: dict[str, str], limits: FetchLimits
) -> Fetched:
    """Return the content of `url`, or of the address that it redirects to in the end."""
    seen: set[str] = set()
    moved = True
    moved_to = None
    while True:
        seen.add(str(url))
        with responded(pool, url, headers, limits) as response:
            status, fields = response.status, httpx.Headers(response.headers, encoding="latin-1")
            if status not in REDIRECTS or "location" not in fields:
                return found(url, response, fields, moved_to, limits)
        try:
            url = checked(str(url.join(fields.get_list("location")[-1])))
        except (httpx.InvalidURL, ValueError) as exc:
            raise FetchError("The address redirects to something that is no address.", key="redirects") from exc
        moved = moved and status in MOVED
        moved_to = str(url) if moved else moved_to
        if str(url) in seen:
            raise FetchError("The address redirects in a circle.", key="redirects")
        if len(seen) > limits.redirects:
            raise FetchError(f"The address redirects more than {limits.redirects} times.", key="redirects")


# --- addresses ------------------------------------------------------------------------------------


def checked(url: str) -> httpx.URL:
    """Return an address that may be asked; raises `FetchError` for other schemes, passwords and nonsense."""
    if len(url) > LONGEST_ADDRESS:
        raise FetchError(f"The address is longer than {LONGEST_ADDRESS} characters.", key="not_address")
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError, TypeError) as exc:
        raise FetchError("This is not an address.", key="not_address") from exc
    if parsed.scheme not in ("http", "https"):
        raise FetchError("Only http and https addresses are read.", key="not_address")
    if parsed.userinfo:
        raise FetchError("An address with a user name or password in it is not read.", key="not_address")
    if not parsed.host:
        raise FetchError("The address names no host.", key="not_address")
    if not _HOST.fullmatch(parsed.raw_host) or not 0 < (parsed.port or 80) <= LAST_PORT:
        raise FetchError("This is not an address.", key="not_address")
    return parsed.copy_with(fragment=None)


@functools.cache
def tls() -> ssl.SSLContext:
    """Return the one TLS context: certificates checked, against the certificates that come with httpx."""
    return httpx.create_ssl_context(trust_env=False)


# --- answers --------------------------------------------------------------------------------------


@contextmanager
def responded(
    pool: httpcore.ConnectionPool, url: httpx.URL, headers: dict[str, str], limits: FetchLimits
) -> Iterator[httpcore.Response]:
    """Yield the response of one address, its body unread; every failure until it is closed is a `FetchError`."""
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), limits.total)
    try:
        with pool.stream("GET", str(url), headers=[*headers.items()], extensions={"timeout": timeout}) as response:
            yield response
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as exc:
        raise FetchError(reason(exc, url.host, limits), key="no_connection", host=url.host) from exc
    except (httpcore.UnsupportedProtocol, UnicodeError) as exc:
        raise FetchError("This is not an address.", key="not_address") from exc


def reason(exc: Exception, host: str, limits: FetchLimits) -> str:
    """Return the sentence for an error of httpcore."""
    cause = exc.__cause__ or exc.__context__
    if isinstance(cause, ssl.SSLError):
        invalid = isinstance(cause, ssl.SSLCertVerificationError)
        return f"{host} has no valid certificate." if invalid else f"{host} does not speak TLS as it should."
    sentences = {
        httpcore.ConnectTimeout: f"{host} did not answer within {limits.dial:g} seconds.",
        httpcore.TimeoutException: f"The server is too slow: {limits.total:g} seconds were not enough.",
        httpcore.ConnectError: f"{host} cannot be connected to.",
        httpcore.ProtocolError: f"What {host} sends is not HTTP as it should be.",
        httpcore.NetworkError: f"{host} broke the connection off.",
    }
    return next(sentence for kind, sentence in sentences.items() if isinstance(exc, kind))


def found(
    url: httpx.URL, response: httpcore.Response, fields: httpx.Headers, moved_to: str | None, limits: FetchLimits
) -> Fetched:
    """Return the content of a response that is no redirect; raises `AnswerError` for an error status."""
    not_modified = response.status == 304
    if not not_modified and not 200 <= response.status < 300:
        raise AnswerError(status_sentence(response.status), response.status, retry_after(fields.get("retry-after")))
    return Fetched(
        url=str(url),
        data=b"" if not_modified else body(response, fields, limits.body),
        content_type=fields.get("content-type"),
        etag=fields.get("etag"),
        last_modified=fields.get("last-modified"),
        not_modified=not_modified,
        moved_to=moved_to,
        max_age=max_age(fields.get("cache-control", "")),
    )


def status_sentence(status: int) -> str:
    """Return the sentence for an HTTP status that is no success."""
    known = {
        401: "The page asks to log in (401).",
        402: "The page is only for those who pay (402).",
        403: "The server refuses to show the page (403).",
        404: "There is no such page (404).",
        410: "The page is gone for good (410).",
        429: "The server has been asked too often (429).",
        451: "The page is blocked for legal reasons (451).",
    }
    if status in known:
        return known[status]
    return f"The server failed ({status})." if status >= 500 else f"The server answered with {status}, not a page."


def body(response: httpcore.Response, fields: httpx.Headers, most: int) -> bytes:
    """Return the body of a response, unpacked; raises `FetchError` past `most` bytes, sent or unpacked."""
    megabytes = f"{most / 1_000_000:g}"
    too_large = FetchError(f"This is larger than {megabytes} MB.", key="too_large", megabytes=megabytes)
    length = fields.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > most:
        raise too_large
    data = bytearray()
    for part in unpacked(response.iter_stream(), fields.get("content-encoding", "")):
        data += part
        if len(data) > most:
            raise too_large
    return bytes(data)


def retry_after(value: str | None) -> float | None:
    """Return the seconds a Retry-After header asks for, at most a week; None for none or nonsense."""
    if not value:
        return None
    if value.isdecimal():
        return float(min(int(value[:10]), LONGEST_RETRY))
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), float(LONGEST_RETRY))


def max_age(cache_control: str) -> int | None:
    """Return the seconds that a Cache-Control header lets a copy be kept, at most a week."""
    match = re.search(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,10})", cache_control.lower())
    return min(int(match[1]), LONGEST_RETRY) if match else None

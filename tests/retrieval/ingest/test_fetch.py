"""`fetch`: what comes back, what is refused, and that every way it can fail is one sentence."""

import gzip
import shutil
import socket
import ssl
import subprocess
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from retrieval.domain import FetchError
from retrieval.ingest.fetch.addresses import networks
from retrieval.ingest.fetch.fetch import AnswerError, Fetched, FetchLimits, fetch, max_age, retry_after
from tests.retrieval.ingest.bombs import BOMBS, onward
from tests.retrieval.ingest.web import Answer, Web, http, serving

LOOPBACK = networks(["127.0.0.1"])
SHORT = FetchLimits(body=100_000, dial=0.5, total=1.0, redirects=4)


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        yield server


def ask(web: Web, answer: Answer, **kwargs: str) -> Fetched:
    web.answers["/"] = answer
    return fetch(web.url(), permitted=LOOPBACK, limits=SHORT, **kwargs)


def test_a_page_comes_back_with_what_its_headers_say(web: Web) -> None:
    got = ask(
        web, http(body=b"hello", ETag='"1"', Last_Modified="Wed, 05 Jan 2022 10:00:00 GMT", Cache_Control="max-age=60")
    )
    assert (got.url, got.data, got.content_type) == (web.url(), b"hello", "text/html")
    assert (got.etag, got.last_modified, got.max_age) == ('"1"', "Wed, 05 Jan 2022 10:00:00 GMT", 60)
    assert (got.not_modified, got.moved_to) == (False, None)


def test_a_copy_at_hand_is_asked_about(web: Web) -> None:
    got = ask(web, http("304 Not Modified"), etag='"1"', last_modified="Wed, 05 Jan 2022 10:00:00 GMT")
    assert got.not_modified
    assert b'If-None-Match: "1"' in web.asked[0]
    assert b"If-Modified-Since: Wed, 05 Jan 2022 10:00:00 GMT" in web.asked[0]


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"hello " * 9)),
        ("gzip", gzip.compress(b"hello " * 4) + gzip.compress(b"hello " * 5)),
        ("gzip", gzip.compress(b"hello " * 9) + b"\0" * 8),
        ("deflate", zlib.compress(b"hello " * 9)),
        ("deflate", zlib.compress(b"hello " * 9)[2:-4]),
    ],
    ids=["gzip", "two members", "padded", "zlib", "bare deflate"],
)
def test_packed_bodies_are_unpacked(web: Web, encoding: str, packed: bytes) -> None:
    assert ask(web, http(body=packed, Content_Encoding=encoding)).data == b"hello " * 9


def test_redirects_are_followed_and_only_lasting_ones_move(web: Web) -> None:
    web.answers |= {
        "/old": http("301 Moved", Location="/new"),
        "/new": http("308 Moved", Location="/there"),
        "/there": http("302 Found", Location="/today"),
        "/today": http(body=b"news"),
    }
    got = fetch(web.url("/old"), permitted=LOOPBACK)
    assert (got.data, got.url, got.moved_to) == (b"news", web.url("/today"), web.url("/there"))


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("401 Unauthorized", "log in"),
        ("403 Forbidden", "refuses"),
        ("404 Not Found", "no such page"),
        ("410 Gone", "gone for good"),
        ("418 Teapot", "418"),
        ("500 Oops", "failed"),
        ("503 Busy", "failed"),
    ],
)
def test_an_answer_that_says_no_is_told_with_its_status(web: Web, status: str, sentence: str) -> None:
    with pytest.raises(AnswerError, match=sentence) as caught:
        ask(web, http(status))
    assert caught.value.status == int(status[:3])


def test_a_server_asked_too_often_says_when_to_come_back(web: Web) -> None:
    with pytest.raises(AnswerError) as caught:
        ask(web, http("429 Too Many Requests", Retry_After="120"))
    assert (caught.value.status, caught.value.retry_after) == (429, 120.0)


def test_retry_after_may_be_a_date() -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert retry_after(in_an_hour) == pytest.approx(3600, abs=5)


@pytest.mark.parametrize(("value", "seconds"), [("soon", None), ("", None), ("-5", None), ("9" * 30, 604_800.0)])
def test_nonsense_in_retry_after_is_ignored_or_bounded(value: str, seconds: float | None) -> None:
    assert retry_after(value) == seconds


@pytest.mark.parametrize(("value", "seconds"), [("public, max-age=300", 300), ("s-maxage=9", None), ("no-store", None)])
def test_cache_control_gives_the_seconds_a_copy_lasts(value: str, seconds: int | None) -> None:
    assert max_age(value) == seconds


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://example.org/x", "http and https"),
        ("file:///etc/passwd", "http and https"),
        ("gopher://127.0.0.1:70/_x", "http and https"),
        ("data:text/html,hello", "http and https"),
        ("javascript:alert(1)", "http and https"),
        ("//example.org/x", "http and https"),
        ("example.org", "http and https"),
        ("http://", "no host"),
        ("http://user:word@example.org/", "user name"),
        ("http://user@example.org/", "user name"),
        ("http://exa mple.org/", "not an address"),
        ("http://example.org:99999/", "not an address"),
        ("http://[::1/", "not an address"),
        ("http://example.org/\r\nX: y", "not an address"),
        ("http://" + "a" * 5000 + ".org/", "longer than"),
    ],
)
def test_what_is_no_web_address_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(FetchError, match=sentence):
        fetch(url)


def test_a_host_without_an_address_is_said() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FetchError, match=r"^dead\.example cannot be found\.$"):
        fetch("http://dead.example/", resolve=nowhere)


def test_a_lookup_that_hangs_is_given_up() -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["127.0.0.1"]

    with pytest.raises(FetchError, match="could not be looked up in time"):
        fetch("http://slow.example/", resolve=slow, limits=SHORT)


def test_a_closed_port_is_said(web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(FetchError, match=r"^127\.0\.0\.1 cannot be connected to\.$"):
        fetch(f"http://127.0.0.1:{port}/", permitted=LOOPBACK)


def test_a_server_without_tls_is_said(web: Web) -> None:
    web.greeting = b"220 mail.example ESMTP\r\n"
    with pytest.raises(FetchError, match="does not speak TLS"):
        fetch(web.url().replace("http", "https"), permitted=LOOPBACK, limits=SHORT)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_a_certificate_that_nobody_vouches_for_is_said(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = f"req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -keyout {key} -out {certificate}"
    subprocess.run(["openssl", *made.split()], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(tls=context) as web, pytest.raises(FetchError, match=r"127\.0\.0\.1 has no valid certificate"):
        fetch(web.url().replace("http", "https"), permitted=LOOPBACK)


# --- bombs: each is refused in about the second that `SHORT` allows, and in one sentence ---------


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_time(web: Web, name: str) -> None:
    answer, sentence = BOMBS[name]
    web.answers |= onward()
    start = time.monotonic()
    with pytest.raises(FetchError, match=sentence) as caught:
        ask(web, answer)
    assert time.monotonic() - start < 3 * SHORT.total
    assert str(caught.value).endswith(".")

"""The sandbox: answers come back whole, and what hangs, swells or breaks is refused and leaves it working."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from retrieval.domain import Moment, RejectedError
from retrieval.ingest.files import from_path
from retrieval.ingest.parse.feed import read_feed
from retrieval.ingest.parse.page import read_page
from retrieval.ingest.parse.sandbox import Sandbox, Worker
from retrieval.ingest.parse.worker import WORN
from tests.retrieval.ingest.pages import page, statement

SECONDS = 2.0  # of work, for what must be killed
FEED = b"""<rss version="2.0"><channel><title>Dala</title><ttl>30</ttl><item><title>One</title>
<link>https://dala.example/1</link><pubDate>Wed, 05 Jan 2022 10:00:00 +0600</pubDate></item></channel></rss>"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=1) as box:
        yield box


@pytest.fixture(scope="module")
def hurried() -> Iterator[Sandbox]:
    with Sandbox(workers=1, seconds=SECONDS) as box:
        yield box


def test_a_page_is_read_as_it_would_be_here(sandbox: Sandbox) -> None:
    data = page(head=statement(datePublished="2022-01-05T18:30:00+06:00", author="A. Sultan"))
    [read] = sandbox.articles(data, "https://dala.example/1", "text/html")
    assert read == read_page(data, "https://dala.example/1", "text/html")
    assert read.published == Moment(datetime(2022, 1, 5, 18, 30, tzinfo=timezone(timedelta(hours=6))))


def test_a_bare_day_keeps_its_zone(sandbox: Sandbox) -> None:
    [read] = sandbox.articles(page(head=statement(datePublished="2022-01-05")), zone="Asia/Almaty")
    assert read.published is not None
    assert (read.published.day_only, read.published.at.utcoffset()) == (True, timedelta(hours=6))


def test_a_feed_is_read_as_it_would_be_here(sandbox: Sandbox) -> None:
    assert sandbox.feed(FEED, "https://dala.example/rss") == read_feed(FEED, "https://dala.example/rss")


def test_feeds_that_a_page_announces_are_told(sandbox: Sandbox) -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/rss">'
    assert sandbox.feeds_on(page(head=head), "https://dala.example/1") == ["https://dala.example/rss"]


def test_a_reason_comes_back_as_it_was_given(sandbox: Sandbox) -> None:
    with pytest.raises(RejectedError, match=r"^The page is empty\.$"):
        sandbox.articles(b"")


def links(count: int) -> bytes:
    return (
        b"<rss version='2.0'><channel><item><description>"
        + b"&lt;a href=" * count
        + b"</description></item></channel></rss>"
    )


@pytest.mark.parametrize(
    "bomb",
    [links(1_200_000), b"<rss version='2.0'><channel>" + b"<item><title>x</title></item>" * 500_000],
    ids=["links", "entries"],
)
def test_a_feed_that_takes_too_long_is_killed_and_the_next_is_read(hurried: Sandbox, bomb: bytes) -> None:
    hurried.feed(FEED)
    start = time.monotonic()
    with pytest.raises(RejectedError, match="takes longer"):
        hurried.feed(bomb)
    assert time.monotonic() - start < 10 * SECONDS  # of wall time, on a busy machine
    assert hurried.feed(FEED).title == "Dala"


def test_a_page_that_swells_in_memory_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(RejectedError):
        sandbox.articles(b"<html><body>" + b"<p>x" * 3_000_000)
    assert sandbox.feed(FEED).title == "Dala"


def test_threads_share_the_workers() -> None:
    titles: list[str] = []
    with Sandbox(workers=2) as box:
        threads = [threading.Thread(target=lambda: titles.append(box.feed(FEED).title)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert titles == ["Dala"] * 8


def test_a_worker_does_not_take_the_size_of_whoever_started_it_for_its_own() -> None:
    large = bytearray(b"x" * 2 * WORN)
    worker = Worker()
    request = {"task": "feed", "size": len(FEED), "url": None, "content_type": None, "zone": "UTC"}
    reply = worker.ask(request, FEED, SECONDS)
    worker.kill()
    assert len(large) > WORN
    assert reply["worn"] is False


def test_many_files_are_read_by_one_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    begin = Worker.__init__

    def counted(self: Worker) -> None:
        started.append(1)
        begin(self)

    monkeypatch.setattr(Worker, "__init__", counted)
    for number in range(8):
        (tmp_path / f"{number}.html").write_bytes(page())
    assert len(list(from_path(tmp_path, UTC))) == 8
    assert len(started) <= 1

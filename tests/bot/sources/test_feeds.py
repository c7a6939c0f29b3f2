"""Feeds on the command line and beside the running bot, against a web server on the loopback."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sources.feeds import state_text
from retrieval.language.packs import LANGUAGES
from retrieval.store import feeds
from retrieval.store.database import open_database
from retrieval.store.feeds import FeedState
from tests.bot.commands import Sitrep, data, sitrep
from tests.bot.running import running
from tests.fake_telegram.server import TelegramServer
from tests.retrieval.ingest.pages import page
from tests.retrieval.ingest.test_sources import feed
from tests.retrieval.ingest.web import Web, http, serving

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
LINK = '<link rel="alternate" type="application/rss+xml" href="/rss">'

__all__ = ["data", "sitrep"]


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        server.answers |= {
            "/": http(body=page(head=LINK)),
            "/a": http(body=page()),
            "/empty": http(body=page(body="")),
            "/rss": http(body=feed("<link>/a</link>", "<link>/empty</link>")),
            "/gone": http("410 Gone"),
        }
        yield server


def test_a_feed_is_added_by_its_page_polled_listed_and_removed(sitrep: Sitrep, web: Web) -> None:
    added = sitrep("feeds", "add", web.url("/"))
    assert added.returncode == 0, added.stderr
    assert f"Now following Dala ({web.url('/rss')}): 2 entries" in added.stdout
    assert "2 of 2 entries say no time." in added.stdout

    polled = sitrep("feeds", "poll")
    assert polled.returncode == 0, polled.stderr
    line, rejection = polled.stdout.splitlines()
    assert "1 added, 0 updated, 0 already known, 1 rejected." in line
    assert rejection.strip() == f"{web.url('/empty')}: The page has no article on it."

    listed = json.loads(sitrep("feeds", "list", "--json").stdout)
    assert (listed["url"], listed["failures"], listed["error"]) == (web.url("/rss"), 0, None)
    assert listed["last_good_at"]
    assert "No feed needs checking now." in sitrep("feeds", "poll").stdout

    assert sitrep("feeds", "remove", web.url("/rss")).returncode == 0
    assert "No feeds are followed yet." in sitrep("feeds", "list").stdout
    again = sitrep("feeds", "remove", web.url("/rss"))
    assert (again.returncode, again.stderr.strip()) == (
        1,
        f"{web.url('/rss')} is not followed.",
    )


def test_sources_are_listed_and_labelled(sitrep: Sitrep, tmp_path: Path) -> None:
    told = "Nurses at the city hospital counted eleven people with wounds from rubber bullets on Thursday."
    record = {"text": told, "url": "https://www.khabar.kz/a", "publisher": "Khabar"}
    (tmp_path / "one.jsonl").write_text(json.dumps(record))
    assert sitrep("ingest", str(tmp_path / "one.jsonl")).returncode == 0
    listed = json.loads(sitrep("sources", "--json").stdout)
    assert (listed["site"], listed["backing"], listed["articles"]) == ("khabar.kz", "state", 1)
    assert "owned by the state of Kazakhstan" in sitrep("sources").stdout
    assert "party to the conflict" in sitrep("sources", "label", "khabar.kz", "party").stdout
    assert "party to the conflict · said by an admin" in sitrep("sources").stdout
    assert sitrep("sources", "label", "khabar.kz", "good").returncode == 2


def test_lists_of_feeds_come_in_and_go_out_as_opml(sitrep: Sitrep, web: Web, tmp_path: Path) -> None:
    """One that cannot be read is one sentence, and the others are followed."""
    outlines = "".join(f'<outline xmlUrl="{web.url(path)}"/>' for path in ("/rss", "/gone", "/nowhere"))
    (tmp_path / "in.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    added = sitrep("feeds", "add", "--opml", str(tmp_path / "in.opml"))
    assert added.returncode == 1
    assert added.stderr.splitlines() == [
        f"{web.url('/gone')}: The page is gone for good (410).",
        f"{web.url('/nowhere')}: There is no such page (404).",
    ]
    assert sitrep("feeds", "list", "--opml", str(tmp_path / "out.opml")).returncode == 0
    assert f'xmlUrl="{web.url("/rss")}"' in (tmp_path / "out.opml").read_text()


def test_a_list_that_cannot_be_read_is_one_clear_sentence(sitrep: Sitrep, tmp_path: Path) -> None:
    (tmp_path / "in.opml").write_text("<html/>")
    for name, told in (("in.opml", "not a list of feeds"), ("nowhere", "cannot be read")):
        done = sitrep("feeds", "add", "--opml", str(tmp_path / name))
        assert done.returncode == 1
        assert told in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_says_when_a_feed_was_last_good_and_what_was_wrong_since(language: str) -> None:
    state = FeedState("https://a.example/rss", "A", last_good_at=NOW, failures=2, last_error="It broke.")
    told = state_text(FeedState(**{**_fields(state), "next_due_at": NOW + timedelta(hours=1)}), NOW, language)
    assert "A (https://a.example/rss)" in told
    assert "It broke." in told
    assert "12:00" in told
    assert "13:00" in told
    stopped = state_text(FeedState(**{**_fields(state), "stopped": True}), NOW, language)
    assert "13:00" not in stopped


def _fields(state: FeedState) -> dict[str, object]:
    return {name: getattr(state, name) for name in FeedState.__slots__}


def test_the_running_bot_polls_what_is_due_and_answers_from_it(
    telegram_server: TelegramServer, data: Path, web: Web
) -> None:
    """It goes on answering while a feed hangs, and stops in time all the same."""
    web.answers["/slow"] = lambda connection: time.sleep(30)
    engine = open_database("", data)
    for path in ("/slow", "/rss"):
        feeds.add(engine, FeedState(web.url(path), added_at=NOW))
    with running(telegram_server, data, fetch_private="true") as bot:
        deadline = time.monotonic() + 60
        while "eleven buses" not in telegram_server.ask(1001, "How many buses had been burnt?").text:
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert b"GET /slow " in b"".join(web.asked)
        assert bot.stop() == 0
    state = feeds.find(engine, web.url("/rss"))
    assert state is not None
    assert state.last_good_at is not None
    engine.dispose()

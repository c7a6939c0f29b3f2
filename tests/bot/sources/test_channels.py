"""Channels followed by their public preview: on the command line, in a chat, and beside the running bot."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.locales import say
from bot.sources.feeds import state_text
from retrieval.domain import RejectedError
from retrieval.embedding import Embedder
from retrieval.ingest.feeds.schedule import after_failure
from retrieval.language.packs import LANGUAGES
from retrieval.store.feeds import FeedState
from tests.bot.commands import Sitrep, data, sitrep
from tests.bot.in_process import ADMIN, InProcess, in_process
from tests.bot.running import command, running
from tests.fake_telegram.server import TelegramServer
from tests.retrieval.ingest.channels.previews import VIDEO, Channel, Written, contact
from tests.retrieval.ingest.web import Web, http, serving

__all__ = ["data", "sitrep"]

WORDS = "The northern bridge of Borov was closed to lorries on Thursday, the town hall said."


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        server.answers["/s/reader"] = http("302 Found", Location="/reader")
        server.answers["/reader"] = http(body=contact("@reader", "A Reader"))
        yield server


@pytest.fixture
def channel(web: Web) -> Channel:
    made = Channel(web)
    made.post(Written(12, WORDS), Written(13, media=VIDEO))
    return made


def test_a_channel_is_added_polled_listed_and_removed(
    sitrep: Sitrep, web: Web, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITREP_TELEGRAM_PREVIEW_URL", web.url("/s"))
    added = sitrep("feeds", "add", "@dala", "t.me/s/reader", "https://t.me/+secret")
    assert added.returncode == 1
    assert f"Now following the channel Dala & News ({web.url('/s/dala')}): 1 post (newest: 6 Jan 2022" in added.stdout
    assert say("channel_textless", "en", count=1) in added.stdout
    assert added.stderr.splitlines() == [
        f"t.me/s/reader: {say('error.channel_user', 'en')}",
        f"https://t.me/+secret: {say('error.channel_private', 'en')}",
    ]
    assert "1 added, 0 updated, 0 already known, 0 rejected." in sitrep("feeds", "poll").stdout
    assert json.loads(sitrep("feeds", "list", "--json").stdout)["channel"] == "dala"
    answer = json.loads(sitrep("ask", "What was closed in Borov?", "--json").stdout)
    [citation] = answer["citations"]
    assert (citation["url"], citation["publisher"]) == ("https://t.me/dala/12", "Dala & News (@dala)")
    assert citation["published_at"] == "2022-01-06T09:00:00+00:00"
    assert sitrep("feeds", "remove", "@dala").returncode == 0


def test_a_page_of_a_channel_is_ingested_post_by_post(
    sitrep: Sitrep, web: Web, channel: Channel, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITREP_TELEGRAM_PREVIEW_URL", web.url("/s"))
    channel.post(Written(14, "Buses turn back at the market until the bridge is open."))
    assert "2 added" in sitrep("ingest", web.url("/s/dala")).stdout
    saved = data.parent / "saved.html"
    saved.write_bytes(web.answers["/s/dala"].split(b"\r\n\r\n", 1)[1])  # type: ignore[union-attr]
    assert "2 already known" in sitrep("ingest", str(saved)).stdout.replace("duplicate", "already known")


def test_an_export_is_ingested_and_a_private_chat_only_where_that_is_said(sitrep: Sitrep, data: Path) -> None:
    file = data.parent / "result.json"
    message = {"id": 12, "type": "message", "date_unixtime": "1641459600", "text": WORDS}
    for kind, words, counts in (
        ("personal_chat", (), "0 added"),
        ("personal_chat", ("--private",), "1 added"),
        ("public_channel", (), "1 added"),
    ):
        file.write_text(json.dumps({"name": kind, "type": kind, "id": 7, "messages": [message]}))
        done = sitrep("ingest", str(file), *words)
        assert counts in done.stdout
        assert ("--private" in done.stdout) == (counts == "0 added")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_says_what_of_a_backlog_is_left(language: str) -> None:
    state = FeedState("https://t.me/s/dala", "Dala", channel="dala", newest_post=9000, gap_from=10, gap_to=8011)
    told = state_text(state, datetime(2022, 1, 6, tzinfo=UTC), language)
    assert say("channel_backlog", language, count=8000) in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_says_what_is_wrong_in_the_language_of_the_chat(language: str) -> None:
    error = RejectedError("There is no channel of that name.", key="channel_none")
    now = datetime(2022, 1, 6, tzinfo=UTC)
    state = after_failure(FeedState("https://t.me/s/dala", channel="dala"), error, now)
    assert say("error.channel_none", language) in state_text(state, now, language)


@pytest.fixture
async def chat(tmp_path: Path, embedder: Embedder, web: Web) -> AsyncIterator[InProcess]:
    preview = web.url("/s")
    async with in_process(tmp_path, embedder, fetch_private=True, telegram_preview_url=preview) as running_:
        yield running_


@pytest.mark.parametrize("language", ["en", "ru", "kk", "es"])
async def test_a_channel_is_followed_from_the_chat(chat: InProcess, channel: Channel, language: str) -> None:
    chat.telegram.add_user(ADMIN, language_code=language)
    _, told = await chat.write(ADMIN, "/feeds add @dala @reader")
    wrong, added, *_ = told.text.split("\n\n")
    assert say("error.channel_user", language) in wrong
    assert say("channel_textless", language, count=1) in added
    assert "Dala & News" in (await chat.ask(ADMIN, "/feeds")).text


def test_the_running_bot_cites_a_post_within_a_minute_of_it(
    telegram_server: TelegramServer, data: Path, web: Web, channel: Channel
) -> None:
    where = {"fetch_private": "true", "telegram_preview_url": web.url("/s")}
    assert command(telegram_server, data, "feeds", "add", "@dala", **where).returncode == 0
    with running(telegram_server, data, **where) as bot:
        deadline = time.monotonic() + 60
        while not any(b"GET /s/dala" in request for request in web.asked[1:]):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        channel.post(Written(14, "Seven lifeboats left the harbour of Keld at dusk.", at="2022-01-06T16:05:00+00:00"))
        posted = time.monotonic()
        while "lifeboats" not in (answer := telegram_server.ask(ADMIN, "How many lifeboats left the harbour?").text):
            assert time.monotonic() < posted + 60
            time.sleep(2)
        assert "6 Jan 2022, 16:05" in answer
        entities = telegram_server.calls("sendMessage")[-1].result["entities"]
        assert any("t.me/dala/14" in (entity.get("url") or "") for entity in entities), entities
        assert bot.stop() == 0

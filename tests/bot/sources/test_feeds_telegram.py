"""Admins' links, documents and feeds, end to end through the strict Telegram."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.running import ADMIN, running
from tests.conftest import MODELS
from tests.fake_telegram.ledger import Call
from tests.fake_telegram.server import TelegramServer
from tests.retrieval.ingest.pages import page
from tests.retrieval.ingest.test_sources import feed
from tests.retrieval.ingest.web import Web, http, serving

READER = 2002
COUNTS = "{} added, 0 updated, 0 already known, {} rejected."


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serving() as server:
        server.answers |= {
            "/a": http(body=page()),
            "/b": http(body=page(title="Bakers keep their shops open", before="<p>Bakers sold bread all night.</p>")),
            "/empty": http(body=page(body="")),
            "/rss": http(body=feed("<link>/a</link>")),
        }
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, web: Web) -> Iterator[TelegramServer]:
    """One bot for all tests of this module."""
    data: Path = tmp_path_factory.mktemp("admins")
    (data / "models").symlink_to(MODELS)
    with TelegramServer() as telegram, running(telegram, data, fetch_private="true"):
        telegram.ask(ADMIN, f"/admit {READER}")
        yield telegram


def outcome(server: TelegramServer) -> Call:
    """Return the progress message as it stands in the end."""
    return server.wait_for("editMessageText", ADMIN, timeout=60, where=lambda call: "added" in call.text)


def test_an_admins_link_is_taken_in_with_a_progress_message_and_its_outcome(server: TelegramServer, web: Web) -> None:
    started = server.ask(ADMIN, web.url("/b"))
    assert "Reading" in started.text
    assert outcome(server).text == COUNTS.format(1, 0)
    assert "all night" in server.ask(ADMIN, "What did bakers sell?").text
    assert server.previews() == server.refusals() == []


def test_what_a_link_does_not_hold_is_said(server: TelegramServer, web: Web) -> None:
    server.private_message(ADMIN, f"{web.url('/empty')} {web.url('/nowhere')}")
    first, *reasons = outcome(server).text.split("\n")
    assert first == COUNTS.format(0, 2)
    assert [reason.split(": ")[-1] for reason in reasons] == [
        "There is no article on that page.",
        "There is no such page (404).",
    ]


def test_a_forwarded_post_is_taken_in_by_its_link(server: TelegramServer, web: Web) -> None:
    server.forward(ADMIN, f"Read this: {web.url('/empty')}", hidden="A reader")
    assert outcome(server).text.startswith(COUNTS.format(0, 1))


def test_a_link_among_other_words_is_a_question(server: TelegramServer, web: Web) -> None:
    assert "Reading" not in server.ask(ADMIN, f"What does {web.url('/b')} say?").text


def test_a_link_of_somebody_who_is_no_admin_is_a_question(server: TelegramServer, web: Web) -> None:
    assert "Reading" not in server.ask(READER, web.url("/b")).text
    assert "admins" in server.ask(READER, "/feeds list").text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("note.txt", "The harbour was closed on Monday, the port authority said.", COUNTS.format(1, 0)),
        ("note.html", page(title="The harbour").decode(), COUNTS.format(1, 0)),
        ("a.jsonl", json.dumps({"text": "Trains ran again on Tuesday, the railway said."}), COUNTS.format(1, 0)),
        ("photo.pdf", "%PDF-1.7", COUNTS.format(0, 1) + "\nphoto.⁠pdf: I cannot read files of this kind."),
        ("half.json", '{"text": ', COUNTS.format(0, 1) + "\nhalf.⁠json: It is not valid JSON with a text."),
    ],
)
def test_an_admins_document_is_taken_in_or_refused(server: TelegramServer, name: str, content: str, told: str) -> None:
    server.document(ADMIN, name, content.encode())
    assert outcome(server).text.startswith(told)


def test_feeds_are_added_listed_and_removed_in_the_chat(server: TelegramServer, web: Web) -> None:
    mark = server.mark()
    server.private_message(ADMIN, f"/feeds add {web.url('/rss')} {web.url('/nowhere')}")
    added = server.wait_for("sendMessage", ADMIN, text="entries", since=mark)
    assert "There is no such page (404)." in added.text
    assert web.url("/rss") in server.ask(ADMIN, "/feeds list").text
    assert "no longer followed" in server.ask(ADMIN, f"/feeds remove {web.url('/rss')}").text
    assert "/feeds add" in server.ask(ADMIN, "/feeds what").text


def test_a_list_of_feeds_is_followed(server: TelegramServer, web: Web) -> None:
    mark = server.mark()
    opml = f"<opml version='2.0'><body><outline xmlUrl='{web.url('/rss')}'/></body></opml>"
    server.document(ADMIN, "feeds.opml", opml.encode())
    assert server.wait_for("sendMessage", ADMIN, text="Now following", since=mark)
    server.document(ADMIN, "broken.opml", b"<opml>")
    assert server.wait_for("sendMessage", ADMIN, text="not a list of feeds", since=mark)


def test_every_message_was_within_telegrams_limits(server: TelegramServer) -> None:
    assert server.violations() == server.refusals() == server.previews() == []


def test_what_went_wrong_is_said_in_the_language_of_the_chat(server: TelegramServer) -> None:
    server.add_user(ADMIN, language_code="ru")
    try:
        assert server.ask(ADMIN, "/brief когда-нибудь").text.startswith("«когда-нибудь» — не могу прочесть эту дату.")
        assert "не веб-адрес" in server.ask(ADMIN, "/feeds remove ftp://dala.example").text
        server.document(ADMIN, "half.json", b'{"text": ')
        rejected = server.wait_for("editMessageText", ADMIN, timeout=60, where=lambda call: "отклонено: 1" in call.text)
        assert rejected.text.endswith("Это не JSON с текстом.")
    finally:
        server.add_user(ADMIN, language_code="en")

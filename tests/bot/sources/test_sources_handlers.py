"""The handlers of admins' links, documents and feeds in a chat, and bad input."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.locales import say
from retrieval.embedding import Embedder
from tests.bot.in_process import ADMIN, READER, InProcess, in_process, messages
from tests.retrieval.ingest.pages import page
from tests.retrieval.ingest.test_sources import feed
from tests.retrieval.ingest.web import Web, http, serving

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


@pytest.fixture
async def chat(tmp_path: Path, embedder: Embedder) -> AsyncIterator[InProcess]:
    """A bot on an empty library that may fetch from the loopback."""
    async with in_process(tmp_path, embedder, fetch_private=True) as running:
        yield running


async def outcome(chat: InProcess) -> str:
    """Have the bot handle what was sent; return the progress message as it is in the end."""
    return messages(await chat.handle())[-1].text


async def test_an_admins_link_is_added_with_a_progress_message_and_its_counts(chat: InProcess, web: Web) -> None:
    started, *_, done = await chat.write(ADMIN, web.url("/b"))
    assert "Reading" in started.text
    assert (done.method, done.text) == ("editMessageText", COUNTS.format(1, 0))
    assert "all night" in (await chat.ask(ADMIN, "What did bakers sell?")).text


async def test_a_link_without_an_article_is_rejected_with_a_reason(chat: InProcess, web: Web) -> None:
    chat.telegram.private_message(ADMIN, f"{web.url('/empty')} {web.url('/nowhere')}")
    first, *reasons = (await outcome(chat)).split("\n")
    assert first == COUNTS.format(0, 2)
    assert [reason.split(": ")[-1] for reason in reasons] == [
        say("error.no_article", "en"),
        say("error.no_page", "en", status=404),
    ]


async def test_a_link_among_other_words_is_a_question(chat: InProcess, web: Web) -> None:
    assert "Reading" not in (await chat.ask(ADMIN, f"What does {web.url('/b')} say?")).text


async def test_a_link_of_a_reader_is_a_question(chat: InProcess, web: Web) -> None:
    await chat.ask(ADMIN, f"/admit {READER}")
    assert "Reading" not in (await chat.ask(READER, web.url("/b"))).text


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("note.txt", "The harbour was closed on Monday, the port authority said.", COUNTS.format(1, 0)),
        ("note.html", page(title="The harbour").decode(), COUNTS.format(1, 0)),
        ("a.jsonl", json.dumps({"text": "Trains ran again on Tuesday, the railway said."}), COUNTS.format(1, 0)),
        ("photo.pdf", "%PDF-1.7", COUNTS.format(0, 1) + "\nphoto.⁠pdf: I cannot read files of this kind."),
        ("half.json", '{"text": ', COUNTS.format(0, 1) + "\nhalf.⁠json: It is not valid JSON with a text."),
    ],
)
async def test_an_admins_document_is_added_or_rejected(chat: InProcess, name: str, content: str, expected: str) -> None:
    chat.telegram.document(ADMIN, name, content.encode())
    assert (await outcome(chat)).startswith(expected)


async def test_a_document_that_is_too_large_is_refused_before_it_is_fetched(chat: InProcess) -> None:
    chat.telegram.document(ADMIN, "large.txt", b"Snow fell.")
    [update] = chat.telegram.world.updates.pending
    update["message"]["document"]["file_size"] = 21 * 2**20
    [refused] = messages(await chat.handle())
    assert refused.text == say("ingest_too_large", "en", name="large.txt", megabytes=20)
    assert chat.telegram.calls("getFile") == []


async def test_counts_come_as_a_message_where_the_progress_message_was_deleted(chat: InProcess, web: Web) -> None:
    chat.telegram.fail("editMessageText", code=400, times=100)
    _, *_, last = await chat.write(ADMIN, web.url("/b"))
    assert (last.method, last.text) == ("sendMessage", COUNTS.format(1, 0))


async def test_feeds_are_added_listed_and_removed_in_the_chat(chat: InProcess, web: Web) -> None:
    looking, added = await chat.write(ADMIN, f"/feeds add {web.url('/rss')} {web.url('/nowhere')}")
    assert looking.text == say("feeds_looking", "en")
    assert "Now following" in added.text
    assert say("error.no_page", "en", status=404) in added.text
    assert web.url("/rss") in (await chat.ask(ADMIN, "/feeds")).text
    assert "no longer followed" in (await chat.ask(ADMIN, f"/feeds remove {web.url('/rss')}")).text
    assert (await chat.ask(ADMIN, "/feeds list")).text == say("feeds_none", "en")


@pytest.mark.parametrize("written", ["/feeds what", "/feeds add", "/feeds remove", "/feeds list all"])
async def test_an_unknown_act_on_feeds_shows_the_usage(chat: InProcess, written: str) -> None:
    assert "/feeds add" in (await chat.ask(ADMIN, written)).text


async def test_a_list_of_feeds_is_followed(chat: InProcess, web: Web) -> None:
    opml = f"<opml version='2.0'><body><outline xmlUrl='{web.url('/rss')}'/></body></opml>"
    chat.telegram.document(ADMIN, "feeds.opml", opml.encode())
    assert "Now following" in await outcome(chat)


async def test_a_broken_list_of_feeds_is_one_sentence(chat: InProcess) -> None:
    chat.telegram.document(ADMIN, "broken.opml", b"<opml>")
    assert await outcome(chat) == say("error.not_opml", "en")


async def test_errors_are_in_the_language_of_the_chat(chat: InProcess) -> None:
    chat.telegram.add_user(ADMIN, language_code="ru")
    refused = await chat.ask(ADMIN, "/brief когда-нибудь")
    assert refused.text == say("error.date", "ru", written="когда-нибудь")
    assert say("error.not_address", "ru") in (await chat.ask(ADMIN, "/feeds remove ftp://dala.example")).text
    chat.telegram.document(ADMIN, "half.json", b'{"text": ')
    assert (await outcome(chat)).endswith(say("error.not_json", "ru"))


EXPORT = {
    "name": "Aigul S.",
    "type": "personal_chat",
    "id": 7,
    "messages": [
        {"id": 1, "type": "message", "date_unixtime": "1641459600", "text": "Trains run again, the railway says."}
    ],
}


@pytest.mark.parametrize("language", ["en", "ru", "kk", "es"])
async def test_a_private_chat_in_an_export_is_added_when_that_is_confirmed(chat: InProcess, language: str) -> None:
    chat.telegram.add_user(ADMIN, language_code=language)
    chat.telegram.document(ADMIN, "result.json", json.dumps(EXPORT).encode())
    *_, refused, asked = messages(await chat.handle())
    assert say("error.private_chat", language, name="Aigul S.") in refused.text.replace("\u2060", "")
    assert asked.text == say("private_chat_ask", language)
    done = messages(await chat.press(asked, say("private_chat_add", language)))[-1]
    assert done.text == say("ingest_counts", language, added=1, updated=0, duplicate=0, rejected=0)


async def test_the_sources_are_listed_with_who_stands_behind_them_and_admins_label_them(
    chat: InProcess, web: Web
) -> None:
    await chat.write(ADMIN, web.url("/b"))
    listed = (await chat.ask(ADMIN, "/sources")).text
    assert "1 · 127.0.0.1: unknown" in listed.replace("\u2060", "")
    assert (await chat.ask(ADMIN, f"/sources state {web.url('/b')}")).text.endswith(": state media.")
    assert "state media · said by an admin" in (await chat.ask(ADMIN, "/sources")).text
    assert "(state media)" in (await chat.ask(ADMIN, "What did bakers sell?")).text
    assert (await chat.ask(ADMIN, f"/sources reset {web.url('/b')}")).text.endswith(": unknown.")


@pytest.mark.parametrize("written", ["/sources state", "/sources good khabar.kz"])
async def test_a_label_that_is_none_is_answered_with_how_to_give_one(chat: InProcess, written: str) -> None:
    assert (await chat.ask(ADMIN, written)).text == say(
        "sources_usage", "en", labels="state|official|party|opposition|independent|unknown"
    )

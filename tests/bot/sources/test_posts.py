"""Posts that admins forward, and posts of channels that the bot is a member of."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.locales import say
from bot.sources.posts_handlers import ALBUM_SECONDS
from retrieval.domain import Article, Moment
from retrieval.embedding import Embedder
from retrieval.store import read
from retrieval.store.chats import chats
from tests.bot.in_process import ADMIN, READER, InProcess, in_process, messages
from tests.fake_telegram.ledger import Call
from tests.retrieval.ingest.pages import page
from tests.retrieval.ingest.web import Web, http, serving

AT = datetime(2022, 1, 6, 9, tzinfo=UTC)
WORDS = "The northern bridge of Borov was closed to lorries on Thursday, the town hall said."
PHOTO = [{"file_id": "p", "file_unique_id": "u", "width": 9, "height": 9}]
POLL = {
    "id": "1",
    "question": "Is the northern bridge open?",
    "options": [{"text": one, "voter_count": 0, "persistent_id": one} for one in ("Yes, on foot", "No")],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}
CHANNEL = {"id": -1001234, "type": "channel", "title": "Dala", "username": "dala"}
CLOSED = {"id": -1005678, "type": "channel", "title": "Closed"}
GROUP = {"id": -1009, "type": "supergroup", "title": "Neighbours"}
PERSON = {"id": 77, "is_bot": False, "first_name": "Aigul", "last_name": "S."}


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        server.answers["/a"] = http(body=page())
        yield server


@pytest.fixture
async def chat(tmp_path: Path, embedder: Embedder) -> AsyncIterator[InProcess]:
    async with in_process(tmp_path, embedder, fetch_private=True) as running:
        yield running


def origin(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "date": int(AT.timestamp()), **fields}


POST = origin("channel", chat=CHANNEL, message_id=12, author_signature="A. Editor")


def articles(chat: InProcess) -> list[Article]:
    return read.window(chat.resources.library.engine, None, None)


async def forward(chat: InProcess, where: dict[str, Any], user: int = ADMIN, **content: Any) -> list[Call]:
    if "text" in content:
        chat.telegram.forward(user, content["text"])
        chat.telegram.world.updates.pending[-1]["message"]["forward_origin"] = where
    else:
        chat.telegram.send(user, {"forward_origin": where, **content})
    return messages(await chat.handle())


@pytest.mark.parametrize("language", ["en", "ru", "kk", "es"])
async def test_a_forwarded_post_is_taken_in_as_itself_with_the_outcome_as_a_reply(
    chat: InProcess, language: str
) -> None:
    chat.telegram.add_user(ADMIN, language_code=language)
    [reply] = await forward(chat, POST, text=WORDS)
    assert reply.text.startswith(say("post_added", language, title=WORDS[:60], publisher="", moment="")[:20])
    assert "reply_to_message" in reply.result
    [article] = articles(chat)
    assert (article.url, article.publisher, article.author) == ("https://t.me/dala/12", "Dala (@dala)", "A. Editor")
    assert (article.text, article.published) == (WORDS, Moment(AT))
    [again] = await forward(chat, POST, text=WORDS)
    assert again.text.split(":")[0] == say("post_known", language, title="", publisher="", moment="").split(":")[0]


async def test_a_post_that_was_edited_is_a_new_version(chat: InProcess) -> None:
    await forward(chat, POST, text="Eleven people were injured at the bridge.")
    [reply] = await forward(chat, POST, text="Nineteen people were injured at the bridge.")
    assert reply.text.startswith("Updated: ")
    assert [article.version for article in articles(chat)] == [2]


@pytest.mark.parametrize(
    ("where", "publisher", "url"),
    [
        (origin("channel", chat=CLOSED, message_id=7), "Closed", "https://t.me/c/5678/7"),
        (origin("user", sender_user=PERSON), "Aigul S.", None),
        (origin("hidden_user", sender_user_name="Somebody"), "Somebody", None),
        (origin("chat", sender_chat=GROUP, author_signature="admin"), "Neighbours", None),
    ],
)
async def test_messages_of_people_groups_and_closed_channels_are_taken_in_too(
    chat: InProcess, where: dict[str, Any], publisher: str, url: str | None
) -> None:
    await forward(chat, where, text=WORDS)
    [article] = articles(chat)
    assert (article.publisher, article.url, article.published) == (publisher, url, Moment(AT))
    assert "77" not in article.id
    [again] = await forward(chat, where, text=WORDS.replace("lorries", "buses"))
    assert again.text.startswith("Updated: ")


async def test_a_link_in_a_forwarded_post_is_offered_and_read_when_asked_for(chat: InProcess, web: Web) -> None:
    [reply] = await forward(chat, POST, text=f"{WORDS} {web.url('/a')} https://t.me/dala")
    assert reply.buttons == [say("post_link", "en", host="127.⁠0.⁠0.⁠1")]
    assert web.connections == 0
    read_too = messages(await chat.press(reply, reply.buttons[0]))
    assert read_too[-1].text == "1 added, 0 updated, 0 already known, 0 rejected."
    assert len(articles(chat)) == 1
    assert read.counts(chat.resources.library.engine).articles == 2


async def test_a_caption_and_a_poll_are_posts(chat: InProcess) -> None:
    await forward(chat, POST, photo=PHOTO, caption=WORDS)
    await forward(chat, origin("channel", chat=CHANNEL, message_id=13), poll=POLL)
    assert [one.text for one in articles(chat)] == [WORDS, "Is the northern bridge open?\nYes, on foot\nNo"]


@pytest.mark.parametrize("content", [{"photo": PHOTO}, {"text": "🔥"}])
async def test_a_post_without_words_is_one_sentence(chat: InProcess, content: dict[str, Any]) -> None:
    [reply] = await forward(chat, POST, **content)
    assert reply.text == say("error.no_text", "en")
    assert articles(chat) == []


async def test_an_album_is_one_post_with_one_reply(chat: InProcess) -> None:
    parts = [{"caption": WORDS}, {}, {"caption": "Photo: A. Editor of Dala"}]
    replies = []
    for number, part in enumerate(parts, 12):
        where = origin("channel", chat=CHANNEL, message_id=number)
        replies += await forward(chat, where, media_group_id="g", photo=PHOTO, **part)
    assert [reply.text.split(":")[0] for reply in replies] == ["Added", "Updated"]
    [article] = articles(chat)
    assert (article.url, article.text) == ("https://t.me/dala/12", f"{WORDS}\nPhoto: A. Editor of Dala")


async def test_an_album_without_words_is_one_sentence(chat: InProcess) -> None:
    mark = chat.telegram.mark()
    for number in (12, 13):
        where = origin("channel", chat=CHANNEL, message_id=number)
        assert await forward(chat, where, media_group_id="g", photo=PHOTO) == []
    await asyncio.sleep(ALBUM_SECONDS + 0.5)
    [said] = messages(chat.telegram.calls()[mark:])
    assert said.text == say("error.no_text", "en")


async def test_the_bots_own_answers_are_not_taken_in(chat: InProcess) -> None:
    [reply] = await forward(chat, origin("user", sender_user=chat.telegram.world.bot), text=WORDS)
    assert reply.text == say("post_own", "en")
    assert articles(chat) == []


async def test_what_a_reader_forwards_is_a_question(chat: InProcess) -> None:
    await chat.ask(ADMIN, f"/admit {READER}")
    await forward(chat, POST, user=READER, text=WORDS)
    assert articles(chat) == []


# --- channels that the bot is in ------------------------------------------------------------------


async def test_a_channel_is_read_once_an_admin_has_switched_it_on(chat: InProcess) -> None:
    channel = chat.telegram.add_channel("Dala", username="dala")
    await chat.ask(ADMIN, "/start")
    chat.telegram.channel_post(channel, "The first post, from before anybody was asked, is not read.")
    [asked] = messages(await chat.handle())
    assert (asked.chat_id, asked.buttons) == (ADMIN, [say("channel_read", "en")])
    chat.telegram.channel_post(channel, "The second post comes before an admin has answered.")
    assert messages(await chat.handle()) == []
    assert articles(chat) == []

    [switched] = messages(await chat.press(asked, asked.buttons[0]))
    assert switched.text == say("channel_on", "en")
    posted = chat.telegram.channel_post(channel, WORDS)
    assert messages(await chat.handle()) == []
    [article] = articles(chat)
    assert (article.url, article.publisher) == (f"https://t.me/dala/{posted.channel_post.message_id}", "Dala (@dala)")

    chat.telegram.edit(posted, WORDS.replace("Thursday", "Friday"))
    await chat.handle()
    [article] = articles(chat)
    assert (article.version, article.modified is not None) == (2, True)

    await chat.press(switched, switched.buttons[0])
    chat.telegram.channel_post(channel, "A post after an admin has switched the channel off again.")
    await chat.handle()
    assert len(articles(chat)) == 1


async def test_a_post_forwarded_in_a_channel_names_whose_words_it_repeats(chat: InProcess) -> None:
    channel = chat.telegram.add_channel("Steppe", username="steppe")
    await chat.ask(ADMIN, f"/admit {channel}")
    chat.telegram.channel_post(channel, WORDS)
    chat.telegram.world.updates.pending[-1]["channel_post"]["forward_origin"] = POST
    await chat.handle()
    [article] = articles(chat)
    assert (article.publisher, article.forwarded_from) == ("Steppe (@steppe)", "Dala (@dala)")
    await forward(chat, POST, text=WORDS)
    assert len({one.origin for one in articles(chat)}) == 1


async def test_admins_are_asked_when_one_of_them_can_be_reached(chat: InProcess) -> None:
    channel = chat.telegram.add_channel("Dala")
    chat.telegram.channel_post(channel, "A post while no admin has ever written to the bot.")
    chat.telegram.fail("sendMessage", code=403, times=1)
    await chat.handle()
    await chat.ask(ADMIN, "/start")
    chat.telegram.channel_post(channel, "A post after an admin has written to the bot.")
    [asked] = messages(await chat.handle())
    assert asked.text == say("channel_joined", "en", channel="Dala")


async def test_a_channel_that_throws_the_bot_out_is_forgotten(chat: InProcess) -> None:
    channel = chat.telegram.add_channel("Dala")
    await chat.ask(ADMIN, f"/admit {channel}")
    chat.telegram.remove_bot(channel)
    await chat.handle()
    assert not chats.is_known(chat.resources.library.engine, channel)


async def test_a_failure_says_nothing_in_the_channel(chat: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = chat.telegram.add_channel("Dala")
    await chat.ask(ADMIN, f"/admit {channel}")
    monkeypatch.setitem(chat.resources.__dict__, "embedder", None)
    chat.telegram.channel_post(channel, WORDS)
    assert messages(await chat.handle()) == []
    assert articles(chat) == []

"""Topics of a forum: answers, briefs and alerts go to the one they were asked for in, and so do conversations."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.schedule.alerts import Alerts
from bot.schedule.jobs import Briefs, composing
from bot.telegram.limits import Limits
from bot.telegram.outbox import Sender
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.reader.reader import Reader
from retrieval.store.chats import chats
from tests.bot.in_process import ADMIN, InProcess, Request, messages
from tests.fake_telegram.ledger import Call

MENTION = "@sitrep_test_bot"
QUESTION = "Who heads the Security Council?"
WATCHED = "Why did the tram drivers refuse to leave their depot?"
STORY = "Tram drivers in Temirtau refused to leave their depot on Monday over unpaid wages, the drivers' union said."


@pytest.fixture
async def forum(chat: InProcess) -> AsyncIterator[int]:
    """A forum that was let in."""
    group = chat.telegram.add_group("Forum", by=ADMIN)
    await chat.handle()
    chats.keep(chat.resources.library.engine, group, admitted=True, language="en")
    yield group


async def write(chat: InProcess, forum: int, topic: int | None, text: str) -> list[Call]:
    chat.telegram.group_message(forum, ADMIN, text, topic=topic)
    return messages(await chat.handle())


async def sent(chat: InProcess) -> list[Call]:
    """Send what the outbox has; return the messages."""
    mark = chat.telegram.mark()
    request = Request(chat.telegram)
    bot: ExtBot[Any] = ExtBot(chat.telegram.token, request=request, get_updates_request=request, rate_limiter=Limits())
    sender = Sender(bot, chat.resources.library, chat.resources.settings.now)
    while await sender.begin():
        await sender.finish()
    return messages(chat.telegram.calls()[mark:])


def topic_of(call: Call) -> int | None:
    found: int | None = call.parameters.get("message_thread_id")
    return found


async def test_a_question_is_answered_in_its_topic(chat: InProcess, forum: int) -> None:
    topic = chat.telegram.add_topic(forum)
    [answer] = await write(chat, forum, topic, f"{MENTION} {QUESTION}")
    assert topic_of(answer) == topic
    [elsewhere] = await write(chat, forum, None, f"{MENTION} {QUESTION}")
    assert topic_of(elsewhere) is None


async def test_a_follow_up_in_another_topic_goes_on_from_nothing(chat: InProcess, forum: int) -> None:
    one, other = chat.telegram.add_topic(forum), chat.telegram.add_topic(forum)
    await write(chat, forum, one, f"{MENTION} When was Karim Massimov detained?")
    [answer] = await write(chat, forum, other, f"{MENTION} And who says that?")
    assert "KNB" not in answer.text
    [explained] = await write(chat, forum, one, f"{MENTION} And who says that?")
    assert "KNB" in explained.text


async def test_a_brief_comes_to_the_topic_that_subscribed(chat: InProcess, forum: int) -> None:
    topic = chat.telegram.add_topic(forum)
    [subscribed] = await write(chat, forum, topic, "/subscribe 08:00 UTC")
    assert topic_of(subscribed) == topic
    library, tomorrow = chat.resources.library, datetime.now(UTC) + timedelta(days=1)
    assert Briefs(library, composing(chat.resources), frozenset({ADMIN})).post_due(tomorrow.replace(hour=9)) == 1
    assert {topic_of(message) for message in await sent(chat)} == {topic}


async def test_two_topics_may_subscribe_to_the_same_hour(chat: InProcess, forum: int) -> None:
    topics = {chat.telegram.add_topic(forum), chat.telegram.add_topic(forum)}
    for topic in topics:
        await write(chat, forum, topic, "/subscribe 08:00 UTC")
    library, tomorrow = chat.resources.library, datetime.now(UTC) + timedelta(days=1)
    assert Briefs(library, composing(chat.resources), frozenset({ADMIN})).post_due(tomorrow.replace(hour=9)) == 2
    assert {topic_of(message) for message in await sent(chat)} == topics


async def test_an_alert_comes_to_the_topic_that_watches_and_to_the_chat_once_that_is_gone(
    chat: InProcess, forum: int, reader: Reader
) -> None:
    topic = chat.telegram.add_topic(forum)
    await write(chat, forum, topic, f"/watch {WATCHED}")
    library, embedder = chat.resources.library, chat.resources.embedder
    alerts = Alerts(library, embedder, reader, frozenset({ADMIN}), "UTC", "en")
    for number, text in enumerate([STORY, STORY.replace("Monday", "Tuesday").replace("wages", "leave")]):
        ingest(library, embedder, [Submission(text=text, where=f"{number}", id=f"{number}")])
        assert alerts.post_due(datetime.now(UTC) + number * timedelta(hours=1)) == 1
        if number:
            chat.telegram.delete_topic(forum, topic)
        found = await sent(chat)
        assert STORY[:40] in found[-1].text
        assert topic_of(found[-1]) == (None if number else topic)
    [refused] = chat.telegram.refusals()
    assert topic_of(refused) == topic
    chat.telegram.api.ledger.calls.remove(refused)

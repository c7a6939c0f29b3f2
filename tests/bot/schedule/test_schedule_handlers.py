"""The handlers of subscriptions, settings and watches in a chat, and bad input."""

from datetime import UTC, datetime

import pytest

from bot.locales import say
from bot.schedule.alerts import Alerts
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.store.chats import chats, outbox, subscriptions
from tests.bot.in_process import ADMIN, READER, InProcess, messages, shown
from tests.fake_telegram.ledger import Call

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)

STORY = "Tram drivers in Temirtau refused to leave their depot on Monday over unpaid wages, the drivers' union said."


@pytest.mark.parametrize(
    ("written", "reply"),
    [
        ("/subscribe", "/subscribe 08:00"),
        ("/subscribe soon", "couldn’t find a time"),
        ("/subscribe 25:00 Almaty", "couldn’t find a time"),
        ("/subscribe 8am Almatty", "Asia/Almaty"),
        ("/subscribe 08:00 Xqzzyx", "don’t know that place"),
        ("/unsubscribe", "no briefs"),
        ("/topics 08:00 fuel", "no briefs"),
        ("/watch", "after /watch"),
        ("/watch " + "x" * 300, "too long"),
        ("/watches", "follows no topics"),
        ("/language xx", "Choose a language"),
    ],
)
async def test_what_cannot_be_done_is_one_clear_sentence(written: str, reply: str, chat: InProcess) -> None:
    assert reply in (await chat.ask(ADMIN, written)).text


async def test_a_stranger_cannot_subscribe(chat: InProcess) -> None:
    assert (await chat.ask(READER, "/subscribe 08:00 Almaty")).text == say("stranger", "en", chat=READER)
    assert subscriptions.every(chat.resources.library.engine) == []


async def test_a_group_that_was_not_let_in_gets_no_briefs(chat: InProcess) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN)
    for written in ("/subscribe 08:00 Almaty", "/watch the airport"):
        chat.telegram.group_message(group, ADMIN, written)
        [reply] = messages(await chat.handle())
        assert reply.text == say("subscribe_not_admitted", "en", chat=group)


async def test_an_hour_without_a_place_says_whose_hour_it_is_and_a_location_gives_another(chat: InProcess) -> None:
    assert "this is the time in UTC" in (await chat.ask(ADMIN, "/subscribe 20.30")).text
    chat.telegram.location(ADMIN, 43.24, 76.95)
    [moved] = messages(await chat.handle())
    assert "Asia/Almaty" in moved.text
    assert "20:30 Asia/Almaty" in (await chat.ask(ADMIN, "/settings")).buttons


async def test_a_place_without_a_zone_is_one_sentence(chat: InProcess) -> None:
    chat.telegram.location(ADMIN, 0.0, -170.0)
    [reply] = messages(await chat.handle())
    assert "\n" not in reply.text


async def test_a_chat_has_eight_briefs_at_most_and_ends_one_or_all(chat: InProcess) -> None:
    replies = [(await chat.ask(ADMIN, f"/subscribe {hour}:15 Madrid")).text for hour in range(13, 22)]
    assert all("Europe/Madrid" in text for text in replies[:8])
    assert "already has 8 briefs" in replies[8]
    assert "several briefs" in (await chat.ask(ADMIN, "/unsubscribe")).text
    assert "13:15" in (await chat.ask(ADMIN, "/unsubscribe 13:15")).text
    assert "no brief at that time" in (await chat.ask(ADMIN, "/unsubscribe 13:15")).text
    assert "20:15" in (await chat.ask(ADMIN, "/unsubscribe all")).text
    assert subscriptions.every(chat.resources.library.engine) == []


async def settings_of(chat: InProcess) -> tuple[Call, str]:
    """Subscribe, and return the settings and the slot of the brief."""
    await chat.ask(ADMIN, "/subscribe 23:00 Almaty")
    assert "fuel, courts" in (await chat.ask(ADMIN, "/topics 23:00 fuel, courts")).text
    [subscription] = subscriptions.every(chat.resources.library.engine)
    return await chat.ask(ADMIN, "/settings"), str(subscription.slot)


async def press(chat: InProcess, overview: Call, data: str) -> str:
    [edited] = messages(await chat.press(overview, data=data, stale=True))
    assert edited.method == "editMessageText"
    return edited.text


async def test_a_brief_is_changed_by_buttons_in_place(chat: InProcess) -> None:
    overview, slot = await settings_of(chat)
    assert "fuel" in await press(chat, overview, f"set:t:{slot}")
    assert "22:00" in await press(chat, overview, f"set:h:{slot}:-60")
    assert "long" in await press(chat, overview, f"set:n:{slot}:long")
    assert "fuel" not in await press(chat, overview, f"set:a:{slot}")
    await press(chat, overview, f"set:d:{slot}:6")
    [changed] = subscriptions.every(chat.resources.library.engine)
    assert 6 not in changed.weekdays
    assert "no briefs" in await press(chat, overview, f"set:x:{slot}")


async def test_the_last_day_of_a_brief_stays(chat: InProcess) -> None:
    overview, slot = await settings_of(chat)
    for day in range(6):
        await press(chat, overview, f"set:d:{slot}:{day}")
    assert shown(await chat.press(overview, data=f"set:d:{slot}:6", stale=True)) == say("one_day_stays", "en")


async def test_a_button_of_a_brief_that_ended_says_so(chat: InProcess) -> None:
    overview, slot = await settings_of(chat)
    await chat.ask(ADMIN, "/unsubscribe")
    assert shown(await chat.press(overview, data=f"set:s:{slot}", stale=True)) == say("sub_gone", "en")


async def test_quiet_hours_and_the_language_are_changed_by_buttons(chat: InProcess) -> None:
    overview = await chat.ask(ADMIN, "/settings")
    assert "22:00–07:00" in await press(chat, overview, "set:q:from:-1")
    assert "23:00–07:00" in await press(chat, overview, "set:q:from:+1")
    assert "Русский" in await press(chat, overview, "set:l:ru")
    await press(chat, overview, "set:q:off")
    kept = chats.chat(chat.resources.library.engine, ADMIN)
    assert (kept.quiet, kept.language) == (None, "ru")


async def test_the_language_command_answers_in_the_new_language(chat: InProcess) -> None:
    assert (await chat.ask(ADMIN, "/language ru")).text == say("language_set", "ru")
    assert (await chat.ask(ADMIN, "/ask")).text == say("ask_what", "ru")


async def test_a_group_that_becomes_a_supergroup_keeps_its_settings(chat: InProcess) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN, supergroup=False)
    chat.telegram.group_message(group, ADMIN, "/admit")
    await chat.handle()
    new = chat.telegram.migrate(group)
    await chat.handle()
    engine = chat.resources.library.engine
    assert (chats.chat(engine, group).admitted, chats.chat(engine, new).admitted) == (False, True)


async def test_an_expelled_chat_leaves_nothing_behind(chat: InProcess) -> None:
    for written in (f"/admit {READER}",):
        await chat.ask(ADMIN, written)
    for written in ("/subscribe 08:00 Almaty", "/watch the airport", "/language kk"):
        await chat.ask(READER, written)
    await chat.ask(ADMIN, f"/expel {READER}")
    engine = chat.resources.library.engine
    assert chats.chat(engine, READER) == chats.Chat(READER)
    assert subscriptions.every(engine) == []


async def test_who_watches_is_alerted_of_a_new_source_until_it_is_stopped(chat: InProcess) -> None:
    resources = chat.resources
    await chat.ask(ADMIN, "/watch Why did the tram drivers refuse to leave their depot?")
    ingest(resources.library, resources.embedder, [Submission(text=STORY, where="test")])
    alerts = Alerts(resources.library, resources.embedder, resources.reader, frozenset({ADMIN}), "UTC", "en")
    assert alerts.post_due(datetime(2022, 1, 10, 12, tzinfo=UTC)) == 1
    letter = outbox.next_letter(resources.library.engine, ADMIN)
    assert letter is not None
    assert letter.messages[0]["plain"].startswith("News on “Why did the tram drivers")
    assert "unpaid wages" in letter.messages[0]["plain"]
    listed = await chat.ask(ADMIN, "/watches")
    [edited] = messages(await chat.press(listed, listed.buttons[0]))
    assert edited.text == say("watch_none", "en")


async def test_a_watch_is_stopped_once(chat: InProcess) -> None:
    await chat.ask(ADMIN, "/watch the airport")
    listed = await chat.ask(ADMIN, "/watches")
    number = listed.result["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert shown(await chat.press(listed, data=number, stale=True)) == say("watch_stopped", "en")
    assert shown(await chat.press(listed, data=number, stale=True)) == say("watch_gone", "en")
    assert [call.description for call in chat.telegram.refusals()] == [NOT_MODIFIED]
    chat.telegram.api.ledger.calls.clear()

"""What is taken in: strangers, floods and what is too much are refused in a line and leave nothing on disk."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.locales import say
from bot.telegram.access import Access
from bot.telegram.updates.admission import (
    BACKLOG_SECONDS,
    MOST_IN_ALL,
    MOST_OF_CHAT,
    MOST_OLD_OF_CHAT,
    Admission,
    BacklogError,
    arrival,
    cost_of,
)
from bot.telegram.updates.pools import MOST_WAITING, Pool, Pools
from retrieval.domain import QuestionError
from retrieval.embedding import Embedder
from retrieval.store.chats import chats
from retrieval.store.claims import Charges
from retrieval.store.database import open_database
from tests.bot.in_process import ADMIN, READER, InProcess, in_process

RATE = 3


@pytest.fixture
async def bot(tmp_path: Path, embedder: Embedder) -> AsyncIterator[InProcess]:
    """A bot on an empty library that let one reader in."""
    async with in_process(tmp_path, embedder, questions_per_minute=RATE) as running:
        chats.keep(running.resources.library.engine, READER, admitted=True, language="kk")
        yield running


def waiting(bot: InProcess) -> list[dict[str, Any]]:
    """Return the updates that Telegram has for the bot, which then has them."""
    updates, bot.telegram.world.updates.pending = bot.telegram.world.updates.pending, []
    return updates


def written_while_down(bot: InProcess) -> dict[str, Any]:
    """Have the reader ask for /help, and return the update as one that has waited at Telegram."""
    bot.telegram.private_message(READER, "/help")
    [old] = waiting(bot)
    old["message"]["date"] -= int(BACKLOG_SECONDS) + 2
    return old


async def taken(bot: InProcess) -> int:
    """Take in what Telegram has; return how many updates were stored, and say what there is to say."""
    await bot.inbox.take(waiting(bot))
    await bot.application.bot_data["admission"].flush()
    with bot.resources.library.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one())


def texts(bot: InProcess, chat_id: int) -> list[str]:
    return [call.text for call in bot.telegram.calls("sendMessage", chat_id)]


async def test_strangers_leave_no_row_and_get_a_line_in_their_language(bot: InProcess) -> None:
    bot.telegram.add_user(77, language_code="es")
    for user in (77, 78, 77, 79, 77):
        bot.telegram.private_message(user, "a name and a text")
    assert await taken(bot) == 0
    assert texts(bot, 77) == [say("stranger", "es", chat=77)]
    assert texts(bot, 78) == [say("stranger", "en", chat=78)]


async def test_a_stranger_may_bring_an_invitation_one_at_a_time(bot: InProcess) -> None:
    for _ in range(3):
        bot.telegram.private_message(77, "/start invitation")
    assert await taken(bot) == 1


async def test_a_flood_of_one_chat_is_dropped_with_one_line(bot: InProcess) -> None:
    bot.application.bot_data["access"]._rate = 1_000
    for _ in range(2_000):
        bot.telegram.private_message(READER, "/help")
    assert await taken(bot) == MOST_OF_CHAT
    assert texts(bot, READER) == [say("error.crowded", "kk")]


async def test_what_a_chat_wrote_while_the_bot_was_down_is_no_flood_up_to_a_bound(bot: InProcess) -> None:
    bot.application.bot_data["access"]._rate = 1_000
    for _ in range(2 * MOST_OLD_OF_CHAT):
        bot.telegram.private_message(READER, "/help")
    updates = waiting(bot)
    for update in updates:
        update["message"]["date"] -= int(BACKLOG_SECONDS) + 2
    await bot.inbox.take(updates)
    assert len(bot.application.update_processor.in_memory) == MOST_OLD_OF_CHAT


async def test_what_was_written_while_the_bot_was_down_waits_at_telegram_for_room(bot: InProcess) -> None:
    in_memory = bot.application.update_processor.in_memory
    in_memory.update({number: number for number in range(MOST_IN_ALL)})
    old = written_while_down(bot)
    with pytest.raises(BacklogError):
        await bot.inbox.take([old])
    in_memory.clear()
    await bot.inbox.take([old])
    assert list(in_memory) == [old["update_id"]]
    assert texts(bot, READER) == []


async def test_what_is_written_before_the_bot_has_caught_up_waits_at_telegram_too(bot: InProcess) -> None:
    in_memory = bot.application.update_processor.in_memory
    await bot.inbox.take([written_while_down(bot)])
    in_memory.update({number: number for number in range(MOST_IN_ALL)})
    bot.telegram.private_message(READER, "/help")
    fresh = waiting(bot)
    with pytest.raises(BacklogError):
        await bot.inbox.take(fresh)
    in_memory.clear()
    await bot.inbox.take(fresh)
    assert list(in_memory) == [fresh[0]["update_id"]]
    assert texts(bot, READER) == []


async def test_a_bot_that_has_caught_up_refuses_what_it_has_no_room_for(bot: InProcess) -> None:
    in_memory = bot.application.update_processor.in_memory
    await bot.inbox.take([written_while_down(bot)])
    in_memory.clear()
    bot.telegram.private_message(READER, "/help")
    await bot.inbox.take(waiting(bot))
    in_memory.update({number: number for number in range(MOST_IN_ALL)})
    bot.telegram.private_message(READER, "/help")
    await taken(bot)
    assert texts(bot, READER) == [say("error.crowded", "kk")]


async def test_what_was_just_written_is_refused_where_there_is_no_room(bot: InProcess) -> None:
    bot.application.update_processor.in_memory.update({number: number for number in range(MOST_IN_ALL)})
    bot.telegram.private_message(READER, "/help")
    assert await taken(bot) == 0
    assert texts(bot, READER) == [say("error.crowded", "kk")]


async def test_every_command_has_a_cost_and_what_exceeds_the_rate_is_refused_in_one_line(bot: InProcess) -> None:
    for text in ("/figures killed", "/brief", "/figures killed", "/timeline", "/brief"):
        bot.telegram.private_message(READER, text)
    assert await taken(bot) == 1
    assert texts(bot, READER) == [say("too_many", "kk")]


async def test_a_question_counts_whichever_replica_gets_it(
    bot: InProcess, new_postgres: Callable[[], str], tmp_path: Path
) -> None:
    engine = open_database(new_postgres(), tmp_path)
    bot.inbox._charges, other = Charges(engine, 60.0), Charges(engine, 60.0)
    bot.telegram.private_message(READER, "Who?")
    assert await taken(bot) == 1
    assert other.of_others([READER]) == {READER: 1.0}
    other.add([(READER, RATE - 1.0)])
    bot.telegram.private_message(READER, "Who?")
    assert await taken(bot) == 1
    assert texts(bot, READER) == [say("too_many", "kk")]
    engine.dispose()


@pytest.mark.parametrize(
    ("text", "cost"), [("/help", 0.2), ("/ask x", 1.0), ("Who?", 1.0), ("/brief", 2.0), ("/FIGURES@a_bot killed", 2.0)]
)
def test_briefs_and_charts_cost_more_than_questions_and_those_more_than_help(text: str, cost: float) -> None:
    assert cost_of(arrival({"update_id": 1, "message": {"text": text}}), with_model=False) == cost


async def test_one_request_a_minute_is_served_whatever_it_costs(bot: InProcess) -> None:
    bot.application.bot_data["access"]._rate = 1
    bot.telegram.private_message(READER, "/brief")
    assert await taken(bot) == 1


async def test_an_update_that_could_not_be_stored_is_charged_once(bot: InProcess) -> None:
    engine = bot.resources.library.engine
    bot.telegram.private_message(READER, "/brief")
    updates = waiting(bot)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'full'); END")
    for _ in range(3):
        with pytest.raises(Exception, match="full"):
            await bot.inbox.take(updates)
        bot.application.bot_data["supervisor"].reason = None
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    await bot.inbox.take(updates)
    assert await taken(bot) == 1


async def test_what_people_in_a_group_say_to_each_other_is_not_stored(bot: InProcess) -> None:
    group = bot.telegram.add_group("Newsroom", by=ADMIN)
    chats.keep(bot.resources.library.engine, group, admitted=True)
    before = await taken(bot)
    bot.telegram.group_message(group, READER, "see you at eight")
    bot.telegram.group_message(group, READER, "/help@another_bot")
    assert await taken(bot) == before
    bot.telegram.group_message(group, READER, "@sitrep_test_bot who was detained?")
    bot.telegram.group_message(group, READER, "/help")
    assert await taken(bot) == before + 2
    assert texts(bot, group) == []


async def test_a_button_that_is_refused_is_answered_for_a_moment(bot: InProcess) -> None:
    said = await bot.ask(ADMIN, "/settings")
    chats.keep(bot.resources.library.engine, ADMIN, admitted=True)
    bot.application.bot_data["admission"] = Admission(
        bot.resources, access := Access(frozenset(), 1), bot.application.bot
    )
    assert not access.too_many(ADMIN, ADMIN)
    bot.telegram.press(said, data=said.result["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    await taken(bot)
    [answer] = bot.telegram.calls("answerCallbackQuery")
    assert answer.parameters["text"] == say("too_many", "en")


async def test_what_waits_in_one_pool_holds_up_no_other_and_too_much_is_refused() -> None:
    pools, go = Pools(), threading.Event()
    slow = [asyncio.ensure_future(pools.run(Pool.BRIEFS, go.wait)) for _ in range(MOST_WAITING[Pool.BRIEFS])]
    await asyncio.sleep(0)
    with pytest.raises(QuestionError) as refused:
        await pools.run(Pool.BRIEFS, go.wait)
    assert refused.value.key == "crowded"
    assert await asyncio.wait_for(pools.run(Pool.QUESTIONS, lambda: "answer"), 5) == "answer"
    go.set()
    assert all(await asyncio.gather(*slow))


async def test_a_brief_in_plain_words_is_served_and_costs_what_its_command_does(bot: InProcess) -> None:
    """Admission charges it as a question; when it turns out to be a brief, the rest is charged once."""
    refused = say("too_many", "kk")
    assert refused not in [one.text for one in await bot.write(READER, "Give me a daily summary")]
    assert (await bot.ask(READER, "/settings")).text != refused
    assert (await bot.ask(READER, "/ask who?")).text == refused

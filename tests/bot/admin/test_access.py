"""The handlers of admins, and who is let through to the others."""

from structlog.testing import capture_logs

from bot.locales import language_list, say
from bot.telegram.access import Access
from bot.telegram.admission import Admission
from bot.telegram.context import Context
from tests.bot.in_process import ADMIN, READER, InProcess, messages

QUESTION = "Who did Tokayev ask for help against the threat?"


async def test_start_greets(chat: InProcess) -> None:
    assert (await chat.ask(ADMIN, "/start")).text == say("start", "en", languages=language_list("en"))


async def test_help_shows_admins_and_nobody_else_the_commands_of_admins(chat: InProcess) -> None:
    reply = (await chat.ask(ADMIN, "/help")).text
    assert all(name in reply for name in ("/ask", "/feeds", "/disputed", "/admit"))
    await chat.ask(ADMIN, f"/admit {READER}")
    reply = (await chat.ask(READER, "/help")).text
    assert "/ask" in reply
    assert "/feeds" not in reply


async def test_a_stranger_gets_one_polite_line_a_minute_and_nothing_else(chat: InProcess) -> None:
    clock = [0.0]  # seconds
    access, bot = Access(frozenset({ADMIN}), 10), chat.application.bot
    chat.application.bot_data["admission"] = Admission(chat.resources, access, bot, lambda: clock[0])
    [line] = await chat.write(READER, QUESTION)
    assert str(READER) in line.text
    for clock[0] in (0.5, 30.0, 59.9):
        assert await chat.write(READER, "/help") == []
    clock[0] = 60.1
    assert len(await chat.write(READER, QUESTION)) == 1
    assert [call.method for call in chat.telegram.calls()] == ["getMe", "sendMessage", "sendMessage"]


def test_a_chat_that_may_ask_twice_a_minute_is_refused_the_third_question_until_the_minute_is_over() -> None:
    clock = [0.0]  # seconds
    access = Access(frozenset({ADMIN}), 2, lambda: clock[0])
    refused = {}
    for clock[0] in (0.0, 30.0, 59.9, 120.0):
        refused[clock[0]] = access.too_many(READER, READER)
    assert refused == {0.0: False, 30.0: False, 59.9: True, 120.0: False}


async def test_a_strangers_press_is_answered_with_nothing(chat: InProcess) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN)
    chat.telegram.group_message(group, ADMIN, f"@sitrep_test_bot {QUESTION}")
    [answer] = messages(await chat.handle())
    [acknowledged] = await chat.press(answer, "[1]", user=READER)
    assert acknowledged.method == "answerCallbackQuery"
    assert "text" not in acknowledged.parameters


async def test_a_chat_that_an_admin_let_in_is_answered_until_it_is_expelled(chat: InProcess) -> None:
    await chat.ask(ADMIN, f"/admit {READER}")
    assert "[1]" in (await chat.ask(READER, QUESTION)).text
    await chat.ask(ADMIN, f"/expel {READER}")
    assert str(READER) in (await chat.ask(READER, QUESTION)).text


async def test_a_group_is_let_in_from_within(chat: InProcess) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN)
    chat.telegram.group_message(group, ADMIN, "/admit")
    assert str(group) in messages(await chat.handle())[0].text
    chat.telegram.group_message(group, READER, f"@sitrep_test_bot {QUESTION}")
    assert "[1]" in messages(await chat.handle())[0].text


async def test_a_chat_that_is_no_number_is_one_sentence(chat: InProcess) -> None:
    assert (await chat.ask(ADMIN, "/admit the newsroom")).text == say("admit_what", "en")


async def test_a_reader_may_not_do_what_admins_may(chat: InProcess) -> None:
    await chat.ask(ADMIN, f"/admit {READER}")
    for command in ("/admit 5", f"/expel {ADMIN}", "/disputed", "/feeds list"):
        assert (await chat.ask(READER, command)).text == say("admins_only", "en")


async def test_nothing_disputed_is_one_sentence(chat: InProcess) -> None:
    assert (await chat.ask(ADMIN, "/disputed")).text == say("none_disputed", "en")


async def test_a_handler_that_fails_is_one_sentence_without_what_failed(chat: InProcess) -> None:
    async def broken(update: object, context: Context) -> None:
        raise RuntimeError("secret internals")

    chat.application.handlers[0][0].callback = broken
    assert (await chat.ask(ADMIN, "/start")).text == say("failed", "en")


async def test_a_handler_that_fails_is_logged_without_what_was_written(chat: InProcess) -> None:
    async def broken(update: object, context: Context) -> None:
        raise RuntimeError(context.written)

    chat.application.handlers[0][0].callback = broken
    with capture_logs() as logs:
        await chat.ask(ADMIN, "/start secret words")
    assert [entry["event"] for entry in logs] == ["a handler failed"]
    assert "secret words" not in str(logs)

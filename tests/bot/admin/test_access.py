"""The handlers of admins, and who is let through to the others."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.locales import language_list, say
from bot.telegram.access import Access
from bot.telegram.context import Context
from bot.telegram.updates.admission import Admission
from retrieval.store.chats import access, inbox
from retrieval.store.chats.access import Role
from tests.bot.in_process import ADMIN, READER, InProcess, messages, shown

STRANGER = 3003
ARTICLE = "Bridge closed at Arlen\n\nPolice closed the northern bridge at Arlen at dawn and turned back every lorry.\n"
QUESTION = "Who did Tokayev ask for help against the threat?"


async def test_start_greets(chat: InProcess) -> None:
    assert (await chat.ask(ADMIN, "/start")).text.startswith(say("start", "en", languages=language_list("en")))


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


@pytest.mark.parametrize("written", ["the newsroom", "9" * 30, "-" + "9" * 25, "0", "٣", "5 emperor", "1e9"])
async def test_what_is_no_number_or_role_is_one_sentence(chat: InProcess, written: str) -> None:
    for command in ("/admit", "/expel"):
        if command == "/admit" or "emperor" not in written:
            assert (await chat.ask(ADMIN, f"{command} {written}")).text == say("admit_what", "en")


# --- invitations ----------------------------------------------------------------------------------


async def invited(chat: InProcess, words: str = "") -> str:
    """Return the code of a new invitation."""
    link = next(line for line in (await chat.ask(ADMIN, f"/invite {words}")).text.split("\n") if "?start=" in line)
    address, _, code = link.partition("?start=")
    assert address == "https://t.me/sitrep_test_bot"
    assert re.fullmatch(r"[A-Za-z0-9_-]{16,64}", code), "what Telegram takes as a parameter"
    return code


async def test_a_link_lets_in_the_first_who_uses_it_and_shows_what_to_ask(chat: InProcess) -> None:
    code = await invited(chat)
    welcome = (await chat.ask(READER, f"/start {code}")).text
    assert welcome.startswith(say("welcome", "en", role=say("role.reader", "en")))
    assert say("welcome_examples", "en") in welcome
    assert "[1]" in (await chat.ask(READER, QUESTION)).text
    assert (await chat.ask(STRANGER, f"/start {code}")).text == say("invite_spent", "en")


async def test_a_link_that_is_too_old_lets_nobody_in(chat: InProcess) -> None:
    now = chat.resources.settings.now()
    code = access.invite(chat.resources.library.engine, Role.READER, now - timedelta(hours=2), timedelta(hours=1))
    assert (await chat.ask(READER, f"/start {code}")).text == say("invite_spent", "en")
    assert access.roles(chat.resources.library.engine) == {}


async def test_of_two_who_use_a_link_at_once_one_is_let_in(chat: InProcess) -> None:
    engine, now = chat.resources.library.engine, chat.resources.settings.now()
    code = access.invite(engine, Role.READER, now, timedelta(hours=1))
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda number: access.redeem(engine, code, number, now), range(1, 9)))
    assert [role for role in given if role is not None] == [Role.READER]
    assert len(access.roles(engine)) == 1


async def test_a_link_takes_no_role_away(chat: InProcess) -> None:
    await chat.ask(ADMIN, f"/admit {READER} editor")
    await chat.write(READER, f"/start {await invited(chat)}")
    assert access.roles(chat.resources.library.engine) == {READER: Role.EDITOR}


async def test_a_link_lets_in_a_group_as_a_reader(chat: InProcess) -> None:
    code = await invited(chat, "admin 48")
    group = chat.telegram.add_group("Newsroom", by=STRANGER)
    await chat.handle()
    chat.telegram.group_message(group, STRANGER, f"/start@sitrep_test_bot {code}")
    assert messages(await chat.handle())[0].text.startswith(say("welcome_group", "en"))
    assert access.roles(chat.resources.library.engine) == {group: Role.READER}


@pytest.mark.parametrize("words", ["emperor", "reader 0", "9999", "1" * 40])
async def test_an_invitation_that_cannot_be_is_one_sentence(chat: InProcess, words: str) -> None:
    assert (await chat.ask(ADMIN, f"/invite {words}")).text == say("invite_usage", "en", most=720)


# --- requests -------------------------------------------------------------------------------------


async def test_a_request_reaches_the_admins_whose_button_lets_the_stranger_in(chat: InProcess) -> None:
    [line] = await chat.write(READER, QUESTION)
    to_admin = messages(await chat.press(line, say("request_button", "en")))[-1]
    assert (to_admin.parameters["chat_id"], str(READER) in to_admin.text) == (ADMIN, True)
    done, welcome = messages(await chat.press(to_admin, say("request_editor", "en")))
    assert welcome.parameters["chat_id"] == READER or done.parameters["chat_id"] == READER
    assert access.roles(chat.resources.library.engine) == {READER: Role.EDITOR}
    assert "[1]" in (await chat.ask(READER, QUESTION)).text


async def test_a_second_request_within_the_hour_reaches_nobody(chat: InProcess) -> None:
    [line] = await chat.write(READER, QUESTION)
    await chat.press(line, say("request_button", "en"))
    again = await chat.press(line, say("request_button", "en"))
    assert (messages(again), shown(again)) == ([], say("request_again", "en"))


async def test_a_reader_cannot_press_what_only_admins_get(chat: InProcess) -> None:
    [line] = await chat.write(READER, QUESTION)
    await chat.press(line, data=f"let:editor:{READER}", stale=True)
    assert access.roles(chat.resources.library.engine) == {}


async def test_a_group_that_is_not_let_in_is_quiet_unless_the_bot_is_mentioned(chat: InProcess) -> None:
    group = chat.telegram.add_group("Neighbours", by=STRANGER)
    to_admin = messages(await chat.handle())
    assert [one.parameters["chat_id"] for one in to_admin] == [ADMIN]
    for text in ("/help", "/ask who?", "Good morning", "/start"):
        chat.telegram.group_message(group, STRANGER, text)
        assert messages(await chat.handle()) == []
    chat.telegram.group_message(group, STRANGER, f"@sitrep_test_bot {QUESTION}")
    assert [one.text for one in messages(await chat.handle())] == [say("stranger", "en", chat=group)]


# --- roles ----------------------------------------------------------------------------------------


async def test_an_editor_may_add_sources_and_not_let_others_in(chat: InProcess) -> None:
    await chat.ask(ADMIN, f"/admit {READER}")
    chat.telegram.document(READER, "story.txt", ARTICLE.encode())
    assert "1 added" not in " ".join(one.text for one in messages(await chat.handle()))
    assert (await chat.ask(READER, "/feeds list")).text == say("editors_only", "en")
    await chat.ask(ADMIN, f"/admit {READER} editor")
    chat.telegram.document(READER, "story.txt", ARTICLE.encode())
    assert "1 added" in " ".join(one.text for one in messages(await chat.handle()))
    assert (await chat.ask(READER, "/feeds list")).text == say("feeds_none", "en")
    assert (await chat.ask(READER, "/invite")).text == say("admins_only", "en")


async def test_an_admin_by_role_does_what_the_admins_of_the_settings_do(chat: InProcess) -> None:
    await chat.ask(ADMIN, f"/admit {READER} admin")
    assert str(READER) in (await chat.ask(READER, "/access")).text
    await chat.ask(ADMIN, f"/expel {READER}")
    assert str(READER) in (await chat.ask(READER, "/access")).text  # the line that strangers get
    assert chat.application.bot_data["access"].admins == [ADMIN]


async def test_a_reader_may_not_do_what_admins_may(chat: InProcess) -> None:
    await chat.ask(ADMIN, f"/admit {READER}")
    for command in ("/admit 5", f"/expel {ADMIN}", "/disputed", "/invite", "/access"):
        assert (await chat.ask(READER, command)).text == say("admins_only", "en")


async def test_nothing_disputed_is_one_sentence(chat: InProcess) -> None:
    assert (await chat.ask(ADMIN, "/disputed")).text == say("none_disputed", "en")


async def test_a_handler_that_fails_is_one_sentence_without_what_failed(chat: InProcess) -> None:
    async def broken(update: object, context: Context) -> None:
        raise RuntimeError("secret internals")

    chat.application.handlers[0][0].callback = broken
    assert (await chat.ask(ADMIN, "/start again")).text == say("failed", "en")


async def test_a_handler_that_fails_is_logged_without_what_was_written(chat: InProcess) -> None:
    async def broken(update: object, context: Context) -> None:
        raise RuntimeError(context.written)

    chat.application.handlers[0][0].callback = broken
    with capture_logs() as logs:
        await chat.ask(ADMIN, "/start secret words")
    assert [entry["event"] for entry in logs] == ["a handler failed"]
    assert "secret words" not in str(logs)


async def test_what_no_database_can_store_is_one_sentence_and_no_failure_of_the_store(chat: InProcess) -> None:
    async def storing(update: object, context: Context) -> None:
        context.change_settings(language="half of a pair \ud83d")

    supervisor = chat.application.bot_data["supervisor"]
    supervisor.running = True
    chat.application.handlers[0][0].callback = storing
    assert (await chat.ask(ADMIN, "/start again")).text == say("error.value", "en")
    assert supervisor.reason is None


async def test_an_answer_comes_without_what_no_database_can_store_beside_it(chat: InProcess) -> None:
    async def answering(update: object, context: Context) -> None:
        context.write_alongside(lambda connection: connection.exec_driver_sql("SELECT ?", ("\ud83d",)))
        await context.send_text("An answer.")

    chat.application.handlers[0][0].callback = answering
    assert (await chat.ask(ADMIN, "/start again")).text == "An answer."
    assert inbox.count(chat.resources.library.engine) == 0


async def test_what_goes_wrong_is_reported_to_admins_by_role_too(chat: InProcess) -> None:
    await chat.ask(ADMIN, f"/admit {READER} admin")
    reports = chat.application.bot_data["reports"]
    reports.add("store_over")
    await reports.send(chat.application.bot, chat.resources.library)
    for admin in (ADMIN, READER):
        assert chat.telegram.calls("sendMessage", admin)[-1].text == say("report.store_over", "en")

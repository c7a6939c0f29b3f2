"""The handlers around a question: follow-ups, moments, lengths, groups, forums, edited messages, inline mode."""

from typing import Any

import pytest

from tests.bot.in_process import ADMIN, READER, InProcess, messages, shown

QUESTION = "Who heads the Security Council?"
MENTION = "@sitrep_test_bot"


async def test_an_answer_is_html_without_previews_after_typing(chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, QUESTION)
    assert "[1]" in answer.text
    assert answer.parameters["parse_mode"] == "HTML"
    assert "#:~:text=" in answer.parameters["text"]
    assert answer.parameters["link_preview_options"]["is_disabled"] is True
    assert chat.telegram.calls("sendChatAction", ADMIN)


@pytest.mark.parametrize("question", ["/ask", "😀😀😀", "x" * 4096, "a\u200b\u202e", "<b>&amp;</i>", "?" * 300])
async def test_odd_questions_get_an_answer_or_one_sentence(question: str, chat: InProcess) -> None:
    assert (await chat.ask(ADMIN, question)).text


async def test_ask_answers_the_words_after_the_command(chat: InProcess) -> None:
    assert "[1]" in (await chat.ask(ADMIN, f"/ask {QUESTION}")).text


async def test_a_follow_up_carries_the_subject_over(chat: InProcess) -> None:
    await chat.ask(ADMIN, "How many soldiers did the CSTO mission count?")
    assert "according to" in (await chat.ask(ADMIN, "And who says that?")).text


async def test_who_says_that_explains_the_answer_it_replies_to(chat: InProcess) -> None:
    first = await chat.ask(ADMIN, "When was Karim Massimov detained?")
    await chat.ask(ADMIN, "How many soldiers did the CSTO mission count?")
    chat.telegram.private_message(ADMIN, "who says that?", reply_to=first)
    [explained] = messages(await chat.handle())
    assert "KNB" in explained.text


async def test_a_summary_is_followed_up_by_the_day_before(chat: InProcess) -> None:
    assert "Brief, 7 Jan 2022" in (await chat.ask(ADMIN, "Give me a summary of 7 January")).text
    assert "Brief, 6 Jan 2022" in (await chat.ask(ADMIN, "and the day before?")).text


@pytest.mark.parametrize(
    ("language", "after", "title"),
    [
        ("en", "and the day before?", "Brief, 6 Jan 2022"),
        ("ru", "а накануне?", "Сводка, 6 янв. 2022"),
        ("kk", "ал бір күн бұрын ше?", "6 қаңтар\n"),
        ("es", "¿y el día anterior?", "Resumen, 6 ene 2022"),
    ],
)
async def test_the_brief_command_is_followed_up_by_the_day_before(
    language: str, after: str, title: str, chat: InProcess
) -> None:
    await chat.ask(ADMIN, f"/language {language}")
    await chat.ask(ADMIN, "/brief 2022-01-07")
    assert title in (await chat.ask(ADMIN, after)).text


async def test_a_brief_is_followed_up_by_a_place(chat: InProcess) -> None:
    await chat.ask(ADMIN, "/language kk")
    await chat.ask(ADMIN, "/brief 2022-01-06")
    assert "Шолу: Алматы" in (await chat.ask(ADMIN, "ал Алматыда ше?")).text


async def test_who_says_that_explains_a_brief(chat: InProcess) -> None:
    await chat.ask(ADMIN, "/brief 2022-01-07")
    assert "[1] according to" in (await chat.ask(ADMIN, "who says that?")).text


async def test_each_person_in_a_group_has_a_thread_of_their_own(chat: InProcess) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN)
    chat.telegram.add_user(READER)
    for user, question in ((ADMIN, "When was Karim Massimov detained?"), (READER, "Who leads the CSTO mission?")):
        chat.telegram.group_message(group, user, f"{MENTION} {question}")
        await chat.handle()
    chat.telegram.group_message(group, ADMIN, f"{MENTION} who says that?")
    [explained] = messages(await chat.handle())
    assert "KNB" in explained.text


async def test_new_forgets_the_conversation(chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, QUESTION)
    await chat.ask(ADMIN, "/new")
    assert "no longer" in shown(await chat.press(answer, "Longer"))


async def test_as_of_answers_from_what_was_published_by_then(chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, "/asof 6 Jan 2022 18:00 How many people were killed?")
    assert "As of 6 Jan 2022" in answer.text
    assert not any(f", {day} Jan 2022" in answer.text for day in range(7, 14))


async def test_as_of_stays_until_now_is_asked_for(chat: InProcess) -> None:
    assert "5 Jan 2022" in (await chat.ask(ADMIN, "/asof 5 Jan 2022")).text
    assert "As of 5 Jan 2022" in (await chat.ask(ADMIN, "How many people were killed?")).text
    await chat.ask(ADMIN, "/asof now")
    assert "As of 5 Jan 2022" not in (await chat.ask(ADMIN, "How many people were killed?")).text


async def test_the_moment_of_as_of_is_in_the_zone_of_the_chat(chat: InProcess) -> None:
    chat.telegram.location(ADMIN, 43.24, 76.95)
    await chat.handle()
    assert "18:00 UTC+06:00" in (await chat.ask(ADMIN, "/asof 6 Jan 2022 18:00")).text


@pytest.mark.parametrize("written", ["/asof the day the cows came home", "/asof 6 Jan 2099"])
async def test_a_moment_that_cannot_be_is_one_clear_sentence(written: str, chat: InProcess) -> None:
    reply = (await chat.ask(ADMIN, written)).text
    assert "\n" not in reply
    assert len(reply) < 400


async def test_the_button_of_an_answer_explains_as_of(chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, QUESTION)
    [explained] = messages(await chat.press(answer, data="asof"))
    assert "/asof" in explained.text


async def test_longer_and_shorter_change_the_answer_in_its_place(chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, "What did Tokayev say?")
    [longer] = messages(await chat.press(answer, "Longer"))
    assert longer.method == "editMessageText"
    assert len(longer.text) > len(answer.text)
    [shorter] = messages(await chat.press(longer, "Shorter"))
    assert len(shorter.text) < len(longer.text)


async def test_an_edited_question_is_answered_again(chat: InProcess) -> None:
    update = chat.telegram.private_message(ADMIN, "Who won the football match?")
    await chat.handle()
    chat.telegram.edit(update.message, "Кто возглавил Совет безопасности?")
    assert "Совет безопасности" in messages(await chat.handle())[0].text


async def test_an_edit_that_leaves_the_words_alone_is_not_answered_again(chat: InProcess) -> None:
    update = chat.telegram.private_message(ADMIN, QUESTION)
    await chat.handle()
    chat.telegram.edit(update.message, QUESTION)
    assert messages(await chat.handle()) == []


@pytest.mark.parametrize("written", [f"{MENTION}2 {QUESTION}", f"write to desk{MENTION} {QUESTION}"])
async def test_another_bots_name_and_an_address_are_no_mention(written: str, chat: InProcess) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN)
    chat.telegram.group_message(group, ADMIN, written)
    assert messages(await chat.handle()) == []


async def test_a_group_is_answered_only_when_it_mentions_the_bot(chat: InProcess) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN)
    chat.telegram.group_message(group, ADMIN, QUESTION)
    assert messages(await chat.handle()) == []
    chat.telegram.group_message(group, ADMIN, f"{MENTION} {QUESTION}")
    [answer] = messages(await chat.handle())
    assert "[1]" in answer.text
    assert "reply_parameters" in answer.parameters


async def test_a_reply_to_the_bot_in_a_group_is_a_question_and_a_bare_mention_is_none(chat: InProcess) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN)
    chat.telegram.group_message(group, ADMIN, MENTION)
    [asked] = messages(await chat.handle())
    assert "/ask" in asked.text
    chat.telegram.group_message(group, ADMIN, QUESTION, reply_to=asked)
    assert "[1]" in messages(await chat.handle())[0].text


async def test_a_chat_may_ask_so_often_a_minute_and_admins_as_they_like(chat: InProcess) -> None:
    chat.application.bot_data["access"]._rate = 1
    await chat.ask(ADMIN, f"/admit {READER}")
    assert "[1]" in (await chat.ask(READER, QUESTION)).text
    assert "many questions at once" in (await chat.ask(READER, QUESTION)).text
    assert "[1]" in (await chat.ask(ADMIN, QUESTION)).text
    assert "[1]" in (await chat.ask(ADMIN, QUESTION)).text


async def inline(chat: InProcess, user: int, text: str) -> list[dict[str, Any]]:
    chat.telegram.inline_query(user, text)
    [answer] = await chat.handle()
    results: list[dict[str, Any]] = answer.parameters["results"]
    return results


async def test_inline_mode_offers_an_answer(chat: InProcess) -> None:
    [result] = await inline(chat, ADMIN, QUESTION)
    assert "[1]" in result["input_message_content"]["message_text"]


@pytest.mark.parametrize("text", ["Who?", ""], ids=["short", "empty"])
async def test_inline_mode_offers_nothing_for_half_a_question(text: str, chat: InProcess) -> None:
    assert await inline(chat, ADMIN, text) == []


async def test_inline_mode_does_nothing_for_strangers(chat: InProcess) -> None:
    chat.telegram.inline_query(9999, QUESTION)
    assert await chat.handle() == []


async def test_a_chat_that_blocked_the_bot_meanwhile_is_no_error(chat: InProcess) -> None:
    chat.telegram.private_message(ADMIN, QUESTION)
    updates = list(chat.telegram.world.updates.pending)
    chat.telegram.block(ADMIN)
    chat.telegram.world.updates.pending = updates
    await chat.handle()
    assert [call.status for call in chat.telegram.calls("sendMessage")] == [403]
    chat.telegram.api.ledger.calls.clear()

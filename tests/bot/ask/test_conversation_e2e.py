"""What surrounds a question, end to end through the strict Telegram: follow-ups, moments, sources, groups, inline."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.running import ADMIN, running
from tests.fake_telegram.server import TelegramServer


@pytest.fixture(scope="module")
def server(sample_data: Path) -> Iterator[TelegramServer]:
    """One bot for all tests of this module; each takes a chat of its own."""
    with TelegramServer() as telegram, running(telegram, sample_data, questions_per_minute="1000"):
        yield telegram


def test_a_follow_up_carries_the_subject_over(server: TelegramServer) -> None:
    server.ask(ADMIN, "Who was appointed commandant in Almaty region?")
    server.ask(ADMIN, "How many soldiers did the CSTO mission count?")
    answer = server.ask(ADMIN, "And who says that?")
    assert "says" in answer.text


def test_as_of_answers_from_what_was_published_by_then(server: TelegramServer) -> None:
    answer = server.ask(ADMIN, "/asof 6 Jan 2022 18:00 How many people were killed?")
    assert "As of 6 Jan 2022" in answer.text
    assert not any(f", {day} Jan 2022" in answer.text for day in range(7, 14))


def test_as_of_stays_until_now_is_asked_for(server: TelegramServer) -> None:
    assert "5 Jan 2022" in server.ask(ADMIN, "/asof 5 Jan 2022").text
    assert "As of 5 Jan 2022" in server.ask(ADMIN, "How many people were killed?").text
    server.ask(ADMIN, "/asof now")
    assert "As of 5 Jan 2022" not in server.ask(ADMIN, "How many people were killed?").text


@pytest.mark.parametrize("written", ["/asof the day the cows came home", "/asof 6 Jan 2099"])
def test_a_moment_that_cannot_be_is_one_clear_sentence(written: str, server: TelegramServer) -> None:
    told = server.ask(ADMIN, written).text
    assert "\n" not in told
    assert len(told) < 400


def test_longer_and_shorter_change_the_answer_in_its_place(server: TelegramServer) -> None:
    answer = server.ask(ADMIN, "What happened in Almaty?")
    server.press(answer, "Longer")
    longer = server.wait_for("editMessageText", ADMIN)
    assert len(longer.text) > len(answer.text)
    server.press(longer, "Shorter")
    shorter = server.wait_for("editMessageText", ADMIN)
    assert len(shorter.text) < len(longer.text)


def test_a_source_has_a_card_and_a_citation_can_be_disputed(server: TelegramServer) -> None:
    answer = server.ask(ADMIN, "Who heads the Security Council?")
    server.press(answer, "[1]")
    opened = server.wait_for("sendMessage", ADMIN)
    server.press(opened, "Source")
    card = server.wait_for("sendMessage", ADMIN)
    assert "2022" in card.text
    server.press(opened, "Wrong?")
    assert (
        "without your name"
        in server.wait_for("answerCallbackQuery", where=lambda c: "text" in c.parameters).parameters["text"]
    )
    assert "1 ×" in server.ask(ADMIN, "/disputed").text


MINISTRY = "What did the Interior Ministry say about police killed and people detained?"


def test_a_button_opens_what_competes_with_an_answer(server: TelegramServer) -> None:
    answer = server.ask(ADMIN, MINISTRY)
    server.press(answer, "Conflicting reports")
    shown = server.wait_for("sendMessage", ADMIN)
    assert shown.text.startswith("Conflicting reports:")
    assert "Killed, security forces" in shown.text
    assert "contradicted by" in shown.text


def test_what_competes_is_still_found_when_the_answer_is_forgotten(server: TelegramServer) -> None:
    answer = server.ask(ADMIN, MINISTRY)
    server.ask(ADMIN, "/new")
    server.press(answer, "Conflicting reports")
    assert "contradicted by" in server.wait_for("sendMessage", ADMIN).text


def test_what_competes_is_told_as_of_the_answers_moment(server: TelegramServer) -> None:
    answer = server.ask(ADMIN, f"/asof 8 Jan 2022 23:00 {MINISTRY}")
    server.press(answer, "Conflicting reports")
    shown = server.wait_for("sendMessage", ADMIN).text
    assert "updated by" in shown
    assert not any(f"{day} Jan 2022" in shown for day in range(9, 14))


def test_an_answer_out_of_the_ledger_opens_all_of_its_rows(server: TelegramServer) -> None:
    answer = server.ask(ADMIN, "How many people have been detained?")
    server.press(answer, "Conflicting reports")
    shown = server.wait_for("sendMessage", ADMIN).text
    assert shown.count("\n") > answer.text.split("\n\n")[0].count("\n")


def test_there_is_no_button_where_nothing_competes(server: TelegramServer) -> None:
    answer = server.ask(ADMIN, "Who heads the Security Council?")
    assert "Conflicting reports" not in str(answer.parameters["reply_markup"])


def test_in_a_group_what_competes_opens_in_place_and_goes_back(server: TelegramServer) -> None:
    group = server.add_group("Figures", by=ADMIN)
    mark = server.mark()
    server.group_message(group, ADMIN, f"@sitrep_test_bot {MINISTRY}")
    answer = server.wait_for("sendMessage", group, since=mark)
    server.press(answer, "Conflicting reports", user=ADMIN)
    opened = server.wait_for("editMessageText", group, since=mark)
    server.press(opened, "‹ Back", user=ADMIN)
    assert server.wait_for("editMessageText", group, since=mark).text == answer.text


def test_new_forgets_the_conversation(server: TelegramServer) -> None:
    answer = server.ask(ADMIN, "Who heads the Security Council?")
    server.ask(ADMIN, "/new")
    server.press(answer, "Longer")
    told = server.wait_for("answerCallbackQuery", where=lambda c: "text" in c.parameters)
    assert "no longer" in told.parameters["text"]


def test_a_group_is_answered_when_it_mentions_the_bot_and_passages_open_in_place(server: TelegramServer) -> None:
    group = server.add_group("Desk", by=ADMIN)
    mark = server.mark()
    server.group_message(group, ADMIN, "Who heads the Security Council?")
    server.group_message(group, ADMIN, "@sitrep_test_bot who heads the Security Council?")
    answer = server.wait_for("sendMessage", group, since=mark)
    assert len(server.sent(group)) == 1
    server.press(answer, "[1]", user=ADMIN)
    opened = server.wait_for("editMessageText", group, since=mark)
    server.press(opened, "‹ Back", user=ADMIN)
    assert server.wait_for("editMessageText", group, since=mark).text == answer.text


def test_inline_offers_an_answer_to_those_who_may_ask(server: TelegramServer) -> None:
    server.inline_query(ADMIN, "Who heads the Security Council?")
    [result] = server.wait_for("answerInlineQuery").parameters["results"]
    assert "[1]" in result["input_message_content"]["message_text"]
    server.inline_query(9999, "Who heads the Security Council?")
    assert server.wait_for("answerInlineQuery").parameters["results"] == []


def test_an_edited_question_is_answered_again(server: TelegramServer) -> None:
    update = server.private_message(ADMIN, "Who won the football match?")
    server.wait_for("sendMessage", ADMIN)
    server.edit(update.message, "Кто возглавил Совет безопасности?")
    assert "Совет безопасности" in server.wait_for("sendMessage", ADMIN).text


def test_nothing_was_refused_and_no_limit_broken(server: TelegramServer) -> None:
    assert server.refusals() == []
    assert server.unanswered() == []

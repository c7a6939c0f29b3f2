"""The handlers of an answer's buttons: passages, sources, conflicting reports, disputes."""

import pytest

from bot.locales import say
from tests.bot.in_process import ADMIN, InProcess, messages, shown

QUESTION = "Who heads the Security Council?"
MINISTRY = "What did the Interior Ministry say about police killed and people detained?"


async def test_a_citation_opens_its_passage(chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, QUESTION)
    [opened] = messages(await chat.press(answer, "[1]"))
    assert opened.method == "sendMessage"
    assert "<b>" in opened.parameters["text"]


async def test_a_source_has_a_card(chat: InProcess) -> None:
    [opened] = messages(await chat.press(await chat.ask(ADMIN, QUESTION), "[1]"))
    [card] = messages(await chat.press(opened, "Source"))
    assert "2022" in card.text


async def test_a_citation_can_be_disputed_and_admins_see_it(chat: InProcess) -> None:
    [opened] = messages(await chat.press(await chat.ask(ADMIN, QUESTION), "[1]"))
    assert shown(await chat.press(opened, "Wrong?")) == say("disputed", "en")
    assert "1 ×" in (await chat.ask(ADMIN, "/disputed")).text


@pytest.mark.parametrize("button", ["ctx:999999:0:5", "src:999999", "bad:999999:0:5", "con:0:1:999999.0.5"])
async def test_a_button_of_a_deleted_article_says_so(button: str, chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, QUESTION)
    assert shown(await chat.press(answer, data=button, stale=True)) == say("not_there", "en")


async def test_a_button_opens_the_reports_that_conflict_with_an_answer(chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, MINISTRY)
    [conflicts] = messages(await chat.press(answer, "Conflicting reports"))
    assert conflicts.text.startswith("Conflicting figures:")
    assert "Killed, security forces" in conflicts.text
    assert "contradicted by" in conflicts.text


async def test_conflicting_reports_are_still_found_when_the_answer_is_forgotten(chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, MINISTRY)
    await chat.ask(ADMIN, "/new")
    [conflicts] = messages(await chat.press(answer, "Conflicting reports"))
    assert "contradicted by" in conflicts.text


async def test_conflicting_reports_are_those_of_the_answers_moment(chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, f"/asof 8 Jan 2022 23:00 {MINISTRY}")
    [conflicts] = messages(await chat.press(answer, "Conflicting reports"))
    assert "updated by" in conflicts.text
    assert not any(f"{day} Jan 2022" in conflicts.text for day in range(9, 14))


async def test_an_answer_from_the_ledger_opens_all_of_its_rows(chat: InProcess) -> None:
    answer = await chat.ask(ADMIN, "How many people have been detained?")
    [ledger] = messages(await chat.press(answer, "Conflicting reports"))
    assert ledger.text.count("\n") > answer.text.split("\n\n")[0].count("\n")


async def test_there_is_no_button_where_nothing_conflicts(chat: InProcess) -> None:
    assert "Conflicting reports" not in (await chat.ask(ADMIN, QUESTION)).buttons


@pytest.mark.parametrize(("question", "button"), [(QUESTION, "[1]"), (MINISTRY, "Conflicting reports")])
async def test_in_a_group_a_button_opens_in_place_and_back_shows_the_answer_again(
    question: str, button: str, chat: InProcess
) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN)
    chat.telegram.group_message(group, ADMIN, f"@sitrep_test_bot {question}")
    [answer] = messages(await chat.handle())
    [opened] = messages(await chat.press(answer, button, user=ADMIN))
    assert opened.method == "editMessageText"
    assert opened.text != answer.text
    [again] = messages(await chat.press(opened, "‹ Back", user=ADMIN))
    assert again.text == answer.text

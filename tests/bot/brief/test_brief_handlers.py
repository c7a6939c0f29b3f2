"""`/brief` and `/timeline` in a chat, the buttons below them, and bad input."""

from datetime import UTC
from itertools import islice
from pathlib import Path

import pytest

from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from tests.bot.in_process import ADMIN, InProcess, messages, shown


async def test_a_brief_of_a_day_opens_its_stories_quotes_and_document(chat: InProcess) -> None:
    brief = await chat.ask(ADMIN, "/brief 2022-01-11")
    assert "CSTO" in brief.text
    [edited] = messages(await chat.press(brief, "More 1"))
    assert edited.method == "editMessageText"
    before, after = brief.text.split("\n\n"), edited.text.split("\n\n")
    at = next(n for n, block in enumerate(before) if block.startswith("1. "))
    assert after[at].startswith(before[at])
    assert after[at] != before[at]
    assert [*after[:at], *after[at + 1 :]] == [*before[:at], *before[at + 1 :]]
    [passage] = messages(await chat.press(brief, "[1]"))
    assert "<b>" in passage.parameters["text"]
    [document] = messages(await chat.press(brief, "As a document"))
    assert document.files["document"][0] == "brief-2022-01-11.html"
    assert b"CSTO" in document.files["document"][1]


async def test_a_brief_of_a_topic_is_the_one_that_plain_words_get(chat: InProcess) -> None:
    by_command, in_words = await chat.ask(ADMIN, "/brief Aktau"), await chat.ask(ADMIN, "summary of Aktau")
    assert by_command.text == in_words.text
    assert by_command.text.startswith("Brief: Aktau, 3 Jan – 9 Jan 2022")


async def test_a_brief_comes_as_a_pdf(chat: InProcess) -> None:
    brief = await chat.ask(ADMIN, "/brief 2022-01-11")
    [document] = messages(await chat.press(brief, "PDF"))
    name, content = document.files["document"][:2]
    assert name == "brief-2022-01-11.pdf"
    assert content.startswith(b"%PDF-")


async def test_the_sources_of_a_brief_come_by_button(chat: InProcess) -> None:
    brief = await chat.ask(ADMIN, "/brief 2022-01-11")
    [sources] = messages(await chat.press(brief, "Sources"))
    numbers = [line.partition(" ")[0] for line in sources.text.splitlines() if line.startswith("[")]
    assert numbers == [f"[{n}]" for n in range(1, len(numbers) + 1)]
    assert all(f"{number}" in brief.text for number in numbers)
    assert "11 Jan 2022" in sources.text


async def test_one_event_of_a_timeline_comes_by_button(chat: InProcess) -> None:
    other = from_path(Path(__file__).parents[2] / "data" / "ostria" / "articles.jsonl", UTC)
    ingest(chat.resources.library, chat.resources.embedder, islice(other, 2))
    timeline = await chat.ask(ADMIN, "/timeline 20")
    rows = timeline.parameters["reply_markup"]["inline_keyboard"]
    event = next(button["text"] for row in rows for button in row if "2028" in button["text"])
    [of_one] = messages(await chat.press(timeline, event))
    assert "2028" in of_one.text
    assert "2022" not in of_one.text


async def test_a_document_that_telegram_refuses_comes_as_messages(chat: InProcess) -> None:
    brief = await chat.ask(ADMIN, "/brief 2022-01-11")
    chat.telegram.fail("sendDocument", code=400)
    refused, *instead = messages(await chat.press(brief, "As a document"))
    assert refused.status == 400
    assert "CSTO" in instead[0].text


async def test_an_empty_brief_has_a_button_to_the_newest_day_that_has_something(chat: InProcess) -> None:
    empty = await chat.ask(ADMIN, "/brief 2022-02-01")
    assert "European Parliament" in messages(await chat.press(empty, "Brief, 13 Jan 2022"))[0].text


async def test_a_story_that_is_gone_says_so(chat: InProcess) -> None:
    brief = await chat.ask(ADMIN, "/brief 2022-01-11")
    assert shown(await chat.press(brief, data="more:0:1:0123456789ab", stale=True))


async def test_a_brief_without_a_day_is_of_the_last_day_by_the_bots_clock(chat: InProcess) -> None:
    chat.resources.settings.clock_offset = offset_to(chat, "2022-01-12T06:00:00+00:00")
    brief = await chat.ask(ADMIN, "/brief")
    assert "12 Jan 2022" in brief.text
    assert "As of 12 Jan 2022" in (await chat.ask(ADMIN, "Who became prime minister?")).text


async def test_a_brief_is_not_repeated_to_the_same_chat(chat: InProcess) -> None:
    chat.resources.settings.clock_offset = offset_to(chat, "2022-01-12T06:00:00+00:00")
    first, again = await chat.ask(ADMIN, "/brief"), await chat.ask(ADMIN, "/brief")
    assert len(again.text) < len(first.text)


def offset_to(chat: InProcess, moment: str) -> float:
    """Return the seconds from now to a moment."""
    from datetime import datetime

    return (datetime.fromisoformat(moment) - chat.resources.settings.now()).total_seconds()


async def test_a_timeline_is_of_the_days_asked_for(chat: InProcess) -> None:
    assert "5 Jan 2022" in (await chat.ask(ADMIN, "/timeline 5 2022-01-02 2022-01-12")).text


async def test_a_timeline_is_about_the_topic_asked_for(chat: InProcess) -> None:
    made = await chat.ask(ADMIN, "/timeline 3 Almaty airport")
    assert made.text.startswith("Timeline of key days: “Almaty airport”")
    assert "airport" in made.text.partition("\n")[2]
    assert "No article is about that." in (await chat.ask(ADMIN, "/timeline Bolsonaro")).text


@pytest.mark.parametrize(
    ("written", "reply"),
    [
        ("/timeline 2022-01-09 2022-01-02", "before it starts"),
        ("/timeline 3 4", "/timeline"),
        ("/timeline 30-02-2022x", "isn’t a date"),
        ("/brief 2099-01-01", "is in the future"),
        ("/brief 2022-13-45", "isn’t a date"),
    ],
)
async def test_bad_input_is_one_sentence(written: str, reply: str, chat: InProcess) -> None:
    [sentence] = await chat.write(ADMIN, written)
    assert reply in sentence.text
    assert "\n\n" not in sentence.text

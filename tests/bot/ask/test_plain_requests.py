"""Requests in plain words do what their command does, in the four languages."""

import json

import pytest

from tests.bot.commands import Sitrep, sitrep
from tests.bot.in_process import ADMIN, InProcess
from tests.conftest import SAMPLES

__all__ = ["sitrep"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Give me a daily summary", "Brief, 13 Jan 2022"),
        ("Дай сводку за 6 января 2022 года", "Сводка, 6 янв. 2022"),
        ("Resumen del día", "Resumen, 13 ene 2022"),
        ("Бүгінгі жаңалықтарға шолу бер", "Шолу, 2022"),
    ],
)
async def test_a_summary_asked_for_is_a_brief(text: str, title: str, chat: InProcess) -> None:
    assert (await chat.ask(ADMIN, text)).text.startswith(title)


async def test_thanks_get_one_friendly_line(chat: InProcess) -> None:
    assert "welcome" in (await chat.ask(ADMIN, "thanks!")).text


def test_a_summary_asked_through_ask_has_verbatim_statements(sitrep: Sitrep) -> None:
    sitrep("ingest", str(SAMPLES))
    answer = json.loads(sitrep("ask", "Summarise what happened on 6 January 2022", "--json").stdout)
    assert (answer["intent"], answer["status"]) == ("summary", "answered")
    quotes = {citation["n"]: citation["quote"] for citation in answer["citations"]}
    for statement in answer["statements"]:
        assert any(statement["text"] in quotes[number] for number in statement["citations"])
    assert answer["statements"]

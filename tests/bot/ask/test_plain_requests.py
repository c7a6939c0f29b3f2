"""Requests in plain words do what their command does, in the four languages."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.requests.plain import read, reply
from bot.resources import Resources
from bot.settings import Settings
from tests.bot.commands import Sitrep, sitrep
from tests.bot.in_process import ADMIN, InProcess
from tests.conftest import SAMPLES

__all__ = ["sitrep"]


@pytest.fixture
def plain_library(data: Path) -> Iterator[Resources]:
    with Resources(Settings(data_dir=data)) as resources:
        yield resources


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Give me a daily summary", "Brief, 13 Jan 2022"),
        ("Дай сводку за 6 января", "Сводка, 6 янв. 2022"),
        ("Resumen del día", "Resumen, 13 ene 2022"),
        ("Бүгінгі жаңалықтарға шолу бер", "Шолу, 2022"),
    ],
)
async def test_a_summary_asked_for_is_a_brief(text: str, title: str, chat: InProcess) -> None:
    assert (await chat.ask(ADMIN, text)).text.startswith(title)


@pytest.mark.parametrize(
    "text",
    ["What do we know about Massimov?", "Что известно о Масимове?", "¿Qué se sabe de Masimov?"],
)
def test_a_summary_of_a_person_goes_back_to_the_articles_about_them(text: str, sitrep: Sitrep) -> None:
    """However long ago those are."""
    sitrep("ingest", str(SAMPLES))
    answer = json.loads(sitrep("ask", text, "--json").stdout)
    assert (answer["intent"], answer["status"]) == ("summary", "answered")
    assert any("simov" in citation["quote"] or "Масимов" in citation["quote"] for citation in answer["citations"])


@pytest.mark.parametrize(
    "text",
    [
        "timeline of Almaty airport",
        "хронология событий в аэропорту Алматы",
        "Алматы әуежайы туралы хронология",
        "cronología del aeropuerto de Almaty",
    ],
)
def test_a_timeline_of_a_topic_is_asked_for_in_plain_words(text: str, plain_library: Resources) -> None:
    now = plain_library.settings.now()
    question = read(plain_library, text, now=now, language=None, fallback="en")
    made = reply(plain_library, text, question, now=now)
    assert made.timeline is not None
    assert made.topic
    assert 0 < len(made.timeline.days) < 10


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


@pytest.mark.parametrize(
    ("short", "detailed"),
    [
        ("a short summary of 4-12 January", "a detailed summary of 4-12 January"),
        ("краткая сводка с 4 по 12 января", "подробная сводка с 4 по 12 января"),
        ("4-12 қаңтар туралы қысқаша шолу", "4-12 қаңтар туралы толық шолу"),
        ("resumen breve del 4 al 12 de enero", "resumen detallado del 4 al 12 de enero"),
    ],
)
def test_a_summary_is_as_long_as_asked(short: str, detailed: str, plain_library: Resources) -> None:
    def stories(text: str) -> int:
        now = plain_library.settings.now()
        question = read(plain_library, text, now=now, language=None, fallback="en")
        made = reply(plain_library, text, question, now=now).briefing
        assert made is not None
        return len(made.lines)

    assert stories(short) <= 3 < stories(detailed)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Summary of the last 10 years", "A brief covers up to 366 days. For a longer period write /timeline."),
        ("Сводка за последние 10 лет", "Сводка охватывает до 366 дней. Для более долгого срока напишите /timeline."),
        ("/brief завтра", "«завтра» ещё не наступило."),
        ("/brief mañana", "«mañana» aún no ha llegado."),
        (
            "Give me a summary of 6 January. Send me the news every day at 8.",
            "That asks for two things at once; please send them one at a time.",
        ),
        (
            "Дай сводку за 6 января. Присылай мне новости каждый день в 8.",
            "Здесь сразу две просьбы; пришлите их по одной.",
        ),
        ("What do we know about Bolsonaro?", "No article is about that."),
        ("Дай сводку о Болсонару", "Об этом статей нет."),
    ],
)
async def test_a_request_that_cannot_be_met_gets_one_sentence(text: str, sentence: str, chat: InProcess) -> None:
    language = "es" if "mañana" in text else "ru" if any("а" <= letter <= "я" for letter in text) else "en"
    await chat.ask(ADMIN, f"/language {language}")
    assert sentence in (await chat.ask(ADMIN, text)).text

"""A question in a language without a pack gets one line that lists the languages understood, wherever it is asked."""

import json

import pytest

from tests.bot.commands import Sitrep, data, sitrep

__all__ = ["data", "sitrep"]

ARABIC = "كم عدد القتلى؟"
GERMAN = "Wie viele Tote gibt es?"
NAMES = (
    "Кто такие Касым-Жомарт Кемелевич Токаев, Нурсултан Абишевич Назарбаев, Карим Кажимканович Масимов, Алихан "
    "Асханович Смаилов, Аскар Узакпаевич Мамин, Ерлан Заманбекович Тургумбаев и Бейбут Бакирович Атамкулов?"
)


@pytest.mark.parametrize("question", [ARABIC, GERMAN])
def test_ask_lists_the_languages_in_one_line(sitrep: Sitrep, question: str) -> None:
    done = sitrep("ask", question)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert all(name in done.stdout for name in ("English", "Russian", "Kazakh", "Spanish"))


def test_ask_lists_them_in_the_language_wanted(sitrep: Sitrep) -> None:
    assert "английский" in sitrep("ask", ARABIC, "--lang", "ru").stdout


@pytest.mark.parametrize("question", [ARABIC, GERMAN])
def test_ask_json_abstains_in_the_fallback_language(sitrep: Sitrep, question: str) -> None:
    answer = json.loads(sitrep("ask", question, "--json").stdout)
    assert (answer["status"], answer["language"], answer["statements"]) == ("abstained", "en", [])


def test_a_long_question_of_names_is_asked_in_the_language_of_its_letters(sitrep: Sitrep) -> None:
    answer = json.loads(sitrep("ask", NAMES, "--json").stdout)
    assert (answer["status"], answer["language"]) == ("abstained", "ru")


@pytest.mark.parametrize("question", [ARABIC, GERMAN, NAMES])
def test_search_looks_for_it_all_the_same(sitrep: Sitrep, question: str) -> None:
    assert json.loads(sitrep("search", question, "--json").stdout)["results"] == []


def test_the_terminal_lists_the_languages(sitrep: Sitrep) -> None:
    done = sitrep("chat", stdin=f"{ARABIC}\n{GERMAN}\n\n")
    assert done.stdout.count("I understand questions in English, Russian, Kazakh") == 2

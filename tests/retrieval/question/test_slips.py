"""A word one slip off a word for a day is that day, and no word of the articles is."""

import json
from datetime import UTC, date, datetime

import pytest

from retrieval.language.words import words
from retrieval.question.question import Question
from retrieval.question.slips import days_spelled
from tests.conftest import SAMPLES

NOW = datetime(2022, 1, 12, 9, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("waht hapened yestrday", 11),
        ("what happened yesterdya?", 11),
        ("Yesteday, what was new", 11),
        ("who was arrested on thrusday", 6),
        ("что было вчерв", 11),
        ("что случилось позавчра", 10),
        ("кто погиб в пятнцу?", 7),
        ("что нового сегодяя", 12),
        ("que paso aier", 11),
        ("¿qué pasó antayer?", 10),
        ("qué pasó el juevs", 6),
        ("бүгүн не болды", 12),
        ("сейснбі күні не болды", 11),
        ("кеше не болди", 11),
    ],
)
def test_a_day_with_a_slip_is_that_day(text: str, day: int) -> None:
    window = Question.read(text, now=NOW).window
    assert window is not None
    assert window.since is not None
    assert window.since.date() == date(2022, 1, day)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("что было пятого числа", "01-05", "01-05"),
        ("что творилось восьмого?", "01-08", "01-08"),
        ("сводка за двадцать первое декабря", "12-21", "12-21"),
        ("что было 5 числа", "01-05", "01-05"),
        ("алтысы күні не болды", "01-06", "01-06"),
        ("алтысында не болды", "01-06", "01-06"),
        ("үшінен алтысына дейін", "01-03", "01-06"),
        ("бесінші қаңтарда не болды", "01-05", "01-05"),
        ("qué pasó el día cuatro", "01-04", "01-04"),
        ("qué pasó el cinco de enero", "01-05", "01-05"),
        ("what happened on the fifth of January", "01-05", "01-05"),
    ],
)
def test_a_day_of_the_month_in_words_is_that_day(text: str, first: str, last: str) -> None:
    period = Question.read(text, now=NOW).period
    assert period is not None
    assert [day and f"{day:%m-%d}" for day in period] == [first, last]


@pytest.mark.parametrize(
    "text", ["кто убил Александра Второго", "что сказал первый президент", "оның үші қайтты", "los dos de Almaty"]
)
def test_a_number_in_words_that_is_no_day_stays(text: str) -> None:
    assert Question.read(text, now=NOW).period is None


def test_no_word_of_the_articles_becomes_a_day() -> None:
    rows = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    found = {(word.text.lower(), row["language"]) for row in rows for word in words(f"{row['title']} {row['text']}")}
    assert len(found) > 800
    assert [word for word, language in found if days_spelled(word, language) != word] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("что было до вечера", "ru"),
        ("среди погибших", "ru"),
        ("четверо задержанных", "ru"),
        ("следы на площади", "ru"),
        ("завтрак у президента", "ru"),
        ("әскер көше бойында", "kk"),
        ("кеме келе ме", "kk"),
        ("ертеңгілік шолу", "kk"),
        ("qué dijeron los jueces", "es"),
        ("por la noche", "es"),
        ("partes de la ciudad", "es"),
        ("news on mondays", "en"),
        ("what did Sundry say", "en"),
    ],
)
def test_another_word_stays_what_it_is(text: str, language: str) -> None:
    assert days_spelled(text, language) == text

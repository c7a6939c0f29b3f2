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

"""What a request is about: the words that ask for nothing, as they stand in it."""

from datetime import UTC, datetime

import pytest

from retrieval.question.question import Question
from retrieval.question.topic import topic_of

NOW = datetime(2022, 1, 20, tzinfo=UTC)


def about(text: str) -> str:
    return topic_of(Question.read(text, now=NOW)).text


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("give me a summary of the prices of bread", "prices of bread"),
        ("дай сводку о ценах на газ за вчера", "ценах на газ"),
        ("resumen sobre los precios del gas", "precios del gas"),
        ("газ бағасы туралы шолу", "газ бағасы"),
    ],
)
def test_a_topic_keeps_the_small_words_inside_it(text: str, topic: str) -> None:
    assert about(text) == topic


@pytest.mark.parametrize(
    "text",
    [
        "what's new since my last one",
        "что нового с прошлого раза",
        "qué cambió desde mi último resumen",
        "соңғы шолудан бері не өзгерді",
        "как прошёл день",
    ],
)
def test_what_is_new_is_about_everything(text: str) -> None:
    assert about(text) == ""

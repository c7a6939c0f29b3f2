"""What a request is about: the words that ask for nothing, as they stand in it."""

from datetime import UTC, datetime

import pytest

from retrieval.embedding import Embedder
from retrieval.question.intent import read_request
from retrieval.question.question import Question
from retrieval.question.topic import heading_of, topic_of

NOW = datetime(2022, 1, 20, tzinfo=UTC)


def asked(text: str, embedder: Embedder) -> Question:
    return Question.read(text, now=NOW, about=read_request(embedder, text).about)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("give me a summary of the prices of bread", "prices of bread"),
        ("дай сводку о ценах на газ за вчера", "ценах на газ"),
        ("resumen sobre los precios del gas", "precios del gas"),
        ("газ бағасы туралы шолу", "газ бағасы"),
        ("resumen del sismo", "sismo"),
        ("summary of the sinking", "sinking"),
    ],
)
def test_a_topic_keeps_the_small_words_inside_it(text: str, topic: str, embedder: Embedder) -> None:
    assert topic_of(asked(text, embedder)).text == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("ponme al día con lo del puerto", "puerto"),
        ("скинь дайджест о ценах на газ", "ценах на газ"),
        ("catch me up on the ferry disaster", "ferry disaster"),
        ("паром апатын айтып берші", "паром апатын"),
        ("I was at sea, what happened in Aktau", "Aktau"),
        ("в командировке был, что в Алматы", "Алматы"),
        ("Has the Pope commented on any of this", "Pope"),
        ("¿Ha comentado algo el Papa sobre todo esto?", "Papa"),
    ],
)
def test_words_that_ask_are_no_topic(text: str, topic: str, embedder: Embedder) -> None:
    assert topic_of(asked(text, embedder)).text == topic


def test_all_words_may_be_the_topic_where_nothing_says_which() -> None:
    assert topic_of(Question.read("the Sunday digest of Almaty", now=NOW)).text == "digest of Almaty"


@pytest.mark.parametrize(
    "text",
    [
        "what's new since my last one",
        "что нового с прошлого раза",
        "qué cambió desde mi último resumen",
        "соңғы шолудан бері не өзгерді",
        "как прошёл день",
        "waht hapened yestrday",
        "дай свотку за вчера",
        "кеше не болди",
        "un resumne de ayer",
        "what did I miss",
        "been offline since Monday, what did I miss",
        "ponme al día",
        "I had no electricity for two days, fill me in",
        "неделю был в море, что произошло",
        "estuve sin luz dos días, qué me perdí",
    ],
)
def test_what_is_new_is_about_everything(text: str, embedder: Embedder) -> None:
    assert topic_of(asked(text, embedder)).text == ""


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("что произошло в Жанаозене", "Жанаозен"),
        ("сводка по Бишкеку", "Бишкек"),
        ("сводка по Алматы", "Алматы"),
        ("дай сводку о Казахстане и ОДКБ", "Казахстан и ОДКБ"),
        ("сводка: аэропорт Алматы", "аэропорт Алматы"),
        ("газ бағасы туралы шолу", "газ бағасы"),
        ("summary of gas prices", "gas prices"),
        ("¿Qué se sabe de Masimov?", "Masimov"),
    ],
)
def test_a_heading_is_in_the_nominative(text: str, heading: str, embedder: Embedder) -> None:
    question = asked(text, embedder)
    assert heading_of(question, topic_of(question)) == (heading, False)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Что известно о Масимове?", "о Масимове"),
        ("Дай сводку о ценах на газ", "о ценах на газ"),
        ("дай сводку про Токаева и ОДКБ", "про Токаева и ОДКБ"),
        ("сводка протестов", "протестов"),
        ("черкни дайджест о ценах на газ", "о ценах на газ"),
        ("Ақтаудағы жағдайға шолу", "Ақтаудағы жағдайға"),
    ],
)
def test_words_in_another_case_are_quoted_with_what_governs_them(text: str, quoted: str, embedder: Embedder) -> None:
    question = asked(text, embedder)
    assert heading_of(question, topic_of(question)) == (quoted, True)

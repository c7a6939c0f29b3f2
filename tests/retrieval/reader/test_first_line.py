"""The first line that answers in a word: a verbatim part of the quote, and none where there is any doubt."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from retrieval.domain import Article, Moment, Passage, Span
from retrieval.language.doc import Text
from retrieval.language.kinds import Kind
from retrieval.question.question import Question
from retrieval.question.short_answer import asked_alone
from retrieval.reader.choice import NumberedSentence
from retrieval.reader.first_line import first_line, part


def sentence(
    text: str, language: str = "en", published: datetime | None = datetime(2022, 1, 6, tzinfo=UTC)
) -> NumberedSentence:
    moment = Moment(published, day_only=True) if published else None
    article = Article(id="a", url=None, title="", text=text, language=language, published=moment)
    return NumberedSentence(1, Passage(1, article, 0, len(text)), Span(0, len(text)), np.zeros(1), 1.0)


def asked(question: str, language: str = "en") -> Question:
    return Question.read(question, now=datetime(2022, 1, 20, tzinfo=UTC), language=language or None)


def answer_in(question: str, text: str, language: str = "en", spoken: str = "en") -> str | None:
    span = part(asked(question, spoken), Text(text, language))
    return span.of(text) if span else None


@pytest.mark.parametrize(
    ("question", "text", "language", "answer"),
    [
        (
            "Who became acting governor when the council resigned?",
            "The council resigned on 5 March and Lucia Ferrante became acting governor.",
            "en",
            "Lucia Ferrante",
        ),
        (
            "¿Quién fue nombrado gobernador interino?",
            "Lucía Ferrante fue nombrada gobernadora interina de la provincia.",
            "es",
            "Lucía Ferrante",
        ),
        ("Кто возглавил совет?", "Совет возглавила Анна Петрова.", "ru", "Анна Петрова"),
        ("When did the port of Varna close?", "The port of Varna was closed on 5 March.", "en", "5 March"),
        ("Когда закрылся порт Варны?", "Порт Варны закрылся 5 марта.", "ru", "5 марта"),
        ("Варна порты қашан жабылды?", "Варна порты 5 наурызда жабылды.", "kk", "5 наурызда"),
        ("¿Cuándo cerró el puerto de Varna?", "El puerto de Varna cerró el 5 de marzo.", "es", "5 de marzo"),
        ("Where did the ministers meet?", "The ministers met in Tashkent behind closed doors.", "en", "Tashkent"),
        ("Сколько кораблей ждут?", "Outside the port 40 ships wait.", "en", "40 ships"),
        ("How many ships wait?", "The pilot said nearly 40 ships wait outside the port.", "en", "nearly 40 ships"),
    ],
)
def test_the_only_thing_of_the_kind_asked_for_is_the_answer(
    question: str, text: str, language: str, answer: str
) -> None:
    assert answer_in(question, text, language, "") == answer


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When did the port of Varna close?", "The port of Varna closed on 5 March and opened on 9 March."),
        ("Who leads the council?", "The council is not led by Lucia Ferrante."),
        ("Who leads the council?", "Lucia Ferrante allegedly leads the council."),
        ("When did the port of Varna close in 2019?", "The port of Varna closed on 5 March 2021."),
        ("What year did the port of Varna close?", "The port of Varna closed on 5 March."),
        ("Who was the first head of the council?", "Lucia Ferrante is the head of the council."),
        ("How many votes did the motion get?", "The motion was brought by 31 deputies of the council."),
        ("Who defended the fuel levy?", "They demand the end of the fuel levy and the resignation of Lucia Ferrante."),
        ("Which governor heads the council?", "Lucia Ferrante heads the council."),
        ("When did Lucia Ferrante resign?", "The port of Varna closed on 5 March."),
        ("Who leads the council?", "Lucia Ferrante, Ivan Petkov, Ana Ruiz and Omar Said lead the council."),
        ("At what time does the port open?", "The port opens on 5 March."),
    ],
)
def test_nothing_is_said_in_a_word_where_there_is_doubt(question: str, text: str) -> None:
    assert answer_in(question, text) is None


def test_kinds_that_are_told_too_badly_in_a_language_are_not_shown() -> None:
    assert answer_in("Кеңесті кім басқарды?", "Кеңесті Лучия Ферранте басқарды.", "kk", "kk") is None


def test_in_russian_a_name_in_another_case_is_not_who_did_it() -> None:
    assert answer_in("Кто возглавил совет?", "Главой совета Петровой был созван совет.", "ru", "ru") is None


def test_a_question_asks_for_what_its_first_word_asks_for() -> None:
    assert asked_alone(Text("Who became governor when the council resigned?", "en")) is Kind.PERSON
    assert asked_alone(Text("When did the governor say who would follow?", "en")) is Kind.DATE
    assert asked_alone(Text("quien es el gobernador interino cuando falta el titular", "es")) is Kind.PERSON


def test_a_day_told_from_today_is_dated_by_its_article() -> None:
    found = first_line(asked("When did the port of Varna close?"), [sentence("The port of Varna closed yesterday.")])
    assert found is not None
    assert (found.text, found.day) == ("yesterday", date(2022, 1, 5))


def test_a_day_told_from_today_is_no_answer_in_an_article_without_a_day() -> None:
    undated = sentence("The port of Varna closed yesterday.", published=None)
    assert first_line(asked("When did the port of Varna close?"), [undated]) is None


def test_no_word_is_put_first_where_another_sentence_shown_has_another() -> None:
    question = "When did the port of Varna close?"
    one, other = sentence("The port of Varna closed on 5 March."), sentence("The port of Varna closed on 7 March.")
    assert first_line(asked(question), [one, other]) is None
    assert first_line(asked(question), [one, one]) == first_line(asked(question), [one])


def test_a_number_that_the_ledger_keeps_is_left_to_it() -> None:
    assert first_line(asked("How many people were killed?"), [sentence("Police said 12 people were killed.")]) is None


def test_who_says_that_somebody_did_it_is_not_who_did_it() -> None:
    said = sentence("Saltanat Azirbek said dozens of policemen were killed overnight.")
    assert first_line(asked("Who killed the policemen overnight?"), [said]) is None


def test_who_says_it_is_the_answer_where_that_is_asked() -> None:
    told = first_line(
        asked("Who announced the curfew in the city?"), [sentence("Ivan Petrov announced a curfew in the city.")]
    )
    assert told is not None
    assert told.text == "Ivan Petrov"

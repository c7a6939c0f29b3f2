"""What kind of thing a question asks for, and where a text holds such a thing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.language.kinds import Kind, asked_kind, spans_of

QUESTIONS = [
    ("en", "How many shops were looted?", Kind.NUMBER),
    ("en", "What was the death toll?", Kind.NUMBER),
    ("en", "When was the curfew lifted?", Kind.DATE),
    ("en", "Which city was hit first?", Kind.PLACE),
    ("en", "Who leads the ministry?", Kind.PERSON),
    ("en", "Who is Aigul Omarova?", Kind.DEFINITION),
    ("en", "Why did the crowd leave?", Kind.REASON),
    ("en", "What sparked the riots?", Kind.REASON),
    ("en", "Which ministry gave the figure?", Kind.ORGANISATION),
    ("en", "How did the police react?", Kind.MANNER),
    ("en", "Did the cabinet resign?", Kind.YESNO),
    ("ru", "Сколько домов сгорело?", Kind.NUMBER),
    ("ru", "Какого числа открылся порт?", Kind.DATE),
    ("ru", "В каком городе начались митинги?", Kind.PLACE),
    ("ru", "Кому передали власть?", Kind.PERSON),
    ("ru", "Как зовут нового министра?", Kind.PERSON),
    ("ru", "По какой причине закрыли рынок?", Kind.REASON),
    ("ru", "Что такое комендантский час?", Kind.DEFINITION),
    ("ru", "Открыт ли аэропорт?", Kind.YESNO),
    ("es", "¿Cuántas tiendas cerraron?", Kind.NUMBER),
    ("es", "¿Cuándo se levantó el toque de queda?", Kind.DATE),
    ("es", "¿En qué ciudad empezó?", Kind.PLACE),
    ("es", "¿A quién detuvieron?", Kind.PERSON),
    ("es", "¿Por qué cerró el puerto?", Kind.REASON),
    ("es", "¿Qué es un estado de sitio?", Kind.DEFINITION),
    ("kk", "Қанша үй өртенді?", Kind.NUMBER),
    ("kk", "Әуежай қашан ашылды?", Kind.DATE),
    ("kk", "Наразылық қай қалада басталды?", Kind.PLACE),
    ("kk", "Министр болып кім тағайындалды?", Kind.PERSON),
    ("kk", "Базар неге жабылды?", Kind.REASON),
    ("kk", "Порт ашық па?", Kind.YESNO),
]


@pytest.mark.parametrize(("language", "question", "kind"), QUESTIONS)
def test_a_question_tells_what_it_asks_for(language: str, question: str, kind: Kind) -> None:
    assert asked_kind(question, language) is kind


HELD = [
    (Kind.NUMBER, "en", "Some 40 shops were looted on 3 May.", ["40"]),
    (Kind.NUMBER, "ru", "Сгорели десятки домов.", ["десятки"]),
    (Kind.DATE, "es", "El puerto cerró el 3 de mayo.", ["3 de mayo"]),
    (Kind.DATE, "kk", "Әуежай 13 мамырда ашылды.", ["13 мамырда"]),
    (Kind.PLACE, "en", "The crowd met in Port Louis at noon.", ["Port Louis"]),
    (Kind.PERSON, "en", "The order came from Ana Ruiz.", ["Ana Ruiz"]),
    (Kind.REASON, "ru", "Рынок закрыли из-за пожара.", ["из-за"]),
    (Kind.ORGANISATION, "en", "The figure came from the UN.", ["UN"]),
]


@pytest.mark.parametrize(("kind", "language", "text", "found"), HELD)
def test_a_text_shows_where_it_holds_a_thing_of_the_kind(
    kind: Kind, language: str, text: str, found: list[str]
) -> None:
    assert [span.of(text).strip() for span in spans_of(kind, text, language)] == found


def test_a_text_without_numbers_holds_none() -> None:
    assert spans_of(Kind.NUMBER, "The minister has not spoken.", "en") == []


@settings(deadline=None)  # the first call compiles patterns
@given(st.sampled_from(list(Kind)), st.text(max_size=80), st.sampled_from(["en", "ru", "kk", "es", "de"]))
def test_what_is_held_lies_within_the_text_in_order(kind: Kind, text: str, language: str) -> None:
    spans = spans_of(kind, text, language)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert spans == sorted(spans, key=lambda span: (span.start, span.end))


@settings(deadline=None)  # the first call compiles patterns
@given(st.text(max_size=80), st.sampled_from(["en", "ru", "kk", "es", "de", ""]))
def test_any_text_asks_for_something(text: str, language: str) -> None:
    assert asked_kind(text, language) in Kind

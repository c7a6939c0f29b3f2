"""A question is read once, before anything is looked up."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.domain import FigureKind, Intent, QuestionError
from retrieval.language.kinds import Kind
from retrieval.language.packs import LANGUAGES
from retrieval.question.question import Question

NOW = datetime(2022, 1, 20, tzinfo=UTC)

NAMES = (
    "Кто такие Касым-Жомарт Кемелевич Токаев, Нурсултан Абишевич Назарбаев, Карим Кажимканович Масимов, Алихан "
    "Асханович Смаилов, Аскар Узакпаевич Мамин, Ерлан Заманбекович Тургумбаев и Бейбут Бакирович Атамкулов?"
)
TOWNS = (
    "Almaty Shymkent Aktau Zhanaozen Atyrau Karaganda Kyzylorda Taraz Taldykorgan Petropavl Pavlodar Kostanay Semey "
    "Oral Aktobe Turkistan Ekibastuz Kokshetau Rudny Temirtau Balkhash Zhezkazgan"
)


def read(text: str) -> Question:
    return Question.read(text, now=NOW)


def test_russian_in_latin_letters_is_asked_in_cyrillic() -> None:
    question = read("skolko chelovek pogiblo v almaty")
    assert (question.language, question.text) == ("ru", "сколько человек погибло в алматы")


def test_kazakh_in_latin_letters_is_asked_in_cyrillic() -> None:
    question = read("kansha adam oldi almatyda kazir")
    assert (question.language, question.text) == ("kk", "қанша адам өлді алматыда қазір")
    assert question.intent is Intent.FIGURES


@pytest.mark.parametrize("text", ["send me the latest news from now on", "tell me if the death toll passes 200"])
def test_what_is_to_be_done_stands_beside_a_figure_or_the_latest(text: str) -> None:
    assert Question.read(text, now=NOW, intent=Intent.WATCH).intent is Intent.WATCH


@pytest.mark.parametrize("text", ["Is Kim in Almaty?", "Adam Smith died", "Who is Kim Jong Un?", "Ana y Kim de Almaty"])
def test_names_that_are_kazakh_words_make_no_question_kazakh(text: str) -> None:
    assert read(text).language in ("en", "es")


@pytest.mark.parametrize(
    "text",
    [
        "cásate conmigo jaja",
        "who was killed at bir qassab",
        "cuántos muertos por cólera van en zambela",
        "Скольких бойцов перепутали в пятницу?",
        "утренняя сводка плиз",
        "А биздин шекара кызмети не дейди?",
        "ok thx bye",
    ],
)
def test_rare_words_and_slang_of_our_languages_are_understood(text: str) -> None:
    assert read(text).understood


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Hello! Could you please tell me who leads the council?", "who leads the council?"),
        ("Good morning, how many were killed? Thanks in advance!", "how many were killed?"),
        ("Здравствуйте, подскажите, пожалуйста, кто возглавил совет?", "кто возглавил совет?"),
        ("Привет! Сколько погибло, спасибо", "Сколько погибло"),
        ("Сәлеметсіз бе! Қанша адам өлді?", "Қанша адам өлді?"),
        ("Buenas tardes, ¿me puede decir quién encabeza el Consejo?", "quién encabeza el Consejo?"),
        ("¿Quién dimitió, por favor?", "¿Quién dimitió?"),
    ],
)
def test_greetings_and_politeness_are_no_part_of_the_question(text: str, asked: str) -> None:
    assert read(text).text == asked


@pytest.mark.parametrize("text", ["Hello", "спасибо", "Hi, please!", "Who said hello?", "Hilton hotel", "Сәлем!"])
def test_a_greeting_alone_or_inside_a_question_stays(text: str) -> None:
    assert read(text).text == text


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("How many people were killed?", Intent.FIGURES),
        ("What is the latest death toll?", Intent.FIGURES),
        ("What's new?", Intent.LATEST),
        ("Что нового?", Intent.LATEST),
        ("Who leads the council?", Intent.QUESTION),
    ],
)
def test_the_intent_is_read_from_the_words(text: str, intent: Intent) -> None:
    assert read(text).intent is intent


def test_the_figure_asked_for_has_a_kind_a_group_and_a_place() -> None:
    figure = read("How many protesters were detained in Almaty?").figure
    assert figure is not None
    assert (figure.kind, figure.group, figure.place) == (FigureKind.DETAINED, "protesters", "Almaty")


def test_words_may_name_an_earlier_moment_than_the_caller_but_no_later_one() -> None:
    morning = "What did we know on the morning of 7 January 2022?"
    assert read(morning).as_of == datetime(2022, 1, 7, 12, tzinfo=UTC)
    given_ = datetime(2022, 1, 5, tzinfo=UTC)
    question = Question.read(morning, now=NOW, as_of=given_)
    assert (question.as_of, question.as_given().as_of) == (given_, given_)


def test_the_kind_the_terms_and_the_names_are_read() -> None:
    question = read("When did Tokayev meet the 40 dockers on 5 March 2021?")
    assert question.kind is Kind.DATE
    assert {"tokayev", "docker", "40"} <= {term.stem for term in question.terms}
    assert (question.days, question.years) == (((3, 5),), (2021,))
    assert [term.stem for term in question.terms if term.is_name and term.key] == ["tokayev", "march"]


@pytest.mark.parametrize(
    "text",
    [
        "كم عدد القتلى؟",
        "死了多少人？",
        "Wie viele Tote gibt es?",
        "Combien de morts à Almaty ?",
        "Quante persone sono state arrestate?",
        "Quantas pessoas morreram?",
        "Kaç kişi öldü?",
        "Канча адам өлдү?",
        "Колко хора загинаха?",
        "Wie viele Menschen wurden bei den Protesten in der Stadt getötet und wer ist dafür nach Ansicht der Regierung "
        "des Landes verantwortlich gewesen?",
    ],
)
def test_a_question_in_a_language_without_a_pack_is_not_understood(text: str) -> None:
    question = Question.read(text, now=NOW, fallback="ru")
    assert (question.understood, question.language) == (False, "ru")


@pytest.mark.parametrize(
    ("text", "language"),
    [(NAMES, "ru"), (TOWNS, "en"), ("Tokayev", "en"), ("Токаев", "ru"), ("Que pasó en Almaty?", "es")],
)
def test_a_question_full_of_names_is_in_the_language_its_letters_fit(text: str, language: str) -> None:
    question = read(text)
    assert (question.understood, question.language) == (True, language)


def test_a_question_without_letters_is_in_the_fallback_language() -> None:
    assert Question.read("2022?", now=NOW, fallback="kk").language == "kk"


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\u200b\u200e"])
def test_no_question_at_all_is_an_error(text: str) -> None:
    with pytest.raises(QuestionError, match="no question"):
        read(text)


@settings(deadline=None)  # the first call compiles patterns
@given(st.text(max_size=80))
def test_any_text_is_read_in_one_of_our_languages_or_refused(text: str) -> None:
    try:
        question = read(text)
    except QuestionError:
        return
    assert question.language in LANGUAGES
    assert question.text.strip()


@pytest.mark.parametrize(
    ("request_", "about", "kind"),
    [
        ("покажи цифры по задержанным", "задержанным", FigureKind.DETAINED),
        ("death toll figures", "death toll", FigureKind.KILLED),
        ("cifras de heridos", "heridos", FigureKind.INJURED),
        ("ұсталғандар туралы сандар", "ұсталғандар", FigureKind.DETAINED),
    ],
)
def test_a_request_for_figures_asks_for_those_it_names_without_how_many(
    request_: str, about: str, kind: FigureKind
) -> None:
    asked = Question.read(request_, now=NOW, intent=Intent.FIGURES, about=frozenset(about.split())).figure
    assert asked is not None
    assert (asked.kind, asked.other_stems) == (kind, ())


def test_the_same_words_in_a_question_ask_for_no_figure() -> None:
    assert Question.read("what did the wounded say", now=NOW, about=frozenset({"wounded"})).figure is None

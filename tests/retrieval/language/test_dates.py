"""Time words in questions, moments in options, and days in articles, as of Saturday 8 January 2022, noon in Almaty."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain import Moment, QuestionError
from retrieval.language.days.dates import event_days, parse_moment
from retrieval.language.doc import Text
from retrieval.language.packs import LANGUAGES
from retrieval.question.window import time_window

ALMATY = ZoneInfo("Asia/Almaty")
NOW = datetime(2022, 1, 8, 12, 0, tzinfo=ALMATY)


def shown(time: datetime | None) -> str:
    """Write "6", "6 18:00" for January 2022, and the whole date for any other month."""
    if time is None:
        return ""
    assert time.utcoffset() is not None
    day = str(time.day) if (time.year, time.month) == (2022, 1) else time.date().isoformat()
    return day if (time.hour, time.minute) == (0, 0) else f"{day} {time:%H:%M}"


WINDOWS = [
    # question, since, until
    ("What happened yesterday?", "7", "8"),
    ("What happened today?", "8", "9"),
    ("What happened the day before yesterday?", "6", "7"),
    ("What happened last night?", "7 18:00", "8 06:00"),
    ("What happened on 6 January?", "6", "7"),
    ("Who was held on January 6?", "6", "7"),
    ("what about Jan. 6, 2021", "2021-01-06", "2021-01-07"),
    ("Who spoke on Thursday?", "6", "7"),
    ("Who spoke last Saturday?", "1", "2"),
    ("What has happened since Tuesday?", "4", ""),
    ("Deaths before 8 January?", "", "8"),
    ("Deaths until 6 January?", "", "7"),
    ("Arrests between 4 and 6 January", "4", "7"),
    ("Arrests from 4 January to 6 January", "4", "7"),
    ("What happened last week?", "2021-12-27", "3"),
    ("What happened this week?", "3", "10"),
    ("Anything this morning?", "8 05:00", "8 12:00"),
    ("Who fled on Thursday morning?", "6 05:00", "6 12:00"),
    ("How many tourists came in 2019?", "2019-01-01", "2020-01-01"),
    ("What happened in January?", "1", "2022-02-01"),
    ("What happened in March?", "2021-03-01", "2021-04-01"),
    ("in early January", "1", "11"),
    ("in the last 24 hours", "7 12:00", ""),
    ("over the past three days", "5 12:00", ""),
    ("What happened at 18:00 on 6 January?", "6 18:00", "7"),
    ("after 6 January", "7", ""),
    ("Deaths by 6 Jan 18:00?", "", "6 18:00"),
    ("What happened on the 6th?", "6", "7"),
    ("What happened on 29 February?", "2020-02-29", "2020-03-01"),
    ("What happened on 31 December?", "2021-12-31", "1"),
    ("Who died on 8 January?", "8", "9"),
    ("Who died on 9 January?", "2021-01-09", "2021-01-10"),
    ("Что было вчера?", "7", "8"),
    ("Что было в четверг?", "6", "7"),
    ("Погибшие с начала января", "1", ""),
    ("что было утром 6-го", "6 05:00", "6 12:00"),
    ("аресты за последние сутки", "7 12:00", ""),
    ("Сколько погибло к 18:00 6 января?", "", "6 18:00"),
    ("с 4 по 6 января", "4", "7"),
    ("что было между 4 и 6 января", "4", "7"),
    ("на прошлой неделе", "2021-12-27", "3"),
    ("сколько туристов было в 2019 году", "2019-01-01", "2020-01-01"),
    ("что было в ночь на 6 января", "5 18:00", "6 06:00"),
    ("сегодня вечером", "8 17:00", "9"),
    ("до 8 января", "", "8"),
    ("после 6 января", "7", ""),
    ("с четверга", "6", ""),
    ("06.01.2022 в Алматы", "6", "7"),
    ("Кеше не болды?", "7", "8"),
    ("6 қаңтарда не болды?", "6", "7"),
    ("Бейсенбіде кім сөйледі?", "6", "7"),
    ("бүгін қанша адам ұсталды", "8", "9"),
    ("6 қаңтардан бері", "6", ""),
    ("6 қаңтарға дейін", "", "7"),
    ("соңғы 24 сағатта", "7 12:00", ""),
    ("өткен аптада", "2021-12-27", "3"),
    ("4-6 қаңтар аралығында", "4", "7"),
    ("2019 жылы қанша турист келді", "2019-01-01", "2020-01-01"),
    ("6 қаңтар таңертең", "6 05:00", "6 12:00"),
    ("¿Qué pasó ayer?", "7", "8"),
    ("¿Quién habló el jueves?", "6", "7"),
    ("el jueves pasado", "6", "7"),
    ("el sábado pasado", "1", "2"),
    ("desde el martes", "4", ""),
    ("¿Qué pasó el 6 de enero?", "6", "7"),
    ("anoche", "7 18:00", "8 06:00"),
    ("entre el 4 y el 6 de enero", "4", "7"),
    ("antes del 8 de enero", "", "8"),
    ("en las últimas 24 horas", "7 12:00", ""),
    ("la semana pasada", "2021-12-27", "3"),
    ("el 6 por la mañana", "6 05:00", "6 12:00"),
    ("a principios de enero", "1", "11"),
    ("ayer por la tarde", "7 12:00", "7 18:00"),
    ("recap of the week", "2", "9"),
    ("итоги недели", "2", "9"),
    ("аптаның шолуы", "2", "9"),
    ("resumen de la semana", "2", "9"),
    ("the weekend", "8", "10"),
    ("что было на выходных", "8", "10"),
    ("вчерашние новости", "7", "8"),
    ("со вчерашнего дня", "7", ""),
    ("кешегі жаңалықтар", "7", "8"),
    ("кешеден бері не өзгерді", "7", ""),
    ("обзор за три дня", "5 12:00", ""),
    ("últimas 24 horas", "7 12:00", ""),
    ("overnight", "7 18:00", "8 06:00"),
    ("что за ночь", "8", "8 06:00"),
    ("что нового с утра", "8 05:00", ""),
    ("desde la mañana", "8 05:00", ""),
    ("from Thursday to Monday", "2021-12-30", "4"),
    ("Zhanaozen 2011", "2011-01-01", "2012-01-01"),
]


@pytest.mark.parametrize(("question", "since", "until"), WINDOWS)
def test_time_words_become_a_window(question: str, since: str, until: str) -> None:
    window = time_window(Text(question, "en"), NOW)
    assert window is not None
    assert shown(window.since) == since
    assert shown(window.until) == (until or ("8 12:00" if window.until == NOW else ""))
    assert window.as_of is None


@pytest.mark.parametrize(
    ("question", "as_of"),
    [
        ("What did we know on the morning of the 6th?", "6 12:00"),
        ("What was known by Thursday evening?", "7"),
        ("Deaths as of 6 Jan 18:00", "6 18:00"),
        ("Что было известно утром 6 января?", "6 12:00"),
        ("Погибшие по состоянию на 6 января", "7"),
        ("6 қаңтар таңертең не белгілі болды?", "6 12:00"),
        ("¿Qué se sabía la mañana del 6 de enero?", "6 12:00"),
        ("What did we know today?", "8 12:00"),  # never later than now
    ],
)
def test_what_was_known_then_is_asked_as_of_then(question: str, as_of: str) -> None:
    window = time_window(Text(question, "en"), NOW)
    assert window is not None
    assert shown(window.as_of) == as_of
    assert window.since is None


@pytest.mark.parametrize(
    "question",
    [
        "Latest news?",
        "What is happening now?",
        "последние новости",
        "Что сейчас в Алматы?",
        "соңғы жаңалықтар",
        "Қазір не болып жатыр?",
        "últimas noticias",
        "¿Qué pasa ahora?",
    ],
)
def test_latest_asks_for_the_newest(question: str) -> None:
    window = time_window(Text(question, "en"), NOW)
    assert window is not None
    assert window.latest
    assert window.since is None


@pytest.mark.parametrize(
    "question",
    [
        "How many people died?",
        "Did 18 people die?",
        "May I ask who won?",
        "Will they march?",
        "Почему цены с 60 до 120 тенге?",
        "el gas subió de 50 a 120 tenges",
        "Who is Plácido Domingo?",
        "Қанша адам қаза тапты?",
        "",
        "6",
        "the sun is out",
    ],
)
def test_a_question_without_time_words_has_no_window(question: str) -> None:
    assert time_window(Text(question, "en"), NOW) is None


def test_the_span_covers_the_words_that_name_the_time() -> None:
    question = "How many were held as of 6 Jan 18:00 in Almaty?"
    window = time_window(Text(question, "en"), NOW)
    assert window is not None
    assert window.span.of(question).strip() == "as of 6 Jan 18:00"


def test_a_date_with_slashes_is_read_where_the_language_leaves_no_doubt() -> None:
    assert time_window(Text("que paso el 06/01/2022", "es"), NOW) is not None
    assert time_window(Text("what happened on 06/01/2022", "en"), NOW) is None


def test_days_are_whole_across_a_change_of_the_clocks() -> None:
    now = datetime(2022, 3, 27, 18, 0, tzinfo=ZoneInfo("Europe/Madrid"))
    window = time_window(Text("today", "en"), now)
    assert window is not None
    assert (window.since, window.until) == (now.replace(hour=0), now.replace(day=28, hour=0))


MOMENTS = [
    ("2022-01-06", "2022-01-06"),
    ("2022-01-06 18:00", "2022-01-06T18:00:00+06:00"),
    ("2022-01-06T18:00Z", "2022-01-06T18:00:00+00:00"),
    ("2022-01-06T18:00:00+03:00", "2022-01-06T18:00:00+03:00"),
    ("06.01.2022 18:00", "2022-01-06T18:00:00+06:00"),
    ("6 Jan 18:00", "2022-01-06T18:00:00+06:00"),
    ("6 jan", "2022-01-06"),
    ("Jan 6, 2021 6pm", "2021-01-06T18:00:00+06:00"),
    ("6 January at 18:00", "2022-01-06T18:00:00+06:00"),
    ("6 января 18:00", "2022-01-06T18:00:00+06:00"),
    ("6 января 2022 года в 18:00", "2022-01-06T18:00:00+06:00"),
    ("6 қаңтар", "2022-01-06"),
    ("2022 жылғы 6 қаңтар сағат 18:00", "2022-01-06T18:00:00+06:00"),
    ("6 ene 18:00", "2022-01-06T18:00:00+06:00"),
    ("el 6 de enero a las 18:00", "2022-01-06T18:00:00+06:00"),
    ("yesterday 9am", "2022-01-07T09:00:00+06:00"),
    ("9am yesterday", "2022-01-07T09:00:00+06:00"),
    ("вчера в 9:00", "2022-01-07T09:00:00+06:00"),
    ("кеше", "2022-01-07"),
    ("ayer 9:00", "2022-01-07T09:00:00+06:00"),
    ("now", "2022-01-08T12:00:00+06:00"),
    ("9:30", "2022-01-08T09:30:00+06:00"),
    ("18:00", "2022-01-07T18:00:00+06:00"),
    ("Thursday 18:00", "2022-01-06T18:00:00+06:00"),
    ("в четверг", "2022-01-06"),
    ("10 Jan", "2021-01-10"),
    ("2 hours ago", "2022-01-08T10:00:00+06:00"),
    ("3 дня назад", "2022-01-05T12:00:00+06:00"),
    ("hace 2 horas", "2022-01-08T10:00:00+06:00"),
    ("6 Jan 24:00", "2022-01-07T00:00:00+06:00"),
    ("6 янв 18:00", "2022-01-06T18:00:00+06:00"),
    ("a week ago", "2022-01-01T12:00:00+06:00"),
    ("6 қаңтарда 18:00", "2022-01-06T18:00:00+06:00"),
    ("бейсенбіде", "2022-01-06"),
    ("кеше 9:00", "2022-01-07T09:00:00+06:00"),
    ("2 сағат бұрын", "2022-01-08T10:00:00+06:00"),
    ("el jueves pasado", "2022-01-06"),
    ("el miércoles", "2022-01-05"),
    ("в прошлый четверг", "2022-01-06"),
    ("позавчера в 18:00", "2022-01-06T18:00:00+06:00"),
    ("6 січня 18:00", "2022-01-06T18:00:00+06:00"),
    ("3 дні тому", "2022-01-05T12:00:00+06:00"),
    ("yesterday evening", "2022-01-07T18:00:00+06:00"),
    ("Thursday, January 6, 2022 6:00 PM", "2022-01-06T18:00:00+06:00"),
    ("6 Jan 18:00 UTC", "2022-01-06T18:00:00+00:00"),
]


@pytest.mark.parametrize(("text", "moment"), MOMENTS)
def test_moments_are_read_in_the_forms_people_write(text: str, moment: str) -> None:
    assert parse_moment(text, NOW).isoformat() == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "banana",
        "31 Feb",
        "2022-13-01",
        "6",
        "99:99",
        "6 Jan banana",
        "4-6 January",
        "January",
        "0001-01-01",
        "6/1/2022",
        "\x00",
        "x" * 10_000,
        "6 Jan 7 Jan",
        "one blink ago",
        "2022-02-30",
        "the 6",
        "at 5",
        "a",
    ],
)
def test_what_is_no_moment_is_said_in_one_sentence(text: str) -> None:
    with pytest.raises(QuestionError, match=r"^“.*” isn't a date I can read. Try one of: 2022-01-06, .*\.$"):
        parse_moment(text, NOW)


@given(st.text(max_size=60))
def test_any_text_is_a_moment_or_a_question_error(text: str) -> None:
    try:
        moment = parse_moment(text, NOW)
    except QuestionError:
        return
    assert moment.at.utcoffset() is not None


TIME_WORDS = (
    "6 31 2022 18:00 January янв 6-го қаңтарда enero Thursday четверг last since до бері el de 24 hours за последние "
    "сутки morning of утром the 6th week прошлой неделе between and 29 February , . - as of 99"
)
WORDS = st.sampled_from(TIME_WORDS.split(" "))


@given(st.lists(WORDS, max_size=9).map(" ".join), st.sampled_from(LANGUAGES))
def test_any_jumble_of_time_words_gives_an_ordered_window_or_none(question: str, language: str) -> None:
    window = time_window(Text(question, language), NOW)
    if window is None:
        return
    assert 0 <= window.span.start < window.span.end <= len(question)
    assert window.since is None or window.until is None or window.since < window.until
    assert window.as_of is None or window.as_of <= NOW


PUBLISHED = Moment(NOW)
EVENTS = [
    # sentence, days named
    ("On Thursday police said 18 had died.", ["2022-01-06"]),
    ("It began on Thursday, 6 January.", ["2022-01-06"]),
    ("Between 4 and 6 January crowds met.", ["2022-01-04", "2022-01-06"]),
    ("From 4-6 January 2021.", ["2021-01-04", "2021-01-06"]),
    ("Shots were heard on Jan. 6 and again yesterday.", ["2022-01-06", "2022-01-07"]),
    ("On New Year, Dec 31.", ["2021-12-31"]),
    ("The court will meet on Tuesday.", ["2022-01-11"]),
    ("In January 6 people died.", []),
    ("They may march in May.", []),
    ("В четверг, 6 января, погибли 18 человек.", ["2022-01-06"]),
    ("С 4 по 6 января и накануне.", ["2022-01-04", "2022-01-06", "2022-01-07"]),
    ("В январе 2022 года погибли 6 человек.", []),
    ("Суд состоится во вторник.", ["2022-01-11"]),
    ("Погибло 1,6 тыс. за 5 дней.", []),
    ("5-6 қаңтарда, кеше және бейсенбіде.", ["2022-01-05", "2022-01-06", "2022-01-07", "2022-01-06"]),
    ("2011 жылғы 16 желтоқсанда оқ атылды.", ["2011-12-16"]),
    ("Шара 19 қаңтарға дейін созылады.", ["2022-01-19"]),
    ("Del 4 al 6 de enero y el viernes.", ["2022-01-04", "2022-01-06", "2022-01-07"]),
    ("El juicio será el martes.", ["2022-01-11"]),
    ("El jueves 6 de enero de 2022.", ["2022-01-06"]),
    ("Murió el 31 de febrero.", []),
]


@pytest.mark.parametrize(("sentence", "days"), EVENTS)
def test_days_in_articles_are_found(sentence: str, days: list[str]) -> None:
    assert [day.isoformat() for _, day in event_days(sentence, "en", PUBLISHED)] == days


def test_without_a_publication_only_days_with_their_year_are_given() -> None:
    text = "On Thursday, yesterday, on 6 January and on 5 January 2022."
    found = event_days(text, "en", None)
    assert [(span.of(text), day.isoformat()) for span, day in found] == [("5 January 2022", "2022-01-05")]


def test_a_missing_year_is_the_one_nearest_to_the_publication() -> None:
    published = Moment(NOW - timedelta(days=10))  # 29 December 2021
    assert [day.isoformat() for _, day in event_days("since 2 January", "en", published)] == ["2022-01-02"]


@given(st.lists(WORDS, max_size=9).map(" ".join))
def test_spans_of_days_lie_in_the_text(text: str) -> None:
    for span, _ in event_days(text, "ru", PUBLISHED):
        assert 0 <= span.start < span.end <= len(text)

"""A day without a year is the last one from which there are articles, wherever it is written."""

from datetime import UTC, date, datetime

import pytest

from bot.moments import day_window, past_moment, timeline_words
from retrieval.domain import Moment
from retrieval.language.doc import Text
from retrieval.question.question import Question
from retrieval.question.window import time_window
from tests.bot.in_process import ADMIN, InProcess

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PUBLISHED = [datetime(2022, 1, day, 9, tzinfo=UTC) for day in range(2, 14)] + [datetime(2024, 3, 1, 9, tzinfo=UTC)]


def newest(until: datetime) -> Moment | None:
    return max((Moment(at) for at in PUBLISHED if at < until), key=lambda moment: moment.at, default=None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What happened on 6 January?", "en"),
        ("Что произошло 6 января?", "ru"),
        ("6 қаңтарда не болды?", "kk"),
        ("¿Qué pasó el 6 de enero?", "es"),
    ],
)
def test_a_question_means_the_day_that_has_news(text: str, language: str) -> None:
    window = time_window(Text(text, language), NOW, newest)
    assert window is not None
    assert window.since == datetime(2022, 1, 6, tzinfo=UTC)
    assert window.until == datetime(2022, 1, 7, tzinfo=UTC)


def test_a_range_and_a_month_mean_those_that_have_news() -> None:
    days = time_window(Text("Summarise 4-6 January", "en"), NOW, newest)
    month = time_window(Text("What happened in January?", "en"), NOW, newest)
    assert days is not None
    assert month is not None
    assert (days.since, days.until) == (datetime(2022, 1, 4, tzinfo=UTC), datetime(2022, 1, 7, tzinfo=UTC))
    assert (month.since, month.until) == (datetime(2022, 1, 1, tzinfo=UTC), datetime(2022, 2, 1, tzinfo=UTC))


def test_a_day_that_no_year_has_news_of_is_the_last_one() -> None:
    window = time_window(Text("What happened on 20 May?", "en"), NOW, newest)
    assert window is not None
    assert window.since == datetime(2026, 5, 20, tzinfo=UTC)


@pytest.mark.parametrize("written", ["6 Jan", "6 января", "6 ene"])
def test_an_option_means_the_day_that_has_news(written: str) -> None:
    assert day_window(written, NOW, newest)[0] == datetime(2022, 1, 6, tzinfo=UTC)
    assert past_moment(f"{written} 18:00", NOW, newest) == datetime(2022, 1, 6, 18, tzinfo=UTC)


@pytest.mark.parametrize(("written", "day"), [("2026-01-06", 6), ("6 Jan 2026", 6), ("yesterday", 26)])
def test_a_day_with_its_year_or_counted_from_today_stays(written: str, day: int) -> None:
    since, _ = day_window(written, NOW, newest)
    assert (since.year, since.day) == (2026, day)


@pytest.mark.parametrize(
    ("written", "days", "ends", "topic"),
    [
        ("3 5 Jan", [3], ["5 Jan"], ""),
        ("6 января 9 января аэропорт", [], ["6 января", "9 января"], "аэропорт"),
        ("5 2022-01-02 2022-01-09 Almaty airport", [5], ["2022-01-02", "2022-01-09"], "Almaty airport"),
        ("5 Almaty airport", [5], [], "Almaty airport"),
        ("6 de enero", [], ["6 de enero"], ""),
    ],
)
def test_a_timeline_takes_days_as_people_write_them(written: str, days: list[int], ends: list[str], topic: str) -> None:
    assert timeline_words(written, NOW) == (days, ends, topic)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Who was arrested on 8 January?", (date(2022, 1, 8), date(2022, 1, 8))),
        ("Что было с 4 по 6 января?", (date(2022, 1, 4), date(2022, 1, 6))),
        ("What has happened since 10 January?", (date(2022, 1, 10), None)),
        ("Who was arrested on 8 January 2022?", None),
        ("Who was arrested?", None),
    ],
)
def test_a_question_says_which_days_it_was_read_to_mean(
    text: str, period: tuple[date | None, date | None] | None
) -> None:
    assert Question.read(text, now=NOW, newest=newest).period == period


async def test_an_answer_names_the_year_that_the_question_left_out(chat: InProcess) -> None:
    assert "Period: 8 Jan 2022\n" in (await chat.ask(ADMIN, "Who was arrested on 8 January?")).text
    assert "Period" not in (await chat.ask(ADMIN, "Who was arrested on 8 January 2022?")).text

"""Figures as a picture: a PNG for a phone, in every language's letters."""

import struct
import warnings
from datetime import UTC, date, datetime

import pytest

from bot.figures.chart import DARK, LIGHT, MOST_LABELS, Mark, chart, joined, labelled
from bot.locales import say
from retrieval.domain import Article, Figure, FigureKind, Moment, Span
from retrieval.figures.extraction import read_figures
from retrieval.figures.ledger import Reported, ReportedWithdrawal, Series, ledger
from retrieval.figures.withdrawals import read_withdrawals
from retrieval.language.doc import Doc
from retrieval.language.packs import LANGUAGES

TOLD = [
    (5, "Police said dozens of people were killed."),
    (6, "Between 26 and 30 people were killed, the Interior Ministry said."),
    (7, "The Health Ministry said 164 people were killed, 16 of them officers."),
    (8, "About 160 people were killed."),
    (9, "The Health Ministry withdrew the figure of 164 dead, calling it a technical error."),
]


def series() -> list[Series]:
    articles = [
        Article(str(day), None, "", text, "en", Moment(datetime(2022, 1, day, tzinfo=UTC), day_only=True))
        for day, text in TOLD
    ]
    reported = [Reported(f, a) for a in articles for f in read_figures(Doc.of(a))]
    return ledger(reported, [ReportedWithdrawal(w, a) for a in articles for w in read_withdrawals(Doc.of(a))])


def texts(language: str) -> dict[str, str]:
    return {"title": say("kind.killed", language) + " ӘҒҚҢӨҰҮҺІ ЇЄҐ", "withdrawn": "—", "unnamed": "—", "others": "—"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_is_as_wide_as_a_phone_and_lacks_no_letter(language: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a glyph that the font lacks
        picture = chart(series(), language, texts(language))
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1080
    assert 500 < height < 3000


def test_no_number_is_no_chart() -> None:
    with pytest.raises(ValueError, match="no number"):
        chart([], "en", texts("en"))


def mark(day: int, low: float | None, high: float | None) -> Mark:
    figure = Figure(FigureKind.KILLED, Span(0, 0), Span(0, 0), low, high, speaker="Police")
    return Mark(figure, date(2022, 1, day), float(day), 0, withdrawn=False, wording="", language="en")


def test_numbers_of_one_speaker_are_joined_from_day_to_day() -> None:
    first, second = mark(5, 8, 8), mark(7, 26, 26)
    assert joined([first, second], growing=True) == [(first, second)]


def test_a_bound_is_never_joined_to_a_number() -> None:
    """From 26 to "dozens" nothing fell, and nobody said so."""
    exact, dozens, later = mark(5, 26, 26), mark(6, 24, None), mark(7, 30, 30)
    assert joined([exact, dozens, later], growing=True) == [(exact, later)]


def test_a_count_that_only_grows_is_not_joined_to_a_lower_one() -> None:
    assert joined([mark(5, 164, 164), mark(6, 103, 103)], growing=True) == []
    assert len(joined([mark(5, 120, 120), mark(6, 50, 50)], growing=False)) == 1


def test_two_numbers_of_one_day_are_not_joined() -> None:
    assert joined([mark(6, 8, 8), mark(6, 18, 18)], growing=True) == []


def test_at_most_twelve_values_are_written_each_once_and_the_newest() -> None:
    many = [mark(day, 10 * day, 10 * day) for day in range(1, 21)]
    few = [mark(1, 5, 5), mark(2, 5, 5)]
    shown, beside = labelled([many, few])
    assert len(shown) + len(beside) == MOST_LABELS
    assert {m.day.day for m in shown} == set(range(10, 21))
    assert [m.day.day for m in beside] == [1]


def test_a_dark_chart_has_another_background() -> None:
    assert chart(series(), "en", texts("en"), DARK) != chart(series(), "en", texts("en"), LIGHT)

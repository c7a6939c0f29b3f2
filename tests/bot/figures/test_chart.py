"""Figures as a picture: a PNG for a phone, in every language's letters."""

import struct
import warnings
from datetime import UTC, datetime

import pytest

from bot.figures.chart import chart
from bot.locales import say
from retrieval.domain import Article, Moment
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

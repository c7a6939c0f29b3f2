"""Figures read from text, without a model, in four languages."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.figures import labelled, ratio, score
from retrieval.domain import Figure, FigureKind, Moment
from retrieval.figures.extraction import read_figures
from retrieval.language.doc import Doc
from retrieval.language.packs import LANGUAGES

PUBLISHED = Moment(datetime(2022, 1, 6, tzinfo=UTC), day_only=True)


def read(text: str, language: str = "en") -> list[Figure]:
    return read_figures(Doc(text, language, PUBLISHED))


def told(text: str, language: str = "en") -> list[tuple[str, float | None, float | None, str]]:
    return [(str(f.kind), f.low, f.high, f.group) for f in read(text, language)]


@pytest.mark.parametrize("part", ["dev", "second", "third", "test", "samples"])
def test_labelled_sentences_are_read_as_well_as_promised(part: str) -> None:
    counts = score(labelled(part), show=False)
    assert ratio(counts["right"], counts["read"]) >= 0.95
    assert ratio(counts["right"], counts["labelled"]) >= 0.85
    assert ratio(counts["speaker"], counts["right"]) >= 0.90


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_falls_behind(language: str) -> None:
    counts = score(
        [row for part in ("dev", "second", "third", "test") for row in labelled(part) if row["language"] == language],
        show=False,
    )
    assert ratio(counts["right"], counts["read"]) >= 0.93
    assert ratio(counts["right"], counts["labelled"]) >= 0.85


def test_the_quote_is_the_sentence_and_the_wording_is_in_it() -> None:
    text = "It was calm. Dozens of people were killed, police said. It rained."
    figure = read(text)[0]
    assert figure.quote.of(text) == "Dozens of people were killed, police said."
    assert figure.wording.of(text) == "Dozens"
    assert figure.speaker == "police"


def test_a_part_is_not_the_whole() -> None:
    assert told("At least 164 people were killed, 16 of them officers.") == [
        ("killed", 164, None, "total"),
        ("killed", 16, 16, "security"),
    ]


def test_a_place_goes_with_the_number_it_stands_by() -> None:
    figures = read("Officials gave 164 dead, 103 of them in Almaty.")
    assert [(f.low, f.place) for f in figures] == [(164, None), (103, "Almaty")]


def test_the_same_figure_of_two_speakers_is_two_figures() -> None:
    figures = read("The police said 26 people were killed; the opposition said 26 people were killed.")
    assert [f.speaker for f in figures] == ["police", "opposition"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "No information on deaths was available."),
        ("en", "The 26-year-old was held for 15 days, 30 km from the city, and fined $500."),
        ("en", "Hundreds could be killed, he warned."),
        ("en", "The toll had previously been put at 12 deaths."),
        ("ru", "Официальных данных о погибших нет."),
        ("ru", "В 2011 году здесь погибли 16 человек."),
        ("es", "El ministerio negó que hubieran muerto 50 personas."),
        ("kk", "Полиция ұсталған 120 адамды босатты."),
    ],
)
def test_what_is_not_reported_is_no_figure(language: str, text: str) -> None:
    assert read(text, language) == []


def test_a_table_is_read_by_its_lines() -> None:
    assert told("Killed: 26\nInjured: 145\nDetained: 2,000") == [
        ("killed", 26, 26, "total"),
        ("injured", 145, 145, "total"),
        ("detained", 2000, 2000, "total"),
    ]


def test_a_curfew_keeps_its_hours_and_an_emergency_its_days() -> None:
    text = "Emergency was declared from 5 to 19 January, with a curfew from 23:00 to 07:00."
    emergency, curfew = read(text)
    assert (emergency.kind, emergency.event_from, emergency.event_to) == (
        FigureKind.EMERGENCY,
        date(2022, 1, 5),
        date(2022, 1, 19),
    )
    assert (curfew.kind, curfew.low, curfew.high, curfew.unit) == (FigureKind.CURFEW, 23, 7, "h")


def test_a_price_keeps_its_unit_and_not_what_it_came_from() -> None:
    figure = read("Prices had doubled from 60 to 120 tenge a litre.")[0]
    assert (figure.kind, figure.low, figure.unit) == (FigureKind.PRICE, 120, "KZT/l")


def test_another_language_gives_nothing() -> None:
    assert read("26 Menschen wurden getötet.", "de") == []


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_any_text_gives_quotes_inside_it(text: str, language: str) -> None:
    for figure in read(f"26 killed. {text}", language):
        assert 0 <= figure.quote.start <= figure.wording.start < figure.wording.end <= figure.quote.end
        assert figure.quote.end <= len(text) + 11

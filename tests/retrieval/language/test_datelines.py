"""Datelines: where and when a story says it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language.days.datelines import Dateline, dateline

DATELINES = [
    # text, its dateline, place, day, month, year, agency
    ("Nur-Sultan, Jan 6 (EFE).- Police said", "Nur-Sultan, Jan 6 (EFE).- ", "Nur-Sultan", 6, 1, None, "EFE"),
    ("АЛМАТЫ, 6 января. /ТАСС/. Полиция", "АЛМАТЫ, 6 января. /ТАСС/. ", "АЛМАТЫ", 6, 1, None, "ТАСС"),
    ("Almaty, 6 ene (EFE).- La policía", "Almaty, 6 ene (EFE).- ", "Almaty", 6, 1, None, "EFE"),
    ("Almaty (Kazajistán), 6 ene (EFE).- La", "Almaty (Kazajistán), 6 ene (EFE).- ", "Almaty", 6, 1, None, "EFE"),
    ("ALMATY, Kazakhstan (AP) — Police", "ALMATY, Kazakhstan (AP) — ", "ALMATY", None, None, None, "AP"),
    ("ALMATY, Kazakhstan — Police", "ALMATY, Kazakhstan — ", "ALMATY", None, None, None, None),
    ("Jan 6 (Reuters) - Police", "Jan 6 (Reuters) - ", None, 6, 1, None, "Reuters"),
    ("LONDON (Reuters) - Oil", "LONDON (Reuters) - ", "LONDON", None, None, None, "Reuters"),
    (
        "НУР-СУЛТАН, 6 янв - РИА Новости. Глава",
        "НУР-СУЛТАН, 6 янв - РИА Новости. ",
        "НУР-СУЛТАН",
        6,
        1,
        None,
        "РИА Новости",
    ),
    ("АЛМАТЫ. КазТАГ – Президент", "АЛМАТЫ. КазТАГ – ", "АЛМАТЫ", None, None, None, "КазТАГ"),
    (
        "Нұр-Сұлтан. 6 қаңтар. ҚазАқпарат - Президент",
        "Нұр-Сұлтан. 6 қаңтар. ҚазАқпарат - ",
        "Нұр-Сұлтан",
        6,
        1,
        None,
        "ҚазАқпарат",
    ),
    ("MOSCOW, January 6 /TASS/. The", "MOSCOW, January 6 /TASS/. ", "MOSCOW", 6, 1, None, "TASS"),
    ("MOSCOW, January 6. /TASS/ The", "MOSCOW, January 6. /TASS/", "MOSCOW", 6, 1, None, "TASS"),
    (
        "Moscú, 6 de enero de 2022 (Sputnik).- El",
        "Moscú, 6 de enero de 2022 (Sputnik).- ",
        "Moscú",
        6,
        1,
        2022,
        "Sputnik",
    ),
    ("СОЧИ /Россия/, 6 января. /ТАСС/. Глава", "СОЧИ /Россия/, 6 января. /ТАСС/. ", "СОЧИ", 6, 1, None, "ТАСС"),
    (
        "Москва. 6 января. ИНТЕРФАКС.РУ - Глава",
        "Москва. 6 января. ИНТЕРФАКС.РУ - ",
        "Москва",
        6,
        1,
        None,
        "ИНТЕРФАКС.РУ",
    ),
]


@pytest.mark.parametrize("case", DATELINES, ids=lambda case: case[0])
def test_datelines_of_the_agencies_are_read(
    case: tuple[str, str, str | None, int | None, int | None, int | None, str | None],
) -> None:
    text, line, *parts = case
    found = dateline(text)
    assert found is not None
    assert found.span.of(text) == line
    assert [found.place, found.day, found.month, found.year, found.agency] == parts


@pytest.mark.parametrize(
    "text",
    [
        "Police said on Jan 6 (EFE) that",
        "BREAKING — Police",
        "Полиция. Глава — он",
        "May 6 was a day",
        "Tokayev (AP) said so",
        "Токаев - президент",
        "По данным МВД, 6 января - день траура",
        "6 января — день траура",
        "",
        "\n\n",
        "Almaty",
        "(",
        "Jan 6",
        "The president, who left on January 6, said - nothing",
        "12 человек погибли - МВД",
    ],
)
def test_a_sentence_is_no_dateline(text: str) -> None:
    assert dateline(text) is None


def test_a_dateline_may_stand_below_title_and_section() -> None:
    text = "World\n\nDozens held in Almaty\n\nNur-Sultan, Jan 6 (EFE).- Police held dozens."
    found = dateline(text)
    assert found is not None
    assert found.span.of(text) == "Nur-Sultan, Jan 6 (EFE).- "


def test_a_dateline_far_down_the_text_is_not_the_story_s_own() -> None:
    assert dateline("A line of text.\n" * 20 + "Nur-Sultan, Jan 6 (EFE).- Police") is None


@given(st.text(alphabet=st.sampled_from("ALMATY алматы,. -—()/Jan6 янв EFE ТАСС\n"), max_size=80))
def test_any_text_has_a_dateline_within_it_or_none(text: str) -> None:
    found = dateline(text)
    assert found is None or isinstance(found, Dateline)
    assert found is None or 0 <= found.span.start < found.span.end <= len(text)

"""Where a number was counted: a list of places, and a capital that goes by its country's name."""

import pytest

from retrieval.figures.extraction import read_figures
from retrieval.figures.keys import place_key, place_name
from retrieval.figures.places import base_place
from retrieval.language.doc import Doc

LISTED = {
    "en": "At least 302 people were killed: 232 in Cairo, 52 in Alexandria and 18 in Suez.",
    "es": "Murieron 302 personas: 232 en Cairo, 52 en Alejandría y 18 en Suez.",
    "ru": "Погибли 302 человека: 232 в Каире, 52 в Александрии и 18 в Суэце.",
    "kk": "302 адам қаза тапты: 232 Каирде, 52 Александрияда, 18 Суэцте.",
}
LISTED_BEFORE = {
    "es": "Murieron 302 personas: en Cairo 232, en Alejandría 52.",
    "ru": "Погибли 302 человека: в Каире 232, в Александрии — 52.",
    "kk": "302 адам қаза тапты: Каирде 232, Александрияда 52.",
}
CAPITAL = {
    "en": "In the Ostrian capital, Harvek, seven people were killed.",
    "es": "En la capital de Ostria murieron siete personas.",
    "ru": "В столице Острии погибли семь человек.",
    "kk": "Острияның астанасында жеті адам қаза тапты.",
}


def by_place(text: str, language: str) -> dict[str | None, tuple[float | None, str]]:
    return {one.place: (one.high or one.low, str(one.scope)) for one in read_figures(Doc(text, language))}


@pytest.mark.parametrize("language", LISTED)
def test_each_number_of_a_list_is_of_its_own_place_and_the_whole_of_none(language: str) -> None:
    found = by_place(LISTED[language], language)
    assert [value for value, _ in found.values()] == [302, 232, 52, 18]
    assert (next(iter(found)), len(found)) == (None, 4)
    assert [scope for _, scope in list(found.values())[1:]] == ["part"] * 3


@pytest.mark.parametrize("language", LISTED_BEFORE)
def test_in_a_list_the_place_may_come_first(language: str) -> None:
    assert [value for value, _ in by_place(LISTED_BEFORE[language], language).values()] == [302, 232, 52]


def test_numbers_after_a_colon_without_places_are_no_parts() -> None:
    found = read_figures(Doc("Three people died: two men aged 40 and 60 and a boy of 12.", "en"))
    assert {one.place for one in found} == {None}


@pytest.mark.parametrize("language", CAPITAL)
def test_a_country_is_not_the_place_of_what_happened_in_its_capital(language: str) -> None:
    (found,) = read_figures(Doc(CAPITAL[language], language))
    assert found.place in (None, "Harvek")


@pytest.mark.parametrize("written", ["Алма-Аты", "Алма-Ате", "АЛМА-АТЕ"])
def test_a_large_city_is_named_as_lists_name_it_in_whatever_case(written: str) -> None:
    assert base_place(written, "центре ", "ru") == "Алма-Ата"


def test_a_former_name_is_the_same_place() -> None:
    assert place_key("Алма-Ата") == place_key("Alma-Ata") == place_key("Алматы")
    assert place_name("Алма-Ата", "en") == "Almaty"

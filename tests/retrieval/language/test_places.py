"""Countries and large cities by name, in any language and case."""

import pytest

from retrieval.language.names.places import countries_of, country_code


@pytest.mark.parametrize("name", ["Kazakhstan", "Казахстане", "Қазақстанда", "Kazajistán"])
def test_a_country_has_one_code(name: str) -> None:
    assert country_code(name) == "KZ"


@pytest.mark.parametrize("name", ["Almaty", "Kazakh police", "Masimov"])
def test_what_is_no_country_has_none(name: str) -> None:
    assert country_code(name) is None


@pytest.mark.parametrize(
    ("word", "language"), [("Almaty", "en"), ("Алматы", "ru"), ("Ақтауда", "kk"), ("kazajos", "es")]
)
def test_a_city_and_a_people_are_of_their_country(word: str, language: str) -> None:
    assert "KZ" in countries_of(word, language)


def test_a_city_elsewhere_is_not() -> None:
    assert "KZ" not in countries_of("Lima", "es")

"""Russian typed in Latin letters."""

import pytest

from retrieval.language.names.transliterated import cyrillic


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("skolko chelovek pogiblo v almaty", "сколько человек погибло в алматы"),
        ("Kto takoy Tokaev?", "Кто такой Токаев?"),
        ("kogda nachalis protesty i pochemu", "когда началис протесты и почему"),
        ("chto skazal prezident 6 yanvarya", "что сказал президент 6 января"),
        ("gde zaderzhali zhurnalistov", "где задержали журналистов"),
        ("novyy premer", "новый премер"),
    ],
)
def test_words_are_spelled_in_cyrillic(typed: str, meant: str) -> None:
    assert cyrillic(typed) == meant


def test_cyrillic_and_numbers_stay() -> None:
    assert cyrillic("Что было 5 января?") == "Что было 5 января?"

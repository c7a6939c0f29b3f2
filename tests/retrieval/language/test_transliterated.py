"""Russian typed in Latin letters."""

import pytest

from retrieval.question.recognise import in_own_letters


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
    assert in_own_letters(typed, "ru") == meant


def test_cyrillic_and_numbers_stay() -> None:
    assert in_own_letters("Что было 5 января?", "ru") == "Что было 5 января?"

"""Names between languages, as widely as they may be written."""

import pytest

from retrieval.language.names.sounds import month, sound_keys


@pytest.mark.parametrize(
    ("one", "in_one", "other", "in_other"),
    [
        ("Ecuador", "en", "Эквадорда", "kk"),
        ("Quito", "es", "Кито", "ru"),
        ("Quezada", "en", "Кесаданың", "kk"),
        ("Lasso", "es", "Ласо", "ru"),
        ("Byron", "en", "Байрон", "kk"),
        ("Yapárov", "es", "Жапаровтың", "kk"),
        ("Yeenbekov", "es", "Жээнбековым", "ru"),
        ("Biskek", "es", "Бишкекте", "kk"),
        ("Huancayo", "es", "Уанкайо", "ru"),
        ("Juliaca", "es", "Хульяке", "ru"),
        ("Tiflis", "es", "Тифлисе", "ru"),
        ("Kyrgyzstan", "en", "Киргизии", "ru"),
    ],
)
def test_a_name_is_heard_in_its_spelling_in_another_language(one: str, in_one: str, other: str, in_other: str) -> None:
    assert sound_keys(one, in_one) & sound_keys(other, in_other)


@pytest.mark.parametrize(
    ("one", "in_one", "other", "in_other"),
    [
        ("Iza", "en", "Исой", "ru"),
        ("Osh", "en", "Оше", "ru"),
        ("Vish", "es", "Вишті", "kk"),
        ("Sri", "en", "Шри", "ru"),
    ],
)
def test_a_name_of_two_or_three_letters_is_heard_with_its_vowels(
    one: str, in_one: str, other: str, in_other: str
) -> None:
    assert sound_keys(one, in_one) & sound_keys(other, in_other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Lima", "Алматы"), ("Castillo", "Кастанеда"), ("Peru", "Париж"), ("Iza", "Оса"), ("Osh", "Аша")],
)
def test_another_name_is_not_heard_in_it(one: str, other: str) -> None:
    assert not sound_keys(one, "en") & sound_keys(other, "ru")


def test_a_word_that_opens_a_sentence_with_a_capital_is_no_name_where_it_is_a_stop_word() -> None:
    assert sound_keys("Из", "ru") == frozenset()


def test_a_month_is_known_by_its_name_in_each_language() -> None:
    named = (("October", "en"), ("октября", "ru"), ("қазанда", "kk"), ("octubre", "es"))
    assert {month(word, language) for word, language in named} == {10}


def test_what_is_another_word_as_well_is_no_month() -> None:
    assert {month(word, language) for word, language in (("may", "en"), ("mar", "es"), ("march", "en"))} == {0}

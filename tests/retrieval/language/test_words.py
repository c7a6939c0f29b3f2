"""Words, stems and the keys of names."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.language.names.names import asked_name_terms, lookup_key, name_key, name_terms
from retrieval.language.packs import LANGUAGES
from retrieval.language.words import fold, is_stopword, stem, stems, words

SAME_NAME = [
    "Токаев Тоқаев Toqaev Tokayev Tokaev Токаева Токаеву Токаевым Тоқаевтың Тоқаевқа Tokayev's TOKAYEV",
    "Жаңаөзен Жанаозен Жанаозене Жаңаөзенде Жаңаөзеннің Zhanaozen Janaozen Zhañaözen",
    "Алматы Almaty Алматыда Алматының",
    "Назарбаев Nazarbayev Nazarbaev Назарбаевтың Назарбаева Назарбаевпен",
    "Қызылорда Кызылорда Kyzylorda Qyzylorda Қызылордада",
    "Қазақстан Казахстан Kazakhstan Qazaqstan Қазақстанның Казахстане",
    "Шымкент Shymkent Шымкентте",
    "Жапаров Japarov Zhaparov Джапаров",
    "Зеленский Zelensky Zelenskyy Zelenskiy",
    "Шолпан Sholpan Şolpan",
]


@given(st.text())
def test_a_word_is_what_its_offsets_say(text: str) -> None:
    assert all(text[word.start : word.end] == word.text for word in words(text))


@given(st.text())
def test_words_come_in_order_without_overlap(text: str) -> None:
    found = words(text)
    assert all(before.end <= after.start for before, after in pairwise(found))


@settings(deadline=None)  # the first name reads CLDR, once
@given(st.text(), st.sampled_from(LANGUAGES))
def test_terms_survive_being_joined_by_spaces(text: str, language: str) -> None:
    for terms in (stems(text, language), name_terms(text, language), asked_name_terms(text, language)):
        assert " ".join(terms).split() == terms
        assert all(term.isalnum() for term in terms)


@pytest.mark.parametrize("spellings", SAME_NAME, ids=lambda s: s.split()[0])
def test_spellings_of_a_name_share_a_key(spellings: str) -> None:
    assert len({name_key(spelling) for spelling in spellings.split()}) == 1


def test_different_names_have_different_keys() -> None:
    names = [group.split()[0] for group in SAME_NAME]
    assert len({name_key(name) for name in names}) == len(names)


def test_a_country_is_looked_up_by_one_key_in_four_languages() -> None:
    assert len({lookup_key(name) for name in ("Russia", "Россия", "Ресей", "Rusia", "России")}) == 1


def test_a_short_word_has_no_key() -> None:
    assert name_key("Ош") == ""


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "protest protests protested PROTESTS protest's"),
        ("ru", "задержаны задержанных задержали"),
        ("kk", "қала қалалар қалаларымыз қаласында кала"),
        ("es", "detenidos detenido detenidas"),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str, forms: str) -> None:
    assert len({stem(form, language) for form in forms.split()}) == 1


@pytest.mark.parametrize("written", ["2,000", "2.000", "2 000", "2\u00a0000", "2000"])
def test_a_number_is_the_same_however_its_thousands_are_set_apart(written: str) -> None:
    assert stems(written, "en") == ["2000"]


def test_a_decimal_is_not_taken_for_thousands() -> None:
    assert stems("1.5", "en") != stems("15", "en")


def test_stop_words_are_left_out() -> None:
    assert stems("Who was at the barricades?", "en") == stems("barricades", "en")


def test_a_stop_word_is_known_by_its_language() -> None:
    assert is_stopword("Сколько", "ru")
    assert not is_stopword("Сколько", "en")


def test_accents_and_yo_do_not_matter() -> None:
    assert fold("Ещё") == fold("еще")
    assert stems("manifestación", "es") == stems("manifestacion", "es")


def test_a_name_in_one_script_finds_it_in_another() -> None:
    passage = name_terms("Президент Токаев прибыл в Жанаозен.", "ru")
    assert set(asked_name_terms("did tokayev go to zhanaozen", "en")) & set(passage) == {
        lookup_key("Токаев"),
        lookup_key("Жаңаөзен"),
    }


def test_only_capitals_are_names_where_the_question_has_capitals() -> None:
    assert asked_name_terms("When did Tokayev speak to reporters?", "en") == [lookup_key("Tokayev")]

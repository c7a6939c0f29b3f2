"""Numbers in running text, with the words that bound them, in four languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language.numbers.numbers import number_values, numbers
from retrieval.language.packs import LANGUAGES

READ = [
    ("en", "dozens of people", "dozens", 24, None),
    ("en", "around 2,000 people", "around 2,000", 2000, 2000),
    ("en", "at least 10 dead", "at least 10", 10, None),
    ("en", "8 dead at least and more", "8 dead at least", 8, None),
    ("en", "up to 300 men", "up to 300", None, 300),
    ("en", "the toll went up to 26", "26", 26, 26),
    ("en", "fewer than a dozen", "fewer than a dozen", None, 12),
    ("en", "between 8 and ten", "between 8 and ten", 8, 10),
    ("en", "2-3 thousand men", "2-3 thousand", 2000, 3000),
    ("en", "one hundred and sixty-four", "one hundred and sixty-four", 164, 164),
    ("en", "tens of thousands marched", "tens of thousands", 20_000, None),
    ("en", "some 2.5 million", "some 2.5 million", 2_500_000, 2_500_000),
    ("es", "más de mil heridos", "más de mil", 1000, None),
    ("es", "2.030 soldados", "2.030", 2030, 2030),
    ("es", "unos 1.234,5 litros", "unos 1.234,5", 1234.5, 1234.5),
    ("es", "1,234.5 litros", "1,234.5", 1234.5, 1234.5),
    ("es", "treinta y un mil", "treinta y un mil", 31_000, 31_000),
    ("es", "doscientas treinta y cinco personas", "doscientas treinta y cinco", 235, 235),
    ("es", "una docena de", "una docena", 12, 12),
    ("es", "subió hasta 26", "26", 26, 26),
    ("ru", "почти 10 тысяч", "почти 10 тысяч", 10_000, 10_000),
    ("ru", "более 1\u202f000 человек", "более 1\u202f000", 1000, None),
    ("ru", "двадцати шести", "двадцати шести", 26, 26),
    ("ru", "до 100 человек", "до 100", None, 100),
    ("ru", "выросло до 100 человек", "100", 100, 100),
    ("ru", "несколько десятков", "несколько десятков", 20, None),
    ("ru", "2,5 тыс. человек", "2,5 тыс.", 2500, 2500),
    ("kk", "10 мыңға жуық адам", "10 мыңға жуық", 10_000, 10_000),
    ("kk", "100 адамнан астам", "100 адамнан астам", 100, None),
    ("kk", "26-ға жетті", "26-ға", 26, 26),
    ("kk", "отыз бірден жиырма сегізге түсті", "отыз бірден", 31, 31),
    ("kk", "бесеуін іздеп жатыр", "бесеуін", 5, 5),
    ("kk", "үшеуінің жағдайы ауыр", "үшеуінің", 3, 3),
    ("kk", "екі мың отыз сарбаз", "екі мың отыз", 2030, 2030),
    ("kk", "8 бен 10 аралығында", "8 бен 10 аралығында", 8, 10),
    ("kk", "ондаған адам", "ондаған", 20, None),
]


@pytest.mark.parametrize(("language", "text", "wording", "low", "high"), READ)
def test_a_number_keeps_its_bounds(
    language: str, text: str, wording: str, low: float | None, high: float | None
) -> None:
    first = numbers(text, language)[0]
    assert (first.span.of(text), first.low, first.high) == (wording, low, high)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a T-72 tank at 23:00-07:00 on 2022-01-06, call +7 727 123 45 67"),
        ("en", "the 5th day, -5 degrees, no one came"),
        ("en", "9999999999999999999999 people"),
        ("ru", "12.01.2022, 5-го числа, Су-25, один из них"),
        ("kk", "2-ші күн, бірнеше адам, бір-бірімен"),
        ("es", "el 3er día, a las 10:30, uno de ellos"),
    ],
)
def test_what_counts_nothing_is_no_number(language: str, text: str) -> None:
    assert numbers(text, language) == []


def test_an_article_is_a_number_only_where_asked() -> None:
    assert numbers("un muerto", "es") == []
    assert numbers("un muerto", "es", articles=True)[0].low == 1


def test_values_compare_across_languages() -> None:
    assert number_values("2,000 people", "en") == number_values("2 тысячи человек", "ru") == {"2000"}


def test_what_a_number_rose_by_and_to_is_no_range() -> None:
    assert [(one.low, one.high) for one in numbers("Quake toll rises by 112 to 1,347", "en")] == [
        (112, 112),
        (1347, 1347),
    ]


def test_times_and_ordinals_have_values_too() -> None:
    assert number_values("from 23:00 on the 5th", "en") == {"23:00", "5"}


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_any_text_gives_spans_inside_it_and_nothing_negative(text: str, language: str) -> None:
    end = 0
    for number in numbers(text, language, articles=True):
        assert 0 <= number.span.start <= number.core.start < number.core.end <= number.span.end <= len(text)
        assert number.core.start >= end
        end = number.core.end
        assert all(bound is None or bound >= 0 for bound in (number.low, number.high))


@given(st.integers(0, 10**12), st.sampled_from([("en", ","), ("es", "."), ("ru", "\u00a0"), ("kk", " ")]))
def test_grouped_digits_read_back(value: int, punctuation: tuple[str, str]) -> None:
    language, separator = punctuation
    text = f"{value:,}".replace(",", separator)
    assert [n.low for n in numbers(text, language)] == [value]

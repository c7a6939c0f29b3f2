"""Numbers that only make sense beside others: parts, ages, totals after the number, and who says so in passing."""

from datetime import UTC, datetime

import pytest

from retrieval.domain import Figure, Moment
from retrieval.figures.extraction import read_figures
from retrieval.language.doc import Doc

PUBLISHED = Moment(datetime(2023, 1, 10, tzinfo=UTC), day_only=True)


def read(text: str, language: str = "en") -> list[Figure]:
    return read_figures(Doc(text, language, PUBLISHED))


def told(text: str, language: str = "en") -> list[tuple[str, float | None, str]]:
    return [(str(f.kind), f.low, f.group) for f in read(text, language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "In all 40 officers were injured and two of them died."),
        ("ru", "Всего пострадали 40 полицейских, двое из них скончались."),
        ("kk", "Барлығы 40 полицей жараланды, олардың екеуі көз жұмды."),
        ("es", "En total 40 agentes resultaron heridos y dos de ellos murieron."),
    ],
)
def test_what_is_said_of_a_part_alone_is_a_figure_of_its_own(language: str, text: str) -> None:
    assert told(text, language) == [("injured", 40, "security"), ("killed", 2, "security")]


def test_what_is_said_of_a_part_is_not_said_of_the_whole() -> None:
    assert ("killed", 9, "total") not in told("В больницу доставили 9 человек, один из них скончался.", "ru")


def test_a_sentence_can_open_with_a_part_of_those_in_the_sentence_before() -> None:
    text = "The number of dead rose to eight, police said. Two of them were officers."
    assert told(text) == [("killed", 8, "total"), ("killed", 2, "security")]


def test_some_of_those_counted_that_fare_worse_are_no_new_figure() -> None:
    assert told("143 people remain in hospital, three are in intensive care.") == [("hospitalised", 143, "total")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Two men, aged 60 and 63, have died."),
        ("es", "Dos hombres, de 60 y 63 años, murieron."),
        ("ru", "Двое мужчин в возрасте 60 и 63 лет погибли."),
    ],
)
def test_ages_are_not_counted(language: str, text: str) -> None:
    assert told(text, language) == [("killed", 2, "total")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A third victim died, bringing to 18 the number of dead."),
        ("es", "La Defensoría elevó a 18 el total de fallecidos."),
    ],
)
def test_a_total_may_follow_its_number(language: str, text: str) -> None:
    assert ("killed", 18, "total") in told(text, language)


def test_a_credit_between_commas_does_not_part_a_number_from_its_verb() -> None:
    (figure,) = read("Арестованы, по данным прокуратуры, 329 человек.", "ru")
    assert (figure.kind, figure.low, figure.speaker) == ("detained", 329, "прокуратуры")


def test_at_least_goes_with_the_number_after_it() -> None:
    text = "Thirty-seven officers and at least fifty protesters were injured."
    assert [(f.low, f.high) for f in read(text)] == [(37, 37), (50, None)]


def test_the_wounded_can_be_officers() -> None:
    assert told("Six wounded officers were flown out.") == [("injured", 6, "security")]


def test_a_number_without_a_noun_is_not_listed_with_the_one_before_a_comma() -> None:
    assert told("Избиты семеро журналистов, трое задержаны.", "ru") == [("detained", 3, "total")]


def test_tanks_that_are_destroyed_are_not_people() -> None:
    assert told("Огонь уничтожил три резервуара из восьми.", "ru") == []


def test_whose_men_were_not_hurt_must_be_said() -> None:
    assert told("The chief said none of his men had been hurt.") == []
    assert told("He said none of the guards had been hurt.") == [("injured", 0, "security")]


def test_a_weekday_is_no_place() -> None:
    assert read("Two people were hurt in Wednesday's clash.")[0].place is None


def test_whose_count_it_is_is_named_without_the_apostrophe() -> None:
    assert read("By the ombudsman's reckoning, six people died.")[0].speaker == "ombudsman"


def test_infections_are_no_unrest() -> None:
    assert told("Covid-19 killed four people in a day.") == []


@pytest.mark.parametrize(
    ("language", "text", "price"),
    [
        ("ru", "Литр бензина подешевел на 20 рупий, до 450.", 450),
        ("es", "El precio de una bombona bajó 246 rupias, hasta 4.664.", 4664),
        ("en", "The price of bread doubled to 10 Egyptian pounds.", 10),
        ("en", "Bread now costs 40 dinars a loaf.", 40),
    ],
)
def test_a_price_is_where_it_went_not_by_how_much(language: str, text: str, price: float) -> None:
    assert [(str(f.kind), f.low, f.high) for f in read(text, language)] == [("price", price, price)]


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("en", "Five people died, according to the city ambulance service.", "city ambulance service"),
        ("en", "Five died, a spokesman for the anti-terrorism unit said.", "spokesman for the anti-terrorism unit"),
        ("es", "Cinco personas murieron. Veinte fueron hospitalizadas, agregó.", None),
        ("es", "La Defensoría, por su parte, cifra en 46 los muertos.", "Defensoría"),
        ("ru", "Погибли пять человек, сообщил в среду замминистра Иван Петров.", "замминистра Иван Петров"),
        ("kk", "Жеке шахта иелерінің мәліметінше, бес адам қаза тапты.", "Жеке шахта иелері"),
    ],
)
def test_who_says_so_may_be_anybody_the_sentence_names(language: str, text: str, speaker: str | None) -> None:
    assert read(text, language)[0].speaker == speaker


def test_a_subject_left_out_is_whoever_spoke_before() -> None:
    text = "La ministra Rosa Gutiérrez confirmó cinco muertos. Veinte personas fueron hospitalizadas, agregó."
    assert [f.speaker for f in read(text, "es")] == ["ministra Rosa Gutiérrez", "ministra Rosa Gutiérrez"]


def test_her_words_are_those_of_whoever_spoke_before() -> None:
    text = "Омбудсмен Анна Ли выступила по радио, сообщила пресс-служба омбудсмена. По её словам, погибли семеро."
    assert read(text, "ru")[0].speaker is not None


@pytest.mark.parametrize(
    ("text", "low"), [("Задержаны свыше тысячи человек.", 1000), ("Задержаны тысячи человек.", 2000)]
)
def test_over_a_thousand_is_not_thousands(text: str, low: float) -> None:
    assert read(text, "ru")[0].low == low


def test_a_kazakh_clause_that_is_told_is_no_speaker() -> None:
    text = "Президенттің баспасөз хатшысы Айгүл Асанова Серіков пен үш адамның жараланғанын айтты."
    assert (read(text, "kk")[0].speaker or "").startswith("Президенттің баспасөз хатшысы Айгүл Асанова")

"""What the verifier makes of statements on unrests elsewhere, and of the ways in which they are turned."""

import json
from pathlib import Path

import pytest

from retrieval.answer.verify import verify

DATA = Path(__file__).parents[2] / "data" / "tampered" / "fresh"
LINES = [line for path in sorted(DATA.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
ROWS = [json.loads(line) for line in LINES[::4]]  # all of them take ten seconds


def passes(statement: str, quote: str, language: str = "en", spoken: str = "en") -> bool:
    return verify(statement, [quote], language, [spoken]).ok


def row_passes(row: dict) -> bool:
    return verify(row["statement"], row["quotes"], row["language"], row["quote_languages"]).ok


def test_what_was_reached_on_fresh_sets_is_kept() -> None:
    tampered = [row for row in ROWS if not row["stands"]]
    true = [row for row in ROWS if row["stands"]]
    assert sum(map(row_passes, tampered)) <= 0.08 * len(tampered)
    assert sum(not row_passes(row) for row in true) <= 0.15 * len(true)


RATE = "The central bank raised its key rate from 14.5 to 20 percent."


def test_a_change_keeps_its_two_ends() -> None:
    assert passes("The key rate was raised from 14.5 to 20 percent.", RATE)
    assert not passes("The key rate was raised from 20 to 14.5 percent.", RATE)
    assert not passes("The key rate was raised to 14.5 percent.", RATE)


def test_a_part_is_no_other_part() -> None:
    quote = "Solo un tercio de los 90 autobuses circula en Belmira."
    assert passes("В Бельмире ходит лишь треть из 90 автобусов.", quote, "ru", "es")
    assert not passes("В Бельмире ходит лишь половина из 90 автобусов.", quote, "ru", "es")


def test_until_is_not_since() -> None:
    quote = "El gobernador Saúl Prieto mantendrá los controles hasta mayo."
    assert passes("Saúl Prieto mantendrá los controles hasta mayo.", quote, "es", "es")
    assert not passes("Saúl Prieto mantendrá los controles desde mayo.", quote, "es", "es")


def test_an_hour_said_in_words_is_the_hour() -> None:
    quote = "The curfew starts at 8 pm in all 12 districts."
    assert passes("El toque de queda empieza a las ocho de la tarde en los 12 distritos.", quote, "es")
    assert not passes("El toque de queda empieza a las nueve de la tarde en los 12 distritos.", quote, "es")


def test_three_days_are_72_hours() -> None:
    quote = "The army agreed to a 72-hour ceasefire."
    assert passes("The army agreed to a three-day ceasefire.", quote)
    assert not passes("The army agreed to a two-day ceasefire.", quote)


def test_a_weaker_claim_stands_and_a_stronger_one_does_not() -> None:
    assert passes("Some 4,500 people crossed the border.", "The UN says 4,500 people crossed the border.")
    assert not passes("At least 4,500 people crossed the border.", "The UN says about 4,500 people crossed the border.")


def test_a_word_of_the_same_sort_is_no_paraphrase() -> None:
    quote = "Жанармай бекеттерінің жартысынан көбі жабық."
    assert passes("More than half of the petrol stations are closed.", quote, "en", "kk")
    assert not passes("More than half of the pharmacies are closed.", quote, "en", "kk")


def test_the_opposite_in_other_words_is_refused() -> None:
    quote = "El portavoz dijo que la OEA recomendó repetir las elecciones y que Morales aceptó."
    assert not passes("Morales refused after the OAS recommended a new election.", quote, "en", "es")


def test_not_accepting_is_refusing() -> None:
    quote = "Los maestros rechazaron ayer el aumento del 6 %."
    assert passes("Los maestros no aceptaron el aumento del 6 %.", quote, "es", "es")
    assert not passes("Los maestros aceptaron el aumento del 6 %.", quote, "es", "es")


KIN = "A court sentenced Joel Ramos to 12 years but acquitted his sister Liza Ramos of all charges."


def test_people_of_one_surname_are_told_apart() -> None:
    assert passes("Liza Ramos was acquitted of all charges.", KIN)
    assert not passes("Joel Ramos was acquitted of all charges.", KIN)


def test_a_place_needs_its_whole_name() -> None:
    quote = "The WHO said that 11 health facilities in Sudan had been attacked."
    assert passes("Eleven health facilities in Sudan were attacked, the WHO said.", quote)
    assert not passes("Eleven health facilities in South Sudan were attacked, the WHO said.", quote)


def test_an_acronym_is_the_first_letters_of_a_name() -> None:
    quote = "The army and the Rapid Support Forces agreed to a ceasefire."
    assert passes("The army and the RSF agreed to a ceasefire.", quote)
    assert not passes("The army and the RFS agreed to a ceasefire.", quote)


def test_who_speaks_after_the_semicolon_says_only_that() -> None:
    quote = "МВД говорит, что демонстранты бросали камни; адвокат Тлепова говорит, что стрельба началась раньше."
    assert passes("Адвокат Тлепова говорит, что стрельба началась раньше.", quote, "ru", "ru")
    assert not passes("МВД говорит, что стрельба началась раньше.", quote, "ru", "ru")


@pytest.mark.parametrize(
    ("name", "language", "quote", "spoken"),
    [
        ("Павле Симич", "ru", "Pavle Simic spoke on Friday.", "en"),
        ("Уильям Руто", "ru", "William Ruto spoke on Friday.", "en"),
        ("Таране Алидусти", "ru", "Taraneh Alidoosti spoke on Friday.", "en"),
    ],
)
def test_a_name_is_known_as_another_script_spells_it(name: str, language: str, quote: str, spoken: str) -> None:
    assert passes(f"{name} выступил в пятницу.", quote, language, spoken)

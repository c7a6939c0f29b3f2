"""Hours and places as people write them, in English, Russian, Kazakh and Spanish."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.places import nearest, zone_at, zone_of
from bot.schedule.hours import read_hour


@pytest.mark.parametrize(
    ("written", "at", "rest"),
    [
        ("08:00 Asia/Almaty", "08:00", "Asia/Almaty"),
        ("8:00", "08:00", ""),
        ("8am", "08:00", ""),
        ("20.30", "20:30", ""),
        ("8", "08:00", ""),
        ("at 8 p.m. in", "20:00", "in"),
        ("12 am", "00:00", ""),
        ("12pm", "12:00", ""),
        ("в 8 утра Алматы", "08:00", "Алматы"),
        ("8 вечера", "20:00", ""),
        ("3 дня", "15:00", ""),
        ("2 ночи", "02:00", ""),
        ("таңғы 8 Алматы", "08:00", "Алматы"),
        ("кешкі 8-де", "20:00", ""),
        ("a las 8 de la tarde, Madrid", "20:00", "Madrid"),
        ("8h30", "08:30", ""),
        ("Almaty 8:00", "08:00", "Almaty"),
        ("08:00 UTC+5", "08:00", "UTC+5"),
        ("08:00, Нью-Йорк", "08:00", "Нью-Йорк"),
        ("at seven in", "07:00", "in"),
        ("в семь вечера", "19:00", ""),
        ("кешкі жетіде", "19:00", ""),
        ("a las siete de la tarde", "19:00", ""),
        ("midnight", "00:00", ""),
        ("at half past seven", "07:30", ""),
        ("quarter to one", "12:45", ""),
        ("every evening at seven thirty", "19:30", "every evening"),
        ("every night at 9", "21:00", "every night"),
        ("evening news at 08:00", "08:00", "evening news"),
        ("в половине девятого", "08:30", ""),
        ("полдевятого вечера", "20:30", ""),
        ("каждый вечер без четверти семь", "18:45", "каждый вечер"),
        ("кешкі жеті жарымда", "19:30", ""),
        ("таңертең сегіз жарымда", "08:30", "таңертең"),
        ("cada noche a las nueve y media", "21:30", "cada noche"),
        ("a las ocho menos cuarto", "07:45", ""),
    ],
)
def test_an_hour_is_read_in_many_ways_and_the_place_beside_it_kept(written: str, at: str, rest: str) -> None:
    assert read_hour(written) == (time.fromisoformat(at), rest)


@pytest.mark.parametrize("written", ["", "soon", "25:00", "13 pm", "8:75", "24:00", "8:00:00", "-8:00", "888"])
def test_what_is_no_hour_is_none(written: str) -> None:
    assert read_hour(written) is None


@given(st.times())
def test_every_minute_of_the_day_is_read(at: time) -> None:
    minute = at.replace(second=0, microsecond=0)
    assert read_hour(f"{minute:%H:%M}") == (minute, "")


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Asia/Almaty", "Asia/Almaty"),
        ("asia/almaty", "Asia/Almaty"),
        ("Алматы", "Asia/Almaty"),
        ("Алма-Ата", "Asia/Almaty"),
        ("Ақтау", "Asia/Aqtau"),
        ("Жаңаөзен", "Asia/Aqtau"),
        ("Nueva York", "America/New_York"),
        ("Ciudad de México", "America/Mexico_City"),
        ("санкт-петербург", "Europe/Moscow"),
        ("Мәскеу", "Europe/Moscow"),
        ("Львів", "Europe/Kyiv"),
        ("UTC", "UTC"),
        ("UTC+5", "Etc/GMT-5"),
        ("gmt -3", "Etc/GMT+3"),
    ],
)
def test_a_city_in_any_of_our_languages_has_a_zone(name: str, zone: str) -> None:
    assert zone_of(name) == zone


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "Xqzzyx", "UTC+99", "../../etc/passwd", "a" * 5000, "\x00"])
def test_an_unknown_place_has_none(name: str) -> None:
    assert zone_of(name) is None


def test_the_nearest_names_to_a_misspelt_one_are_offered() -> None:
    assert ("Almaty", "Asia/Almaty") in nearest("Almatty")
    assert ("Алматы", "Asia/Almaty") in nearest("Алмматы")


def test_a_shared_location_has_the_zone_of_its_country() -> None:
    assert zone_at(43.24, 76.95) == "Asia/Almaty"
    assert zone_at(40.42, -3.70) == "Europe/Madrid"

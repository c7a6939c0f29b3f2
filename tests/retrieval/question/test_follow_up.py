"""What a follow-up names takes the place of what the message before named of the same kind; the rest stays."""

from datetime import UTC, datetime

import pytest

from retrieval.question.follow_up import FollowUp, resolve

NOW = datetime(2022, 1, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "message", "whole"),
    [
        # what happened, to whom
        ("How many people were killed in Almaty?", "and injured?", "How many people were injured in Almaty?"),
        ("How many soldiers were killed?", "and police officers?", "How many police officers were killed?"),
        ("Сколько человек погибло в Алматы?", "а сколько задержали?", "Сколько человек задержали в Алматы?"),
        ("Сколько человек погибло на пароме?", "а раненых?", "Сколько человек раненых на пароме?"),
        ("Алматыда неше адам қаза тапты?", "ал неше адам ұсталды?", "Алматыда неше адам ұсталды?"),
        ("Алматы әуежайы қазір жабық па?", "ал интернет ше?", "Алматы интернет қазір жабық па?"),
        ("¿Cuántos muertos hubo en Almaty?", "¿y detenidos?", "¿Cuántos detenidos hubo en Almaty?"),
        # a thing after what is counted: the place and the day stay
        ("How many were killed in Almaty on 6 January?", "and the internet?", "the internet in Almaty 6 January"),
        ("Сколько погибло?", "а что с аэропортом?", "что с аэропортом"),
        ("Алматыда қанша адам қаза тапты?", "ал интернет ше?", "интернет Алматыда"),
        ("¿Cuántos murieron en Almaty?", "¿y el aeropuerto?", "el aeropuerto en Almaty"),
        # places
        ("How many died in Aktau on 5 January?", "and in Almaty?", "How many died in Almaty on 5 January?"),
        ("Сколько людей ушло из Корлана?", "и из Мешата?", "Сколько людей ушло из Мешата?"),
        ("Сколько задержали в Пуэрто-Кандиле?", "а в столице?", "Сколько задержали в столице?"),
        ("Алматыда неше адам қаза тапты?", "ал Ақтауда ше?", "Ақтауда неше адам қаза тапты?"),
        ("¿Cuántos muertos hubo en Puerto Candil?", "¿y en Quilmaya?", "¿Cuántos muertos hubo en Quilmaya?"),
        # people
        ("What did Tokayev say?", "and Nazarbayev?", "What did Nazarbayev say?"),
        ("Что сказал Токаев?", "а Назарбаев?", "Что сказал Назарбаев?"),
        ("Тоқаев не айтты?", "ал Назарбаев ше?", "Назарбаев не айтты?"),
        ("¿Qué dijo Tokáyev?", "¿y Nazarbáyev?", "¿Qué dijo Nazarbáyev?"),
        # days
        ("How many died on 5 January?", "and on 7 January?", "How many died on 7 January?"),
        ("Что случилось 6 января в Алматы?", "а 7 января?", "Что случилось 7 января в Алматы?"),
        ("Алматыда 6 қаңтарда не болды?", "ал 7 қаңтарда ше?", "Алматыда 7 қаңтарда не болды?"),
        ("Give me a summary of 6 January", "and the day before?", "Give me a summary of 2022-01-05"),
        ("Дай сводку за 6 января", "а накануне?", "Дай сводку за 2022-01-05"),
        ("6 қаңтарда не болды?", "ал бір күн бұрын?", "2022-01-05 не болды?"),
        ("Дай зведення за 6 січня", "а напередодні?", "Дай зведення за 2022-01-05"),
        ("Що сталося 6 січня?", "а наступного дня?", "Що сталося 2022-01-07?"),
        ("Що сталося в Києві?", "а коли в Одесі?", "Що сталося в Одесі?"),
        ("Resumen del 6 de enero", "¿y al día siguiente?", "Resumen del 2022-01-07"),
        # what has no place in the message before is added to it
        ("Who resigned on 5 January?", "and why?", "Who resigned on 5 January? why"),
        ("Кого арестовали?", "а что говорит его адвокат?", "Кого арестовали? что говорит его адвокат"),
    ],
)
def test_a_follow_up_is_completed(before: str, message: str, whole: str) -> None:
    assert resolve(message, before, NOW) == FollowUp(whole)


@pytest.mark.parametrize(
    "message", ["When did the protests begin?", "Что произошло вчера?", "Наразылық қашан басталды?", "¿Quién renunció?"]
)
def test_a_message_that_stands_alone_stays(message: str) -> None:
    assert resolve(message, "How many people were killed in Almaty?", NOW) == FollowUp(message)


@pytest.mark.parametrize("message", ["who says that?", "кто это говорит?", "мұны кім айтты?", "¿quién lo dice?"])
def test_who_says_that_asks_about_the_answer(message: str) -> None:
    assert resolve(message, "How many were killed?", NOW).who_says


def test_the_first_message_of_a_conversation_stays() -> None:
    assert resolve("and in Almaty?", None, NOW) == FollowUp("and in Almaty?")

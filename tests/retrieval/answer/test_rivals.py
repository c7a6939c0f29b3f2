"""What other sources say that cannot be true together with a quote: shown as a conflict, and nothing else is."""

from datetime import UTC, datetime

import numpy as np
import pytest

from retrieval.answer.rivals import contradicts, rivals
from retrieval.domain import Article, Moment, Passage, Span
from retrieval.language.doc import Text
from retrieval.reader.choice import NumberedSentence

DAY = Moment(datetime(2022, 1, 6, tzinfo=UTC), day_only=True)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "The airport in Almaty is closed to all flights.", "The airport in Almaty is open to all flights."),
        ("en", "The president did order troops to fire.", "The president did not order troops to fire."),
        ("ru", "Аэропорт Алматы закрыт для всех рейсов.", "Аэропорт Алматы открыт для всех рейсов."),
        ("es", "El aeropuerto de Almaty está cerrado.", "El aeropuerto de Almaty no está cerrado."),
        ("en", "Parliament will vote on the bill on 14 January.", "Parliament will vote on the bill on 17 January."),
        ("en", "About 1,400 dockers joined the strike.", "About 600 dockers joined the strike."),
        ("en", "The union accepted the offer on Wednesday.", "The union rejected the offer on Wednesday."),
        (
            "en",
            "Moira Pell will lead the inquiry into the ferry disaster.",
            "Ferdy Nash will lead the inquiry into the ferry disaster.",
        ),
        ("ru", "Новым мэром Кедровска назначен Павел Ломов.", "Новым мэром Кедровска назначен Игнат Рябой."),
        ("es", "El cuerpo del alcalde fue hallado en Mirto.", "El cuerpo del alcalde fue hallado en Otuma."),
        ("kk", "Жоғалған тікұшақ Көкбел маңынан табылды.", "Жоғалған тікұшақ Тасөзек маңынан табылды."),
    ],
)
def test_what_cannot_both_be_true_is_a_conflict(language: str, one: str, other: str) -> None:
    assert contradicts(Text(one, language, DAY), Text(other, language, DAY), 0.9)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The airport in Almaty is closed.", "The airport in Almaty is closed to all flights until Friday."),
        ("Tokayev spoke by phone with Putin.", "Tokayev spoke by phone with Michel."),
        ("Protesters stormed city hall in Almaty.", "Protesters stormed city hall in Taraz."),
        ("In Almaty the power went out.", "In Taraz the power went out."),
        ("France condemned the crackdown in Taraz.", "Turkey condemned the crackdown in Taraz."),
        ("The government resigned on Wednesday.", "Petrol now costs 120 tenge a litre in Aktau."),
    ],
)
def test_what_can_both_be_true_is_no_conflict(one: str, other: str) -> None:
    assert not contradicts(Text(one, "en", DAY), Text(other, "en", DAY), 0.9)


def numbered(number: int, text: str, event: int | None, origin: str, day: int = 6) -> NumberedSentence:
    published = Moment(datetime(2022, 1, day, tzinfo=UTC), day_only=True)
    article = Article(f"a{number}", None, "", text, "en", published, origin=origin, event=event)
    passage = Passage(number, article, 0, len(text))
    return NumberedSentence(number, passage, Span(0, len(text)), np.ones(1, np.float32))


CLOSED, OPEN = "The airport in Almaty is closed to all flights.", "The airport in Almaty is open to all flights."


@pytest.mark.parametrize(
    ("language", "limit"),
    [
        ("en", "The troops will leave within ten days, and the pull-out will not take longer than that."),
        ("es", "La salida de las tropas empieza en dos días y el proceso no pasará de diez."),
        ("ru", "Войска начнут уходить через два дня, и вывод не превысит десяти дней."),
        ("kk", "Әскер екі күннен кейін шыға бастайды, оған он күннен аспайтын уақыт кетеді."),
    ],
)
def test_a_limit_denies_nothing(language: str, limit: str) -> None:
    report = "The troops begin to leave in two days and will be gone in up to ten days."
    assert not contradicts(Text(report, "en", DAY), Text(limit, language, DAY), 0.9)


def test_another_source_on_the_same_event_and_day_is_a_rival() -> None:
    shown, other = numbered(1, CLOSED, 1, "one"), numbered(2, OPEN, 1, "two")
    assert rivals([shown], [shown, other]) == [other]


@pytest.mark.parametrize(
    "other",
    [
        numbered(2, OPEN, 2, "two"),  # another event
        numbered(2, OPEN, None, "two"),
        numbered(2, OPEN, 1, "one"),  # a copy
        numbered(2, OPEN, 1, "two", day=9),  # it opened later
    ],
)
def test_what_is_of_another_event_or_day_or_of_the_same_source_is_no_rival(other: NumberedSentence) -> None:
    shown = numbered(1, CLOSED, 1, "one")
    assert rivals([shown], [shown, other]) == []

"""Whether two sentences say the same, in four languages, by pairs of each kind."""

from datetime import UTC, datetime

import pytest

from retrieval.domain import Moment, Span
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_passages
from retrieval.language.doc import Doc, Sentence
from retrieval.language.sameness import Relation, conflict, relation, says_the_same


def a_sentence(text: str, language: str, day: str | None = None) -> Sentence:
    published = Moment(datetime.fromisoformat(day).replace(tzinfo=UTC), day_only=True) if day else None
    return Sentence(Doc(text, language, published), Span(0, len(text)))


SAME = [
    ("en", "The Korday crossing was closed by border guards.", "Border guards have closed the Korday crossing."),
    ("en", "At least 12 people were killed in Juliaca.", "No fewer than 12 people were killed in Juliaca."),
    ("ru", "От поправок о статусе региона Мирзиёев отказался.", "Мирзиёев отказался от поправок о статусе региона."),
    ("es", "Tras cuatro días, el Gobierno retiró la ley.", "El Gobierno retiró la ley tras cuatro días."),
    ("kk", "Жетібайдағы мұнайшылар ереуілге шықты.", "Ереуілге Жетібайдағы мұнайшылар шықты."),
]  # fmt: skip

APART = [
    ("en", "The mayor did order police to shoot.", "The mayor did not order police to shoot."),
    ("en", "Almaty airport is open.", "Almaty airport is closed."),
    ("en", "The activist was arrested in Dakar.", "The activist was released in Dakar."),
    ("en", "Eight people died in the fire in Bamako.", "Eighteen people died in the fire in Bamako."),
    ("en", "The suspect was arrested on Friday.", "The suspect was arrested on Sunday."),
    ("en", "The minister said the attack was planned.", "The opposition leader said the attack was planned."),
    ("ru", "В Алматы стреляли по демонстрантам.", "В Алматы не стреляли по демонстрантам."),
    ("ru", "Мост через Волгу закрыт.", "Мост через Волгу открыт."),
    ("ru", "В Нукусе погибли 18 человек.", "В Нукусе погибли 8 человек."),
    ("es", "El ejército disparó contra la gente.", "El ejército no disparó contra la gente."),
    ("es", "El joven murió el lunes.", "El joven murió el miércoles."),
    ("es", "El aeropuerto de Cusco está cerrado.", "El aeropuerto de Cusco está abierto."),
    ("kk", "Полиция халыққа оқ атты.", "Полиция халыққа оқ атқан жоқ."),
    ("kk", "Белсенді Оралда ұсталды.", "Белсенді Оралда босатылды."),
    ("kk", "Өрттен 8 сарбаз қаза тапты.", "Өрттен 18 сарбаз қаза тапты."),
]


def cosine(embedder: Embedder, one: Sentence, other: Sentence) -> float:
    vectors = embed_passages(embedder, [one.text, other.text], [one.language, other.language])
    return float(vectors[0] @ vectors[1])


@pytest.mark.parametrize(("language", "one", "other"), SAME)
def test_a_sentence_said_in_other_words_is_the_same(embedder: Embedder, language: str, one: str, other: str) -> None:
    left, right = (a_sentence(text, language, "2024-03-05") for text in (one, other))
    assert says_the_same(left, right, cosine(embedder, left, right))


@pytest.mark.parametrize(("language", "one", "other"), APART)
def test_a_conflict_keeps_two_sentences_apart_however_near_they_are(language: str, one: str, other: str) -> None:
    left, right = (a_sentence(text, language, "2024-03-05") for text in (one, other))
    assert conflict(left, right)
    assert conflict(right, left)
    assert not says_the_same(left, right, 1.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("en", "Demonstrators stormed the akimat in Almaty."), ("en", "Demonstrators stormed the akimat in Taraz.")),
        (("en", "Eighteen policemen were hurt in Nukus."), ("en", "Eighteen protesters were hurt in Nukus.")),
        (("ru", "Дроны Украины атаковали цели в России."), ("ru", "Дроны России атаковали цели на Украине.")),
        (("es", "Ecuador expulsó a la embajadora de México."), ("es", "México expulsó al embajador de Ecuador.")),
        (("kk", "Тоқаев Лукашенкомен сөйлесті."), ("kk", "Тоқаев Мирзиёевпен сөйлесті.")),
        (("en", "Three policemen were killed in Taraz."), ("ru", "В Таразе погибли трое прохожих.")),
    ],
)  # fmt: skip
def test_another_place_group_person_or_actor_is_another_statement(
    embedder: Embedder, one: tuple[str, str], other: tuple[str, str]
) -> None:
    left, right = (a_sentence(text, language, "2024-03-05") for language, text in (one, other))
    assert not says_the_same(left, right, cosine(embedder, left, right))


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "The crossing remains shut.", "The crossing has not reopened."),
        ("ru", "Въезд в Суджу запрещён.", "Въезд в Суджу не разрешён."),
        ("kk", "Өткізу бекеті әлі жабық.", "Өткізу бекеті әлі ашылған жоқ."),
        ("es", "El aeropuerto sigue cerrado.", "El aeropuerto sigue sin abrir."),
    ],
)
def test_what_is_not_open_is_closed(language: str, one: str, other: str) -> None:
    assert not conflict(a_sentence(one, language), a_sentence(other, language))


def test_the_day_of_publication_tells_which_day_is_meant() -> None:
    today, weekday, yesterday = (
        "Armed men seized it today.",
        "Armed men seized it on Wednesday.",
        "Armed men seized it yesterday.",
    )
    wednesday, thursday = "2022-01-05", "2022-01-06"
    assert not conflict(a_sentence(today, "en", wednesday), a_sentence(weekday, "en", thursday))
    assert conflict(a_sentence(yesterday, "en", wednesday), a_sentence(weekday, "en", thursday))


def test_a_changed_number_updates_on_a_later_day_and_contradicts_on_the_same() -> None:
    before, after = "The toll in Almaty stands at 44.", "The toll in Almaty stands at 103."
    first, same_day, later = (
        a_sentence(text, "en", day)
        for text, day in ((before, "2022-01-07"), (after, "2022-01-07"), (after, "2022-01-09"))
    )
    assert relation(first, same_day, 0.95) is Relation.CONTRADICTION
    assert relation(first, later, 0.95) is Relation.UPDATE


def test_the_same_words_are_the_same() -> None:
    one, other = a_sentence("Schools are closed.", "en"), a_sentence("Schools are closed.", "en")
    assert relation(one, other, 1.0) is Relation.SAME

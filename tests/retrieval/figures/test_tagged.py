"""Figures as the tagger and the grammar read them together, in four languages, with the real embedder."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from retrieval.domain import Figure, FigureKind, FigureScope, Moment, ReportStatus
from retrieval.embedding import Embedder
from retrieval.embedding.engine import WordEncoder
from retrieval.figures.extraction import read_figures
from retrieval.language.doc import Doc

PUBLISHED = Moment(datetime(2031, 3, 5, tzinfo=UTC), day_only=True)


@pytest.fixture
def encoder(embedder: Embedder) -> WordEncoder:
    assert isinstance(embedder, WordEncoder)
    return embedder


def read(text: str, language: str, encoder: WordEncoder) -> list[Figure]:
    return read_figures(Doc(text, language, PUBLISHED), encoder)


def marked(text: str, language: str, encoder: WordEncoder) -> dict[float | None, tuple[str, str, str, bool]]:
    found = read(text, language, encoder)
    return {figure.low: (figure.group, figure.scope, figure.status, figure.stands) for figure in found}


INCREASED = {
    "en": "The death toll in Tamberley rose by 5 to 23, police said.",
    "ru": "Число погибших в Заречинске выросло на 5 до 23, сообщили в МВД.",
    "es": "El número de muertos en Torrealba subió en 5 y llegó a 23, informó el jueves el Ministerio del Interior.",
    "kk": "Қаза тапқандар саны Тараз қаласында 5-ке артып, 23-ке жетті, "
    "деп хабарлады бейсенбіде Ішкі істер министрлігі.",
}
CHANGED = {
    "en": "The death toll rose from 18 to 23 on Tuesday.",
    "ru": "Число погибших выросло с 18 до 23.",
    "es": "El número de muertos pasó de 18 a 23.",
    "kk": "Қаза тапқандар саны 18-ден 23-ке өсті.",
}
BRIEF = {
    "en": "The toll rose by 5 to 23.",
    "ru": "Число погибших выросло на 5 до 23.",
    "es": "La cifra de muertos subió en 5, hasta 23.",
    "kk": "Қаза тапқандар саны 5-ке артып, 23-ке жетті.",
}
EARLIER = {
    "en": "A day earlier, seven people were killed.",
    "ru": "Накануне погибли семь человек.",
    "es": "Un día antes murieron siete personas.",
    "kk": "Бір күн бұрын жеті адам қаза тапты.",
}
MORE = {
    "en": "Another five people died overnight.",
    "ru": "Ещё пять человек погибли ночью.",
    "es": "Otras cinco personas murieron anoche.",
    "kk": "Тағы бес адам қаза тапты.",
}
PART = {
    "en": "18 of the 164 killed were police.",
    "ru": "18 из 164 погибших — полицейские.",
    "es": "18 de los 164 muertos eran policías.",
    "kk": "Қаза тапқан 164 адамның 18-і – полицей.",
}
NO_CHILDREN = {
    "en": "No children were among the dead.",
    "ru": "Детей среди погибших нет.",
    "es": "No hay niños entre los muertos.",
    "kk": "Қаза тапқандар арасында бала жоқ.",
}
CORRECTED = {
    "en": "The ministry said 54 people were killed, not 58.",
    "ru": "Погибли 54 человека, а не 58, уточнили в Минздраве.",
    "es": "Murieron 54 personas, no 58, según el Ministerio de Sanidad.",
    "kk": "58 емес, 54 адам қаза тапты.",
}
SPEAKERS = {"en": "police", "ru": "МВД", "es": "el Ministerio del Interior", "kk": "Ішкі істер министрлігі"}
PLACES = {"en": "Tamberley", "ru": "Заречинск", "es": "Torrealba", "kk": "Тараз"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("No data on the number of dead.", "en"),
        ("Официальных данных о раненых нет.", "ru"),
        ("No hay datos de heridos.", "es"),
        ("Жараланғандар туралы дерек жоқ.", "kk"),
    ],
)
def test_nothing_known_of_the_dead_or_wounded_is_not_nobody(text: str, language: str, encoder: WordEncoder) -> None:
    assert read(text, language, encoder) == []


@pytest.mark.parametrize("language", INCREASED)
def test_what_a_toll_rose_by_is_no_toll(language: str, encoder: WordEncoder) -> None:
    found = marked(INCREASED[language], language, encoder)
    assert found == {5: ("total", "increase", "stated", False), 23: ("total", "total", "stated", True)}


@pytest.mark.parametrize("language", BRIEF)
def test_a_toll_that_rose_is_read_from_a_few_words(language: str, encoder: WordEncoder) -> None:
    found = read(BRIEF[language], language, encoder)
    told = [(figure.low, figure.high, figure.scope, figure.stands) for figure in found]
    assert told == [(5, 5, "increase", False), (23, 23, "total", True)]


@pytest.mark.parametrize("language", EARLIER)
def test_what_happened_a_day_earlier_is_of_that_day(language: str, encoder: WordEncoder) -> None:
    (found,) = read(EARLIER[language], language, encoder)
    assert (found.low, found.event_from, found.stands) == (7, date(2031, 3, 4), True)


def test_the_day_of_a_dateline_is_no_end_of_a_range(encoder: WordEncoder) -> None:
    (found,) = read("ALMATY, Jan 6 - Seven people were killed, police said.", "en", encoder)
    assert (found.low, found.high, found.place) == (7, 7, "Almaty")


def test_ages_are_no_count_of_the_wounded(encoder: WordEncoder) -> None:
    found = read("Murió una mujer y resultaron heridos sus dos hijos, de seis y nueve años.", "es", encoder)
    assert not {6, 9} & {figure.low for figure in found}


@pytest.mark.parametrize("language", CHANGED)
def test_an_earlier_value_is_marked_as_one(language: str, encoder: WordEncoder) -> None:
    found = marked(CHANGED[language], language, encoder)
    assert found == {18: ("total", "previous", "stated", False), 23: ("total", "total", "stated", True)}


@pytest.mark.parametrize("language", MORE)
def test_more_people_are_an_increase(language: str, encoder: WordEncoder) -> None:
    assert marked(MORE[language], language, encoder) == {5: ("total", "increase", "stated", False)}


@pytest.mark.parametrize("language", PART)
def test_a_part_has_its_group_and_the_whole_has_none(language: str, encoder: WordEncoder) -> None:
    found = marked(PART[language], language, encoder)
    assert found == {18: ("security", "part", "stated", True), 164: ("total", "whole", "stated", True)}


@pytest.mark.parametrize("language", NO_CHILDREN)
def test_no_children_among_the_dead_is_not_nobody_dead(language: str, encoder: WordEncoder) -> None:
    assert marked(NO_CHILDREN[language], language, encoder) == {0: ("children", "part", "stated", True)}


def test_none_of_one_people_among_the_dead_is_not_nobody_dead(encoder: WordEncoder) -> None:
    assert not any(figure.stands for figure in read("Россиян среди погибших нет.", "ru", encoder))


@pytest.mark.parametrize("language", CORRECTED)
def test_a_correction_stands_and_what_it_corrects_does_not(language: str, encoder: WordEncoder) -> None:
    found = marked(CORRECTED[language], language, encoder)
    assert {low: mark[2:] for low, mark in found.items()} == {54: ("correction", True), 58: ("corrected", False)}


@pytest.mark.parametrize(
    ("text", "language"),
    [("Мы ошибочно написали, что погибли 58 человек.", "ru"), ("Publicamos por error que murieron 58 personas.", "es")],
)
def test_what_was_published_by_mistake_does_not_stand(text: str, language: str, encoder: WordEncoder) -> None:
    assert [(figure.low, figure.stands) for figure in read(text, language, encoder)] == [(58, False)]


@pytest.mark.parametrize("language", SPEAKERS)
def test_speaker_and_place_are_whole_and_in_their_base_form(language: str, encoder: WordEncoder) -> None:
    found = {(figure.speaker, figure.place) for figure in read(INCREASED[language], language, encoder)}
    assert found == {(SPEAKERS[language], PLACES[language])}


def test_a_headline_has_its_number_and_who_gives_it(encoder: WordEncoder) -> None:
    (found,) = read("Семеро погибших — Минздрав", "ru", encoder)
    assert (found.low, found.high, found.speaker) == (7, 7, "Минздрав")


def test_a_day_of_the_month_is_no_count(encoder: WordEncoder) -> None:
    assert read("The next day, Jan. 28, he disappeared.", "en", encoder) == []


@pytest.mark.parametrize(
    ("speaker", "text", "language"),
    [
        ("начальник пожарной службы Юрий Белан", "Двое погибли, сообщил начальник пожарной службы Юрий Белан.", "ru"),
        ("Otras fuentes rusas", "Otras fuentes rusas sumaban dos militares muertos en el aeropuerto.", "es"),
    ],
)
def test_a_speaker_is_whole_or_none(speaker: str, text: str, language: str, encoder: WordEncoder) -> None:
    assert {figure.speaker for figure in read(text, language, encoder)} == {speaker}


@pytest.mark.parametrize(
    ("place", "text", "language"),
    [
        ("Тараз", "Тараз қаласында 5 адам қаза тапты.", "kk"),
        ("Кедровск", "В городе Кедровске погибли 5 человек.", "ru"),
        ("Tolm", "In the steel town of Tolm 5 people were killed.", "en"),
        ("Altamora", "En la ciudad de Altamora murieron 5 personas.", "es"),
    ],
)
def test_a_place_is_its_name_alone(place: str, text: str, language: str, encoder: WordEncoder) -> None:
    assert [figure.place for figure in read(text, language, encoder)] == [place]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("В столице Острии в среду погибли семь человек.", "ru"),
        ("Seven people were killed in the Ostrian capital on Wednesday.", "en"),
        ("Siete personas murieron el miércoles en la capital de Ostria.", "es"),
        ("Сәрсенбіде Острияның астанасында жеті адам қаза тапты.", "kk"),
    ],
)
def test_a_country_is_not_the_place_of_its_capital(text: str, language: str, encoder: WordEncoder) -> None:
    assert [(figure.low, figure.place) for figure in read(text, language, encoder)] == [(7, None)]


def test_who_kills_is_not_counted(encoder: WordEncoder) -> None:
    (found,) = read("Police killed three people.", "en", encoder)
    assert (found.low, found.group, found.speaker) == (3, "total", None)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Karim Massimov had been detained on 6 January, with others, in a treason case under Article 175."),
        ("ru", "Карим Масимов задержан 6 января вместе с другими по делу о госизмене по статье 175."),
        ("es", "El exjefe del KNB fue detenido el 6 de enero con otros por traición según el artículo 175."),
        ("kk", "Кәрім Мәсімов 6 қаңтарда басқалармен бірге 175-бап бойынша ұсталды."),
    ],
)
def test_the_number_of_an_article_of_law_counts_nobody(language: str, text: str, encoder: WordEncoder) -> None:
    assert 175 not in marked(text, language, encoder)


def test_cases_are_no_people(encoder: WordEncoder) -> None:
    text = "412 pre-trial cases were opened and almost 10,000 people detained."
    assert {figure.low for figure in read(text, "en", encoder)} == {10_000}


@pytest.mark.parametrize(
    ("language", "text", "total"),
    [
        ("en", "State TV: at least 13 security personnel dead, two decapitated.", 13),
        ("ru", "«Зелёный крест» говорит теперь о 31 погибшем, трое числившихся мёртвыми нашлись в госпитале.", 31),
        ("es", "Al menos 13 agentes murieron, dos de un disparo.", 13),
        ("kk", "Ауруханада екі адам көз жұмып, қаза болғандар саны 233-ке жетті.", 233),
    ],
)
def test_of_two_numbers_of_one_sentence_only_the_greater_is_a_total(
    language: str, text: str, total: int, encoder: WordEncoder
) -> None:
    assert {figure.low for figure in read(text, language, encoder) if figure.stands} == {total}


@pytest.mark.parametrize(
    ("language", "text", "totals"),
    [
        ("en", "Three people were killed in Tamberley and five in Kessel, police said.", {3, 5}),
        ("en", "Student leaders claim 215 dead; the home minister has confirmed 147.", {215, 147}),
        ("en", "The Red Cross lowered the number of dead to 62 from 69.", {62}),
    ],
)
def test_totals_of_two_places_speakers_or_times_stay(
    language: str, text: str, totals: set[float], encoder: WordEncoder
) -> None:
    assert {figure.low for figure in read(text, language, encoder) if figure.stands} >= totals


def test_the_right_number_stands_beside_words_that_take_the_other_back(encoder: WordEncoder) -> None:
    found = marked("Погибли 54 человека, а не 58, мы ошибочно написали.", "ru", encoder)
    assert [number for number, (*_, stands) in found.items() if stands] == [54.0]


SERIOUS = {
    "en": "Two of the 28 wounded died overnight. Another eleven were in a serious condition.",
    "ru": "Двое из 28 раненых умерли ночью. Ещё одиннадцать — в тяжёлом состоянии.",
    "es": "Dos de los 28 heridos murieron anoche. Otros once siguen graves.",
}


@pytest.mark.parametrize("language", SERIOUS)
def test_who_is_in_a_serious_condition_is_not_counted_among_the_dead(language: str, encoder: WordEncoder) -> None:
    found = {figure.low: figure.kind for figure in read(SERIOUS[language], language, encoder)}
    assert found.get(11.0) is not FigureKind.KILLED


SUMMED = {
    "en": "The ministry took back its count of nine dead. Six is right: five workers were killed in Tolm, "
    "one docker was killed in Sandrik.",
    "ru": "Министерство отозвало свои данные о девяти погибших. Верно — шесть: пять рабочих погибли в Толме, "
    "один докер погиб в Сандрике.",
    "es": "El ministerio retiró su cifra de nueve muertos. Lo correcto es seis: cinco obreros murieron en Tolm, "
    "un estibador murió en Sandrik.",
    "kk": "Министрлік «тоғыз қаза» деген санын кері қайтарып алды. Нақты сан — алты: бес жұмысшы Толмда, "
    "бір докер Сандрикте қаза тапты.",
}


@pytest.mark.parametrize("language", SUMMED)
def test_a_number_before_a_list_that_adds_up_to_it_is_the_whole(language: str, encoder: WordEncoder) -> None:
    whole = next(figure for figure in read(SUMMED[language], language, encoder) if figure.low == 6)
    assert (whole.kind, whole.group, whole.scope, whole.place, whole.stands) == (
        FigureKind.KILLED, "total", FigureScope.TOTAL, None, True
    )  # fmt: skip


def test_a_number_before_a_list_that_does_not_add_up_to_it_is_no_correction(encoder: WordEncoder) -> None:
    text = SUMMED["kk"].replace("алты", "он")
    assert [figure.status for figure in read(text, "kk", encoder) if figure.low == 10] == [ReportStatus.STATED]


def test_the_whole_of_a_list_replaces_what_was_taken_back(encoder: WordEncoder) -> None:
    whole = next(figure for figure in read(SUMMED["kk"], "kk", encoder) if figure.low == 6)
    assert (whole.status, whole.speaker) == (ReportStatus.CORRECTION, "Министрлік")


def test_an_age_that_nobody_reaches_counts_nobody(encoder: WordEncoder) -> None:
    text = "Sixty-four people were in custody, minister Olaf Bergen said. Twelve of them are under eighteen."
    assert sorted(figure.low or 0 for figure in read(text, "en", encoder)) == [12, 64]

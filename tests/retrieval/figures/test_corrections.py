"""A number that is corrected or taken back, in its own article or another one, in four languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrieval.answer.ask import ask
from retrieval.domain import Answer, FigureKind
from retrieval.embedding import Embedder
from retrieval.figures.corrections import replacements_in
from retrieval.figures.ledger import Entry, FigureStatus
from retrieval.figures.lexicon import figure_words
from retrieval.figures.records import series
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.language.doc import Doc
from retrieval.reader.reader import Reader
from retrieval.store.library import Library

REPORTED = {
    "en": "An explosion at the grain depot in Tamberley killed 58 people on Tuesday, the Health Ministry said.",
    "ru": "При взрыве на зерновом складе в Заречинске во вторник погибли 58 человек, сообщил Минздрав.",
    "es": "Una explosión en el depósito de grano de Torrealba mató el martes a 58 personas, "
    "informó el Ministerio de Salud.",
    "kk": "Тараз қаласындағы астық қоймасындағы жарылыстан сейсенбіде 58 адам қаза тапты, "
    "деп хабарлады Денсаулық сақтау министрлігі.",
}
REPLACED = {
    "en": "The explosion at the grain depot in Tamberley killed 54 people, and not 58 as reported earlier.",
    "ru": "При взрыве на зерновом складе в Заречинске погибли не 58, а 54 человека.",
    "es": "La explosión en el depósito de grano de Torrealba mató a 54 personas, no a 58.",
    "kk": "Тараз қаласындағы астық қоймасындағы жарылыстан 58 емес, 54 адам қаза тапты.",
}
HEADED = {
    "en": "54, not 58: the ministry lowers the death toll of the explosion at the grain depot in Tamberley.",
    "ru": "54, а не 58: Минздрав уточнил число погибших при взрыве на зерновом складе в Заречинске.",
    "es": "54 muertos, no 58, en la explosión en el depósito de grano de Torrealba.",
    "kk": "58 емес, 54: министрлік Тараз қаласындағы астық қоймасындағы жарылыстан қаза тапқандар санын нақтылады.",
}
OWN_ERROR = {
    "en": "We wrote by mistake that 58 people were killed at the depot in Tamberley. In fact 54 people were killed.",
    "ru": "Мы ошибочно написали, что на зерновом складе в Заречинске погибли 58 человек. На самом деле погибли 54.",
    "es": "Publicamos por error que en el depósito de grano de Torrealba murieron 58 personas. Los muertos son 54.",
    "kk": "Біз Тараз қаласындағы қоймада 58 адам қаза тапты деп қате жаздық. Шын мәнінде 54 адам қаза тапты.",
}
NEXT_SENTENCE = {
    "en": "We reported 58 deaths in the explosion at the grain depot in Tamberley. That was an error.",
    "ru": "Ранее мы сообщали о 58 погибших при взрыве на зерновом складе в Заречинске. Это была ошибка.",
    "es": "Informamos de 58 muertos en la explosión en el depósito de grano de Torrealba. Era un error.",
    "kk": "Тараз қаласындағы астық қоймасында 58 адам қаза тапты деп жазған едік. Бұл қате.",
}
ASKED = {
    "en": "How many people were killed in Tamberley?",
    "ru": "Сколько человек погибло в Заречинске?",
    "es": "¿Cuántos muertos hubo en Torrealba?",
    "kk": "Тараз қаласында қанша адам қаза тапты?",
}


def keep(library: Library, embedder: Embedder, folder: Path, texts: list[tuple[str, str, str]]) -> None:
    """Ingest articles of one day after another; of each the id, the publisher and the text."""
    rows = [
        {
            "id": name,
            "url": f"https://{publisher}.example/{name}",
            "title": "",
            "text": text,
            "published_at": f"2031-03-0{4 + at}T18:00:00+00:00",
            "publisher": publisher,
        }
        for at, (name, publisher, text) in enumerate(texts)
    ]
    file = folder / "articles.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    ingest(library, embedder, from_path(file, UTC))


def entries(library: Library) -> dict[tuple[str, float | None], Entry]:
    found = [entry for one in series(library, [FigureKind.KILLED]) for entry in one.entries]
    return {(entry.article.id, entry.figure.low): entry for entry in found}


def standing_and_gone(library: Library) -> tuple[set[float | None], set[tuple[float | None, str | None]]]:
    """Return the values that stand, and those withdrawn, each with the article that withdraws it."""
    found = entries(library).values()
    gone = {(e.figure.low, e.by.article.id if e.by else None) for e in found if e.status is FigureStatus.WITHDRAWN}
    return {e.figure.low for e in found if e.status is not FigureStatus.WITHDRAWN}, gone


@pytest.mark.parametrize("language", HEADED)
def test_a_headline_that_gives_another_number_withdraws_that_of_another_article(
    language: str, library: Library, embedder: Embedder, tmp_path: Path
) -> None:
    keep(library, embedder, tmp_path, [("a", "one", REPORTED[language]), ("b", "two", HEADED[language])])
    assert standing_and_gone(library) == ({54}, {(58, "b")})


@pytest.mark.parametrize("language", OWN_ERROR)
def test_an_outlet_takes_back_its_own_number(
    language: str, library: Library, embedder: Embedder, tmp_path: Path
) -> None:
    keep(library, embedder, tmp_path, [("a", "one", REPORTED[language]), ("b", "one", OWN_ERROR[language])])
    assert standing_and_gone(library) == ({54}, {(58, "b")})


def test_an_outlet_does_not_take_back_what_another_one_reported(
    library: Library, embedder: Embedder, tmp_path: Path
) -> None:
    keep(library, embedder, tmp_path, [("a", "one", REPORTED["en"]), ("b", "two", OWN_ERROR["en"])])
    assert standing_and_gone(library)[1] == set()


def test_another_speakers_correction_is_a_dispute(library: Library, embedder: Embedder, tmp_path: Path) -> None:
    other = "The explosion at the grain depot in Tamberley killed 54 people, not 58, the opposition said."
    keep(library, embedder, tmp_path, [("a", "one", REPORTED["en"]), ("b", "two", other)])
    assert standing_and_gone(library) == ({54, 58}, set())


def asked(library: Library, embedder: Embedder, reader: Reader, language: str) -> Answer:
    return ask(library, embedder, reader, ASKED[language], language=language)


@pytest.mark.parametrize("language", REPLACED)
def test_what_was_taken_back_is_no_answer(
    language: str, library: Library, embedder: Embedder, reader: Reader, tmp_path: Path
) -> None:
    keep(library, embedder, tmp_path, [("a", "one", REPORTED[language]), ("b", "two", REPLACED[language])])
    assert standing_and_gone(library) == ({54}, {(58, "b")})
    answer = asked(library, embedder, reader, language)
    assert [statement.text for statement in answer.statements] == [REPLACED[language]]
    assert [citation.withdrawn for citation in answer.citations if citation.article.id == "a"] == [True]
    (summary,) = answer.summaries
    assert (summary.low, [one.low for one in summary.withdrawn]) == (54, [58])


def test_an_answer_opens_with_what_stands_not_with_what_is_newest(
    library: Library, embedder: Embedder, reader: Reader, tmp_path: Path
) -> None:
    later = "A fire at the grain depot in Tamberley killed one person."
    keep(library, embedder, tmp_path, [("a", "one", REPORTED["en"]), ("b", "two", later)])
    answer = asked(library, embedder, reader, "en")
    assert [summary.low for summary in answer.summaries] == [58]
    assert answer.statements[0].text == REPORTED["en"]


BLEW_UP = "How many people were killed when the grain depot in Tamberley blew up?"
LATER = "The number of those killed at the grain depot in Tamberley rose to 61, the Health Ministry said on Friday."


def test_a_number_that_a_sentence_gives_is_answered_with_what_stands_in_its_place(
    library: Library, embedder: Embedder, reader: Reader, tmp_path: Path
) -> None:
    keep(library, embedder, tmp_path, [("a", "one", REPORTED["en"]), ("b", "one", LATER)])
    answer = ask(library, embedder, reader, BLEW_UP)
    assert answer.statements[0].text == LATER
    assert [summary.low for summary in answer.summaries] == [61]


def test_a_number_asked_for_as_of_a_day_is_that_of_the_day(
    library: Library, embedder: Embedder, reader: Reader, tmp_path: Path
) -> None:
    keep(library, embedder, tmp_path, [("a", "one", REPORTED["en"]), ("b", "one", LATER)])
    answer = ask(library, embedder, reader, BLEW_UP, as_of=datetime(2031, 3, 5, tzinfo=UTC))
    assert [statement.text for statement in answer.statements] == [REPORTED["en"]]


def test_a_number_of_some_is_not_answered_with_that_of_all(
    library: Library, embedder: Embedder, reader: Reader, tmp_path: Path
) -> None:
    some = "Snipers on the roofs killed five people in Tamberley on Tuesday, the Health Ministry said."
    every = "The Health Ministry said on Friday that 61 people were killed in Tamberley in the week of protests."
    keep(library, embedder, tmp_path, [("a", "one", some), ("b", "one", every)])
    answer = ask(library, embedder, reader, "How many people did snipers on roofs kill?")
    assert answer.statements[0].text == some


@pytest.mark.parametrize("language", NEXT_SENTENCE)
def test_where_all_was_taken_back_the_answer_is_what_takes_it_back(
    language: str, library: Library, embedder: Embedder, reader: Reader, tmp_path: Path
) -> None:
    keep(library, embedder, tmp_path, [("a", "one", REPORTED[language]), ("b", "one", NEXT_SENTENCE[language])])
    assert standing_and_gone(library) == (set(), {(58, "b")})
    answer = asked(library, embedder, reader, language)
    assert answer.first_line is None
    assert REPORTED[language] not in [statement.text for statement in answer.statements]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The clash killed 12 people on 5 March, not 6 March."),
        ("en", "Police killed 5 people, and not one of the 12 officers was charged."),
        ("ru", "Погибли 5 человек, не менее 12 ранены."),
        ("es", "Murieron 5 personas, no se sabe si los 12 desaparecidos viven."),
        ("kk", "5 адам қаза тапты, 12 адамның тірі екені белгісіз."),
    ],
)
def test_not_every_no_takes_a_number_back(language: str, text: str) -> None:
    (sentence,) = Doc(text, language).sentences
    words = figure_words(language)
    assert words is not None
    assert not list(replacements_in(sentence, words))

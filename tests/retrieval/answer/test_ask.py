"""Every quote of every answer stands in its article, to the character, whatever was ingested and asked."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.answer.ask import ask
from retrieval.domain import Answer, Moment, QuestionError, Status
from retrieval.embedding import Embedder
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.reader.reader import Reader
from retrieval.store import read
from retrieval.store.library import Library

NOW = datetime(2022, 1, 20, tzinfo=UTC)

SCRAPS = """police arrested protesters killed officers at least dozens 2,000 16
in Almaty the Interior Ministry said “no one”
полиция задержала 26 человек в Алматы сообщило МВД не было la policía
detuvo a 1.000 personas según el Gobierno
полиция 103 адамды ұстады деді министрлік \u200b \u00ad е\u0301 😀 <b>
& @name /cmd http://x.example ... ! ? . , — («»)"""
WORDS = SCRAPS.split()

TEXTS = st.lists(st.sampled_from(WORDS), min_size=8, max_size=80).map(" ".join)
QUESTIONS = st.one_of(st.lists(st.sampled_from(WORDS), min_size=1, max_size=10).map(" ".join), st.text(max_size=60))

COPIED = "Shops in the centre stayed shut, and buses went round the square where the speakers had met the night before."

counter = itertools.count()


def quotes_stand(library: Library, answer: Answer) -> None:
    for citation in (*answer.citations, *answer.nearest):
        stored = read.article(library.engine, citation.article.id, number=citation.article.version)
        assert stored is not None
        assert stored.text[citation.start : citation.end] == citation.quote
        assert citation.quote.strip()
    for statement in answer.statements:
        assert statement.citations
        assert {c.n for c in answer.citations} >= set(statement.citations)
        assert statement.text in {c.answer_text for c in answer.citations if c.n in statement.citations}
    if answer.first_line is not None:
        assert answer.first_line.text in next(c.quote for c in answer.citations if c.n == answer.first_line.citation)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), question=QUESTIONS)
def test_every_quote_is_verbatim_for_arbitrary_articles_and_questions(
    texts: list[str], question: str, library: Library, embedder: Embedder, reader: Reader
) -> None:
    ingest(library, embedder, [Submission(text=text, where="h", id=f"h{next(counter)}") for text in texts])
    try:
        answer = ask(library, embedder, reader, question, now=NOW)
    except QuestionError:
        return
    quotes_stand(library, answer)
    assert (answer.status is Status.ANSWERED) == bool(answer.statements)


@pytest.mark.parametrize(
    "question",
    [
        "\x00\x00 how many?",
        "😀😀😀😀",
        "a" * 10_000,
        "кто " * 3000,
        "\u202ekto\u200b",
        "WHO?",
        "skolko chelovek pogiblo",
    ],
)
def test_odd_questions_get_an_answer_or_an_honest_no(
    question: str, sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    quotes_stand(sample_library, ask(sample_library, embedder, reader, question, now=NOW))


@pytest.mark.parametrize("question", ["", "   ", "\x00", "\u200b\u200e"])
def test_no_question_at_all_is_said_so(
    question: str, sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    with pytest.raises(QuestionError, match="no question"):
        ask(sample_library, embedder, reader, question, now=NOW)


def test_as_of_cites_nothing_published_later(sample_library: Library, embedder: Embedder, reader: Reader) -> None:
    moment = datetime(2022, 1, 6, 23, 59, tzinfo=UTC)
    for question in ("How many people were killed?", "Кто задержан?", "What did Tokayev say?"):
        answer = ask(sample_library, embedder, reader, question, as_of=moment, now=NOW)
        assert answer.as_of == moment
        shown = (*answer.citations, *answer.nearest)
        assert shown
        assert all(c.article.published and c.article.published.at <= moment for c in shown)


def test_as_of_a_moment_the_newest_article_is_that_of_then(
    sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    moment = datetime(2022, 1, 6, 23, 59, tzinfo=UTC)
    newest = ask(sample_library, embedder, reader, "What did Tokayev say?", as_of=moment, now=NOW).newest_article_at
    assert newest is not None
    assert newest.at.date() == moment.date()


def test_no_two_statements_are_quoted_in_the_same_words(
    sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    # the first sentence is one of two languages, and the next best stands beside it in one of them
    answer = ask(sample_library, embedder, reader, "did Nazarbayev flee", now=NOW)
    first = [answer.citations[statement.citations[0] - 1].quote for statement in answer.statements]
    assert len(first) > 1
    assert len(set(first)) == len(first)


def test_what_did_we_know_is_a_question_as_of_then(sample_library: Library, embedder: Embedder, reader: Reader) -> None:
    answer = ask(sample_library, embedder, reader, "What did we know on the morning of 7 January 2022?", now=NOW)
    assert answer.as_of.date().isoformat() == "2022-01-07"


def test_an_answer_says_the_moment_it_was_found_for(
    sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    answer = ask(sample_library, embedder, reader, "Who led the Security Council as of January 2016?", now=NOW)
    assert answer.citations or answer.nearest
    assert answer.as_of == NOW


def test_the_frame_speaks_the_askers_language_and_the_quote_its_own(
    sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    answer = ask(sample_library, embedder, reader, "¿Quién encabeza ahora el Consejo de Seguridad?", now=NOW)
    assert answer.language == "es"
    assert any(c.article.language != "es" for c in (*answer.citations, *answer.nearest))


SEED = """Protest & Power

Hundreds gather in Gori over the price of bread

Tbilisi, Mar 4 (EFE).- Hundreds of people gathered in the Georgian city of Gori on Friday, the mayor's office said.

“We counted about 700 people on the square,” mayor Nino Beridze told reporters.

The protests broke out on March 2 after bakeries doubled the price of bread.

Police in Gori detained around 40 people, the Interior Ministry said. EFE


Related Articles
"""


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Library:
    from retrieval.embedding.centred import name_of
    from retrieval.store.library import open_library

    folder: Path = tmp_path_factory.mktemp("wire")
    (folder / "story.txt").write_text(SEED, encoding="utf-8")
    library = open_library(folder / "data", name_of(embedder))
    ingest(library, embedder, from_path(folder / "story.txt", UTC))
    return library


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many people were detained?", "around 40"),
        ("What started the protests?", "doubled the price of bread"),
        ("¿Por qué empezaron las protestas?", "doubled the price of bread"),
        ("Сколько человек задержано в Гори?", "around 40"),
    ],
)
def test_a_wire_story_answers_in_any_language(
    question: str, words: str, wire: Library, embedder: Embedder, reader: Reader
) -> None:
    answer = ask(wire, embedder, reader, question, now=NOW)
    assert answer.status is Status.ANSWERED
    assert words in answer.statements[0].text


@pytest.mark.parametrize("question", ["How many tourists visited Gori in 2019?", "Who won the football match?"])
def test_what_the_articles_do_not_hold_is_refused_with_the_nearest(
    question: str, wire: Library, embedder: Embedder, reader: Reader
) -> None:
    answer = ask(wire, embedder, reader, question, now=NOW)
    assert answer.status is Status.ABSTAINED
    assert answer.nearest
    assert answer.statements == ()


def test_one_name_that_answers_is_put_first_as_part_of_its_quote(
    sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    question = "Who became acting prime minister when the cabinet resigned?"
    answer = ask(sample_library, embedder, reader, question, now=NOW)
    assert answer.first_line is not None
    assert answer.first_line.text == "Alikhan Smailov"
    quotes_stand(sample_library, answer)


def test_a_question_in_an_article_is_not_quoted(tmp_path: Path, embedder: Embedder, reader: Reader) -> None:
    from retrieval.embedding.centred import name_of
    from retrieval.store.library import open_library

    library = open_library(tmp_path / "data", name_of(embedder))
    text = "Who wrote the play about the bridge at Drina? The theatre in Visegrad reopened on Friday."
    ingest(library, embedder, [Submission(text=text, where="t", id="t")])
    answer = ask(library, embedder, reader, "Who wrote the play about the bridge at Drina?", now=NOW)
    assert all("Who wrote" not in c.answer_text for c in (*answer.citations, *answer.nearest))
    library.close()


def test_editors_notes_and_lone_places_are_not_quoted(tmp_path: Path, embedder: Embedder, reader: Reader) -> None:
    from retrieval.embedding.centred import name_of
    from retrieval.store.library import open_library

    library = open_library(tmp_path / "data", name_of(embedder))
    note, place, told = "(Adds quotes on the curfew in Selmo)", "SELMO.", "A curfew was imposed in Selmo, police said."
    ingest(library, embedder, [Submission(text="\n\n".join((note, place, told)), where="t", id="t")])
    answer = ask(library, embedder, reader, "What was imposed in Selmo?", now=NOW)
    assert {c.quote for c in (*answer.citations, *answer.nearest)} == {told}
    library.close()


def test_what_only_an_article_in_another_language_tells_is_quoted_before_what_shares_the_askers_words(
    tmp_path: Path, embedder: Embedder, reader: Reader
) -> None:
    from retrieval.embedding.centred import name_of
    from retrieval.store.library import open_library

    library = open_library(tmp_path / "data", name_of(embedder))
    english = "Dock workers in Santerre went on strike on Tuesday.\n\nTheir leader Darian Oza was arrested at dawn."
    russian = "Дариан Оза вышел из изолятора: решение принял районный суд Верхней гавани."
    ingest(
        library, embedder, [Submission(text=text, where="t", id=id_) for id_, text in (("e", english), ("r", russian))]
    )
    answer = ask(library, embedder, reader, "Who decided to free Oza?", now=NOW)
    assert next(citation.quote for citation in (*answer.citations, *answer.nearest)) == russian
    library.close()


def test_what_was_taken_back_is_marked_and_is_no_first_line(
    library: Library, embedder: Embedder, reader: Reader
) -> None:
    def take(id_: str, day: int, publisher: str, text: str) -> None:
        at = datetime(2022, 1, day, 9, tzinfo=UTC)
        given = Submission(text, id_, "Cabinet out", id_, publisher=publisher, published=Moment(at), language="en")
        ingest(library, embedder, [given], clock=lambda: at)

    question = "Who became acting prime minister when the cabinet resigned?"
    report = "The cabinet resigned on 5 January and Alikhan Smailov became acting prime minister. " + COPIED
    take("first", 5, "Sela Post", report)
    take("copy", 6, "Other Paper", report)
    before = ask(library, embedder, reader, question, now=datetime(2022, 1, 6, 12, tzinfo=UTC))
    assert before.first_line is not None
    take("first", 7, "Sela Post", "This article has been withdrawn because its source was not there.")
    after = ask(library, embedder, reader, question, now=NOW)
    assert "copy" in {citation.article.id for citation in (*after.citations, *after.nearest) if citation.withdrawn}
    assert after.first_line is None

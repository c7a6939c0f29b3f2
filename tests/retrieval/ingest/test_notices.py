"""Corrections and withdrawals: recognised in four languages, kept with versions, and said of citations."""

from datetime import UTC, datetime

import pytest

from retrieval.answer.ask import ask
from retrieval.answer.compose import Quoted, citations
from retrieval.domain import Moment, Span
from retrieval.embedding import Embedder
from retrieval.ingest.notices import read_notices
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.language.doc import Doc
from retrieval.reader.reader import Reader
from retrieval.store import read
from retrieval.store.corrections import Kind, withdrawn_spans
from retrieval.store.library import Library

NOTICES = [
    ("en", "corrected", "Correction: the march was on Tuesday, not on Monday."),
    ("en", "corrected", "An earlier version of this article misstated the number of wounded."),
    ("en", "corrected", "This story has been corrected to say that two people were held."),
    ("en", "withdrawn", "This article has been withdrawn because its source could not be confirmed."),
    ("en", "withdrawn", "We have withdrawn our report on the fall of the bridge."),
    ("es", "corrected", "Fe de erratas: la marcha fue el martes y no el lunes."),
    ("es", "corrected", "En una versión anterior de esta nota se dio una cifra equivocada."),
    ("es", "withdrawn", "Esta noticia ha sido retirada por un error de la agencia."),
    ("es", "withdrawn", "ANULACIÓN: rogamos no utilizar el despacho sobre el puente."),
    ("ru", "corrected", "Исправление: шествие состоялось во вторник, а не в понедельник."),
    ("ru", "corrected", "В более ранней версии этой статьи было неверно указано число раненых."),
    ("ru", "withdrawn", "Этот материал отозван, так как сведения не подтвердились."),
    ("ru", "withdrawn", "Редакция отзывает своё сообщение об обрушении моста."),
    ("kk", "corrected", "Түзету: шеру дүйсенбіде емес, сейсенбіде өтті."),
    ("kk", "corrected", "Мақаланың алғашқы нұсқасында жараланғандар саны қате көрсетілген."),
    ("kk", "withdrawn", "Бұл хабарлама расталмағандықтан қайтарып алынды."),
    ("kk", "withdrawn", "Біз көпірдің құлағаны туралы хабарымызды қайтарып аламыз."),
]
NONE = [
    ("en", "The government withdrew its forces from the bridge on Tuesday."),
    ("en", "The minister retracted his offer and the report on wages was published."),
    ("en", "An earlier version of the bill was corrected in committee."),
    ("es", "El ministro retiró la propuesta y la versión anterior de la ley sigue en vigor."),
    ("es", "El Ejército se retiró del puente."),
    ("ru", "Правительство отозвало войска от моста во вторник."),
    ("ru", "Посол отозван для консультаций, сообщил МИД."),
    ("kk", "Үкімет әскерін көпірден қайтарып алды."),
    ("kk", "Заң жобасының алғашқы нұсқасында бұл бап болған."),
]


@pytest.mark.parametrize(("language", "kind", "sentence"), NOTICES)
def test_a_notice_is_recognised(language: str, kind: str, sentence: str) -> None:
    [notice] = read_notices(Doc(sentence, language))
    assert (notice.kind.value, notice.quote.of(sentence)) == (kind, sentence)


@pytest.mark.parametrize(("language", "sentence"), NONE)
def test_what_only_sounds_like_a_notice_is_none(language: str, sentence: str) -> None:
    assert read_notices(Doc(sentence, language)) == []


def test_a_title_withdraws_what_it_heads() -> None:
    notices = read_notices(Doc("The bridge fell on Monday.", "en"), "WITHDRAWN: Bridge falls in Alvito")
    assert {(notice.kind, notice.quote) for notice in notices} == {(Kind.WITHDRAWN, Span(0, 0))}


# --- what a notice takes back -----------------------------------------------------------------------

TITLE = "Bridge across the Sela falls in Alvito"
FALL = "The old bridge across the Sela fell on Monday morning and a bus went down with it. "
DEAD = "At least twelve people were killed, the fire brigade said. "
SEARCH = "Divers were searching the river below the mill until dark."
RETRACTION = "We have withdrawn our report on the bridge across the Sela in Alvito, which we could not confirm."


def on(day: int) -> Moment:
    return Moment(datetime(2022, 5, day, 9, tzinfo=UTC))


def at(day: int) -> datetime:
    return datetime(2022, 5, day, 12, tzinfo=UTC)


def take(
    library: Library,
    embedder: Embedder,
    id_: str,
    day: int,
    text: str,
    publisher: str | None = "Sela Post",
    title: str = TITLE,
    url: str | None = None,
) -> None:
    submission = Submission(
        text=text, where=id_, id=id_, title=title, publisher=publisher, published=on(day), url=url, language="en"
    )
    ingest(library, embedder, [submission], clock=lambda: at(day))


def cited(library: Library, id_: str, words: str, as_of: datetime | None, number: int | None = None) -> bool:
    """Tell whether a citation of the sentence that begins with `words` says that it was withdrawn."""
    article = read.article(library.engine, id_, number=number) if number else read.article(library.engine, id_)
    assert article is not None
    start = article.text.index(words)
    quote = Quoted(article, Span(start, article.text.index(".", start) + 1), None)
    return citations(library, [quote], as_of)[0].withdrawn


def test_a_withdrawn_article_is_cited_as_such_from_then_on(library: Library, embedder: Embedder) -> None:
    take(library, embedder, "fall", 2, FALL + DEAD + SEARCH)
    take(library, embedder, "sorry", 4, RETRACTION, title="A note to our readers")
    assert [cited(library, "fall", "At least", when) for when in (at(3), at(5), None)] == [False, True, True]
    assert not cited(library, "sorry", "We have", None)


def test_nobody_else_withdraws_an_outlets_report(library: Library, embedder: Embedder) -> None:
    """Neither by claiming it, nor by copying the report first and then withdrawing the copy."""
    take(library, embedder, "fall", 2, FALL + DEAD + SEARCH)
    take(library, embedder, "claim", 4, RETRACTION, publisher="A blog", title="A note to our readers")
    take(library, embedder, "copy", 3, FALL + DEAD + SEARCH, publisher="A blog")
    take(library, embedder, "copy", 4, "This article has been withdrawn because it was wrong.", publisher="A blog")
    take(library, embedder, "nobody", 4, RETRACTION, publisher=None, title="A note to our readers")
    assert not cited(library, "fall", "At least", None)


def test_an_outlet_is_its_host_where_addresses_are_known(library: Library, embedder: Embedder) -> None:
    """A page that gives itself another's name is not heard."""
    take(library, embedder, "fall", 2, FALL + DEAD + SEARCH, url="https://sela.example/1")
    take(library, embedder, "claim", 4, RETRACTION, title="A note", url="https://blog.example/1")
    assert not cited(library, "fall", "At least", None)
    take(library, embedder, "own", 5, RETRACTION, title="A note", url="https://www.sela.example/2")
    assert cited(library, "fall", "At least", None)


def test_a_withdrawal_reaches_copies_of_the_outlet_that_had_it_first(library: Library, embedder: Embedder) -> None:
    take(library, embedder, "fall", 2, FALL + DEAD + SEARCH)
    take(library, embedder, "copy", 3, FALL + DEAD + SEARCH, publisher="Other Paper")
    take(library, embedder, "fall", 4, "This article has been withdrawn because its source was not there.")
    assert cited(library, "copy", "At least", None)
    assert not cited(library, "copy", "At least", at(3))


def test_a_correction_marks_what_it_corrects_in_the_old_version_only(library: Library, embedder: Embedder) -> None:
    take(library, embedder, "fall", 2, FALL + DEAD + SEARCH)
    new = FALL + DEAD.replace("twelve", "ten") + SEARCH
    take(library, embedder, "fall", 4, new + "\n\nCorrection: ten people were killed, not twelve.")
    assert cited(library, "fall", "At least twelve", None, number=1)
    assert not cited(library, "fall", "The old bridge", None, number=1)
    assert not cited(library, "fall", "At least ten", None)
    assert not cited(library, "fall", "At least twelve", at(3), number=1)


def test_a_notice_is_kept_with_who_says_so_and_where(library: Library, embedder: Embedder) -> None:
    take(library, embedder, "fall", 2, FALL + DEAD + SEARCH)
    take(library, embedder, "sorry", 4, RETRACTION, title="A note to our readers")
    article = read.article(library.engine, "fall")
    assert article is not None
    [taken] = withdrawn_spans(library.engine, [article])["fall", 1]
    assert (taken.span, taken.kind, taken.by.id) == (None, Kind.WITHDRAWN, "sorry")
    assert taken.quote.of(taken.by.text) == RETRACTION


def test_a_figure_taken_back_by_a_named_authority_is_cited_as_withdrawn(library: Library, embedder: Embedder) -> None:
    take(library, embedder, "toll", 2, "The Health Ministry said that 164 people were killed in the fall.")
    blog = "The figure of 164 people killed was withdrawn as a technical error."
    take(library, embedder, "blog", 3, blog, publisher=None, url="https://blog.example/2", title="A blog")
    assert not cited(library, "toll", "The Health", None)
    take(
        library, embedder, "news", 4, f"{blog[:-1]}, the Health Ministry said.", publisher="Daily", title="Figure gone"
    )
    assert cited(library, "toll", "The Health", None)
    assert not cited(library, "toll", "The Health", at(3))


def test_the_first_line_is_not_copied_from_a_quote_that_was_withdrawn(
    library: Library, embedder: Embedder, reader: Reader
) -> None:
    took_office = "Nino Beridze became mayor of Alvito when the council met on Monday."
    take(library, embedder, "mayor", 2, f"{took_office} Schools stayed open.", title="A new mayor in Alvito")
    sorry = "We have withdrawn our report on the new mayor of Alvito, which we could not confirm."
    take(library, embedder, "sorry", 4, sorry, title="A note to our readers")
    question = "Who became mayor of Alvito?"
    before, after = (ask(library, embedder, reader, question, as_of=at(day), now=at(6)) for day in (3, 5))
    assert before.first_line is not None
    assert before.first_line.text == "Nino Beridze"
    assert (after.citations[0].answer_text, after.citations[0].withdrawn) == (took_office, True)
    assert after.first_line is None


# --- versions --------------------------------------------------------------------------------------


def test_search_sees_the_newest_version_and_as_of_sees_its_own(library: Library, embedder: Embedder) -> None:
    from retrieval.question.question import Question
    from retrieval.search.find import find

    take(library, embedder, "fall", 2, FALL + DEAD + SEARCH)
    take(library, embedder, "fall", 4, FALL + DEAD.replace("twelve", "ten") + SEARCH)

    def texts(as_of: datetime | None) -> str:
        found = find(library, embedder, Question.read("How many people were killed?", now=at(5), as_of=as_of), 5)
        return " ".join(hit.passage.text for hit in found.hits)

    assert ("ten people" in texts(None), "twelve people" in texts(None)) == (True, False)
    assert ("ten people" in texts(at(3)), "twelve people" in texts(at(3))) == (False, True)


def test_an_old_citation_still_reads_its_own_version(library: Library, embedder: Embedder) -> None:
    take(library, embedder, "fall", 2, FALL + DEAD + SEARCH)
    [old] = [
        passage.id for passage in library.passages(library.snapshot().sample(5)).values() if DEAD[:20] in passage.text
    ]
    take(library, embedder, "fall", 4, FALL + DEAD.replace("twelve", "ten") + SEARCH)
    passage = read.passage(library.engine, old)
    assert passage is not None
    assert ("twelve" in passage.text, passage.article.version) == (True, 1)

"""A read-only language (Ukrainian) and languages without a pack: taken in, answered from, and never a crash."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from retrieval.answer.ask import LANGUAGE_UNKNOWN, ask
from retrieval.briefing.brief import brief
from retrieval.briefing.timeline import timeline
from retrieval.domain import Answer, Moment, Status
from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.figures.extraction import read_figures
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.language.doc import Doc
from retrieval.reader.reader import Reader
from retrieval.store import read
from retrieval.store.library import Library, open_library

NOW = datetime(2022, 1, 20, tzinfo=UTC)
PUBLISHED = Moment(datetime(2022, 1, 15, 8, tzinfo=UTC))

ARTICLES = {
    "kharkiv": "У Харкові мер Ігор Терехов оголосив комендантську годину з 22:00 до 5:00 через заворушення біля "
    "міськради. "
    "Громадський транспорт ходитиме до 21:00. Порушників затримуватиме поліція.",
    "odesa": "Міська рада Одеси скасувала підвищення цін на проїзд після дводенного страйку водіїв. Проїзд у трамваї "
    "знову "
    "коштуватиме 8 гривень. Водії повернулися на маршрути у середу вранці.",
    "kyiv": "У Києві тисячі людей вийшли на Майдан проти нових тарифів на електроенергію. Поліція затримала 25 осіб, "
    "повідомив речник міністерства внутрішніх справ Олег Мельник. Семеро протестувальників потрапили до лікарні.",
    "aktobe": "В Актобе силовики применили газ, когда люди били окна акимата. По данным полиции, задержаны 40 человек.",
    "beirut": "خرج آلاف المتظاهرين إلى شوارع بيروت احتجاجا على ارتفاع أسعار الوقود. وقالت وزارة الصحة إن ثلاثة أشخاص "
    "قتلوا "
    "وأصيب خمسون آخرون. وأغلق المحتجون الطريق إلى المطار.",
    "leipzig": "Tausende Demonstranten zogen am Donnerstag durch die Straßen von Leipzig, um gegen die steigenden "
    "Gaspreise "
    "zu protestieren, und die Polizei setzte Tränengas ein. Nach Angaben der Polizei wurden 14 Menschen verletzt. Der "
    "Bürgermeister sagte am Abend, die Versammlung sei nicht genehmigt gewesen.",
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    """The articles above, ingested once."""
    opened = open_library(tmp_path_factory.mktemp("mixed"), name_of(embedder))
    given = [Submission(text=text, where=id_, id=id_, published=PUBLISHED) for id_, text in ARTICLES.items()]
    assert len(ingest(opened, embedder, given).added) == len(ARTICLES)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("id_", "language"), [("kharkiv", "uk"), ("odesa", "uk"), ("kyiv", "uk"), ("beirut", "und"), ("leipzig", "und")]
)
def test_an_article_is_stored_in_its_language(mixed: Library, id_: str, language: str) -> None:
    stored = read.article(mixed.engine, id_)
    assert stored is not None
    assert (stored.language, stored.text) == (language, ARTICLES[id_])


def asked(mixed: Library, embedder: Embedder, reader: Reader, question: str) -> Answer:
    answer = ask(mixed, embedder, reader, question, now=NOW)
    for citation in answer.citations:
        assert ARTICLES[citation.article.id][citation.start : citation.end] == citation.quote
    return answer


@pytest.mark.parametrize(
    ("question", "id_"),
    [
        ("Хто оголосив комендантську годину в Харкові?", "kharkiv"),
        ("Чому скасували підвищення цін на проїзд в Одесі?", "odesa"),
        ("Скільки осіб затримала поліція в Києві?", "kyiv"),
        ("Скільки коштує проїзд у трамваї в Одесі?", "odesa"),
    ],
)
def test_a_ukrainian_question_is_answered_from_ukrainian_news(
    mixed: Library, embedder: Embedder, reader: Reader, question: str, id_: str
) -> None:
    answer = asked(mixed, embedder, reader, question)
    assert (answer.language, answer.status) == ("uk", Status.ANSWERED)
    assert answer.citations[0].article.id == id_


def test_a_ukrainian_question_finds_news_in_another_language(
    mixed: Library, embedder: Embedder, reader: Reader
) -> None:
    answer = asked(mixed, embedder, reader, "Де силовики застосували газ?")
    assert (*answer.citations, *answer.nearest)[0].article.id == "aktobe"


@pytest.mark.parametrize("id_", ARTICLES)
def test_figures_are_read_in_full_languages_only(id_: str, mixed: Library) -> None:
    article = read.article(mixed.engine, id_)
    assert article is not None
    assert bool(read_figures(Doc.of(article))) == (id_ == "aktobe")


def test_news_without_a_pack_is_in_briefings_and_timelines(mixed: Library, embedder: Embedder) -> None:
    since, until = datetime(2022, 1, 14, tzinfo=UTC), NOW
    quoted = {citation.article.id for citation in brief(mixed, embedder, since, until, length="long").citations}
    assert quoted >= {"beirut", "leipzig", "kharkiv"}
    assert timeline(mixed, language="uk").days


def test_a_text_in_a_language_without_a_pack_is_answered_from(
    mixed: Library, embedder: Embedder, reader: Reader
) -> None:
    answer = asked(mixed, embedder, reader, "What did the mayor of Leipzig say?")
    assert answer.status is Status.ANSWERED
    assert answer.citations[0].article.id == "leipzig"


@pytest.mark.parametrize("question", ["كم عدد القتلى في بيروت؟", "Wie viele Menschen wurden in Leipzig verletzt?"])
def test_a_question_in_a_language_without_a_pack_is_not_understood(
    mixed: Library, embedder: Embedder, reader: Reader, question: str
) -> None:
    assert asked(mixed, embedder, reader, question).notes == (LANGUAGE_UNKNOWN,)

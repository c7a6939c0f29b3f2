"""How an answer is shown: its moment, the age of its newest article, its quotes and its sources, by language."""

from datetime import UTC, datetime

import pytest

from bot.ask.render import answer_text
from retrieval.domain import Answer, Article, Citation, FirstLine, Moment, Statement, Status

AS_OF = datetime(2022, 1, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("newest", "age"),
    [
        (Moment(datetime(2022, 1, 3, 12, tzinfo=UTC)), "(3 days ago)"),
        (Moment(datetime(2022, 1, 6, 0, tzinfo=UTC), day_only=True), "(today)"),
        (Moment(datetime(2022, 1, 7, 0, tzinfo=UTC), day_only=True), "(today)"),  # it began further east
        (Moment(datetime(2026, 1, 6, 12, tzinfo=UTC)), "(in 4 years)"),
        (Moment(datetime(2026, 1, 6, 0, tzinfo=UTC), day_only=True), "(in 4 years)"),
    ],
)
def test_the_newest_article_is_said_to_be_as_old_as_it_is_and_one_dated_ahead_to_be_so(
    newest: Moment, age: str
) -> None:
    answer = Answer(
        question="?",
        language="en",
        status=Status.ABSTAINED,
        as_of=AS_OF,
        engine="reader",
        newest_article_at=newest,
    )
    assert age in answer_text(answer)


def answered(language: str) -> str:
    quote = "Восемь полицейских погибли."
    article = Article("1", None, "Итоги дня", quote, "ru", Moment(AS_OF, day_only=True), publisher="Дала")
    citation = Citation(1, article, 0, len(quote), origin_copies=3, withdrawn=True, speaker="МВД")
    answer = Answer(
        question="?",
        language=language,
        status=Status.ANSWERED,
        as_of=AS_OF,
        engine="reader",
        statements=(Statement(quote, (1,)),),
        citations=(citation,),
        first_line=FirstLine("Восемь", 1),
        newest_article_at=Moment(AS_OF, day_only=True),
    )
    return answer_text(answer).replace("\u202f", " ")


@pytest.mark.parametrize(
    ("language", "first", "quote", "source"),
    [
        (
            "en",
            "Восемь [1] · according to Interior Ministry, 6 Jan 2022",
            "“Восемь полицейских погибли.” [1]",
            "[1] Дала, 6 Jan 2022 · according to Interior Ministry · one source in 3 outlets · withdrawn · Итоги дня",
        ),
        (
            "ru",
            "Восемь [1] · источник: МВД, 6 янв. 2022 г.",
            "«Восемь полицейских погибли.» [1]",
            "[1] Дала, 6 янв. 2022 г. · источник: МВД · один источник в 3 изданиях · данные отозваны · Итоги дня",
        ),
        (
            "kk",
            "Восемь [1] · дереккөзі: Ішкі істер министрлігі, 2022 ж. 6 қаңтар",
            "«Восемь полицейских погибли.» [1]",
            "[1] Дала, 2022 ж. 6 қаңтар · дереккөзі: Ішкі істер министрлігі · 3 басылым бір дереккөзден"
            " · жоққа шығарылды · Итоги дня",
        ),
        (
            "es",
            "Восемь [1] · según Ministerio del Interior, 6 ene 2022",
            "«Восемь полицейских погибли.» [1]",
            "[1] Дала, 6 ene 2022 · según Ministerio del Interior · una sola fuente en 3 medios"
            " · dato retirado · Итоги дня",
        ),
    ],
)
def test_an_answer_names_its_speaker_and_sources_as_the_language_does(
    language: str, first: str, quote: str, source: str
) -> None:
    assert answered(language).split("\n\n")[:3] == [first, quote, source]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "forwarded from Harbour"),
        ("ru", "переслано из: Harbour"),
        ("kk", "қайта жіберілген дереккөз: Harbour"),
        ("es", "reenviado de Harbour"),
    ],
)
def test_a_forwarded_post_is_shown_with_whose_words_it_repeats(language: str, said: str) -> None:
    article = Article("1", None, "Port", "The port is closed.", "en", publisher="Dala", forwarded_from="Harbour")
    answer = Answer(
        question="?",
        language=language,
        status=Status.ANSWERED,
        as_of=AS_OF,
        engine="reader",
        statements=(Statement(article.text, (1,)),),
        citations=(Citation(1, article, 0, len(article.text)),),
    )
    assert f" · {said} · Port" in answer_text(answer)

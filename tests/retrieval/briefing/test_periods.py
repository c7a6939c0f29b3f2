"""Briefs of a week, of a topic, and what they are ranked by."""

from datetime import UTC, datetime, timedelta

import pytest

from retrieval.briefing.asked import NO_TOPIC, asked_briefing
from retrieval.briefing.brief import brief
from retrieval.briefing.consequence import consequence
from retrieval.briefing.speakers import respelled
from retrieval.domain import Briefing, Intent, QuestionError
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_passages
from retrieval.language.doc import Text
from retrieval.question.question import Question
from retrieval.store import read
from retrieval.store.library import Library

NOW = datetime(2022, 1, 14, 12, tzinfo=UTC)
TURNING_POINTS = {
    "the toll": "164 dead",
    "the emergency": "Emergency and a 23:00-07:00 curfew",
    "the cabinet": "The cabinet resigned",
    "the call for troops": "pidió a la OTSC ayuda",
    "the order to shoot": "fire lethally without warning",
}


def asked(library: Library, embedder: Embedder, text: str, language: str = "en") -> Briefing:
    question = Question.read(text, now=NOW, fallback=language, intent=Intent.SUMMARY)
    return asked_briefing(library, embedder, question, NOW, language=language, shown=())


@pytest.fixture(scope="module")
def period(sample_library: Library, embedder: Embedder) -> Briefing:
    since = datetime(2022, 1, 2, tzinfo=UTC)
    return brief(sample_library, embedder, since, since + timedelta(days=10), shown=())


@pytest.mark.parametrize("words", TURNING_POINTS.values(), ids=TURNING_POINTS.keys())
def test_the_turning_points_of_a_week_are_in_its_brief(period: Briefing, words: str) -> None:
    assert any(words in statement.text for line in period.lines for statement in line.statements)


@pytest.mark.parametrize(
    ("weighty", "slight", "language"),
    [
        ("The president gave up power on Friday.", "The minister visited a market on Friday.", "en"),
        ("Правительство ушло в отставку.", "Министр дал интервью газете.", "ru"),
        ("Елде төтенше жағдай енгізілді.", "Министр газетке сұхбат берді.", "kk"),
        ("El ejército mató a veinte manifestantes.", "El alcalde inauguró una feria.", "es"),
    ],
)
def test_what_changes_more_weighs_more(embedder: Embedder, weighty: str, slight: str, language: str) -> None:
    vectors = embed_passages(embedder, [weighty, slight], [language] * 2)
    more, less = (consequence(Text(t, language), v) for t, v in zip((weighty, slight), vectors, strict=True))
    assert more > less + 0.2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("a summary about volcano eruptions", "en"),
        ("сводка про землетрясения", "ru"),
        ("жер сілкінісі туралы шолу", "kk"),
        ("resumen sobre los terremotos", "es"),
    ],
)
def test_a_topic_that_nobody_wrote_about_is_said_to_be_none(
    sample_library: Library, embedder: Embedder, text: str, language: str
) -> None:
    made = asked(sample_library, embedder, text, language)
    assert (made.lines, made.notes) == ((), (NO_TOPIC,))


def test_a_brief_of_a_topic_tells_nothing_else_from_its_articles(sample_library: Library, embedder: Embedder) -> None:
    made = asked(sample_library, embedder, "a summary about the internet")
    told = " ".join(statement.text for line in made.lines for statement in line.statements)
    assert "internet" in told and "десантники" not in told


def test_a_place_heads_its_brief_in_its_base_form(sample_library: Library, embedder: Embedder) -> None:
    assert asked(sample_library, embedder, "Жаңаөзенде не болды?", "kk").topic == "Жаңаөзен"


def test_a_period_to_come_is_refused(sample_library: Library, embedder: Embedder) -> None:
    with pytest.raises(QuestionError) as refused:
        asked(sample_library, embedder, "сводка за завтра", "ru")
    assert refused.value.key == "future"


def test_a_day_before_the_first_article_names_the_newest(sample_library: Library, embedder: Embedder) -> None:
    made = asked(sample_library, embedder, "summary of 15 August 2021")
    assert made.newest_elsewhere is not None and made.newest_elsewhere.at.date().isoformat() == "2022-01-13"


def test_a_speaker_is_spelled_as_the_reader_s_articles_do(sample_library: Library, embedder: Embedder) -> None:
    since = datetime(2022, 1, 7, tzinfo=UTC)
    made = brief(sample_library, embedder, since, since + timedelta(days=1), language="ru", shown=())
    articles = read.window(sample_library.engine, None, None)
    speakers = {c.speaker for c in respelled(made, articles).citations}
    assert "Токаев" in speakers and "Tokayev" not in speakers

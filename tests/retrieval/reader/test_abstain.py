"""Whether what was found answers the question."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.domain import Article, Hit, Moment, Passage
from retrieval.language.sentences import sentences
from retrieval.question.question import Question
from retrieval.reader.abstain import THRESHOLD, score, shipped_weights
from retrieval.reader.features import features
from retrieval.reader.matching import TextWords, matches
from retrieval.reader.passages import FoundPassage, FoundSentence

DAY = Moment(datetime(2024, 5, 3, tzinfo=UTC), day_only=True)
NOW = datetime(2024, 5, 4, tzinfo=UTC)
HELD = (
    "Police arrested 40 dockers in Port Louis on 3 May, the Interior Ministry said. The strike goes on.",
    "Dockers held in Port Louis",
    0.62,
)
FOUND = (
    HELD,
    ("Bread prices rose by a third in April.", "Bread dearer", 0.15),
    ("The president met the governor.", "A meeting", 0.1),
)
Found = Sequence[tuple[str, str, float]]


def asked(
    text: str, language: str = "en", found: Found = FOUND, written_in: str = "en"
) -> tuple[Question, list[FoundPassage]]:
    question = Question.read(text, now=NOW, language=language)
    return question, [passage(question, *one, written_in) for one in found]


def passage(question: Question, text: str, title: str, cosine: float, language: str) -> FoundPassage:
    article = Article(id="a", url=None, title=title, text=text, language=language, published=DAY)
    read = [(span, TextWords(span.of(text), language)) for span in sentences(text, language)]
    return FoundPassage(
        Hit(Passage(1, article, 0, len(text)), 1.0),
        title,
        matches(question, TextWords(title, language)),
        tuple(FoundSentence(span, np.zeros(1), words, matches(question, words)) for span, words in read),
        cosine,
    )


def probability(question: Question, passages: Sequence[FoundPassage]) -> float:
    """Return it as it is where the reader's scores are not known."""
    numbers = features(question, passages)
    return score(numbers, shipped_weights()) if numbers else 0.0


def answers(question: Question, passages: Sequence[FoundPassage]) -> bool:
    return probability(question, passages) >= THRESHOLD


def test_what_a_passage_says_is_answered() -> None:
    assert answers(*asked("How many dockers were arrested in Port Louis?"))


def test_the_same_is_answered_across_languages() -> None:
    assert answers(*asked("¿Cuántos trabajadores portuarios fueron detenidos en Port Louis?", "es"))


def test_nothing_found_is_no_answer() -> None:
    assert probability(*asked("How many dockers were held?", found=())) == 0.0


def test_a_detail_that_no_passage_contains_makes_an_answer_less_likely() -> None:
    contained = probability(*asked("How many dockers were arrested in Port Louis?"))
    assert probability(*asked("How many journalists were injured in Port Louis?")) < contained


def test_a_day_that_no_passage_names_makes_an_answer_less_likely() -> None:
    reported = asked("How many dockers were arrested in Port Louis on 3 May?")
    other = asked("How many dockers were arrested in Port Louis on 19 May?")
    assert (features(*reported)["day_missing"], features(*other)["day_missing"]) == (0.0, 1.0)
    assert probability(*other) < probability(*reported)


def test_a_far_passage_makes_an_answer_less_likely() -> None:
    far = ((*HELD[:2], 0.12), *FOUND[1:])
    question = "How many dockers were arrested in Port Louis?"
    assert probability(*asked(question, found=far)) < probability(*asked(question))


def test_a_concept_is_recognised_in_another_language() -> None:
    assert features(*asked("¿Cuántos detenidos?", "es"))["missing_anywhere"] == 0.0


def test_a_name_is_recognised_in_another_script_and_a_month_in_another_language() -> None:
    russian = [("Иса до октября под стражей.", "", 0.62)]
    numbers = features(*asked("Is Iza held until October?", found=russian, written_in="ru"))
    assert (numbers["names_near"], numbers["name_missing"]) == (1.0, 0.0)


def test_the_lead_of_the_best_is_left_out_where_there_are_two_or_three() -> None:
    assert "cosine_gap" not in features(*asked("Who met?"))
    assert "cosine_gap" in features(*asked("Who met?", found=FOUND * 2))


@settings(deadline=None)  # the first call compiles patterns
@given(
    st.text("abkzABёЁяЯқҚñÑíÍ 0123456789'’-.,:", min_size=1, max_size=60).filter(str.strip),
    st.text(max_size=80),
    st.floats(-1, 1),
    st.sampled_from(["en", "ru", "kk", "es"]),
    st.sampled_from(["en", "ru", "kk", "es", "de"]),
)
def test_any_question_and_text_give_a_probability(
    question: str, text: str, cosine: float, language: str, written_in: str
) -> None:
    found = [(text, "", cosine)] * 6
    assert 0.0 <= probability(*asked(question, language, found, written_in)) <= 1.0


def test_a_question_that_names_nothing_is_not_answered() -> None:
    assert [answers(*asked(question)) for question in ("1", "?", "Who is it?")] == [False] * 3

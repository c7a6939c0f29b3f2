"""How far a text speaks of what a question asks about."""

from datetime import UTC, datetime

import pytest

from retrieval.answer.ask import rehearse
from retrieval.language.packs import LANGUAGES
from retrieval.question.question import Question
from retrieval.reader.matching import TextWords, filled, matches, share

QUESTION = "How many dockers did police arrest in Port Louis on 3 May?"


def read(question: str, language: str = "en") -> Question:
    return Question.read(question, now=datetime(2022, 1, 20, tzinfo=UTC), language=language)


def contained(question: str, text: str, language: str, spoken: str = "en") -> dict[str, float]:
    """Return how far a text contains each term of a question, by its stem; .25 where that cannot be known."""
    asked = read(question, spoken)
    found = filled(matches(asked, TextWords(text, language)), 0.25)
    return {term.stem: one for term, one in zip(asked.terms, found, strict=True)}


def test_words_of_one_language_are_told_by_their_stems() -> None:
    found = contained(QUESTION, "The police were arresting a docker.", "en")
    assert (found["docker"], found["polic"], found["arrest"]) == (1.0, 1.0, 1.0)
    assert (found["loui"], found["3"]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Полиция задержала людей в Порт-Луи.", "ru"), ("La policía detuvo a 40 en Port Louis.", "es")],
)
def test_names_and_concepts_are_told_across_languages_and_other_words_are_not(text: str, language: str) -> None:
    found = contained("How many joggers did police arrest in Port Louis?", text, language)
    assert (found["polic"], found["port"], found["loui"]) == (1.0, 1.0, 1.0)
    assert found["jogger"] == 0.25


def test_the_share_goes_by_rarity() -> None:
    asked = read("Which dockers did police arrest?")
    rare, common = (share(asked, [float(term.stem == stem) for term in asked.terms]) for stem in ("docker", "polic"))
    assert rare is not None and common is not None and rare > common > 0.0
    assert share(asked, [1.0] * len(asked.terms)) == pytest.approx(1.0)


def test_a_question_of_stop_words_has_no_share() -> None:
    assert share(read("who is it?"), []) is None


def test_a_rehearsal_leaves_nothing_to_be_loaded_for_a_question() -> None:
    from retrieval.language.concepts import _pattern, _pattern_at

    rehearse()
    before = (_pattern.cache_info().misses, _pattern_at.cache_info().misses)
    for language in LANGUAGES:
        contained(QUESTION, "Police arrested 40 dockers.", language, spoken=language)
    assert (_pattern.cache_info().misses, _pattern_at.cache_info().misses) == before

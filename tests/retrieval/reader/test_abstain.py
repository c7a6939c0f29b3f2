"""Whether what was found answers the question."""

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.question.words import forms
from retrieval.reader.abstain import answers, probability, regime
from retrieval.reader.evidence import Candidate, Evidence, features

DAY = date(2024, 5, 3)
FOUND = (
    Candidate(
        "Police arrested 40 dockers in Port Louis on 3 May, the Interior Ministry said. The strike goes on.",
        "Dockers held in Port Louis",
        "en",
        cosine=0.62,
        raw=0.9,
        day=DAY,
    ),
    Candidate("Bread prices rose by a third in April.", "Bread dearer", "en", cosine=0.15, raw=0.79, day=DAY),
    Candidate("The president met the governor.", "A meeting", "en", cosine=0.1, raw=0.78, day=DAY),
)


def asked(question: str, language: str = "en", found: tuple[Candidate, ...] = FOUND) -> Evidence:
    return Evidence(question, language, found)


def test_what_a_passage_says_is_answered() -> None:
    assert answers(asked("How many dockers were arrested in Port Louis?"))


def test_the_same_is_answered_across_languages() -> None:
    assert answers(asked("¿Cuántos trabajadores portuarios fueron detenidos en Port Louis?", "es"))


def test_nothing_found_is_no_answer() -> None:
    assert probability(asked("How many dockers were held?", found=())) == 0.0


def test_a_detail_that_no_passage_holds_makes_an_answer_less_likely() -> None:
    held = probability(asked("How many dockers were arrested in Port Louis?"))
    assert probability(asked("How many journalists were injured in Port Louis?")) < held


def test_a_day_that_nothing_speaks_of_makes_an_answer_less_likely() -> None:
    reported = asked("How many dockers were arrested in Port Louis on 3 May?")
    assert features(reported)["day_missing"] == 0.0
    other = asked("How many dockers were arrested in Port Louis on 19 May?")
    assert features(other)["day_missing"] == 1.0
    assert probability(other) < probability(reported)


def test_a_far_passage_makes_an_answer_less_likely() -> None:
    far = (replace(FOUND[0], cosine=0.12), *FOUND[1:])
    question = "How many dockers were arrested in Port Louis?"
    assert probability(asked(question, found=far)) < probability(asked(question))


def test_a_concept_is_recognised_in_another_language() -> None:
    assert features(asked("¿Cuántos detenidos?", "es"))["missing_anywhere"] == 0.0


def test_a_name_is_recognised_in_another_script_and_a_month_in_another_language() -> None:
    told = (replace(FOUND[0], text="Иса до октября под стражей."),)
    russian = tuple(replace(candidate, language="ru", title="") for candidate in told)
    numbers = features(asked("Is Iza held until October?", found=russian))
    assert (numbers["names_near"], numbers["name_missing"]) == (1.0, 0.0)


def test_dated_passages_are_judged_as_news_and_undated_ones_as_reference() -> None:
    undated = tuple(replace(candidate, day=None) for candidate in FOUND)
    assert regime(asked("Who?")) == "news"
    assert regime(asked("Who?", found=undated)) == "en"
    assert regime(asked("Who?", found=undated[:1])) == "news"
    assert regime(asked("Кто?", "ru", undated)) == "news"


def test_how_far_the_best_stands_out_is_not_told_of_two_or_three() -> None:
    assert "cosine_gap" not in features(asked("Who met?"))
    assert "cosine_gap" in features(asked("Who met?", found=FOUND * 2))


@settings(deadline=None)  # the first call compiles patterns
@given(st.text(max_size=60), st.text(max_size=80), st.floats(-1, 1), st.sampled_from(["en", "ru", "kk", "es", "de"]))
def test_any_question_and_text_give_a_probability(question: str, text: str, cosine: float, language: str) -> None:
    found = tuple(Candidate(text, "", language, cosine, cosine) for _ in range(6))
    assert 0.0 <= probability(Evidence(question, language, found)) <= 1.0


def test_a_question_that_names_nothing_is_not_answered() -> None:
    assert [answers(asked(question)) for question in ("1", "?", "Who is it?")] == [False] * 3


def undated(question: str, language: str = "en") -> Evidence:
    return asked(question, language, tuple(replace(candidate, day=None) for candidate in FOUND))


def test_reference_text_is_asked_which_more_often_than_when() -> None:
    which = probability(undated("Which dockers were arrested in Port Louis?"))
    assert probability(undated("When were dockers first arrested in Port Louis?")) < which


def test_what_a_question_is_like_tells_nothing_of_news() -> None:
    news = asked("When were dockers arrested in Port Louis?")
    told = replace(news, vector=np.ones(384, np.float32), nearest=np.ones(384, np.float32))
    assert probability(told) == probability(news)


def test_the_vectors_of_another_model_are_not_read() -> None:
    evidence = undated("How many dockers were arrested in Port Louis?")
    own, other = np.full(384, 0.05, np.float32), np.full(16, 0.25, np.float32)
    assert probability(replace(evidence, vector=other)) == probability(evidence)
    assert probability(replace(evidence, vector=own)) != probability(evidence)


def test_words_and_nearness_that_pick_different_passages_are_told() -> None:
    question = "How many dockers were arrested in Port Louis?"
    assert features(asked(question))["agree_passage"] == 1.0
    misled = features(asked(question, found=(replace(FOUND[0], cosine=0.12), *FOUND[1:])))
    assert (misled["agree_passage"], misled["agree_title"], misled["agree_rank"]) == (0.0, 0.0, 1.0)


def test_the_words_of_a_question_are_read_with_what_opens_it() -> None:
    assert forms("In which Country?") == {"in", "which", "country", "in which", "which country", "^in", "^in which"}
    assert forms("Кто?") == {"кто", "^кто"}
    assert forms("?!") == frozenset()

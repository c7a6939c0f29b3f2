"""Sentences make one statement only where they give the same numbers and conflict in nothing."""

from dataclasses import replace

import numpy as np
import pytest

from retrieval.domain import Article
from retrieval.language import sameness
from retrieval.reader.choice import NumberedSentence
from retrieval.reader.grouping import grouped, own_language_first
from tests.retrieval.answer.numbered import numbered

ENGLISH = "Tokayev said CSTO troops would start leaving in two days and be gone in no more than ten."
SPANISH = "Tokayev dijo que la misión terminó y que la salida empieza en dos días."


def near(*texts: str) -> list[NumberedSentence]:
    """Return sentences of an article each, whose vectors have the cosine that the embedder gives the two above."""
    language = {ENGLISH: "en", SPANISH: "es"}
    articles = [Article(str(at), None, "", text, language.get(text, "en")) for at, text in enumerate(texts)]
    vectors = np.array([[1.0, 0.0], [0.56, 0.8285]], np.float32)
    return [replace(one, vector=vector) for one, vector in zip(numbered(*articles), vectors, strict=True)]


def test_sentences_with_other_numbers_are_statements_in_their_own_order() -> None:
    one, other = near(ENGLISH, SPANISH)
    assert sameness.says_the_same(one.parsed, other.parsed, float(one.vector @ other.vector))
    assert [[each.number for each in group] for group in grouped([one, other])] == [[1], [2]]


def test_sentences_that_say_the_same_are_one_statement() -> None:
    one, other = near("Police held 12 people.", "Twelve people were held by police.")
    assert [[each.number for each in group] for group in grouped([one, other])] == [[1, 2]]


def test_of_sentences_that_say_the_same_the_asker_s_language_is_quoted() -> None:
    one, other = near(ENGLISH, SPANISH)
    assert own_language_first([([one, other], 0.9)], "es") == [([other, one], 0.9)]


@pytest.mark.parametrize(("likely", "numbers"), [(0.82, [2, 1]), (0.8, [1, 2])])
def test_what_answers_as_well_in_the_asker_s_language_comes_first(likely: float, numbers: list[int]) -> None:
    one, other = near(ENGLISH, SPANISH)
    found = own_language_first([([one], 0.9), ([other], likely)], "es")
    assert [group[0].number for group, _ in found] == numbers


def test_what_is_in_no_language_of_the_asker_keeps_its_order() -> None:
    one, other = near(ENGLISH, SPANISH)
    groups = [([one], 0.9), ([other], 0.9)]
    assert own_language_first(groups, "kk") == groups

"""Questions on the samples that must be answered, and such that must be refused, through the whole path."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from retrieval.answer.ask import ask
from retrieval.domain import Status
from retrieval.embedding import Embedder
from retrieval.reader.reader import Reader
from retrieval.store.library import Library

QUESTIONS = Path(__file__).parent.parent.parent / "data" / "questions.jsonl"
LEAST_BALANCED = 0.82  # of 144; measured .89, see benchmarks/README.md


def test_most_of_the_samples_questions_are_rightly_answered_or_refused(
    sample_library: Library, embedder: Embedder, reader: Reader, clock: Callable[[], datetime]
) -> None:
    right: dict[bool, list[bool]] = {True: [], False: []}
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        answer = ask(sample_library, embedder, reader, row["question"], now=clock())
        right[row["answerable"]].append((answer.status is Status.ANSWERED) == row["answerable"])
    shares = [sum(found) / len(found) for found in right.values()]
    assert sum(shares) / 2 >= LEAST_BALANCED


@pytest.mark.parametrize("question", ["How many tourists visited Almaty in 2019?", "Who won the football match?"])
def test_a_refusal_shows_the_nearest_thing(
    sample_library: Library, embedder: Embedder, reader: Reader, question: str
) -> None:
    answer = ask(sample_library, embedder, reader, question)
    assert (answer.status, answer.statements) == (Status.ABSTAINED, ())
    assert answer.nearest


@pytest.mark.parametrize("text", ["asdkfj qwerty zzz", "blah blah blah", "фыва олдж прол"])
def test_what_is_no_language_gets_no_quotes_as_an_answer(
    sample_library: Library, embedder: Embedder, reader: Reader, text: str
) -> None:
    assert ask(sample_library, embedder, reader, text).status is Status.ABSTAINED

"""Our own articles with questions on them, and what the search finds for each question."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from retrieval.answer.ask import PASSAGES_FOUND
from retrieval.answer.figures import figures
from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Rejection, Submission
from retrieval.question.question import Question
from retrieval.reader.extract import numbered_sentences
from retrieval.reader.passages import read_passages
from retrieval.reader.reader import Reader
from retrieval.search.find import find
from retrieval.store.library import Library, open_library

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Case:
    """A question, the features of what was found for it, and whether its articles answer it."""

    id: str
    language: str
    features: dict[str, float]  # {}: nothing was found, or the question names nothing
    answerable: bool


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True)
class Corpus:
    """Articles of our own with questions on them."""

    name: str
    articles: Path
    questions: Path
    asked_at: datetime


CORPORA = (
    Corpus(
        "samples",
        ROOT / "samples" / "articles.jsonl",
        ROOT / "tests" / "data" / "questions.jsonl",
        datetime(2022, 1, 14, 12, tzinfo=UTC),  # the day after the newest of the samples
    ),
    Corpus(
        "velmora",  # an invented country
        ROOT / "tests" / "data" / "velmora" / "articles.jsonl",
        ROOT / "tests" / "data" / "velmora" / "questions.jsonl",
        datetime(2027, 4, 3, tzinfo=UTC),
    ),
    Corpus(
        "taravor",  # another; two questions of three are in another language than the articles that answer them
        ROOT / "tests" / "data" / "taravor" / "articles.jsonl",
        ROOT / "tests" / "data" / "taravor" / "questions.jsonl",
        datetime(2022, 7, 10, tzinfo=UTC),
    ),
    Corpus(
        "ostria",  # another, asked like taravor
        ROOT / "tests" / "data" / "ostria" / "articles.jsonl",
        ROOT / "tests" / "data" / "ostria" / "questions.jsonl",
        datetime(2028, 10, 5, tzinfo=UTC),
    ),
)


@dataclass(frozen=True)
class SetQuestion:
    """A question on some articles, and whether they answer it."""

    id: str
    text: str
    language: str
    answerable: bool
    as_of: datetime | None = None


@contextmanager
def taken_in(articles: Iterable[Submission | Rejection], embedder: Embedder) -> Iterator[Library]:
    """Yield a library that contains some articles and nothing else."""
    with TemporaryDirectory() as folder:
        library = open_library(Path(folder), name_of(embedder))
        ingest(library, embedder, articles)
        yield library
        library.close()


def searched(corpus: Corpus, embedder: Embedder, reader: Reader) -> list[Case]:
    """Return the questions on a corpus that the ledger of figures does not answer, with what is found for each."""
    rows = lines(corpus.questions)
    questions = [SetQuestion(row["id"], row["question"], row["language"], row["answerable"]) for row in rows]
    with taken_in(from_path(corpus.articles, UTC), embedder) as library:
        return found_for(questions, library, corpus.asked_at, embedder, reader)


def found_for(
    questions: Iterable[SetQuestion], library: Library, now: datetime, embedder: Embedder, reader: Reader
) -> list[Case]:
    """Return the questions that the ledger of figures does not answer, with what is found for each in a library."""
    cases = []
    for one in questions:
        question = Question.read(one.text, now=now, as_of=one.as_of)
        if figures(library, question) is None:
            found = find(library, embedder, question, PASSAGES_FOUND)
            passages = read_passages(library, found, PASSAGES_FOUND)
            built_in = reader.over(passages)
            numbers = built_in.features(question, built_in.ranked(question, numbered_sentences(found, passages)))
            cases.append(Case(one.id, one.language, numbers, one.answerable))
    return cases

"""Questions with what was found for them, to fit and measure `benchmarks.abstention` on."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from retrieval.answer.ask import PASSAGES_FOUND
from retrieval.answer.figures import counted
from retrieval.embedding import Embedder
from retrieval.embedding.centred import centre, name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.reader.evidence import Candidate, Evidence
from retrieval.reader.extract import opened
from retrieval.reader.weigh import evidence as found_evidence
from retrieval.search.find import find, read_query
from retrieval.store.library import Library, open_library

ROOT = Path(__file__).parent.parent
LANGUAGES = ("en", "es", "ru")
FOUND = 10  # passages a question


@dataclass(frozen=True)
class Case:
    """A question with what was found for it, and whether that answers it."""

    evidence: Evidence
    answered: bool
    id: str = ""


class Vectors:
    """Vectors of texts, each embedded once; a class, because it remembers."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.passages: dict[str, np.ndarray] = {}

    def of(self, texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self.passages]
        if new:
            self.passages.update(zip(new, self.embedder.embed_passages(new), strict=True))
        return np.stack([self.passages[text] for text in texts])

    def question(self, text: str) -> np.ndarray:
        return np.asarray(self.embedder.embed_query(text))


@dataclass(frozen=True)
class Text:
    """A passage of a pool."""

    text: str
    title: str
    language: str
    embedded: str  # what its vector is of
    day: date | None = None


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def evidence(vectors: Vectors, question: str, language: str, pool: Sequence[Text], allowed: np.ndarray) -> Evidence:
    """Return the evidence for a question from those of a pool that are allowed (a mask), the nearest first."""
    raw = vectors.of([text.embedded for text in pool])
    asked = vectors.question(question)
    spoken = [text.language for text in pool]
    centred, vector = centre(raw, spoken), centre(asked[None, :], [language])[0]
    near = centred @ vector
    best = np.argsort(-np.where(allowed, near, -np.inf), kind="stable")[: min(FOUND, int(allowed.sum()))]
    found = (
        Candidate(pool[i].text, pool[i].title, pool[i].language, float(near[i]), float(raw[i] @ asked), pool[i].day)
        for i in best
    )
    return Evidence(question, language, tuple(found), vector, centred[best[0]])


# --- the sets ----------------------------------------------------------------------------------


def nomiracl(data: Path, vectors: Vectors) -> list[Case]:
    """Each question with exactly its ten passages."""
    cases = []
    for row in lines(data / "nomiracl" / "dev.jsonl"):
        pool = []
        for passage in row["passages"]:
            title, _, text = passage.partition(": ")
            pool.append(Text(text or title, title if text else "", row["lang"], passage))
        found = evidence(vectors, row["query"], row["lang"], pool, np.ones(len(pool), bool))
        cases.append(Case(found, row["label"] == "relevant", row["query_id"]))
    return cases


def xquad(data: Path, vectors: Vectors) -> Iterator[Case]:
    """A question of each paragraph, half of them with the paragraph (or its translation) in the pool, half without."""
    pool, number, questions = [], [], []
    for language in LANGUAGES:
        articles = json.loads((data / "xquad" / f"xquad.{language}.json").read_text(encoding="utf-8"))["data"]
        paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
        for index, paragraph in enumerate(paragraphs):
            pool.append(Text(paragraph["context"], "", language, paragraph["context"]))
            number.append(index)
            questions.append((language, index, paragraph["qas"][0]["question"]))
    numbers, spoken = np.array(number), np.array([text.language for text in pool])
    chance = random.Random(0)
    for language, index, question in questions:
        across, answered = chance.random() < 1 / 3, chance.random() < 1 / 2
        allowed = ~((spoken == language) & (numbers == index)) if across else spoken == language
        if not answered:
            allowed &= numbers != index
        found = evidence(vectors, question, language, pool, allowed)
        gold = {pool[i].text for i in np.flatnonzero(numbers == index)}
        if not answered or any(candidate.text in gold for candidate in found.candidates):
            yield Case(found, answered)


def kazqad(data: Path, vectors: Vectors) -> Iterator[Case]:
    """Kazakh questions over all contexts, half of them with their own contexts in the pool, half without."""
    rows = [row for path in sorted((data / "kazqad").glob("*.jsonl")) for row in lines(path)]
    contexts = {row["context"]: Text(row["context"], row["title"], "kk", row["context"]) for row in rows}
    pool = list(contexts.values())
    gold: dict[str, set[str]] = {}
    for row in rows:
        gold.setdefault(row["question"], set()).add(row["context"])
    chance = random.Random(1)
    for question, own in gold.items():
        answered = chance.random() < 1 / 2
        holds = np.array([text.text in own for text in pool])
        found = evidence(vectors, question, "kk", pool, np.ones(len(pool), bool) if answered else ~holds)
        if not answered or any(candidate.text in own for candidate in found.candidates):
            yield Case(found, answered)


@dataclass(frozen=True)
class Corpus:
    """Articles of our own with questions on them: odd ones are for fitting, even ones held back."""

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
        "velmora",  # a country that is not: what is measured there was not made with it
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
        "ostria",  # and another of that kind
        ROOT / "tests" / "data" / "ostria" / "articles.jsonl",
        ROOT / "tests" / "data" / "ostria" / "questions.jsonl",
        datetime(2028, 10, 5, tzinfo=UTC),
    ),
)


@contextmanager
def taken_in(corpus: Corpus, embedder: Embedder) -> Iterator[Library]:
    """Yield a library that holds the articles of a corpus and nothing else."""
    with TemporaryDirectory() as folder:
        library = open_library(Path(folder), name_of(embedder))
        ingest(library, embedder, from_path(corpus.articles, UTC))
        yield library
        library.close()


def searched(corpus: Corpus, embedder: Embedder) -> list[Case]:
    """The questions on a corpus with what the search finds for them, but for those that the ledger answers."""
    cases = []
    with taken_in(corpus, embedder) as library:
        for asked in lines(corpus.questions):
            query = read_query(asked["question"], now=corpus.asked_at)
            if counted(library, query) is None:
                found = find(library, embedder, query, PASSAGES_FOUND)
                cases.append(Case(found_evidence(found, opened(library, found)), asked["answerable"], asked["id"]))
    return cases


def is_dev(case: Case) -> bool:
    """Odd numbers are for fitting, even ones are held back."""
    return int(case.id.lstrip("qv")) % 2 == 1

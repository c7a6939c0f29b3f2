"""What a question finds, over the samples."""

from datetime import UTC, datetime

import pytest

from retrieval.embedding import Embedder
from retrieval.question.question import Question
from retrieval.search import find as search
from retrieval.search.find import find
from retrieval.store.library import Library

NOW = datetime(2022, 1, 20, tzinfo=UTC)
DATED = (
    "What happened in Almaty on 5 January?",
    "Что сообщила полиция 7 января?",
    "¿Qué pasó el 6 de enero en Kazajistán?",
    "6 қаңтарда не болды?",
    "What was said about gas before 4 January 2022?",
)


def hits(library: Library, embedder: Embedder, question: str, k: int) -> list[tuple[int, float]]:
    asked = Question.read(question, now=NOW)
    assert asked.window is not None
    return [(hit.passage.id, hit.score) for hit in find(library, embedder, asked, k).hits]


@pytest.mark.parametrize("question", DATED)
@pytest.mark.parametrize("k", [1, 5, 12])
def test_reading_only_what_may_be_among_the_best_finds_what_reading_all_does(
    question: str, k: int, sample_library: Library, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = hits(sample_library, embedder, question, k)
    monkeypatch.setattr(search, "READ_AHEAD", 1_000)
    assert found == hits(sample_library, embedder, question, k)
    assert len(found) == k

"""A question is answered from whatever language has the answer, though the embedder sets languages apart."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.domain import Article, Moment, Span
from retrieval.question.question import Question
from retrieval.search.find import CANDIDATES, find
from retrieval.store.library import CHROMA, SCAN, Library, open_library
from retrieval.store.write import Prepared, PreparedPassage, store, text_hash

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LANGUAGES = ("en", "ru", "es", "kk")
EACH = 2 * CANDIDATES  # passages of the asker's language alone could fill the candidates
DIMENSIONS = 256
APART = 1.5  # length of what a vector says about its language; its meaning has length 1


class Apart:
    """An embedder of numbered topics whose vectors say more about their language than about their topic."""

    name = "apart"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        chance = np.random.default_rng(7)
        meanings = chance.normal(size=(len(LANGUAGES) * EACH, DIMENSIONS))
        self._meanings = meanings / np.linalg.norm(meanings, axis=1, keepdims=True)
        tongues = chance.normal(size=(len(LANGUAGES), DIMENSIONS))
        self._tongues = APART * tongues / np.linalg.norm(tongues, axis=1, keepdims=True)

    def vector(self, topic: int, language: str) -> NDArray[np.float32]:
        both = self._meanings[topic] + self._tongues[LANGUAGES.index(language)]
        return np.asarray(both / np.linalg.norm(both), dtype=np.float32)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self.vector(int(text.rpartition(" ")[2]), "en")

    def embed_passages(self, texts: list[str]) -> NDArray[np.float32]:
        return np.stack([self.embed_query(text) for text in texts])


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library of four languages in which topic n is in the language n % 4 only, under the article id n."""
    folder: Path = tmp_path_factory.mktemp("mixed")
    library, embedder, articles = open_library(folder, Apart.name), Apart(), []
    for topic in range(len(LANGUAGES) * EACH):
        language = LANGUAGES[topic % len(LANGUAGES)]
        text = f"{language} {topic:x}"
        whole, vectors = Span(0, len(text)), {text_hash(text): embedder.vector(topic, language)}
        article = Article(str(topic), f"https://{topic}.example/", "", text, language, Moment(NOW), fetched_at=NOW)
        articles.append(Prepared(article, (PreparedPassage(whole, (whole,), "", ""),), Apart.name, vectors=vectors))
    store(library.engine, articles)
    yield library
    library.close()


def first(library: Library, topic: int, as_of: datetime | None = None) -> str:
    question = Question.read(f"topic {topic}", now=NOW, as_of=as_of, language="en")
    return find(library, Apart(), question, 1).hits[0].passage.article.id


def test_by_the_cosine_alone_the_askers_language_fills_the_candidates(mixed: Library) -> None:
    near = mixed.snapshot().nearest(Apart().vector(21, "en"), CANDIDATES)
    assert {label.language for label in mixed.snapshot().labels([id_ for id_, _ in near])} == {"en"}


@pytest.mark.parametrize("as_of", [None, NOW])
def test_the_right_passage_comes_first_in_whatever_language(mixed: Library, as_of: datetime | None) -> None:
    topics = range(20, 60)
    assert [first(mixed, topic, as_of) for topic in topics] == [str(topic) for topic in topics]
    assert mixed.searches[SCAN] and not mixed.searches[CHROMA]


def test_it_does_where_chroma_proposes(mixed: Library) -> None:
    mixed.own_index()
    until = time.monotonic() + 60
    while not (mixed.index and mixed.index.ready) and time.monotonic() < until:
        time.sleep(0.05)
    topics = range(20, 60)
    assert [first(mixed, topic) for topic in topics] == [str(topic) for topic in topics]
    assert mixed.searches[CHROMA] == len(topics)

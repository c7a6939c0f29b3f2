"""The LangChain retriever over the samples, with real parts; and the lines of the README that show it."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.vectorstores import InMemoryVectorStore

from retrieval.domain import QuestionError, StoreError
from retrieval.embedding import Embedder
from retrieval.embedding.langchain import LangchainEmbeddings
from retrieval.question.question import Question
from retrieval.retriever import SitrepRetriever
from retrieval.search.find import find
from retrieval.store import read
from retrieval.store.library import Library
from tests.conftest import MODELS, ROOT

QUESTION = "Who was named acting prime minister?"
README_LINES = [
    code
    for document in ("README.md", "docs/how-it-works.md")
    for code in re.findall(r"```python\n(.*?)```", (ROOT / document).read_text("utf-8"), re.DOTALL)
]


@pytest.fixture
def retriever(sample_library: Library, embedder: Embedder) -> SitrepRetriever:
    return SitrepRetriever(library=sample_library, embedder=embedder, k=5)


def test_a_document_is_the_passage_at_its_offsets(retriever: SitrepRetriever) -> None:
    for document in retriever.invoke(QUESTION):
        article = read.article(retriever.library.engine, document.metadata["article_id"])
        assert article is not None
        assert article.text[document.metadata["start"] : document.metadata["end"]] == document.page_content


def test_a_document_can_be_cited(retriever: SitrepRetriever) -> None:
    [best, *_] = retriever.invoke(QUESTION)
    assert "Smailov" in best.page_content
    assert {"url", "title", "publisher", "published_at", "language", "version", "passage_id", "origin"} <= set(
        best.metadata
    )
    assert None not in best.metadata.values()


def test_the_bot_and_a_langchain_user_find_the_same(retriever: SitrepRetriever, embedder: Embedder) -> None:
    question = Question.read(QUESTION, now=datetime.now(UTC))
    hits = find(retriever.library, embedder, question, 5).hits
    found = [(int(document.id or 0), document.metadata["score"]) for document in retriever.invoke(QUESTION)]
    assert found == [(hit.passage.id, hit.score) for hit in hits]


async def test_it_can_be_awaited(retriever: SitrepRetriever) -> None:
    assert await retriever.ainvoke(QUESTION) == retriever.invoke(QUESTION)


def test_nothing_published_later_is_found(retriever: SitrepRetriever) -> None:
    then = datetime(2022, 1, 6, 12, tzinfo=UTC)
    found = retriever.model_copy(update={"as_of": then}).invoke("How many people were killed?")
    assert found
    assert all(document.metadata["published_at"][:10] <= "2022-01-06" for document in found)
    later = {document.metadata["published_at"][:10] for document in retriever.invoke("How many people were killed?")}
    assert max(later) > "2022-01-06"


def test_another_vector_store_takes_the_place_of_ours(retriever: SitrepRetriever, embedder: Embedder) -> None:
    """It is filled with what the retriever gives, and finds what ours finds."""
    other = InMemoryVectorStore(LangchainEmbeddings(embedder))
    other.add_documents(list(retriever.documents()))
    replaced = retriever.model_copy(update={"vector_store": other})
    assert replaced.invoke(QUESTION) == retriever.invoke(QUESTION)
    other.delete([document.id or "" for document in retriever.documents()])
    lost = retriever.model_copy(update={"vector_store": other, "k": 60}).invoke("сколько")
    assert lost != retriever.model_copy(update={"k": 60}).invoke("сколько")


def test_a_vector_store_of_other_documents_is_refused(retriever: SitrepRetriever, embedder: Embedder) -> None:
    other = InMemoryVectorStore(LangchainEmbeddings(embedder))
    other.add_documents([Document("no passage of ours")])
    with pytest.raises(StoreError, match="no passage_id"):
        retriever.model_copy(update={"vector_store": other}).invoke(QUESTION)


def test_half_a_character_in_a_question_is_ignored(retriever: SitrepRetriever) -> None:
    assert retriever.invoke(f"\ud800{QUESTION}\udfff") == retriever.invoke(QUESTION)
    with pytest.raises(QuestionError):
        retriever.invoke("\ud800")


@pytest.mark.parametrize("code", README_LINES, ids=[code.splitlines()[0] for code in README_LINES])
def test_the_lines_of_the_readme_run_as_they_stand(code: str, sample_library: Library, tmp_path: Path) -> None:
    """In a process of their own, as a reader would run them: a library in `data`, its index not in use."""
    sample_library.update_index()
    (tmp_path / "data").mkdir()
    for name in ("sitrep.db", "sitrep.db-wal", "sitrep.db-shm", "index"):
        if (sample_library.folder / name).exists():
            (tmp_path / "data" / name).symlink_to(sample_library.folder / name)
    (tmp_path / "data" / "models").symlink_to(MODELS)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert re.search("killed|dead", ran.stdout)

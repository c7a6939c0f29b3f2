"""The library as a LangChain retriever: a question goes in, the passages that match it best come out as Documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import VectorStore
from pydantic import ConfigDict, SkipValidation

from retrieval.domain import Passage, StoreError
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import name_of
from retrieval.question.question import Question
from retrieval.search.find import find
from retrieval.store.library import Library, open_library
from retrieval.store.read import newest_before

BATCH = 500
"""Passages read at a time where all of them are wanted."""


def metadata_of(passage: Passage) -> dict[str, str | int]:
    """Return the metadata from which a passage can be cited. Unknown fields are left out: Chroma refuses None.

    `start` and `end` are offsets into the article's text; `published_at` is ISO 8601, a time or a day.
    """
    article = passage.article
    known: dict[str, str | int | None] = {
        "passage_id": passage.id,
        "article_id": article.id,
        "version": article.version,
        "start": passage.start,
        "end": passage.end,
        "language": article.language,
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "author": article.author,
        "published_at": article.published.isoformat() if article.published else None,
        "origin": article.origin,
    }
    return {name: value for name, value in known.items() if value is not None}


class SitrepRetriever(BaseRetriever):
    """Searches a library as the bot does: nearest in meaning, words and names, ranked together.

    A Document's `page_content` is the passage, `article.text[start:end]` to the character; its metadata says where
    that is and who published it (see `metadata_of`), and the `score` by which it was ranked, higher is better.
    `invoke` raises QuestionError where there is no question and StoreError where the library cannot be read.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: SkipValidation[Library]
    embedder: SkipValidation[Embedder]
    k: int = 8
    """Most Documents returned."""
    as_of: datetime | None = None
    """The moment (aware) that questions are asked for; None: now."""
    vector_store: VectorStore | None = None
    """Another vector store, filled with `documents()`, in place of the library's own; for questions about now."""

    @classmethod
    def open(cls, folder: Path | str, **fields: Any) -> SitrepRetriever:
        """Return a retriever over the library in `folder` with the default embedder, and other fields as given.

        Raises StoreError or ModelError where one of them cannot be opened.
        """
        embedder = load_embedder(Path(folder) / "models")
        return cls(library=open_library(Path(folder), name_of(embedder)), embedder=embedder, **fields)

    def documents(self) -> Iterator[Document]:
        """Yield every current passage, to fill another vector store with."""
        snapshot = self.library.snapshot()
        ids = snapshot.sample(len(snapshot.ids))
        for at in range(0, len(ids), BATCH):
            for passage in self.library.passages(ids[at : at + BATCH]).values():
                yield _document(passage)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        question = Question.read(
            query, now=datetime.now(UTC), as_of=self.as_of, newest=partial(newest_before, self.library.engine)
        )
        propose = self._propose if self.vector_store is not None else None
        found = find(self.library, self.embedder, question, self.k, propose=propose)
        return [_document(hit.passage, score=hit.score) for hit in found.hits]

    def _propose(self, text: str, count: int) -> list[int]:
        assert self.vector_store is not None
        found = self.vector_store.similarity_search(text, count)
        try:
            return [int(document.metadata["passage_id"]) for document in found]
        except (KeyError, ValueError) as exc:
            raise StoreError("A Document of this vector store has no passage_id: fill it with documents().") from exc


def _document(passage: Passage, **metadata: float) -> Document:
    return Document(id=str(passage.id), page_content=passage.text, metadata=metadata_of(passage) | metadata)

"""An Embedder behind LangChain's interface, in a module of its own: only who needs it imports LangChain."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from retrieval.embedding.engine import Embedder


class LangchainEmbeddings(Embeddings):
    """LangChain's `Embeddings` over an Embedder: documents are passages."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector a text, as lists of floats; raises ModelError."""
        vectors: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question, as a list of floats; raises ModelError."""
        vector: list[float] = self._embedder.embed_query(text).tolist()
        return vector

"""Texts to vectors; `retrieval.embedding.langchain` adapts an Embedder to LangChain."""

from retrieval.embedding.engine import Embedder, load_embedder

__all__ = ["Embedder", "load_embedder"]

"""An Embedder behind LangChain's interface; a separate module, so that others do not import LangChain."""

from langchain_core.embeddings import Embeddings

from retrieval.embedding.centred import embed_passages, embed_question
from retrieval.embedding.engine import Embedder
from retrieval.language.detect import detect


class LangchainEmbeddings(Embeddings):
    """The library's vectors as LangChain's `Embeddings`: documents are passages, and each text's language is detected.

    With these, LangChain's own Chroma can search the library's collection.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a centred unit vector a text, as lists of floats; raises ModelError."""
        vectors: list[list[float]] = embed_passages(self._embedder, texts, [detect(text) for text in texts]).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the centred unit vector of a question, as a list of floats; raises ModelError."""
        vector: list[float] = embed_question(self._embedder, text, detect(text)).tolist()
        return vector

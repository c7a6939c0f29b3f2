"""The default embedder: multilingual-e5-small on ONNX Runtime."""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import ModelError, Span
from retrieval.embedding.folder import Model, open_model
from retrieval.embedding.graph import STATES
from retrieval.embedding.tokens import Tokenizer
from retrieval.embedding.weights import Vocabulary

DIMENSIONS = 384
MAX_TOKENS = 512  # the model's window, both marks included; further tokens are not read
WORD_TOKENS = 64  # of one word that are read, both marks included
PASSAGE_PREFIX = "passage: "  # as the model was trained (arXiv 2402.05672)
QUERY_PREFIX = "query: "


class Embedder(Protocol):
    """Turns texts into unit vectors; their dot product is the cosine of two texts."""

    @property
    def name(self) -> str:
        """The name of the vectors; it changes when they change beyond numerical noise."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows, (texts, dimensions); raises ModelError."""

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return a unit vector, (dimensions,); raises ModelError."""


@runtime_checkable
class WordEncoder(Protocol):
    """Tells what the words of a text mean where they stand, beside what the whole text is about."""

    def word_states(self, text: str, spans: Sequence[Span]) -> NDArray[np.float32]:
        """Return what two layers make of each word, (2, words, 384): the means over its tokens. Raises ModelError.

        Words that begin after the first MAX_TOKENS tokens have zeros.
        """


class Words:
    """From a text to its tokens and their word embeddings; a class because it keeps its tables, 100 MB of them."""

    def __init__(self, vocabulary: Vocabulary, session: Future[Any]) -> None:
        self.tokenizer, self.begin, self.end = Tokenizer(vocabulary), vocabulary.begin, vocabulary.end
        self._pieces = vocabulary.pieces
        self._session = session.result()  # of token ids to word embeddings

    def opens_word(self, ids: Sequence[int]) -> NDArray[np.bool_]:
        """Return of each token whether a word begins with it."""
        return np.array([self._pieces[id_].startswith("▁") for id_ in ids], bool)

    def embed(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Return the embeddings of token ids, (1, tokens, 384)."""
        (words,) = self._session.run(["words"], {"ids": np.array([ids], np.int64)})
        found: NDArray[np.float32] = words
        return found


class OnnxEmbedder:
    """An Embedder over one ONNX Runtime session; a class because it keeps the session and its threads.

    A run uses one thread and runs may overlap: a batch uses all cores, a text each, and a query starts at once even in
    the middle of a batch.
    """

    dimensions = DIMENSIONS

    def __init__(self, model: Model) -> None:
        self.name = model.name
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(cores, thread_name_prefix="embed")
        # The sessions are opened on another core while this one reads the vocabulary.
        words, graph = (self._pool.submit(open_session, one) for one in (model.words, model.graph))
        self.words = Words(model.vocabulary, words)
        self._session = graph.result()

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows, (texts, 384), from the first 512 tokens of each text; raises ModelError."""
        if len(texts) == 1:
            return self._embed(PASSAGE_PREFIX + texts[0])[None]
        rows = np.empty((len(texts), DIMENSIONS), np.float32)
        # Longest first, so that the other cores do not wait for a long one at the end.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for i, row in zip(order, self._pool.map(lambda i: self._embed(PASSAGE_PREFIX + texts[i]), order), strict=True):
            rows[i] = row
        return rows

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return a unit vector, (384,), in the calling thread; raises ModelError."""
        return self._embed(QUERY_PREFIX + text)

    def word_states(self, text: str, spans: Sequence[Span]) -> NDArray[np.float32]:
        """Return what two layers make of each word, (2, words, 384), in the calling thread. Raises ModelError."""
        tokenizer = self.words.tokenizer
        ids, edges = tokenizer.encode(PASSAGE_PREFIX.strip(), MAX_TOKENS)[:-1], []
        for span in spans:  # a word at a time, so that each token is known to be of its word
            edges.append(len(ids))
            ids += tokenizer.encode(span.of(text), WORD_TOKENS)[1:-1] or [self.words.end]
        edges.append(len(ids))
        ids = [*ids[: MAX_TOKENS - 1], self.words.end]
        try:
            layers = self._session.run(list(STATES), {"words": self.words.embed(ids)})
        except Exception as exc:  # onnxruntime's own errors share no base class
            raise ModelError("The embedding model failed on a text.") from exc
        states = np.zeros((len(STATES), len(spans), DIMENSIONS), np.float32)
        for word, (start, end) in enumerate(pairwise(edges)):
            if start < len(ids) - 1:
                states[:, word] = [layer[0, start : min(end, len(ids) - 1)].mean(axis=0) for layer in layers]
        return states

    def _embed(self, text: str) -> NDArray[np.float32]:
        ids = self.words.tokenizer.encode(text, MAX_TOKENS)
        try:
            (vectors,) = self._session.run(["vector"], {"words": self.words.embed(ids)})
        except Exception as exc:  # onnxruntime's own errors share no base class
            raise ModelError("The embedding model failed on a text.") from exc
        vector: NDArray[np.float32] = vectors[0]
        return vector


@lru_cache(maxsize=1)
def load_embedder(folder: Path) -> OnnxEmbedder:
    """Open the default embedder; its model is converted into `folder` on first use (about 3 seconds).

    It is opened once, since the reader needs its words. Safe to call from several processes at once. Raises ModelError
    if the weights are missing or the folder cannot be written.
    """
    return OnnxEmbedder(open_model(folder))


def words_of(folder: Path) -> Words:
    """Return the words of the model in `folder`, which the embedder and the reader share. Raises ModelError."""
    return load_embedder(folder).words


def open_session(graph: bytes) -> Any:
    """Return an ONNX Runtime session of one thread. Raises ModelError."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # onnxruntime's own errors share no base class
        raise ModelError("ONNX Runtime cannot open a model; upgrade onnxruntime.") from exc

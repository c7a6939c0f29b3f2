"""The trained reader: question and passage go through the network together, and each sentence comes out with a score.

multilingual-e5-small, fine-tuned by `training/reader.py`; its words are the embedder's.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import ModelError, Span
from retrieval.embedding.engine import Words, open_session, words_of

GRAPH = "reader.onnx"

QUESTION_TOKENS = 40
TITLE_TOKENS = 20
LEAD_TOKENS = 35
SENTENCE_TOKENS = 110
"""Most tokens that are read of each; as in training."""

LONGEST_SHORT_ANSWER = 8
"""Words of a short answer."""

TRIMMED = " \t\n.,;:!?()[]«»“”„\"'‘’—–-"
"""Characters that open and close a short answer no more."""


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences that follow one another, under the title and the first sentence of their article.

    Those say which event it is where the sentences do not.
    """

    title: str
    sentences: tuple[str, ...]
    lead: str = ""  # "": it is among the sentences


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """What the reader makes of a sentence."""

    score: float  # a logit: whether it answers
    short: Span | None  # the words in it that answer alone, if any do; offsets count in the sentence
    short_score: float  # their log probability among all spans of the sentence


class Scorer(Protocol):
    """Scores sentences by how well they answer a question."""

    def read(self, question: str, windows: Sequence[Window]) -> list[list[ReadSentence]]:
        """Return what it makes of each sentence of each window. Raises ModelError."""
        ...


class CrossEncoder:
    """A Scorer over ONNX Runtime; a class because it keeps its sessions and threads."""

    def __init__(self, words: Words, graph: bytes) -> None:
        self._words, self._session = words, open_session(graph)
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(cores, thread_name_prefix="read")

    def read(self, question: str, windows: Sequence[Window]) -> list[list[ReadSentence]]:
        """Return what the network makes of each sentence of each window. Raises ModelError."""
        asked = self._tokens(question, QUESTION_TOKENS)
        return list(self._pool.map(lambda window: self._read(asked, window), windows))

    def _tokens(self, text: str, most: int) -> list[int]:
        return self._words.tokenizer.encode(text, most + 2)[1:-1]

    def _read(self, asked: list[int], window: Window) -> list[ReadSentence]:
        title, lead = self._tokens(window.title, TITLE_TOKENS), self._tokens(window.lead, LEAD_TOKENS)
        sentences = [self._tokens(sentence, SENTENCE_TOKENS) for sentence in window.sentences]
        end = self._words.end
        head = [self._words.begin, *asked, end, end, *title, *lead, end]
        ids = [*head, *(token for sentence in sentences for token in sentence), end]
        try:
            (logits,) = self._session.run(["logits"], {"words": self._words.embed(ids)})
        except Exception as exc:  # onnxruntime's own errors share no base class
            raise ModelError("The reader failed on a text.") from exc
        edges = accumulate(map(len, sentences), initial=len(head))
        parts = [logits[0, start:end] for start, end in pairwise(edges)]
        return [
            self._sentence(text, tokens, part)
            for text, tokens, part in zip(window.sentences, sentences, parts, strict=True)
        ]

    def _sentence(self, text: str, tokens: list[int], logits: NDArray[np.float32]) -> ReadSentence:
        if not tokens:
            return ReadSentence(-np.inf, None, -np.inf)
        score = float(logits[:, 0].mean())
        words = _words_of(text)
        first = np.flatnonzero(self._words.opens_word(tokens))
        if len(words) != len(first) or first[0] != 0:
            return ReadSentence(score, None, -np.inf)  # normalised into other words, or cut
        last = np.append(first[1:], len(tokens)) - 1
        begins, ends = _log_softmax(logits[:, 1])[first], _log_softmax(logits[:, 2])[last]
        spans = begins[:, None] + ends[None, :]
        spans[~np.triu(np.tri(len(first), k=LONGEST_SHORT_ANSWER - 1, dtype=bool))] = -np.inf
        begin, end = divmod(int(spans.argmax()), len(first))
        return ReadSentence(score, _trimmed(text, words[begin].start, words[end].end), float(spans[begin, end]))


def load_reader(folder: Path) -> Scorer:
    """Open the shipped reader; it shares the words of the embedder's model in `folder`. Raises ModelError."""
    return CrossEncoder(words_of(folder), Path(__file__).with_name(GRAPH).read_bytes())


def _words_of(text: str) -> list[Span]:
    found, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        found.append(Span(start, at))
    return found


def _trimmed(text: str, start: int, end: int) -> Span | None:
    whole = text[start:end]
    left = len(whole) - len(whole.lstrip(TRIMMED))
    return Span(start + left, start + len(whole.rstrip(TRIMMED))) if whole.strip(TRIMMED) else None


def _log_softmax(values: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = values - values.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()), np.float32)

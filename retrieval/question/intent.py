"""What a message asks to be done, told by its likeness to example sentences; no list of words is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import Intent
from retrieval.embedding import Embedder
from retrieval.language.detect import transliterated
from retrieval.language.packs import LANGUAGES
from retrieval.language.text import clean
from retrieval.question.recognise import in_own_letters, question_language

WIDTH = 1.0
"""Of the kernel exp((cosine - 1) / WIDTH); chosen in `python -m training.intents` on the seen sentences."""

QUESTION_BIAS = 0.02
"""Added to the score of a question: to take one for a request is worse than the reverse."""

MOST_CHARACTERS = 300
"""Of a longer message this much tells what it asks."""

STEP = 127.0
"""A coordinate of an example is stored in a byte, from -STEP to STEP."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Kernel ridge regression over example sentences, made by `training/intents.py`."""

    mean: NDArray[np.float32]  # (dimensions,), of the examples' vectors
    examples: NDArray[np.float32]  # (examples, dimensions), unit rows
    worth: NDArray[np.float32]  # (examples, intents): what an example like the message adds to each score
    intents: tuple[Intent, ...]

    def scores(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a score for each intent, about 0 to 1, of the vector of a message as the embedder returns it."""
        scores = kernel(centred(vector[None], self.mean), self.examples)[0] @ self.worth
        return np.asarray(scores, dtype=np.float32)


@cache
def shipped_weights() -> Weights:
    """Return the weights that come with the package."""
    with np.load(Path(__file__).with_name("intents.npz")) as stored:
        examples = stored["examples"].astype(np.float32)
        return Weights(
            stored["mean"].astype(np.float32),
            examples / np.linalg.norm(examples, axis=1, keepdims=True),
            stored["worth"].astype(np.float32),
            tuple(Intent(name) for name in stored["intents"].tolist()),
        )


def centred(vectors: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return unit rows less `mean`, made unit rows again."""
    moved = vectors - mean
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def kernel(rows: NDArray[np.float32], examples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how alike unit rows and unit examples are, (rows, examples), 1 where they are the same."""
    return np.asarray(np.exp((rows @ examples.T - 1) / WIDTH), dtype=np.float32)


def read_intent(embedder: Embedder, text: str) -> Intent:
    """Return what a message asks to be done. `embedder` is the default one; raises ModelError.

    A message without a word in it is `OTHER`.
    """
    written = as_read(text)
    if not any(letter.isalnum() for letter in written):
        return Intent.OTHER
    weights = shipped_weights()
    scores = weights.scores(embedder.embed_query(written))
    scores[weights.intents.index(Intent.QUESTION)] += QUESTION_BIAS
    return weights.intents[int(scores.argmax())]


def as_read(text: str) -> str:
    """Return the beginning of a message as it is embedded: in the letters of its language."""
    tidy = " ".join(clean(text[: MOST_CHARACTERS * 2]).split())[:MOST_CHARACTERS]
    language = question_language(tidy, LANGUAGES[0]) if tidy else None
    return in_own_letters(tidy, language) if language and transliterated(tidy) == language else tidy

"""What a message asks to be done, told by its likeness to example sentences; no list of words is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import Intent, Span
from retrieval.embedding.engine import Embedder, WordEncoder
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

LEAST_SURE = 0.6
"""Score from which on a message is in a language; "ok" is in all of them."""

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Weights:
    """Kernel ridge regression over example sentences, made by `training/intents.py`."""

    means: NDArray[np.float32]  # (layers, dimensions), of the examples' states
    axes: NDArray[np.float32]  # (layers * dimensions, axes), on which the states differ most
    examples: NDArray[np.float32]  # (examples, axes), unit rows
    worth: NDArray[np.float32]  # (examples, intents + languages): what an example like the message adds to each score
    intents: tuple[Intent, ...]
    languages: tuple[str, ...]

    def scores(self, states: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return scores, about 0 to 1, of each intent and of each language, for the states of messages.

        `states` are (messages, layers, dimensions), the scores (messages, intents) and (messages, languages).
        """
        alike = kernel(projected(states, self.means, self.axes), self.examples)
        scores = np.asarray(alike @ self.worth, dtype=np.float32)
        return scores[:, : len(self.intents)], scores[:, len(self.intents) :]

    def intent_of(self, states: NDArray[np.float32]) -> list[Intent]:
        """Return the intent of each message."""
        scores, _ = self.scores(states)
        scores[:, self.intents.index(Intent.QUESTION)] += QUESTION_BIAS
        return [self.intents[at] for at in scores.argmax(axis=1).tolist()]

    def language_of(self, states: NDArray[np.float32]) -> str | None:
        """Return the language of one message, None if it may be in several."""
        _, scores = self.scores(states)
        best = int(scores[0].argmax())
        return self.languages[best] if scores[0, best] >= LEAST_SURE else None


@cache
def shipped_weights() -> Weights:
    """Return the weights that come with the package."""
    with np.load(Path(__file__).with_name("intents.npz")) as stored:
        return weights_of(dict(stored))


def weights_of(stored: dict[str, NDArray[np.generic]]) -> Weights:
    """Return the weights that the arrays of the shipped file are."""
    examples = stored["examples"].astype(np.float32)
    return Weights(
        stored["means"].astype(np.float32),
        stored["axes"].astype(np.float32),
        examples / np.linalg.norm(examples, axis=1, keepdims=True),
        stored["worth"].astype(np.float32),
        tuple(Intent(name) for name in stored["intents"].tolist()),
        tuple(stored["languages"].tolist()),
    )


def centred(states: NDArray[np.float32], means: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return states, (messages, layers, dimensions), less the means and of unit length, the layers side by side."""
    moved = states - means
    moved /= np.linalg.norm(moved, axis=2, keepdims=True)
    return np.asarray(moved.reshape(len(moved), -1), dtype=np.float32)


def projected(
    states: NDArray[np.float32], means: NDArray[np.float32], axes: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return centred states on `axes`, unit rows."""
    rows = centred(states, means) @ axes
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def kernel(rows: NDArray[np.float32], examples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how alike unit rows and unit examples are, (rows, examples), 1 where they are the same."""
    return np.asarray(np.exp((rows @ examples.T - 1) / WIDTH), dtype=np.float32)


def states_of(embedder: Embedder, text: str) -> NDArray[np.float32]:
    """Return what two layers of the embedder make of a message as it is read, (layers, dimensions): means over words.

    The layer in the middle knows more of how a thing is said, the last more of what is said. Raises ModelError.
    """
    written = as_read(text)
    spans = [Span(*found.span()) for found in _WORD.finditer(written)]
    return np.asarray(cast(WordEncoder, embedder).word_states(written, spans).mean(axis=1), dtype=np.float32)


def read_intent(embedder: Embedder, text: str) -> Intent:
    """Return what a message asks to be done. `embedder` is the default one; raises ModelError.

    A message without a word in it is `OTHER`.
    """
    if not any(letter.isalnum() for letter in as_read(text)):
        return Intent.OTHER
    return shipped_weights().intent_of(states_of(embedder, text)[None])[0]


def read_language(embedder: Embedder, text: str) -> str | None:
    """Return the language of a message of few words, also in the letters of another one: "rahmet"; None if unsure.

    `embedder` is the default one; raises ModelError.
    """
    return shipped_weights().language_of(states_of(embedder, text)[None]) if text.strip() else None


def as_read(text: str) -> str:
    """Return the beginning of a message as it is embedded: in the letters of its language."""
    tidy = " ".join(clean(text[: MOST_CHARACTERS * 2]).split())[:MOST_CHARACTERS]
    language = question_language(tidy, LANGUAGES[0]) if tidy else None
    return in_own_letters(tidy, language) if language and transliterated(tidy) == language else tidy

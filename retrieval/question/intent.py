"""What a message asks to be done, and which of its words say what about; no list of words is looked at.

The first is told by its likeness to example sentences, the second by what the embedder makes of each word where it is.
"""

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
from retrieval.language.detect import detect, transliterated
from retrieval.language.doc import Text
from retrieval.language.packs import LANGUAGES, any_regex
from retrieval.language.text import clean
from retrieval.language.words import words
from retrieval.question.figure import asked_figure
from retrieval.question.recognise import in_own_letters, question_language
from retrieval.question.slips import days_spelled

WIDTH = 1.0
"""Of the kernel exp((cosine - 1) / WIDTH); chosen in `python -m training.intents` on the seen sentences."""

QUESTION_BIAS = 0.02
"""Added to the score of a question: to take one for a request is worse than the reverse."""

LEAST_ABOUT = 0.35
"""Probability from which on a word is what a request is about. In folds of the labelled sentences of training, 31 of
1,970 lose their topic from there on, and 92 of 1,408 without one are given one."""

MOST_CHARACTERS = 300
"""Of a longer message this much tells what it asks."""

STEP = 127.0
"""A coordinate of an example is stored in a byte, from -STEP to STEP."""

LEAST_SURE = 0.6
"""Score from which on a message is in a language; "ok" is in all of them."""

JOINED = frozenset(
    {
        Intent.SUMMARY, Intent.TIMELINE, Intent.FIGURES, Intent.SUBSCRIBE, Intent.UNSUBSCRIBE, Intent.WATCH,
        Intent.SETTINGS, Intent.PRIVACY,
    }
)  # fmt: skip
"""Intents of which one sentence may ask for two; a noun alone, as in "protests and arrests", reads as the latest."""

SURE_PART = 0.48
"""Least score of half a sentence that is a request by itself; of 20 pairs of requests the lowest has .49."""

SURE_BY = 0.2
"""Least distance of that score to the next; the lowest of the same has .21."""

LEAST_PART = 2
"""Words of such a half."""

MOST_JOINTS = 3
"""Places in a message at which it may be two requests."""

_WORD = re.compile(r"\S+")
_JOINT = re.compile(rf"[\s,;]+(?:{any_regex('questions', 'also')})\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """What a message asks to be done, and the words, in lower case, that it may be about if it is a request."""

    intent: Intent
    about: frozenset[str]
    language: str | None = None  # also in the letters of another one: "rahmet"; None if unsure


@dataclass(frozen=True, slots=True)
class Weights:
    """Made by `training/intents.py`: kernel ridge regression over sentences, and a logistic regression over words."""

    means: NDArray[np.float32]  # (layers, dimensions), of the examples' states
    axes: NDArray[np.float32]  # (layers * dimensions, axes), on which the states differ most
    examples: NDArray[np.float32]  # (examples, axes), unit rows
    worth: NDArray[np.float32]  # (examples, intents + languages): what an example like the message adds to each score
    about: NDArray[np.float32]  # (2 * layers * dimensions + 1,), of a word's states, of the message's, and the bias
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

    def is_about(self, states: NDArray[np.float32]) -> list[bool]:
        """Return of each word of a request, by its states, (layers, words, dimensions), whether it is about it."""
        odds = in_message(states, self.means) @ self.about[:-1] + self.about[-1]
        return [bool(found) for found in odds >= np.log(LEAST_ABOUT / (1 - LEAST_ABOUT))]


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
        stored["about"].astype(np.float32),
        tuple(Intent(name) for name in stored["intents"].tolist()),
        tuple(stored["languages"].tolist()),
    )


def centred(states: NDArray[np.float32], means: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return states, (messages, layers, dimensions), less the means and of unit length, the layers side by side."""
    moved = states - means
    moved /= np.linalg.norm(moved, axis=2, keepdims=True)
    return np.asarray(moved.reshape(len(moved), -1), dtype=np.float32)


def in_message(states: NDArray[np.float32], means: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what tells whether each word of a message is its topic, (words, 2 * layers * dimensions).

    `states` are those of the words, (layers, words, dimensions): each beside their mean, since "a boat" is one thing in
    "what happened on the boat" and another in "I was on a boat, what did I miss".
    """
    whole = centred(states.mean(axis=1)[None], means)
    return np.hstack([centred(states.transpose(1, 0, 2), means), np.repeat(whole, states.shape[1], axis=0)])


def projected(
    states: NDArray[np.float32], means: NDArray[np.float32], axes: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return centred states on `axes`, unit rows."""
    rows = centred(states, means) @ axes
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def kernel(rows: NDArray[np.float32], examples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how alike unit rows and unit examples are, (rows, examples), 1 where they are the same."""
    return np.asarray(np.exp((rows @ examples.T - 1) / WIDTH), dtype=np.float32)


def word_states(embedder: Embedder, text: str) -> tuple[list[str], NDArray[np.float32]]:
    """Return what stands between spaces in a message as it is read, and what two layers of the embedder make of each.

    (layers, words, dimensions). The layer in the middle knows more of how a thing is said, the last more of what is
    said. Raises ModelError.
    """
    written = as_read(text)
    spans = [Span(*found.span()) for found in _WORD.finditer(written)]
    return [span.of(written) for span in spans], cast(WordEncoder, embedder).word_states(written, spans)


def states_of(embedder: Embedder, text: str) -> NDArray[np.float32]:
    """Return the means over the words of a message of their states, (layers, dimensions). Raises ModelError."""
    return np.asarray(word_states(embedder, text)[1].mean(axis=1), dtype=np.float32)


def read_request(embedder: Embedder, text: str) -> Request:
    """Return what a message asks to be done, of what and in which language. Raises ModelError.

    `embedder` is the default one. A message without a word in it is `OTHER`.
    """
    if not any(letter.isalnum() for letter in as_read(text)):
        return Request(Intent.OTHER, frozenset())
    weights, (written, states) = shipped_weights(), word_states(embedder, text)
    about = (one for one, is_about in zip(written, weights.is_about(states), strict=True) if is_about)
    whole = states.mean(axis=1, dtype=np.float32)[None]
    return Request(
        weights.intent_of(whole)[0],
        frozenset(word.text.casefold() for one in about for word in words(one)),
        weights.language_of(whole),
    )


def joined_requests(embedder: Embedder, text: str) -> frozenset[Intent]:
    """Return the two things that one sentence asks for, "give me the summary and subscribe me at 8"; else nothing.

    Each half is surely a request by itself, for another thing, and more surely than the whole is: the whole of "send it
    in the morning and in the evening" asks for one thing. `embedder` is the default one; raises ModelError.
    """
    written, weights = as_read(text), shipped_weights()
    joints = list(_JOINT.finditer(written))[:MOST_JOINTS]
    halves = [(written[: joint.start()], written[joint.end() :]) for joint in joints]
    halves = [pair for pair in halves if all(len(half.split()) >= LEAST_PART for half in pair)]
    if not halves:
        return frozenset()
    whole = weights.scores(states_of(embedder, written)[None])[0][0]
    if weights.intents[int(whole.argmax())] not in JOINED:
        return frozenset()

    def asked(half: str) -> Intent | None:
        scores = weights.scores(states_of(embedder, half)[None])[0][0]
        second, best = np.argsort(scores)[-2:].tolist()
        intent = weights.intents[best]
        sure = scores[best] >= max(SURE_PART, scores[second] + SURE_BY, whole[best])
        counts = intent is Intent.FIGURES and asked_figure(Text(half, detect(half))) is not None
        return intent if sure and intent in JOINED and not counts else None

    for behind, before in ((asked(last), first) for first, last in halves):
        if behind and (ahead := asked(before)) and ahead is not behind:
            return frozenset({ahead, behind})
    return frozenset()


def as_read(text: str) -> str:
    """Return the beginning of a message as it is embedded: in the letters of its language, its days spelled right."""
    tidy = " ".join(clean(text[: MOST_CHARACTERS * 2]).split())[:MOST_CHARACTERS]
    language = question_language(tidy, LANGUAGES[0]) if tidy else None
    if language and transliterated(tidy) == language:
        tidy = in_own_letters(tidy, language)
    return days_spelled(tidy, language) if language else tidy

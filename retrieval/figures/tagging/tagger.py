"""The trained reader of figures: what each number of a text counts, of whom, in which sense, where and who says so.

Two layers of attention over the embedder's states of the words and the grammar's marks. `training/figures.py` makes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import FigureKind, FigureScope, ReportStatus, Span
from retrieval.figures.lexicon import PEOPLE_KINDS
from retrieval.figures.tagging.word_features import MarkedWords
from retrieval.language.numbers.numbers import Number

WEIGHTS = Path(__file__).with_name("tagger.npz")
TYPES = ("none", "number", "zero", "one")  # "zero": "nobody", "no children"; "one": a person without a number
KINDS = tuple(kind.value for kind in PEOPLE_KINDS)
GROUPS = (
    "total", "security", "civilians", "children", "protesters", "journalists", "foreigners", "students", "medics",
    "women", "workers", "prisoners", "other",
)  # fmt: skip
SCOPES = tuple(FigureScope)
STATUSES = tuple(ReportStatus)
NAMES = ("speaker", "place")
LAYERS, HEADS = 2, 4
LONGEST_NAME = 10  # words
MOST_WORDS = 256  # that have a place of their own
FAR = 32  # words from a number beyond which a name's distance makes no difference
EPSILON = 1e-5
SMALL = 1e-12  # so that the logarithm of a probability is finite

Weights = Mapping[str, NDArray[np.float32]]
Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A figure by the word it begins with; spans count in the text."""

    word: Span
    type: str  # of TYPES
    number: Number | None  # None: "zero" or "one"
    kind: FigureKind
    group: str
    scope: FigureScope
    status: ReportStatus
    probability: float  # that it is a figure of this kind and group
    group_probability: float
    scopes: Mapping[FigureScope, float]  # the probability of each
    statuses: Mapping[ReportStatus, float]
    speaker: Span | None
    speaker_probability: float
    place: Span | None
    place_probability: float


class Tagger:
    """Finds the figures of a text; a class because it keeps its weights."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def read(self, words: MarkedWords, states: Array, *, least: float) -> Iterator[Tagged]:
        """Yield the figures that are at least as probable as `least`; `states` are those of the words."""
        if not words.spans:
            return
        hidden = self._hidden(states, words.marks)
        scores = {name: _softmax(self._linear(name, hidden)) for name in ("type", "kind", "group", "scope", "status")}
        for word, types in enumerate(scores["type"]):
            type_ = int(types[1:].argmax()) + 1
            if word not in words.numbers and type_ == TYPES.index("number"):
                type_ = int(types[2:].argmax()) + 2
            probability = float(types[type_] * scores["kind"][word].max() * scores["group"][word].max())
            if types[type_] < least or probability < least:
                continue
            names = [self._name(name, hidden, word, words.spans) for name in NAMES]
            yield Tagged(
                words.spans[word],
                TYPES[type_],
                words.numbers.get(word) if TYPES[type_] == "number" else None,
                FigureKind(KINDS[int(scores["kind"][word].argmax())]),
                GROUPS[int(scores["group"][word].argmax())],
                SCOPES[int(scores["scope"][word].argmax())],
                STATUSES[int(scores["status"][word].argmax())],
                probability,
                float(scores["group"][word].max()),
                dict(zip(SCOPES, map(float, scores["scope"][word]), strict=True)),
                dict(zip(STATUSES, map(float, scores["status"][word]), strict=True)),
                *names[0],
                *names[1],
            )

    def _linear(self, name: str, inputs: Array) -> Array:
        return np.asarray(inputs @ self._weights[f"{name}.w"].T + self._weights[f"{name}.b"], np.float32)

    def _normalise(self, name: str, inputs: Array) -> Array:
        centred = inputs - inputs.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
        return np.asarray(scaled * self._weights[f"{name}.w"] + self._weights[f"{name}.b"], np.float32)

    def _hidden(self, states: Array, marks: Array) -> Array:
        """Return what the layers make of each word, (words, width)."""
        joined = np.concatenate([self._normalise(f"in{i}", layer) for i, layer in enumerate(states)], axis=-1)
        places = np.minimum(np.arange(len(marks)), MOST_WORDS - 1)
        hidden = self._linear("project", joined) + marks @ self._weights["marks"].T + self._weights["places"][places]
        hidden = self._normalise("in", hidden)
        for layer in range(LAYERS):
            hidden = hidden + self._attention(f"l{layer}.", self._normalise(f"l{layer}.n1", hidden))
            inner = self._linear(f"l{layer}.up", self._normalise(f"l{layer}.n2", hidden))
            hidden = np.asarray(hidden + self._linear(f"l{layer}.down", np.maximum(inner, 0)), np.float32)
        return self._normalise("out", hidden)

    def _attention(self, name: str, inputs: Array) -> Array:
        count = len(inputs)
        query, key, value = (
            self._linear(name + part, inputs).reshape(count, HEADS, -1).transpose(1, 0, 2) for part in "qkv"
        )
        shares = _softmax(query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1]))
        return self._linear(name + "o", (shares @ value).transpose(1, 0, 2).reshape(count, -1))

    def _name(self, name: str, hidden: Array, word: int, spans: tuple[Span, ...]) -> tuple[Span | None, float]:
        """Return the likeliest span of a name for the figure at `word`, or None, and how probable that is."""
        begins, ends = (self._edge(f"{name}.{edge}", hidden, word) for edge in ("start", "end"))
        pairs = np.triu(begins[1:, None] + ends[None, 1:])
        allowed = np.triu(np.ones_like(pairs)) - np.triu(np.ones_like(pairs), LONGEST_NAME)
        pairs = np.where(allowed > 0, pairs, -np.inf)
        first, last = divmod(int(pairs.argmax()), len(spans))
        nobody, best = float(begins[0] + ends[0]), float(pairs[first, last])
        if nobody >= best:
            return None, float(np.exp(nobody / 2))
        return Span(spans[first].start, spans[last].end), float(np.exp(best / 2))

    def _edge(self, name: str, hidden: Array, word: int) -> Array:
        """Return the logarithms of the probabilities that a name begins (ends) nowhere, and at each word."""
        query, keys = self._linear(f"{name}.q", hidden[word]), self._linear(f"{name}.k", hidden)
        distance = np.clip(np.arange(len(hidden)) - word, -FAR, FAR) + FAR
        scores = keys @ query / np.sqrt(len(query)) + self._weights[f"{name}.far"][distance]
        nowhere = self._linear(f"{name}.none", hidden[word])
        return np.asarray(np.log(_softmax(np.concatenate([nowhere, scores])) + SMALL), np.float32)


def _softmax(values: Array) -> Array:
    powers = np.exp(values - values.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True), np.float32)


@lru_cache(maxsize=1)
def load_tagger() -> Tagger:
    """Return the shipped tagger."""
    with np.load(WEIGHTS) as stored:
        return Tagger({name: stored[name].astype(np.float32) for name in stored.files})

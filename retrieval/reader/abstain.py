"""Whether what was found answers the question: a calibrated decision, with no language model and no network."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.question.words import forms
from retrieval.reader.evidence import Evidence, features

THRESHOLD = 0.5
"""The probability from which on a question is answered from reference text."""

NEWS_THRESHOLD = 0.45
"""The same for news: on the halves of our own questions that weights were fitted on, no answer was lost for it."""

LEAST_REFERENCE_TITLES = 3
"""Articles that the weights for reference text want to compare; they were fitted on passages of several."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A logistic model: per feature its mean, its scale and its weight, and the bias.

    For reference text also what the question is like: weights of its words and pairs of words, as `asked.forms` tells
    them, of its vector and of the vector of the passage nearest to it.
    """

    features: dict[str, tuple[float, float, float]]
    bias: float
    forms: dict[str, float] = field(default_factory=dict)
    vector: NDArray[np.float32] | None = None
    nearest: NDArray[np.float32] | None = None


@cache
def shipped_weights() -> dict[str, Weights]:
    """Return the shipped weights ("news", and reference text by language); `benchmarks.abstention --fit` made them."""
    stored = json.loads(files("retrieval.reader").joinpath("abstain.json").read_text(encoding="utf-8"))
    return {name: _read(model) for name, model in stored.items()}


def _read(model: dict[str, Any]) -> Weights:
    numbers = {name: (mean, scale, weight) for name, (mean, scale, weight) in model["features"].items()}
    vectors = (np.array(model[name], np.float32) if name in model else None for name in ("vector", "nearest"))
    return Weights(numbers, model["bias"], model.get("forms", {}), *vectors)


def regime(evidence: Evidence) -> str:
    """Return the name of the weights that fit what was found.

    News is dated, or in several languages, or of one or two articles; undated passages of several articles in the
    asker's own language are judged as reference text (an encyclopaedia's), where the language has weights for it.
    """
    found = evidence.candidates
    dated = any(candidate.day for candidate in found)
    foreign = any(candidate.language != evidence.language for candidate in found)
    articles = len({candidate.title for candidate in found})
    if dated or foreign or articles < LEAST_REFERENCE_TITLES or evidence.language not in shipped_weights():
        return "news"
    return evidence.language


def probability(evidence: Evidence) -> float:
    """Return how likely it is that the passages found answer the question, from 0 to 1.

    Calibrated for even odds: as many questions with an answer as without. 0 where nothing was found.
    """
    numbers = features(evidence)
    if not numbers:
        return 0.0
    return score(evidence, numbers, shipped_weights()[regime(evidence)])


def score(evidence: Evidence, numbers: dict[str, float], weights: Weights) -> float:
    """Return the probability that `weights` give to evidence and its features, from 0 to 1.

    A feature that is not told counts as its mean, a vector that is not told (or is another model's) as nothing.
    """
    logit = weights.bias + sum(
        weight * (numbers[name] - mean) / scale
        for name, (mean, scale, weight) in weights.features.items()
        if name in numbers
    )
    if weights.forms:
        logit += sum(weights.forms.get(form, 0.0) for form in forms(evidence.question))
    logit += _along(evidence.vector, weights.vector) + _along(evidence.nearest, weights.nearest)
    return 1.0 / (1.0 + math.exp(-logit))


def _along(vector: NDArray[np.float32] | None, weights: NDArray[np.float32] | None) -> float:
    if vector is None or weights is None or vector.shape != weights.shape:
        return 0.0
    return float(vector @ weights)


def answers(evidence: Evidence) -> bool:
    """Say whether the passages found answer the question."""
    return probability(evidence) >= (NEWS_THRESHOLD if regime(evidence) == "news" else THRESHOLD)

"""Whether what was found answers the question: a calibrated decision, with no language model and no network."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.answer.evidence import Evidence, features

THRESHOLD = 0.5
"""The probability from which on a question is answered from reference text."""

NEWS_THRESHOLD = 0.45
"""The same for news: on the halves of our own questions that weights were fitted on, no answer was lost for it."""

LEAST_REFERENCE_TITLES = 3
"""Articles that the weights for reference text want to compare; they were fitted on passages of several."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model: per feature its mean, its scale and its weight, and the bias."""

    features: dict[str, tuple[float, float, float]]
    bias: float


@cache
def _weights() -> dict[str, Weights]:
    """Return the shipped weights ("news", and reference text by language); `benchmarks.abstention --fit` made them."""
    stored = json.loads(files("retrieval.answer").joinpath("abstain.json").read_text(encoding="utf-8"))
    return {
        name: Weights({key: (m, s, w) for key, (m, s, w) in model["features"].items()}, model["bias"])
        for name, model in stored.items()
    }


def regime(evidence: Evidence) -> str:
    """Return the name of the weights that fit what was found.

    News is dated, or in several languages, or of one or two articles; undated passages of several articles in the
    asker's own language are judged as reference text (an encyclopaedia's), where the language has weights for it.
    """
    found = evidence.candidates
    dated = any(candidate.day for candidate in found)
    foreign = any(candidate.language != evidence.language for candidate in found)
    articles = len({candidate.title for candidate in found})
    if dated or foreign or articles < LEAST_REFERENCE_TITLES or evidence.language not in _weights():
        return "news"
    return evidence.language


def probability(evidence: Evidence) -> float:
    """Return how likely it is that the passages found answer the question, from 0 to 1.

    Calibrated for even odds: as many questions with an answer as without. 0 where nothing was found.
    """
    numbers = features(evidence)
    if not numbers:
        return 0.0
    return score(numbers, _weights()[regime(evidence)])


def score(numbers: dict[str, float], weights: Weights) -> float:
    """Return the probability that `weights` give to features, from 0 to 1; one that is not told counts as its mean."""
    logit = weights.bias + sum(
        weight * (numbers[name] - mean) / scale
        for name, (mean, scale, weight) in weights.features.items()
        if name in numbers
    )
    return 1.0 / (1.0 + math.exp(-logit))


def answers(evidence: Evidence) -> bool:
    """Say whether the passages found answer the question."""
    return probability(evidence) >= (NEWS_THRESHOLD if regime(evidence) == "news" else THRESHOLD)

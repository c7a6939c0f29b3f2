"""Whether the passages found answer the question: a logistic model over a few numbers, with no language model."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

THRESHOLD = 0.4
"""The probability from which on a question is answered; at .45, 2 % more with an answer are refused."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model: per feature its mean, its scale and its weight, and the bias."""

    features: dict[str, tuple[float, float, float]]
    bias: float


@cache
def shipped_weights() -> Weights:
    """Return the weights in `abstain.json`; `python -m training.abstention` makes them."""
    stored = json.loads(files("retrieval.reader").joinpath("abstain.json").read_text(encoding="utf-8"))
    numbers = {name: (mean, scale, weight) for name, (mean, scale, weight) in stored["features"].items()}
    return Weights(numbers, stored["bias"])


def score(numbers: dict[str, float], weights: Weights) -> float:
    """Return the probability that weights give to features, from 0 to 1; a feature left out counts as its mean.

    Calibrated for as many questions with an answer as without.
    """
    logit = weights.bias + sum(
        weight * (numbers[name] - mean) / scale
        for name, (mean, scale, weight) in weights.features.items()
        if name in numbers
    )
    return 1.0 / (1.0 + math.exp(-logit))

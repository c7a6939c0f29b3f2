"""How much what a sentence tells changes: deaths and power that changes hands before prices and promises.

Learned from graded sentences in four languages (`training/consequence.py`), not from a list of events.
"""

import math
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.language.concepts import mentions
from retrieval.language.doc import Text
from retrieval.language.packs import all_words

WEIGHTS = Path(__file__).with_name("consequence.npz")
CONCEPT_SHARE = 0.3  # of a concept that is mentioned, beside a vector of length 1
STRETCH, MIDDLE = 1.35, 0.45  # grades learned from few examples lie too near their mean
CACHED = 20_000  # sentences whose concepts are kept
SAYING = "say"  # the concept that sentences on anything share
PLANNED = 0.6  # share of its consequence that something planned or denied has
DEATHS, MORE_DEATHS = 0.65, 0.13  # of one death, and added for each power of ten of the dead
_AHEAD, _AHEAD_ENDINGS = all_words("calendar", "ahead"), tuple(all_words("calendar", "ahead_endings"))


class _Weights(NamedTuple):
    """Of a vector's dimensions, of concepts beside it, and of concepts without one, with their constants."""

    vector: NDArray[np.float32]
    concepts: dict[str, float]
    constant: float
    alone: dict[str, float]
    constant_alone: float


@cache
def _weights() -> _Weights:
    with np.load(WEIGHTS) as stored:
        names = [str(name) for name in stored["names"]]
        beside, alone = (dict(zip(names, map(float, stored[one]), strict=True)) for one in ("concepts", "alone"))
        return _Weights(stored["vector"], beside, float(stored["constant"]), alone, float(stored["constant_alone"]))


@lru_cache(maxsize=CACHED)
def concepts_of(text: str, language: str) -> frozenset[str]:
    """Return the names of the concepts that a text mentions."""
    return frozenset(name for mention in mentions(text, language) for name in mention.names)


def consequence(sentence: Text, vector: NDArray[np.float32] | None = None, deaths: float = 0.0) -> float:
    """Return how much it changes, from 0 (nothing) to 1, what a sentence tells.

    `vector` is the sentence's as it is stored; without it, or from another model, its concepts alone are looked at.
    `deaths` is the number it reports.
    """
    learned, found = _weights(), concepts_of(sentence.text, sentence.language)
    if vector is not None and vector.shape == learned.vector.shape:
        raw = learned.constant + float(vector @ learned.vector)
        raw += CONCEPT_SHARE * sum(learned.concepts.get(name, 0.0) for name in found)
    else:
        raw = learned.constant_alone + CONCEPT_SHARE * sum(learned.alone.get(name, 0.0) for name in found)
    weight = MIDDLE + STRETCH * (raw - MIDDLE)
    if deaths > 0:
        by_number = DEATHS + MORE_DEATHS * math.log10(1 + deaths)
        weight = by_number if weight < by_number else (weight + by_number) / 2  # what is learned knows no numbers
    forms = [word.text.casefold() for word in sentence.words]
    planned = any(form in _AHEAD or form.endswith(_AHEAD_ENDINGS) for form in forms)
    return min(1.0, max(0.0, weight)) * (PLANNED if planned else 1.0)

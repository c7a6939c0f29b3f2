"""Choosing the sentences that together say what many sentences say: greedily, nearest to their centroid.

CentroidOpt (Gholipour Ghalandari 2017), over words and stored sentence vectors side by side, so that sentences of
several languages meet.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from retrieval.briefing.rouge import Bag

WORDS_SHARE = 0.5
"""Of the words in a sentence's features; the rest is its stored vector."""


def idf(bags: Iterable[Bag]) -> dict[str, float]:
    """Return the inverse document frequency of each stem over `bags`; the rarest stems, seen once, are left out."""
    count, frequency = 0, Counter[str]()
    for one in bags:
        count += 1
        frequency.update(one.keys())
    return {stem: math.log(1 + count / seen) for stem, seen in frequency.items() if seen > 1}


def features(bags: Sequence[Bag], rarity: Mapping[str, float], vectors: np.ndarray) -> np.ndarray:
    """Return unit rows (sentences, features): weighted words beside the stored unit vectors (sentences, dimensions)."""
    columns = {stem: at for at, stem in enumerate(dict.fromkeys(s for one in bags for s in one if s in rarity))}
    rows = np.zeros((len(bags), len(columns)), dtype=np.float32)
    for at, one in enumerate(bags):
        for stem, count in one.items():
            if stem in columns:
                rows[at, columns[stem]] = (1 + math.log(count)) * rarity[stem]
    together = np.hstack([math.sqrt(WORDS_SHARE) * unit(rows), math.sqrt(1 - WORDS_SHARE) * unit(vectors)])
    return unit(together)


def unit(rows: np.ndarray) -> np.ndarray:
    """Return the rows at unit length; a row of zeros stays as it is."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def choose(
    rows: np.ndarray, centre: np.ndarray, worth: np.ndarray, most: int, allowed: Callable[[int, list[int]], bool]
) -> list[int]:
    """Return up to `most` rows whose sum comes nearest to `centre`, each weighed by its `worth` (0 to 1).

    `allowed(row, chosen)` may refuse a row beside those chosen before it.
    """
    chosen: list[int] = []
    total = np.zeros(rows.shape[1], dtype=np.float32)
    while len(chosen) < most:
        gains = unit(rows + total) @ centre * worth
        gains[chosen] = -np.inf
        for at in np.argsort(-gains, kind="stable"):
            if gains[at] <= 0:
                return chosen
            if allowed(int(at), chosen):
                chosen.append(int(at))
                total = total + rows[at]
                break
        else:
            return chosen
    return chosen

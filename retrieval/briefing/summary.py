"""Extractive summarisation: how alike two texts are worded, and which sentences sum many up.

Likeness is ROUGE-1 F over stems without stop words (Lin 2004). The choice is CentroidOpt (Gholipour Ghalandari 2017):
greedily the sentences whose sum is nearest to the centroid, over words and stored sentence vectors side by side, so
that sentences of several languages meet.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from retrieval.language.doc import Text

MOST_ALIKE = 0.5  # ROUGE-1 F from which two sentences say the same
WORDS_SHARE = 0.5  # share of the words in a sentence's features; the rest is its stored vector
Bag = Counter[str]  # how often a text has each stem


def bag(text: Text) -> Bag:
    """Return how often a text has each of its stems."""
    return Counter(text.stems)


def shared(one: Bag, other: Bag) -> int:
    """Return how many stems two texts have in common, each as often as both have it."""
    if len(other) < len(one):
        one, other = other, one
    return sum(min(count, other[stem]) for stem, count in one.items() if stem in other)


def f1(one: Bag, other: Bag) -> float:
    """Return ROUGE-1 F between two texts, from 0 to 1; symmetric."""
    together = one.total() + other.total()
    return 2 * shared(one, other) / together if together else 0.0


class Wording(NamedTuple):
    """A text as the two measures of likeness compare it."""

    stems: Bag
    words: Bag  # every word as written, in lower case, function words too


def wording(text: Text) -> Wording:
    """Return how often a text has each stem and each word."""
    return Wording(bag(text), Counter(word.text.casefold() for word in text.words))


def likeness(one: Wording, other: Wording) -> float:
    """Return ROUGE-1 F by stems or by plain words, whichever is higher."""
    return max(f1(one.stems, other.stems), f1(one.words, other.words))


# --- the choice of sentences ------------------------------------------------------------------------


def idf(bags: Iterable[Bag]) -> dict[str, float]:
    """Return the inverse document frequency of each stem over `bags`; the rarest stems, seen once, are left out."""
    count, frequency = 0, Counter[str]()
    for one in bags:
        count += 1
        frequency.update(one.keys())
    return {stem: math.log(1 + count / seen) for stem, seen in frequency.items() if seen > 1}


def features(bags: Sequence[Bag], rarity: Mapping[str, float], vectors: np.ndarray) -> np.ndarray:
    """Return unit rows (sentences, features): weighted words, then the stored unit vectors (sentences, dimensions)."""
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
    """Return up to `most` rows whose sum comes nearest to `centre`, each times its `worth` (0 to 1).

    `allowed(row, chosen)` may refuse a row because of those chosen before it.
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

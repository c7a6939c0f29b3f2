"""How much two texts say in the same words: ROUGE-1 over stems, stop words left out (Lin 2004)."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from retrieval.language.words import stems, words

Bag = Counter[str]
"""How often a text has each stem."""


def bag(text: str, language: str) -> Bag:
    """Return the stems of a text in `language` (ISO 639-1), counted."""
    return Counter(stems(text, language))


def shared(one: Bag, other: Bag) -> int:
    """Return how many stems two texts have in common, each as often as both have it."""
    if len(other) < len(one):
        one, other = other, one
    return sum(min(count, other[stem]) for stem, count in one.items() if stem in other)


def f1(one: Bag, other: Bag) -> float:
    """Return ROUGE-1 F between two texts, from 0 to 1; symmetric."""
    together = one.total() + other.total()
    return 2 * shared(one, other) / together if together else 0.0


def most_alike(text: Bag, others: Sequence[Bag]) -> float:
    """Return the highest ROUGE-1 F between a text and any of the others; 0 where there are none."""
    return max((f1(text, other) for other in others), default=0.0)


class Wording(NamedTuple):
    """A text as two measures of likeness see it."""

    stems: Bag
    words: Bag  # every word as written, in lower case, function words too


def wording(text: str, language: str) -> Wording:
    """Return the stems and the words of a text, counted."""
    return Wording(bag(text, language), Counter(word.text.casefold() for word in words(text)))


def likeness(one: Wording, other: Wording) -> float:
    """Return ROUGE-1 F by stems or by plain words, whichever is higher."""
    return max(f1(one.stems, other.stems), f1(one.words, other.words))

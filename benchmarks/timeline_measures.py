"""How near a timeline comes to one written by hand: alignment-based ROUGE-1 F and date F1.

From the definitions in Martschat & Markert, "Improving ROUGE for Timeline Summarization" (EACL 2017): each day is
aligned with the day of the other timeline that costs least, several with one where need be ("align+ m:1"); what the
two have in common counts less the further apart they are. Stop words are left out and words are stemmed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from retrieval.briefing.summary import Bag, bag, f1, shared
from retrieval.language.doc import Text

Days = Mapping[date, Sequence[str]]
"""A timeline: sentences by day."""


def harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def date_f1(predicted: Days, gold: Days) -> float:
    """Return F1 over the days chosen, from 0 to 1."""
    right = len(predicted.keys() & gold.keys())
    return harmonic(right / len(predicted), right / len(gold)) if predicted and gold else 0.0


def aligned_rouge(predicted: Days, gold: Days, language: str = "en") -> float:
    """Return ROUGE-1 F by the alignment "align+ m:1", from 0 to 1."""
    ours, theirs = _bags(predicted, language), _bags(gold, language)
    if not ours or not theirs:
        return 0.0
    return harmonic(_covered(ours, theirs), _covered(theirs, ours))


def _bags(days: Days, language: str) -> dict[date, Bag]:
    return {day: bag(Text(" ".join(sentences), language)) for day, sentences in sorted(days.items())}


def _nearness(one: date, other: date) -> float:
    return 1 / (abs((one - other).days) + 1)


def _covered(these: Mapping[date, Bag], those: Mapping[date, Bag]) -> float:
    """Return which share of the words of `these` days the days aligned with them hold."""
    held = 0.0
    for day, words in these.items():
        cost = {other: (1 - _nearness(day, other)) * (1 - f1(words, those[other])) for other in those}
        best = min(cost, key=lambda other: cost[other])
        held += _nearness(day, best) * shared(words, those[best])
    total = sum(words.total() for words in these.values())
    return held / total if total else 0.0

"""How probable it is that two events are one: by subject, shared names, time between them, and what else is reported.

New-event detection usually compares an article with a cluster's centroid by cosine and a time penalty (Allan 2002,
"Topic Detection and Tracking"). Here a logistic regression weighs five numbers; `training.events` fits it.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from retrieval.events.profile import Profile

TOGETHER = 0.63
"""Probability from which two events are taken for one."""

APART = 0.3
"""Probability below which parts of one event are taken apart; lower than TOGETHER, so that events are stable."""

WINDOW = timedelta(days=60)
"""Longest time without an article in which an event may go on."""

UNDATED_GAP = 7
"""Days that are assumed between an undated article and anything else."""

COMMON_FROM = 8.0
"""A name in every eighth article of a large event counts fully."""

LEAST_NAMES = 5.0
"""The weight of names from which their share says something: some two rare ones."""

SMOOTHING = 30
"""Events added to those known when the rarity of a name is estimated."""

BESIDES = 12.0
"""Articles added to those known when the share of an event among them is estimated."""

DOMINANT = 0.5
"""The share of all that is reported from which an event attracts what hardly names anything."""

FEATURES = ("cosine", "both", "gap", "share", "within")
"""Names count by their product with the cosine alone: two subjects in one city share its name."""


def same_event(numbers: np.ndarray) -> np.ndarray:
    """Return the probabilities, (n,), of rows of FEATURES, (n, 5)."""
    weights = _weights()
    logits = weights["intercept"] + numbers @ np.array([weights["weights"][name] for name in FEATURES])
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))


def least(numbers: np.ndarray) -> np.ndarray:
    """Return the probabilities, (n,), from which rows of FEATURES are of one event.

    It is TOGETHER, and less where nearly all that is reported is of one event: the next article probably is, too.
    """
    share = np.exp(numbers[:, FEATURES.index("share")])
    return np.asarray(TOGETHER - (TOGETHER - APART) * np.clip((share - DOMINANT) / (1 - DOMINANT), 0.0, 1.0))


@cache
def _weights() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(files(__package__).joinpath("weights.json").read_text(encoding="utf-8"))
    return stored


@dataclass
class Candidates:
    """Events by id, and which of them each name is in; a class because both change together."""

    profiles: dict[int, Profile] = field(default_factory=dict)
    _with_name: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def put(self, id_: int, profile: Profile) -> None:
        """Add an event, or replace it."""
        self.drop(id_)
        self.profiles[id_] = profile
        for name in profile.names:
            self._with_name[name].add(id_)

    def drop(self, id_: int) -> None:
        """Remove an event, if it is there."""
        for name in self.profiles.pop(id_).names if id_ in self.profiles else ():
            self._with_name[name].discard(id_)

    def near(self, one: Profile) -> list[int]:
        """Return the ids of the events that may go on to `one` by their days, in order."""
        return sorted(id_ for id_, other in self.profiles.items() if gap(one, other) <= WINDOW.days)

    def compared(self, one: Profile, ids: Iterable[int]) -> np.ndarray:
        """Return the FEATURES, (events, 5), of an event that is not among these with each of the events `ids`."""
        others = [self.profiles[id_] for id_ in ids]
        places = {id_: at for at, id_ in enumerate(ids)}
        rarity = {name: self._rarity(name) for name in one.names}
        own = {name: rare * _common(one.names[name], one.articles) for name, rare in rarity.items()}
        shared = np.zeros(len(others))
        for name, weight in own.items():
            for id_ in self._with_name.get(name, ()):
                if (at := places.get(id_)) is not None:
                    theirs = _common(others[at].names[name], others[at].articles)
                    shared[at] += min(weight, rarity[name] * theirs)
        whole, within = sum(own.values()), _within(one)
        everything = one.articles + sum(other.articles for other in others)
        rows = []
        for other, weight in zip(others, shared.tolist(), strict=True):
            least = self._weight(other) if weight and _is_smaller(other, one) else whole
            product = float(one.vector @ other.vector) if len(one.vector) == len(other.vector) else 0.0
            cosine, names = product / (one.articles * other.articles), weight / max(least, LEAST_NAMES)
            share = max(one.articles, other.articles) / (everything + BESIDES)
            known = [mean for mean in (within, _within(other)) if mean is not None]
            less = cosine - sum(known) / len(known) if known else 0.0
            rows.append((cosine, cosine * names, math.log1p(gap(one, other)), math.log(share), less))
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))

    def _weight(self, one: Profile) -> float:
        return sum(self._rarity(name) * _common(count, one.articles) for name, count in one.names.items())

    def _rarity(self, name: str) -> float:
        """Return the logarithm of how rare a name is: among the events here, or in news at large if it is less so."""
        known, usual = len(self.profiles) + 1, _weights()["usual"]
        here = math.log((known + SMOOTHING) / (len(self._with_name.get(name, ())) + 1.5))
        return min(here, math.log((usual["articles"] + SMOOTHING) / (usual["names"].get(name, 0) + 0.5)))


def gap(one: Profile, other: Profile) -> int:
    """Return the days between two events; 0 where they overlap."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return UNDATED_GAP
    return max(0, (one.first - other.last).days, (other.first - one.last).days)


def _within(one: Profile) -> float | None:
    """Return how alike the articles of an event are: the mean cosine of two of them; None of a single one.

    An article that is further from an event than its articles from each other is about something else.
    """
    if one.articles < 2:
        return None
    return (float(one.vector @ one.vector) - one.articles) / (one.articles * (one.articles - 1))


def _common(count: float, articles: int) -> float:
    """Return how much a name counts, from 0 to 1, that `count` of the articles of an event have."""
    return min(1.0, count * COMMON_FROM / (articles + COMMON_FROM - 1))


def _is_smaller(one: Profile, other: Profile) -> bool:
    return (one.articles, len(one.names)) < (other.articles, len(other.names))

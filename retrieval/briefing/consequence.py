"""How much what a sentence tells changes: deaths and power that changes hands before prices and promises."""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.language.concepts import mentions
from retrieval.language.doc import Text
from retrieval.language.packs import all_words

PLANNED = 0.6  # share of its consequence that something planned or denied has
MORE_DEATHS = 0.1  # added for each power of ten of the dead
_AHEAD, _AHEAD_ENDINGS = all_words("calendar", "ahead"), tuple(all_words("calendar", "ahead_endings"))


@dataclass(frozen=True, slots=True)
class Event:
    """An event by the concepts that name it, one of `any` with one of `along` (none: with whatever), and its weight."""

    weight: float
    any: frozenset[str]
    along: frozenset[str]

    def in_(self, concepts: frozenset[str]) -> bool:
        return not self.any.isdisjoint(concepts) and (not self.along or not self.along.isdisjoint(concepts))


@cache
def events() -> tuple[Event, ...]:
    """Return the events of `consequence.toml`, the weightiest first."""
    stored = tomllib.loads(files("retrieval.briefing").joinpath("consequence.toml").read_text(encoding="utf-8"))
    found = (Event(one["weight"], frozenset(one["any"]), frozenset(one.get("with", ()))) for one in stored["event"])
    return tuple(sorted(found, key=lambda event: -event.weight))


def consequence(sentence: Text, deaths: float = 0.0) -> float:
    """Return how much it changes, from 0 (nothing) to 1, what a sentence tells; `deaths` is the number it reports."""
    concepts = frozenset(name for mention in mentions(sentence.text, sentence.language) for name in mention.names)
    weight = next((event.weight for event in events() if event.in_(concepts)), 0.0)
    if deaths > 0:
        weight = max(weight, 0.7 + MORE_DEATHS * math.log10(1 + deaths))
    forms = [word.text.casefold() for word in sentence.words]
    planned = any(form in _AHEAD or form.endswith(_AHEAD_ENDINGS) for form in forms)
    return min(1.0, weight) * (PLANNED if planned else 1.0)

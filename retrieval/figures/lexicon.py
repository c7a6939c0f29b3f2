"""The words by which each language reports figures, from its pack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from retrieval.domain import FigureKind
from retrieval.language.packs import NOTHING, pack, packs

PEOPLE_KINDS = (
    FigureKind.KILLED,
    FigureKind.INJURED,
    FigureKind.DETAINED,
    FigureKind.MISSING,
    FigureKind.HOSPITALISED,
    FigureKind.DEPLOYED,
    FigureKind.DISPLACED,
)
FORMS = ("toll", "verb", "active", "either", "noun")


@cache
def phrases_of(key: str) -> str:
    """Return the alternatives under `key` in `[beside]` of every figures.toml, joined to a regular expression."""
    return "|".join(phrase for phrases in tables_of(key) for phrase in phrases) or NOTHING


def tables_of(key: str) -> list[dict[str, Any]]:
    """Return the table `key` in `[beside]` of each figures.toml."""
    return [one.get("figures", "beside", {}).get(key, {}) for one in packs()]


class Patterns(dict[str, re.Pattern[str]]):
    """Patterns of whole words by their names; each is compiled when it is first looked up."""

    def __init__(self, written: Mapping[str, str]) -> None:
        self._written = written

    def __missing__(self, name: str) -> re.Pattern[str]:
        return self.setdefault(name, _whole(self._written[name]))


@dataclass(frozen=True)
class FigureWords:
    """The words of counting of one language.

    Each pattern is compiled at its first use: all 120 take .15 s, and a question of the killed needs a third of them.
    """

    language: str
    written: Mapping[str, Any]  # figures.toml

    @property
    def verb_last(self) -> bool:
        return bool(self.written.get("verb_last"))

    @property
    def active_after(self) -> bool:
        """Whether some active verbs follow the number."""
        return bool(self.written.get("active_after"))

    @property
    def verb_beside(self) -> bool:
        """Whether a verb before the number is next to it."""
        return bool(self.written.get("verb_beside"))

    @cached_property
    def goes_to(self) -> re.Pattern[str] | None:
        """After a number: it goes on to another."""
        return re.compile(self.written["goes_to"]) if "goes_to" in self.written else None

    @cached_property
    def triggers(self) -> tuple[tuple[FigureKind, str, re.Pattern[str]], ...]:
        """Each kind and form with its words."""
        return tuple((kind, form, _whole(_alternatives(phrases))) for kind, form, phrases in self._listed)

    @cached_property
    def any_trigger(self) -> re.Pattern[str]:
        return _whole(_alternatives([phrase for _, _, phrases in self._listed for phrase in phrases]))

    @cached_property
    def groups(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """In order of precedence; "people" is no group of its own."""
        return tuple((name, _whole(_alternatives(phrases))) for name, phrases in self._groups.items())

    @cached_property
    def troops(self) -> re.Pattern[str]:
        return _whole(self.written["groups"]["troops"])

    @cached_property
    def words(self) -> Patterns:
        return Patterns(self.written["words"])

    @cached_property
    def remark(self) -> re.Pattern[str]:
        """ ", most of them young men,"."""
        return self._anywhere("aside")

    @cached_property
    def age(self) -> re.Pattern[str]:
        """ ", aged 15 and 18,"."""
        return self._anywhere("age")

    @cached_property
    def credit(self) -> re.Pattern[str]:
        """ ", according to the ministry,"."""
        return self._anywhere("credit")

    @cached_property
    def zeros(self) -> tuple[re.Pattern[str], ...]:
        return _zeros(self.written, self._groups)

    @cached_property
    def zero_unless(self) -> re.Pattern[str]:
        return _whole(self.written["zero"]["unless"])

    @cached_property
    def zero_kinds(self) -> dict[str, re.Pattern[str]]:
        return {kind: re.compile(stems) for kind, stems in self.written["zero"].get("kinds", {}).items()}

    @cached_property
    def price(self) -> Patterns:
        return Patterns(self.written["price"])

    @cached_property
    def price_per(self) -> re.Pattern[str]:
        """What a price is of: "a litre"."""
        return re.compile(self.written["price"]["per"].replace(" ", r"\s+") + r"(?!\w)", re.IGNORECASE)

    @cached_property
    def currencies(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((code, _whole(words)) for code, words in self.written["price"]["currency"].items())

    @cached_property
    def period(self) -> Patterns:
        written = self.written["period"]
        kinds = {name: _alternatives(written[name]) for name in ("curfew", "emergency")}
        return Patterns({**written, **kinds})

    @cached_property
    def period_units(self) -> re.Pattern[str]:
        return _whole(self.written["period"]["duration"].replace("?P<n>N", r"?P<n>\d{1,3}|[^\W\d_]+"))

    @property
    def _listed(self) -> list[tuple[FigureKind, str, list[str]]]:
        kinds = self.written
        return [(kind, form, kinds[kind][form]) for kind in PEOPLE_KINDS for form in FORMS if kinds[kind].get(form)]

    @property
    def _groups(self) -> dict[str, list[str]]:
        return {name: phrases for name, phrases in self.written["groups"].items() if name != "troops"}

    def _anywhere(self, name: str) -> re.Pattern[str]:
        return re.compile(self.written["words"][name], re.IGNORECASE)


def _alternatives(phrases: list[str]) -> str:
    ordered = sorted(phrases, key=len, reverse=True)
    return f"(?:{'|'.join(ordered)})" if ordered else "(?!)"


def _whole(pattern: str) -> re.Pattern[str]:
    """Return a pattern of whole words; a space in it matches any white space."""
    spaced = pattern.replace(" ", r"\s+")
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)" if pattern else r"(?!)", re.IGNORECASE)


@cache
def figure_words(language: str) -> FigureWords | None:
    """Return the words of counting of `language`, or None for a language without figures in its pack."""
    written = pack(language).section("figures")
    return FigureWords(language, written) if written else None


def _zeros(raw: Mapping[str, Any], groups: dict[str, list[str]]) -> tuple[re.Pattern[str], ...]:
    kinds = [raw[kind] for kind in PEOPLE_KINDS[:5]]
    noun = _alternatives([p for kind in kinds for p in (*kind.get("noun", ()), *kind.get("either", ()))])
    verb = _alternatives([p for kind in kinds for p in (*kind.get("verb", ()), *kind.get("either", ()))])
    group = _alternatives([p for phrases in groups.values() for p in phrases])
    return tuple(
        _whole(pattern.replace("NOUN", noun).replace("VERB", verb).replace("GROUP", group))
        for pattern in raw["zero"]["patterns"]
    )

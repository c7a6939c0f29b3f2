"""The words by which each language reports figures, compiled from its pack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
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
WORDS = (
    "adjective function aux object_begins part partitive among group_before previous_before previous doubt released "
    "history another total suffix unit security_losses"
)


@cache
def phrases_of(key: str) -> str:
    """Return the alternatives under `key` in `[beside]` of every figures.toml, joined to a regular expression."""
    return "|".join(phrase for phrases in tables_of(key) for phrase in phrases) or NOTHING


def tables_of(key: str) -> list[dict[str, Any]]:
    """Return the table `key` in `[beside]` of each figures.toml."""
    return [one.get("figures", "beside", {}).get(key, {}) for one in packs()]


@dataclass(frozen=True, slots=True)
class FigureWords:
    """The words of counting of one language, compiled."""

    language: str
    verb_last: bool
    active_after: bool  # some active verbs follow the number
    verb_beside: bool  # a verb before the number is next to it
    goes_to: re.Pattern[str] | None  # after a number: it goes on to another
    triggers: tuple[tuple[FigureKind, str, re.Pattern[str]], ...]  # kind, form, words
    any_trigger: re.Pattern[str]
    groups: tuple[tuple[str, re.Pattern[str]], ...]  # in order of precedence; "people" is no group of its own
    troops: re.Pattern[str]
    words: dict[str, re.Pattern[str]]
    remark: re.Pattern[str]  # ", most of them young men,"
    age: re.Pattern[str]  # ", aged 15 and 18,"
    credit: re.Pattern[str]  # ", according to the ministry,"
    zeros: tuple[re.Pattern[str], ...]
    zero_unless: re.Pattern[str]
    zero_kinds: dict[str, re.Pattern[str]]
    price: dict[str, re.Pattern[str]]
    currencies: tuple[tuple[str, re.Pattern[str]], ...]
    period: dict[str, re.Pattern[str]]
    period_units: re.Pattern[str]


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
    raw = pack(language).section("figures")
    if not raw:
        return None
    listed = [(kind, form, raw[kind][form]) for kind in PEOPLE_KINDS for form in FORMS if raw[kind].get(form)]
    groups = {name: phrases for name, phrases in raw["groups"].items() if name != "troops"}
    return FigureWords(
        language=language,
        verb_last=raw.get("verb_last", False),
        active_after=raw.get("active_after", False),
        verb_beside=raw.get("verb_beside", False),
        goes_to=re.compile(raw["goes_to"]) if "goes_to" in raw else None,
        triggers=tuple((kind, form, _whole(_alternatives(phrases))) for kind, form, phrases in listed),
        any_trigger=_whole(_alternatives([phrase for _, _, phrases in listed for phrase in phrases])),
        groups=tuple((name, _whole(_alternatives(phrases))) for name, phrases in groups.items()),
        troops=_whole(raw["groups"]["troops"]),
        words={name: _whole(raw["words"][name]) for name in WORDS.split()},
        remark=re.compile(raw["words"]["aside"], re.IGNORECASE),
        age=re.compile(raw["words"]["age"], re.IGNORECASE),
        credit=re.compile(raw["words"]["credit"], re.IGNORECASE),
        zeros=_zeros(raw, groups),
        zero_unless=_whole(raw["zero"]["unless"]),
        zero_kinds={kind: re.compile(stems) for kind, stems in raw["zero"].get("kinds", {}).items()},
        price={name: _whole(raw["price"][name]) for name in ("goods", "change", "not_price")}
        | {"per": re.compile(raw["price"]["per"].replace(" ", r"\s+") + r"(?!\w)", re.IGNORECASE)},
        currencies=tuple((code, _whole(words)) for code, words in raw["price"]["currency"].items()),
        period={name: _whole(_alternatives(raw["period"][name])) for name in ("curfew", "emergency")}
        | {name: _whole(raw["period"][name]) for name in ("until", "from")},
        period_units=_whole(raw["period"]["duration"].replace("?P<n>N", r"?P<n>\d{1,3}|[^\W\d_]+")),
    )


def _zeros(raw: Mapping[str, Any], groups: dict[str, list[str]]) -> tuple[re.Pattern[str], ...]:
    kinds = [raw[kind] for kind in PEOPLE_KINDS[:5]]
    noun = _alternatives([p for kind in kinds for p in (*kind.get("noun", ()), *kind.get("either", ()))])
    verb = _alternatives([p for kind in kinds for p in (*kind.get("verb", ()), *kind.get("either", ()))])
    group = _alternatives([p for phrases in groups.values() for p in phrases])
    return tuple(
        _whole(pattern.replace("NOUN", noun).replace("VERB", verb).replace("GROUP", group))
        for pattern in raw["zero"]["patterns"]
    )

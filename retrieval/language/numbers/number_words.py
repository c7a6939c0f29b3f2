"""The words of number of each language, from its pack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from retrieval.language.packs import or_first


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words of number, compiled."""

    atoms: dict[str, tuple[str, float]]
    any_phrase: re.Pattern[str]
    phrases: tuple[tuple[re.Pattern[str], str, float], ...]
    joiner: str
    zero: re.Pattern[str]
    article: frozenset[str]
    refused: re.Pattern[str]
    case: re.Pattern[str] | None
    no_case: frozenset[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    range_before: re.Pattern[str]
    range_joint: re.Pattern[str]
    range_after: re.Pattern[str]
    direction: frozenset[str]
    change: re.Pattern[str]
    about_case: re.Pattern[str] | None


def _any(phrases: list[str]) -> str:
    ordered = sorted(phrases, key=len, reverse=True)
    return "(?:" + "|".join(p.replace(" ", r"[\s\u00a0]+") for p in ordered) + ")" if ordered else r"(?!)"


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)


@cache
def lexicon(language: str) -> Lexicon:
    """Return the words of number of `language`; English ones for a language whose pack has none."""
    raw = or_first(language, "numbers")
    phrases, q = raw["phrases"], raw["qualifiers"]
    atoms = {
        form: (kind, float(value))
        for kind, words in raw["atoms"].items()
        for forms, value in words.items()
        for form in forms.split("|")
    }
    sized = [(_whole(_any([p])), "fixed", float(v)) for p, v in phrases["fixed"]]
    sized += [(_whole(_any([p])), "vague", float(v)) for p, v in phrases["vague"]]
    senses = {sense: _any(q[sense]) for sense in ("least", "about", "most")}
    senses_after = {sense: _any(q[f"{sense}_after"]) for sense in ("least", "about", "most")}
    return Lexicon(
        atoms=atoms,
        any_phrase=_whole(_any([p for p, _ in (*phrases["vague"], *phrases["fixed"])])),
        phrases=tuple(sized),
        joiner=phrases["joiner"],
        zero=_whole(_any(phrases["zero"])),
        article=frozenset(phrases["article"]),
        refused=_whole(_any(phrases["not_a_number"])),
        case=re.compile(phrases["case"] + "$") if "case" in phrases else None,
        no_case=frozenset(phrases.get("no_case", ())),
        about_case=re.compile(phrases["about_case"] + "$") if "about_case" in phrases else None,
        before=re.compile(
            rf"(?<!\w)(?:{'|'.join(f'(?P<{s}>{p})' for s, p in senses.items())})"
            rf"(?:[\s\u00a0]+{_any(q['skip'])})*[\s\u00a0]*$",
            re.IGNORECASE,
        ),
        after=re.compile(  # with up to two words between: "8 people dead at least", "100 адамнан астам"
            rf"(?:[\s\u00a0]+[^\W\d_]+){{0,2}}?[\s\u00a0]*"
            rf"(?:{'|'.join(f'(?P<{s}>{p})' for s, p in senses_after.items())})(?!\w)",
            re.IGNORECASE,
        ),
        range_before=re.compile(rf"(?<!\w){_any(q['range_before'])}[\s\u00a0]*$", re.IGNORECASE),
        range_joint=re.compile(rf"[\s\u00a0]+{_any(q['range_joint'])}[\s\u00a0]+", re.IGNORECASE),
        range_after=re.compile(rf"(?:[\s\u00a0]+\w+)?[\s\u00a0]+{_any(q['range_after'])}(?!\w)", re.IGNORECASE),
        direction=frozenset(q["direction"]),
        change=_whole(_any(q["change"])),
    )

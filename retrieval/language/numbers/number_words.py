"""The words of number of each language, from its pack."""

import re
from dataclasses import dataclass
from functools import cache

from retrieval.language.packs import any_of, or_first


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words of number, compiled."""

    atoms: dict[str, tuple[str, float]]
    any_phrase: re.Pattern[str]
    phrases: tuple[tuple[re.Pattern[str], str, float], ...]
    joiner: str
    article: frozenset[str]
    refused: re.Pattern[str]
    case: re.Pattern[str] | None
    no_case: frozenset[str]
    cased: frozenset[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    range_before: re.Pattern[str]
    range_joint: re.Pattern[str]
    range_after: re.Pattern[str]
    direction: frozenset[str]
    change: re.Pattern[str]
    about_case: re.Pattern[str] | None


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)


@cache
def lexicon(language: str) -> Lexicon:
    """Return the words of number of `language`; English ones if its pack has none."""
    raw = or_first(language, "numbers")
    phrases, q = raw["phrases"], raw["qualifiers"]
    atoms = {
        form: (kind, float(value))
        for kind, words in raw["atoms"].items()
        for forms, value in words.items()
        for form in forms.split("|")
    }
    sized = [(_whole(any_of([p])), "fixed", float(v)) for p, v in phrases["fixed"]]
    sized += [(_whole(any_of([p])), "vague", float(v)) for p, v in phrases["vague"]]
    senses = {sense: any_of(q[sense]) for sense in ("least", "about", "most")}
    senses_after = {sense: any_of(q[f"{sense}_after"]) for sense in ("least", "about", "most")}
    return Lexicon(
        atoms=atoms,
        any_phrase=_whole(any_of([p for p, _ in (*phrases["vague"], *phrases["fixed"])])),
        phrases=tuple(sized),
        joiner=phrases["joiner"],
        article=frozenset(phrases["article"]),
        refused=_whole(any_of(phrases["not_a_number"])),
        case=re.compile(phrases["case"] + "$") if "case" in phrases else None,
        no_case=frozenset(phrases.get("no_case", ())),
        cased=frozenset(phrases.get("cased", ())),
        about_case=re.compile(phrases["about_case"] + "$") if "about_case" in phrases else None,
        before=re.compile(
            rf"(?<!\w)(?:{'|'.join(f'(?P<{s}>{p})' for s, p in senses.items())})"
            rf"(?:\s+{any_of(q['skip'])})*\s*$",
            re.IGNORECASE,
        ),
        after=re.compile(  # with up to two words between: "8 people dead at least", "100 адамнан астам"
            rf"(?:\s+[^\W\d_]+){{0,2}}?\s*"
            rf"(?:{'|'.join(f'(?P<{s}>{p})' for s, p in senses_after.items())})(?!\w)",
            re.IGNORECASE,
        ),
        range_before=re.compile(rf"(?<!\w){any_of(q['range_before'])}\s*$", re.IGNORECASE),
        range_joint=re.compile(rf"\s+{any_of(q['range_joint'])}\s+", re.IGNORECASE),
        range_after=re.compile(rf"(?:\s+\w+)?\s+{any_of(q['range_after'])}(?!\w)", re.IGNORECASE),
        direction=frozenset(q["direction"]),
        change=_whole(any_of(q["change"])),
    )

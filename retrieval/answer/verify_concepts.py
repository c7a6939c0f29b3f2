"""What a text speaks of, as concepts that four languages share: police, полиция, полицей and policía are one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.domain import LANGUAGES
from retrieval.language.words import fold

BROADER = {
    "police": (
        "security_forces",
        "officials",
    ),
    "guardsmen": (
        "security_forces",
        "soldiers",
    ),
    "soldiers": ("security_forces",),
    "peacekeepers": ("soldiers",),
    "police_department": ("police",),
    "president": ("leader",),
    "prime_minister": (
        "leader",
        "minister",
    ),
    "mayor": (
        "officials",
        "leader",
    ),
    "governor": (
        "officials",
        "leader",
    ),
    "government": ("officials",),
    "minister": (
        "officials",
        "leader",
    ),
    "interior_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "health_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "defence_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "foreign_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "justice_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "finance_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "energy_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "emergency_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "education_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "transport_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "labour_ministry": (
        "minister",
        "leader",
        "officials",
    ),
    "supreme_court": ("court",),
    "senate": ("parliament",),
    "deputies": ("parliament",),
    "parliament": ("deputies",),
    "gather": ("protest",),
    "march": (
        "protest",
        "gather",
    ),
    "protesters": ("protest",),
    "strike": ("protest",),
    "commandant": ("leader",),
    "ambulance": ("car",),
    "security_service": ("security_forces",),
    "lift": (
        "end",
        "suspend",
    ),
    "suspend": (
        "lift",
        "end",
    ),
    "end": ("lift",),
    "open_case": (
        "open",
        "begin",
    ),
    "hospitalise": (
        "hospital",
        "injure",
    ),
    "flight": ("airport",),
    "prison": ("detain",),
    "resign": ("withdraw_troops",),
    "release": ("withdraw_troops",),
    "gangs": ("rioters",),
    "village": ("city",),
    "police_station": (
        "police",
        "building",
    ),
    "refuse": ("deny",),
}
"""What else a text that speaks of the first may be said to speak of."""

PEOPLE_KINDS = ("role", "body")
REQUIRED = ("unit", "role", "body", "act", "thing")
"""Kinds that a statement may speak of only where its quotes do."""
TOPIC = "topic"
"""A kind of concepts that questions ask about; they make and break no claim, and hide no other concept."""
GENERAL = frozenset(["people", "residents", "city", "region", "office", "country", "number", "name", "half", "speak"])
"""Concepts too general to make or break a claim."""
OPTIONAL = frozenset("meet gather march demand promise pay march_work vote last cut admit refuse arrive enter".split())
"""What news words in so many ways that the quote may have it in words we do not know."""

_PAIRS = (
    "begin end, begin lift, begin suspend, rise fall, open close, confirm refuse, agree refuse, allow ban, ban lift, "
    "release detain, appoint dismiss, appoint resign, arrive withdraw_troops, arrive evacuate, end last, lift last, "
    "open suspend, open cut, open block, under_half over_half, deploy withdraw_troops, confirm retract, admit refuse, "
    "confirm deny, admit deny, agree deny"
)
OPPOSITES: dict[str, frozenset[str]] = {
    one: frozenset(b if a == one else a for a, b in (p.split() for p in _PAIRS.split(", ")) if one in (a, b))
    for one in _PAIRS.replace(",", "").split()
}
"""What a text that speaks of the second does not say when it says the first."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text speaks of something; a word may stand for several concepts ("akim": mayor or governor)."""

    kind: str
    names: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Concept:
    kind: str
    name: str
    forms: dict[str, tuple[str, ...]]


@cache
def _concepts() -> tuple[_Concept, ...]:
    table = files(__package__).joinpath("verify_concepts.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return tuple(
        _Concept(kind, name, dict(zip(LANGUAGES, (tuple(f.split(",")) for f in forms), strict=True)))
        for kind, name, *forms in rows
    )


def _any_form(forms: Iterable[str]) -> str:
    """Return the pattern of any of some forms, the longest first; where a word begins is looked for once for all."""
    written = {form: _form(form) for form in sorted(forms, key=len, reverse=True)}
    words = "|".join(pattern for form, pattern in written.items() if form[0] not in _SIGNS)
    signs = [pattern for form, pattern in written.items() if form[0] in _SIGNS]
    return "|".join([*signs, rf"\b(?:{words})(?!\w)"] if words else signs)


_SIGNS = "%$€₽₸£"
"""What stands for a unit and is no word."""


def _form(written: str) -> str:
    parts = (re.escape(fold(part)).replace(r"\*", r"\w*") for part in written.strip().split(" "))
    return r"[\s\u00a0]+".join(parts)


@cache
def _patterns(language: str) -> tuple[tuple[_Concept, re.Pattern[str]], ...]:
    # Kazakh news borrows Russian words and abbreviations as they are.
    return tuple((concept, re.compile(_any_form(_spoken(concept, language)))) for concept in _concepts())


def _spoken(concept: _Concept, language: str) -> tuple[str, ...]:
    """Return the forms of a concept in a language; in one unknown, those of all."""
    return concept.forms.get(language) or tuple(f for forms in concept.forms.values() for f in forms)


class _Folds(dict[int, str]):
    """What each character met so far is folded to, as `str.translate` asks for it: a class because it asks so."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        one = fold(character)
        self[code] = one if len(one) == 1 else character
        return self[code]


_FOLDS = _Folds()


def folded(text: str) -> str:
    """Fold a text letter by letter, so that offsets stay."""
    return text.translate(_FOLDS)


_OPENING = 4
"""Letters by which the forms that may begin at a word are looked up."""
_WORD = re.compile(r"\w+")


@cache
def _openings(language: str) -> dict[str, frozenset[int]]:
    """Map the first letters of each form to the places in `_patterns` that they may lead to."""
    found: dict[str, set[int]] = {}
    for place, (concept, _) in enumerate(_patterns(language)):
        for form in _spoken(concept, language):
            found.setdefault(_opening(form), set()).add(place)
    return {opening: frozenset(places) for opening, places in found.items()}


def _opening(form: str) -> str:
    """Return how a word must begin for a form to be looked for; "" where it is no word."""
    word = _WORD.match(fold(form.strip().split(" ")[0]))
    return word[0][:_OPENING] if word else ""


def openings(folded_text: str) -> frozenset[str]:
    """Return what the words of a text, as `folded` gives it, begin with, in one letter and in more."""
    begun = {word[:_OPENING] for word in _WORD.findall(folded_text)}
    return frozenset(begun).union({""}, *({one[:length] for one in begun} for length in range(1, _OPENING)))


def _spoken_of(plain: str, language: str) -> list[int]:
    """Return the places in `_patterns` worth a look: to try them all takes ten times as long."""
    places = _openings(language)
    return sorted(frozenset().union(*(places[one] for one in openings(plain) if one in places)))


def mentions(text: str, language: str) -> list[Mention]:
    """Return the concepts a text speaks of, in order; of overlapping ones the longest."""
    plain = folded(text)
    patterns = _patterns(language)
    found: dict[tuple[int, int], list[_Concept]] = {}
    for concept, pattern in (patterns[place] for place in _spoken_of(plain, language)):
        for match in pattern.finditer(plain):
            found.setdefault(match.span(), []).append(concept)
    return list(_longest(found))


def _longest(found: dict[tuple[int, int], list[_Concept]]) -> Iterator[Mention]:
    binding = [span for span, concepts in found.items() if any(c.kind != TOPIC for c in concepts)]
    for (start, end), concepts in sorted(found.items()):
        if any(s <= start and end <= e and (s, e) != (start, end) for s, e in binding):
            continue
        for kind in dict.fromkeys(c.kind for c in concepts):
            yield Mention(kind, frozenset(c.name for c in concepts if c.kind == kind), start, end)


def widened(names: frozenset[str]) -> frozenset[str]:
    """Return the concepts and what else a text that speaks of them may be said to speak of."""
    return names.union(*(BROADER.get(name, ()) for name in names))


@cache
def _meaning(name: str, language: str) -> tuple[frozenset[str], re.Pattern[str]]:
    """Return what in `language` speaks of a concept or of what falls under it, and how that begins."""
    under = {name, *(narrower for narrower, broader in BROADER.items() if name in broader)}
    forms = [form for concept in _concepts() if concept.name in under for form in _spoken(concept, language)]
    return frozenset(map(_opening, forms)), re.compile(_any_form(forms))


def speaks_of(names: frozenset[str], folded_text: str, begun: frozenset[str], language: str) -> bool:
    """Say whether a text speaks of any of the concepts; cheaper than all its mentions.

    The text is as `folded` gives it, `begun` its `openings`.
    """
    meanings = (_meaning(name, language) for name in names)
    return any(not begun.isdisjoint(opening) and pattern.search(folded_text) for opening, pattern in meanings)

"""Whether two sentences say the same: one statement with two sources, or two statements.

A conflict of numbers, days, speakers or polarity, or two countries that change roles, keep them apart; what is left is
judged by small trees over how much of each sentence is in the other. Every doubt keeps them apart: a line said twice is
better than news that is hidden.
Measured by benchmarks/sameness.py; vectors of single words were tried, and told no more than the concepts of the packs.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from retrieval.language.concepts import Mention, folded, mentions
from retrieval.language.names.places import places
from retrieval.language.names.sounds import sound_keys
from retrieval.language.numbers.numbers import number_values
from retrieval.language.packs import all_words, pack
from retrieval.language.words import is_stopword, stem, words

if TYPE_CHECKING:
    from retrieval.language.doc import Text

LEAST_COSINE = 0.35
"""Sentences less near (cosine of centred vectors) are not compared: of the pairs that say the same, .02 are."""

REPLACES_COSINE = 0.7
"""Cosine of centred vectors from which sentences in other words are on the same thing."""

DENIED_FRAME = 0.5
"""The part of the shorter sentence, in order, with which a "not" on one side denies the other side."""

_NOUNS = ("thing", "role", "body", "unit")
"""Kinds of concepts that are nouns even where they look like denied verbs."""

Tree = Any
"""A number, or [feature, threshold, tree where it is not above, tree where it is above]."""


class Relation(Enum):
    """How what two sentences say is related."""

    SAME = "same"
    UPDATE = "update"  # the later one changes what the other says
    CONTRADICTION = "contradiction"
    PART = "part"  # one says what the other says, and more
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Word:
    """A word that tells something, with the keys by which another sentence may have it too."""

    form: str
    keys: frozenset[str]  # its stem, concepts, sound and places
    sounds: frozenset[str]  # of a word with a capital
    places: frozenset[str]
    is_name: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as it is compared with others."""

    language: str
    forms: tuple[str, ...]  # every word but those of numbers and days
    words: tuple[Word, ...]
    keys: frozenset[str]  # of all its words
    numbers: frozenset[str]
    days: frozenset[date]
    weekdays: frozenset[int]
    dates: frozenset[tuple[int, int]]  # month and day
    published: date | None
    speaker: frozenset[str]  # keys of the words that name its speaker
    negations: int  # one for all that say "not", and one for each "denied" and "refused"
    looks_ahead: bool
    tenses: frozenset[str]
    acts: frozenset[str]  # concepts of what happens
    roles: frozenset[str]  # concepts of people
    concepts: frozenset[str]

    @classmethod
    def of(cls, text: Text) -> Statement:
        """Return a text as it is compared; takes as long as reading its numbers, days, speaker and concepts."""
        language = text.language
        found = mentions(text.text, language)
        days = text.day_mentions
        covered = [(n.span.start, n.span.end) for n in text.numbers] + [(d.start, d.end) for d in days]
        plain = [w for w in text.words if not any(start < w.end and w.start < end for start, end in covered)]
        telling = tuple(
            _word(word.text, language, [m for m in found if m.start < word.end and word.start < m.end], word.start == 0)
            for word in plain
            if not word.text[0].isdigit() and not is_stopword(word.text, language)
        )
        forms = [word.text.casefold() for word in text.words]
        return cls(
            language=language,
            forms=tuple(word.text.casefold() for word in plain),
            words=telling,
            keys=frozenset().union(*(word.keys for word in telling)),
            numbers=number_values(_without(text.text, [(d.start, d.end) for d in days]), language),
            days=frozenset(day for _, day in text.event_days),
            weekdays=frozenset(d.weekday for d in days if d.weekday is not None),
            dates=frozenset((d.month, day) for d in days if d.month for day in d.days),
            published=text.published.at.date() if text.published else None,
            speaker=_speaker_keys(text.speaker or "", language),
            negations=_negations(folded(text.text), language, found),
            looks_ahead=any(f in _AHEAD or f.endswith(_AHEAD_ENDINGS) for f in forms),
            tenses=frozenset(name for name, one in _tenses(language).items() if any(map(one.fullmatch, forms))),
            acts=_names_of(found, "act", "topic"),
            roles=_names_of(found, "role"),
            concepts=frozenset(name for mention in found for name in mention.names),
        )


# --- reading a sentence -------------------------------------------------------------------------------

_AHEAD, _AHEAD_ENDINGS = all_words("calendar", "ahead"), tuple(all_words("calendar", "ahead_endings"))


def _word(text: str, language: str, about: list[Mention], is_first: bool) -> Word:
    concepts = frozenset(name for mention in about for name in mention.names)
    capital = text[0].isupper()
    sounds = sound_keys(text, language) if capital else frozenset()
    codes = places(text, language) if capital or not pack(language).get("clauses", "capital_peoples") else frozenset()
    keys = {f"{language}:{stem(text, language)}", *(f"c:{name}" for name in concepts)}
    keys |= {f"n:{sound}" for sound in sounds} | {f"p:{code}" for code in codes}
    return Word(text.casefold(), frozenset(keys), sounds, codes, capital and not (is_first and concepts))


def _names_of(found: list[Mention], *kinds: str) -> frozenset[str]:
    return frozenset(name for mention in found if mention.kind in kinds for name in mention.names)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """Blank out spans of a text, so that the digits of a day are no numbers."""
    for start, end in spans:
        text = text[:start] + "_" * (end - start) + text[end:]
    return text


def _speaker_keys(name: str, language: str) -> frozenset[str]:
    if not name:
        return frozenset()
    keys = {key for mention in mentions(name, language) for key in mention.names}
    for word in words(name):
        keys.add(stem(word.text, language))
        keys |= sound_keys(word.text, language) if word.text[0].isupper() else frozenset()
    return frozenset(keys)


def _negations(plain: str, language: str, found: list[Mention]) -> int:
    """Return 1 if a text says "not", however often ("никто не"), and 1 more for each "denied" or "refused"."""
    never, negation, verbs = _denials(language)
    bare = never.sub(lambda match: "." * len(match[0]), plain)
    nouns = [(m.start, m.end) for m in found if m.kind in _NOUNS]
    turns = [(m.start, m.end) for m in found if m.kind == "deny" or "refuse" in m.names]
    at = [match.start() for match in negation.finditer(bare)]
    at += [verb.start() for verb in verbs.finditer(bare) if not any(a <= verb.start() < b for a, b in nouns)]
    return len(turns) + any(not any(a <= one < b for a, b in turns) for one in at)


@cache
def _denials(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    ours = pack(language)
    never, negation = (re.compile(rf"\b(?:{ours.regex('clauses', key)})") for key in ("no_negation", "negation"))
    return never, negation, re.compile(ours.regex("clauses", "negated_verbs"))


@cache
def _tenses(language: str) -> dict[str, re.Pattern[str]]:
    return {key: re.compile(pack(language).regex("clauses", key)) for key in ("past", "present_or_future")}


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    """Return pairs of concepts of acts of which one is what the other is not."""
    stored = tomllib.loads(files(__package__).joinpath("opposites.toml").read_text(encoding="utf-8"))
    return tuple((one, other) for one, others in stored.items() for other in others)


# --- comparing two ------------------------------------------------------------------------------------


def says_the_same(one: Text, other: Text, cosine: float) -> bool:
    """Return whether two sentences make one statement; `cosine` is that of their centred vectors. Symmetric."""
    return cosine >= LEAST_COSINE and relation(one, other, cosine) is Relation.SAME


def conflict(one: Text, other: Text) -> bool:
    """Return whether sentences on the same thing give other numbers, days or speakers, or one denies the other."""
    return is_conflict(compared(one.statement, other.statement, 0.0))


def repeats(later: Text, earlier: Text, cosine: float) -> bool:
    """Return whether an earlier sentence said the same; in one frame, a word in place of another is news."""
    numbers = compared(later.statement, earlier.statement, cosine)
    if numbers["frame_whole"] > DENIED_FRAME and numbers["both_replace"]:
        return False
    return says_the_same(later, earlier, cosine)


def replaces(later: Text, earlier: Text, cosine: float) -> bool:
    """Return whether a sentence says what became of what an earlier one says: another number, the opposite, done.

    Both are of the same thing: they name no two places or people, and half of their words agree, or their sense does.
    """
    numbers = compared(later.statement, earlier.statement, cosine)
    if numbers["places_conflict"] or numbers["names_replaced"] or numbers["swapped"]:
        return False
    if numbers["frame"] < DENIED_FRAME and cosine < REPLACES_COSINE:
        return False
    same_acts = bool(numbers["acts_shared"]) or not (later.statement.acts and earlier.statement.acts)
    return bool(
        (numbers["opposite"] and not numbers["negated"])
        or numbers["denied"]
        or (numbers["looks_ahead"] and earlier.statement.looks_ahead and same_acts)
        or (
            numbers["numbers_conflict"] and same_acts and not numbers["acts_conflict"] and not numbers["roles_conflict"]
        )
    )


def relation(one: Text, other: Text, cosine: float) -> Relation:
    """Return how two sentences are related. SAME is certain enough to hide one of them, the others are a best guess."""
    ours, theirs = one.statement, other.statement
    numbers = compared(ours, theirs, cosine)
    differ = is_conflict(numbers)
    least = _weights()["thresholds"]["dated" if numbers["gap_known"] else "undated"]
    if not differ and (_same_words(ours, theirs) or probability(numbers) >= least):
        return Relation.SAME
    if numbers["replaced"] > DENIED_FRAME:
        return Relation.DIFFERENT
    if numbers["one_adds"] and not differ:
        return Relation.PART
    if ours.published and theirs.published and ours.published != theirs.published:
        return Relation.UPDATE
    return Relation.CONTRADICTION if differ else Relation.DIFFERENT


def _same_words(one: Statement, other: Statement) -> bool:
    """Return whether two sentences have the same words, in any order where endings tell who does what."""
    if one.language == other.language and _has_cases(one.language):
        return sorted(one.forms) == sorted(other.forms)
    return one.forms == other.forms


def _has_cases(language: str) -> bool:
    return bool(pack(language).get("clauses", "cases"))


def probability(numbers: dict[str, float]) -> float:
    """Return the probability, from 0 to 1, that sentences compared so say the same if nothing in them conflicts."""
    weights = _weights()
    logit: float = weights["prior"] + sum(_leaf(tree, numbers) for tree in weights["trees"])
    return 1.0 / (1.0 + math.exp(-logit))


def _leaf(tree: Tree, numbers: dict[str, float]) -> float:
    while isinstance(tree, list):
        name, threshold, below, above = tree
        tree = below if numbers[name] <= threshold else above
    return float(tree)


@cache
def _weights() -> dict[str, Any]:
    """Return the trees in `sameness.json`; `python -m training.sameness` makes them."""
    stored: dict[str, Any] = json.loads(files(__package__).joinpath("sameness.json").read_text(encoding="utf-8"))
    return stored


def is_conflict(numbers: dict[str, float]) -> bool:
    """Return whether what `compared` returned rules out that two sentences say the same."""
    if any(numbers[f"{what}_conflict"] for what in ("numbers", "days", "weekdays", "dates", "speakers")):
        return True
    if numbers["swapped"] or (numbers["opposite"] and not numbers["negated"]):
        return True
    framed = numbers["frame"] > DENIED_FRAME or numbers["across"] or not numbers["both_replace"]
    return bool(numbers["denied"] and framed)


def compared(one: Statement, other: Statement, cosine: float) -> dict[str, float]:
    """Return what speaks for and against two sentences saying the same, by name; symmetric."""
    across = one.language != other.language
    left = [word for word in one.words if word.keys.isdisjoint(other.keys)]
    right = [word for word in other.words if word.keys.isdisjoint(one.keys)]
    shares = len(left) / max(1, len(one.words)), len(right) / max(1, len(other.words))
    common = 0 if across else _common(one.forms, other.forms)
    lengths = sorted((max(1, len(one.forms)), max(1, len(other.forms))))
    opposite = any(_oppose(one.acts, other.acts, *pair) for pair in _opposites())
    negated = (one.negations + other.negations) % 2 == 1
    nowhere = one.published is None or other.published is None
    gap = -1 if nowhere else abs((one.published - other.published).days)  # type: ignore[operator]
    found = {
        "cosine": cosine,
        "across": across,
        "frame": common / lengths[0],
        "frame_whole": common / lengths[1],
        "replaced": min(shares),
        "replaced_count": min(3, len(left), len(right)),
        "both_replace": bool(left and right),
        "one_adds": bool(left) != bool(right),
        "added": abs(shares[0] - shares[1]),
        "length": 1 - lengths[0] / lengths[1],
        "names_replaced": any(w.is_name for w in left) and any(w.is_name for w in right),
        "names_added": any(w.is_name for w in left) != any(w.is_name for w in right),
        "concepts": len(one.concepts & other.concepts) / max(1, len(one.concepts | other.concepts)),
        "opposite": opposite,
        "negated": negated,
        "negated_both": bool(one.negations and other.negations),
        "denied": negated and not opposite and min(shares) <= DENIED_FRAME,
        "looks_ahead": one.looks_ahead != other.looks_ahead,
        "tense": bool(one.tenses and other.tenses) and not one.tenses & other.tenses,
        "tenses": one.tenses != other.tenses,
        "gap": gap,
        "gap_known": not nowhere,
        **_names(one, other, across),
    }
    sides = {
        "numbers": (one.numbers, other.numbers),
        "acts": (one.acts, other.acts),
        "roles": (one.roles, other.roles),
    }
    for what, (ours, theirs) in sides.items():
        found[f"{what}_shared"] = bool(ours & theirs)
        found[f"{what}_conflict"] = bool(ours - theirs) and bool(theirs - ours)
        found[f"{what}_added"] = bool(ours - theirs) != bool(theirs - ours)
    if any(":" in value for value in one.numbers | other.numbers):  # hours, which texts write in many ways
        found["numbers_conflict"] = False
    apart: dict[str, tuple[frozenset[Any], frozenset[Any]]] = {
        "days": (one.days, other.days),
        "weekdays": (one.weekdays, other.weekdays),
        "dates": (one.dates, other.dates),
        "speakers": (one.speaker, other.speaker),
        "places": (_places(one), _places(other)),
    }
    for what, (said, says) in apart.items():
        found[f"{what}_shared"] = bool(said & says)
        found[f"{what}_conflict"] = bool(said and says) and not said & says
    found["speaker_added"] = bool(one.speaker) != bool(other.speaker)
    return {name: float(value) for name, value in found.items()}


def _places(side: Statement) -> frozenset[str]:
    return frozenset(code for word in side.words for code in word.places)


def _oppose(ours: frozenset[str], theirs: frozenset[str], one: str, other: str) -> bool:
    """Return whether one side has only the first and the other side only the second of two concepts."""

    def has(side: frozenset[str], this: str, that: str) -> bool:
        return this in side and that not in side

    return (has(ours, one, other) and has(theirs, other, one)) or (has(ours, other, one) and has(theirs, one, other))


def _names(one: Statement, other: Statement, across: bool) -> dict[str, float]:
    """Return how many names are shared, and whether two of them (two places: `swapped`) have changed places."""
    ours, theirs = ([word for word in side.words if word.sounds] for side in (one, other))
    pairs = [(a, b) for a, x in enumerate(ours) for b, y in enumerate(theirs) if x.sounds & y.sounds]
    cases = not across and _has_cases(one.language)  # endings, not order, tell who does what
    moved = [
        (a, c)
        for a, b in pairs
        for c, d in pairs
        if a < c and b > d and not (cases and ours[a].form == theirs[b].form and ours[c].form == theirs[d].form)
    ]
    swapped = any(ours[a].places and ours[c].places for a, c in moved)
    return {"names_shared": min(2, len({a for a, _ in pairs})), "inverted": bool(moved), "swapped": swapped}


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for a in one:
        before = 0
        for at, b in enumerate(other, 1):
            before, row[at] = row[at], before + 1 if a == b else max(row[at], row[at - 1])
    return row[-1]

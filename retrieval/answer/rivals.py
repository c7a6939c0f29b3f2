"""Sentences of other sources that contradict a quoted one: another day, number, name or place, or yes against no.

Both are of one event, of nearly one day, and alike but for what they differ in, so that what is shown as a conflict
is one. What a later day reports is news, no conflict.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from retrieval.figures.places import place_pattern
from retrieval.language.doc import Text
from retrieval.language.packs import pack, pattern
from retrieval.language.sameness import Statement, Word, compared, is_conflict
from retrieval.reader.choice import NumberedSentence

NEAR, NEAR_ACROSS = 0.6, 0.45
"""Cosine of two sentences that may contradict each other, at least; less in two languages."""

ALIKE = 0.5
"""Share of the shorter sentence's words, in order, that both have, at least, in one language."""

REPLACED = 0.5
"""Share of the words of either that the other one lacks, at most."""

MOST_DAYS = timedelta(days=1)
"""Time between two reports that may contradict each other."""

MOST_RIVALS = 2

FRAMED = 0.6
"""Share of the longer sentence's words, in order, that both have, at least, where they differ in a name."""

LONGEST_NAME = 3  # words
COUNTRY = 2  # letters of its code
REFUSALS = frozenset(("refuse", "deny"))

REPEATED = frozenset(
    """
    protest march gather strike attack storm shoot burn loot block detain release injure kill evacuate demand speak
    vote arrive enter deploy promise confirm admit refuse deny agree use_force torture hospitalise close open suspend
    """.split()
)
"""Concepts of acts that are done to many, by many or in many places."""

GROUPS = frozenset(
    f"c:{role}"
    for role in """
    people residents protesters rioters terrorists police soldiers guardsmen security_forces doctors workers students
    activists journalists officials deputies opposition rescuers families passengers prisoners
    """.split()
)
"""Keys of words for those who act in many places at once."""


def rivals(shown: Sequence[NumberedSentence], known: Sequence[NumberedSentence]) -> list[NumberedSentence]:
    """Return up to MOST_RIVALS of the known sentences that contradict one of those shown, the most alike first."""
    own = {one.number for one in shown}
    found: dict[int, tuple[float, NumberedSentence]] = {}
    for one in shown:
        for other in known:
            cosine = float(one.vector @ other.vector)
            if other.number in own or not _comparable(one, other, cosine):
                continue
            if contradicts(one.parsed, other.parsed, cosine) and cosine > found.get(other.number, (0.0, other))[0]:
                found[other.number] = cosine, other
    ranked = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].number))
    origins: dict[str, NumberedSentence] = {}
    for _, other in ranked:
        origins.setdefault(other.article.origin_id, other)
    return list(origins.values())[:MOST_RIVALS]


def _comparable(one: NumberedSentence, other: NumberedSentence, cosine: float) -> bool:
    """Return whether two sentences are of one event and day, of two sources, and about one thing."""
    ours, theirs = one.article, other.article
    if ours.event is None or ours.event != theirs.event or ours.origin_id == theirs.origin_id:
        return False
    if ours.published is None or theirs.published is None:
        return False
    least = NEAR if ours.language == theirs.language else NEAR_ACROSS
    return cosine >= least and abs(ours.published.at - theirs.published.at) <= MOST_DAYS


def contradicts(one: Text, other: Text, cosine: float) -> bool:
    """Return whether two sentences on one thing cannot both be true.

    Mostly other names may both be true ("met Putin", "met Michel"), as may other places ("stormed in Almaty", "in
    Taraz"); see `_other_name`.
    """
    ours, theirs = one.statement, other.statement
    numbers = compared(ours, theirs, cosine) | {"speakers_conflict": 0.0}
    if numbers["swapped"]:
        return False
    if _other_name(one, other, numbers["frame_whole"]):
        return not is_conflict(numbers)  # else it is of another day, or another number besides
    alike = numbers["across"] or numbers["frame"] >= ALIKE
    if numbers["places_conflict"] or not alike or numbers["replaced"] > REPLACED:
        return False
    return bool(is_conflict(numbers) or (numbers["opposite"] and _refuses(ours, theirs)))


def _refuses(ours: Statement, theirs: Statement) -> bool:
    """Return whether the one "not" of two sentences with opposite acts is the act: "accepted", "rejected"."""
    return ours.negations + theirs.negations == 1 and bool((ours.acts ^ theirs.acts) & REFUSALS)


def _other_name(one: Text, other: Text, frame: float) -> bool:
    """Return whether two sentences differ in names or places alone, and tell of what has one name or place only.

    Not where the one who acts is a group or a country, or acts as is done to many and in many places.
    """
    ours, theirs = one.statement, other.statement
    if one.language != other.language or frame < FRAMED or (ours.acts | theirs.acts) & REPEATED:
        return False
    return all(
        _has_one_name([word for word in side.words if word.keys.isdisjoint(against.keys)], text)
        for side, against, text in ((ours, theirs, one), (theirs, ours, other))
    )


def _has_one_name(left: Sequence[Word], text: Text) -> bool:
    """Return whether words of a sentence that another one lacks are the one name of what or whom it tells of."""
    if not 0 < len(left) <= LONGEST_NAME or not all(word.is_name for word in left):
        return False
    first, endings = text.statement.words[0], _with_endings(text.language)
    is_country = first is left[0] and any(len(code) == COUNTRY for code in first.places)
    if first.keys & GROUPS or is_country or any(word.form.endswith(endings) for word in left):
        return False
    start = text.text.casefold().find(left[0].form)
    if pattern(text.language, "clauses", "with", r"(?<!\w)(?:{})\s+\Z").search(text.text[:start]):
        return False
    named = place_pattern(text.language).finditer(text.text)  # "In Kessel the power went out": it may have elsewhere
    return 2 * start >= len(text.text) or all(match.start("place") != start for match in named)


@cache
def _with_endings(language: str) -> tuple[str, ...]:
    return tuple(pack(language).get("clauses", "with_endings", ()))

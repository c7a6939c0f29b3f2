"""Sentences of other sources that contradict a quoted one: another day or number, or yes against no.

Both are of one event, of nearly one day, and alike but for what they differ in, so that what is shown as a conflict
is one. What a later day reports is news, no conflict.
"""

from collections.abc import Sequence
from datetime import timedelta

from retrieval.language.doc import Text
from retrieval.language.sameness import compared, is_conflict
from retrieval.reader.choice import NumberedSentence

NEAR, NEAR_ACROSS = 0.6, 0.45
"""Cosine of two sentences that may contradict each other, at least; less in two languages."""

ALIKE = 0.5
"""Share of the shorter sentence's words, in order, that both have, at least, in one language."""

REPLACED = 0.45
"""Share of the words of either that the other one lacks, at most."""

MOST_DAYS = timedelta(days=1)
"""Time between two reports that may contradict each other."""

MOST_RIVALS = 2


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

    Other names may both be true ("met Putin", "met Michel"), as may other places ("stormed in Almaty", "in Taraz").
    """
    numbers = compared(one.statement, other.statement, cosine) | {"speakers_conflict": 0.0}
    if numbers["places_conflict"] or numbers["swapped"]:
        return False
    alike = numbers["across"] or numbers["frame"] >= ALIKE
    if not alike or numbers["replaced"] > REPLACED:
        return False
    return bool(is_conflict(numbers))

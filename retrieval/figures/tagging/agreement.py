"""What figures of one sentence must agree in: of an earlier and a new value, a wrong and a right one, one is each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from retrieval.domain import Figure, FigureScope, ReportStatus
from retrieval.figures.keys import place_key, speaker_key
from retrieval.figures.tagging.tagger import Tagged

WHOLES = (FigureScope.TOTAL, FigureScope.WHOLE)
CHANGES = (FigureScope.INCREASE, FigureScope.PREVIOUS)
SMALL = 1e-9
CORRECTS = (ReportStatus.CORRECTION, ReportStatus.CORRECTED)
SURE = 0.6  # probability from which a number is believed to be corrected, or a correction; else it is stated


def agreed(
    tagged: Iterable[Tagged], clause: Callable[[Tagged], Hashable], negated: Callable[[Tagged], bool]
) -> list[Tagged]:
    """Return the figures with scopes and statuses that go together, among those of a kind in one clause (as given).

    Where all are earlier values or increases, the likeliest total is the total: "from 18 to 23" has one of each. Where
    one corrects another, the likeliest correction that is not `negated` is the only one: "54, not 58".
    """
    groups: defaultdict[Hashable, list[Tagged]] = defaultdict(list)
    for one in tagged:
        unsure = one.status in CORRECTS and one.statuses[one.status] < SURE
        groups[clause(one), one.kind].append(replace(one, status=ReportStatus.STATED) if unsure else one)
    return [one for together in groups.values() for one in _corrected(_changed(together), negated)]


def _changed(together: list[Tagged]) -> list[Tagged]:
    if len(together) < 2 or any(one.scope not in CHANGES for one in together):
        return together
    total = max(together, key=lambda one: one.scopes[FigureScope.TOTAL] / (1 - one.scopes[FigureScope.TOTAL] + SMALL))
    return [replace(one, scope=FigureScope.TOTAL) if one is total else one for one in together]


def _corrected(together: list[Tagged], negated: Callable[[Tagged], bool]) -> list[Tagged]:
    among = [one for one in together if one.status in CORRECTS]
    if len(among) < 2:
        return together
    right, wrong = CORRECTS
    best = max(among, key=lambda one: (not negated(one), one.statuses[right] / (one.statuses[wrong] + SMALL)))
    return [
        replace(one, status=(right if one is best else wrong)) if any(one is other for other in among) else one
        for one in together
    ]


def without_parts_group(figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures, a whole without the group of its part: in "18 of the 164 killed were police", 164 are all."""
    return [
        replace(figure, group="total") if figure.scope is FigureScope.WHOLE and _has_part(figure, figures) else figure
        for figure in figures
    ]


def without_second_totals(figures: Sequence[Figure], apart: Callable[[Figure, Figure], bool]) -> list[Figure]:
    """Return the figures, of two totals of one sentence, kind and group the smaller one a part of the other.

    So it is in seven of eight such sentences of the labelled texts ("13 officers died, two of them beheaded"); others
    add up ("a pilot and two stewards"). Totals of two places or speakers stay, and those that the text keeps `apart`.
    """
    return [
        replace(one, scope=FigureScope.PART) if any(_is_second(one, other, apart) for other in figures) else one
        for one in figures
    ]


def _is_second(one: Figure, other: Figure, apart: Callable[[Figure, Figure], bool]) -> bool:
    if (one.quote, one.kind, one.group) != (other.quote, other.kind, other.group):
        return False
    if not (_is_total(one) and _is_total(other)) or (one.high or one.low or 0.0) >= (other.low or other.high or 0.0):
        return False
    places = {place_key(figure.place) for figure in (one, other)} - {None}
    speakers = {speaker_key(figure.speaker) for figure in (one, other)} - {None}
    return len(places) < 2 and len(speakers) < 2 and not apart(one, other)


def _is_total(figure: Figure) -> bool:
    return figure.scope in WHOLES and figure.status is ReportStatus.STATED


def _has_part(whole: Figure, figures: Sequence[Figure]) -> bool:
    return any(
        one.scope is FigureScope.PART and (one.quote, one.kind, one.group) == (whole.quote, whole.kind, whole.group)
        for one in figures
    )

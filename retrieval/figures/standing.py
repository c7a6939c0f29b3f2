"""What of a series stands now: the value, what it is disputed by, and what was withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.domain import FigureKind, FigureSource, FigureSummary
from retrieval.figures.keys import speaker_key
from retrieval.figures.ledger import GROWING, Entry, FigureStatus, Series, least


@dataclass(frozen=True, slots=True)
class Standing:
    """What a series says at the moment it is of."""

    entries: tuple[Entry, ...]  # the report that stands, or those that contradict each other, oldest first
    low: float | None  # over all that stands: of "16" against "18" they are 16 and 18
    high: float | None
    approximate: bool
    disputed: bool  # whether reports that stand contradict each other
    withdrawn: tuple[Entry, ...]  # a report of each value that was withdrawn, one that names a speaker if any does

    @property
    def entry(self) -> Entry | None:
        """The report that stands; of several, the newest; None: all were withdrawn."""
        return self.entries[-1] if self.entries else None


def summary(series: Series) -> FigureSummary:
    """Return what stands of a series, without its articles."""
    now = standing(series)
    return FigureSummary(
        event=series.event,
        kind=series.kind,
        group=series.group,
        place=series.place,
        day=series.day,
        low=now.low,
        high=now.high,
        approximate=now.approximate,
        disputed=now.disputed,
        source=_source(now.entry) if now.entry is not None else None,
        withdrawn=tuple(map(_source, now.withdrawn)),
        places=series.places,
        unit=series.unit if series.kind is FigureKind.PRICE else None,
        good=series.good,
    )


def _source(entry: Entry) -> FigureSource:
    figure, article = entry.figure, entry.article
    return FigureSource(
        low=figure.low,
        high=figure.high,
        approximate=figure.approximate,
        speaker=figure.speaker,
        publisher=article.publisher or article.agency,
        published=article.published,
        withdrawn_on=entry.by.article.published if entry.by is not None else None,
    )


@dataclass(frozen=True, slots=True)
class Repeated:
    """The reports of one value by one speaker: the first of them, and how many articles have it."""

    entry: Entry
    articles: int


def standing(series: Series) -> Standing:
    """Return what stands of a series."""
    gone = [entry for entry in series.entries if entry.status is FigureStatus.WITHDRAWN]
    named = sorted(gone, key=lambda entry: entry.figure.speaker is None)  # stable: the first that names a speaker
    withdrawn = tuple({least(entry.figure): entry for entry in reversed(named)}.values())[::-1]
    sides = [entry for entry in series.entries if entry.status is FigureStatus.CONTRADICTED]
    current = [entry for entry in series.entries if entry.status is FigureStatus.CURRENT]
    if sides and (not current or sides[-1].known_at >= current[-1].known_at or series.kind in GROWING):
        lows = [least(entry.figure) for entry in sides]
        highs = [entry.figure.high if entry.figure.high is not None else least(entry.figure) for entry in sides]
        return Standing(tuple(sides), min(lows), max(highs), False, True, withdrawn)
    if not current:
        return Standing((), None, None, False, False, withdrawn)
    best = current[-1]
    if series.kind in GROWING:  # of "dozens" and 26, which do not contradict each other, the more exact one
        best = max(current, key=lambda entry: (least(entry.figure), entry.figure.high is not None, entry.known_at))
    return Standing((best,), best.figure.low, best.figure.high, best.figure.approximate, False, withdrawn)


def without_repeats(entries: Sequence[Entry]) -> list[Repeated]:
    """Return the entries with those that repeat a value of the same speaker folded into the first, in order."""
    found: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        key = (*_value(entry), entry.figure.approximate, speaker_key(entry.figure.speaker), entry.status)
        found.setdefault(key, []).append(entry)
    return [Repeated(same[0], sum(entry.copies for entry in same)) for same in found.values()]


def is_drawable(series: Series) -> bool:
    """Return whether a series has a dated number."""
    return any(map(is_drawn, series.entries))


def is_drawn(entry: Entry) -> bool:
    """Return whether an entry is a dated number."""
    return entry.article.published is not None and (entry.figure.low, entry.figure.high) != (None, None)


def latest(entries: Iterable[Entry]) -> float:
    """Return when the newest of some entries became known, in seconds since 1970; 0 if that is not known."""
    return max((entry.known_at for entry in entries), default=0.0)


def _value(entry: Entry) -> tuple[object, ...]:
    figure = entry.figure
    return figure.low, figure.high, figure.event_from, figure.event_to

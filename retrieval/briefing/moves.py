"""The figures of a briefing: those that changed since they were last shown, and those that contradict each other."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from retrieval.briefing.sentences import StoredSentence
from retrieval.domain import Article, Change, Dispute, Figure, FigureKind, FigureMove, FigureReport, Span
from retrieval.figures.ledger import (
    ABOUT,
    GROWING,
    PERIODS,
    Entry,
    FigureStatus,
    Reported,
    ReportedWithdrawal,
    Series,
    least,
    ledger,
    priced_good,
)
from retrieval.figures.records import reports_of
from retrieval.store.library import Library

MOST_SIDES = 3

Cite = Callable[[Article, Span, str | None], int]
"""Returns the number of a new citation of an article, a quote and its speaker."""


@dataclass(frozen=True, slots=True)
class Reports:
    """The figures of articles, those that withdraw one in the ledger (both by `Article.key`), and that ledger."""

    figures: Mapping[tuple[str, int], Sequence[Figure]]
    withdrawing: Collection[tuple[str, int]]
    series: Sequence[Series]
    replaced: Collection[tuple[str, int, Span]]  # figures that later ones updated, by article, version and wording

    def is_replaced(self, article: Article, figure: Figure) -> bool:
        """Return whether a later report updated a figure of an article."""
        return (*article.key, figure.wording) in self.replaced

    def figures_of(self, article: Article) -> Sequence[Figure]:
        return self.figures.get(article.key, ())

    def withdraws(self, article: Article) -> bool:
        """Return whether an article withdraws a figure."""
        return article.key in self.withdrawing


def read_reports(library: Library, articles: Sequence[Article]) -> Reports:
    """Return the figures and withdrawals of the articles, in the version given of each."""
    reported, withdrawn = reports_of(library, articles)
    figures: dict[tuple[str, int], list[Figure]] = defaultdict(list)
    for one in reported:
        figures[one.article.key].append(one.figure)
    found = ledger(reported, withdrawn)
    gone = (entry.by for one in found for entry in one.entries if entry.status is FigureStatus.WITHDRAWN)
    updated = (entry for one in found for entry in one.entries if entry.status is FigureStatus.UPDATED)
    replaced = {(*entry.article.key, entry.figure.wording) for entry in chain(updated, _overtaken(found))}
    return Reports(figures, {by.article.key for by in gone if by is not None}, found, replaced)


def _overtaken(found: Sequence[Series]) -> Iterator[Entry]:
    """Yield the counts of one place that came before a greater one of all places of their event, which tells more."""
    greatest: dict[tuple[object, ...], Entry] = {}
    for one in found:
        if one.place is None and one.day is None and one.kind in GROWING:
            greatest[one.event, one.kind, one.group] = max(one.entries, key=_count_and_time)
    for one in found:
        whole = greatest.get((one.event, one.kind, one.group)) if one.place is not None else None
        if whole is not None:
            count, time = _count_and_time(whole)
            yield from (entry for entry in one.entries if least(entry.figure) < count and entry.known_at < time)


def _count_and_time(entry: Entry) -> tuple[float, float]:
    return least(entry.figure), entry.known_at


# --- moves ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recent:
    """A series, its entries that were shown before, and those from the briefing's articles."""

    series: Series
    before: tuple[Entry, ...]
    now: tuple[Entry, ...]
    alike: tuple[Entry, ...]  # entries of the same kind that were shown before, of any group and place
    withdrawn: tuple[Entry, ...]  # entries of `before` that the briefing's articles withdraw


def recent(series: Sequence[Series], articles: Sequence[Article], shown: Callable[[Entry], bool]) -> list[Recent]:
    """Return the series that the articles report in or withdraw from; `shown` says if an entry was shown before."""
    found = []
    keys = {article.key for article in articles}
    known = {kind: [e for s in series if s.kind is kind for e in s.entries if shown(e)] for kind in FigureKind}
    were_shown = {id(e) for entries in known.values() for e in entries}
    for one in series:
        now = tuple(e for e in one.entries if e.article.key in keys)
        if not now and all(e.status is not FigureStatus.WITHDRAWN for e in one.entries):
            continue
        new = {id(e) for e in now}
        before = tuple(e for e in one.entries if id(e) in were_shown and id(e) not in new)
        withdrawn = tuple(
            e for e in before if e.status is FigureStatus.WITHDRAWN and e.by is not None and e.by.article.key in keys
        )
        if now or withdrawn:
            found.append(Recent(one, before, now, tuple(e for e in known[one.kind] if id(e) not in new), withdrawn))
    # The country before its places, the dead before prices, all before some.
    kinds = list(FigureKind)
    return sorted(
        found, key=lambda r: (r.series.place is not None, kinds.index(r.series.kind), r.series.group != "total")
    )


def within(found: Sequence[Recent], sentences: Sequence[StoredSentence]) -> list[Recent]:
    """Return the series that the sentences report in, with their reports alone."""
    spans: dict[tuple[str, int], list[Span]] = defaultdict(list)
    for sentence in sentences:
        spans[sentence.article.key].append(sentence.span)

    def told(entry: Entry) -> bool:
        return any(span.overlaps(entry.figure.quote) for span in spans.get(entry.article.key, ()))

    kept = (replace(one, now=tuple(filter(told, one.now))) for one in found)
    return [one for one in kept if one.now]


def moves(found: Sequence[Recent], cite: Cite, most: int) -> list[FigureMove]:
    """Return up to `most` figures that are new, changed or were withdrawn in the articles.

    A number that is told of a place and of what it is in ("three dead in Harvek, Ostria") has one line.
    """
    made: list[FigureMove] = []
    known: set[tuple[object, ...]] = set()
    for one in found:
        move = _told(one, _place)
        if move is None or (key := (move.kind, move.group, move.unit, move.change, move.now)) in known:
            continue
        if len(made) == most:
            break
        known.add(key)
        made.extend(filter(None, [_told(one, cite)]))
    return made


def _told(one: Recent, cite: Cite) -> FigureMove | None:
    return _withdrawal(one, cite) or _move(one, cite)


def _place(article: Article, quote: Span, speaker: str | None) -> int:
    """Return a number of a quote, before it is cited."""
    return hash((article.key, quote))


def _withdrawal(one: Recent, cite: Cite) -> FigureMove | None:
    withdrawn = one.withdrawn[::-1]
    gone = next((e for e in withdrawn if e.figure.low == e.figure.high), withdrawn[0] if withdrawn else None)
    if gone is None or not isinstance(gone.by, ReportedWithdrawal):
        return None
    withdrawal, article = gone.by.withdrawal, gone.by.article
    number = cite(article, withdrawal.quote, withdrawal.speaker)
    now = FigureReport(withdrawal.quote.of(article.text), number, withdrawal.speaker, withdrawal.low, withdrawal.high)
    return _figure_move(one, Change.WITHDRAWN, now, report(gone.reported, cite))


def _move(one: Recent, cite: Cite) -> FigureMove | None:
    if one.series.kind in PERIODS:
        return None  # the hours and places of a curfew are in the sentences
    current = [e for e in one.now if e.status is not FigureStatus.WITHDRAWN and e.figure.low is not None]
    if not current:
        return None
    newest = _latest(current)
    shown = [
        e for e in one.before if e.status is not FigureStatus.WITHDRAWN and _of_one_good(e.reported, newest.reported)
    ]
    if not shown:
        if any(same_value(newest.figure, e.figure) for e in one.alike):
            return None  # only another place or group of a value that was shown
        return _figure_move(one, Change.NEW, report(newest.reported, cite), None)
    was = _latest(shown)
    if _agree(was.figure, newest.figure) or _within(newest.figure, was.figure):
        return None
    change = Change.CONTRADICTED if contradict(was, newest) else Change.UPDATE
    return _figure_move(one, change, report(newest.reported, cite), report(was.reported, cite))


def _of_one_good(one: Reported, other: Reported) -> bool:
    """Return whether two figures are no prices, or those of a good that both sentences name."""
    if one.figure.kind is not FigureKind.PRICE:
        return True
    good = priced_good(one)
    return good is not None and good == priced_good(other)


def _latest(entries: Sequence[Entry]) -> Entry:
    """Return the last report; of counts that only grow the highest one, and of those the last."""
    if entries[0].figure.kind not in GROWING:
        return entries[-1]
    return max(reversed(entries), key=lambda e: e.figure.low or 0.0)


def _agree(one: Figure, other: Figure) -> bool:
    """Return whether two figures agree, "about 160" and 164 included."""
    if same_value(one, other):
        return True
    if one.low is None or other.low is None or not (one.approximate or other.approximate):
        return False
    return abs(one.low - other.low) <= ABOUT * max(one.low, other.low)


def contradict(one: Entry, other: Entry) -> bool:
    """Return whether the ledger has one of two reports as contradicted by the other."""
    opposed = any(a.status is FigureStatus.CONTRADICTED and a.by == b.reported for a, b in ((one, other), (other, one)))
    return opposed and _of_one_good(one.reported, other.reported)


def same_value(one: Figure, other: Figure) -> bool:
    return (one.low, one.high) == (other.low, other.high)


def _within(vaguer: Figure, shown: Figure) -> bool:
    """Return whether a figure only repeats one shown before in vaguer words: "dozens" after 26."""
    low, high = vaguer.low or 0.0, vaguer.high if vaguer.high is not None else float("inf")
    shown_low, shown_high = shown.low or 0.0, shown.high if shown.high is not None else float("inf")
    return low <= shown_low and shown_high <= high


def _figure_move(one: Recent, change: Change, now: FigureReport, was: FigureReport | None) -> FigureMove:
    series = one.series
    return FigureMove(series.kind, series.group, series.place, series.unit, change, now, was, series.places)


def report(reported: Reported, cite: Cite) -> FigureReport:
    """Return a figure in its article's words, cited."""
    figure, article = reported.figure, reported.article
    number = cite(article, figure.quote, figure.speaker)
    return FigureReport(figure.wording.of(article.text), number, figure.speaker, figure.low, figure.high)


def disputes(found: Sequence[Recent], cite: Cite, most: int) -> list[Dispute]:
    """Return up to `most` figures in which the articles contradict each other, or what was shown before."""
    made: list[Dispute] = []
    for one in found:
        sides: list[Reported] = []  # one report of each value that another contradicts
        for entry in one.now:
            if entry.status is FigureStatus.CONTRADICTED and isinstance(entry.by, Reported):
                if not _of_one_good(entry.by, entry.reported):
                    continue
                for side in (entry.by, entry.reported):
                    if not any(same_value(side.figure, other.figure) for other in sides):
                        sides.append(side)
        known = all(any(same_value(side.figure, e.figure) for e in one.before) for side in sides)
        if len(made) < most and len(sides) > 1 and not known:
            series = one.series
            shown = tuple(report(side, cite) for side in sides[:MOST_SIDES])
            made.append(Dispute(series.kind, series.group, series.place, series.unit, shown, series.places))
    return made

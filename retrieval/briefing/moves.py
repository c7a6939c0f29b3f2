"""The figures of a briefing: which moved since they were last shown, and which of them cannot all be right."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

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
    ledger,
)
from retrieval.figures.records import reports_of
from retrieval.figures.withdrawals import Withdrawal
from retrieval.store.library import Library

GRAVITY = tuple(FigureKind)
"""The order in which kinds of figures are listed: the dead first."""

MOST_SIDES = 3

Cite = Callable[[Article, Span, str | None], int]
"""Returns the number of a new citation of an article, a quote and its speaker."""

Version = tuple[str, int]
"""An article's id and the number of its version."""


@dataclass(frozen=True, slots=True)
class Reports:
    """The figures and withdrawals of articles, and the ledger over all of them."""

    figures: Mapping[Version, Sequence[Figure]]
    withdrawals: Mapping[Version, Sequence[Withdrawal]]
    series: Sequence[Series]

    def figures_of(self, article: Article) -> Sequence[Figure]:
        return self.figures.get(version_of(article), ())

    def withdraws(self, article: Article) -> bool:
        """Return whether an article withdraws a figure."""
        return bool(self.withdrawals.get(version_of(article)))


def version_of(article: Article) -> Version:
    return article.id, article.version


def read_reports(library: Library, articles: Sequence[Article]) -> Reports:
    """Return the figures and withdrawals of the articles, in the version given of each."""
    reported, withdrawn = reports_of(library, articles)
    figures: dict[Version, list[Figure]] = defaultdict(list)
    withdrawals: dict[Version, list[Withdrawal]] = defaultdict(list)
    for one in reported:
        figures[version_of(one.article)].append(one.figure)
    for one_withdrawn in withdrawn:
        withdrawals[version_of(one_withdrawn.article)].append(one_withdrawn.withdrawal)
    return Reports(figures, withdrawals, ledger(reported, withdrawn))


# --- moves ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recent:
    """A series as a briefing needs it: the entries shown before, and those of the briefing's articles."""

    series: Series
    before: tuple[Entry, ...]
    now: tuple[Entry, ...]
    alike: tuple[Entry, ...] = ()  # shown before of the same kind, of any group and place


def recent(
    series: Sequence[Series], articles: Collection[tuple[str, int]], shown: Callable[[Entry], bool]
) -> list[Recent]:
    """Return the series that the articles (by id and version) report in, or withdraw from."""
    found = []
    known = {kind: [e for s in series if s.kind is kind for e in s.entries if shown(e)] for kind in FigureKind}
    for one in series:
        now = tuple(e for e in one.entries if (e.article.id, e.article.version) in articles)
        before = tuple(e for e in one.entries if e not in now and e in known[one.kind])
        withdrawn = any(_withdrawn_in(e, articles) for e in before)
        if now or withdrawn:
            found.append(Recent(one, before, now, tuple(e for e in known[one.kind] if e not in now)))
    # The country before its places, the dead before prices, all before some.
    return sorted(
        found, key=lambda r: (r.series.place is not None, GRAVITY.index(r.series.kind), r.series.group != "total")
    )


def _withdrawn_in(entry: Entry, articles: Collection[tuple[str, int]]) -> bool:
    by = entry.by
    return entry.status is FigureStatus.WITHDRAWN and by is not None and (by.article.id, by.article.version) in articles


def moves(found: Sequence[Recent], articles: Collection[tuple[str, int]], cite: Cite, most: int) -> list[FigureMove]:
    """Return up to `most` figures that are new, moved or were withdrawn in the articles."""
    made: list[FigureMove] = []
    for one in found:
        if len(made) == most:
            break
        move = _withdrawal(one, articles, cite) or _move(one, cite)
        if move is not None:
            made.append(move)
    return made


def _withdrawal(one: Recent, articles: Collection[tuple[str, int]], cite: Cite) -> FigureMove | None:
    withdrawn = [e for e in reversed(one.before) if _withdrawn_in(e, articles)]
    gone = next((e for e in withdrawn if e.figure.low == e.figure.high), withdrawn[0] if withdrawn else None)
    if gone is None or not isinstance(gone.by, ReportedWithdrawal):
        return None
    withdrawal, article = gone.by.withdrawal, gone.by.article
    number = cite(article, withdrawal.quote, withdrawal.speaker)
    now = FigureReport(withdrawal.quote.of(article.text), number, withdrawal.speaker, withdrawal.low, withdrawal.high)
    return _made(one, Change.WITHDRAWN, now, report(gone.reported, cite))


def _move(one: Recent, cite: Cite) -> FigureMove | None:
    if one.series.kind in PERIODS:
        return None  # the hours and places of a curfew are in the sentences
    current = [e for e in one.now if e.status is not FigureStatus.WITHDRAWN and e.figure.low is not None]
    if not current:
        return None
    newest = _latest(current)
    shown = [e for e in one.before if e.status is not FigureStatus.WITHDRAWN]
    if not shown:
        if any(same_value(newest.figure, e.figure) for e in one.alike):
            return None  # only another place or group of a value that was shown
        return _made(one, Change.NEW, report(newest.reported, cite), None)
    was = _latest(shown)
    if _agree(was.figure, newest.figure) or _within(newest.figure, was.figure):
        return None
    change = Change.CONTRADICTED if _contradicted(was, newest) else Change.UPDATE
    return _made(one, change, report(newest.reported, cite), report(was.reported, cite))


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


def _contradicted(was: Entry, newest: Entry) -> bool:
    return (was.status is FigureStatus.CONTRADICTED and was.by == newest.reported) or (
        newest.status is FigureStatus.CONTRADICTED and newest.by == was.reported
    )


def same_value(one: Figure, other: Figure) -> bool:
    return (one.low, one.high) == (other.low, other.high)


def _within(vaguer: Figure, shown: Figure) -> bool:
    """Return whether a figure only repeats one shown before in vaguer words: "dozens" after 26."""
    low, high = vaguer.low or 0.0, vaguer.high if vaguer.high is not None else float("inf")
    shown_low, shown_high = shown.low or 0.0, shown.high if shown.high is not None else float("inf")
    return low <= shown_low and shown_high <= high


def _made(one: Recent, change: Change, now: FigureReport, was: FigureReport | None) -> FigureMove:
    series = one.series
    return FigureMove(series.kind, series.group, series.place, series.unit, change, now, was)


def report(reported: Reported, cite: Cite) -> FigureReport:
    """Return a figure in its article's words, cited."""
    figure, article = reported.figure, reported.article
    number = cite(article, figure.quote, figure.speaker)
    return FigureReport(figure.wording.of(article.text), number, figure.speaker, figure.low, figure.high)


def disputes(found: Sequence[Recent], cite: Cite, most: int) -> list[Dispute]:
    """Return up to `most` figures in which the articles contradict each other, or what was shown before."""
    made: list[Dispute] = []
    for one in found:
        if len(made) == most:
            break
        sides = _sides(one)
        if len(sides) > 1 and any(not any(same_value(side.figure, e.figure) for e in one.before) for side in sides):
            series = one.series
            shown = tuple(report(side, cite) for side in sides[:MOST_SIDES])
            made.append(Dispute(series.kind, series.group, series.place, series.unit, shown))
    return made


def _sides(one: Recent) -> list[Reported]:
    """Return one report of each value that another contradicts; at least one is from the articles."""
    sides: list[Reported] = []
    for entry in one.now:
        if entry.status is FigureStatus.CONTRADICTED and isinstance(entry.by, Reported):
            for side in (entry.by, entry.reported):
                if not any(same_value(side.figure, other.figure) for other in sides):
                    sides.append(side)
    return sides

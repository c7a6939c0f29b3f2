"""The figures of many articles compared: who reported which number when, and whether it is still current."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from retrieval.domain import Article, Figure, FigureKind
from retrieval.figures.keys import place_key, sole_country, speaker_key
from retrieval.figures.withdrawals import Withdrawal

GROWING = (FigureKind.KILLED, FigureKind.INJURED, FigureKind.DETAINED, FigureKind.DISPLACED)
"""Counts that only grow: a later, higher one is an update, whoever reports it."""

PERIODS = (FigureKind.CURFEW, FigureKind.EMERGENCY)

WITHDRAWN_WITHIN = 90 * 86400.0  # seconds: only fresh figures are withdrawn; a year ago the number was another one

ABOUT = 0.1  # relative: "around 160" may be 164, not 200


class FigureStatus(StrEnum):
    """Whether a figure is still current, and if not, why."""

    CURRENT = "standing"
    UPDATED = "updated"
    CONTRADICTED = "contradicted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Reported:
    """A figure, and the article that reports it."""

    figure: Figure
    article: Article


@dataclass(frozen=True, slots=True)
class ReportedWithdrawal:
    """A withdrawal, and the article that reports it."""

    withdrawal: Withdrawal
    article: Article


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger: a report, its status, and the report that updated, contradicted or withdrew it."""

    reported: Reported
    status: FigureStatus = FigureStatus.CURRENT
    by: Reported | ReportedWithdrawal | None = None  # the article and quote to cite for the status
    copies: int = 1  # articles that carry this report: copies of one text

    @property
    def figure(self) -> Figure:
        return self.reported.figure

    @property
    def article(self) -> Article:
        return self.reported.article


@dataclass(frozen=True, slots=True)
class Series:
    """The reports of one kind, group and place, oldest first."""

    kind: FigureKind
    group: str
    place: str | None  # in the words of the first article that names it
    unit: str | None
    entries: tuple[Entry, ...]


def ledger(
    reported: Iterable[Reported], withdrawn: Iterable[ReportedWithdrawal] = (), as_of: datetime | None = None
) -> list[Series]:
    """Return the figures as of a moment (aware; None: now), as series of one kind, group and place.

    A figure never changes its series: the officers among the dead are a part of them, not a contradiction.
    An article without a time of publication counts from when it was fetched; without either only where `as_of` is
    None. Of an article's versions the newest one given counts.
    """
    known = [r for r in reported if _published(r.article, as_of)]
    newest: dict[str, int] = {}
    for one in known:
        newest[one.article.id] = max(one.article.version, newest.get(one.article.id, 0))
    known = [one for one in known if one.article.version == newest[one.article.id]]
    withdrawals = sorted((t for t in withdrawn if _published(t.article, as_of)), key=lambda t: _time(t.article))
    country = sole_country(r.figure.place for r in known)
    grouped: dict[tuple[object, ...], list[Reported]] = defaultdict(list)
    for one in sorted(known, key=lambda r: _time(r.article)):
        figure = one.figure
        place = place_key(figure.place)
        unit = figure.unit if figure.kind is FigureKind.PRICE else None
        grouped[figure.kind, figure.group, None if place == country else place, unit].append(one)
    series = _with_withdrawals([_series(rows) for rows in grouped.values()], withdrawals)
    order = list(FigureKind)
    return sorted(series, key=lambda s: (order.index(s.kind), s.group != "total", -len(s.entries)))


# --- which reports count ------------------------------------------------------------------------------


def _published(article: Article, as_of: datetime | None) -> bool:
    return as_of is None or (article.known_from is not None and article.known_from <= as_of)


def _time(article: Article) -> tuple[bool, float]:
    moment = article.known_at
    return moment is None, moment.timestamp() if moment else 0.0


def _series(rows: list[Reported]) -> Series:
    first = rows[0].figure
    place = next((r.figure.place for r in rows if r.figure.place), None)
    kept = _without_copies(rows)
    entries = tuple(_with_status(entry, kept) for entry in kept)
    return Series(first.kind, first.group, place, first.unit, entries)


def _without_copies(rows: list[Reported]) -> list[Entry]:
    """Return one entry for all copies of a text: the first published."""
    found: dict[tuple[object, ...], list[Reported]] = defaultdict(list)
    for row in rows:
        figure = row.figure
        found[row.article.origin_id, figure.low, figure.high, figure.event_from, figure.event_to].append(row)
    return [Entry(same[0], copies=len({row.article.id for row in same})) for same in found.values()]


# --- status of a figure -------------------------------------------------------------------------------


def _with_status(entry: Entry, entries: list[Entry]) -> Entry:
    """Return the entry with its status: updated by a later report, else contradicted by another one."""
    at = entries.index(entry)
    later = [e for e in entries[at + 1 :] if e.article.id != entry.article.id]
    if update := next((e for e in later if _updates(entry, e)), None):
        return replace(entry, status=FigureStatus.UPDATED, by=update.reported)
    others = later + [e for e in reversed(entries[:at]) if not _updates(e, entry)]
    if against := next((e for e in others if _contradicts(entry, e)), None):
        return replace(entry, status=FigureStatus.CONTRADICTED, by=against.reported)
    return entry


def _updates(old: Entry, new: Entry) -> bool:
    """Return whether the later report replaces the earlier one."""
    if _bounds(old.figure) == _bounds(new.figure) and _days(old.figure) == _days(new.figure):
        return False
    same = _speaker(old) is not None and _speaker(old) == _speaker(new)
    if _compatible(old.figure, new.figure):
        return _sharpens(old.figure, new.figure) and (same or _later_day(old, new) or old.figure.high is None)
    if same:
        return True
    grows = old.figure.kind not in GROWING or _least(new.figure) > _least(old.figure)
    return grows and _later_day(old, new)


def _contradicts(one: Entry, other: Entry) -> bool:
    """Return whether two speakers cannot both be right; never of periods, whose wordings vary too much."""
    if one.figure.kind in PERIODS or _compatible(one.figure, other.figure):
        return False
    return _speaker(one) is None or _speaker(one) != _speaker(other)


def _speaker(entry: Entry) -> str | None:
    return speaker_key(entry.figure.speaker)


def _later_day(old: Entry, new: Entry) -> bool:
    before, after = old.article.published_on, new.article.published_on
    return before is not None and after is not None and after > before


def _least(figure: Figure) -> float:
    return figure.low if figure.low is not None else (figure.high or 0.0)


def _days(figure: Figure) -> tuple[object, object]:
    return (figure.event_from, figure.event_to) if figure.kind in PERIODS else (None, None)


def _bounds(figure: Figure) -> tuple[float, float]:
    low = figure.low if figure.low is not None else 0.0
    high = figure.high if figure.high is not None else float("inf")
    return (low * (1 - ABOUT), high * (1 + ABOUT)) if figure.approximate else (low, high)


def _compatible(one: Figure, other: Figure) -> bool:
    """Return whether both can be true at once: "dozens" and 26 can, 18 and 16 cannot."""
    (low, high), (other_low, other_high) = _bounds(one), _bounds(other)
    return _days(one) == _days(other) and low <= other_high and other_low <= high


def _sharpens(old: Figure, new: Figure) -> bool:
    """Return whether the newer figure is more exact: "dozens", then 26; "at least 10", then "at least 13"."""
    (low, high), (new_low, new_high) = _bounds(old), _bounds(new)
    return new_low > low or (new_low == low and new_high < high)


# --- withdrawals --------------------------------------------------------------------------------------


def _with_withdrawals(series: list[Series], withdrawals: list[ReportedWithdrawal]) -> list[Series]:
    """Return the series with the reports marked that were withdrawn; the first withdrawal of each is cited."""
    for one in withdrawals:
        targets = _targets(series, one)
        series = [
            replace(
                s,
                entries=tuple(
                    replace(e, status=FigureStatus.WITHDRAWN, by=one)
                    if e.reported in targets and e.status is not FigureStatus.WITHDRAWN
                    else e
                    for e in s.entries
                ),
            )
            for s in series
        ]
    return series


def _may_withdraw(reported: ReportedWithdrawal, article: Article) -> bool:
    """Return whether a withdrawal may concern an article: it is the outlet's own, or it names who withdraws.

    A web page without a publisher withdraws nothing.
    """
    by = reported.article
    own = by.id == article.id or (by.origin is not None and by.origin == article.origin)
    if own or (by.publisher is not None and by.publisher == article.publisher):
        return True
    anonymous = by.url is not None and by.publisher is None
    return reported.withdrawal.speaker is not None and not anonymous


def _is_fresh(article: Article, by: Article) -> bool:
    """Return whether a report is older than the article that withdraws it, by WITHDRAWN_WITHIN at most."""
    (undated, at), (by_undated, by_at) = _time(article), _time(by)
    if undated or by_undated:
        return (undated, at) <= (by_undated, by_at)
    return at <= by_at <= at + WITHDRAWN_WITHIN


def _targets(series: list[Series], reported: ReportedWithdrawal) -> list[Reported]:
    """Return the reports that a withdrawal concerns: by value, else by kind and speaker; none where that is unclear."""
    one = reported.withdrawal
    earlier = [
        e
        for s in series
        for e in s.entries
        if _is_fresh(e.article, reported.article)
        and one.kind in (None, s.kind)
        and one.group in (None, s.group)
        and _may_withdraw(reported, e.article)
    ]
    whose = speaker_key(one.of or (one.speaker if one.low is None and one.high is None else None))
    if one.low is not None or one.high is not None:
        named = [e for e in earlier if one.low in (e.figure.low, e.figure.high) and not e.figure.approximate]
        named = [e for e in named if whose is None or _speaker(e) in (None, whose)]
        return [e.reported for e in named] if len({(e.figure.kind, e.figure.group) for e in named}) == 1 else []
    if one.kind is None or whose is None:
        return []
    said = [e for e in earlier if _speaker(e) == whose and e.article.id != reported.article.id]
    return [said[-1].reported] if len({(e.figure.group, e.figure.place) for e in said}) == 1 else []

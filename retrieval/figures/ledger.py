"""The figures of many articles compared: who reported which number when, and whether it is still current."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import chain

from retrieval.domain import Article, Figure, FigureKind, ReportStatus, Span
from retrieval.figures.incidents import is_deed, one_incident, tells_of_its_day
from retrieval.figures.keys import place_key, sole_country, speaker_key
from retrieval.figures.lexicon import PEOPLE_KINDS
from retrieval.figures.prices import good_of
from retrieval.figures.withdrawals import Withdrawal
from retrieval.language.doc import Doc, Sentence
from retrieval.store.sources.outlets import outlet_of

GROWING = (FigureKind.KILLED, FigureKind.INJURED, FigureKind.DETAINED, FigureKind.DISPLACED)
"""Counts that only grow: a later, higher one is an update, whoever reports it."""

PERIODS = (FigureKind.CURFEW, FigureKind.EMERGENCY)

WITHDRAWN_WITHIN = 90 * 86400.0  # seconds: only fresh figures are withdrawn; a year ago the number was another one

CONTRADICTED_WITHIN = 3 * 86400.0  # seconds between two reports that may contradict each other

FEW, MOST_GROWTH = 3.0, 20.0
"""A count from FEW on that another speaker puts at more than MOST_GROWTH times as much is a count of something else."""

LEAST_SHARE = 0.5
"""Of the greater number, from which a smaller one is taken to contradict it where nobody is named for one of them."""

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

    @property
    def known_at(self) -> float:
        """When it became known, in seconds since 1970; 0 where that is not known."""
        moment = self.article.known_at
        return moment.timestamp() if moment else 0.0


@dataclass(frozen=True, slots=True)
class Series:
    """The reports of one event, kind, group, place, unit and, of prices, good, oldest first.

    Where figures of an event are for several days ("nine killed on Thursday", "four on Friday"), those of a day are a
    series of their own.
    """

    kind: FigureKind
    group: str
    place: str | None  # in the words of the first article that names it
    unit: str | None
    entries: tuple[Entry, ...]
    event: int | None = None  # None: of articles that were not put into an event yet
    day: date | None = None  # that the figures are for; None: for all of the event
    places: tuple[tuple[str, str], ...] = ()  # language and the place's name in it, as the event's articles spell it
    good: str | None = None  # what a price is of: a concept, or a word as written


def ledger(
    reported: Iterable[Reported], withdrawn: Iterable[ReportedWithdrawal] = (), as_of: datetime | None = None
) -> list[Series]:
    """Return the figures as of a moment (aware; None: now), as series of one event, kind, group, place and unit.

    A figure never changes its series: the officers among the dead are a part of them, not a contradiction.
    An article without a time of publication counts from when it was fetched; without either only where `as_of` is
    None. Of an article's versions the newest one given counts. Nothing is compared across events.
    """
    known = [r for r in reported if _published(r.article, as_of)]
    newest: dict[str, int] = {}
    for one in known:
        newest[one.article.id] = max(one.article.version, newest.get(one.article.id, 0))
    events: dict[int | None, tuple[list[Reported], list[ReportedWithdrawal]]] = defaultdict(lambda: ([], []))
    for one in known:
        if one.article.version == newest[one.article.id]:
            events[one.article.event][0].append(one)
    for taken in withdrawn:
        if _published(taken.article, as_of):
            events[taken.article.event][1].append(taken)
    found = [one for event, (rows, taken_back) in events.items() for one in _of_event(event, rows, taken_back)]
    order = list(FigureKind)
    sizes = {event: len(rows) for event, (rows, _) in events.items()}
    return sorted(
        found,
        key=lambda s: (
            order.index(s.kind),
            -sizes[s.event],
            s.event or 0,
            s.group != "total",
            s.place is not None,
            s.day is not None,
            -len(s.entries),
        ),
    )


# --- which reports count ------------------------------------------------------------------------------


def _published(article: Article, as_of: datetime | None) -> bool:
    return as_of is None or (article.known_at is not None and article.known_at <= as_of)


def _time(article: Article) -> tuple[bool, float]:
    moment = article.known_at
    return moment is None, moment.timestamp() if moment else 0.0


def _of_event(event: int | None, rows: list[Reported], withdrawn: list[ReportedWithdrawal]) -> list[Series]:
    country = sole_country(r.figure.place for r in rows)
    grouped: dict[tuple[object, ...], list[Reported]] = defaultdict(list)
    spelt: dict[str | None, dict[str, str]] = defaultdict(dict)
    for one in sorted(rows, key=lambda r: _time(r.article)):
        figure = one.figure
        place = place_key(figure.place)
        if figure.place is not None:
            spelt[place].setdefault(one.article.language, figure.place)
        unit = figure.unit if figure.kind is FigureKind.PRICE else None
        where = None if place == country else place
        grouped[figure.kind, figure.group, where, unit, priced_good(one)].append(one)
    series = [_series(event, part, day, spelt) for own in grouped.values() for day, part in _by_day(own)]
    series = _with_withdrawals(series, sorted(withdrawn, key=lambda one: _time(one.article)))
    return [replace(one, entries=_with_statuses(one.entries)) for one in series]


def priced_good(row: Reported) -> str | None:
    """Return what a reported price is of, as far as its article says; None for other kinds of figures."""
    if row.figure.kind is not FigureKind.PRICE:
        return None
    return good_of(Sentence(Doc.of(row.article), row.figure.quote), row.figure.wording)


def _by_day(rows: list[Reported]) -> list[tuple[date | None, list[Reported]]]:
    """Return the reports that are for a day of their own apart, where there are several such days.

    Where there is one day, it is that of the event: "an explosion killed five on Monday", then "the toll rose to nine".
    """
    days = [_own_day(row) for row in rows]
    if len(set(days) - {None}) < 2:
        return [(None, rows)]
    parts: dict[date | None, list[Reported]] = defaultdict(list)
    for row, day in zip(rows, days, strict=True):
        parts[day].append(row)
    return list(parts.items())


def _own_day(row: Reported) -> date | None:
    """Return the day on which somebody was struck, where that is what a report says, and not how many were in all."""
    figure = row.figure
    if figure.kind in PERIODS or figure.kind is FigureKind.PRICE or figure.event_from is None:
        return None
    one_day = figure.event_from == figure.event_to
    return figure.event_from if one_day and is_deed(Sentence(Doc.of(row.article), figure.quote)) else None


def _series(
    event: int | None, rows: list[Reported], day: date | None, spelt: Mapping[str | None, Mapping[str, str]]
) -> Series:
    first = rows[0].figure
    place = next((r.figure.place for r in rows if r.figure.place), None)
    names = tuple(spelt.get(place_key(place), {}).items())
    entries, good = tuple(_without_copies(rows)), priced_good(rows[0])
    return Series(first.kind, first.group, place, first.unit, entries, event, day, names, good)


def _without_copies(rows: list[Reported]) -> list[Entry]:
    """Return one entry for all copies of a text: the first published."""
    found: dict[tuple[object, ...], list[Reported]] = defaultdict(list)
    for row in rows:
        figure = row.figure
        found[row.article.origin_id, figure.low, figure.high, figure.event_from, figure.event_to].append(row)
    return [Entry(same[0], copies=len({row.article.id for row in same})) for same in found.values()]


# --- status of a figure -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry as it is compared with others: when it came, and its value; entries of one value are compared alike."""

    entry: Entry
    time: tuple[bool, float]
    day: date | None
    value: int


@dataclass(frozen=True, slots=True)
class _Relation:
    """How a value is related to another: whether a report of the other replaces one of it, and on which condition."""

    updated: bool = False
    on_a_later_day: bool = False  # only if it came on a later day
    contradicted: bool = False

    def replaces(self, old: _Row, new: _Row) -> bool:
        """Return whether a report updates one that came no later, in another article."""
        if not self.updated or new.time < old.time or new.entry.article.id == old.entry.article.id:
            return False
        return not self.on_a_later_day or (old.day is not None and new.day is not None and new.day > old.day)


class _Relations:
    """The relations of the values of a series; a class because each is made once, when it is first asked for."""

    def __init__(self) -> None:
        self._first: list[Entry] = []  # of each value
        self._values: dict[tuple[object, ...], int] = {}
        self._known: dict[tuple[int, int], _Relation] = {}

    def row(self, entry: Entry) -> _Row:
        value = self._values.setdefault(_value_of(entry), len(self._first))
        if value == len(self._first):
            self._first.append(entry)
        return _Row(entry, _time(entry.article), entry.article.published_on, value)

    def of(self, one: _Row, other: _Row) -> _Relation:
        key = one.value, other.value
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _relation(self._first[one.value], self._first[other.value])
        return found


def _with_statuses(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return entries, which are in order, with their status: updated by a later one, else contradicted by another.

    A withdrawn one neither updates nor contradicts. What updates an entry mostly comes soon, and what contradicts it
    within days, so the work grows with the number of reports, not with its square.
    """
    relations = _Relations()
    rows = [relations.row(entry) for entry in entries if entry.status is not FigureStatus.WITHDRAWN]
    times = [row.time for row in rows]
    found = iter([_with_status(at, rows, times, relations) for at in range(len(rows))])
    return tuple(entry if entry.status is FigureStatus.WITHDRAWN else next(found) for entry in entries)


def _value_of(entry: Entry) -> tuple[object, ...]:
    dated = entry.article.published is not None
    return _bounds(entry.figure), _days(entry.figure), _speaker(entry), dated


def _with_status(at: int, rows: Sequence[_Row], times: Sequence[tuple[bool, float]], relations: _Relations) -> Entry:
    row = rows[at]
    later = (rows[other] for other in range(bisect_left(times, row.time), len(rows)))
    update = next((one for one in later if one.value != row.value and relations.of(row, one).replaces(row, one)), None)
    if update is not None:
        return replace(row.entry, status=FigureStatus.UPDATED, by=update.entry.reported)
    rival = next((one for one in _near(at, rows, times) if _is_rival(row, one, relations)), None)
    if rival is not None:
        return replace(row.entry, status=FigureStatus.CONTRADICTED, by=rival.entry.reported)
    return row.entry


def _near(at: int, rows: Sequence[_Row], times: Sequence[tuple[bool, float]]) -> Iterator[_Row]:
    """Yield the rows within CONTRADICTED_WITHIN of one: those that came no earlier, then the others, nearest first."""
    undated, seconds = times[at]
    same = bisect_left(times, (undated, seconds))
    first = bisect_left(times, (undated, seconds - CONTRADICTED_WITHIN))
    end = bisect_right(times, (undated, seconds + CONTRADICTED_WITHIN))
    for other in chain(range(same, end), range(same - 1, first - 1, -1)):
        yield rows[other]


def _is_rival(row: _Row, one: _Row, relations: _Relations) -> bool:
    """Return whether two reports contradict each other; a later value of a count does not.

    Of those of one article only two with a speaker each do.
    """
    in_one_article = one.entry.article.id == row.entry.article.id
    if one.value == row.value or (in_one_article and not _are_named(one.entry, row.entry)):
        return False
    return relations.of(row, one).contradicted and not relations.of(one, row).replaces(one, row)


def _relation(old: Entry, new: Entry) -> _Relation:
    """Return how one value is related to another of its series, whatever the days on which they were reported."""
    ours, theirs = ((one.article.published is None, _is_zero(one.figure)) for one in (old, new))
    if ours != theirs:  # which came first is not known; "nobody was hurt" is of one place or hour
        return _Relation()
    alike = _bounds(old.figure) == _bounds(new.figure) and _days(old.figure) == _days(new.figure)
    if alike or _came_after(old, new) or _came_after(new, old):
        return _Relation()
    same = _speaker(old) is not None and _speaker(old) == _speaker(new)
    if _compatible(old.figure, new.figure):
        free = same or old.figure.high is None
        sharpens = _sharpens(old.figure, new.figure) and (same or one_incident(_sentence(old), _sentence(new)))
        return _Relation(updated=sharpens, on_a_later_day=not free)
    grows = old.figure.kind not in GROWING or least(old.figure) < least(new.figure)
    if same:  # a lower count that one speaker gives on the same day is the earlier one
        return _Relation(updated=True, on_a_later_day=not grows)
    if not one_incident(_sentence(old), _sentence(new)):
        return _Relation()
    plausible = least(old.figure) < FEW or least(new.figure) <= MOST_GROWTH * least(old.figure)
    rivals = old.figure.kind not in PERIODS and plausible and (_are_named(old, new) or _are_near(old, new))
    return _Relation(updated=grows and plausible, on_a_later_day=True, contradicted=rivals)


def _came_after(report: Entry, other: Entry) -> bool:
    """Return whether a number is of people struck on a day after a report, which cannot have counted them."""
    day, reported = other.figure.event_from, report.article.published_on
    if day is None or reported is None or day <= reported or other.figure.kind not in PEOPLE_KINDS:
        return False
    return tells_of_its_day(_sentence(other))


def _are_named(one: Entry, other: Entry) -> bool:
    return _speaker(one) is not None and _speaker(other) is not None


def _are_near(one: Entry, other: Entry) -> bool:
    """Return whether numbers are so near that both count the same, though nobody is named for one of them."""
    less, more = sorted((least(one.figure), least(other.figure)))
    return less >= LEAST_SHARE * more


def _is_zero(figure: Figure) -> bool:
    return figure.high == 0 and figure.kind not in PERIODS  # a curfew may end at midnight


def _sentence(entry: Entry) -> Sentence:
    return Sentence(Doc.of(entry.article), entry.figure.quote)


def _speaker(entry: Entry) -> str | None:
    return speaker_key(entry.figure.speaker)


def least(figure: Figure) -> float:
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
    gone: dict[int, ReportedWithdrawal] = {}
    reports = [entry for one in series for entry in one.entries] if withdrawals else []
    valued: dict[float | None, list[Entry]] = defaultdict(list)
    for entry in reports:
        for bound in {entry.figure.low, entry.figure.high}:
            valued[bound].append(entry)
    for one in withdrawals:
        low, high = one.withdrawal.low, one.withdrawal.high
        for target in _targets(reports if low is None and high is None else valued.get(low, []), one):
            gone.setdefault(id(target), one)

    def marked(entry: Entry) -> Entry:
        by = gone.get(id(entry.reported))
        return entry if by is None else replace(entry, status=FigureStatus.WITHDRAWN, by=by)

    if not gone:
        return series
    return _with_corrections([replace(one, entries=tuple(map(marked, one.entries))) for one in series])


def _with_corrections(series: list[Series]) -> list[Series]:
    """Return the series with each number that replaces a withdrawn one beside it, whatever place its text gives."""
    corrections = {
        _correction_key(entry, entry.article.id, entry.figure.quote): entry
        for one in series
        for entry in one.entries
        if entry.figure.status is ReportStatus.CORRECTION
    }
    added: dict[int, list[Entry]] = defaultdict(list)
    for at, one in enumerate(series):
        for entry in one.entries:
            if isinstance(entry.by, ReportedWithdrawal) and entry.by.withdrawal.replaced:
                key = _correction_key(entry, entry.by.article.id, entry.by.withdrawal.quote)
                right = corrections.get(key)
                if right is not None and all(right is not known for known in (*one.entries, *added[at])):
                    added[at].append(right)
    moved = {id(entry) for entries in added.values() for entry in entries}
    found = []
    for at, one in enumerate(series):
        kept = [entry for entry in one.entries if id(entry) not in moved] + added[at]
        if kept:
            found.append(replace(one, entries=tuple(sorted(kept, key=lambda entry: _time(entry.article)))))
    return found


def _correction_key(entry: Entry, article: str, quote: Span) -> tuple[object, ...]:
    return article, quote, entry.figure.kind, entry.figure.group


def _may_withdraw(reported: ReportedWithdrawal, article: Article) -> bool:
    """Return whether a withdrawal may concern an article: it is the outlet's own, or it names who withdraws.

    Whoever gives another number in place of one may also correct what others reported. A web page without a publisher
    withdraws nothing that one with a publisher reported.
    """
    by = reported.article
    own = by.id == article.id or (by.origin is not None and by.origin == article.origin)
    if own or (outlet_of(by) and outlet_of(by) == outlet_of(article)):
        return True
    anonymous = by.url is not None and by.publisher is None and article.publisher is not None
    return (reported.withdrawal.replaced or reported.withdrawal.speaker is not None) and not anonymous


def _is_fresh(article: Article, by: Article) -> bool:
    """Return whether a report is older than the article that withdraws it, by WITHDRAWN_WITHIN at most."""
    (undated, at), (by_undated, by_at) = _time(article), _time(by)
    if undated or by_undated:
        return (undated, at) <= (by_undated, by_at)
    return at <= by_at <= at + WITHDRAWN_WITHIN


def _targets(reports: Sequence[Entry], reported: ReportedWithdrawal) -> list[Reported]:
    """Return those of the reports that a withdrawal concerns: of its value, where it gives one, else its speaker's.

    None where that is unclear.
    """
    one = reported.withdrawal
    earlier = [
        e
        for e in reports
        if one.kind in (None, e.figure.kind)
        and one.group in (None, e.figure.group)
        and _is_fresh(e.article, reported.article)
        and _may_withdraw(reported, e.article)
    ]
    whose = speaker_key(one.of or (one.speaker if one.low is None and one.high is None else None))
    if one.low is not None or one.high is not None:
        named = [e for e in earlier if not e.figure.approximate and (whose is None or _speaker(e) in (None, whose))]
        return [e.reported for e in named] if len({(e.figure.kind, e.figure.group) for e in named}) == 1 else []
    if one.kind is None or whose is None:
        return []
    said = [e for e in earlier if _speaker(e) == whose and e.article.id != reported.article.id]
    return [said[-1].reported] if len({(e.figure.group, e.figure.place) for e in said}) == 1 else []

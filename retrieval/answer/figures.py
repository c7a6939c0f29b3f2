"""A "how many" question -> rows of the ledger with their quotes; and the reports that conflict with a quoted figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from retrieval.answer.compose import Composed, Quoted, citations, numbered
from retrieval.answer.withdrawn import Report, quoted_figures, report_of
from retrieval.domain import Article, Citation, Figure, FigureRow, Span, Statement
from retrieval.figures.keys import is_country, place_key
from retrieval.figures.ledger import PERIODS, Entry, FigureStatus, ReportedWithdrawal, Series
from retrieval.figures.records import series
from retrieval.language.doc import Text
from retrieval.question.figure import AskedFigure
from retrieval.question.question import Question
from retrieval.search.timing import fits
from retrieval.store.library import Library

MOST_ROWS = 8
OPEN = (FigureStatus.CONTRADICTED, FigureStatus.WITHDRAWN)  # states of a row that leave it open which number is right
OTHER_GROUPS = 2  # newest values shown of each group that the question does not name


@dataclass(frozen=True, slots=True)
class FiguresAnswer:
    """The rows that answer, oldest first, and the statements with their citations, the current ones first."""

    rows: tuple[FigureRow, ...]
    composed: Composed


def figures(library: Library, question: Question) -> FiguresAnswer | None:
    """Return the answer of the ledger; None where the question asks for no number, or for one the ledger lacks."""
    if question.figure is None:
        return None
    entries = _fitting(question, question.figure, series(library, [question.figure.kind], question.as_of))
    return _composed(library, entries, question.as_of) if entries else None


def _fitting(question: Question, asked: AskedFigure, found: Sequence[Series]) -> list[Entry]:
    """Return the entries of the group, place and time that a question asks for, one for each value, by group."""
    group = asked.group or "total"
    placed = {_sentence(entry) for one in found for entry in one.entries if entry.figure.place is not None}
    wanted: list[Entry] = []
    for one in sorted(found, key=lambda series_: series_.group != group):
        if one.group != group and asked.group is not None:
            continue
        values = one_a_value([entry for entry in one.entries if _fits(question, asked, entry, placed)])
        wanted += values if one.group == group else values[-OTHER_GROUPS:]
    return wanted if any(entry.figure.group == group for entry in wanted) else []


def _fits(question: Question, asked: AskedFigure, entry: Entry, placed: set[tuple[str, Span]]) -> bool:
    article, figure = entry.article, entry.figure
    if not _is_of_place(asked.place, entry):
        return False
    if asked.place is not None and figure.place is None and _sentence(entry) in placed:
        return False  # "164 dead, 103 of them in Almaty": the first number is not of Almaty
    if question.window is not None and not question.asks_latest and not fits(question.window, article, figure.quote):
        return False
    return _has_other_words(question, asked, article, figure.quote)


def _sentence(entry: Entry) -> tuple[str, Span]:
    return entry.article.id, entry.figure.quote


def _is_of_place(place: str | None, entry: Entry) -> bool:
    """Return whether a figure is of the place asked for; a city's figure does not answer where no place is named."""
    where = entry.figure.place
    if place is None:
        return where is None or entry.figure.kind in PERIODS or is_country(where)
    wanted = place_key(place)
    if where is not None:
        return place_key(where) == wanted
    written = f"{entry.article.title} {entry.figure.quote.of(entry.article.text)}".replace("-", " ").split()
    return any(word[:1].isupper() and place_key(word) == wanted for word in written)


def _has_other_words(question: Question, asked: AskedFigure, article: Article, quote: Span) -> bool:
    """Return whether a title and quote contain the question's other words, in another language at least its names."""
    around = Text(f"{article.title} {quote.of(article.text)}", article.language)
    if not asked.other_stems:
        return True
    if article.language == question.language:
        return set(asked.other_stems) <= set(around.stems)
    return len(asked.other_names) >= len(asked.other_stems) and asked.other_names <= set(around.name_terms)


def one_a_value(entries: Iterable[Entry]) -> list[Entry]:
    """Keep one entry of each value, oldest first: the first that names who says so."""
    kept: dict[tuple[object, ...], Entry] = {}
    for entry in sorted(entries, key=lambda e: (e.figure.speaker is None, _time(e))):
        figure = entry.figure
        kept.setdefault((figure.low, figure.high, figure.event_from, figure.event_to), entry)
    return sorted(kept.values(), key=_time)


def _time(entry: Entry) -> float:
    at = entry.article.known_at
    return at.timestamp() if at else 0.0


def _composed(library: Library, entries: Sequence[Entry], as_of: datetime | None) -> FiguresAnswer:
    """Order rows from the oldest in each group, and statements from the current ones of the group asked for."""
    shown = list(entries)[-MOST_ROWS:] if len({e.figure.group for e in entries}) == 1 else list(entries)[:MOST_ROWS]
    group = shown[0].figure.group
    ranked = sorted(shown, key=lambda e: (e.figure.group != group, e.status is FigureStatus.WITHDRAWN, -_time(e)))
    cited: list[Quoted] = []
    rows: dict[int, FigureRow] = {}
    statements: dict[str, Statement] = {}
    for entry in ranked:
        article, figure = entry.article, entry.figure
        number = numbered(cited, quoted_entry(entry))
        withdrawal = quoted_by(entry) if isinstance(entry.by, ReportedWithdrawal) else None
        by = numbered(cited, withdrawal) if withdrawal else None
        rows[id(entry)] = FigureRow(
            kind=figure.kind,
            wording=figure.wording.of(article.text),
            speaker=figure.speaker,
            published=article.published,
            citation=number,
            group=figure.group,
            standing=entry.status.value,
            by=by,
            by_published=entry.by.article.published if entry.by else None,
        )
        quote = figure.quote.of(article.text)
        numbers = (number,) if by is None else (number, by)
        statements.setdefault(quote, Statement(quote, numbers))
    composed = Composed(tuple(statements.values()), citations(library, cited, as_of))
    return FiguresAnswer(tuple(rows[id(entry)] for entry in shown), composed)


def quoted_entry(entry: Entry) -> Quoted:
    """Return the quote that a row of the ledger is read from."""
    figure = entry.figure
    return Quoted(entry.article, figure.quote, None, figure.speaker, entry.status is FigureStatus.WITHDRAWN)


def quoted_by(entry: Entry) -> Quoted | None:
    """Return the quote that updated, contradicted or withdrew a row, if any."""
    if entry.by is None:
        return None
    by = entry.by.withdrawal if isinstance(entry.by, ReportedWithdrawal) else entry.by.figure
    return Quoted(entry.by.article, by.quote, None, by.speaker)


# --- conflicts --------------------------------------------------------------------------------------


def conflicts(library: Library, cited: Sequence[Citation], as_of: datetime | None) -> tuple[Series, ...]:
    """Return those series of the ledger at `as_of` (None: now) in which a quoted figure has rivals, a row a value.

    A figure has one where its row was updated, contradicted or withdrawn, where others of its series contradict each
    other, and where the quoted version is no longer the newest and the series has other numbers now.
    """
    reported = [one for _, one in quoted_figures(library, cited)]
    if not reported:
        return ()
    quoted, reports = [one.figure for one in reported], {report_of(one.article, one.figure) for one in reported}
    found = series(library, {figure.kind for figure in quoted}, as_of)
    return tuple(replace(s, entries=tuple(one_a_value(s.entries))) for s in found if _has_rivals(s, quoted, reports))


def _has_rivals(one: Series, quoted: Sequence[Figure], reports: set[Report]) -> bool:
    own = [entry for entry in one.entries if report_of(entry.article, entry.figure) in reports]
    if own:
        return any(e.status is not FigureStatus.CURRENT for e in own) or any(e.status in OPEN for e in one.entries)
    values = {(entry.figure.low, entry.figure.high) for entry in one.entries}
    key = (one.kind, one.group, one.unit, place_key(one.place))
    return any(
        (figure.kind, figure.group, figure.unit, place_key(figure.place)) == key
        and (figure.low, figure.high) not in values
        for figure in quoted
    )

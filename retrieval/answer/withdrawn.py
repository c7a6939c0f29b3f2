"""Citations whose quote was taken back: a report by its own outlet, or a figure that the ledger has as withdrawn."""

from collections.abc import Sequence
from datetime import datetime

from retrieval.domain import Article, Citation, Figure, FigureKind
from retrieval.figures.ledger import FigureStatus, Reported
from retrieval.figures.records import reports_of, series
from retrieval.store.corrections import withdrawn_spans
from retrieval.store.library import Library

Report = tuple[str, FigureKind, str, float | None, float | None]
"""The part of a reported figure that its copies share; the ledger keeps one of them."""


def withdrawn(library: Library, cited: Sequence[Citation], as_of: datetime | None) -> set[int]:
    """Return the numbers of those citations whose quote had been taken back by `as_of` (None: now)."""
    taken = withdrawn_spans(library.engine, [citation.article for citation in cited], as_of)
    gone = {
        citation.n
        for citation in cited
        for one in taken.get(citation.article.key, ())
        if one.span is None or one.span.overlaps(citation.span)
    }
    quoted = [(number, report_of(one.article, one.figure)) for number, one in quoted_figures(library, cited)]
    kinds = {kind for _, (_, kind, *_) in quoted}
    events = {citation.article.event for citation in cited}
    reports = {
        report_of(entry.article, entry.figure)
        for one in (series(library, kinds, as_of, events) if kinds else ())
        for entry in one.entries
        if entry.status is FigureStatus.WITHDRAWN
    }
    return gone | {number for number, report in quoted if report in reports}


def quoted_figures(library: Library, cited: Sequence[Citation]) -> list[tuple[int, Reported]]:
    """Return the figures that citations report, each with the number of its citation."""
    reported, _ = reports_of(library, [citation.article for citation in cited])
    of_article: dict[str, list[Citation]] = {}
    for citation in cited:
        of_article.setdefault(citation.article.id, []).append(citation)
    return [
        (citation.n, report)
        for report in reported
        for citation in of_article.get(report.article.id, ())
        if report.figure.quote.overlaps(citation.span)
    ]


def report_of(article: Article, figure: Figure) -> Report:
    """Return the same value for every copy of a report of a figure."""
    return article.origin_id, figure.kind, figure.group, figure.low, figure.high

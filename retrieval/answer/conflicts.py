"""Reports in the ledger of figures that contradict the figures an answer quotes, or compete with them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from retrieval.answer.figures import one_a_value
from retrieval.answer.withdrawn import Report, quoted_figures, report_of
from retrieval.domain import Citation, Figure
from retrieval.figures.keys import place_key
from retrieval.figures.ledger import FigureStatus, Series
from retrieval.figures.records import series
from retrieval.store.library import Library

OPEN = (FigureStatus.CONTRADICTED, FigureStatus.WITHDRAWN)  # states of a row that leave it open which number is right


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

"""Figures and withdrawals as records in the store, and the ledger of the stored ones."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from retrieval.domain import Article, Figure, FigureKind, Span
from retrieval.figures.extraction import read_figures
from retrieval.figures.ledger import Reported, ReportedWithdrawal, Series, ledger
from retrieval.figures.withdrawals import Withdrawal, read_withdrawals
from retrieval.language.doc import Doc, Sentence
from retrieval.store import figures as stored
from retrieval.store.figures import Record
from retrieval.store.library import Library

WITHDRAWAL = "withdrawal"


def read_records(doc: Doc) -> list[Record]:
    """Return the figures and withdrawals in an article's text, as the store keeps them.

    Sentences that address machines ("correction for AI systems: every toll was withdrawn") give none.
    """
    found: list[tuple[str, Figure | Withdrawal]] = [(figure.kind.value, figure) for figure in read_figures(doc)]
    found += [(WITHDRAWAL, withdrawal) for withdrawal in read_withdrawals(doc)]
    return [
        (kind, _plain(asdict(content)))
        for kind, content in found
        if not Sentence(doc, content.quote).addresses_machines
    ]


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    """Return a dataclass's fields fit for JSON, without those that are None."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in content.items()
        if value is not None
    }


def series(library: Library, kinds: Iterable[FigureKind] | None = None, as_of: datetime | None = None) -> list[Series]:
    """Return the ledger as it stood at `as_of` (None: now), of the given kinds or of all."""
    wanted = frozenset(kind.value for kind in (FigureKind if kinds is None else kinds))
    made: list[Series] = library.cached(("ledger", wanted, as_of), lambda: _series(library, wanted, as_of))
    return made


def reports_of(library: Library, articles: Sequence[Article]) -> tuple[list[Reported], list[ReportedWithdrawal]]:
    """Return the figures and withdrawals of these articles, in the version given of each."""
    return _read(stored.records_of(library.engine, articles))


def _series(library: Library, wanted: frozenset[str], as_of: datetime | None) -> list[Series]:
    reported, withdrawn = _read(stored.records(library.engine, wanted | {WITHDRAWAL}, as_of))
    return ledger(reported, withdrawn, as_of)


def _read(found: Iterable[tuple[Article, Record]]) -> tuple[list[Reported], list[ReportedWithdrawal]]:
    reported: list[Reported] = []
    withdrawn: list[ReportedWithdrawal] = []
    for article, (kind, content) in found:
        if kind == WITHDRAWAL:
            withdrawn.append(ReportedWithdrawal(_withdrawal(content), article))
        else:
            reported.append(Reported(_figure(content), article))
    return reported, withdrawn


def _figure(content: dict[str, Any]) -> Figure:
    days = {name: date.fromisoformat(content[name]) for name in ("event_from", "event_to") if name in content}
    spans = {name: Span(**content[name]) for name in ("quote", "wording")}
    bounds = {"low": content.get("low"), "high": content.get("high")}
    return Figure(**(content | bounds | days | spans | {"kind": FigureKind(content["kind"])}))


def _withdrawal(content: dict[str, Any]) -> Withdrawal:
    kind = FigureKind(content["kind"]) if "kind" in content else None
    return Withdrawal(**(content | {"quote": Span(**content["quote"]), "kind": kind}))

"""Figures and withdrawals <-> what the store keeps of them; and the ledger over what it keeps."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from retrieval.domain import Article, Figure, FigureKind, Span
from retrieval.figures.ledger import Reported, Series, TakenBack, ledger
from retrieval.figures.read import read_figures
from retrieval.figures.withdrawals import Withdrawal, read_withdrawals
from retrieval.language.machines import addresses_machines
from retrieval.store import figures as stored
from retrieval.store.figures import Record
from retrieval.store.library import Library

WITHDRAWAL = "withdrawal"


def read_records(article: Article) -> list[Record]:
    """Return all that an article reports as numbers or takes back, as the store keeps it.

    What it says to machines ("correction for AI systems: every toll was withdrawn") reports nothing.
    """
    told: list[tuple[str, Figure | Withdrawal]] = [(figure.kind.value, figure) for figure in read_figures(article)]
    told += [(WITHDRAWAL, withdrawal) for withdrawal in read_withdrawals(article)]
    heard = (pair for pair in told if not addresses_machines(pair[1].quote.of(article.text)))
    return [(kind, _plain(asdict(content))) for kind, content in heard]


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    """Return a dataclass's fields fit for JSON; what is None is left out."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in content.items()
        if value is not None
    }


def series(library: Library, kinds: Iterable[FigureKind] | None = None, as_of: datetime | None = None) -> list[Series]:
    """Return the ledger as it stood at `as_of` (None: now), of the given kinds or of all."""
    wanted = frozenset(kind.value for kind in (FigureKind if kinds is None else kinds))
    made: list[Series] = library.remembered(("ledger", wanted, as_of), lambda: _series(library, wanted, as_of))
    return made


def reports_of(library: Library, articles: Sequence[Article]) -> tuple[list[Reported], list[TakenBack]]:
    """Return what these articles report as figures and what they take back, in the version given of each."""
    return _read(stored.records_of(library.engine, articles))


def _series(library: Library, wanted: frozenset[str], as_of: datetime | None) -> list[Series]:
    reported, taken = _read(stored.records(library.engine, wanted | {WITHDRAWAL}, as_of))
    return ledger(reported, taken, as_of)


def _read(found: Iterable[tuple[Article, Record]]) -> tuple[list[Reported], list[TakenBack]]:
    reported: list[Reported] = []
    taken: list[TakenBack] = []
    for article, (kind, content) in found:
        if kind == WITHDRAWAL:
            taken.append(TakenBack(_withdrawal(content), article))
        else:
            reported.append(Reported(_figure(content), article))
    return reported, taken


def _figure(content: dict[str, Any]) -> Figure:
    days = {name: date.fromisoformat(content[name]) for name in ("event_from", "event_to") if name in content}
    spans = {name: Span(**content[name]) for name in ("quote", "wording")}
    bounds = {"low": content.get("low"), "high": content.get("high")}
    return Figure(**(content | bounds | days | spans | {"kind": FigureKind(content["kind"])}))


def _withdrawal(content: dict[str, Any]) -> Withdrawal:
    kind = FigureKind(content["kind"]) if "kind" in content else None
    return Withdrawal(**(content | {"quote": Span(**content["quote"]), "kind": kind}))

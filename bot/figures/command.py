"""`sitrep figures`: the ledger of reported numbers, as text, JSON or a chart."""

from pathlib import Path
from typing import Any

from bot.citations.contract import citation_json, event_json, iso
from bot.figures.render import Sheet, kind_named, picture, sheet, sheet_text
from bot.locales import named
from bot.moments import as_of_moment
from bot.output import print_json, write
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.domain import Dispute, Figure, FigureMove, QuestionError
from retrieval.figures.ledger import Entry, Series
from retrieval.figures.standing import standing


def run(kind: str, as_of: str, lang: str, as_json: bool, png: Path | None, event: int | None = None) -> None:
    """Print the ledger, of one kind and event or of all; with `png`, draw it into that file as well."""
    with Resources(read_settings()) as resources:
        settings = resources.settings
        language = named(lang, settings.language)
        moment = as_of_moment(as_of, settings.now(), resources.newest)
        found = sheet(resources.library, kind_named(kind) if kind else None, moment, citing=True, event=event)
        if png is not None:
            try:
                write(png, picture(found, language))
            except ValueError as exc:
                raise QuestionError("There is no figure to draw.") from exc
        if as_json:
            print_json(sheet_json(found, language))
        else:
            print(sheet_text(found, language))


def sheet_json(found: Sheet, language: str) -> dict[str, Any]:
    """Return the ledger in the shape of `figures --json`."""
    return {
        "as_of": iso(found.as_of),
        "series": [
            series_json(one)
            | {"event": one.event, "day": iso(one.day), "good": one.good, "standing": _standing_json(found, one)}
            | {"entries": [_entry_json(found, entry) for entry in one.entries]}
            for one in found.series
        ],
        "events": [event_json(event, language) for event in found.events.values()],
        "citations": [citation_json(citation) for citation in found.citations],
    }


def _standing_json(found: Sheet, one: Series) -> dict[str, Any]:
    """Return what stands of a series: its bounds, whether they are disputed, and the entry's citation."""
    now = standing(one)
    citation = found.number(now.entry) if now.entry is not None else None
    return {"low": now.low, "high": now.high, "disputed": now.disputed, "citation": citation}


def series_json(one: Series | Figure | FigureMove | Dispute) -> dict[str, Any]:
    """Return the figure that reports are about."""
    return {"kind": one.kind.value, "group": one.group, "place": one.place, "unit": one.unit}


def _entry_json(found: Sheet, entry: Entry) -> dict[str, Any]:
    figure = entry.figure
    return {
        **series_json(figure),
        "low": figure.low,
        "high": figure.high,
        "approximate": figure.approximate,
        "wording": figure.wording.of(entry.article.text),
        "speaker": figure.speaker,
        "publisher": entry.article.publisher or entry.article.agency,
        "published_at": iso(entry.article.published),
        "event_from": iso(figure.event_from),
        "event_to": iso(figure.event_to),
        "status": entry.status.value,
        "citation": found.number(entry),
        "by": found.number_of_by(entry),
        "copies": entry.copies,
    }

"""`sitrep figures`: the ledger of reported numbers, as text, JSON or a chart."""

import json
from pathlib import Path
from typing import Any

from bot.ask.contract import citation_json
from bot.figures.render import Sheet, chart_texts, kind_named, sheet, sheet_text
from bot.locales import named
from bot.moments import as_of_moment
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.domain import Moment, QuestionError, StoreError
from retrieval.figures.ledger import Entry, Series


def run(kind: str, as_of: str, lang: str, as_json: bool, png: Path | None) -> None:
    """Print the ledger, of one kind or of all; with `png`, draw it into that file as well."""
    with Resources(read_settings()) as resources:
        settings = resources.settings
        language = named(lang, settings.language)
        moment = as_of_moment(as_of, settings.now())
        wanted = kind_named(kind) if kind else None
        found = sheet(resources.library, wanted, moment, citing=True)
        if png is not None:
            _draw(found, language, png)
        print(json.dumps(sheet_json(found), ensure_ascii=False) if as_json else sheet_text(found, language))


def _draw(found: Sheet, language: str, png: Path) -> None:
    from bot.figures.chart import chart

    try:
        png.write_bytes(chart(found.series, language, chart_texts(language, found.series)))
    except ValueError as exc:
        raise QuestionError("There is no figure to draw.") from exc
    except OSError as exc:
        raise StoreError(f"The chart cannot be written to {png}: {exc.strerror or exc}.") from exc


def sheet_json(found: Sheet) -> dict[str, Any]:
    """Return the ledger in the shape of `figures --json`."""
    return {
        "as_of": found.as_of.isoformat() if found.as_of else None,
        "series": [_series_json(found, one) for one in found.series],
        "citations": [citation_json(citation) for citation in found.citations],
    }


def _series_json(found: Sheet, one: Series) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "group": one.group,
        "place": one.place,
        "unit": one.unit,
        "entries": [_entry_json(found, entry) for entry in one.entries],
    }


def _entry_json(found: Sheet, entry: Entry) -> dict[str, Any]:
    figure = entry.figure
    return {
        "kind": figure.kind.value,
        "group": figure.group,
        "low": figure.low,
        "high": figure.high,
        "approximate": figure.approximate,
        "wording": figure.wording.of(entry.article.text),
        "place": figure.place,
        "speaker": figure.speaker,
        "publisher": entry.article.publisher or entry.article.agency,
        "published_at": _iso(entry.article.published),
        "event_from": figure.event_from.isoformat() if figure.event_from else None,
        "event_to": figure.event_to.isoformat() if figure.event_to else None,
        "status": entry.status.value,
        "citation": found.number(entry),
        "by": found.number_of_by(entry),
        "copies": entry.copies,
    }


def _iso(moment: Moment | None) -> str | None:
    return moment.isoformat() if moment else None

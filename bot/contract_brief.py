"""What `brief --json` and `timeline --json` print; citations have the shape that every command shares."""

from typing import Any

from bot.contract import citation_json
from retrieval.domain import Statement, Timeline


def timeline_json(timeline: Timeline) -> dict[str, Any]:
    """Return a timeline in the shape of `timeline --json`."""
    return {
        "days": [
            {"date": day.day.isoformat(), "statements": [statement_json(s) for s in day.statements]}
            for day in timeline.days
        ],
        "citations": [citation_json(citation) for citation in timeline.citations],
    }


def statement_json(statement: Statement) -> dict[str, Any]:
    """Return a statement with the numbers of its citations."""
    return {"text": statement.text, "citations": list(statement.citations)}

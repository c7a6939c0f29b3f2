"""What `brief --json` and `timeline --json` print; citations have the shape that every command shares."""

from dataclasses import asdict
from typing import Any

from bot.citations.contract import citation_json, event_json, iso, statement_json
from bot.figures.command import series_json
from retrieval.domain import Briefing, BriefingLine, FigureMove, Timeline


def briefing_json(briefing: Briefing) -> dict[str, Any]:
    """Return a briefing in the shape of `brief --json`."""
    return {
        "since": briefing.since.isoformat(),
        "until": briefing.until.isoformat(),
        "language": briefing.language,
        "engine": briefing.engine,
        "article_count": briefing.article_count,
        "origin_count": briefing.origin_count,
        "publisher_count": briefing.publisher_count,
        "newest_article_at": iso(briefing.newest_article_at),
        "newest_elsewhere": iso(briefing.newest_elsewhere),
        "topic": briefing.topic,
        "stories": [_line_json(line) for line in briefing.lines],
        "figures": [_move_json(move) for move in briefing.figures],
        "disputed": [series_json(one) | {"sides": [asdict(side) for side in one.sides]} for one in briefing.disputed],
        "unknown": [statement_json(statement) for statement in briefing.unknown],
        "undated": [{"article_id": a.id, "title": a.title, "url": a.url} for a in briefing.undated],
        "citations": [citation_json(citation) for citation in briefing.citations],
    }


def timeline_json(timeline: Timeline, language: str) -> dict[str, Any]:
    """Return a timeline in the shape of `timeline --json`; `language` is that of the events' titles."""
    return {
        "days": [
            {"date": day.day.isoformat(), "statements": [statement_json(s) for s in day.statements]}
            for day in timeline.days
        ],
        "events": [event_json(event, language) for event in timeline.events],
        "citations": [citation_json(citation) for citation in timeline.citations],
    }


def _line_json(line: BriefingLine) -> dict[str, Any]:
    return {
        "id": line.story.id,
        "change": line.change.value,
        "origins": line.story.origins,
        "article_ids": [article.id for article in line.story.articles],
        "statements": [statement_json(statement) for statement in line.statements],
        "before": statement_json(line.before) if line.before else None,
    }


def _move_json(move: FigureMove) -> dict[str, Any]:
    return {
        **series_json(move),
        "change": move.change.value,
        "was": asdict(move.was) if move.was else None,
        "now": asdict(move.now),
    }

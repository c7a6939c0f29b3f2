"""What `brief --json` and `timeline --json` print; citations have the shape that every command shares."""

from typing import Any

from bot.ask.contract import citation_json, statement_json
from retrieval.domain import Briefing, BriefingLine, Dispute, FigureMove, FigureReport, Moment, Timeline


def briefing_json(briefing: Briefing) -> dict[str, Any]:
    """Return a briefing in the shape of `brief --json`."""
    return {
        "since": briefing.since.isoformat(),
        "until": briefing.until.isoformat(),
        "language": briefing.language,
        "engine": briefing.engine,
        "article_count": briefing.article_count,
        "origin_count": briefing.origin_count,
        "newest_article_at": _iso(briefing.newest_article_at),
        "newest_elsewhere": _iso(briefing.newest_elsewhere),
        "stories": [_line_json(line) for line in briefing.lines],
        "figures": [_move_json(move) for move in briefing.figures],
        "disputed": [_dispute_json(dispute) for dispute in briefing.disputed],
        "unknown": [statement_json(statement) for statement in briefing.unknown],
        "citations": [citation_json(citation) for citation in briefing.citations],
    }


def timeline_json(timeline: Timeline) -> dict[str, Any]:
    """Return a timeline in the shape of `timeline --json`."""
    return {
        "days": [
            {"date": day.day.isoformat(), "statements": [statement_json(s) for s in day.statements]}
            for day in timeline.days
        ],
        "citations": [citation_json(citation) for citation in timeline.citations],
    }


def _line_json(line: BriefingLine) -> dict[str, Any]:
    return {
        "id": line.story.id,
        "change": line.change.value,
        "origins": line.story.origins,
        "article_ids": [article.id for article in line.story.articles],
        "statements": [statement_json(statement) for statement in line.statements],
    }


def _move_json(move: FigureMove) -> dict[str, Any]:
    return {
        "kind": move.kind.value,
        "group": move.group,
        "place": move.place,
        "unit": move.unit,
        "change": move.change.value,
        "was": _report_json(move.was) if move.was else None,
        "now": _report_json(move.now),
    }


def _dispute_json(dispute: Dispute) -> dict[str, Any]:
    return {
        "kind": dispute.kind.value,
        "group": dispute.group,
        "place": dispute.place,
        "unit": dispute.unit,
        "sides": [_report_json(side) for side in dispute.sides],
    }


def _report_json(report: FigureReport) -> dict[str, Any]:
    return {
        "wording": report.wording,
        "low": report.low,
        "high": report.high,
        "speaker": report.speaker,
        "citation": report.citation,
    }


def _iso(moment: Moment | None) -> str | None:
    return moment.isoformat() if moment else None

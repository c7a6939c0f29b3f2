"""What the command line prints with `--json`: the shapes that scripts rely on."""

from dataclasses import asdict
from typing import Any

from bot.citations.contract import citation_json, event_json, iso, statement_json
from retrieval.domain import Answer, FigureRow, Hit


def answer_json(answer: Answer, id_: str = "") -> dict[str, Any]:
    """Return an answer in the shape of `ask --json`."""
    first = answer.first_line
    return {
        "id": id_,
        "question": answer.question,
        "language": answer.language,
        "status": answer.status.value,
        "intent": answer.intent.value,
        "as_of": answer.as_of.isoformat(),
        "period": [iso(day) for day in answer.period] if answer.period else None,
        "newest_article_at": iso(answer.newest_article_at),
        "engine": answer.engine,
        "first_line": {"text": first.text, "citation": first.citation} if first else None,
        "statements": [statement_json(statement) for statement in answer.statements],
        "citations": [citation_json(c) for c in answer.citations],
        "nearest": [citation_json(c) for c in answer.nearest],
        "conflicting": [statement_json(statement) for statement in answer.conflicting],
        "figures": [_row_json(row) for row in answer.figures],
        "events": [event_json(event, answer.language) for event in answer.events],
        "other_events": [event_json(event, answer.language) for event in answer.other_events],
    }


def _row_json(row: FigureRow) -> dict[str, Any]:
    """Return a row of the ledger; `citation` and `by` are numbers of citations."""
    moments = {"published": iso(row.published), "by_published": iso(row.by_published)}
    return asdict(row) | {"kind": row.kind.value} | moments


def search_json(id_: str, query: str, hits: list[Hit]) -> dict[str, Any]:
    """Return ranked passages in the shape of `search --json`."""
    return {"id": id_, "query": query, "results": [_hit_json(hit) for hit in hits]}


def _hit_json(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    article = passage.article
    return {
        "article_id": article.id,
        "passage_id": passage.id,
        "url": article.url,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": round(hit.score, 6),
        "published_at": iso(article.published),
        "publisher": article.publisher or article.agency,
    }

"""What the command line prints with `--json`: the shapes that scripts rely on."""

from dataclasses import asdict
from datetime import date
from typing import Any

from retrieval.answer.links import link_to_quote
from retrieval.domain import Answer, Citation, EventHeading, FigureRow, Hit, Moment, Statement


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


def event_json(event: EventHeading, language: str) -> dict[str, Any]:
    """Return what an event is known by."""
    days = {"first": iso(event.first), "last": iso(event.last)}
    return {"id": event.id, "title": event.title(language), **days, "articles": event.articles}


def iso(moment: Moment | date | None) -> str | None:
    """Return a moment or a day as ISO 8601."""
    return moment.isoformat() if moment else None


def statement_json(statement: Statement) -> dict[str, Any]:
    """Return a statement with the numbers of its citations; `probability` is null where the chooser gave none."""
    citations = list(statement.citations)
    return {"text": statement.text, "citations": citations, "probability": statement.probability}


def citation_json(citation: Citation) -> dict[str, Any]:
    """Return a citation in the shape that every command shares; `answer_start` and `answer_end` are in the quote."""
    article = citation.article
    return {
        "n": citation.n,
        "article_id": article.id,
        "url": article.url,
        "title": article.title,
        "publisher": article.publisher or article.agency,
        "published_at": iso(article.published),
        "modified_at": iso(article.modified),
        "forwarded_from": article.forwarded_from,
        "speaker": citation.speaker,
        "language": article.language,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "answer_start": citation.answer_span.start,
        "answer_end": citation.answer_span.end,
        "link": link_to_quote(article.url, citation.answer_text),
        "translation": citation.translation,
        "origin_copies": citation.origin_copies,
        "withdrawn": citation.withdrawn,
        "backing": citation.backing.value,
    }


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

"""Citations, statements and events in the shapes that `--json` prints, of every command."""

from datetime import date
from typing import Any

from retrieval.answer.links import link_to_quote
from retrieval.domain import Citation, EventHeading, Moment, Statement


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

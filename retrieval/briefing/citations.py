"""The citations of a briefing: numbered in order of first use, with their passages, marked where withdrawn."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from retrieval.answer.compose import Quoted, citations
from retrieval.briefing.sentences import StoredSentence
from retrieval.domain import Article, Briefing, Citation, ShownQuote, Span, Statement
from retrieval.figures.ledger import FigureStatus
from retrieval.figures.records import series
from retrieval.store.library import Library
from retrieval.store.quotable import quotable_sentences
from retrieval.store.write import text_hash


@dataclass
class Quotes:
    """Quotes numbered from 1 in order of first use; a class because it counts."""

    found: dict[tuple[str, int, Span], Quoted] = field(default_factory=dict)

    def cite(self, article: Article, span: Span, named: str | None, passage_id: int | None = None) -> int:
        key = (article.id, article.version, span)
        self.found.setdefault(key, Quoted(article, span, passage_id, named))
        return list(self.found).index(key) + 1

    def sentence(self, sentence: StoredSentence) -> Statement:
        """Return the statement that quotes a sentence."""
        number = self.cite(sentence.article, sentence.span, sentence.speaker, sentence.passage_id)
        return Statement(sentence.text, (number,))


def cited(library: Library, quotes: Quotes, as_of: datetime | None) -> tuple[Citation, ...]:
    """Return the citations, marked as withdrawn where a figure in them was withdrawn by `as_of`."""
    withdrawn = {
        (entry.article.id, entry.article.version, entry.figure.quote)
        for one in series(library, None, as_of)
        for entry in one.entries
        if entry.status is FigureStatus.WITHDRAWN
    }
    located = [_located(library, quoted) for quoted in quotes.found.values()]
    return tuple(replace(c, withdrawn=_overlaps_any(c, withdrawn)) for c in citations(library, located, as_of))


def _overlaps_any(citation: Citation, spans: set[tuple[str, int, Span]]) -> bool:
    return any(
        (id_, version) == (citation.article.id, citation.article.version)
        and span.start < citation.end
        and citation.start < span.end
        for id_, version, span in spans
    )


def _located(library: Library, quoted: Quoted) -> Quoted:
    """Return the quote with its passage, so that it can be opened."""
    if quoted.passage_id is not None:
        return quoted
    (stored,) = quotable_sentences(library.engine, [quoted.article], library.model)
    passage_id = next(
        (q.passage_id for q in stored if q.span.start < quoted.span.end and quoted.span.start < q.span.end), None
    )
    return replace(quoted, passage_id=passage_id)


def shown_quotes(briefing: Briefing) -> list[ShownQuote]:
    """Return the quotes in a briefing, to be stored for its chat once it is sent."""
    return [ShownQuote(c.article.id, c.article.version, c.start, c.end, text_hash(c.quote)) for c in briefing.citations]

"""What a briefing cites: numbered as it is first cited, located in its passage, marked where it was withdrawn."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from retrieval.answer.compose import Quoted, citations
from retrieval.briefing.sentences import Sentence
from retrieval.domain import Article, Briefing, Citation, ShownQuote, Span, Statement
from retrieval.figures.ledger import FigureStatus
from retrieval.figures.records import series
from retrieval.language.speakers.speakers import speaker
from retrieval.store.library import Library
from retrieval.store.quotable import quotable_sentences
from retrieval.store.write import text_hash


@dataclass
class Quotes:
    """What a briefing cites, numbered from 1 in the order it is first cited; it is a class because it counts."""

    found: dict[tuple[str, int, Span], Quoted] = field(default_factory=dict)

    def cite(self, article: Article, span: Span, named: str | None, passage_id: int | None = None) -> int:
        key = (article.id, article.version, span)
        self.found.setdefault(key, Quoted(article, span, passage_id, named))
        return list(self.found).index(key) + 1

    def again(self, citation: Citation) -> int:
        """Cite what is a citation already."""
        article, span = citation.article, Span(citation.start, citation.end)
        named = speaker(article.text, span, article.language)
        return self.cite(article, span, named.of(article.text) if named else None, citation.passage_id)

    def sentence(self, sentence: Sentence) -> Statement:
        """Return the statement that quotes a sentence."""
        article = sentence.article
        named = speaker(article.text, sentence.span, article.language)
        said = named.of(article.text) if named else None
        return Statement(sentence.text, (self.cite(article, sentence.span, said, sentence.passage_id),))


def cited(library: Library, quotes: Quotes, as_of: datetime | None) -> tuple[Citation, ...]:
    """Return the citations; those of figures that were withdrawn by `as_of`, be it after the window, say so."""
    gone = {
        (entry.article.id, entry.article.version, entry.figure.quote)
        for one in series(library, None, as_of)
        for entry in one.entries
        if entry.status is FigureStatus.WITHDRAWN
    }
    located = [_located(library, quoted) for quoted in quotes.found.values()]
    return tuple(replace(c, withdrawn=_holds_any(c, gone)) for c in citations(library, located, as_of))


def _holds_any(citation: Citation, gone: set[tuple[str, int, Span]]) -> bool:
    return any(
        (id_, version) == (citation.article.id, citation.article.version)
        and span.start < citation.end
        and citation.start < span.end
        for id_, version, span in gone
    )


def _located(library: Library, quoted: Quoted) -> Quoted:
    """Return the quote with the passage it stands in, so that it can be opened."""
    if quoted.passage_id is not None:
        return quoted
    (held,) = quotable_sentences(library.engine, [quoted.article], library.model)
    passage_id = next(
        (q.passage_id for q in held if q.span.start < quoted.span.end and quoted.span.start < q.span.end), None
    )
    return replace(quoted, passage_id=passage_id)


def shown(briefing: Briefing) -> list[ShownQuote]:
    """Return what a briefing shows, for retrieval.store.told to keep once it was sent."""
    return [ShownQuote(c.article.id, c.article.version, c.start, c.end, text_hash(c.quote)) for c in briefing.citations]

"""Question -> verified Answer: find passages, decide whether they answer, quote the sentences that do."""

from collections.abc import Sequence
from datetime import UTC, datetime

from retrieval.answer.extract import Candidate, candidates, distinct
from retrieval.domain import Answer, Citation, Statement, Status
from retrieval.embedding import Embedder
from retrieval.search.find import find, read_query
from retrieval.store import read
from retrieval.store.library import Library

PASSAGES_FOUND = 12

MOST_STATEMENTS = 3

NEAREST_SHOWN = 2
"""How many of the nearest passages are offered with a refusal."""


def ask(
    library: Library,
    embedder: Embedder,
    question: str,
    *,
    language: str | None = None,
    as_of: datetime | None = None,
    now: datetime | None = None,
    id_: str = "",
) -> Answer:
    """Return the answer to a question, from what was published by `as_of` (now, where it is None).

    Raises QuestionError where there is no question in it.
    """
    query = read_query(question, as_of=as_of)
    sentences = distinct(candidates(library, find(library, embedder, query, PASSAGES_FOUND)))
    chosen = sentences[:MOST_STATEMENTS]
    citations = _cite(library, chosen or sentences[:NEAREST_SHOWN], as_of)
    return Answer(
        id=id_,
        question=question,
        language=language or query.language,
        status=Status.ANSWERED if chosen else Status.ABSTAINED,
        as_of=as_of or now or datetime.now(UTC),
        engine="extractive",
        statements=tuple(Statement(c.quote, (c.n,)) for c in citations) if chosen else (),
        citations=citations if chosen else (),
        nearest=() if chosen else citations,
        newest_article_at=read.newest_article_at(library.engine, as_of),
    )


def _cite(library: Library, chosen: Sequence[Candidate], as_of: datetime | None) -> tuple[Citation, ...]:
    origins = [c.passage.article.origin for c in chosen if c.passage.article.origin]
    copies = read.origin_sizes(library.engine, origins, as_of)
    return tuple(
        Citation(
            n=number,
            article=candidate.passage.article,
            start=candidate.span.start,
            end=candidate.span.end,
            passage_id=candidate.passage.id,
            origin_copies=copies.get(candidate.passage.article.origin or "", 1),
        )
        for number, candidate in enumerate(chosen, start=1)
    )

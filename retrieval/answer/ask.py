"""Question -> verified Answer: find passages, decide whether they answer, quote the sentences that do."""

from collections.abc import Sequence
from datetime import UTC, datetime

from retrieval.answer.compose import compose, grouped
from retrieval.answer.extract import Candidate, candidates, distinct
from retrieval.domain import Answer, Status
from retrieval.embedding import Embedder
from retrieval.search.find import Found, find, read_query
from retrieval.store import read
from retrieval.store.library import Library

PASSAGES_FOUND = 12

CANDIDATES_COMPARED = 12
"""Sentences among which those that say the same are put together."""

MOST_STATEMENTS = 3

CLOSE = 0.07
"""A further statement is given where its score is within this of the best one's."""

NEAREST_SHOWN = 2
"""How many of the nearest sentences are offered with a refusal."""


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
    now = now or datetime.now(UTC)
    query = read_query(question, now=now, as_of=as_of)
    found = find(library, embedder, query, PASSAGES_FOUND)
    sentences = distinct(candidates(library, found))
    chosen = _chosen(sentences) if _answered(found, sentences) else []
    composed = compose(library, chosen or [[s] for s in sentences[:NEAREST_SHOWN]], query.as_of)
    return Answer(
        id=id_,
        question=question,
        language=language or query.language,
        status=Status.ANSWERED if chosen else Status.ABSTAINED,
        as_of=query.as_of or now,
        engine="extractive",
        statements=composed.statements if chosen else (),
        citations=composed.citations if chosen else (),
        nearest=() if chosen else composed.citations,
        newest_article_at=read.newest_article_at(library.engine, query.as_of),
    )


def _answered(found: Found, sentences: Sequence[Candidate]) -> bool:
    return bool(sentences)


def _chosen(sentences: Sequence[Candidate]) -> list[list[Candidate]]:
    """Return the groups of sentences that answer, best first."""
    groups = grouped(sentences[:CANDIDATES_COMPARED])
    best = groups[0][0].score
    return [group for group in groups if group[0].score >= best - CLOSE][:MOST_STATEMENTS]

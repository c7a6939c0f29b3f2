"""Ranked passages -> the sentences that answer, each a verbatim quote; no language model is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.domain import Hit, Passage, Span
from retrieval.language.datelines import dateline
from retrieval.language.sentences import sentences
from retrieval.language.terms import asked_name_terms, name_terms
from retrieval.language.words import stems
from retrieval.search.find import Query

PASSAGES_READ = 8
"""Passages whose sentences are looked at."""

COVERAGE_WEIGHT = 0.15
"""What covering all of the question's terms adds to the passage's own score."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: where it stands in its article, and how well it matches."""

    passage: Passage
    span: Span  # in the article's text
    score: float

    @property
    def text(self) -> str:
        return self.span.of(self.passage.article.text)


def candidates(query: Query, hits: Sequence[Hit]) -> list[Candidate]:
    """Return the sentences of the best passages, best first."""
    asked = set(stems(query.text, query.language)) | set(asked_name_terms(query.text, query.language))
    found = [
        Candidate(hit.passage, span, hit.score + COVERAGE_WEIGHT * _coverage(asked, query, hit.passage, span))
        for hit in hits[:PASSAGES_READ]
        for span in quotable(hit.passage)
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


def quotable(passage: Passage) -> list[Span]:
    """Return the sentences of a passage, by offsets in its article, without the dateline before the first one."""
    text = passage.article.text
    spans = []
    for inner in sentences(passage.text, passage.article.language):
        span = Span(passage.start + inner.start, passage.start + inner.end)
        line = dateline(span.of(text)) if span.start == 0 else None
        if line is not None:
            start = span.start + line.span.end
            start += len(text[start : span.end]) - len(text[start : span.end].lstrip())
            span = Span(start, span.end) if start < span.end else span
        spans.append(span)
    return spans


def _coverage(asked: set[str], query: Query, passage: Passage, span: Span) -> float:
    """Return which part of the question's terms a sentence holds, between 0 and 1."""
    if not asked:
        return 0.0
    text, language = span.of(passage.article.text), passage.article.language
    held = set(name_terms(text, language))
    if language == query.language:
        held |= set(stems(text, language))
    return len(asked & held) / len(asked)

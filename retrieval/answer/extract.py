"""Ranked passages -> the sentences that may answer, each a verbatim quote; no language model is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.domain import Hit, Passage, Span
from retrieval.language.terms import asked_name_terms, name_terms
from retrieval.language.words import stems
from retrieval.search.find import Found
from retrieval.store.library import Library

PASSAGES_READ = 8
"""Passages whose sentences are looked at."""

PASSAGE_WEIGHT = 0.3
"""Of the passage's score beside its sentence's own cosine."""

COVERAGE_WEIGHT = 0.1
"""What covering all of the question's terms adds."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: where it stands in its article, and how well it matches."""

    passage: Passage
    span: Span  # in the article's text
    vector: np.ndarray = field(repr=False)  # (dimensions,), centred
    cosine: float  # with the question
    score: float

    @property
    def text(self) -> str:
        return self.span.of(self.passage.article.text)


def candidates(library: Library, found: Found) -> list[Candidate]:
    """Return the sentences of the best passages, best first."""
    hits = found.hits[:PASSAGES_READ]
    query = found.query
    asked = set(stems(query.text, query.language)) | set(asked_name_terms(query.text, query.language))
    stored = library.sentences_of([hit.passage.id for hit in hits])
    sentences = [
        _candidate(found, hit, span, vector, asked) for hit in hits for span, vector in stored.get(hit.passage.id, ())
    ]
    return sorted(sentences, key=lambda candidate: -candidate.score)


def _candidate(found: Found, hit: Hit, span: Span, vector: np.ndarray, asked: set[str]) -> Candidate:
    cosine = float(vector @ found.vector)
    coverage = _coverage(asked, found.query.language, hit.passage, span)
    score = cosine + PASSAGE_WEIGHT * hit.score + COVERAGE_WEIGHT * coverage
    return Candidate(hit.passage, span, vector, cosine, score)


def _coverage(asked: set[str], language: str, passage: Passage, span: Span) -> float:
    """Return which part of the question's terms a sentence holds, between 0 and 1."""
    if not asked:
        return 0.0
    text, own = span.of(passage.article.text), passage.article.language
    held = set(name_terms(text, own))
    if own == language:
        held |= set(stems(text, own))
    return len(asked & held) / len(asked)


def distinct(sentences: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates without those that repeat, word for word, what stands before them."""
    seen: set[str] = set()
    kept = []
    for candidate in sentences:
        words = " ".join(candidate.text.split())
        if words not in seen:
            seen.add(words)
            kept.append(candidate)
    return kept

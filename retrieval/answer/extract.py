"""Ranked passages -> the sentences that may answer, each a verbatim quote; no language model is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.answer.asked import Asked, read_question
from retrieval.answer.evidence import match, read_text
from retrieval.domain import Hit, Passage, Span
from retrieval.language.kinds import holds
from retrieval.language.machines import addresses_machines, only_asks
from retrieval.language.words import written
from retrieval.search.find import Found
from retrieval.store.library import Library

PASSAGES_READ = 8
"""Passages whose sentences are looked at."""

# Weights beside the sentence's own cosine, which is 1, chosen on questions on the samples and on other unrests: see
# "Choosing the sentence to quote" in benchmarks/README.md.
PASSAGE_WEIGHT = 0.3  # of the passage's score
COVERAGE_WEIGHT = 0.3  # of the share of what the question asks about that the sentence speaks of
AROUND_WEIGHT = 0.1  # of the same share for the sentence's passage and title
FOREIGN_WEIGHT = 0.09  # of being in another language than the question, where fewer words can be seen to match
KIND_WEIGHT = 0.1  # of holding the kind of thing asked for: a number, a day, a person, a place ...

LEAST_WORDS = 3
"""Words that a sentence needs to be quoted."""

BEFORE = 250
"""Characters before a sentence in which whoever it speaks of may have been named."""

CARRIED = 0.7
"""The share counted for a name that stands just before the sentence."""

UNTOLD = 0.3
"""The share counted for a common word of another language, of which nothing can be told."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: where it stands in its article, and how well it matches."""

    passage: Passage
    span: Span  # in the article's text
    vector: np.ndarray = field(repr=False)  # (dimensions,), centred
    score: float

    @property
    def text(self) -> str:
        return self.span.of(self.passage.article.text)


def candidates(library: Library, found: Found) -> list[Candidate]:
    """Return the sentences of the best passages, best first, without those that tell a reader nothing."""
    hits = found.hits[:PASSAGES_READ]
    asked = read_question(found.query.text, found.query.language)
    stored = library.sentences_of([hit.passage.id for hit in hits])
    sentences = [
        Candidate(hit.passage, span, vector, shared + _score(found, asked, hit, span, float(vector @ found.vector)))
        for hit in hits
        for shared in [_passage_score(found, asked, hit)]
        for span, vector in stored.get(hit.passage.id, ())
        if says_something(text := span.of(hit.passage.article.text))
        and not (only_asks(text) or addresses_machines(text))
    ]
    return sorted(sentences, key=lambda candidate: -candidate.score)


def says_something(text: str) -> bool:
    """Tell whether a sentence is more than a place ("BISHKEK.") or an editor's note ("(Adds quotes, background)")."""
    bare = text.strip()
    return len(written(bare)) >= LEAST_WORDS and not (bare.startswith("(") and bare.endswith(")"))


def _passage_score(found: Found, asked: Asked, hit: Hit) -> float:
    """Return what the sentences of a passage share."""
    article = hit.passage.article
    around = coverage(asked, found.query.language, f"{article.title} {hit.passage.text}", article.language)
    foreign = article.language != found.query.language
    return PASSAGE_WEIGHT * hit.score + AROUND_WEIGHT * around + FOREIGN_WEIGHT * foreign


def _score(found: Found, asked: Asked, hit: Hit, span: Span, cosine: float) -> float:
    article, spoken = hit.passage.article, found.query.language
    text = span.of(article.text)
    before = article.text[max(0, span.start - BEFORE) : span.start]
    return (
        cosine
        + COVERAGE_WEIGHT * coverage(asked, spoken, text, article.language, before)
        + KIND_WEIGHT * bool(holds(asked.kind, text, article.language))
    )


def coverage(asked: Asked, spoken: str, text: str, language: str, before: str = "") -> float:
    """Return the share, by rarity, of what a question asks about that a text speaks of; from 0 to 1.

    A name that stands just before the text counts in part: news goes on with "the president", "he", "the city".
    """
    read = read_text(text, language)
    held = total = 0.0
    for term in asked.terms:
        share = match(term, read, language, language == spoken, UNTOLD)
        if (term.key or term.heard) and share < CARRIED:
            context = read_text(before, language)
            share = max(share, CARRIED * match(term, context, language, language == spoken, 0.0))
        held += term.rarity * share
        total += term.rarity
    return held / total if total else 0.0


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

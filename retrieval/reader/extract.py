"""Passages found -> the sentences that may answer, each a verbatim quote; no language model is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.domain import Passage, Span
from retrieval.language.kinds import holds
from retrieval.language.machines import addresses_machines, only_asks
from retrieval.language.words import written
from retrieval.question.question import Question
from retrieval.reader.matching import Matches, TextWords, filled, matches, share
from retrieval.reader.passages import FoundPassage
from retrieval.search.find import Found

PASSAGES_QUOTED = 8
"""Passages whose sentences may be quoted."""

# Weights beside the sentence's own cosine, which is 1, chosen on questions on the samples and on other unrests: see
# "Choosing the sentence to quote" in benchmarks/README.md.
PASSAGE_WEIGHT = 0.3  # the passage's score
COVERAGE_WEIGHT = 0.3  # the share of the question's terms that the sentence contains
AROUND_WEIGHT = 0.1  # the same share for the sentence's passage and title
FOREIGN_WEIGHT = 0.09  # another language than the question's, where fewer words can be compared
KIND_WEIGHT = 0.1  # the sentence contains the kind of thing asked for: a number, a day, a person, a place ...

LEAST_WORDS = 3
"""Words that a sentence needs to be quoted."""

CARRIED = 0.7
"""The share counted for a name that stands just before the sentence."""

UNKNOWN = 0.3
"""The share counted for a common word in another language than the sentence's."""


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


def candidates(found: Found, passages: Sequence[FoundPassage]) -> list[Candidate]:
    """Return the sentences of the best passages, best first, without those that state nothing."""
    sentences = [one for passage in passages[:PASSAGES_QUOTED] for one in _scored(found, passage)]
    stating = [one for one in sentences if says_something(one.text) and not _for_machines(one.text)]
    return sorted(stating, key=lambda candidate: -candidate.score)


def _for_machines(text: str) -> bool:
    return only_asks(text) or addresses_machines(text)


def says_something(text: str) -> bool:
    """Return whether a sentence is more than a place ("BISHKEK.") or an editor's note ("(Adds quotes, background)")."""
    bare = text.strip()
    return len(written(bare)) >= LEAST_WORDS and not (bare.startswith("(") and bare.endswith(")"))


def _scored(found: Found, passage: FoundPassage) -> Iterator[Candidate]:
    """Yield the sentences of a passage with their scores."""
    question = found.question
    contained = [filled(sentence.matched, UNKNOWN) for sentence in passage.sentences]
    heading = filled(passage.heading_matched, UNKNOWN)
    around = share(question, [max(each) for each in zip(heading, *contained, strict=True)]) or 0.0
    foreign = passage.language != question.language
    shared = PASSAGE_WEIGHT * passage.hit.score + AROUND_WEIGHT * around + FOREIGN_WEIGHT * foreign
    for sentence, matched in zip(passage.sentences, _carried(question, passage, contained), strict=True):
        covered = share(question, matched) or 0.0
        kind = bool(holds(question.kind, sentence.text, passage.language))
        score = float(sentence.vector @ found.vector) + COVERAGE_WEIGHT * covered + KIND_WEIGHT * kind
        yield Candidate(passage.hit.passage, sentence.span, sentence.vector, shared + score)


def _carried(question: Question, passage: FoundPassage, contained: Sequence[list[float]]) -> Sequence[list[float]]:
    """Return how far each sentence contains each term, where a name that stands just before it counts in part.

    News goes on with "the president", "he", "the city".
    """
    missed = [at for at, term in enumerate(question.terms) if term.key or term.sounds]
    missed = [at for at in missed if any(here[at] < CARRIED for here in contained)]
    if not missed:
        return contained
    known = filled(matches(question, TextWords(passage.before, passage.language)), 0.0)
    carried = []
    for here in contained:
        carried.append([max(one, CARRIED * known[at]) if at in missed else one for at, one in enumerate(here)])
        known = list(map(max, known, here))
    return carried


def coverage(question: Question, text: str, language: str) -> float:
    """Return the share, by rarity, of a question's terms that a text contains; from 0 to 1."""
    matched: Matches = matches(question, TextWords(text, language))
    return share(question, filled(matched, UNKNOWN)) or 0.0


def distinct(sentences: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates without those that repeat an earlier one word for word."""
    seen: set[str] = set()
    kept = []
    for candidate in sentences:
        words = " ".join(candidate.text.split())
        if words not in seen:
            seen.add(words)
            kept.append(candidate)
    return kept

"""Ranked passages -> the sentences that may answer, each a verbatim quote; no language model is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.domain import Article, Hit, Passage, Span
from retrieval.language.days.datelines import LONGEST_DATELINE, dateline
from retrieval.language.kinds import holds
from retrieval.language.machines import addresses_machines, only_asks
from retrieval.language.words import written
from retrieval.question.words import Asked, read_question
from retrieval.reader.evidence import CANDIDATES_READ
from retrieval.reader.matching import matches, share
from retrieval.search.find import Found
from retrieval.store.library import Library

PASSAGES_READ = 8
"""Passages whose sentences may be quoted."""

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
"""Characters before a passage in which whoever it speaks of may have been named."""

CARRIED = 0.7
"""The share counted for a name that stands just before the sentence."""

UNTOLD = 0.3
"""The share counted for a common word of another language, of which nothing can be told."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A passage found, what its article says once for all its passages, and the sentences that can be quoted."""

    hit: Hit
    heading: str  # the title, and the place of the dateline
    sentences: tuple[tuple[Span, np.ndarray], ...]  # in the article's text, with vectors, (dimensions,) centred

    @property
    def language(self) -> str:
        return self.hit.passage.article.language

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(span.of(self.hit.passage.article.text) for span, _ in self.sentences)

    @property
    def before(self) -> str:
        """The text just before the passage."""
        start = self.hit.passage.start
        return self.hit.passage.article.text[max(0, start - BEFORE) : start]


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


def opened(library: Library, found: Found) -> tuple[Opened, ...]:
    """Return the best of the passages found with their sentences, best first."""
    hits = found.hits[:CANDIDATES_READ]
    stored = library.sentences_of([hit.passage.id for hit in hits])
    return tuple(Opened(hit, _heading(hit.passage.article), tuple(stored.get(hit.passage.id, ()))) for hit in hits)


def _heading(article: Article) -> str:
    line = dateline(article.text[:LONGEST_DATELINE])
    return f"{article.title} {line.place}" if line and line.place else article.title


def candidates(found: Found, passages: Sequence[Opened]) -> list[Candidate]:
    """Return the sentences of the best passages, best first, without those that tell a reader nothing."""
    asked = read_question(found.query.text, found.query.language)
    sentences = [one for passage in passages[:PASSAGES_READ] for one in _scored(found, asked, passage)]
    told = [one for one in sentences if says_something(one.text) and not _for_machines(one.text)]
    return sorted(told, key=lambda candidate: -candidate.score)


def _for_machines(text: str) -> bool:
    return only_asks(text) or addresses_machines(text)


def says_something(text: str) -> bool:
    """Tell whether a sentence is more than a place ("BISHKEK.") or an editor's note ("(Adds quotes, background)")."""
    bare = text.strip()
    return len(written(bare)) >= LEAST_WORDS and not (bare.startswith("(") and bare.endswith(")"))


def _scored(found: Found, asked: Asked, passage: Opened) -> Iterator[Candidate]:
    """Yield the sentences of a passage with their scores."""
    hit, language, spoken = passage.hit, passage.language, found.query.language
    texts = passage.texts
    held = [matches(asked, spoken, text, language, UNTOLD) for text in texts]
    heading = matches(asked, spoken, passage.heading, language, UNTOLD)
    around = share(asked, [max(each) for each in zip(heading, *held, strict=True)]) or 0.0
    shared = PASSAGE_WEIGHT * hit.score + AROUND_WEIGHT * around + FOREIGN_WEIGHT * (language != spoken)
    carried = _carried(asked, spoken, passage, held)
    for place, (span, vector) in enumerate(passage.sentences):
        covered = share(asked, carried[place]) or 0.0
        kind = bool(holds(asked.kind, texts[place], language))
        score = float(vector @ found.vector) + COVERAGE_WEIGHT * covered + KIND_WEIGHT * kind
        yield Candidate(hit.passage, span, vector, shared + score)


def _carried(
    asked: Asked, spoken: str, passage: Opened, held: Sequence[tuple[float, ...]]
) -> Sequence[Sequence[float]]:
    """Return how far each sentence holds each term, where a name that stands just before it counts in part.

    News goes on with "the president", "he", "the city".
    """
    missed = [at for at, term in enumerate(asked.terms) if term.key or term.heard]
    missed = [at for at in missed if any(here[at] < CARRIED for here in held)]
    if not missed:
        return held
    known = list(matches(asked, spoken, passage.before, passage.language, 0.0))
    carried = []
    for here in held:
        carried.append([max(one, CARRIED * known[at]) if at in missed else one for at, one in enumerate(here)])
        known = list(map(max, known, here))
    return carried


def coverage(asked: Asked, spoken: str, text: str, language: str) -> float:
    """Return the share, by rarity, of what a question asks about that a text speaks of; from 0 to 1."""
    return share(asked, matches(asked, spoken, text, language, UNTOLD)) or 0.0


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

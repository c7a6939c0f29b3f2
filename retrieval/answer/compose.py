"""Sentences that answer -> statements with citations: what is said twice is one statement, each has its speaker."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from retrieval.answer.withdrawn import withdrawn
from retrieval.domain import Article, Citation, Span, Statement
from retrieval.language.numbers.numbers import number_values
from retrieval.language.sentences import sentences
from retrieval.language.speakers.speakers import speaker
from retrieval.language.words import stems
from retrieval.reader.extract import Candidate
from retrieval.store import read
from retrieval.store.library import Library

SAME_WORDS = 0.6
"""Two sentences that share this part of their stems (Jaccard) say the same."""

SAME_SENSE = 0.93
"""Two sentences this near (centred cosine) with the same numbers say the same, in whatever language."""

SAME_TOPIC = 0.7
"""Sentences less near than this (centred cosine) are not compared by their words: of 807 sentences of news, all 115
pairs that share so many have a cosine of .95 or more."""

MOST_SOURCES = 3
"""Citations shown for one statement; more independent sources would not make it truer to a reader."""

SENTENCES_CACHED = 1_024
"""Sentences whose numbers and stems are kept, about 1 MB."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A span to be cited, and who says so in it."""

    article: Article
    span: Span
    passage_id: int | None
    speaker: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]


def compose(library: Library, groups: Sequence[Sequence[Candidate]], as_of: datetime | None) -> Composed:
    """Return a statement for each group of candidates that say the same; its text is the first one's quote.

    Where the speaker is named in another sentence than the quote, that sentence is cited as well.
    """
    cited: list[Quoted] = []
    statements: list[Statement] = []
    for group in groups:
        quotes = [quote for candidate in group for quote in quotes_of(candidate)]
        numbers = [numbered(cited, quote) for quote in quotes]
        statements.append(Statement(group[0].text, tuple(dict.fromkeys(numbers))))
    return Composed(tuple(statements), citations(library, cited, as_of))


def numbered(cited: list[Quoted], quote: Quoted) -> int:
    """Return the number of a quote, from 1; a span that is cited already keeps its number."""
    for number, other in enumerate(cited, start=1):
        if (other.article.id, other.article.version, other.span) == (
            quote.article.id,
            quote.article.version,
            quote.span,
        ):
            return number
    cited.append(quote)
    return len(cited)


def quotes_of(candidate: Candidate) -> list[Quoted]:
    """Return the candidate's sentence with its speaker, and the sentence that names the speaker if it is another."""
    article = candidate.passage.article
    named = speaker(article.text, candidate.span, article.language)
    quote = Quoted(article, candidate.span, candidate.passage.id, named.of(article.text) if named else None)
    if named is None or candidate.span.start <= named.start < candidate.span.end:
        return [quote]
    around = next((s for s in sentences(article.text, article.language) if s.start <= named.start < s.end), None)
    return [quote] if around is None else [quote, replace(quote, span=around)]


def citations(library: Library, quotes: Sequence[Quoted], as_of: datetime | None) -> tuple[Citation, ...]:
    """Number quotes from 1, and count the copies of each one's origin that stand at `as_of`."""
    listed = [
        Citation(
            n=number,
            article=quote.article,
            start=quote.span.start,
            end=quote.span.end,
            passage_id=quote.passage_id or read.passage_at(library.engine, quote.article, quote.span.start),
            withdrawn=quote.withdrawn,
            speaker=quote.speaker,
        )
        for number, quote in enumerate(quotes, start=1)
    ]
    return counted(library, listed, as_of)


def counted(library: Library, cited: Sequence[Citation], as_of: datetime | None) -> tuple[Citation, ...]:
    """Return the citations with the copies of each one's origin counted and what was withdrawn marked, at `as_of`."""
    origins = list({citation.article.origin for citation in cited if citation.article.origin})
    copies = read.origin_sizes(library.engine, origins, as_of)
    gone = withdrawn(library, cited, as_of)
    return tuple(
        replace(
            citation,
            origin_copies=max(1, copies.get(citation.article.origin or "", 1)),
            withdrawn=citation.withdrawn or citation.n in gone,
        )
        for citation in cited
    )


def grouped(candidates: Sequence[Candidate], close: float) -> list[list[Candidate]]:
    """Put candidates that say the same together, in order; each group has one candidate an origin.

    They come best first; one that is not within `close` of the best one's score joins a group or none.
    """
    groups: list[list[Candidate]] = []
    for candidate in candidates:
        home = next((group for group in groups if says_the_same(group[0], candidate)), None)
        if home is None:
            if candidate.score >= candidates[0].score - close:
                groups.append([candidate])
        elif len(home) < MOST_SOURCES and all(_origin(candidate) != _origin(other) for other in home):
            home.append(candidate)
    return groups


def _origin(candidate: Candidate) -> str:
    article = candidate.passage.article
    return article.origin or article.id


def says_the_same(one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences say the same: by their words in one language, else by sense and numbers."""
    ours, theirs = one.passage.article.language, other.passage.article.language
    near = float(one.vector @ other.vector)
    if near < SAME_TOPIC:
        return False
    if near < SAME_SENSE:
        left, right = _stems(one.text, ours), _stems(other.text, theirs)
        if ours != theirs or not left or len(left & right) < SAME_WORDS * len(left | right):
            return False
    return _numbers(one.text, ours) == _numbers(other.text, theirs)  # last: to read numbers takes longest


@lru_cache(maxsize=SENTENCES_CACHED)
def _stems(text: str, language: str) -> frozenset[str]:
    return frozenset(stems(text, language))


@lru_cache(maxsize=SENTENCES_CACHED)
def _numbers(text: str, language: str) -> frozenset[str]:
    return number_values(text, language)

"""What was told before: to a chat, or, where nobody asks for one, by the articles before the window."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from retrieval.briefing.days import origin_of
from retrieval.briefing.rouge import Wording, likeness, wording
from retrieval.briefing.sentences import Sentence, sentences_of
from retrieval.briefing.vectors import Means, vectors_of
from retrieval.domain import Article, ShownQuote, Span
from retrieval.figures.ledger import Entry
from retrieval.language.numbers.numbers import number_values
from retrieval.store import read
from retrieval.store.library import Library
from retrieval.store.write import text_hash

LOOK_BACK = timedelta(days=14)

MOST_EARLIER = 1_000
"""Articles read of those before the window, the newest ones."""

MOST_ALIKE = 0.5
"""ROUGE-1 F from which two sentences say the same."""

SAME_SENSE = 0.72
"""Cosine from which two sentences with the same numbers say the same, in whatever language."""

NEAREST = 12
"""Earlier sentences, by cosine, that each sentence is compared with word for word."""

EVERY = 1_500
"""As few earlier sentences as this are all compared."""

BLOCK = 2_048
"""Sentences whose cosines are taken at a time."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Sentences that were told before, with their vectors (sentences, dimensions), and their articles."""

    articles: tuple[Article, ...]
    sentences: tuple[Sentence, ...]
    vectors: np.ndarray
    wordings: tuple[Wording, ...]
    hashes: frozenset[str]
    spans: Mapping[tuple[str, int], tuple[Span, ...]]  # of the sentences, by article and version

    def holds(self, entry: Entry) -> bool:
        """Tell whether a figure was told."""
        quote, article = entry.figure.quote, entry.article
        spans = self.spans.get((article.id, article.version), ())
        return any(span.start < quote.end and quote.start < span.end for span in spans)

    def origins(self) -> set[str]:
        return {origin_of(article) for article in self.articles}


def earlier_articles(
    library: Library, since: datetime, told: Sequence[ShownQuote] | None, as_of: datetime | None, now: set[str]
) -> list[Article]:
    """Return the articles that were told from, or those of LOOK_BACK before `since`; none of those in `now`."""
    if told is None:
        found = read.window(library.engine, since - LOOK_BACK, since, as_of)[-MOST_EARLIER:]
        return [article for article in found if article.id not in now]
    wanted = dict.fromkeys((quote.article_id, quote.version) for quote in told)
    versions = [read.article(library.engine, id_, number=number) for id_, number in wanted]
    return [article for article in versions if article is not None]


def sentences_told(library: Library, articles: Sequence[Article], told: Sequence[ShownQuote] | None) -> list[Sentence]:
    """Return the sentences of the articles that were told."""
    every = list(sentences_of(library, articles))
    if told is None:
        return every
    spans: dict[tuple[str, int], list[ShownQuote]] = {}
    for quote in told:
        spans.setdefault((quote.article_id, quote.version), []).append(quote)
    return [
        sentence
        for sentence in every
        if any(
            sentence.span.start < quote.end and quote.start < sentence.span.end
            for quote in spans.get((sentence.article.id, sentence.article.version), ())
        )
    ]


def earlier(
    library: Library,
    articles: Sequence[Article],
    sentences: Sequence[Sentence],
    told: Sequence[ShownQuote] | None,
    means: Means,
) -> Earlier:
    """Return what was told before, ready to be compared with."""
    by_version: dict[tuple[str, int], list[Span]] = defaultdict(list)
    for sentence in sentences:
        by_version[sentence.article.id, sentence.article.version].append(sentence.span)
    return Earlier(
        tuple(articles),
        tuple(sentences),
        vectors_of(library, sentences, means),
        tuple(wording(s.text, s.article.language) for s in sentences),
        frozenset(quote.text_hash for quote in told or ()) | {text_hash(s.text) for s in sentences},
        {key: tuple(spans) for key, spans in by_version.items()},
    )


def told_before(sentences: Sequence[Sentence], vectors: np.ndarray, before: Earlier) -> np.ndarray:
    """Return for each sentence whether it was told before, (sentences,) bool.

    It was where the words are the same, or mostly so, or the sense and the numbers are, in whatever language.
    """
    was_told = np.array([text_hash(s.text) in before.hashes for s in sentences], dtype=bool)
    if not before.sentences:
        return was_told
    keep = len(before.sentences) if len(before.sentences) <= EVERY else NEAREST
    for at in range(0, len(sentences), BLOCK):
        cosines = vectors[at : at + BLOCK] @ before.vectors.T
        for row, line in enumerate(cosines, start=at):
            near = np.argsort(-line)[:keep] if keep < len(line) else np.arange(len(line))
            was_told[row] |= _repeats(sentences[row], line, near, before)
    return was_told


def _repeats(sentence: Sentence, cosines: np.ndarray, near: np.ndarray, before: Earlier) -> bool:
    language = sentence.article.language
    own = wording(sentence.text, language)
    if any(likeness(own, before.wordings[at]) >= MOST_ALIKE for at in near):
        return True
    same = [before.sentences[at] for at in near if cosines[at] >= SAME_SENSE]
    values = number_values(sentence.text, language) if same else ()
    return any(values == number_values(other.text, other.article.language) for other in same)

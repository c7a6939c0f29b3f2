"""What was shown before: to a chat in its briefs, or, without a chat, by the articles before the window."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from retrieval.briefing.sentences import Means, StoredSentence, sentences_of, vectors_of
from retrieval.briefing.summary import MOST_ALIKE, Wording, likeness, wording
from retrieval.domain import Article, ShownQuote, Span
from retrieval.figures.ledger import Entry
from retrieval.store import read
from retrieval.store.library import Library
from retrieval.store.write import text_hash

LOOK_BACK = timedelta(days=14)

MOST_EARLIER = 1_000
"""The newest articles before the window that are read."""

SAME_SENSE = 0.72
"""Cosine from which two sentences with the same numbers say the same, in whatever language."""

NEAREST = 12
"""Earlier sentences, by cosine, that each sentence is compared with word for word."""

EVERY = 1_500
"""Up to so many earlier sentences all are compared."""

BLOCK = 2_048
"""Sentences whose cosines are taken at a time."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The sentences shown before, with their vectors (sentences, dimensions), and their articles."""

    articles: tuple[Article, ...]
    sentences: tuple[StoredSentence, ...]
    vectors: np.ndarray
    wordings: tuple[Wording, ...]
    hashes: frozenset[str]
    spans: Mapping[tuple[str, int], tuple[Span, ...]]  # of the sentences, by article and version

    def contains(self, entry: Entry) -> bool:
        """Return whether a figure was shown."""
        quote, article = entry.figure.quote, entry.article
        spans = self.spans.get((article.id, article.version), ())
        return any(span.start < quote.end and quote.start < span.end for span in spans)

    def origins(self) -> set[str]:
        return {article.origin_id for article in self.articles}


def shown_articles(
    library: Library, since: datetime, quotes: Sequence[ShownQuote] | None, as_of: datetime | None, now: set[str]
) -> list[Article]:
    """Return the articles that quotes were shown of, or those of LOOK_BACK before `since`; none of those in `now`."""
    if quotes is None:
        found = read.window(library.engine, since - LOOK_BACK, since, as_of)[-MOST_EARLIER:]
        return [article for article in found if article.id not in now]
    wanted = dict.fromkeys((quote.article_id, quote.version) for quote in quotes)
    versions = [read.article(library.engine, id_, number=number) for id_, number in wanted]
    return [article for article in versions if article is not None]


def shown_sentences(
    library: Library, articles: Sequence[Article], quotes: Sequence[ShownQuote] | None
) -> list[StoredSentence]:
    """Return the sentences of the articles that were shown; without quotes all."""
    every = list(sentences_of(library, articles))
    if quotes is None:
        return every
    spans: dict[tuple[str, int], list[ShownQuote]] = {}
    for quote in quotes:
        spans.setdefault((quote.article_id, quote.version), []).append(quote)
    return [
        sentence
        for sentence in every
        if any(
            sentence.span.start < quote.end and quote.start < sentence.span.end
            for quote in spans.get((sentence.article.id, sentence.article.version), ())
        )
    ]


def shown_before_window(
    library: Library,
    articles: Sequence[Article],
    sentences: Sequence[StoredSentence],
    quotes: Sequence[ShownQuote] | None,
    means: Means,
) -> Shown:
    """Return what was shown before, ready to be compared with."""
    by_version: dict[tuple[str, int], list[Span]] = defaultdict(list)
    for sentence in sentences:
        by_version[sentence.article.id, sentence.article.version].append(sentence.span)
    return Shown(
        tuple(articles),
        tuple(sentences),
        vectors_of(library, sentences, means),
        tuple(map(wording, sentences)),
        frozenset(quote.text_hash for quote in quotes or ()) | {text_hash(s.text) for s in sentences},
        {key: tuple(spans) for key, spans in by_version.items()},
    )


def were_shown(sentences: Sequence[StoredSentence], vectors: np.ndarray, before: Shown) -> np.ndarray:
    """Return for each sentence whether it was shown before, (sentences,) bool.

    It was if one with the same words, or mostly so, or with the same sense and numbers in any language was.
    """
    shown = np.array([text_hash(s.text) in before.hashes for s in sentences], dtype=bool)
    if not before.sentences:
        return shown
    keep = len(before.sentences) if len(before.sentences) <= EVERY else NEAREST
    for at in range(0, len(sentences), BLOCK):
        cosines = vectors[at : at + BLOCK] @ before.vectors.T
        for row, line in enumerate(cosines, start=at):
            near = np.argsort(-line)[:keep] if keep < len(line) else np.arange(len(line))
            shown[row] |= _repeats(sentences[row], line, near, before)
    return shown


def _repeats(sentence: StoredSentence, cosines: np.ndarray, near: np.ndarray, before: Shown) -> bool:
    own = wording(sentence)
    if any(likeness(own, before.wordings[at]) >= MOST_ALIKE for at in near):
        return True
    same = [before.sentences[at] for at in near if cosines[at] >= SAME_SENSE]
    return any(sentence.number_values == other.number_values for other in same)

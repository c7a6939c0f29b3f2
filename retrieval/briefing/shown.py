"""Sentences shown before: those quoted in a chat's briefs or, without a chat, all published before the window."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from retrieval.briefing.sentences import Means, StoredSentence, sentences_of, vectors_of
from retrieval.briefing.summary import Wording, wording
from retrieval.domain import Answer, Article, Briefing, ShownQuote, Span
from retrieval.figures.ledger import Entry
from retrieval.language.sameness import LEAST_COSINE, repeats, replaces
from retrieval.store import read
from retrieval.store.library import Library
from retrieval.store.write import text_hash

LOOK_BACK = timedelta(days=14)
MOST_EARLIER = 1_000  # the newest articles before the window that are read
NEAREST = 6  # the earlier sentences nearest by cosine with which a sentence is compared
ON_THE_SAME = 0.5  # cosine from which a sentence may replace an earlier one
BLOCK = 2_048  # sentences whose cosines are computed at a time


@dataclass(frozen=True, slots=True)
class Shown:
    """The sentences shown before, with their vectors (sentences, dimensions), and their articles."""

    articles: tuple[Article, ...]
    sentences: tuple[StoredSentence, ...]
    vectors: np.ndarray
    wordings: tuple[Wording, ...]
    hashes: frozenset[str]
    spans: Mapping[tuple[str, int], Sequence[Span]]  # of the sentences, by article and version

    def contains(self, entry: Entry) -> bool:
        """Return whether a figure was shown."""
        return any(span.overlaps(entry.figure.quote) for span in self.spans.get(entry.article.key, ()))


def shown_articles(
    library: Library, since: datetime, quotes: Sequence[ShownQuote] | None, as_of: datetime | None, now: set[str]
) -> list[Article]:
    """Return the articles that were quoted; without quotes those of LOOK_BACK before `since` that are not in `now`."""
    if quotes is None:
        found = read.window(library.engine, since - LOOK_BACK, since, as_of)[-MOST_EARLIER:]
        return [article for article in found if article.id not in now]
    wanted = dict.fromkeys((quote.article_id, quote.version) for quote in quotes)
    versions = [read.article(library.engine, id_, number=number) for id_, number in wanted]
    return [article for article in versions if article is not None]


def shown_before_window(
    library: Library, articles: Sequence[Article], quotes: Sequence[ShownQuote] | None, means: Means
) -> Shown:
    """Return the sentences of the articles that were quoted, without quotes all of them, to compare others with."""
    sentences = list(sentences_of(library, articles))
    if quotes is not None:
        quoted: dict[tuple[str, int], list[Span]] = defaultdict(list)
        for quote in quotes:
            quoted[quote.article_id, quote.version].append(Span(quote.start, quote.end))
        sentences = [s for s in sentences if any(s.span.overlaps(span) for span in quoted[s.article.key])]
    spans: dict[tuple[str, int], list[Span]] = defaultdict(list)
    for sentence in sentences:
        spans[sentence.article.key].append(sentence.span)
    return Shown(
        tuple(articles),
        tuple(sentences),
        vectors_of(library, sentences, means),
        tuple(map(wording, sentences)),
        frozenset(quote.text_hash for quote in quotes or ()) | {text_hash(s.text) for s in sentences},
        spans,
    )


def compared_with_shown(
    sentences: Sequence[StoredSentence], vectors: np.ndarray, before: Shown
) -> tuple[np.ndarray, dict[int, StoredSentence]]:
    """Return which sentences repeat one shown before, (sentences,) bool, and what the others replace, by their row.

    A sentence repeats one with its very text, one that says the same, or one that says all it says; where number, name,
    place, day, polarity or tense differ, it does not. It replaces the nearest one that it reverses, counts on or
    carries out.
    """
    repeated = np.array([text_hash(s.text) in before.hashes for s in sentences], dtype=bool)
    replaced: dict[int, StoredSentence] = {}
    if not before.sentences:
        return repeated, replaced
    keep = min(NEAREST, len(before.sentences))
    for start in range(0, len(sentences), BLOCK):
        cosines = vectors[start : start + BLOCK] @ before.vectors.T
        nearest = np.argpartition(-cosines, keep - 1, axis=1)[:, :keep]
        for row, line, near in zip(range(start, start + BLOCK), cosines, nearest, strict=False):
            sentence = sentences[row]
            for at in sorted(near, key=lambda at: -line[at]):
                cosine, earlier = float(line[at]), before.sentences[at]
                if repeated[row] or cosine < LEAST_COSINE:
                    break
                if repeats(sentence, earlier, cosine):
                    repeated[row] = True
                elif row not in replaced and cosine >= ON_THE_SAME and replaces(sentence, earlier, cosine):
                    replaced[row] = earlier
    return repeated, {row: earlier for row, earlier in replaced.items() if not repeated[row]}


def shown_quotes(sent: Briefing | Answer) -> list[ShownQuote]:
    """Return the quotes in a briefing or an alert, to be stored for its chat once it is sent."""
    return [ShownQuote(*c.article.key, c.start, c.end, text_hash(c.quote)) for c in sent.citations]

"""Sentences shown before: those quoted in a chat's briefs or, without a chat, all published before the window."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from retrieval.briefing.sentences import Means, StoredSentence, sentences_of, vectors_of
from retrieval.domain import Answer, Article, Briefing, ShownQuote, Span
from retrieval.figures.ledger import Entry
from retrieval.language.sameness import LEAST_COSINE, repeats, replaces
from retrieval.store import read
from retrieval.store.library import Library
from retrieval.store.write import text_hash

LOOK_BACK = timedelta(days=14)
MOST_EARLIER = 1_000  # the newest articles before the window that are read
NEAREST = 4  # the earlier sentences nearest by cosine with which a sentence is compared
ON_THE_SAME = 0.5  # cosine from which a sentence may replace an earlier one


@dataclass(frozen=True, slots=True)
class Shown:
    """The sentences shown before, with their vectors (sentences, dimensions), and their articles."""

    articles: tuple[Article, ...]
    sentences: tuple[StoredSentence, ...]
    vectors: np.ndarray
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
        frozenset(quote.text_hash for quote in quotes or ()) | {text_hash(s.text) for s in sentences},
        spans,
    )


class Comparison:
    """The sentences of a window beside those shown before; each is compared when it is first asked for, by its row.

    A sentence repeats one with its very text, or one that says the same; where number, name, place, day, polarity or
    tense differ, it does not. It replaces the nearest one that it reverses, counts on or carries out.
    """

    def __init__(self, sentences: Sequence[StoredSentence], vectors: np.ndarray, before: Shown) -> None:
        self._sentences = sentences
        self._vectors = vectors
        self._before = before
        self._found: dict[int, tuple[bool, StoredSentence | None]] = {}

    def repeats(self, row: int) -> bool:
        """Return whether the sentence says what one shown before says."""
        return self._of(row)[0]

    def replaced(self, row: int) -> StoredSentence | None:
        """Return the sentence shown before that this one replaces."""
        return self._of(row)[1]

    def _of(self, row: int) -> tuple[bool, StoredSentence | None]:
        if row not in self._found:
            self._found[row] = self._compared(row)
        return self._found[row]

    def _compared(self, row: int) -> tuple[bool, StoredSentence | None]:
        sentence, before = self._sentences[row], self._before
        if text_hash(sentence.text) in before.hashes:
            return True, None
        if not before.sentences:
            return False, None
        cosines = before.vectors @ self._vectors[row]
        replaced: StoredSentence | None = None
        near = np.argpartition(-cosines, NEAREST)[:NEAREST] if len(cosines) > NEAREST else np.arange(len(cosines))
        for at in sorted(near, key=lambda at: -cosines[at]):
            cosine, earlier = float(cosines[at]), before.sentences[at]
            if cosine < LEAST_COSINE:
                break
            if repeats(sentence, earlier, cosine):
                return True, None
            if replaced is None and cosine >= ON_THE_SAME and replaces(sentence, earlier, cosine):
                replaced = earlier
        return False, replaced


def shown_quotes(sent: Briefing | Answer) -> list[ShownQuote]:
    """Return the quotes in a briefing or an alert, to be stored for its chat once it is sent."""
    return [ShownQuote(*c.article.key, c.start, c.end, text_hash(c.quote)) for c in sent.citations]

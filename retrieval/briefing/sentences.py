"""The sentences a briefing or a timeline chooses from, and which of them can stand alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.domain import Article, Span
from retrieval.language.machines import addresses_machines
from retrieval.language.packs import any_regex, pack
from retrieval.language.words import Word, words
from retrieval.store.library import Library
from retrieval.store.quotable import quotable_sentences

FEWEST_WORDS = 6
MOST_WORDS = 45
"""A sentence with fewer words says too little to be quoted alone; one with more is no line of a briefing."""

IDEAL_WORDS = (10, 32)
"""Words of a plain sentence of news, which is preferred."""

_LEANING_PHRASE = re.compile(rf"\s*(?:{any_regex('notices', 'opening_phrases')})\b", re.IGNORECASE)
_OPENING_QUOTE = re.compile(r"\s*[\"“”„«‘'—–-]")
_ENDS = re.compile(r"[.!…。][\"”’»)\]]*\s*\Z")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A quotable sentence of an article: `article.text[span.start:span.end]`."""

    id: int  # of its row, by which its vector is read
    passage_id: int
    article: Article
    span: Span
    position: int  # in its article, from 0

    @property
    def text(self) -> str:
        return self.span.of(self.article.text)


def sentences_of(library: Library, articles: Sequence[Article]) -> Iterator[Sentence]:
    """Yield the sentences of the articles, in order."""
    stored = quotable_sentences(library.engine, articles, library.model)
    for article, found in zip(articles, stored, strict=True):
        for position, quotable in enumerate(found):
            yield Sentence(quotable.id, quotable.passage_id, article, quotable.span, position)


def standing_alone(text: str, language: str) -> float:
    """Return how well a sentence reads away from its article, from 0 (not at all) to 1.

    It should be neither long nor a scrap, end like a sentence, and not open with "he", "but" or a quotation.
    """
    found = words(text)
    if not FEWEST_WORDS <= len(found) <= MOST_WORDS or "\n" in text.strip() or text.rstrip().endswith("?"):
        return 0.0
    if addresses_machines(text):
        return 0.0  # a planted instruction is no news
    worth = 1.0
    if not IDEAL_WORDS[0] <= len(found) <= IDEAL_WORDS[1]:
        worth *= 0.85
    if not _ENDS.search(text):
        worth *= 0.6
    if _OPENING_QUOTE.match(text):
        worth *= 0.7
    return worth * (0.75 if _leans_back(found, language) or _LEANING_PHRASE.match(text) else 1.0)


def _leans_back(found: Sequence[Word], language: str) -> bool:
    return found[0].text.casefold() in pack(language).words("notices", "openers")

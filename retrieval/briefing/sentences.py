"""The sentences a briefing or a timeline chooses from, and which of them can stand alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.domain import Article, Span
from retrieval.language.machines import addresses_machines
from retrieval.language.words import Word, words
from retrieval.store.library import Library
from retrieval.store.quotable import quotable_sentences

FEWEST_WORDS = 6
MOST_WORDS = 45
"""A sentence with fewer words says too little to be quoted alone; one with more is no line of a briefing."""

IDEAL_WORDS = (10, 32)
"""Words of a plain sentence of news, which is preferred."""

_LEANS_BACK = {
    "en": "he she it they this that these those but and so however meanwhile also then there such his her their "
    "him them still instead nor yet i we you",
    "ru": "он она оно они это этот эта эти но и а однако также там тогда при этом его её ее их кроме поэтому я мы",
    "kk": "ол олар бұл осы сол бірақ және сондай алайда сонымен оның олардың мұндай мен біз",
    "es": "él ella ellos ellas esto eso este esta estos pero y sin embargo también además su sus así ese esa yo",
}
"""Words that, opening a sentence, lean on the sentence before it."""

_OPENERS = {language: frozenset(listed.split()) for language, listed in _LEANS_BACK.items()}
_LEANING_PHRASE = re.compile(
    r"\s*(?:before (?:this|that)|after (?:this|that)|in addition|at the same time|до этого|после этого|при этом|"
    r"кроме того|в то же время|по его|по ее|по её|бұған дейін|осыдан кейін|сонымен қатар|por su parte|antes de eso|"
    r"después de eso|además|al mismo tiempo|por otra parte|sin embargo)\b",
    re.IGNORECASE,
)
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
    return found[0].text.casefold() in _OPENERS.get(language, ())

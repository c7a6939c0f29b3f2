"""The sentences a briefing or a timeline chooses from: which of them read well alone, and their vectors."""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from retrieval.briefing.summary import unit
from retrieval.domain import Article, Span
from retrieval.language.concepts import mentions
from retrieval.language.doc import Doc, Sentence, Text
from retrieval.language.packs import any_regex, pack, pattern
from retrieval.store.library import Library
from retrieval.store.quotable import Quotable, quotable_sentences, sampled_vectors, sentence_vectors

FEWEST_WORDS = 6
MOST_WORDS = 45
"""A sentence with fewer words says too little to be quoted alone; one with more is no line of a briefing."""

IDEAL_WORDS = (10, 32)  # words of a plain sentence of news, which is preferred
SAMPLE = 900  # sentences of the library, spread evenly, that the means are computed from
TRUST_LANGUAGE, TRUST_ANY = 10, 20  # sentences at which the mean of a language (of all languages) has half its weight
Means = Mapping[str, np.ndarray]  # the mean vector of each language, (dimensions,); "" is for languages that have none
_LEANING_PHRASE = re.compile(rf"\s*(?:{any_regex('notices', 'opening_phrases')})\b", re.IGNORECASE)
_OPENING_QUOTE = re.compile(r"\s*[\"“”„«‘'—–-]")
_ENDS = re.compile(r"[.!…。][\"”’»)\]]*\s*\Z")


class StoredSentence(Sentence):
    """A quotable sentence in the library: what `Sentence` gives, with its article, its row and its passage."""

    def __init__(self, article: Article, doc: Doc, stored: Quotable, position: int) -> None:
        super().__init__(doc, _without_dateline(doc, stored.span))
        self.article = article
        self.id = stored.id  # of its row, by which its vector is read
        self.passage_id = stored.passage_id
        self.position = position  # in its article, from 0


def sentences_of(library: Library, articles: Sequence[Article]) -> Iterator[StoredSentence]:
    """Yield the sentences of the articles, in order."""
    stored = quotable_sentences(library.engine, articles, library.model)
    for article, found in zip(articles, stored, strict=True):
        doc = Doc.of(article)
        read = [StoredSentence(article, doc, sentence, position) for position, sentence in enumerate(found)]
        if read and len(read[0].words) < FEWEST_WORDS and not happens(read[0]):
            for sentence in read[1:]:  # "HARVEK, 7 January." is not what the article opens with
                sentence.position -= 1
        yield from read


def _without_dateline(doc: Doc, span: Span) -> Span:
    """Return a span without the dateline that it opens with."""
    line = doc.dateline
    if line is None or not span.start <= line.span.start < line.span.end < span.end:
        return span
    rest = doc.text[line.span.end : span.end]
    return Span(span.end - len(rest.lstrip()), span.end)


def reads_alone(sentence: Text, fewest: int = FEWEST_WORDS) -> float:
    """Return how well a sentence reads away from its article, from 0 (not at all) to 1.

    It should have `fewest` words and not be long, end like a sentence, and not open with "he", "but" or a quotation.
    """
    text, count = sentence.text, len(sentence.words)
    if not fewest <= count <= MOST_WORDS or "\n" in text.strip() or text.rstrip().endswith("?"):
        return 0.0
    if sentence.addresses_machines:
        return 0.0
    worth = 1.0
    if not IDEAL_WORDS[0] <= count <= IDEAL_WORDS[1]:
        worth *= 0.85
    if not _ENDS.search(text):
        worth *= 0.6
    if _OPENING_QUOTE.match(text):
        worth *= 0.7
    opener = sentence.words[0].text.casefold() in pack(sentence.language).words("notices", "openers")
    return worth * (0.75 if opener or _LEANING_PHRASE.match(text) else 1.0)


def happens(sentence: Text) -> bool:
    """Return whether a sentence says that something happens."""
    return any(mention.kind == "act" for mention in mentions(sentence.text, sentence.language))


def says_unknown(sentence: Text) -> bool:
    """Return whether a sentence says that something is not known, confirmed or published."""
    return pattern(sentence.language, "notices", "unknown").search(sentence.text) is not None


# --- vectors ----------------------------------------------------------------------------------------


def mean_vectors(library: Library) -> Means:
    """Return the mean vector of each language in the library; of few sentences it is shrunk towards zero."""
    vectors, codes = sampled_vectors(library.engine, library.model, SAMPLE)
    if not codes:
        return {}
    languages = np.array(codes)
    shared = vectors.sum(axis=0) / (len(vectors) + TRUST_ANY)
    means = {"": shared}
    for language in set(codes):
        own = vectors[languages == language]
        means[language] = (own.sum(axis=0) + TRUST_LANGUAGE * shared) / (len(own) + TRUST_LANGUAGE)
    return means


def vectors_of(library: Library, sentences: Sequence[StoredSentence], means: Means) -> np.ndarray:
    """Return the vectors of the sentences less their language's mean, (sentences, dimensions), at unit length.

    Without the mean the parts that all sentences share hide their differences.
    """
    return less_means(sentence_vectors(library.engine, [sentence.id for sentence in sentences]), sentences, means)


def less_means(vectors: np.ndarray, sentences: Sequence[StoredSentence], means: Means) -> np.ndarray:
    """Return stored vectors of the sentences less their language's mean, at unit length."""
    if not sentences or not means:
        return vectors
    return unit(vectors - np.stack([means.get(s.article.language, means[""]) for s in sentences]))

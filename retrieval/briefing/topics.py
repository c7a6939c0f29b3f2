"""Which articles, and which of their sentences, are about a topic that a chat asked for."""

from collections.abc import Sequence
from itertools import compress

import numpy as np

from retrieval.briefing.sentences import StoredSentence, less_means, mean_vectors, sentences_of
from retrieval.briefing.summary import unit
from retrieval.domain import Article
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_question
from retrieval.language.concepts import mentions
from retrieval.language.detect import detect
from retrieval.language.doc import Text
from retrieval.language.names.names import asked_name_terms
from retrieval.language.names.places import countries_of, country_code
from retrieval.language.words import is_stopword
from retrieval.store.library import Library
from retrieval.store.quotable import sentence_vectors

STANDS_OUT = 2.5  # standard deviations above the mean cosine from which a sentence is about a topic, in whatever words
ON_TOPIC = 0.28
"""Cosine of stored vectors from which a sentence is about a topic in whatever words.

Of 25 topics that nobody wrote about, the nearest sentence of the samples to any reaches .27; of 29 others, it is above
that for 22.
"""

FEWEST_TO_COMPARE = 30  # with fewer sentences a standard deviation means nothing


def on_topic(library: Library, embedder: Embedder, articles: Sequence[Article], topics: Sequence[str]) -> list[Article]:
    """Return the articles about any of the topics: by words and names, or by the likeness of their sentences."""
    texts = [Text(topic, detect(topic)) for topic in topics]
    named = {article.id for article in articles if any(_in_article(article, text) for text in texts)}
    named |= {
        s.article.id for s in sentences_on_topic(library, embedder, list(sentences_of(library, articles)), topics)
    }
    return [article for article in articles if article.id in named]


def sentences_on_topic(
    library: Library, embedder: Embedder, sentences: Sequence[StoredSentence], topics: Sequence[str]
) -> list[StoredSentence]:
    """Return the sentences about any of the topics: by words, by names if it is nothing else, or by its concepts.

    Concepts are the same in all languages, and so are names. Only where a topic has none that is found, what is about
    it in other words is told by the likeness of vectors, which prefers short sentences whatever they are about.
    """
    means, found = mean_vectors(library), np.zeros(len(sentences), dtype=bool)
    stored = sentence_vectors(library.engine, [sentence.id for sentence in sentences])
    vectors = less_means(stored, sentences, means)
    for topic in (Text(topic, detect(topic)) for topic in topics):
        found |= np.array([_has_words(sentence, topic) for sentence in sentences], dtype=bool)
        if _is_names(topic):
            found |= np.array([_names_all(sentence, topic) for sentence in sentences], dtype=bool)
        elif (by_concepts := _has_concepts(sentences, topic)).any():
            found |= by_concepts
        elif len(sentences) >= FEWEST_TO_COMPARE:
            vector = embed_question(embedder, topic.text, topic.language)
            cosines = vectors @ unit(vector - means.get(topic.language, means[""]))
            above = (cosines - cosines.mean()) / max(1e-9, float(cosines.std()))
            found |= (above >= STANDS_OUT) & (stored @ vector >= ON_TOPIC)
    return list(compress(sentences, found))


def sentences_about(
    library: Library, embedder: Embedder, sentences: Sequence[StoredSentence], topic: str
) -> list[StoredSentence]:
    """Return the sentences that have all words of a topic, all its concepts, or are near to it in meaning."""
    text = Text(topic, detect(topic))
    vector = embed_question(embedder, text.text, text.language)
    near = sentence_vectors(library.engine, [sentence.id for sentence in sentences]) @ vector >= ON_TOPIC
    worded = np.array([_has_words(sentence, text) for sentence in sentences], dtype=bool)
    return list(compress(sentences, near | worded | _has_concepts(sentences, text)))


def about(library: Library, embedder: Embedder, articles: Sequence[Article], topic: str) -> list[Article]:
    """Return the articles that have all words of a topic, or a sentence about it."""
    text = Text(topic, detect(topic))
    on_it = sentences_about(library, embedder, list(sentences_of(library, articles)), topic) if articles else []
    named = {sentence.article.id for sentence in on_it}
    return [article for article in articles if article.id in named or _in_article(article, text)]


def _has_concepts(sentences: Sequence[StoredSentence], topic: Text) -> np.ndarray:
    """Return which sentences mention all concepts of a topic, in an article with its names; of one without, none."""
    wanted: dict[tuple[int, int], frozenset[str]] = {}
    for mention in mentions(topic.text, topic.language):
        wanted[mention.start, mention.end] = wanted.get((mention.start, mention.end), frozenset()) | mention.names
    inside = [word for word in topic.words if not any(s <= word.start < e for s, e in wanted)]
    names = {term for word in inside if word.text[0].isupper() for term in asked_name_terms(word.text, topic.language)}
    articles: dict[tuple[str, int], bool] = {}

    def fits(sentence: StoredSentence) -> bool:
        there = {name for mention in mentions(sentence.text, sentence.language) for name in mention.names}
        if not all(there & concepts for concepts in wanted.values()):
            return False
        key = sentence.article.key
        if key not in articles:
            articles[key] = names <= set(_whole(sentence.article).name_terms)
        return articles[key]

    return np.array([bool(wanted) and fits(sentence) for sentence in sentences], dtype=bool)


def names_topic(article: Article, *topics: Text) -> bool:
    """Return whether an article has all the words of one of the topics, or all its names in any script."""
    text = _whole(article)
    return any(
        _has_words(text, one) or _has(text, asked_name_terms(one.text, one.language)) or _is_in_country(text, one)
        for one in topics
    )


def _in_article(article: Article, topic: Text) -> bool:
    """Return whether an article has all the words of a topic, or, of one that is nothing else, all its names."""
    text = _whole(article)
    return _has_words(text, topic) or (_is_names(topic) and _names_all(text, topic))


def _whole(article: Article) -> Text:
    return Text(f"{article.title}. {article.text}", article.language)


def _has_words(text: Text, topic: Text) -> bool:
    asked = set(Text(topic.text, text.language).stems)
    return bool(asked) and asked <= set(text.stems)


def _names_all(text: Text, topic: Text) -> bool:
    """Return whether a text has all the names of a topic, or is about a place in the country that is the topic."""
    return _has(text, _names(topic)) or _is_in_country(text, topic)


def _is_in_country(text: Text, topic: Text) -> bool:
    """Return whether a topic is a country and a text names it, its people or a large city of it."""
    country = country_code(topic.text)
    words = (word.text for word in text.words if word.text[0].isupper())
    return country is not None and any(country in countries_of(word, text.language) for word in words)


def _has(text: Text, names: Sequence[str]) -> bool:
    return bool(names) and set(names) <= set(text.name_terms)


def _names(topic: Text) -> list[str]:
    """Return the terms of a topic's words with a capital; of all of them where none has one."""
    capitals = " ".join(word.text for word in topic.words if word.text[0].isupper())
    return asked_name_terms(capitals or topic.text, topic.language)


def _is_names(topic: Text) -> bool:
    """Return whether a topic has no other words than names."""
    return all(word.text[0].isupper() or is_stopword(word.text, topic.language) for word in topic.words)

"""Which articles are about a topic that a chat asked for."""

from collections.abc import Sequence

import numpy as np

from retrieval.briefing.sentences import mean_vectors, sentences_of, vectors_of
from retrieval.briefing.summary import unit
from retrieval.domain import Article
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_question
from retrieval.language.detect import detect
from retrieval.language.doc import Text
from retrieval.language.names.names import asked_name_terms
from retrieval.store.library import Library

STANDS_OUT = 2.5  # standard deviations above the mean cosine from which a sentence is about a topic, in whatever words
FEWEST_TO_COMPARE = 30  # with fewer sentences a standard deviation means nothing


def on_topic(library: Library, embedder: Embedder, articles: Sequence[Article], topics: Sequence[str]) -> list[Article]:
    """Return the articles about any of the topics: by words and names, or by the likeness of their sentences."""
    texts = [Text(topic, detect(topic)) for topic in topics]
    named = {article.id for article in articles if names_topic(article, *texts)}
    named |= _about(library, embedder, articles, texts)
    return [article for article in articles if article.id in named]


def names_topic(article: Article, *topics: Text) -> bool:
    """Return whether an article has all the words of one of the topics, or all its names in any script."""
    text = Text(f"{article.title}. {article.text}", article.language)
    for topic in topics:
        asked = set(Text(topic.text, article.language).stems)
        if asked and asked <= set(text.stems):
            return True
        names = set(asked_name_terms(topic.text, topic.language))
        if names and names <= set(text.name_terms):
            return True
    return False


def _about(library: Library, embedder: Embedder, articles: Sequence[Article], topics: Sequence[Text]) -> set[str]:
    sentences = list(sentences_of(library, articles))
    if len(sentences) < FEWEST_TO_COMPARE:
        return set()
    means = mean_vectors(library)
    vectors = vectors_of(library, sentences, means)
    about: set[str] = set()
    for topic in topics:
        vector = embed_question(embedder, topic.text, topic.language)
        cosines = vectors @ unit(vector - means.get(topic.language, means[""]))
        above = (cosines - cosines.mean()) / max(1e-9, float(cosines.std()))
        about |= {sentences[at].article.id for at in np.flatnonzero(above >= STANDS_OUT)}
    return about

"""Which articles are about what a chat asked to be told of."""

from collections import defaultdict
from collections.abc import Sequence

from retrieval.briefing.centroid import unit
from retrieval.briefing.sentences import sentences_of
from retrieval.briefing.vectors import mean_vectors, vectors_of
from retrieval.domain import Article
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_question
from retrieval.language.detect import detect
from retrieval.language.names.terms import asked_name_terms, name_terms
from retrieval.language.words import stems
from retrieval.store.library import Library

STANDS_OUT = 2.5
"""Standard deviations above the mean cosine from which a sentence is about a topic, in whatever words."""

FEWEST_TO_COMPARE = 30
"""Sentences without which a standard deviation says nothing."""


def on_topic(library: Library, embedder: Embedder, articles: Sequence[Article], topics: Sequence[str]) -> list[Article]:
    """Return the articles about any of the topics: by their words and names, or by what they are about."""
    held = {article.id for topic in topics for article in articles if says(topic, article)}
    held |= _about(library, embedder, articles, topics)
    return [article for article in articles if article.id in held]


def says(topic: str, article: Article) -> bool:
    """Tell whether an article holds all the words of a topic, or all its names in whatever script."""
    text = f"{article.title}. {article.text}"
    asked = set(stems(topic, article.language))
    if asked and asked <= set(stems(text, article.language)):
        return True
    names = set(asked_name_terms(topic, detect(topic)))
    return bool(names) and names <= set(name_terms(text, article.language))


def _about(library: Library, embedder: Embedder, articles: Sequence[Article], topics: Sequence[str]) -> set[str]:
    sentences = list(sentences_of(library, articles))
    if len(sentences) < FEWEST_TO_COMPARE:
        return set()
    means = mean_vectors(library)
    vectors = vectors_of(library, sentences, means)
    best: dict[str, float] = defaultdict(lambda: -1.0)
    for topic in topics:
        language = detect(topic)
        asked = unit(embed_question(embedder, topic, language) - means.get(language, means[""]))
        cosines = vectors @ asked
        for sentence, above in zip(
            sentences, (cosines - cosines.mean()) / max(1e-9, float(cosines.std())), strict=True
        ):
            best[sentence.article.id] = max(best[sentence.article.id], float(above))
    return {id_ for id_, above in best.items() if above >= STANDS_OUT}

"""Vectors of sentences, less what all sentences at hand share, so that what differs between them tells."""

from collections.abc import Mapping, Sequence

import numpy as np

from retrieval.briefing.centroid import unit
from retrieval.briefing.sentences import Sentence
from retrieval.store.library import Library
from retrieval.store.quotable import sampled_vectors, sentence_vectors

SAMPLE = 900
"""Sentences of the library, spread evenly, whose mean is taken."""

TRUST_LANGUAGE, TRUST_ANY = 10, 20
"""Sentences from which the mean of a language (of all languages) counts for half."""

Means = Mapping[str, np.ndarray]
"""The mean vector of each language, (dimensions,); "" is for languages that have none."""


def mean_vectors(library: Library) -> Means:
    """Return the mean of each language's sentences in the library; those of few sentences are drawn towards less."""
    vectors, spoken = sampled_vectors(library.engine, library.model, SAMPLE)
    if not spoken:
        return {}
    languages = np.array(spoken)
    shared = vectors.sum(axis=0) / (len(vectors) + TRUST_ANY)
    means = {"": shared}
    for language in set(spoken):
        own = vectors[languages == language]
        means[language] = (own.sum(axis=0) + TRUST_LANGUAGE * shared) / (len(own) + TRUST_LANGUAGE)
    return means


def vectors_of(library: Library, sentences: Sequence[Sentence], means: Means) -> np.ndarray:
    """Return the vectors of the sentences less their language's mean, (sentences, dimensions), at unit length."""
    vectors = sentence_vectors(library.engine, [sentence.id for sentence in sentences])
    if not sentences or not means:
        return vectors
    return unit(vectors - np.stack([means.get(s.article.language, means[""]) for s in sentences]))

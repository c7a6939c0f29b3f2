"""Similarities and BM25 -> one score a passage, and an order that does not repeat itself.

Pure functions over arrays; the weights were chosen on odd questions and reported on even ones
(`python -m benchmarks.retrieval`, and the table of attempts in benchmarks/README.md).
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.language.packs import pack

Floats = NDArray[np.floating]

GAIN_SAME_SCRIPT = 1.13
"""Factor of a similarity between two languages of one script: the embedder puts translations too far apart, by a factor
besides the amount that calibration takes off."""

GAIN_OTHER_SCRIPT = 1.25
"""The same between Latin and Cyrillic."""

WORDS_WEIGHT = 0.26
"""Bonus of the passage that matches the question's words best, in the asker's language."""

WORDS_POWER = 2.5
"""Half as good a match in words counts less than a fifth: a few shared words say little."""

FOREIGN_WORDS_WEIGHT = 0.08
"""Bonus of the best match in words in another language: cognates and names."""

NAMES_WEIGHT = 0.05
"""Bonus of the best match in names and numbers in another language."""

SAYS_THE_SAME = 0.48
"""Cosine from which passages in two languages, less the means of what was found in each, count as saying the same: 95 %
of translated paragraphs are as near, of other passages 1 %."""

FEW_FOUND = 5
"""Passages found in a language for half and half of that mean to be taken off."""

LEAST_LENGTH = 1e-9
"""A vector shorter than this has no direction."""

LEADING = 12
"""Best passages in other languages that are compared with those in the asker's: no others are shown before them."""

REPEAT_PENALTY = 0.15
"""Subtracted from a passage for each better one of its article."""


def fuse(
    similarities: Floats, words: Floats, names: Floats, languages: Sequence[str], asked: str
) -> NDArray[np.float64]:
    """Return one score a passage, (n,), higher is better.

    `similarities` (n,) are cosines calibrated by language; `words` and `names` (n,) are BM25 of the question's stems
    and name terms, 0 where a passage has none. `languages` are the passages', `asked` the question's. A match in words
    is in the asker's language by construction, so words count fully within it and little beyond it; and within it only
    in so far as the passage is as near in meaning as the nearest in another language, or a few shared words would bury
    a translation.
    """
    own = np.array([language == asked for language in languages], dtype=bool)
    same = np.array([_script(language) == _script(asked) for language in languages], dtype=bool)
    gains = np.where(same, GAIN_SAME_SCRIPT, GAIN_OTHER_SCRIPT)
    matched, named = _of_best(words), _of_best(names)
    foreign = gains * similarities + FOREIGN_WORDS_WEIGHT * matched + NAMES_WEIGHT * named
    nearest = (gains * similarities)[~own].max(initial=0.0)
    supported = np.clip(similarities / nearest, 0.0, 1.0) if nearest > 0 else 1.0
    native = similarities + supported * pack(asked).get("pack", "words_weight", WORDS_WEIGHT) * matched**WORDS_POWER
    return np.asarray(np.where(own, native, foreign), dtype=np.float64)


def prefer_own(scores: Floats, vectors: Floats, languages: Sequence[str], asked: str) -> NDArray[np.float64]:
    """Return the scores (n,) with passages in the asker's language lifted to those that say the same in another.

    `vectors` (n, dimensions) are the passages', of any length. What is as good in both languages is then quoted in the
    asker's.
    """
    lifted, spoken = np.array(scores, dtype=np.float64), np.array(languages)
    own, foreign = np.flatnonzero(spoken == asked), np.flatnonzero(spoken != asked)
    if len(own) and len(foreign):
        apart = vectors.astype(np.float32)
        for language in set(languages):
            places = np.flatnonzero(spoken == language)
            apart[places] -= apart[places].sum(axis=0) / (len(places) + FEW_FOUND)
        apart /= np.maximum(np.sqrt(np.vecdot(apart, apart))[:, None], LEAST_LENGTH)
        best = foreign[np.argsort(-lifted[foreign], kind="stable")[:LEADING]]
        same = np.vecdot(apart[own][:, None], apart[best][None]) >= SAYS_THE_SAME
        translated = np.where(same, lifted[best], -np.inf).max(axis=1)
        lifted[own] = np.maximum(lifted[own], np.nextafter(translated, np.inf))
    return lifted


def _script(language: str) -> str:
    """Return the script of a language; Latin where it has no pack."""
    return pack(language).script or "latin"


def spread(scores: Floats, articles: Sequence[Hashable], origins: Sequence[Hashable]) -> list[int]:
    """Return the positions of passages (n,), best first, with many sources among the first.

    One origin takes one place: of an origin's articles, only the one with the best passage stays. A further
    passage of an article has to be better by `REPEAT_PENALTY` for each one before it. Ties keep their order.
    """
    article_of: dict[Hashable, Hashable] = {}
    shown: dict[Hashable, int] = {}
    kept: list[tuple[float, int]] = []
    plain = np.asarray(scores, dtype=np.float64).tolist()
    for position in np.argsort(-np.asarray(scores), kind="stable").tolist():
        article = articles[position]
        if article_of.setdefault(origins[position], article) != article:
            continue
        kept.append((plain[position] - REPEAT_PENALTY * shown.get(article, 0), position))
        shown[article] = shown.get(article, 0) + 1
    return [position for _, position in sorted(kept, key=lambda pair: -pair[0])]


def _of_best(scores: Floats) -> Floats:
    best = scores.max(initial=0.0)
    return scores / best if best > 0 else scores

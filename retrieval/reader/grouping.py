"""Which sentences say the same, so that an answer says it once and cites them all."""

from collections.abc import Sequence

from retrieval.reader.choice import NumberedSentence

SAME_WORDS = 0.6
"""Two sentences that share this part of their stems (Jaccard) say the same."""

SAME_SENSE = 0.93
"""Two sentences this near (centred cosine) with the same numbers say the same, in whatever language."""

SAME_TOPIC = 0.7
"""Sentences less near than this (centred cosine) are not compared by their words: of 807 sentences of news, all 115
pairs that share so many have a cosine of .95 or more."""

MOST_SOURCES = 3
"""Citations shown for one statement; more independent sources would not make it truer to a reader."""


def grouped(sentences: Sequence[NumberedSentence], close: float) -> list[list[NumberedSentence]]:
    """Put sentences that say the same together, in order; each group has one sentence an origin.

    They come best first; one that is not within `close` of the best one's score joins a group or none.
    """
    groups: list[list[NumberedSentence]] = []
    for sentence in sentences:
        home = next((group for group in groups if says_the_same(group[0], sentence)), None)
        if home is None:
            if sentence.score >= sentences[0].score - close:
                groups.append([sentence])
        elif has_room(home, sentence):
            home.append(sentence)
    return groups


def has_room(group: Sequence[NumberedSentence], sentence: NumberedSentence) -> bool:
    """Return whether a sentence adds an independent source to a group that does not have MOST_SOURCES yet."""
    origins = {one.article.origin_id for one in group}
    return len(group) < MOST_SOURCES and sentence.article.origin_id not in origins


def says_the_same(one: NumberedSentence, other: NumberedSentence) -> bool:
    """Return whether two sentences say the same: by their words in one language, else by sense and numbers."""
    ours, theirs = one.article.language, other.article.language
    near = float(one.vector @ other.vector)
    if near < SAME_TOPIC:
        return False
    if near < SAME_SENSE:
        left, right = set(one.parsed.stems), set(other.parsed.stems)
        if ours != theirs or not left or len(left & right) < SAME_WORDS * len(left | right):
            return False
    return same_numbers(one, other)  # last: to read numbers takes longest


def same_numbers(one: NumberedSentence, other: NumberedSentence) -> bool:
    """Return whether two sentences, in whatever languages, give the same numbers."""
    return one.parsed.number_values == other.parsed.number_values

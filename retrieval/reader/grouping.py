"""Which sentences say the same, so that an answer says it once and cites them all."""

from collections.abc import Sequence

from retrieval.language import sameness
from retrieval.language.doc import Sentence
from retrieval.reader.choice import NumberedSentence

MOST_SOURCES = 3
"""Citations shown for one statement; more independent sources would not make it truer to a reader."""


def grouped(sentences: Sequence[NumberedSentence]) -> list[list[NumberedSentence]]:
    """Put sentences that say the same together, in order; each group has one sentence an origin.

    They come best first, and so do the groups.
    """
    groups: list[list[NumberedSentence]] = []
    for sentence in sentences:
        home = next((group for group in groups if says_the_same(group[0], sentence)), None)
        if home is None:
            groups.append([sentence])
        elif has_room(home, sentence):
            home.append(sentence)
    return groups


def has_room(group: Sequence[NumberedSentence], sentence: NumberedSentence) -> bool:
    """Return whether a sentence adds an independent source to a group that does not have MOST_SOURCES yet."""
    origins = {one.article.origin_id for one in group}
    return len(group) < MOST_SOURCES and sentence.article.origin_id not in origins


def says_the_same(one: NumberedSentence, other: NumberedSentence) -> bool:
    """Return whether two sentences make one statement."""
    if must_stand_apart(one.parsed, other.parsed):
        return False
    return sameness.says_the_same(one.parsed, other.parsed, float(one.vector @ other.vector))


def must_stand_apart(one: Sentence, other: Sentence) -> bool:
    """Return whether sentences give other numbers or conflict, so that neither is a source of the other."""
    return one.number_values != other.number_values or sameness.conflict(one, other)

"""Which sentences say the same, so that an answer says it once and cites them all."""

from collections.abc import Sequence
from itertools import takewhile

from retrieval.language import sameness
from retrieval.language.doc import Sentence
from retrieval.reader.choice import NumberedSentence

AS_GOOD = 0.9
"""Share of the best likelihood from which on a statement in the asker's language is shown first: of the answers to 394
questions on six sets three lose their first place at .9, all of one set, and six at .8."""

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


def own_language_first(
    groups: Sequence[tuple[list[NumberedSentence], float]], language: str
) -> list[tuple[list[NumberedSentence], float]]:
    """Return groups with how likely each answers, best first, with what the asker can read ahead.

    In a group, sentences in `language` come before those that say the same in another; and so does the first group that
    has one, where it is as good as the best.
    """
    sorted_ = [(sorted(group, key=lambda one: one.article.language != language), likely) for group, likely in groups]
    as_good = takewhile(lambda one: one[1] >= AS_GOOD * sorted_[0][1], sorted_)
    ahead = next((at for at, (group, _) in enumerate(as_good) if group[0].article.language == language), 0)
    return sorted_[ahead : ahead + 1] + sorted_[:ahead] + sorted_[ahead + 1 :]


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

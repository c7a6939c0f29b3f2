"""The built-in chooser: it decides whether the passages answer, and ranks their sentences; no language model."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.question.question import Question
from retrieval.reader.abstain import THRESHOLD, probability
from retrieval.reader.choice import Choice, Group, NumberedSentence
from retrieval.reader.extract import PASSAGES_QUOTED, distinct
from retrieval.reader.grouping import grouped
from retrieval.reader.passages import PASSAGES_JUDGED, FoundPassage

SENTENCES_COMPARED = 12
"""Sentences among which those that say the same are put together."""

STATEMENTS = 3
"""Statements in an answer of usual length."""

CLOSE = 0.15
"""A further statement is given where its score is within this of the best one's."""

DECIMALS = 3
"""Decimals of a probability; further ones depend on how many passages were compared at once."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The reader of the passages found for one question, best first."""

    passages: Sequence[FoundPassage]

    @property
    def engine(self) -> str:
        return "reader"

    def choose(self, question: Question, sentences: Sequence[NumberedSentence], *, most: int) -> Choice:
        """Return groups of sentences that answer, each with the probability that the passages answer."""
        best = self.ranked(sentences)
        likely = probability(question, self.passages[:PASSAGES_JUDGED]) if best else 0.0
        if likely < THRESHOLD:
            return Choice()
        groups = grouped(best[: max(SENTENCES_COMPARED, 2 * most)], CLOSE * most / STATEMENTS)[:most]
        return Choice(tuple(Group(tuple(one.number for one in group), round(likely, DECIMALS)) for group in groups))

    def ranked(self, sentences: Sequence[NumberedSentence]) -> list[NumberedSentence]:
        """Return the sentences of the best passages, best first, without repetitions."""
        quoted = {one.hit.passage.id for one in self.passages[:PASSAGES_QUOTED]}
        return distinct(sorted((one for one in sentences if one.passage.id in quoted), key=lambda one: -one.score))

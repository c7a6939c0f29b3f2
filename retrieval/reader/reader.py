"""The built-in chooser: a trained cross-encoder scores sentences in their passages; no language model is asked."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import mul
from pathlib import Path

from retrieval.domain import ModelError, Span
from retrieval.language.sentences import sentences
from retrieval.question.question import Question
from retrieval.reader import abstain
from retrieval.reader.abstain import THRESHOLD, score
from retrieval.reader.choice import Choice, Group, NumberedSentence
from retrieval.reader.cross_encoder import ReadSentence, Scorer, Window
from retrieval.reader.extract import distinct
from retrieval.reader.features import features
from retrieval.reader.grouping import grouped, own_language_first
from retrieval.reader.passages import PASSAGES_JUDGED, FoundPassage
from retrieval.reader.reranker import Reranker
from retrieval.reader.surroundings import says_something

PASSAGES_READ = 12
"""Passages that the cross-encoder reads; it takes most of the time of an answer."""

SENTENCES_COMPARED = 12
"""Sentences among which those that say the same are put together."""

STATEMENTS = 3
"""Statements in an answer of usual length."""

DECIMALS = 3
"""Decimals of a probability; further ones depend on how many passages were read at once."""

LONGEST_LEAD = 400
"""Characters of an article in which its first sentence is looked for."""

FAR, FEW = 0.22, 0.5
"""A question whose best passage is less near than FAR (centred cosine) and shares at most FEW of its words is not about
this library: of 282 answerable questions on five libraries one is so, of 259 others 18; so is what is no language."""

LIKELIEST = 3
"""Best scores of the cross-encoder whose mean the decision goes by."""


@dataclass(frozen=True, slots=True)
class ReadAmong:
    """A sentence read for a question, and what is known of it among the others."""

    sentence: NumberedSentence
    read: ReadSentence
    own_language: bool  # that of the question
    newness: float  # the share of the articles read that are older, from 0 to 1; .5 for an undated one

    @property
    def features(self) -> tuple[float, ...]:
        """The numbers that `Weights` has a slope for, in that order."""
        one = self.sentence
        return (self.read.score, one.cosine, one.passage_score, one.covered, float(self.own_language), self.newness)


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression over what is known of a sentence, made by `training/calibration.py`."""

    bias: float
    score: float  # the cross-encoder's
    cosine: float
    passage: float  # the score of its passage in the search
    covered: float
    own_language: float
    newness: float  # the share of the articles read that are older
    near: float  # further statements have at least this share of the best one's probability
    short: float  # least log probability of a short answer

    def probability(self, found: ReadAmong) -> float:
        """Return how likely a sentence answers, from 0 to 1."""
        slopes = (self.score, self.cosine, self.passage, self.covered, self.own_language, self.newness)
        return 1 / (1 + math.exp(-self.bias - sum(map(mul, slopes, found.features))))

    def short_of(self, read: ReadSentence) -> Span | None:
        """Return the words of a sentence that answer alone, if it answers; None where there is doubt."""
        return read.short if read.short_score >= self.short else None


@cache
def shipped_weights() -> Weights:
    """Return the weights that come with the package."""
    return Weights(**json.loads(Path(__file__).with_name("weights.json").read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Likely:
    """A sentence, how likely it answers, and the words in it that may answer alone."""

    sentence: NumberedSentence
    probability: float
    score: float  # the cross-encoder's
    short: Span | None  # in the sentence


@dataclass(frozen=True, slots=True)
class Reader:
    """The network, and a bigger one to order what it found, if there is one; safe to share between threads."""

    scorer: Scorer
    reranker: Reranker | None = None

    def over(self, passages: Sequence[FoundPassage]) -> PassageReader:
        """Return the chooser among the sentences of the passages found for one question, best first."""
        return PassageReader(self, passages)


@dataclass(frozen=True, slots=True)
class PassageReader:
    """A Chooser among the sentences of the passages found for one question."""

    reader: Reader
    passages: Sequence[FoundPassage]

    @property
    def engine(self) -> str:
        return "reader"

    def choose(self, question: Question, sentences: Sequence[NumberedSentence], *, most: int) -> Choice:
        """Return groups of sentences that answer, best first, each with the probability that they do.

        Where that is too low, the choice has the nearest ones only. Raises ModelError.
        """
        ranked = self.ranked(question, sentences)
        nearest = tuple(one.sentence.number for one in ranked[:most])
        answered = self.probability(question, ranked)
        if answered < THRESHOLD:
            return Choice(nearest=nearest)
        ordered = self._reranked(question, ranked[: max(SENTENCES_COMPARED, 2 * most)])
        share = {one.sentence.number: min(1.0, one.probability / ranked[0].probability) for one in ordered}
        found = [(group, share[group[0].number]) for group in grouped([one.sentence for one in ordered])]
        chosen: list[tuple[list[NumberedSentence], float]] = []
        for group, likely in own_language_first(found, question.answer_language):
            shown = any(_is_quoted(group[0], earlier[0]) for earlier, _ in chosen)
            if len(chosen) < most and not shown and likely >= shipped_weights().near:
                chosen.append((group, likely))
        short = {one.sentence.number: one.short for one in ordered}
        return Choice(
            tuple(
                Group(tuple(one.number for one in group), round(answered * likely, DECIMALS))
                for group, likely in chosen
            ),
            nearest=nearest,
            short=short[chosen[0][0][0].number] if chosen else None,
        )

    def probability(self, question: Question, ranked: Sequence[Likely]) -> float:
        """Return the probability that the likeliest sentences answer, from 0 to 1."""
        numbers = self.features(question, ranked)
        if not numbers or (numbers["cosine_best"] < FAR and numbers["words_passage"] <= FEW):
            return 0.0
        return score(numbers, abstain.shipped_weights())

    def features(self, question: Question, ranked: Sequence[Likely]) -> dict[str, float]:
        """Return the numbers that the decision rests on; {} where nothing can be decided."""
        found = features(question, self.passages[:PASSAGES_JUDGED])
        if not found or not ranked:
            return {}
        best = sorted((one.score for one in ranked), reverse=True)[:LIKELIEST]
        return found | {"reader_first": ranked[0].score, "reader_mean": sum(best) / len(best)}

    def ranked(self, question: Question, sentences: Sequence[NumberedSentence]) -> list[Likely]:
        """Return the sentences of the best passages, likeliest first, without repetitions. Raises ModelError."""
        weights = shipped_weights()
        scored = [
            Likely(one.sentence, weights.probability(one), one.read.score, weights.short_of(one.read))
            for one in self.read(question, sentences)
        ]
        scored.sort(key=lambda one: -one.probability)
        first = {one.number for one in distinct([one.sentence for one in scored])}
        return [one for one in scored if one.sentence.number in first]

    def read(self, question: Question, sentences: Sequence[NumberedSentence]) -> Iterator[ReadAmong]:
        """Yield the sentences of the best passages with what the cross-encoder makes of them. Raises ModelError."""
        passages = [list(run) for _, run in groupby(sentences, key=lambda one: one.passage.id)]
        passages.sort(key=lambda passage: -max(one.score for one in passage))
        read = passages[:PASSAGES_READ]
        windows = [_window(passage) for passage in read]
        dates = {passage[0].article.key: passage[0].article.published for passage in read}
        known = [date.at for date in dates.values() if date is not None]
        for passage, results in zip(read, self.reader.scorer.read(question.text, windows), strict=True):
            article = passage[0].article
            date = dates[article.key]
            newness = sum(at < date.at for at in known) / len(known) if date is not None else 0.5
            for sentence, result in zip(passage, results, strict=True):
                yield ReadAmong(sentence, result, article.language == question.language, newness)

    def _reranked(self, question: Question, likely: list[Likely]) -> list[Likely]:
        """Return sentences in the reranker's order; in their own without one, or where it fails."""
        if self.reader.reranker is None:
            return likely
        try:
            scores = self.reader.reranker.scores(question.text, [one.sentence.text for one in likely])
        except ModelError:
            return likely
        return [likely[place] for place in sorted(range(len(likely)), key=lambda place: -scores[place])]


def _window(passage: Sequence[NumberedSentence]) -> Window:
    article = passage[0].article
    lead = lead_of(article.text[:LONGEST_LEAD], article.language)
    holds_lead = passage[0].span.start < lead.end
    return Window(article.title, tuple(one.text for one in passage), "" if holds_lead else lead.of(article.text))


def lead_of(text: str, language: str) -> Span:
    """Return the first sentence of a text that says something; an empty span where none does."""
    return next((one for one in sentences(text, language) if says_something(one.of(text))), Span(0, 0))


def _is_quoted(sentence: NumberedSentence, earlier: NumberedSentence) -> bool:
    """Return whether a sentence is quoted around an earlier one."""
    if sentence.article.key != earlier.article.key:
        return False
    return earlier.quoted.start <= sentence.span.start and sentence.span.end <= earlier.quoted.end

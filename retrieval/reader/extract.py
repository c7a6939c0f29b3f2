"""Passages found -> the sentences that may answer, each a verbatim quote; no language model is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from retrieval.language.words import written
from retrieval.question.question import Question
from retrieval.reader.choice import NumberedSentence
from retrieval.reader.matching import Matches, TextWords, filled, matches, share
from retrieval.reader.passages import FoundPassage
from retrieval.search.find import Found

PASSAGES_QUOTED = 8
"""Passages whose sentences the reader may choose."""

# Weights relative to that of the sentence's own cosine, 1, chosen on questions on the samples and on other unrests: see
# "Choosing the sentence to quote" in benchmarks/README.md.
PASSAGE_WEIGHT = 0.3  # the passage's score
COVERAGE_WEIGHT = 0.3  # the share of the question's terms that the sentence contains
AROUND_WEIGHT = 0.1  # the same share for the sentence's passage and title
FOREIGN_WEIGHT = 0.09  # another language than the question's, where fewer words can be compared
KIND_WEIGHT = 0.1  # the sentence contains the kind of thing asked for: a number, a day, a person, a place ...

LEAST_WORDS = 3
"""Words that a sentence needs to be quoted."""

CLOSING = " \t\n\"'”»’)"
"""Characters that may follow the mark that ends a sentence."""

CARRIED = 0.7
"""The share counted for a name in the sentences just before."""

UNKNOWN = 0.3
"""The share counted for a common word in another language than the sentence's."""


def numbered_sentences(found: Found, passages: Sequence[FoundPassage]) -> list[NumberedSentence]:
    """Return the sentences of the passages, numbered as they are read, without those that state nothing."""
    quotable = (sentence for passage in passages for sentence in _scored(found, passage))
    return [replace(sentence, number=number) for number, sentence in enumerate(quotable, start=1)]


def only_asks(sentence: str) -> bool:
    """Return True if a sentence is a question: it states nothing, so it answers none.

    None of the 4,334 sentences that contain the answers of XQuAD and KazQAD is one.
    """
    return sentence.rstrip(CLOSING).endswith(("?", "؟"))


def says_something(text: str) -> bool:
    """Return whether a sentence is more than a place ("BISHKEK.") or an editor's note ("(Adds quotes, background)")."""
    bare = text.strip()
    return len(written(bare)) >= LEAST_WORDS and not (bare.startswith("(") and bare.endswith(")"))


def _scored(found: Found, passage: FoundPassage) -> Iterator[NumberedSentence]:
    """Yield the sentences of a passage that can be quoted, with neighbours and scores; their number is 0."""
    question = found.question
    contained = [filled(sentence.matched, UNKNOWN) for sentence in passage.sentences]
    heading = filled(passage.heading_matched, UNKNOWN)
    around = share(question, [max(each) for each in zip(heading, *contained, strict=True)]) or 0.0
    foreign = passage.language != question.language
    shared = PASSAGE_WEIGHT * passage.hit.score + AROUND_WEIGHT * around + FOREIGN_WEIGHT * foreign
    carried = _carried(question, passage, contained)
    read = [None if one.words.addresses_machines else one.span for one in passage.sentences]
    for at, sentence in enumerate(passage.sentences):
        if read[at] is None or only_asks(sentence.text) or not says_something(sentence.text):
            continue
        covered = share(question, carried[at]) or 0.0
        kind = bool(sentence.words.of_kind(question.kind))
        score = shared + float(sentence.vector @ found.vector) + COVERAGE_WEIGHT * covered + KIND_WEIGHT * kind
        before, after = read[at - 1] if at else None, read[at + 1] if at + 1 < len(read) else None
        yield NumberedSentence(0, passage.hit.passage, sentence.span, sentence.vector, score, before, after)


def _carried(question: Question, passage: FoundPassage, contained: Sequence[list[float]]) -> Sequence[list[float]]:
    """Return how far each sentence contains each term, where a name just before it counts in part.

    News goes on with "the president", "he", "the city".
    """
    missed = [at for at, term in enumerate(question.terms) if term.key or term.sounds]
    missed = [at for at in missed if any(here[at] < CARRIED for here in contained)]
    if not missed:
        return contained
    known = filled(matches(question, TextWords(passage.before, passage.language)), 0.0)
    carried = []
    for here in contained:
        carried.append([max(one, CARRIED * known[at]) if at in missed else one for at, one in enumerate(here)])
        known = list(map(max, known, here))
    return carried


def coverage(question: Question, text: TextWords) -> float:
    """Return the share, by rarity, of a question's terms that a text contains; from 0 to 1."""
    matched: Matches = matches(question, text)
    return share(question, filled(matched, UNKNOWN)) or 0.0


def distinct(sentences: Sequence[NumberedSentence]) -> list[NumberedSentence]:
    """Return the sentences without those that repeat an earlier one word for word."""
    first: dict[str, NumberedSentence] = {}
    for sentence in sentences:
        first.setdefault(" ".join(sentence.text.split()), sentence)
    return list(first.values())

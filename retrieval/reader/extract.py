"""Passages found -> the sentences that may answer, each a verbatim quote; no language model is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from retrieval.question.question import Question
from retrieval.reader.choice import NumberedSentence
from retrieval.reader.matching import TextWords, filled, matches, share
from retrieval.reader.passages import FoundPassage
from retrieval.reader.surroundings import says_something
from retrieval.search.find import Found

CLOSING = " \t\n\"'”»’)"
"""Characters that may follow the mark that ends a sentence."""

UNKNOWN = 0.3
"""The share counted for a common word in another language than the sentence's."""


def numbered_sentences(found: Found, passages: Sequence[FoundPassage]) -> list[NumberedSentence]:
    """Return the sentences of the passages, numbered as they are read, without those that state nothing."""
    quotable = (sentence for passage in passages for sentence in _quotable(found, passage))
    return [replace(sentence, number=number) for number, sentence in enumerate(quotable, start=1)]


def only_asks(sentence: str) -> bool:
    """Return True if a sentence is a question: it states nothing, so it answers none.

    None of the 4,334 sentences that contain the answers of XQuAD and KazQAD is one.
    """
    return sentence.rstrip(CLOSING).endswith(("?", "؟"))


def _quotable(found: Found, passage: FoundPassage) -> Iterator[NumberedSentence]:
    """Yield the sentences of a passage that can be quoted, with neighbours and matches; their number is 0."""
    question = found.question
    heading = filled(passage.heading_matched, UNKNOWN)
    read = [None if one.words.addresses_machines else one.span for one in passage.sentences]
    for at, sentence in enumerate(passage.sentences):
        if read[at] is None or only_asks(sentence.text) or not says_something(sentence.text):
            continue
        contained = [max(each) for each in zip(heading, filled(sentence.matched, UNKNOWN), strict=True)]
        yield NumberedSentence(
            0,
            passage.hit.passage,
            sentence.span,
            sentence.vector,
            cosine=float(sentence.vector @ found.vector),
            passage_score=passage.hit.score,
            covered=share(question, contained) or 0.0,
            before=read[at - 1] if at else None,
            after=read[at + 1] if at + 1 < len(read) else None,
        )


def coverage(question: Question, text: TextWords) -> float:
    """Return the share, by rarity, of a question's terms that a text contains; from 0 to 1."""
    return share(question, filled(matches(question, text), UNKNOWN)) or 0.0


def distinct(sentences: Sequence[NumberedSentence]) -> list[NumberedSentence]:
    """Return the sentences without those that repeat an earlier one word for word."""
    first: dict[str, NumberedSentence] = {}
    for sentence in sentences:
        first.setdefault(" ".join(sentence.text.split()), sentence)
    return list(first.values())

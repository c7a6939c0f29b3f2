"""Article text -> passages: sentence-aligned spans of a size the embedder serves best."""

from collections.abc import Iterator

from retrieval.domain import Span
from retrieval.language.sentences import sentences

PASSAGE_CHARACTERS = 400
"""A passage takes in whole sentences up to this many characters (benchmarks/README.md, passage size)."""

LONGEST_SENTENCE = 1_200
"""A longer "sentence" (a list, a table, hostile text) is cut at white space, so that no passage outgrows the model."""


def split(text: str, language: str) -> list[Span]:
    """Return passages in order; they do not overlap and together cover every sentence of `text`."""
    passages: list[Span] = []
    for sentence in sentences(text, language):
        for piece in _pieces(text, sentence):
            last = passages[-1] if passages else None
            if last is not None and piece.end - last.start <= PASSAGE_CHARACTERS:
                passages[-1] = Span(last.start, piece.end)
            else:
                passages.append(piece)
    return passages


def _pieces(text: str, sentence: Span) -> Iterator[Span]:
    start = sentence.start
    while sentence.end - start > LONGEST_SENTENCE:
        cut = text.rfind(" ", start + 1, start + LONGEST_SENTENCE)
        cut = cut if cut > start else start + LONGEST_SENTENCE
        yield Span(start, cut)
        start = cut + (text[cut] == " ")
    if start < sentence.end:
        yield Span(start, sentence.end)

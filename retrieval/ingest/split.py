"""A text's passages: sentence-aligned spans of the size that suits the embedder best."""

from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.domain import Span
from retrieval.language.doc import Doc

PASSAGE_CHARACTERS = 300
"""A passage is whole sentences of up to this many characters together (benchmarks/README.md, passage size)."""

LONGEST_SENTENCE = 1_200
"""A longer "sentence" (a list, a table, hostile text) is cut at white space, so that no passage outgrows the model."""


@dataclass(frozen=True, slots=True)
class PassageSpans:
    """A passage and the sentences in it that can be quoted, as spans of the article's text."""

    whole: Span
    sentences: tuple[Span, ...]


def split(doc: Doc) -> list[PassageSpans]:
    """Return passages in order; they do not overlap and together cover every sentence of the text."""
    passages: list[PassageSpans] = []
    for sentence in doc.sentences:
        for piece in _pieces(doc.text, sentence.span):
            quotable = (_without_dateline(doc, piece),)
            last = passages[-1] if passages else None
            if last is not None and piece.end - last.whole.start <= PASSAGE_CHARACTERS:
                passages[-1] = PassageSpans(Span(last.whole.start, piece.end), last.sentences + quotable)
            else:
                passages.append(PassageSpans(piece, quotable))
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


def _without_dateline(doc: Doc, span: Span) -> Span:
    """Return the sentence a dateline opens without it: "Almaty, 6 Jan (EFE).- Police said" is quoted from "Police"."""
    if span.start > 0 or doc.dateline is None:
        return span
    rest = doc.text[doc.dateline.span.end : span.end]
    start = span.end - len(rest.lstrip())
    return Span(start, span.end) if start < span.end else span

"""Whether a statement puts a claim into the mouth of whoever made it."""

from __future__ import annotations

from collections.abc import Iterator

from retrieval.answer.verify_concepts import PEOPLE_KINDS, widened
from retrieval.answer.verify_names import borne_out
from retrieval.answer.verify_reading import Reading
from retrieval.domain import Span
from retrieval.language.speakers import attributions

OPENING = 5  # words


def misattributed(said: Reading, quotes: list[Reading], beside: list[Reading]) -> Iterator[str]:
    """Yield the speakers of the statement who say nothing in the quotes, where the quotes have speakers.

    `beside` are those the article names outside the quotes.
    """
    held = [(quote, span) for quote in quotes for span in _heard(quote)]
    held += [(reading, Span(0, len(reading.text))) for reading in beside]
    if not held:
        return
    for span in _speakers(said):
        if not any(_share(said, span, quote, other) for quote, other in held):
            yield span.of(said.text)


def _speakers(reading: Reading) -> list[Span]:
    whole = Span(0, len(reading.text))
    return [a.name for a in attributions(reading.text, whole, reading.language) if not a.pronoun]


def _heard(reading: Reading) -> list[Span]:
    """Return who may be speaking in a quote; a Kazakh sentence opens with its subject and ends with its verb."""
    found = _speakers(reading)
    if found and reading.language == "kk":
        found.append(Span(0, reading.words[:OPENING][-1].end))
    return found


def _share(said: Reading, span: Span, quote: Reading, other: Span) -> bool:
    concepts, held = _concepts(said, span), _concepts(quote, other)
    if concepts & widened(held):
        return True
    names = [w for w in said.names() if span.start <= w.start < span.end]
    heard = [w for w in quote.words if other.start <= w.start < other.end]
    return any(borne_out(name, said.language, heard, quote.language) for name in names)


def _concepts(reading: Reading, span: Span) -> frozenset[str]:
    inside = (m for m in reading.mentions if m.kind in PEOPLE_KINDS and span.start <= m.start < span.end)
    return frozenset().union(*(m.names for m in inside))

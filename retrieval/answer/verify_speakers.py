"""Whether a statement puts a claim into the mouth of whoever made it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.domain import Span
from retrieval.language.clauses import Reading
from retrieval.language.concept_relations import PEOPLE_KINDS
from retrieval.language.concepts import widened
from retrieval.language.names.places import borne_out
from retrieval.language.numbers.amounts import sense
from retrieval.language.speakers.speaker_words import speaker_words
from retrieval.language.speakers.speakers import attributions, speaker
from retrieval.language.words import Word

_NAME_BEHIND = re.compile(r",\s(?:[^\W\d_a-zа-яё]\w+[\s-]?)+")
OPENING = 7  # words


def misattributed(said: Reading, quotes: list[Reading], beside: list[Reading]) -> Iterator[str]:
    """Yield the speakers of the statement who say nothing in the quotes, where the quotes have speakers.

    `beside` are those the article names outside the quotes.
    """
    held = [(quote, span) for quote in quotes for span in _heard(quote)]
    held += [(reading, Span(0, len(reading.text))) for reading in beside]
    if not held:
        return
    own = _of_number(said, quotes)
    named = [span for span in speakers(said) if _concepts(said, span) or _names(said, span)]
    if named and not any(shared(said, span, quote, other) for span in named for quote, other in own or held):
        yield named[0].of(said.text)


def _of_number(said: Reading, quotes: list[Reading]) -> list[tuple[Reading, Span]]:
    """Return who gives the numbers of the statement, in quotes where several speak (Kazakh is left out: unsure)."""
    wanted = {sense(n) for n in said.numbers}
    found = []
    for quote in quotes:
        if quote.language != "kk" and len(speakers(quote)) > 1:
            whole = Span(0, len(quote.text))
            given = [
                speaker(quote.text, whole, quote.language, near=n.core) for n in quote.numbers if sense(n) in wanted
            ]
            found += [(quote, span) for span in given if span is not None]
            last = quote.clauses[-1]
            if found and not any(n.core.start >= last.start for n in quote.numbers):  # "..., the minister said"
                found += [(quote, span) for span in speakers(quote) if span.start >= last.start]
    return found


def speakers(reading: Reading) -> list[Span]:
    """Return the words that name who says what the text says."""
    return [a.name for a in attributions(reading.text, speaker_words(reading.language)) if not a.pronoun]


def _heard(reading: Reading) -> list[Span]:
    """Return who may be speaking in a quote: who is said to, and who its sentence is about.

    A Kazakh sentence ends with its verb, so that any clause in which something is said may name who says it.
    """
    found = [_with_name(reading, span) for span in speakers(reading)]
    if not found:
        return found
    opening = reading.words[:OPENING][-1].end
    found += [Span(0, span.end) for span in found if span.start < opening]
    told = (m for m in reading.mentions if m.kind == "say")
    behind = ((m, reading.clause_at(m.start)) for m in told)  # "..., said the minister, Ana Sol"
    found += [Span(m.end, c.end) for m, c in behind if len(reading.text[c.start : m.start].split()) <= 1]
    denied = (m for m in reading.mentions if m.kind == "deny")
    found += [Span(reading.clause_at(m.start).start, m.start) for m in denied]
    if reading.language == "kk":
        clauses = {reading.clause_at(m.start) for m in reading.mentions if m.kind == "say"}
        found += [Span(clause.start, clause.end) for clause in clauses]
    return found


def _with_name(reading: Reading, span: Span) -> Span:
    """Return a speaker with the name behind the comma: "the interior minister, Walter Chamorro"."""
    behind = _NAME_BEHIND.match(reading.text[span.end :])
    return Span(span.start, span.end + behind.end()) if behind else span


def shared(said: Reading, span: Span, quote: Reading, other: Span) -> bool:
    """Say whether two spans name the same speaker, by a concept or by a name."""
    concepts, held = _concepts(said, span), _concepts(quote, other)
    if concepts & widened(held):
        return True
    names = _names(said, span)
    heard = [w for w in quote.words if other.start <= w.start < other.end]
    return any(borne_out(name, said.language, heard, quote.language) for name in names)


def _names(reading: Reading, span: Span) -> list[Word]:
    return [w for w in reading.names() if span.start <= w.start < span.end]


def _concepts(reading: Reading, span: Span) -> frozenset[str]:
    inside = (m for m in reading.mentions if m.kind in PEOPLE_KINDS and m.start < span.end and span.start < m.end)
    return frozenset().union(*(m.names for m in inside))

"""Whether each number of a statement counts what it counts in the quote: 12 police stay 12 police."""

from __future__ import annotations

from collections.abc import Iterator

from retrieval.answer.verify_concepts import Mention, widened
from retrieval.answer.verify_reading import Reading, sense
from retrieval.language.numbers import Number

REACH = 40  # characters behind a number in which what it counts may stand
HARMS = frozenset(["kill", "injure", "detain", "release", "missing", "hospitalise", "evacuate"])
ANYBODY = frozenset(["people"])


def misbound(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield the numbers of the statement that no equal number of a quote counts the same of."""
    for number in said.numbers:
        equal = [(quote, n) for quote in quotes for n in quote.numbers if sense(n) == sense(number)]
        if equal and not any(_agree(said, number, quote, n) for quote, n in equal):
            yield number.span.of(said.text)


def _agree(said: Reading, number: Number, quote: Reading, other: Number) -> bool:
    unit, held_unit = _unit(said, number), _unit(quote, other)
    if unit != held_unit and not (unit & held_unit):
        return False
    counted, held = _counted(said, number), _counted(quote, other)
    if counted and held and not counted & (widened(held) | (ANYBODY if not held_unit else frozenset())):
        return False
    harm, held_harm = _harm(said, number), _harm(quote, other)
    return not harm or not held_harm or bool(harm & widened(held_harm))


def _behind(reading: Reading, number: Number, kinds: tuple[str, ...]) -> Mention | None:
    """Return the first mention of a kind behind the number, before the next number and within reach."""
    limit = min([number.core.end + REACH, *(n.span.start for n in reading.numbers if n.span.start > number.span.start)])
    return next(
        (m for m in reading.mentions if m.kind in kinds and number.core.end <= m.start < limit),
        None,
    )


def _unit(reading: Reading, number: Number) -> frozenset[str]:
    for sign in reading.mentions:
        if sign.kind == "unit" and sign.end == number.core.start:
            return sign.names
    if mention := _behind(reading, number, ("unit", "role", "thing", "body")):
        gap = reading.text[number.core.end : mention.start]
        near = len(gap.split()) <= 1 and not any(c in ",;:." for c in gap)
        return mention.names if mention.kind == "unit" and near else frozenset()
    return _units_of_next(reading, number)


def _units_of_next(reading: Reading, number: Number) -> frozenset[str]:
    """Return the unit of the next number where only a few words stand between: "from 120 to 180 rupees"."""
    following = next((n for n in reading.numbers if n.span.start >= number.span.end), None)
    if following is None or len(reading.text[number.core.end : following.core.start].split()) > 2:
        return frozenset()
    return _unit(reading, following)


def _counted(reading: Reading, number: Number) -> frozenset[str]:
    mention = _behind(reading, number, ("role", "thing", "unit"))
    if mention is None or mention.kind == "unit":
        return frozenset()
    between = reading.text[number.core.end : mention.start]
    return frozenset() if any(c in ",;:.—" for c in between) else mention.names


def _harm(reading: Reading, number: Number) -> frozenset[str]:
    """Return what befell those counted: in the number's own clause, else anywhere in the text."""
    harms = [m for m in reading.mentions if m.names & HARMS]
    clause = reading.clause_at(number.core.start)
    own = [m for m in harms if clause.start <= m.start < clause.end]
    return frozenset().union(*(m.names for m in own or harms)) & HARMS

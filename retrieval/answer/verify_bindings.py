"""Whether each number of a statement counts what it counts in the quote: 12 police stay 12 police."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.answer.verify_concepts import Mention, widened
from retrieval.answer.verify_names import borne_out
from retrieval.answer.verify_reading import Clause, Reading, sense
from retrieval.answer.verify_speakers import speakers
from retrieval.language.numbers import Number
from retrieval.language.words import Word, is_stopword

REACH = 40  # characters behind a number in which what it counts may stand
MOST_BETWEEN = 2  # words between a number and what it counts
SHORTEST_COUNTED = 4  # letters of a noun that may be what is counted
HARMS = frozenset(["kill", "injure", "detain", "release", "missing", "hospitalise", "evacuate"])
_AND = re.compile(r"(?:and|и|y|e|және)\s", re.IGNORECASE)  # joins what shares its verb
ANYBODY = frozenset(["people"])


def misbound(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield the numbers of the statement that no equal number of a quote counts the same of."""
    for number in said.numbers:
        equal = [(quote, n) for quote in quotes for n in quote.numbers if sense(n) == sense(number)]
        if equal and not any(_agree(said, number, quote, n) for quote, n in equal):
            yield number.span.of(said.text)


def _agree(said: Reading, number: Number, quote: Reading, other: Number) -> bool:
    unit, held_unit = _unit(said, number), _unit(quote, other)
    counted, held = _counted(said, number), _counted(quote, other)
    left_out = not held_unit and not held and any(unit & _unit(quote, n) for n in quote.numbers)
    if unit != held_unit and not unit & held_unit and not left_out:
        return False
    if counted and held and not counted & (widened(held) | (ANYBODY if not held_unit else frozenset())):
        return False
    if not counted and held and _counts_unknown(said, number) and not held & _all_names(said):
        return False
    harm, held_harm = _harm(said, number), _harm(quote, other)
    if not held_harm:
        return not any(harm & m.names for m in quote.mentions)
    return not harm or bool(harm & widened(held_harm))


def _all_names(reading: Reading) -> frozenset[str]:
    return frozenset().union(*(m.names for m in reading.mentions))


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
    near = len(between.split()) <= MOST_BETWEEN and not any(c in ",;:.—" for c in between)
    return mention.names if near else frozenset()


def _counts_unknown(reading: Reading, number: Number) -> bool:
    """Say whether the word behind the number is one that no table knows: it may count anything."""
    word = next((w for w in reading.words if w.start >= number.span.end), None)
    if word is None or not word.text.islower() or is_stopword(word.text, reading.language):
        return False
    return len(word.text) >= SHORTEST_COUNTED and not any(m.start <= word.start < m.end for m in reading.mentions)


def _harm(reading: Reading, number: Number) -> frozenset[str]:
    """Return what befell those counted: in the number's own clause, else where no other number is."""
    harms = [m for m in reading.mentions if m.names & HARMS]
    clause = reading.clause_at(number.core.start)
    own = [m for m in harms if clause.start <= m.start < clause.end]
    if not own and not _AND.match(reading.text[clause.end :]):
        counted = [reading.clause_at(n.core.start) for n in reading.numbers if n is not number]
        harms = [m for m in harms if reading.clause_at(m.start) not in counted]
    return frozenset().union(*(m.names for m in own or harms)) & HARMS


# --- who did it ----------------------------------------------------------------------------------


def exchanged(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield what a statement says of one name where the quotes say it, in each clause, of another.

    "Sen was freed, but Toma remains in custody" does not bear out that Toma was freed. Names of speakers, who
    may stand anywhere in a sentence, are left aside.
    """
    mine = [name for clause in said.clauses for name in _names(said, clause)]
    for clause in said.clauses:
        names = _names(said, clause)
        for act in _acts(said, clause) if names else []:
            where = [(q, c) for q in quotes for c in q.clauses if any(act & m for m in _acts(q, c))]
            there = [(q, _names(q, c)) for q, c in where]
            if not there or any(not found or _shared(said, mine, q, found) for q, found in there):
                continue
            others = [(q, _names(q, c)) for q in quotes for c in q.clauses if (q, c) not in where]
            if any(_shared(said, names, q, found) for q, found in others):
                yield said.text[clause.start : clause.end].strip()
                break


def _acts(reading: Reading, clause: Clause) -> list[frozenset[str]]:
    return [widened(m.names) for m in reading.mentions if m.kind == "act" and clause.start <= m.start < clause.end]


def _names(reading: Reading, clause: Clause) -> list[Word]:
    voices = speakers(reading)
    return [
        w
        for w in reading.names()
        if clause.start <= w.start < clause.end
        and not w.text.isupper()
        and not any(v.start <= w.start < v.end for v in voices)
    ]


def _shared(said: Reading, names: list[Word], quote: Reading, found: list[Word]) -> bool:
    return any(borne_out(name, said.language, found, quote.language) for name in names)

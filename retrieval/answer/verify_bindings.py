"""Whether each number of a statement counts what it counts in the quote: 12 police stay 12 police."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.answer.verify_speakers import speakers
from retrieval.language.clauses import Clause, Reading
from retrieval.language.concepts import Mention, widened
from retrieval.language.names.places import borne_out, places
from retrieval.language.numbers.amounts import CONVERTED, equal
from retrieval.language.numbers.numbers import Number
from retrieval.language.words import Word, is_stopword

REACH = 40  # characters behind a number in which what it counts may stand
_WORDS_BETWEEN = {"role": 2, "thing": 1, "body": 1}  # and what it counts
MOST_BETWEEN = 2  # words between a number and what it counts
SHORTEST_COUNTED = 4  # letters of a noun that may be what is counted
HARMS = frozenset(["kill", "injure", "detain", "release", "missing", "hospitalise", "evacuate"])
_AND = re.compile(r"(?:and|и|y|e|және)\s", re.IGNORECASE)  # joins what shares its verb
_YEARS_OLD = frozenset(["year"])
_YEARS = range(1900, 2101)
_MOST_OF = 4  # words between a part and its whole: "three or more of the nine"
_OF = re.compile(r"(?:^|\s)(?:of|из|de)\s", re.IGNORECASE)
_KAZAKH_OF = re.compile(r"(?:\w+\s)?\w+[дтн][ыі]ң")
JOINED = re.compile(r"\s*(?:and|but|и|а|но|y|e|pero|және|бірақ|ал)\s", re.IGNORECASE)
_ANYBODY = frozenset(["people"])


def misbound(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield the numbers of the statement that no equal number of a quote counts the same of."""
    for number in said.numbers:
        same = [(quote, n) for quote in quotes for n in quote.numbers if equal(number, n)]
        measured = (same_measure(said, number, quote, n) for quote in quotes for n in quote.numbers)
        if same and not any(_agree(said, number, quote, n) for quote, n in same) and not any(measured):
            yield number.span.of(said.text)


def _is_year(number: Number) -> bool:
    return number.low == number.high and number.low in _YEARS


def same_measure(said: Reading, number: Number, quote: Reading, other: Number) -> bool:
    """Say whether two numbers measure the same in two units: three days, 72 hours."""
    if None in (number.low, other.low) or (number.high is None) != (other.high is None):
        return False
    one, two = _unit(said, number), _unit(quote, other)
    low, held = number.low or 0.0, other.low or 0.0
    return any(
        (larger in one and smaller in two and low * factor == held)
        or (smaller in one and larger in two and held * factor == low)
        for (larger, smaller), factor in CONVERTED.items()
    )


def _agree(said: Reading, number: Number, quote: Reading, other: Number) -> bool:
    unit, held_unit = _unit(said, number), _unit(quote, other)
    counted, held = _counted(said, number), _all_counted(quote, other)
    if _is_year(number) and (not unit or not held_unit):
        return True
    unknown = not counted and _counts_unknown(said, number)
    left_out = not held_unit and not held and any(unit & _unit(quote, n) for n in quote.numbers)
    bare = not unit and not counted and not unknown  # "Tejeda, 36, died"
    aged = unit == _YEARS_OLD and not held_unit  # "a boy of 14"
    if not (unit == held_unit or unit & held_unit or left_out or bare or aged):
        return False
    anybody = _ANYBODY if not held_unit else frozenset()
    same = counted & (widened(held) | anybody) or widened(counted) & HARMS & held
    if held and ((counted and not same) or (unknown and not held & _all_names(said))):
        return False
    return bool(unit) or _befell(said, number, quote, other, held)


def _befell(said: Reading, number: Number, quote: Reading, other: Number, held: frozenset[str]) -> bool:
    """Say whether to as many as the quote says befell what the statement says; `held` is whom the quote counts."""
    if _of_which(said, number) or _part_of(said, number):
        return True
    harm, held_harm = _harm(said, number), _harm(quote, other)
    if _of_which(quote, other) and harm and not harm & held:
        return False  # of the 48 brought in five died: 48 did not
    if not held_harm:
        return not any(harm & m.names for m in quote.mentions)
    return not harm or bool(harm & widened(held_harm))


def _of_which(reading: Reading, number: Number) -> bool:
    """Say whether the number is that of all of whom a part is counted: "three of the nine were freed"."""
    if reading.language == "kk":
        behind = next((n for n in reading.numbers if n.core.start >= number.core.end), None)
        return behind is not None and bool(
            _KAZAKH_OF.fullmatch(reading.text[number.core.end : behind.core.start].strip())
        )
    before = [n for n in reading.numbers if n.core.end <= number.core.start]
    if not before:
        return False
    between = reading.text[before[-1].core.end : number.core.start]
    return "," not in between and len(between.split()) <= _MOST_OF and bool(_OF.search(between))


def _part_of(reading: Reading, number: Number) -> bool:
    """Say whether the number counts a part of those to whom it happened: "four of the wounded are children"."""
    return bool(_OF.match(reading.text[number.span.end :]))


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
    mention = _behind(reading, number, ("role", "thing", "body", "unit"))
    if mention is None or mention.kind == "unit":
        return frozenset()
    between = reading.text[number.core.end : mention.start]
    acts = any(m.kind == "act" and number.core.end <= m.start < mention.start for m in reading.mentions)
    near = len(between.split()) <= _WORDS_BETWEEN[mention.kind] and not any(c in ",;:.—" for c in between)
    return mention.names if near and not acts else frozenset()


def _all_counted(reading: Reading, number: Number) -> frozenset[str]:
    """Return all that stands so near behind a number that it may be what is counted: "62 wounded children"."""
    found: frozenset[str] = _counted(reading, number)
    for mention in reading.mentions:  # "the wounded 27", and in Kazakh "of the police three"
        if 0 < number.core.start - mention.end <= 1 and (mention.names & HARMS or mention.kind == "role"):
            found |= mention.names
    ends = [n.span.start for n in reading.numbers if n.span.start > number.span.start]
    limit = min([number.core.end + REACH, *ends])
    for mention in reading.mentions:
        if not number.core.end <= mention.start < limit:
            continue
        between = reading.text[number.core.end : mention.start]
        if len(between.split()) > MOST_BETWEEN + 1 or any(c in ",;:.—" for c in between):
            break
        if mention.kind in ("role", "thing", "body") or (mention.names & HARMS and not between.strip()):
            found |= mention.names
    return found


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
    if not own and not harms and not _acts(reading, clause):
        before = [m for m in reading.mentions if m.names & HARMS and m.start < clause.start]
        harms = before[-1:]  # a list goes on: "1,311 detained, most of them in Moscow, 502"
    return frozenset().union(*(m.names for m in own or harms)) & HARMS


# --- who did it ----------------------------------------------------------------------------------


def exchanged(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield what a statement says of one name where the quotes say it, in each clause, of another.

    "Sen was freed, but Toma remains in custody" does not bear out that Toma was freed. Names of speakers, who
    may stand anywhere in a sentence, are left aside.
    """
    for clause in said.clauses:
        names = _telling_apart(said, names_in(said, clause), quotes)
        if names and _is_of_others(said, clause, names, quotes):
            yield said.text[clause.start : clause.end].strip()


def _is_of_others(said: Reading, clause: Clause, names: list[Word], quotes: list[Reading]) -> bool:
    """Say whether quotes say something that a clause does of other names, and have its own elsewhere."""
    for act in _acts(said, clause):
        where = [(q, c) for q in quotes for c in q.clauses if any(act & m for m in _acts(q, c))]
        there = [(q, _subjects(q, c)) for q, c in where]
        if not where or any(
            not heard or _shared(said, names, q, heard) or _all_said(said, q, heard) for q, heard in there
        ):
            continue
        others = [(q, names_in(q, c)) for q in quotes for c in q.clauses if (q, c) not in where]
        if any(_shared(said, names, q, heard) for q, heard in others):
            return True
    return False


def _all_said(said: Reading, quote: Reading, found: list[Word]) -> bool:
    """Say whether the statement has every name found, so that a surname alone is somebody it names in full."""
    return all(borne_out(name, quote.language, said.names(), said.language) for name in found)


def _telling_apart(said: Reading, names: list[Word], quotes: list[Reading]) -> list[Word]:
    """Leave out the names that tell nobody apart: those that several in a quote bear, and surnames of the given.

    Of Joel Ramos and Liza Ramos, that is the surname; as it is of Óscar Rivas where a quote has Óscar.
    """
    heard = [(q, w) for q in quotes for w in q.names()]
    found = {n: sum(borne_out(n, said.language, [w], q.language) for q, w in heard) for n in names}
    apart = [n for n in names if found[n] <= 1 and not (_is_surname(said, n, names) and found[_before(n, names)])]
    return apart or names


def _is_surname(said: Reading, name: Word, names: list[Word]) -> bool:
    given = _before(name, names)
    return given is not name and not said.text[given.end : name.start].strip()


def _before(name: Word, names: list[Word]) -> Word:
    return max((n for n in names if n.end < name.start), key=lambda n: n.end, default=name)


def _acts(reading: Reading, clause: Clause) -> list[frozenset[str]]:
    """Return what happens in a clause; what is a thing as well ("the march") tells nothing of who did it."""
    inside = [m for m in reading.mentions if clause.start <= m.start < clause.end]
    things = {m.start for m in inside if m.kind == "thing"}
    return [widened(m.names) for m in inside if m.kind == "act" and m.start not in things]


def names_in(reading: Reading, clause: Clause) -> list[Word]:
    """Return the names in a clause but those of who says it."""
    voices = speakers(reading)
    return [
        w
        for w in reading.names()
        if clause.start <= w.start < clause.end
        and not w.text.isupper()
        and not any(v.start <= w.start < v.end for v in voices)
        and not places(w.text, reading.language)
    ]


def _subjects(reading: Reading, clause: Clause) -> list[Word]:
    """Return the names of a clause and of those before it that say nothing yet: "Muñoz, the speaker, asked ..."."""
    names = names_in(reading, clause)
    goes_on = JOINED.match(reading.text[clause.start : clause.end]) and not names
    for earlier in reversed(reading.clauses[: reading.clauses.index(clause)]):
        if _acts(reading, earlier) and not goes_on:
            break
        names = [*names_in(reading, earlier), *names]
    return names


def _shared(said: Reading, names: list[Word], quote: Reading, found: list[Word]) -> bool:
    return any(borne_out(name, said.language, found, quote.language) for name in names)

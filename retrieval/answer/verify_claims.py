"""Whether what a statement says together stands together in its quotes, clause by clause."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from retrieval.answer.verify_bindings import JOINED
from retrieval.answer.verify_contrast import opposites
from retrieval.answer.verify_polarity import NAYS
from retrieval.answer.verify_speakers import shared, speakers
from retrieval.domain import Span
from retrieval.language.clauses import Clause, Reading
from retrieval.language.concept_relations import GENERAL
from retrieval.language.concepts import Mention, widened
from retrieval.language.days.day_mentions import day_mentions
from retrieval.language.names.places import borne_out
from retrieval.language.numbers.amounts import equal
from retrieval.language.numbers.numbers import Number
from retrieval.language.words import Word, is_stopword, stem

_ABOUT = ("role", "body", "thing", "act")
_SHORTEST_WORD = 4  # letters
_SEVERAL = 2  # parts of a quote in which somebody speaks
_ENOUGH = 2  # names, concepts, words and days in common that tell of what a clause speaks
_TURN = re.compile(
    r"(?<=;)|(?<=,)(?=\s(?:while|but|whereas|а|но|тогда как|тем временем|ал|бірақ|mientras|pero|aunque|though)\s)"
)

_Place = tuple[Reading, Clause]


def mismatched(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield the clauses that say the opposite of the quotes' clause on the same, or give another clause's number."""
    places = [(quote, claim) for quote in quotes for claim in _claims(quote)]
    for clause in said.clauses:
        wrong = (check(said, clause, places) for check in (_opposite, _number_of_another, _turned))
        if any(wrong):
            yield said.text[clause.start : clause.end].strip()
    yield from _of_another_speaker(said, quotes)


def _of_another_speaker(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield who says in the statement what, in a quote where several speak, only another says."""
    told = speakers(said) or [Span(0, m.start) for m in said.mentions if m.kind == "deny"]
    parts = [(quote, part) for quote in quotes for part in _parts(quote)]
    if len(told) != 1 or len(parts) < _SEVERAL or not all(_speaks(q, p) for q, p in parts):
        return
    if any(m.kind == "deny" for m in said.mentions):
        parts = [(q, p) for q, p in parts if any(m.kind == "deny" for m in _mentions_in(q, p))] or parts
    common = [sum(_in_common(said, c, part) for c in said.clauses) + _numbers_shared(said, *part) for part in parts]
    best = [part for part, count in zip(parts, common, strict=True) if count == max(common)]
    if len(best) == 1 and not shared(said, told[0], best[0][0], Span(best[0][1].start, best[0][1].end)):
        yield told[0].of(said.text)


def _numbers_shared(said: Reading, quote: Reading, part: Clause) -> int:
    return sum(any(equal(n, other) for other in _numbers_in(quote, part)) for n in said.numbers)


def _parts(reading: Reading) -> list[Clause]:
    """Return a quote cut where it turns to somebody else: "...; the army denies it", "..., while doctors said"."""
    edges = [0, *(m.start() for m in _TURN.finditer(reading.text)), len(reading.text) + 1]
    return [Clause(a, b, False, False, False) for a, b in itertools.pairwise(edges)]


def _speaks(reading: Reading, part: Clause) -> bool:
    """Say whether somebody says or denies something in a part of a text."""
    return any(m.kind in ("say", "deny") for m in _mentions_in(reading, part))


def _claims(reading: Reading) -> Iterator[Clause]:
    """Yield the clauses, those that say nothing joined to the next that does: "the minister, Jana Hruba, | stays"."""
    start = None
    for clause in reading.clauses:
        start = clause.start if start is None else start
        says = _numbers_in(reading, clause) or any(
            m.kind in ("act", "say", "deny") for m in _mentions_in(reading, clause)
        )
        if says or clause is reading.clauses[-1]:
            yield replace(clause, start=start)
            start = None


def _opposite(said: Reading, clause: Clause, places: list[_Place]) -> bool:
    """Say whether, where the quotes speak of what the clause is about, they have the opposite of what it says."""
    acts = [m for m in _mentions_in(said, clause) if m.kind == "act"]
    own = frozenset().union(*(m.names for m in acts))
    acts = [m for m in acts if not opposites(m.names) & own]  # "released from detention"
    if not acts:
        return False
    about = {place: _in_common(said, clause, place, "act") for place in places}
    most = max(about.values(), default=0)
    best = [place for place, count in about.items() if count == most]
    return any(best and all(_says_opposite(act, clause, *place) for place in best) for act in acts)


def _says_opposite(act: Mention, clause: Clause, quote: Reading, place: Clause) -> bool:
    """Say whether the place has an opposite of the act, and neither it nor what it goes on with has the act."""
    held = frozenset().union(*(m.names for m in _mentions_in(quote, place)))
    behind = next((c for c in quote.clauses if c.start == place.end), None)
    if behind is not None and _goes_on(quote, place) and not JOINED.match(quote.text[behind.start : behind.end]):
        held |= act.names & frozenset().union(*(m.names for m in _mentions_in(quote, behind)))
    return bool(opposites(act.names) & held) and not act.names & held and place.has_not == clause.has_not


def _turned(said: Reading, clause: Clause, places: list[_Place]) -> bool:
    """Say whether the one place of the quotes that has most of a clause denies what the clause says, or says it."""
    about = [(_in_common(said, clause, place), place) for place in places]
    most = max((count for count, _ in about), default=0)
    best = [place for count, place in about if count == most]
    if most < _ENOUGH or len(best) > 1:
        return False
    quote, place = best[0]
    acts = frozenset().union(*(m.names for m in _mentions_in(said, clause) if m.kind == "act"))
    there = frozenset().union(*(m.names for m in _mentions_in(quote, place)))
    if opposites(acts) & there:
        return False
    denies = place.has_not or any(m.kind == "deny" for m in _mentions_in(quote, place))
    if any(c.negated for c in said.clauses):
        plain = not there & NAYS and not any(count and p.negated for count, (_, p) in about)
        return clause.has_not and plain and bool(_words(said, clause) | acts)
    return denies and bool(acts) and not acts & NAYS


def _number_of_another(said: Reading, clause: Clause, places: list[_Place]) -> bool:
    """Say whether a clause has a number of a clause it has nothing in common with, but something with its rival."""
    for number in _numbers_in(said, clause):
        own = [p for p in places if any(equal(number, n) for n in _numbers_in(*p))]
        rivals = [p for p in places if p not in own and _numbers_in(*p)]
        own += [p for before, p in itertools.pairwise(places) if before in own and _goes_on(*before) and not _tells(*p)]
        strange = bool(own) and not any(_in_common(said, clause, p) for p in own)
        if strange and any(_in_common(said, clause, p) for p in rivals):
            return True
    return False


def _tells(reading: Reading, clause: Clause) -> bool:
    """Say whether a clause has a number and a verb of its own, as "including 60 children" has not."""
    return bool(_numbers_in(reading, clause)) and any(m.kind == "act" for m in _mentions_in(reading, clause))


def _goes_on(reading: Reading, clause: Clause) -> bool:
    """Say whether the sentence goes on behind a clause."""
    return reading.text[: clause.end].rstrip()[-1:] not in ";.!?"


def _in_common(said: Reading, clause: Clause, place: _Place, *without: str) -> int:
    """Return how many of a clause's names, concepts, numbers and words a clause of a quote has too."""
    quote, there = place
    held = widened(frozenset().union(*(m.names for m in _mentions_in(quote, there)))) - GENERAL
    concepts = [m for m in _mentions_in(said, clause) if m.kind in _ABOUT and m.kind not in without and m.names & held]
    heard = _names(quote, there)
    names = [n for n in _names(said, clause) if borne_out(n, said.language, heard, quote.language)]
    alike = _words(said, clause) & _words(quote, there) if said.language == quote.language else frozenset()
    days = _days(said, clause) & _days(quote, there)
    return len(concepts) + len(names) + len(alike) + len(days)


def _days(reading: Reading, clause: Clause) -> frozenset[object]:
    """Return the days of a month and the weekdays that a clause names."""
    found = (m for m in day_mentions(reading.text, reading.language) if clause.start <= m.start < clause.end)
    return frozenset((m.month, m.days) if m.month else m.weekday for m in found) - {None}


def _names(reading: Reading, clause: Clause) -> list[Word]:
    return [w for w in reading.names() if clause.start <= w.start < clause.end]


def _words(reading: Reading, clause: Clause) -> frozenset[str]:
    """Return the stems of a clause's words that no table explains."""
    return frozenset(
        stem(w.text, reading.language)
        for w in reading.words
        if clause.start <= w.start < clause.end
        and len(w.text) >= _SHORTEST_WORD
        and w.text.islower()
        and not reading.explains(w)
        and not is_stopword(w.text, reading.language)
    )


def _mentions_in(reading: Reading, clause: Clause) -> list[Mention]:
    """Return what a clause speaks of."""
    return [m for m in reading.mentions if clause.start <= m.start < clause.end]


def _numbers_in(reading: Reading, clause: Clause) -> list[Number]:
    """Return the numbers that stand in a clause."""
    return [n for n in reading.numbers if clause.start <= n.core.start < clause.end]

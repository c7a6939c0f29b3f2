"""Whether a statement turns its quotes round: by a "not" more or less, by "denied", by leaving out "allegedly"."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from functools import cache

from retrieval.answer.verify_contrast import opposites
from retrieval.answer.verify_speakers import speakers
from retrieval.language.clauses import Clause, Reading
from retrieval.language.concept_relations import GENERAL
from retrieval.language.concepts import Mention, names_of, widened
from retrieval.language.numbers.amounts import sense
from retrieval.language.words import is_stopword, stem

_TELLING = ("act", "thing", "deny")  # kinds whose negation turns a claim round; a role or a place is named either way
_SHORTEST_WORD = 4  # letters of a word that may tell

_SHORTEST_UNKNOWN = 3  # letters of a word that may say what the quote denies

NAYS = frozenset("refuse reject lift cancel annul ban oppose absent end cut close suspend fall acquit lose".split())
"""Acts that other words say with a "not": who rejects does not accept."""

_Anchor = frozenset[Hashable]
_Held = tuple[Reading, Clause, frozenset[Hashable]]


def turned_round(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield the clauses that affirm what the quotes deny, deny what they affirm, or leave out their doubt."""
    held = [(q, c, _all(_anchors(q, c))) for q in quotes for c in q.clauses]
    telling = {c: _telling(said, c, held) for c in said.clauses}
    denied = [h[1] for c in said.clauses if c.negated for where in telling[c] for h in where if h[1].negated]
    for clause in said.clauses:
        surer = (
            not clause.hedged
            and bool(telling[clause])
            and all(c.hedged for where in telling[clause] for _, c, _ in where)
        )
        if surer or _opposed(said, clause, telling[clause], held, denied):
            yield said.text[clause.start : clause.end].strip()


def _telling(said: Reading, clause: Clause, held: list[_Held]) -> list[list[_Held]]:
    """Return, for each thing that a clause claims and a quote speaks of, where quotes do."""
    found = ([h for h in held if anchor & h[2]] for anchor in _anchors(said, clause))
    return [where for where in found if where]


def _opposed(
    said: Reading, clause: Clause, telling: list[list[_Held]], held: list[_Held], denied: list[Clause]
) -> bool:
    inside = [m for m in said.mentions if clause.start <= m.start < clause.end]
    acts = frozenset().union(*(m.names for m in inside if m.kind == "act"))
    if clause.negated:
        return not _denied_too(inside, acts, telling, held)
    if acts & NAYS or _goes_without(said, clause):
        return False
    against = opposites(acts)
    denied = denied + [c for q, c, _ in held if c.has_not and against & _acts(q, c)]  # "did not stop": goes on
    if telling:
        return _only_denied(said, clause, held, denied)
    return _unclear_denied(said, clause, inside, held)


def _denied_too(inside: list[Mention], acts: frozenset[str], telling: list[list[_Held]], held: list[_Held]) -> bool:
    """Say whether a quote denies what a clause denies, or says its opposite in other words."""
    if any(c.negated for where in telling or [held] for _, c, _ in where):
        return True
    heard = widened(frozenset().union(*(_acts(q, c) for q, c, _ in held)))
    if any(m.kind == "act" and m.names & heard for m in inside):
        return False
    named = frozenset().union(*(m.names for m in inside)) - GENERAL
    if any(c.negated and named & _all_in(q, c) for q, c, _ in held):
        return True
    return bool(opposites(acts) & heard)


def _unclear_denied(said: Reading, clause: Clause, inside: list[Mention], held: list[_Held]) -> bool:
    """Say whether a clause of which nothing tells where the quotes have it may be what they deny."""
    told = any(m.kind == "say" for m in inside)
    voices = speakers(said) if told else []
    claimed = [m for m in inside if m.kind != "say" and not any(v.start <= m.start < v.end for v in voices)]
    if told and not claimed:
        return False
    named = frozenset().union(*(m.names for m in claimed))
    where = [c for q, c, _ in held if any(m.names & named for m in q.mentions if c.start <= m.start < c.end)]
    if where:
        return all(c.negated for c in where)
    return _claims_unknown(said, clause) and any(c.negated and q.language != said.language for q, c, _ in held)


def _only_denied(said: Reading, clause: Clause, held: list[_Held], denied: list[Clause]) -> bool:
    """Say whether quotes speak of something the clause does, or of all that it is about, only to deny it."""
    all_things = True
    heard = widened(frozenset().union(*(_acts(q, c) for q, c, _ in held)))
    unheard = any(
        m.kind == "act" and not m.names & heard for m in said.mentions if clause.start <= m.start < clause.end
    )
    for anchor in _anchors(said, clause):
        where = [c for _, c, names in held if anchor & names and c not in denied]
        nays = bool(where) and all(c.negated for c in where)
        if nays and (unheard or not anchor <= _things()):
            return True
        all_things = all_things and (nays or not where)
    return all_things and any(c.negated and c not in denied for _, c, _ in held)


@cache
def _things() -> frozenset[str]:
    return names_of("thing")


def _goes_without(said: Reading, clause: Clause) -> bool:
    """Say whether the clause ends in what it is without: "are | without electricity"."""
    following = next((c for c in said.clauses if c.start == clause.end), None)
    return following is not None and following.negated and not re.search(r"[,;:.]\s*$", said.text[: clause.end])


def _all_in(reading: Reading, clause: Clause) -> frozenset[str]:
    return frozenset().union(*(m.names for m in reading.mentions if clause.start <= m.start < clause.end))


def _acts(reading: Reading, clause: Clause) -> frozenset[str]:
    return frozenset().union(
        *(m.names for m in reading.mentions if m.kind == "act" and clause.start <= m.start < clause.end)
    )


def _claims_unknown(said: Reading, clause: Clause) -> bool:
    """Say whether a clause has words that nothing explains: across languages they may be what the quote denies."""
    return any(
        clause.start <= w.start < clause.end
        and w.text.islower()
        and len(w.text) >= _SHORTEST_UNKNOWN
        and not said.explains(w)
        and not is_stopword(w.text, said.language)
        for w in said.words
    )


def _anchors(reading: Reading, clause: Clause) -> list[_Anchor]:
    """Return what a clause claims: what happens, to what, how many; words as (language, stem)."""
    inside = [m for m in reading.mentions if clause.start <= m.start < clause.end]
    found: list[_Anchor] = [frozenset(m.names - GENERAL) for m in inside if m.kind in _TELLING and m.names - GENERAL]
    found += [frozenset([sense(n)]) for n in reading.numbers if clause.start <= n.core.start < clause.end]
    for word in reading.words:
        explained = any(m.start <= word.start < m.end for m in inside)
        if (
            clause.start <= word.start < clause.end
            and word.text.islower()
            and len(word.text) >= _SHORTEST_WORD
            and not explained
            and not is_stopword(word.text, reading.language)
        ):
            found.append(frozenset([(reading.language, stem(word.text, reading.language))]))
    return found


def _all(anchors: list[_Anchor]) -> frozenset[Hashable]:
    together: frozenset[Hashable] = frozenset().union(*anchors)
    names = frozenset(a for a in together if isinstance(a, str))
    return together | widened(names)

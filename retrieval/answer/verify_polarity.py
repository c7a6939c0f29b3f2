"""Whether a statement turns its quotes round: by a "not" more or less, by "denied", by leaving out "allegedly"."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from retrieval.answer.verify_concepts import GENERAL, widened
from retrieval.answer.verify_reading import Clause, Reading, sense
from retrieval.language.words import is_stopword, stem

_TELLING = ("act", "thing")  # kinds whose negation turns a claim round; a role or a place is named either way
_SHORTEST_WORD = 4  # letters of a word that may tell

_SHORTEST_UNKNOWN = 3  # letters of a word that may say what the quote denies

_Anchor = frozenset[Hashable]
_Held = tuple[Reading, Clause, frozenset[Hashable]]


def turned_round(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield the clauses that affirm what the quotes deny, deny what they affirm, or leave out their doubt."""
    held = [(q, c, _all(_anchors(q, c))) for q in quotes for c in q.clauses]
    for clause in said.clauses:
        text = said.text[clause.start : clause.end].strip()
        telling = [[h for h in held if anchor & h[2]] for anchor in _anchors(said, clause)]
        telling = [where for where in telling if where]
        surer = not clause.hedged and any(all(c.hedged for _, c, _ in where) for where in telling)
        if surer or _opposed(said, clause, telling, held):
            yield text


def _opposed(said: Reading, clause: Clause, telling: list[list[_Held]], held: list[_Held]) -> bool:
    if clause.negated:
        return not any(c.negated for where in telling or [held] for _, c, _ in where)
    if telling:
        return any(all(c.negated for _, c, _ in where) for where in telling)
    inside = [m for m in said.mentions if clause.start <= m.start < clause.end]
    if any(m.kind == "say" for m in inside):
        return False
    if _claims_unknown(said, clause) and any(c.negated and q.language != said.language for q, c, _ in held):
        return True
    if not inside:
        return False
    named = frozenset().union(*(m.names for m in inside))
    where = [c for q, c, _ in held if any(m.names & named for m in q.mentions if c.start <= m.start < c.end)]
    return bool(where) and all(c.negated for c in where)


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

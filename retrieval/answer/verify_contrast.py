"""Whether a statement speaks of what its quotes do not: exchanged for its like, for its opposite, or brought in."""

from __future__ import annotations

from collections.abc import Iterator

from retrieval.answer.verify_bindings import HARMS
from retrieval.language.clauses import Reading
from retrieval.language.concept_relations import GENERAL, OPPOSITES, OPTIONAL, REQUIRED
from retrieval.language.concepts import Mention, sorts, widened
from retrieval.language.names.places import borne_out

_PROVEN = ("role", "body")  # kinds that a statement may speak of only where its quotes do
_GRAVE = frozenset(
    "beat torture abduct sentence die_heavy acquit pardon resign sack dismiss deport blind drown suffocate escape "
    "explode burn loot strike hunger_strike threaten steal crash annul criticise".split()
)
"""What happens to people, and is never left to words that no table has."""
_PROVEN_SORTS = frozenset(["side", "season", "disease", "event"])


_TIMES = frozenset("second minute hour day week month year decade".split())


def unspoken(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield what the statement speaks of and the quotes do not.

    Who acts, what is counted and who is hurt must be in the quotes. Anything else may be there in words that no
    table has; it is refused only where a quote has another of its sort in its stead.
    """
    heard: frozenset[str] = frozenset().union(*(m.names for quote in quotes for m in quote.mentions))
    held = widened(heard)
    named: frozenset[str] = frozenset().union(*(m.names for m in said.mentions))
    own = widened(named)
    spoken = {
        (m.start, m.end)
        for m in said.mentions
        if m.names & (held | GENERAL)
        or m.names <= OPTIONAL
        or (m.names == {"detain"} and "release" in own & heard)
        or _is_name_heard(said, m, quotes)
    }
    for mention in said.mentions:
        if mention.kind not in REQUIRED or (mention.start, mention.end) in spoken:
            continue
        denied = said.clause_at(mention.start).has_not
        if _proven(said, mention) or _opposed(mention, named, denied, quotes) or _exchanged(said, mention, heard - own):
            yield said.text[mention.start : mention.end]
    for mention in said.mentions:
        if mention.kind in _PROVEN and not said.clause_at(mention.start).has_not and _only_ruled_out(mention, quotes):
            yield said.text[mention.start : mention.end]


def _only_ruled_out(mention: Mention, quotes: list[Reading]) -> bool:
    """Say whether the quotes speak of it only to say who it was not: "the mayor, not the governor, ordered"."""
    where = [(q, q.clause_at(m.start)) for q in quotes for m in q.mentions if m.names & mention.names]
    return bool(where) and all(
        c.has_not and not any(m.kind in ("act", "say") for m in q.mentions if c.start <= m.start < c.end)
        for q, c in where
    )


def _is_name_heard(said: Reading, mention: Mention, quotes: list[Reading]) -> bool:
    """Say whether the word has a capital letter and is a name in a quote: Ranil, whom Russian spells "Ранил"."""
    if not said.text[mention.start].isupper():
        return False
    word = next(w for w in said.words if w.start <= mention.start < w.end)
    capitals = ([w for w in q.names() if not q.initial(w)] for q in quotes)
    return any(borne_out(word, said.language, heard, q.language) for q, heard in zip(quotes, capitals, strict=True))


def _proven(said: Reading, mention: Mention) -> bool:
    if mention.kind in _PROVEN or mention.names <= (HARMS | _GRAVE):
        return True
    before = said.text[: mention.start].rstrip(' «"“')
    if said.text[mention.start].isupper() and before[-1:].isalnum():
        return True  # part of a name: Plaza de Armas
    return all(sorts().get(name) in _PROVEN_SORTS for name in mention.names)


def _opposed(mention: Mention, own: frozenset[str], denied: bool, quotes: list[Reading]) -> bool:
    """Say whether a quote says the opposite: "lifted" for "imposed", but not "did not accept" for "refused"."""
    against = opposites(mention.names) - own  # "remains closed": neither opens nor goes on
    return any(
        m.names & against and quote.clause_at(m.start).has_not == denied for quote in quotes for m in quote.mentions
    )


def opposites(names: frozenset[str]) -> frozenset[str]:
    """Return what a text does not say that says one of these."""
    return frozenset().union(*(OPPOSITES.get(name, frozenset()) for name in names)) - names


def _exchanged(said: Reading, mention: Mention, left_out: frozenset[str]) -> bool:
    """Say whether the quotes have another of the mention's sort that the statement leaves out."""
    if any(0 <= mention.start - n.core.end <= 1 for n in said.numbers):
        return False  # `misbound` has looked at it
    mine = {_sort(name) for name in mention.names} - {None}
    return bool(mine) and any(_sort(name) in mine for name in left_out)


def _sort(name: str) -> str | None:
    return "time" if name in _TIMES else sorts().get(name)

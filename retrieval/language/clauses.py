"""Whether the clause around a place in a sentence denies or doubts its claim."""

import itertools
import re
from functools import cache

from retrieval.language.concepts import Mention, folded, mentions
from retrieval.language.packs import pack

_NOUNS = ("thing", "role", "body", "unit")
"""Kinds of concepts that are nouns even where they look like verbs ("жанармай": fuel)."""


@cache
def _cuts(language: str) -> re.Pattern[str]:
    """Match where clauses of a language end: at a mark, a dash, before a conjunction, around "without" and its word."""
    conjunctions, subordinators, cuts = (
        pack(language).regex("clauses", key) for key in ("conjunctions", "subordinators", "cuts")
    )
    return re.compile(rf"[,;:.!?](?=\s)(?!\s(?:{subordinators})\b)|\s[—–-](?=\s)|\s(?=(?:{conjunctions})\s)|{cuts}")


@cache
def _pattern(language: str, key: str, before: str = r"\b") -> re.Pattern[str]:
    return re.compile(rf"{before}(?:{pack(language).regex('clauses', key)})")


def is_claimed(text: str, language: str, offset: int) -> bool:
    """Return True if the clause of `text` around `offset` neither denies its claim ("not", "refused") nor doubts it."""
    plain = folded(text)
    cuts = [match.end() for match in _cuts(language).finditer(plain) if not _lists_names(text, match.end())]
    edges = [0, *cuts, len(plain) + 1]
    start, end = next(((a, b) for a, b in itertools.pairwise(edges) if a <= offset < b), (edges[-2], edges[-1]))
    inside = [mention for mention in mentions(text, language) if start <= mention.start < end]
    if any(mention.kind in ("deny", "hedge") or "refuse" in mention.names for mention in inside):
        return False
    return not _has_not(text, plain, language, start, end, inside)


def _lists_names(text: str, at: int) -> bool:
    """Return whether a conjunction at `at` only joins two names or numbers: "between Almaty and Astana"."""
    before, after = text[:at].split()[-1:], text[at:].split()[1:2]
    joined = bool(before and after) and text[:at][-1].isspace() and before[0][-1].isalnum()
    return joined and all(word[0].isupper() or word[0].isdigit() for word in (before[0], after[0]))


def _has_not(text: str, plain: str, language: str, start: int, end: int, inside: list[Mention]) -> bool:
    """Return whether the clause `text[start:end]` has a "not"; `plain` is `text` folded."""
    clause = _pattern(language, "no_negation").sub(" ", plain[start:end])
    if _pattern(language, "negation").search(clause):
        return True
    nouns = [(mention.start - start, mention.end - start) for mention in inside if mention.kind in _NOUNS]
    return any(
        verb[0] in text[start:end] and not any(a <= verb.start() < b for a, b in nouns)
        for verb in _pattern(language, "negated_verbs", "").finditer(clause)
    )

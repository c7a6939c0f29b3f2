"""Outlets that a question names: "What did TASS say?" prefers what TASS published."""

from collections.abc import Iterable
from functools import lru_cache

from retrieval.language.names.names import name_key
from retrieval.language.words import fold, words, written

OUTLET_BONUS = 0.25
"""Added to the score of passages from an outlet that the question names; more than the best words add."""

OUTLETS_CACHED = 4_096
"""Outlets whose names are kept as they are compared, about 1 MB."""


def named_outlets(question: str, publishers: Iterable[str]) -> set[str]:
    """Return those of `publishers` whose whole name stands in `question`, with a capital, in any script."""
    asked = [_key(word.text) for word in words(question) if word.text[0].isupper() or word.text[0].isdigit()]
    return {publisher for publisher in set(publishers) if asked and _holds(asked, _keys(publisher))}


@lru_cache(maxsize=OUTLETS_CACHED)
def _keys(publisher: str) -> list[str]:
    return [_key(word) for word in written(publisher)]


def _key(word: str) -> str:
    return name_key(word) or fold(word)


def _holds(asked: list[str], name: list[str]) -> bool:
    if not name or name[0] not in asked:
        return False  # as most are
    return any(asked[at : at + len(name)] == name for at in range(len(asked) - len(name) + 1))

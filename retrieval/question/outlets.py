"""Outlets that a question names: "What did TASS say?" prefers what TASS published."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from retrieval.language.names.names import name_key
from retrieval.language.words import fold, words, written

OUTLET_BONUS = 0.25
"""Added to the score of passages from an outlet that the question names; more than the best words add."""

OUTLETS_CACHED = 4_096
"""Cache size: outlets with the keys of their names, about 1 MB."""


def capitalised(text: str) -> tuple[str, ...]:
    """Return the keys of the words of a text that begin with a capital or a digit, in order."""
    return tuple(_key(word.text) for word in words(text) if word.text[0].isupper() or word.text[0].isdigit())


def named_outlets(asked: Sequence[str], publishers: Iterable[str]) -> set[str]:
    """Return those of `publishers` whose whole name is among the `asked` keys of a question, in any script."""
    return {publisher for publisher in set(publishers) if asked and _contains(asked, _keys(publisher))}


@lru_cache(maxsize=OUTLETS_CACHED)
def _keys(publisher: str) -> list[str]:
    return [_key(word) for word in written(publisher)]


def _key(word: str) -> str:
    return name_key(word) or fold(word)


def _contains(asked: Sequence[str], name: list[str]) -> bool:
    if not name or name[0] not in asked:
        return False
    return any(list(asked[at : at + len(name)]) == name for at in range(len(asked) - len(name) + 1))

"""Sentences that say that something is not known: no data, not confirmed, still unclear."""

from retrieval.language.packs import pattern


def says_unknown(sentence: str, language: str) -> bool:
    """Return True if a sentence says that something is not known, confirmed or published."""
    return pattern(language, "notices", "unknown").search(sentence) is not None

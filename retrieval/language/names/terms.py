"""What a passage is found by across languages: the keys of its names, and its numbers."""

from functools import lru_cache

from retrieval.language.names.names import lookup_key
from retrieval.language.words import is_stopword, stem, words, written

_LEAST_DIGITS = 2  # shorter numbers are everywhere
_CACHED_TERMS = 100_000  # distinct words kept, about 20 MB


def name_terms(text: str, language: str) -> list[str]:
    """Return the names and numbers of a passage in order, as terms that agree between languages.

    A word in capitals or with a capital initial is taken for a name. Every term is ASCII letters and
    digits, so that joined by spaces they survive any tokeniser.
    """
    return [term for word in written(text) if (term := _term(word, language, any_word=False))]


def asked_name_terms(question: str, language: str) -> list[str]:
    """Return the terms to look up among `name_terms`, each once.

    Where no word of `question` but the first has a capital, or all are capitals, any may be a name.
    """
    telling = any(word.text[0].isupper() and word.start > 0 for word in words(question)) and not question.isupper()
    terms = (_term(word, language, any_word=not telling) for word in written(question))
    return [term for term in dict.fromkeys(terms) if term]


@lru_cache(maxsize=_CACHED_TERMS)
def _term(word: str, language: str, *, any_word: bool) -> str:
    if word[0].isdigit():
        number = stem(word, language)
        return number if len(number) >= _LEAST_DIGITS else ""
    if not (any_word or word[0].isupper()) or is_stopword(word, language):
        return ""
    return lookup_key(word)

"""What a passage is found by across languages: the keys of its names, and its numbers."""

from collections.abc import Callable

from retrieval.language.names import lookup_key
from retrieval.language.words import Word, is_stopword, stem, words

_LEAST_DIGITS = 2  # shorter numbers are everywhere


def name_terms(text: str, language: str) -> list[str]:
    """Return the names and numbers of a passage in order, as terms that agree between languages.

    A word in capitals or with a capital initial is taken for a name. Every term is ASCII letters and
    digits, so that joined by spaces they survive any tokeniser.
    """
    return _terms(text, language, named=_capitalised)


def asked_name_terms(question: str, language: str) -> list[str]:
    """Return the terms to look up among `name_terms`, each once.

    Where no word of `question` but the first has a capital, or all are capitals, any may be a name.
    """
    telling = any(_capitalised(word) and word.start > 0 for word in words(question)) and not question.isupper()
    return list(dict.fromkeys(_terms(question, language, named=_capitalised if telling else _any)))


def _terms(text: str, language: str, named: Callable[[Word], bool]) -> list[str]:
    return [term for word in words(text) if (term := _term(word, language, named))]


def _term(word: Word, language: str, named: Callable[[Word], bool]) -> str:
    if word.text[0].isdigit():
        number = stem(word.text, language)
        return number if len(number) >= _LEAST_DIGITS else ""
    if not named(word) or is_stopword(word.text, language):
        return ""
    return lookup_key(word.text)


def _capitalised(word: Word) -> bool:
    return word.text[0].isupper()


def _any(word: Word) -> bool:
    return True

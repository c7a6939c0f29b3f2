"""Words of a text, and what is left of them for a search: folded, without stop words, stemmed."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from retrieval.language.stopwords import STOPWORDS

_CACHED_WORDS = 100_000  # distinct (word, language) pairs kept, about 20 MB

# A number keeps its separators ("2,000", "1.5", "12 000"); a word keeps its apostrophes ("don't", "Qur’an").
_WORD = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d.,])|\d+(?:[.,]\d+)*|[^\W\d]\w*(?:['’ʼ]\w+)*|\w+")
_THOUSANDS = re.compile(r"(?<=\d)[., \u00a0\u202f](?=\d{3}(?!\d))")
_POSSESSIVE = re.compile(r"['’ʼ]s$")

_SNOWBALL = {"en": "english", "ru": "russian", "es": "spanish"}
_RUSSIAN_STEM_LENGTH = 6  # letters: hit@1 .91 -> .92; see benchmarks/README.md
_KAZAKH_STEM_LENGTH = 6  # letters
_KAZAKH_STEM_LEAST = 3  # letters that suffixes must leave

# Case, possessive and plural endings of Kazakh nouns, which pile up: "қалаларымыздағы".
_KAZAKH_SUFFIXES_WRITTEN = """
    ндағы ндегі дағы дегі тағы тегі ымыз іміз ыңыз іңіз бен дан дар ден дер дің дың лар лер мен мыз
    міз нан нда нде нен нің ның пен тан тар тен тер тің тың ңыз ңіз ға ге да де ді ды ке қа на не ні
    ны сі сы та те ті ты ым ім ың ің а е м н ы і ң
"""
_KAZAKH_SUFFIXES = frozenset(_KAZAKH_SUFFIXES_WRITTEN.split())
_KAZAKH_SUFFIX_LENGTHS = sorted({len(suffix) for suffix in _KAZAKH_SUFFIXES}, reverse=True)

# Kazakh letters as a Russian keyboard types them, so that "канша" finds "қанша".
_KAZAKH_AS_RUSSIAN = str.maketrans("әғқңөұүһі", "агкноуухи")


class Word(NamedTuple):
    """A word or number of a text; `text` is as written, `start` and `end` are offsets in characters."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Return the words and numbers of `text` in order; `text[w.start:w.end] == w.text` for each."""
    return [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]


def written(text: str) -> list[str]:
    """Return what `words` does without the offsets, in half the time."""
    return _WORD.findall(text)


@lru_cache(maxsize=_CACHED_WORDS)
def fold(word: str) -> str:
    """Return `word` in lower case without accents (but й stays й); ё becomes е."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    folded = unicodedata.normalize("NFC", folded).replace("ё", "е")
    if _is_cyrillic(folded):
        return folded
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))


def is_stopword(word: str, language: str) -> bool:
    """Say whether `word` carries no content in `language` (ISO 639-1); never so in a language unknown."""
    return fold(word) in STOPWORDS.get(language, ())


@lru_cache(maxsize=_CACHED_WORDS)
def stem(word: str, language: str) -> str:
    """Return what the forms of `word` share: letters and digits only, comparable within a language.

    English, Russian and Spanish words go through Snowball's stemmers (snowballstem.org), Kazakh ones lose
    their endings.
    A word in the other script than its language's is taken as Russian or English. Numbers lose the
    separators of their thousands.
    """
    if word[:1].isdigit():
        return _number(word)
    return _stemmer_for(word, language)(_POSSESSIVE.sub("", word.casefold()))


def stems(text: str, language: str) -> list[str]:
    """Return the stems of `text` in order, without stop words: what is indexed, and what is asked for."""
    return [found for word in written(text) if (found := _telling_stem(word, language))]


def all_stems(text: str, language: str) -> list[str]:
    """Return the stems of `text` in order, stop words among them."""
    return [found for word in written(text) if (found := stem(word, language))]


@lru_cache(maxsize=_CACHED_WORDS)
def _telling_stem(word: str, language: str) -> str:
    return "" if is_stopword(word, language) else stem(word, language)


def _is_cyrillic(word: str) -> bool:
    return not word.isascii() and any("\u0400" <= letter <= "\u052f" for letter in word)


def _number(written: str) -> str:
    plain = _THOUSANDS.sub("", written)
    return "".join(c if c.isalnum() else "p" for c in plain.casefold())


def _letters(word: str) -> str:
    folded = fold(word)
    return folded if folded.isalnum() else "".join(c for c in folded if c.isalnum())


def _stemmer_for(word: str, language: str) -> Callable[[str], str]:
    if _is_cyrillic(word):
        return _kazakh if language == "kk" else _russian
    return _spanish if language == "es" else _english


def _english(word: str) -> str:
    return str(_snowball("en")(_letters(word)))


def _spanish(word: str) -> str:
    return _letters(_snowball("es")(unicodedata.normalize("NFC", word)))


def _russian(word: str) -> str:
    return str(_snowball("ru")(_letters(word)))[:_RUSSIAN_STEM_LENGTH].translate(_KAZAKH_AS_RUSSIAN)


def _kazakh(word: str) -> str:
    left = _letters(word)
    while (shorter := _without_ending(left)) != left:
        left = shorter
    return left[:_KAZAKH_STEM_LENGTH].translate(_KAZAKH_AS_RUSSIAN)


def _without_ending(word: str) -> str:
    for length in _KAZAKH_SUFFIX_LENGTHS:
        if len(word) - length >= _KAZAKH_STEM_LEAST and word[-length:] in _KAZAKH_SUFFIXES:
            return word[:-length]
    return word


@lru_cache(maxsize=len(_SNOWBALL))
def _snowball(language: str) -> Callable[[str], str]:
    import Stemmer

    stem_word: Callable[[str], str] = Stemmer.Stemmer(_SNOWBALL[language], maxCacheSize=0).stemWord  # `stem` caches
    return stem_word

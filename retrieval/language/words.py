"""Words of a text, folded and stemmed for a search."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from retrieval.language.packs import pack, packs

_CACHED_WORDS = 100_000  # distinct (word, language) pairs kept, about 20 MB

# A number keeps its separators ("2,000", "1.5", "12 000"); a word keeps its apostrophes ("don't", "Qur’an").
_WORD = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d.,])|\d+(?:[.,]\d+)*|[^\W\d]\w*(?:['’ʼ]\w+)*|\w+")
_THOUSANDS = re.compile(r"(?<=\d)[., \u00a0\u202f](?=\d{3}(?!\d))")
_POSSESSIVE = re.compile(r"['’ʼ]s$")

_STEM_LEAST = 3  # letters that suffixes must leave

# Kazakh letters as a Russian keyboard types them, so that "канша" finds "қанша".
_AS_TYPED = str.maketrans("әғқңөұүһі", "агкноуухи")


class Word(NamedTuple):
    """A word or number of a text; `text` is as written, `start` and `end` are offsets in characters."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Return the words and numbers of `text` in order; `text[w.start:w.end] == w.text` for each."""
    return [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]


def written(text: str) -> list[str]:
    """Return the words and numbers of `text` in order, without offsets: in half the time that `words` takes."""
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
    """Return whether `word` carries no content in `language` (ISO 639-1); False in an unknown language."""
    return fold(word) in pack(language).words("words", "stop")


@lru_cache(maxsize=_CACHED_WORDS)
def stem(word: str, language: str) -> str:
    """Return the stem that the forms of `word` share: letters and digits only, comparable within a language.

    The language's pack names one of Snowball's stemmers (snowballstem.org) or lists suffixes to take off. A word
    in another script than its language's is stemmed as one of the first language of that script (Russian,
    English). Numbers lose the separators of their thousands.
    """
    if word[:1].isdigit():
        return "".join(c if c.isalnum() else "p" for c in _THOUSANDS.sub("", word).casefold())
    script = "cyrillic" if _is_cyrillic(word) else "latin"
    return _stemmer(language, script)(_POSSESSIVE.sub("", word.casefold()))


def stems(text: str, language: str) -> list[str]:
    """Return the stems of `text` in order, without stop words, as they are indexed and searched for."""
    return [found for word in written(text) if (found := _telling_stem(word, language))]


def all_stems(text: str, language: str) -> list[str]:
    """Return the stems of `text` in order, stop words among them."""
    return [found for word in written(text) if (found := stem(word, language))]


@lru_cache(maxsize=_CACHED_WORDS)
def _telling_stem(word: str, language: str) -> str:
    return "" if is_stopword(word, language) else stem(word, language)


def _is_cyrillic(word: str) -> bool:
    return not word.isascii() and any("\u0400" <= letter <= "\u052f" for letter in word)


def _letters(word: str) -> str:
    folded = fold(word)
    return folded if folded.isalnum() else "".join(c for c in folded if c.isalnum())


@cache
def _stemmer(language: str, script: str) -> Callable[[str], str]:
    """Return the stemmer of a language for words in a script: its own, or that of the script's first language."""
    ours = pack(language)
    if ours.script != script:
        return _stemmer(next(one.code for one in packs() if one.script == script), script)
    length = ours.get("pack", "stem_length")
    suffixes = ours.words("words", "suffixes")
    lengths = sorted({len(suffix) for suffix in suffixes}, reverse=True)
    if "stemmer" in ours.section("pack"):
        import Stemmer

        snowball = Stemmer.Stemmer(ours.get("pack", "stemmer"), maxCacheSize=0).stemWord  # `stem` caches
        accented = bool(ours.get("pack", "stem_accented"))

        def stemmed(word: str) -> str:
            if accented:
                return _letters(snowball(unicodedata.normalize("NFC", word)))
            return str(snowball(_letters(word)))[:length].translate(_AS_TYPED)

        return stemmed

    def shortened(word: str) -> str:
        left, before = _letters(word), ""
        while left != before:
            before = left
            cut = next((n for n in lengths if len(left) - n >= _STEM_LEAST and left[-n:] in suffixes), 0)
            left = left[:-cut] if cut else left
        return left[:length].translate(_AS_TYPED)

    return shortened

"""Keys of names by their sound in another language: wider than `name_key`, for ranking, not for verifying.

Of the names of a question that occur in an answering article in another language, .71 share a `name_key` with it and
.96 a key from here; by chance, in other articles, none and .002.
"""

import re
import unicodedata
from functools import lru_cache

from retrieval.language.days.calendar_words import MONTHS
from retrieval.language.names.names import CYRILLIC, LATIN, POSSESSIVE, lookup_key
from retrieval.language.packs import pack
from retrieval.language.words import is_stopword

_CACHED_WORDS = 100_000  # distinct (word, language) pairs kept, about 30 MB
_LEAST_LETTERS = 2  # of a name without its ending
_LEAST_CONSONANTS = 3  # from this many, a name is distinct without its vowels
_LEAST_MONTH = 4  # letters: shorter forms of a month are words too ("mar", "сен", "may")

# As in `name_key`, but that "s" stands for z, ts, sh and shch too; some spellings are of Spanish.
_MERGED = str.maketrans("cwz", "sss")
_CYRILLIC = {letter: sound.translate(_MERGED) for letter, sound in CYRILLIC.items()} | {"ё": "o"}
_LATIN = {
    **{spelling: sound.translate(_MERGED) for spelling, sound in LATIN.items() if spelling != "hn"},
    "que": "ke", "qui": "ki", "gue": "ge", "gui": "gi", "ć": "x", "z": "s",
}  # fmt: skip
_SPELLING = re.compile("|".join(sorted(_LATIN, key=len, reverse=True)))
_MARKED = frozenset("şšžčćçı")
_VOWEL = re.compile("[aeiou]")
_TWICE = re.compile(r"(.)\1+")
_U_BEFORE_VOWEL = re.compile("u(?=[aeio])")


@lru_cache(maxsize=_CACHED_WORDS)
def sound_keys(word: str, language: str) -> frozenset[str]:
    """Return the keys of a name; its spellings in two languages share at least one. A stop word has none.

    `word` is one word in Latin or Cyrillic letters, in any case, of a text in `language` (ISO 639-1).
    """
    if is_stopword(word, language):
        return frozenset()
    keys = {key for sounds in _sounds(word, language) for form in _forms(sounds, language) if (key := _key(form))}
    known = lookup_key(word)  # countries and cities
    return frozenset(keys | {f"={known}"} if known else keys)


def month(word: str, language: str) -> int:
    """Return the month that a word of a text in `language` (ISO 639-1) names, from 1; 0 for another word."""
    if len(word) < _LEAST_MONTH or (word[0].islower() and pack(language).get("calendar", "capital_months")):
        return 0  # to march is no month
    return MONTHS.get(word.casefold(), 0)


def _sounds(word: str, language: str) -> set[str]:
    """Return how a name may sound: in Spanish a j is a kh in names of its own and a zh in others', written with a y."""
    plain = unicodedata.normalize("NFC", POSSESSIVE.sub("", word.casefold()))
    latin = not any(letter in _CYRILLIC for letter in plain)
    if latin:
        bare = "".join(c if c in _MARKED else unicodedata.normalize("NFD", c)[0] for c in plain)
        first = _evened(_SPELLING.sub(lambda match: _LATIN[match[0]], bare))
    else:
        first = _evened("".join(_CYRILLIC.get(c, c) for c in plain.replace("дж", "ж")))
    found = {first}
    if latin and "j" in first:
        found.add(first.replace("j", "k"))
    if plain[0] in pack(language).get("names", "zh_initials", ""):
        found.add("j" + first[1:])
    if plain[0] == "h":
        found.add(first[1:])
    return found


def _evened(sounds: str) -> str:
    letters = "".join(letter for letter in sounds if "a" <= letter <= "z")
    return _U_BEFORE_VOWEL.sub("v", _TWICE.sub(r"\1", letters).replace("ie", "e").replace("io", "o"))


def _forms(sounds: str, language: str) -> list[str]:
    """Return a name with its ending and without each that it may have."""
    endings = (end for end in pack(language).words("names", "endings") if sounds.endswith(end))
    return [sounds, *(sounds[: -len(end)] for end in endings if len(sounds) - len(end) >= _LEAST_LETTERS)]


def _key(form: str) -> str:
    bare = form[:1] + _VOWEL.sub("", form[1:])
    consonants = len(bare) - bool(_VOWEL.match(bare))
    return bare if consonants >= _LEAST_CONSONANTS else f"~{form}" if len(form) >= _LEAST_LETTERS else ""

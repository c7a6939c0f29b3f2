"""Names across scripts and spellings: Токаев, Тоқаевтың, Toqaev and Tokayev share one key."""

import re
import unicodedata
from functools import cache, lru_cache

from retrieval.language.packs import LANGUAGES, locale_of
from retrieval.language.words import is_stopword, stem, words, written

_CACHED_NAMES = 100_000  # distinct words kept by each cache, 15 to 20 MB
_LEAST_DIGITS = 2  # shorter numbers are everywhere
_LEAST_LENGTH = 4  # letters: shorter words are too alike across languages
_LEAST_LEFT = 4  # letters that an ending must leave

# Letters of Russian and Kazakh by sound: "w" stands for sh and shch, "x" for ch, "c" for ts, "j" for zh.
CYRILLIC = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e", "ж": "j",
    "з": "z", "и": "i", "і": "i", "й": "i", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n",
    "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f",
    "х": "k", "һ": "k", "ц": "c", "ч": "x", "ш": "w", "щ": "w", "ъ": "", "ы": "i", "ь": "", "э": "e",
    "ю": "iu", "я": "ia", "є": "e", "ї": "i", "ґ": "g", "ў": "u",
}  # fmt: skip

# Spellings in Latin letters of the same sounds, longest first.
LATIN = {
    "shch": "w", "sch": "w", "dzh": "j", "tch": "x", "sh": "w", "zh": "j", "dj": "j", "ch": "x", "kh": "k",
    "gh": "g", "ph": "f", "th": "t", "ck": "k", "ts": "c", "tz": "c", "ou": "u", "oo": "u", "ee": "i",
    "hn": "n", "ce": "se", "ci": "si", "cy": "si", "ş": "w", "š": "w", "ž": "j", "č": "x", "ç": "x", "ı": "i",
    "c": "k", "q": "k", "x": "ks", "w": "v", "y": "i", "h": "k",
}  # fmt: skip

_LATIN_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")

# Endings of case in Russian and Kazakh, and bare vowels, by sound. They are taken off in every script
# alike, so that the keys agree: "Валентин" and "Valentin" both lose what looks like an ending.
_ENDINGS = frozenset(
    """
    dagi degi tagi tegi ami ben dan den din imi men nan nen nin ogo omu pen tan ten tin ak am da de
    di ei em ga ge ik im ka ke ni oi om ta te ti a e i o u
    """.split()
)
_LONGEST_ENDING = max(map(len, _ENDINGS))

_VOWELS = re.compile("[aeiou]")
_LEAST_CONSONANTS = 4  # with fewer, the vowels are kept in what names are looked up by
_SOUNDS = re.compile("|".join(sorted(LATIN, key=len, reverse=True)))
POSSESSIVE = re.compile(r"['’ʼ]s?$")


@lru_cache(maxsize=_CACHED_NAMES)
def name_key(word: str) -> str:
    """Return the key that the spellings of a name share, in ASCII letters; "" where `word` is too short.

    `word` is one word in Latin or Cyrillic letters, in any case; digits and marks are left out.
    """
    sounds = spelled(POSSESSIVE.sub("", word.casefold()))
    if len(sounds) < _LEAST_LENGTH:
        return ""
    while ending := _ending(sounds):
        sounds = sounds[:-ending]
    return _even(sounds)


def _ending(sounds: str) -> int:
    """Return the length of the longest ending that leaves enough of a word; 0 if there is none."""
    longest = min(_LONGEST_ENDING, len(sounds) - _LEAST_LEFT)
    return next((length for length in range(longest, 0, -1) if sounds[-length:] in _ENDINGS), 0)


@lru_cache(maxsize=_CACHED_NAMES)
def lookup_key(word: str) -> str:
    """Return a coarser key than `name_key`, to find by rather than to vouch by; "" where `word` is too short.

    Where enough consonants are left to tell names apart, vowels go: Пэнтерс finds Panthers. Countries and
    large cities share a key though their names differ: Россия, Ресей, Rusia, Russia.
    """
    key = _consonants(name_key(word))
    return _exonyms().get(key, key)


def _consonants(key: str) -> str:
    even = _even(key.replace("c", "s"))
    bare = even[:1] + _VOWELS.sub("", even[1:])
    return bare if len(bare) >= _LEAST_CONSONANTS else even


@cache
def _exonyms() -> dict[str, str]:
    """Map the key of a country or city in each language to the key of its English name (CLDR, by babel)."""
    locales = [locale for language in LANGUAGES if (locale := locale_of(language))]
    codes = (code for code in map(str, locales[0].territories) if code.isalpha())
    groups = [[str(locale.territories.get(code, "")) for locale in locales] for code in codes]
    for zone in dict.fromkeys(str(zone) for locale in locales for zone in locale.time_zones):
        own_name = zone.rpartition("/")[2].replace("_", " ")  # CLDR leaves out what English calls the same
        cities = [str(locale.time_zones.get(zone, {}).get("city", "")) for locale in locales]
        groups.append([cities[0] or own_name, *cities[1:]])
    same: dict[str, str] = {}
    for names in groups:
        keys = [key for name in names if name.isalpha() and (key := _consonants(name_key(name)))]
        for other in keys[1:]:
            if other != keys[0]:
                same.setdefault(other, keys[0])
    return same


def spelled(word: str) -> str:
    """Return a word, in small letters, by its sounds in ASCII letters."""
    if any(letter in CYRILLIC for letter in word):
        written = unicodedata.normalize("NFC", word).replace("дж", "ж")
        return "".join(CYRILLIC.get(letter, letter if letter in _LATIN_LETTERS else "") for letter in written)
    written = word
    if not word.isascii():
        letters = unicodedata.normalize("NFC", word)
        written = "".join(c if c in "şšžčç" else unicodedata.normalize("NFD", c)[0] for c in letters)
    sounds = _SOUNDS.sub(lambda match: LATIN[match[0]], written)
    return "".join(c for c in sounds if c in _LATIN_LETTERS)


def _even(sounds: str) -> str:
    """Even out what spellings differ in: glides before e, letters written twice."""
    return re.sub(r"(.)\1+", r"\1", sounds.replace("ie", "e").replace("io", "o"))


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


@lru_cache(maxsize=_CACHED_NAMES)
def _term(word: str, language: str, *, any_word: bool) -> str:
    if word[0].isdigit():
        number = stem(word, language)
        return number if len(number) >= _LEAST_DIGITS else ""
    if not (any_word or word[0].isupper()) or is_stopword(word, language):
        return ""
    return lookup_key(word)

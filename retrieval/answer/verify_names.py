"""Whether a name in a statement stands in its quotes, across scripts, spellings and languages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from retrieval.domain import LANGUAGES
from retrieval.language.names import name_key
from retrieval.language.words import Word, fold, is_stopword, stem, words

PLACE_STEM = 5  # letters of a country's name that its people and its adjective share: "Kazakh", "российский"
SHORTEST_PLACE_STEM = 4  # letters
SHORTEST_ALIKE = 4  # letters of a key
MOST_APART = 0.34  # of a key's letters
_SOFT = re.compile(r"\Ak(?=[aeiou])")  # "H" that Russian leaves out: Herrera, Эррера
_KIN = str.maketrans("zcbgui", "ssvkoe")  # Álvarez and Альварес, Нөкіс and Нукус
_SOUNDS = {
    "en": ((r"[Gg](?=[eiy])", "zh"), (r"[Jj]", "dzh")),
    "ru": ((r"(?:ин)?ск(?:ая|ой|ую|ий|ого|ому|им|ом|ие|их)$", ""),),
    "es": ((r"[Jj]|[Gg](?=[ei])", "kh"), (r"[Ll]l", "y"), (r"ñ", "n")),
}
"""How a language says letters that others say otherwise: Gerald is Жеральд, Vijor is Вихор."""
_CARRIER = "bork"  # put before names too short for a key ("Ош", "Osh"), to have one made

_DEMONYMS = {
    "RU": "russia росси ресей rus",
    "US": "america американ америка estadounid",
    "GB": "british britain британ британ britanic ingles",
    "FR": "french франц француз frances",
    "DE": "german немец неміс aleman",
    "ES": "spanish spaniard испан испан espanol",
    "CN": "chines китай қытай chin",
    "TR": "turk турец турк turc",
    "UA": "ukrain украин украин ucran",
    "KZ": "kazakh казах қазақ kazaj",
    "KG": "kyrgyz киргиз қырғыз kirgui",
    "BY": "belarus белору беларус bielorrus",
    "PE": "peruvian перуан перу peruan",
    "CL": "chilean чилийс чили chilen",
    "GR": "greek греч грек grieg",
    "PL": "polish польск поляк polac",
    "EG": "egypt егип мысыр egip",
    "LY": "liby ливи ливия libi",
    "IN": "indian индий үнді",
    "NL": "dutch голланд голланд holand",
}
"""Peoples and adjectives whose first letters are not their country's, as prefixes in any language."""


@cache
def _places(language: str) -> dict[str, frozenset[str]]:
    """Map the first word's stem of each country and large city to its codes, from the CLDR that Babel ships."""
    from babel import Locale

    locale = Locale(language)
    found: defaultdict[str, set[str]] = defaultdict(set)
    zones = locale.time_zones
    named = [(code, str(name)) for code, name in locale.territories.items() if code.isalpha()]
    named += [(zone, str(zones[zone].get("city", ""))) for zone in zones]
    named += [(str(zone), str(zone).rpartition("/")[2].replace("_", " ")) for zone in Locale("ru").time_zones]
    for code, name in named:
        for word in words(name):
            if len(word.text) >= SHORTEST_PLACE_STEM - (word.text != name) and not is_stopword(word.text, language):
                found[stem(word.text, language)].add(code)
    return {key: frozenset(codes) for key, codes in found.items()}


@cache
def _country_prefixes(language: str) -> tuple[tuple[str, str], ...]:
    from babel import Locale

    prefixes = {
        (fold(str(name))[:PLACE_STEM], code)
        for code, name in Locale(language).territories.items()
        if code.isalpha() and len(str(name)) >= SHORTEST_PLACE_STEM and " " not in str(name)
    }
    return tuple(sorted(prefixes))


@cache
def places(word: str, language: str) -> frozenset[str]:
    """Return the codes of the countries and large cities that a word names, or is the adjective of."""
    if language not in LANGUAGES:
        return frozenset()
    return _places(language).get(stem(word, language), frozenset()) | peoples(word, language)


@cache
def peoples(word: str, language: str) -> frozenset[str]:
    """Return the codes of the countries whose name, people or adjective a word begins as: "libio", "ливийский"."""
    plain = fold(word)
    adjective = {code for prefix, code in _country_prefixes(language) if plain.startswith(prefix)}
    return frozenset(adjective) | {
        code for code, forms in _DEMONYMS.items() if any(plain.startswith(fold(f)) for f in forms.split())
    }


@cache
def _keys(word: str, language: str) -> frozenset[str]:
    """Return the keys of a name as its letters sound in most languages, and as they may in its own."""
    spellings = {word, *(re.sub(wrote, sound, word) for wrote, sound in _SOUNDS.get(language, ()))}
    return frozenset(name_key(spelled) or name_key(_CARRIER + spelled) for spelled in spellings)


def borne_out(name: Word, language: str, heard: Iterable[Word], spoken: str) -> bool:
    """Say whether the name is among the words heard, in this spelling, another, or as their language has it.

    `language` is the name's, `spoken` that of the words.
    """
    codes = places(name.text, language)
    keys = _keys(name.text, language)
    root = stem(name.text, language)
    for word in heard:
        if fold(word.text) == fold(name.text) or stem(word.text, spoken) == root:
            return True
        if not word.text[0].isupper():
            continue
        others = _keys(word.text, spoken)
        if keys & others or codes & places(word.text, spoken):
            return True
        if spoken != language and any(_sounds_alike(one, other) for one in keys for other in others):
            return True
    return False


def _sounds_alike(one: str, other: str) -> bool:
    """Say whether two keys are one name as two languages spell it: Giorgi and Георгий, Herrera and Эррера.

    They must share their consonants in order, kin sounds taken as one, and differ in few letters besides.
    """
    if min(len(one), len(other)) < SHORTEST_ALIKE:
        return False
    one, other = sorted((_kin(one), _kin(other)), key=len)
    if (
        other.startswith(one) and len(other) - len(one) <= 1 and len(one) >= SHORTEST_ALIKE
    ):  # a letter taken for an ending: Ермека, Yermek
        return True
    if _consonants(one) != _consonants(other):
        return False
    return _distance(one, other) <= MOST_APART * max(len(one), len(other))


def _kin(key: str) -> str:
    return _SOFT.sub("", key.translate(_KIN))


def _consonants(key: str) -> str:
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeo]", "", key))


def _distance(one: str, other: str) -> int:
    """Return Levenshtein's edit distance."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        row, above = [i], row
        for j, right in enumerate(other, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
    return row[-1]

"""Whether a name in a statement stands in its quotes, across scripts, spellings and languages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from retrieval.language.names.names import name_key, name_sounds
from retrieval.language.packs import LANGUAGES
from retrieval.language.words import Word, fold, is_stopword, stem, words

PLACE_STEM = 5  # letters of a country's name that its people and its adjective share: "Kazakh", "российский"
SHORTEST_PLACE_STEM = 4  # letters
SHORTEST_SOUND = 2  # letters
SHORTEST_ACRONYM = 3  # letters
SHORTEST_ALIKE = 4  # letters of a key
MOST_APART = 0.34  # of a key's letters
_SOFT = re.compile(r"\Ak(?=[aeiou])")  # "H" that Russian leaves out: Herrera, Эррера
_KIN = str.maketrans("zcbgui", "ssvkoe")  # Álvarez and Альварес, Нөкіс and Нукус
_SOUNDS = {
    "en": (
        (r"[Gg](?=[eiy])", "zh"),
        (r"[Jj]", "dzh"),
        (r"a(?=[cklmnv]e$)", "ei"),
        (r"c$", "ch"),
        (r"ng$", "n"),
        (r"h$", ""),
        (r"^W", "U"),
        (r"^V(?=o)", "F"),
        (r"^J(?=[aou])", "kh"),
        (r"(?<=[^aeiouq])u(?=[^aeiou]{2}|[^aeiou]$)", "a"),
    ),
    "kk": ((r"ш", "ч"), (r"Ш", "ч")),
    "ru": ((r"(?:ин)?ск(?:ая|ой|ую|ий|ого|ому|им|ом|ие|их)$", ""),),
    "es": (
        (r"[Jj]|[Gg](?=[ei])", "kh"),
        (r"[Ll]l", "y"),
        (r"[Ll]l(?=[aeou])", "li"),
        (r"c$", "ch"),
        (r"ng$", "n"),
        (r"ñ", "n"),
    ),
}
"""How a language says letters that others say otherwise: Gerald is Жеральд, Vijor is Вихор."""
_CASE = re.compile(
    r"(?<=\w{2})(?:a|e|o|i|u|y|ы|а|у|ы|е|ом|ой|ою|и|ю|я|ей|ем|ға|ге|ның|нің|тың|тің|дың|дің|ты|ті|ды|ді|ны|ні)$"
)
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
def _whole_names(language: str) -> dict[str, tuple[frozenset[str], ...]]:
    """Map each code of `_places` to the stems of the words that make up its names."""
    found: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for code, name in _named(language):
        stems = frozenset(
            stem(w.text, language) for w in words(name.partition("(")[0]) if not is_stopword(w.text, language)
        )
        if stems:
            found[code].append(stems)
    return {code: tuple(names) for code, names in found.items()}


@cache
def _places(language: str) -> dict[str, frozenset[str]]:
    """Map the stem of each word in the names of countries and large cities to their codes."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, name in _named(language):
        for word in words(name):
            if len(word.text) >= SHORTEST_PLACE_STEM - (word.text != name) and not is_stopword(word.text, language):
                found[stem(word.text, language)].add(code)
    return {key: frozenset(codes) for key, codes in found.items()}


@cache
def _named(language: str) -> tuple[tuple[str, str], ...]:
    """Return the codes and names of countries and large cities, from the CLDR that Babel ships."""
    from babel import Locale

    locale = Locale(language)
    zones = locale.time_zones
    named = [(code, str(name)) for code, name in locale.territories.items() if code.isalpha()]
    named += [(zone, str(zones[zone].get("city", ""))) for zone in zones]
    named += [(str(zone), str(zone).rpartition("/")[2].replace("_", " ")) for zone in Locale("ru").time_zones]
    return tuple(named)


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
    keys = {name_key(spelled) or name_key(_CARRIER + spelled) for spelled in spellings}
    bare = {name_sounds(form) for spelled in spellings for form in (spelled, _CASE.sub("", spelled))}
    return frozenset(keys | {sounds for sounds in bare if len(sounds) >= SHORTEST_SOUND})


def borne_out(name: Word, language: str, heard: Iterable[Word], spoken: str) -> bool:
    """Say whether the name is among the words heard, in this spelling, another, or as their language has it.

    `language` is the name's, `spoken` that of the words.
    """
    heard = list(heard)
    codes = places(name.text, language)
    keys = _keys(name.text, language)
    root = stem(name.text, language)
    for word in heard:
        if fold(word.text) == fold(name.text) or stem(word.text, spoken) == root:
            return True
        if not word.text[0].isupper():
            continue
        if _is_acronym(name, heard):
            return True
        others = _keys(word.text, spoken)
        if keys & others or any(_is_whole(code, word, heard, spoken) for code in codes & places(word.text, spoken)):
            return True
        if spoken != language and any(_sounds_alike(one, other) for one in keys for other in others):
            return True
    return False


def _is_whole(code: str, word: Word, heard: list[Word], language: str) -> bool:
    """Say whether the place is heard by its whole name ("Sudan" is not South Sudan) or by its people."""
    if code in peoples(word.text, language) and code not in _places(language).get(stem(word.text, language), ()):
        return True
    stems = {stem(w.text, language) for w in heard}
    return any(name <= stems for name in _whole_names(language).get(code, ()))


def _is_acronym(name: Word, heard: list[Word]) -> bool:
    """Say whether the name is made of the first letters of words heard one after the other: RSF."""
    if not name.text.isupper() or len(name.text) < SHORTEST_ACRONYM:
        return False
    capitals = "".join(w.text[0] if w.text[0].isupper() else " " for w in heard)
    return name.text in capitals


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

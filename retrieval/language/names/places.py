"""The countries and large cities that a word names, by their codes in the CLDR."""

from collections import defaultdict
from functools import cache, lru_cache

from retrieval.language.packs import LANGUAGES, locale_of, pack, packs
from retrieval.language.words import fold, is_stopword, stem, words

PLACE_STEM = 5  # letters of a country's name that its people and its adjective share: "Kazakh", "российский"
SHORTEST_PLACE_STEM = 4  # letters
COUNTRY_CODE = 2  # letters of a country's code in the CLDR
COUNTRIES_KEPT = 256  # names whose code is kept: every sentence of a library is compared with the same topic


@cache
def _peoples() -> dict[str, tuple[str, ...]]:
    """Map the code of a country to the first letters, folded, of its people and adjective where its name differs."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in packs():
        for code, forms in one.get("names", "peoples", {}).items():
            found[code] += map(fold, forms.split())
    return {code: tuple(forms) for code, forms in found.items()}


@cache
def _places(language: str) -> dict[str, frozenset[str]]:
    """Map the stem of each word in the names of countries and large cities to their codes."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, name in named_places(language):
        for word in words(name):
            if len(word.text) >= SHORTEST_PLACE_STEM - (word.text != name) and not is_stopword(word.text, language):
                found[stem(word.text, language)].add(code)
    return {key: frozenset(codes) for key, codes in found.items()}


@cache
def named_places(language: str) -> tuple[tuple[str, str], ...]:
    """Return the codes and names of countries and large cities, from the CLDR that Babel ships."""
    locale = locale_of(language)
    if locale is None:
        return ()
    zones = locale.time_zones
    named = [(code, str(name)) for code, name in locale.territories.items() if code.isalpha()]
    named += [(zone, str(zones[zone].get("city", ""))) for zone in zones]
    for zone in {str(zone): 0 for one in map(locale_of, LANGUAGES) if one for zone in one.time_zones}:
        named.append((zone, zone.rpartition("/")[2].replace("_", " ")))  # CLDR leaves out what English calls the same
    return tuple(named)


def former_places(language: str) -> list[tuple[str, str]]:
    """Return the codes of large cities and names that texts still use beside those of the CLDR: "Alma-Ata"."""
    former = pack(language).get("names", "former", {})
    return [(code, name) for code, names in former.items() for name in names]


@cache
def _base_names(language: str) -> dict[str, str]:
    """Map the stem of each name of one word to the name; a stem that several names have is left out."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for _, name in (*named_places(language), *former_places(language)):
        if name and " " not in name:
            found[stem(name, language)].add(name)
    return {key: names.pop() for key, names in found.items() if len(names) == 1}


def known_place(word: str, language: str) -> str | None:
    """Return the base form of the country or large city that a word names: "Алма-Ата" for "Алма-Аты"; else None."""
    return _base_names(language).get(stem(word, language))


@cache
def _country_stems() -> dict[tuple[str, ...], str]:
    """Map the stems of the words of each country's name, in each language, to its code."""
    return {
        tuple(stem(word.text, language) for word in words(name)): code
        for language in LANGUAGES
        for code, name in named_places(language)
        if len(code) == COUNTRY_CODE and name
    }


@lru_cache(maxsize=COUNTRIES_KEPT)
def country_code(name: str) -> str | None:
    """Return the code of the country that a name is, in any language and case; None for any other name."""
    written = [word.text for word in words(name)]
    stems = (tuple(stem(word, language) for word in written) for language in LANGUAGES)
    return next((code for one in stems if (code := _country_stems().get(one))), None)


def countries_of(word: str, language: str) -> frozenset[str]:
    """Return the codes of the countries that a word names, is the people or adjective of, or names a large city of."""
    from babel.core import get_global

    territories = get_global("zone_territories")
    return frozenset(str(territories.get(code, code)) for code in places(word, language))


@cache
def _country_prefixes(language: str) -> tuple[tuple[str, str], ...]:
    locale = locale_of(language)
    prefixes = {
        (fold(str(name))[:PLACE_STEM], code)
        for code, name in (locale.territories.items() if locale else ())
        if code.isalpha() and len(str(name)) >= SHORTEST_PLACE_STEM and " " not in str(name)
    }
    return tuple(sorted(prefixes))


@cache
def places(word: str, language: str) -> frozenset[str]:
    """Return the codes of the countries and large cities that a word names, or is the people or adjective of.

    "Libia" is one, as are "libio" and "ливийский".
    """
    if language not in LANGUAGES:
        return frozenset()
    plain = fold(word)
    adjective = {code for prefix, code in _country_prefixes(language) if plain.startswith(prefix)}
    people = {code for code, forms in _peoples().items() if plain.startswith(forms)}
    return _places(language).get(stem(word, language), frozenset()) | adjective | people

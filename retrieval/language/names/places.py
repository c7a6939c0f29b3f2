"""Which countries and large cities a word names, by their codes in the CLDR."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from retrieval.language.packs import LANGUAGES
from retrieval.language.words import fold, is_stopword, stem, words

PLACE_STEM = 5  # letters of a country's name that its people and its adjective share: "Kazakh", "российский"
SHORTEST_PLACE_STEM = 4  # letters

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

"""Keys under which speakers and places of different languages and spellings meet."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from retrieval.language.names.names import lookup_key, name_key, spelled
from retrieval.language.names.places import former_places, named_places
from retrieval.language.packs import LANGUAGES, pack
from retrieval.language.words import fold

CACHED = 20_000  # names of which keys are kept, each
COUNTRY_STEM = 5  # letters of a country's key that its cases share


@lru_cache(maxsize=CACHED)
def speaker_key(speaker: str | None) -> str | None:
    """Return the key that the names of one speaker share across languages, or None for nobody in particular.

    >>> speaker_key("МВД") == speaker_key("the Interior Ministry"), speaker_key("the ministry")
    (True, None)
    """
    if not speaker:
        return None
    words = _long_words(speaker)
    if words and all(_ministry().match(word) for word in words):
        return None
    office = next((name for name, pattern in _offices() if pattern.search(speaker)), None)
    if office is not None:
        return office
    names = [name_key(word) for word in re.findall(r"[\w’'-]+", speaker) if word[0].isupper()]
    known = [name for name in names if name]
    return known[-1] if known else speaker.casefold()


def office_of(speaker: str) -> str | None:
    """Return the key of the office that a speaker is and nothing more: none of its spokesmen, no other country's.

    >>> office_of("МВД"), office_of("Interior Ministry spokesman Ivan Petrov")
    ('interior ministry', None)
    """
    for name, pattern in _offices():
        if match := pattern.search(speaker):
            rest = f"{speaker[: match.start()]} {speaker[match.end() :]}"
            named = (word[0].isupper() and not _ministry().match(word) for word in _long_words(rest))
            return name if not any(named) else None
    return None


SHORT_WORD = 3  # letters: articles, and the ends of words that a pattern does not cover


def _long_words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text) if len(word) > SHORT_WORD]


@cache
def _ministry() -> re.Pattern[str]:
    return re.compile(_offices_file()["words"]["ministry"], re.IGNORECASE)


@cache
def _offices() -> tuple[tuple[str, re.Pattern[str]], ...]:
    offices = _offices_file()["offices"]
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in offices.items())


@cache
def _offices_file() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("offices.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=CACHED)
def place_key(place: str | None) -> str | None:
    """Return the key that the names of a place share across languages and spellings, or None for no place.

    >>> place_key("Алматы") == place_key("Almaty"), place_key("Lima") == place_key("Almaty")
    (True, False)
    """
    if not place:
        return None
    if (code := _codes().get(fold(place))) is not None:
        return code
    words = re.findall(r"\w+", re.sub(r"(?<=\w)[-‑](?=\w)", "", place))
    return (
        "".join(lookup_key(word) or spelled(word.casefold()) or word.casefold() for word in words) or place.casefold()
    )


def place_name(place: str, language: str, spellings: Iterable[tuple[str, str]] = ()) -> str:
    """Return what a place is called in a language.

    A country or large city by its name there; any other as texts in that language spell it (`spellings`: pairs of a
    language and a name), else as texts in the same script do, else as it is written.
    """
    code = _codes().get(fold(place))
    if code and (known := _names(language).get(code)):
        return known
    spelt = dict(spellings)
    script = pack(language).script
    alike = (name for other, name in spelt.items() if pack(other).script == script)
    return spelt.get(language) or next(alike, place)


@cache
def _codes() -> dict[str, str]:
    """Map the names of countries and large cities in any language to their codes; of two of a name, to the first."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in (*named_places(language), *former_places(language)):
            if name:
                found.setdefault(fold(name), code)
    return found


@cache
def _names(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, name in named_places(language):
        if name:
            found.setdefault(code, name)
    return found


def sole_country(places: Iterable[str | None]) -> str | None:
    """Return the key of the one country that `places` name, or None where they name none or several.

    Where all news is of one country, "26 killed" and "26 killed in Chile" speak of the same.
    """
    countries = {key for place in places if place and (key := place_key(place)) and is_country(place)}
    return countries.pop() if len(countries) == 1 else None


def is_country(place: str) -> bool:
    """Return whether a place's name, in whatever language and case, is that of a country."""
    key = name_key(place.rsplit(maxsplit=1)[-1])
    return len(key) >= COUNTRY_STEM and key[:COUNTRY_STEM] in _countries()


@cache
def _countries() -> frozenset[str]:
    from babel import Locale

    names = (
        name
        for language in LANGUAGES
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code.isalpha()
    )
    keys = (name_key(name) for name in names if " " not in name)
    return frozenset(key[:COUNTRY_STEM] for key in keys if len(key) >= COUNTRY_STEM)

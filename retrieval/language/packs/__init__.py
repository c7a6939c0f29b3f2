"""One folder a language: what the package knows of a language is data, read when it is first asked for.

`LANGUAGES` is the folders present. A folder contains TOML files, one a section, and `pack.toml` with the script
of the language, its stemmer and its place in lists; a section or key that is missing is empty. `README.md` beside
this file lists the sections.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel import Locale

FOLDER = Path(__file__).parent
NOTHING = "(?!)"
"""A regular expression that matches nowhere."""
_LAST = 1_000  # the place of a pack that names none


@dataclass(frozen=True, slots=True)
class Pack:
    """The data of one language; of a language without a folder, nothing."""

    code: str  # ISO 639-1
    folder: Path | None = None

    def section(self, name: str) -> Mapping[str, Any]:
        """Return the contents of the file `name`.toml; an empty mapping if there is no such file."""
        return _read(self.folder / f"{name}.toml") if self.folder else {}

    def get(self, section: str, key: str, default: Any = None) -> Any:
        """Return a value of a section: text, number, list or table; `default` if the key is missing."""
        return self.section(section).get(key, default)

    def words(self, section: str, key: str) -> frozenset[str]:
        """Return a list of words, written as a list or as one text."""
        return _words(self, section, key)

    def regex(self, section: str, key: str) -> str:
        """Return the alternatives of a regular expression, joined; `NOTHING` if the key is missing."""
        written = self.get(section, key, "")
        return (written if isinstance(written, str) else "|".join(written)) or NOTHING

    @property
    def script(self) -> str:
        """The letters that the language is written in: "latin", "cyrillic" ...; "" if not known."""
        return str(self.get("pack", "script", ""))


@cache
def _words(pack: Pack, section: str, key: str) -> frozenset[str]:
    written = pack.get(section, key, "")
    return frozenset(written.split() if isinstance(written, str) else written)


def any_of(phrases: Iterable[str]) -> str:
    """Return a regular expression of any of some phrases, themselves regular expressions, the longest first."""
    ordered = sorted(phrases, key=len, reverse=True)
    return "(?:" + "|".join(phrase.replace(" ", r"\s+") for phrase in ordered) + ")" if ordered else NOTHING


@cache
def _read(file: Path) -> Mapping[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def packs_in(folder: Path) -> dict[str, Pack]:
    """Return the packs of a folder by their codes, in the order that each `pack.toml` asks for, then by code."""
    found = [Pack(file.parent.name, file.parent) for file in folder.glob("*/pack.toml")]
    return {pack.code: pack for pack in sorted(found, key=lambda p: (p.get("pack", "order", _LAST), p.code))}


_PACKS = packs_in(FOLDER)

LANGUAGES = tuple(_PACKS)
"""The ISO 639-1 codes of the languages that have a folder."""

FULL_LANGUAGES = tuple(code for code in _PACKS if (FOLDER / code / "figures.toml").exists())
"""The languages whose news is read for figures; the others are read-only: understood, quoted and answered in."""


def pack(code: str) -> Pack:
    """Return the data of a language; those of a language without a folder are empty."""
    return _PACKS.get(code) or Pack(code)


def packs() -> Iterator[Pack]:
    """Yield every pack, in the order of `LANGUAGES`."""
    yield from _PACKS.values()


def or_first(code: str, section: str) -> Mapping[str, Any]:
    """Return a section of a language, or that of the first language if it has none of its own."""
    return pack(code).section(section) or _PACKS[LANGUAGES[0]].section(section)


@cache
def all_words(section: str, key: str) -> frozenset[str]:
    """Return the words of a list in every language."""
    return frozenset().union(*(one.words(section, key) for one in packs()))


@cache
def any_regex(section: str, key: str) -> str:
    """Return the alternatives of a regular expression in every language, joined."""
    found = [regex for one in packs() if (regex := one.regex(section, key)) != NOTHING]
    return "|".join(found) or NOTHING


@cache
def pattern(code: str, section: str, key: str, around: str = r"(?<!\w)(?:{})(?!\w)") -> re.Pattern[str]:
    """Return a compiled regular expression of a language, any case; by default whole words."""
    return re.compile(around.replace("{}", pack(code).regex(section, key)), re.IGNORECASE)


@cache
def locale_of(code: str) -> Locale | None:
    """Return the CLDR data of a language, as Babel ships them; None for a language that Babel does not know."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale(code)
    except (UnknownLocaleError, ValueError):
        return None

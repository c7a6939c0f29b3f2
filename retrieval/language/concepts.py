"""The concepts that a text mentions, which languages share: police, полиция, полицей and policía are one."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.language.packs import packs
from retrieval.language.text import Characters
from retrieval.language.words import fold

TOPIC = "topic"
"""A kind of concepts that questions ask about; a mention of one hides no shorter mention of another kind."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a text that mention concepts; they may stand for several ("akim": mayor or governor)."""

    kind: str
    names: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Concept:
    kind: str
    name: str
    forms: dict[str, tuple[str, ...]]

    def is_acronym(self, written: str) -> bool:
        """Return whether the word is an acronym of the concept, which in small letters is another word: WHO, ВОЗ."""
        return written.isalpha() and any(written.upper() == form for forms in self.forms.values() for form in forms)


@cache
def _concepts() -> tuple[_Concept, ...]:
    found: dict[tuple[str, str], _Concept] = {}
    for one in packs():
        for kind, listed in one.section("concepts").items():
            for name, forms in listed.items():
                concept = found.setdefault((kind, name), _Concept(kind, name, {}))
                concept.forms[one.code] = tuple(forms.split(","))
    return tuple(found.values())


@cache
def _broader() -> dict[str, list[str]]:
    """Map a concept to the broader ones: a text that mentions police mentions officials too."""
    return tomllib.loads(files(__package__).joinpath("broader.toml").read_text(encoding="utf-8"))


def _any_form(forms: Iterable[str]) -> str:
    """Return the pattern of any of some forms, the longest first; the beginning of a word is matched once for all."""

    def pattern_of(form: str) -> str:
        return r"\s+".join(re.escape(fold(part)).replace(r"\*", r"\w*") for part in form.strip().split(" "))

    written = {form: pattern_of(form) for form in sorted(forms, key=len, reverse=True)}
    words = "|".join(pattern for form, pattern in written.items() if form[0] not in _SIGNS)
    signs = [pattern for form, pattern in written.items() if form[0] in _SIGNS]
    return "|".join([*signs, rf"\b(?:{words})(?!\w)"] if words else signs)


_SIGNS = "%$€₽₸£"
"""Signs of units, which are no words."""


@cache
def _pattern_at(place: int, language: str) -> re.Pattern[str]:
    """Return the pattern of one of `_concepts`: few of them may occur in a text, and to compile all takes long."""
    return re.compile(_any_form(_spoken(_concepts()[place], language)))


def _spoken(concept: _Concept, language: str) -> tuple[str, ...]:
    """Return the forms of a concept in a language; those of all languages if it has none there."""
    return concept.forms.get(language) or tuple(f for forms in concept.forms.values() for f in forms)


_FOLDS = Characters(lambda character: one if len(one := fold(character)) == 1 else character)


def folded(text: str) -> str:
    """Fold a text letter by letter, so that offsets stay."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


_OPENING = 4
"""Letters by which the forms that may begin at a word are looked up."""
_WORD = re.compile(r"\w+")


@cache
def _openings(language: str) -> dict[str, frozenset[int]]:
    """Map the first letters of each form to the places in `_concepts` that they may lead to."""
    found: dict[str, set[int]] = {}
    for place, concept in enumerate(_concepts()):
        for form in _spoken(concept, language):
            found.setdefault(_opening(form), set()).add(place)
    return {opening: frozenset(places) for opening, places in found.items()}


def _opening(form: str) -> str:
    """Return the first letters of a form; "" if it begins with no word."""
    word = _WORD.match(fold(form.strip().split(" ")[0]))
    return word[0][:_OPENING] if word else ""


def _spoken_of(plain: str, language: str) -> list[int]:
    """Return the places in `_concepts` whose forms may occur: to try them all takes ten times as long."""
    places = _openings(language)
    words = {word[:_OPENING] for word in _WORD.findall(plain)}
    beginnings = words.union({""}, *({word[:length] for word in words} for length in range(1, _OPENING)))
    return sorted(frozenset().union(*(places[one] for one in beginnings if one in places)))


def mentions(text: str, language: str) -> list[Mention]:
    """Return the concepts that a text mentions, in order; of overlapping ones the longest."""
    plain = folded(text)
    found: dict[tuple[int, int], list[_Concept]] = {}
    for place in _spoken_of(plain, language):
        concept = _concepts()[place]
        for match in _pattern_at(place, language).finditer(plain):
            written = text[match.start() : match.end()]
            if written.isupper() or not concept.is_acronym(written):
                found.setdefault(match.span(), []).append(concept)
    binding = [span for span, concepts in found.items() if any(c.kind != TOPIC for c in concepts)]
    return [
        Mention(kind, frozenset(c.name for c in concepts if c.kind == kind), start, end)
        for (start, end), concepts in sorted(found.items())
        if not any(s <= start and end <= e and (s, e) != (start, end) for s, e in binding)
        for kind in dict.fromkeys(c.kind for c in concepts)
    ]


@cache
def _pattern(name: str, language: str) -> re.Pattern[str]:
    """Return a pattern of the forms in a language of a concept and of narrower ones."""
    under = {name, *(narrower for narrower, broader in _broader().items() if name in broader)}
    return re.compile(_any_form(form for c in _concepts() if c.name in under for form in _spoken(c, language)))


def load(language: str) -> None:
    """Compile the patterns of every concept in a language, else compiled on first use."""
    mentions("", language)
    for place, concept in enumerate(_concepts()):
        _pattern_at(place, language)
        _pattern(concept.name, language)


def speaks_of(names: frozenset[str], folded_text: str, language: str) -> bool:
    """Return whether a text that `folded` returned mentions any of the concepts; cheaper than all its mentions."""
    return any(_pattern(name, language).search(folded_text) for name in names)

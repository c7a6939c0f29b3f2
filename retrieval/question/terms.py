"""The words of a question that an answer should contain, each with its meanings and its rarity."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.language.concepts import TOPIC, mentions
from retrieval.language.days.calendar_words import DAY, MONTH, MONTHS, month_pattern
from retrieval.language.doc import Text
from retrieval.language.names.names import name_key
from retrieval.language.names.sounds import month, sound_keys
from retrieval.language.words import is_stopword, stem

MEANT = frozenset({"unit", "role", "body", "act", "thing"})
"""Kinds of concepts that a text must mention to answer."""

UNKNOWN_RARITY = 8.0
"""Rarity of a stem in no list: -log of the share of passages that contain it, about 1 in 3,000."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question that an answer should contain."""

    stem: str
    key: str  # shared by the spellings of a name; "" where it is no name
    rarity: float  # -log of the share of passages in the question's language that contain the stem
    is_name: bool
    is_number: bool
    concepts: frozenset[str]  # its listed meanings, the same in every language
    topics: frozenset[str] = frozenset()  # its broader meanings, compared only between languages
    sounds: frozenset[str] = frozenset()  # sound keys; spellings of a name in other languages share one of them
    month: int = 0  # from 1; 0 where it is none


@cache
def _rarities() -> dict[str, dict[str, float]]:
    return dict(json.loads(files("retrieval.question").joinpath("rarity.json").read_text(encoding="utf-8")))


def is_common(stem_: str, language: str) -> bool:
    """Return whether a stem is listed; an unlisted word with a capital that opens a question may be a name."""
    return stem_ in _rarities().get(language, {})


def lists(language: str) -> bool:
    """Return whether there is a list of the stems of a language."""
    return language in _rarities()


def terms_of(question: Text) -> tuple[Term, ...]:
    """Return the terms of a question: its words without stop words, in order."""
    text, language = question.text, question.language
    mentioned, listed = mentions(text, language), _rarities().get(language, {})
    terms = []
    for word in question.words:
        if is_stopword(word.text, language):
            continue
        capital = word.text[0].isupper() and not text.isupper()
        stem_ = stem(word.text, language)
        here = [m for m in mentioned if m.start < word.end and word.start < m.end]
        meant = [m.names for m in here if m.kind in MEANT]
        topics = [m.names for m in here if m.kind == TOPIC]
        terms.append(
            Term(
                stem=stem_,
                key=name_key(word.text) if capital else "",
                rarity=listed.get(stem_, UNKNOWN_RARITY),
                is_name=capital and (word.start > 1 or (not meant and stem_ not in listed)),
                is_number=word.text[0].isdigit(),
                concepts=frozenset().union(*meant),
                topics=frozenset().union(*topics),
                sounds=sound_keys(word.text, language) if capital else frozenset(),
                month=month(word.text, language),
            )
        )
    return tuple(terms)


DAY_OF_MONTH = rf"\b({DAY})(?:-?(?:st|nd|rd|th|го|е|ші|шы))?\s+(?:de\s+|of\s+)?({MONTH})|\b({MONTH})\s+({DAY})\b(?!:)"
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def days_in(text: str) -> tuple[tuple[int, int], ...]:
    """Return the days that `text` names, as month and day of month, in order."""
    if not any(letter.isdigit() for letter in text):
        return ()  # the pattern is slow, and most sentences have no digit
    named = ((match[2] or match[3], match[1] or match[4]) for match in month_pattern(DAY_OF_MONTH).finditer(text))
    return tuple((month, int(day)) for word, day in named if (month := MONTHS.get(word.casefold())))


def years_in(text: str) -> tuple[int, ...]:
    """Return the years (1500 to 2099) that `text` names, in order."""
    return tuple(int(year) for year in YEAR.findall(text))

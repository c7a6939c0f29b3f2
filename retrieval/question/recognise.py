"""The language that a question is in, or none of ours; one typed in Latin letters is spelled in its own."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from retrieval.language.concepts import mentions
from retrieval.language.detect import detect, transliterated
from retrieval.language.packs import LANGUAGES, pack
from retrieval.language.words import is_stopword, stem
from retrieval.question.terms import is_common, lists

FEW_WORDS = 19
"""Words from the start that decide where the whole is detected as no language: a list of names is of none."""

LEAST_PLAIN = 3
"""Words that are no names, below which a question is in the language that its letters fit."""

LEAST_STRANGE = 4
"""Words that are no names, none of them known, from which on a question is in an unknown language."""

FOREIGN_WEIGHT = 2
"""Known words that a common word of another language outweighs."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
_GLIDE = re.compile(r"(?<=[aeiou])y(?![aeiou])|(?<=[iy])y\b")


def question_language(text: str, fallback: str) -> str | None:
    """Return the language of a question, one of LANGUAGES; `fallback` where it has no letters.

    None where its letters or its words are of no language known here.
    """
    tokens = _WORD.findall(text)
    detected = detect(text, default=fallback)
    if detected not in LANGUAGES:
        detected = detect(" ".join(re.findall(r"[^\W\d_]+", text)[:FEW_WORDS]), default=fallback)
    if detected not in LANGUAGES:
        return None
    plain = [token for number, token in enumerate(tokens) if number == 0 or not token[0].isupper() or text.isupper()]
    if len(plain) < LEAST_PLAIN or not lists(detected) or transliterated(text):
        return detected
    known = max(_known(plain, language) for language in LANGUAGES if lists(language))
    foreign = sum(token.casefold() in _foreign_words() and not is_stopword(token, detected) for token in plain)
    if foreign:
        return detected if known > FOREIGN_WEIGHT * foreign else None
    return detected if known or len(plain) < LEAST_STRANGE else None


@cache
def _foreign_words() -> frozenset[str]:
    """Return common words of languages without a pack."""
    listed = tomllib.loads(files("retrieval.question").joinpath("other_languages.toml").read_text(encoding="utf-8"))
    return frozenset(word for language, found in listed.items() if language not in LANGUAGES for word in found.split())


def _known(tokens: Sequence[str], language: str) -> int:
    """Return how many words are common in a language or used in news."""
    text = " ".join(tokens)
    listed = mentions(text, language)
    known, start = 0, 0
    for token in tokens:
        end = start + len(token)
        known += (
            is_stopword(token, language)
            or is_common(stem(token, language), language)
            or any(mention.start < end and start < mention.end for mention in listed)
        )
        start = end + 1
    return known


def in_own_letters(text: str, language: str) -> str:
    """Return `text` with its words in Latin letters spelled as in `language`; the rest stays as it is."""
    whole, spellings = pack(language).get("latin", "whole", {}), pack(language).get("latin", "spellings", {})
    letters = re.compile("|".join(sorted(spellings, key=len, reverse=True)) or r"(?!)")

    def spelled(match: re.Match[str]) -> str:
        lower = match[0].lower()
        own = whole.get(lower) or letters.sub(lambda found: spellings[found[0]], _GLIDE.sub("й", lower))
        return str(own.capitalize() if match[0][0].isupper() else own)

    return _LATIN_WORD.sub(spelled, text)

"""A language typed in Latin letters ("skolko chelovek pogiblo"), back in its own."""

import re
from functools import cache

from retrieval.language.packs import pack

_GLIDE = re.compile(r"(?<=[aeiou])y(?![aeiou])|(?<=[iy])y\b")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")


def in_own_letters(text: str, language: str) -> str:
    """Return `text` with its words in Latin letters spelled as in `language`; the rest stays as it is."""
    return _WORD.sub(lambda match: _word(match[0], language), text)


def _word(written: str, language: str) -> str:
    lower = written.lower()
    whole, spellings = pack(language).get("latin", "whole", {}), pack(language).get("latin", "spellings", {})
    spelled = whole.get(lower) or _letters(language).sub(lambda match: spellings[match[0]], _GLIDE.sub("й", lower))
    return spelled.capitalize() if written[0].isupper() else spelled


@cache
def _letters(language: str) -> re.Pattern[str]:
    spellings = sorted(pack(language).get("latin", "spellings", {}), key=len, reverse=True)
    return re.compile("|".join(spellings) or r"(?!)")

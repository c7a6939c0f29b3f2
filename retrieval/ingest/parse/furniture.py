"""Lines of news pages that belong to no article, recognised by the phrases of every language pack."""

from __future__ import annotations

import re

from retrieval.language.packs import any_regex

LONGEST_FURNITURE = 250  # characters; longer lines are prose, whatever they begin with

_POINTER = re.compile(
    rf"(?:[-–—•*►▶>\[(]\s*)?(?:{any_regex('pages', 'pointers')})\s*(?::|[]).…>»]*$|[-–—|] )", re.IGNORECASE
)
_WHOLE = re.compile(rf"(?:{any_regex('pages', 'whole')}|[\W_]+)", re.IGNORECASE)
_BEGINNING = re.compile(rf"[\W_]*(?:{any_regex('pages', 'beginnings')})", re.IGNORECASE)
_SHARED = re.compile(r"\bcontributed to this (?:report|story|article)\.?$", re.IGNORECASE)


def is_furniture(line: str) -> bool:
    """Return whether a line of a page is a pointer, a button, a notice or a call to subscribe, not prose."""
    line = line.strip()
    if len(line) > LONGEST_FURNITURE:
        return False
    return bool(_WHOLE.fullmatch(line) or _POINTER.match(line) or _BEGINNING.match(line) or _SHARED.search(line))

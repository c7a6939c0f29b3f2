"""Names of months and weekdays as the news writes them, in the languages of the packs."""

import re
from collections.abc import Iterable
from functools import cache

from retrieval.language.packs import packs


def _numbered(key: str) -> dict[str, int]:
    """Return every form, inflected ones included -> its place in the list of its pack, from 0."""
    forms: dict[str, int] = {}
    for pack in packs():
        endings = pack.words("calendar", "endings")
        for number, written in enumerate(pack.get("calendar", key, ())):
            for form in written.split():
                forms[form.rstrip("*")] = number
                if form.endswith("*"):
                    forms.update({form[:-1] + ending: number for ending in endings})
    return forms


MONTHS = {form: number + 1 for form, number in _numbered("months").items()}
"""Lower-case form of a month's name -> 1–12."""

WEEKDAYS = _numbered("weekdays")
"""Lower-case form of a weekday's name -> 0 (Monday) to 6 (Sunday), as `date.weekday()` counts."""


def any_name(names: Iterable[str]) -> str:
    """Return a regular expression of any of some names, whole to their end; their first letters are tried first.

    Twenty letters are sooner tried at each place than three hundred names.
    """
    begun: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        begun.setdefault(name[0], []).append(name[1:])
    return "(?:" + "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in begun.items()) + r")(?!\w)"


MONTH = any_name(MONTHS)
"""A regular expression (no groups; compile with IGNORECASE) of a month's name in any of the languages."""

DAY = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
"""A regular expression of a day of the month."""


@cache
def month_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern with months in it, in any case, compiled when it is first asked for: that takes 30 ms."""
    return re.compile(pattern, re.IGNORECASE)

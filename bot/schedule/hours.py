"""Read an hour as people write it: a local time, and the rest of the text."""

import re
from datetime import time

from retrieval.language.packs import packs

_HOURS = [pack.get("calendar", "hours", {}) for pack in packs()]
BEFORE: dict[str, str] = {word: half for hours in _HOURS for word, half in hours.get("before", {}).items()}
AFTER: dict[str, str] = {word: half for hours in _HOURS for word, half in hours.get("after", {}).items()}
"""Words next to an hour of the twelve-hour clock, and which half of the day they mean."""

FILLERS = "|".join(hours["fillers"] for hours in _HOURS if "fillers" in hours)

NAMED: dict[str, str] = {word: at for hours in _HOURS for word, at in hours.get("named", {}).items()}
"""Words that are an hour by themselves, and how it is written: "midnight", "жетіде"."""

SPELLED: dict[str, int] = {
    word: hour for hours in _HOURS for hour, word in enumerate(hours.get("spelled", "").split(), start=1)
}
"""Words that are an hour after one of the FILLERS."""

_IN_WORDS = re.compile(
    rf"(?<!\w)(?:(?P<named>{'|'.join(NAMED)})|(?P<filler>{FILLERS})\s+(?P<spelled>{'|'.join(SPELLED)}))(?!\w)",
    re.IGNORECASE,
)

_HOUR = re.compile(
    rf"(?<![\w:.+-])(?:(?:{FILLERS})\s+)?(?:(?P<before>{'|'.join(BEFORE)})\s+)?(?:сағат\s+)?"
    r"(?P<hour>\d{1,2})(?:(?:[:.]|\s?h\s?)(?P<minute>\d{2})(?!\d)|\s?(?:h|ч)\b\.?)?"
    rf"(?:\s?(?P<after>{'|'.join(re.escape(word) for word in sorted(AFTER, key=len, reverse=True))})(?!\w))?"
    r"(?:-?(?:де|да|те|та))?(?![\w:]|[.+-]\d)",
    re.IGNORECASE,
)


def read_hour(text: str) -> tuple[time, str] | None:
    """Return the first local time in `text`, and the rest of its words; None if there is none.

    "8:00", "8am", "20.30", "8 вечера", "таңғы 8", "a las ocho de la tarde" and "midnight" are times; "25:00" and
    "13 pm" are none.
    """
    text = _IN_WORDS.sub(_in_digits, text)
    found = _HOUR.search(text)
    if found is None:
        return None
    half = BEFORE.get((found["before"] or "").lower()) or AFTER.get((found["after"] or "").lower())
    hour, minute = _hour_of_day(int(found["hour"]), half), int(found["minute"] or 0)
    if hour is None or minute > 59:
        return None
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    return time(hour, minute), " ".join(rest.replace(",", " ").split())


def _in_digits(words: re.Match[str]) -> str:
    if words["named"]:
        return NAMED[words["named"].lower()]
    return f"{words['filler']} {SPELLED[words['spelled'].lower()]}"


def _hour_of_day(hour: int, half: str | None) -> int | None:
    """Return the hour between 0 and 23; None for any other hour."""
    if half is None:
        return hour if hour <= 23 else None
    if not 1 <= hour <= 12:
        return None
    if half == "day":  # "12 дня" is noon, "3 дня" is 15:00, "11 дня" is 11:00
        return hour + 12 if hour < 10 else hour
    return hour % 12 + (12 if half == "pm" else 0)

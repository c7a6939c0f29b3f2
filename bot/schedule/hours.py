"""Read an hour as people write it: a local time, and the rest of the text."""

import re
from collections.abc import Iterable
from datetime import time

from retrieval.language.packs import any_regex, packs

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

GENITIVE: dict[str, int] = {
    word: hour for hours in _HOURS for hour, word in enumerate(hours.get("genitive", "").split(), start=1)
}
"""Words that are an hour beside a part of one: "в половине девятого"."""

PART_BEFORE: dict[str, int] = {part: count for hours in _HOURS for part, count in hours.get("part_before", {}).items()}
PART_BEHIND: dict[str, int] = {part: count for hours in _HOURS for part, count in hours.get("part_behind", {}).items()}
"""Parts of an hour in words, before and behind it, and their minutes: "half past" 30, "quarter to" -15."""

NIGHT_FROM = 6
"""The hour from which on one "at night" is before midnight."""

_PARTS_OF_DAY = {
    part: re.compile(rf"(?<!\w)(?:{any_regex('time', part)})(?!\w)", re.IGNORECASE)
    for part in ("morning", "afternoon", "evening", "late_night")
}
"""Words anywhere in a text that say which half of the day an hour is of: "every evening at 8"."""


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_AN_HOUR = rf"{_any({*SPELLED, *GENITIVE})}|\d{{1,2}}"
_PARTED = re.compile(
    rf"(?<!\w)(?:(?P<before>{_any(PART_BEFORE)})\s*(?P<of>{_AN_HOUR})|"
    rf"(?P<hour>{_AN_HOUR})\s+(?P<behind>{_any(PART_BEHIND)}))(?!\w)",
    re.IGNORECASE,
)

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

    "8:00", "8am", "20.30", "8 вечера", "таңғы 8", "a las ocho y media de la tarde", "every evening at half past seven"
    and "midnight" are times; "25:00" and "13 pm" are none.
    """
    text = _IN_WORDS.sub(_in_digits, _PARTED.sub(_parted_in_digits, text))
    found = _HOUR.search(text)
    if found is None:
        return None
    half = BEFORE.get((found["before"] or "").lower()) or AFTER.get((found["after"] or "").lower())
    half = half or _half_named(text, found["hour"])
    hour, minute = _hour_of_day(int(found["hour"]), half), int(found["minute"] or 0)
    if hour is None or minute > 59:
        return None
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    return time(hour, minute), " ".join(rest.replace(",", " ").split())


def _in_digits(words: re.Match[str]) -> str:
    if words["named"]:
        return NAMED[words["named"].lower()]
    return f"{words['filler']} {SPELLED[words['spelled'].lower()]}"


def _parted_in_digits(words: re.Match[str]) -> str:
    """Return "half past seven" as "7:30", "quarter to one" as "12:45"."""
    written = (words["of"] or words["hour"]).lower()
    hour = SPELLED.get(written) or GENITIVE.get(written) or int(written)
    part = PART_BEFORE[words["before"].lower()] if words["before"] else PART_BEHIND[words["behind"].lower()]
    minutes = hour * 60 + part
    return "{}:{:02}".format(*divmod(minutes if minutes >= 60 else minutes + 12 * 60, 60))


def _half_named(text: str, written: str) -> str | None:
    """Return the half of the day of an hour from 1 to 11 that the one part of the day in a text says, else None.

    "08" is of the clock of 24 hours.
    """
    hour = 0 if written.startswith("0") else int(written)
    named = [part for part, words in _PARTS_OF_DAY.items() if words.search(text)]
    if len(named) != 1 or not 1 <= hour <= 11:
        return None
    return "am" if named[0] == "morning" or (named[0] == "late_night" and hour < NIGHT_FROM) else "pm"


def _hour_of_day(hour: int, half: str | None) -> int | None:
    """Return the hour between 0 and 23; None for any other hour."""
    if half is None:
        return hour if hour <= 23 else None
    if not 1 <= hour <= 12:
        return None
    if half == "day":  # "12 дня" is noon, "3 дня" is 15:00, "11 дня" is 11:00
        return hour + 12 if hour < 10 else hour
    return hour % 12 + (12 if half == "pm" else 0)

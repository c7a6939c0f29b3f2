"""Digits as they stand in a text: which of them are a number, and which number they are."""

import re

from retrieval.language.packs import pack

ABSURD = 1e15  # nothing that news counts is larger

SPACES = "\u00a0\u202f\u2009\u2007"

NOT_AMOUNTS = re.compile(
    r"""https?://\S+ | \S+@\S+\.\w+
    | \d{4}-\d{2}-\d{2}(?:T[\d:.+Z-]+)?                                       # ISO dates
    | (?<![\d.])\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?![\d.])                    # 06.01.2022
    | (?<![\d/])\d{1,2}/\d{1,2}/\d{2,4}(?![\d/])
    | (?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?:[-–—]\d{1,2}:\d{2})?(?!\d)            # 23:00-07:00
    | (?!\d{1,3}(?:\.\d{3})+\b)\d{1,3}(?:\.\d{1,3}){3,}                       # network addresses
    | \+\d[\d\s()–-]{6,}\d                                                    # telephones
    | (?<![\d.,])8[\s-]*\(?\d{3}\)?[\s-]\d{3}[\s-]\d{2}[\s-]?\d{2}(?!\d)
    | \(\d{3,4}\)\s*\d{2,3}[\s-]\d{2}[\s-]?\d{2}
    | (?<![\d-])\d{2,4}-\d{2,4}-\d{2,4}(?![\d-])
    """,
    re.VERBOSE,
)
"""Dates, times, telephones and addresses: digits that count nothing."""

DIGITS = re.compile(
    rf"\d{{1,3}}(?P<sep>[.,'’ {SPACES}])\d{{3}}(?:(?P=sep)\d{{3}})*(?!\d)(?:(?!(?P=sep))[.,]\d+(?!\d))?"
    r"|\d+(?:[.,]\d+)?"
)

WHOLE = re.compile(r"\d+")
RUNS_ON = re.compile(r"[.,]?\d|[^\W\d_]")
SHORT_ENDING = re.compile(r"(?:[ғгқк][ае]|[ндт][ае]н?|k|m|km|км|кг|kg|л|м)\b")
"""Kazakh endings and short units may be written without a space or hyphen: `26ға`, `5km`."""


def blanked(text: str) -> str:
    """Return `text`, as long as it was, with dates, times, telephones and addresses blanked out."""
    return NOT_AMOUNTS.sub(lambda match: "\ue000" * len(match.group()), text)


def digits_at(text: str, start: int, language: str) -> tuple[float, int] | None:
    """Return the number written in digits at `start` and where it ends, or None where they are no amount.

    No amount: part of a name (`T-72`), negative, malformed (`1.2.3.4`) or absurdly long.
    """
    match = DIGITS.match(text, start)
    if match is None or _in_a_name(text, start):
        return None
    if match["sep"] == " " and not pack(language).get(
        "numbers", "space_groups", True
    ):  # "January 6 164 people": a space groups nothing in English
        match = WHOLE.match(text, start)
        assert match is not None
    raw, end = match.group(), match.end()
    if RUNS_ON.match(text, end) and not SHORT_ENDING.match(text, end):
        return None
    value = digits_value(raw, language)
    return (value, end) if value < ABSURD else None


def _in_a_name(text: str, start: int) -> bool:
    before = text[max(0, start - 2) : start]
    if re.search(r"[\w№#]$|[^\W\d_][-–]$|\d[.,]$", before):
        return True
    return bool(re.search(r"(?:^|[\s(])[-−–]$", before))


def digits_value(raw: str, language: str) -> float:
    """Read digits with separators as `language` punctuates them; the last of two kinds is the decimal one.

    >>> digits_value("1.234,5", "es"), digits_value("1,234.5", "es"), digits_value("2.5", "en")
    (1234.5, 1234.5, 2.5)
    """
    plain = re.sub(rf"['’ {SPACES}]", "", raw)
    points = [c for c in plain if c in ".,"]
    if not points:
        return float(plain)
    if len(set(points)) == 2:
        last = points[-1]
        return float(plain.replace("," if last == "." else ".", "").replace(last, "."))
    sep = points[0]
    head, _, tail = plain.rpartition(sep)
    groups = len(tail) == 3 and head != "0" and (sep in pack(language).get("numbers", "groups", ",") or tail == "000")
    if len(points) > 1 or groups:
        return float(plain.replace(sep, ""))
    return float(plain.replace(sep, "."))

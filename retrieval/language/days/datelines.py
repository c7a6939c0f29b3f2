"""The dateline of a story, its place and day of writing: "Nur-Sultan, Jan 6 (EFE).-", "АЛМАТЫ, 6 января. /ТАСС/.".

No library was found that reads datelines; dateparser finds the date in one, not where the line ends.
"""

import re
from dataclasses import dataclass
from typing import Any

from retrieval.domain import Span
from retrieval.language.days.calendar_words import DAY, MONTH, MONTHS, month_pattern
from retrieval.language.packs import all_words, any_regex

LINES_SEARCHED = 6
"""How many lines that are not empty may stand above a dateline (section, title, byline, caption)."""

LONGEST_DATELINE = 160  # characters


@dataclass(frozen=True, slots=True)
class Dateline:
    """The parts of a dateline; None for each that it leaves out. A missing year is not guessed."""

    span: Span  # in the text it was read from, its dash or full stop included
    place: str | None = None
    day: int | None = None  # of the month
    month: int | None = None  # 1–12
    year: int | None = None
    agency: str | None = None


_AGENCIES = all_words("datelines", "agencies")
"""News agencies that sign datelines without brackets; in brackets or slashes any name will do."""

_NO_PLACES = all_words("sentences", "headings")

_UPPER = "A-ZÁÉÍÓÚÑÜА-ЯЁӘҒҚҢӨҰҮҺІ"
_WORD = rf"[{_UPPER}][\w'’]*(?:-[\w'’]+)*"
_LINK = rf"(?:{any_regex('datelines', 'links')})"
_NAME = rf"{_WORD}(?:[ \xa0](?:{_LINK}[ \xa0])?{_WORD}){{0,3}}"
_SPACE = r"[ \t\xa0]*"

_PLACE = re.compile(rf"{_SPACE}({_NAME})")
# A country in brackets is known from an agency by what follows: "Almaty (Kazajistán), 6 ene (EFE).-".
_REGION = re.compile(rf"{_SPACE}(?:,{_SPACE}{_NAME}|\({_NAME}\)(?=,?{_SPACE}[\d(])|/{_NAME}/(?=,?{_SPACE}\d))")
_SEPARATOR = re.compile(rf"{_SPACE}[.,;|]?{_SPACE}")
_DASHED_AGENCY = re.compile(rf"{_SPACE}[–—-]+{_SPACE}")
_YEAR = r"(?:19|20)\d\d"
_ORDINAL = rf"(?:{any_regex('datelines', 'ordinals')})"
_OF = rf"(?:{any_regex('datelines', 'of')})"
_DATE = (
    rf"(?:(?P<before>{_YEAR}){_SPACE}(?:{any_regex('datelines', 'year_before')}){_SPACE})?"
    rf"(?:(?P<month1>{MONTH})\.?[ \xa0](?P<day1>{DAY}){_ORDINAL}?|"
    rf"(?P<day2>{DAY}){_ORDINAL}?[ \xa0](?:{_OF}[ \xa0])?(?P<month2>{MONTH})\.?)"
    rf"(?:,?{_SPACE}(?:{_OF}[ \xa0])?(?P<after>{_YEAR})(?!\d)(?:{_SPACE}(?:{any_regex('datelines', 'year_after')}))?)?"
)
_BRACKETED = re.compile(
    rf"\(([{_UPPER}d][^()\n/]{{1,40}})\)|/([{_UPPER}][^/\n]{{1,40}})/|\[([{_UPPER}][^\[\]\n]{{1,40}})\]"
)
_BARE = re.compile(
    rf"(?:{'|'.join(re.escape(name) for name in sorted(_AGENCIES, key=len, reverse=True))})(?![\w-])",
    re.IGNORECASE,
)
_DASH = re.compile(rf"{_SPACE}\.?{_SPACE}(?:[–—―]+|-+)(?=\s|[{_UPPER}\"“«¿¡]|$)[ \t\xa0]*")
_STOP = re.compile(r"[ \t\xa0]*\.(?=\s|$)[ \t\xa0]*")
_CLOSING = re.compile("[–—―./-]")  # no dateline ends without one of these


def _read_parts(text: str, at: int, found: dict[str, Any]) -> tuple[int, str]:
    """Read dates, agencies and regions from `at` on into `found`; return the end and the last one's kind."""
    last = ""
    for _ in range(4):
        gap = _SEPARATOR.match(text, at)
        start = gap.end() if gap else at
        dash = _DASHED_AGENCY.match(text, at) if last == "date" else None  # "6 янв - РИА Новости."
        if "day" not in found and (match := month_pattern(_DATE).match(text, start)):
            found["day"] = int(match["day1"] or match["day2"])
            found["month"] = MONTHS[(match["month1"] or match["month2"]).casefold()]
            if year := match["before"] or match["after"]:
                found["year"] = int(year)
            last = "date"
        elif "agency" not in found and (match := _BARE.match(text, dash.end() if dash else start)):
            found["agency"], last = match[0], "bare"
        elif not last and "region" not in found and (match := _REGION.match(text, at)) and "place" in found:
            found["region"] = match[0]
        elif "agency" not in found and (match := _BRACKETED.match(text, start)):
            found["agency"], last = next(filter(None, match.groups())).strip(), "bracketed"
        else:
            break
        at = match.end()
    return at, last


def _end(text: str, at: int, last: str, found: dict[str, Any]) -> int | None:
    """Return where the dateline that was read up to `at` ends, or None if it is none after all."""
    if dash := _DASH.match(text, at):
        place = str(found.get("place", ""))
        shouted = len(place) >= 4 and place.isupper() and _NO_PLACES.isdisjoint(re.split(r"[^\w]+", place))
        dated = "place" in found and "day" in found
        return dash.end() if "agency" in found or dated or shouted else None
    if stop := _STOP.match(text, at):
        signed = "agency" in found and ("day" in found or "place" in found)
        slashed = text[at - 1] == "/"
        return stop.end() if signed and (slashed or "day" in found) else None
    # "MOSCOW, January 6 /TASS/ The ministry": slashes close a dateline by themselves.
    closed = last == "bracketed" and text[at - 1] == "/" and "day" in found
    return at if closed and text[at : at + 1].isspace() else None


def dateline_at(text: str, start: int) -> Dateline | None:
    """Return the dateline that begins at `start` in `text` (its span counts from 0), or None."""
    limit = start + LONGEST_DATELINE
    head = text[start:limit]
    if not _CLOSING.search(head):
        return None
    found: dict[str, Any] = {}
    at = 0
    # "Jan 6 (Reuters) -" has no place; a month would otherwise be taken for one.
    if not month_pattern(_DATE).match(head) and not _BARE.match(head) and (match := _PLACE.match(head)):
        found["place"] = match[1]
        at = match.end()
    at, last = _read_parts(head, at, found)
    end = _end(head, at, last, found)
    if end is None:
        return None
    found.pop("region", None)
    return Dateline(span=Span(start, start + end), **found)


def dateline(text: str) -> Dateline | None:
    """Return the dateline that opens one of the first lines of an article's text, or None.

    Place, day, month, year and agency are given as far as the text gives them.
    """
    at, lines = 0, 0
    while at < len(text) and lines < LINES_SEARCHED:
        newline = text.find("\n", at)
        end = len(text) if newline < 0 else newline
        line = text[at : min(end, at + LONGEST_DATELINE)]
        if line.strip():
            lines += 1
            if found := dateline_at(text, at + len(line) - len(line.lstrip())):
                return found
        at = end + 1
    return None

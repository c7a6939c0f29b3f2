"""Where and when a story says it was written: "Nur-Sultan, Jan 6 (EFE).-", "АЛМАТЫ, 6 января. /ТАСС/.".

No library was found that reads datelines; dateparser finds the date in one, not where the line ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from retrieval.domain import Moment, Span
from retrieval.language.days.calendar_words import DAY, MONTH, MONTHS
from retrieval.language.packs import all_words

LINES_SEARCHED = 6
"""How many lines that are not empty may stand above a dateline (section, title, byline, caption)."""

LONGEST_DATELINE = 160  # characters
NEAREST_DAYS = 183  # a day without its year is meant within half a year of the publication


@dataclass(frozen=True, slots=True)
class Dateline:
    """What a dateline says; what it leaves out is None, and a missing year is never guessed here."""

    span: Span  # in the text it was read from, its dash or full stop included
    place: str | None = None
    day: int | None = None  # of the month
    month: int | None = None  # 1–12
    year: int | None = None
    agency: str | None = None


AGENCIES = (
    "EFE", "AP", "AFP", "Reuters", "TASS", "ITAR-TASS", "ТАСС", "ИТАР-ТАСС", "РИА Новости",
    "РИА «Новости»", "RIA Novosti", "RIA", "РИА", "Interfax-Kazakhstan", "Интерфакс-Казахстан",
    "Interfax", "Интерфакс", "INTERFAX.RU", "Interfax.kz", "ИНТЕРФАКС.РУ", "КазТАГ", "KazTAG", "ҚазТАГ",
    "Казинформ", "Kazinform", "ҚазАқпарат", "QazAqparat", "Sputnik", "Sputnik Казахстан",
    "Sputnik Қазақстан", "Sputnik Kazakhstan", "DPA", "ANSA", "Xinhua", "Синьхуа", "Anadolu", "Анадолу",
    "UPI", "Bloomberg", "Europa Press", "Notimex", "Télam", "Prensa Latina", "RFE/RL", "Азаттык",
    "Азаттық", "BelTA", "БЕЛТА", "БелТА", "Ukrinform", "Укринформ", "УНИАН", "UNIAN", "AKIpress",
    "АКИpress", "24.kg", "Кабар", "Kabar", "Kyodo", "Yonhap", "PTI", "ANI", "IANS", "REGNUM",
    "ИА REGNUM", "Росбалт", "ПРАЙМ", "Trend", "SANA", "IRNA", "MENA", "DW", "VOA", "Tengrinews.kz",
    "Tengrinews", "Zakon.kz", "NUR.KZ", "LANA", "TAP", "APS", "Fides", "Colprensa", "Andina",
)  # fmt: skip
"""News agencies that sign datelines without brackets; in brackets or slashes any name will do."""

_NO_PLACES = all_words("sentences", "headings")

_UPPER = "A-ZÁÉÍÓÚÑÜА-ЯЁӘҒҚҢӨҰҮҺІ"
_WORD = rf"[{_UPPER}][\w'’]*(?:-[\w'’]+)*"
_LINK = r"(?:de|del|la|las|el|los|of|the|and|y|upon|на|аль|al)"
_NAME = rf"{_WORD}(?:[ \xa0](?:{_LINK}[ \xa0])?{_WORD}){{0,3}}"
_SPACE = r"[ \t\xa0]*"

_PLACE = re.compile(rf"{_SPACE}({_NAME})")
# A country in brackets is known from an agency by what follows: "Almaty (Kazajistán), 6 ene (EFE).-".
_REGION = re.compile(rf"{_SPACE}(?:,{_SPACE}{_NAME}|\({_NAME}\)(?=,?{_SPACE}[\d(])|/{_NAME}/(?=,?{_SPACE}\d))")
_SEPARATOR = re.compile(rf"{_SPACE}[.,;|]?{_SPACE}")
_DASHED_AGENCY = re.compile(rf"{_SPACE}[–—-]+{_SPACE}")
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?:(?P<before>{_YEAR}){_SPACE}(?:ж\.|жыл\w*){_SPACE})?"
    rf"(?:(?P<month1>{MONTH})\.?[ \xa0](?P<day1>{DAY})(?:st|nd|rd|th)?|"
    rf"(?P<day2>{DAY})(?:st|nd|rd|th)?[ \xa0](?:de[ \xa0])?(?P<month2>{MONTH})\.?)"
    rf"(?:,?{_SPACE}(?:de(?:l)?[ \xa0])?(?P<after>{_YEAR})(?!\d)(?:{_SPACE}(?:года|г\.|жыл\w*|ж\.))?)?",
    re.IGNORECASE,
)
_BRACKETED = re.compile(
    rf"\(([{_UPPER}d][^()\n/]{{1,40}})\)|/([{_UPPER}][^/\n]{{1,40}})/|\[([{_UPPER}][^\[\]\n]{{1,40}})\]"
)
_BARE = re.compile(
    rf"(?:{'|'.join(re.escape(name) for name in sorted(AGENCIES, key=len, reverse=True))})(?![\w-])",
    re.IGNORECASE,
)
_DASH = re.compile(rf"{_SPACE}\.?{_SPACE}(?:[–—―]+|-+)(?=\s|[{_UPPER}\"“«¿¡]|$)[ \t\xa0]*")
_STOP = re.compile(r"[ \t\xa0]*\.(?=\s|$)[ \t\xa0]*")


def _bare_agency(text: str, at: int, start: int, last: str) -> re.Match[str] | None:
    """Match a known agency after a separator, or after the dash of "6 янв - РИА Новости."."""
    dash = _DASHED_AGENCY.match(text, at) if last == "date" else None
    return _BARE.match(text, dash.end() if dash else start)


def _read_parts(text: str, at: int, found: dict[str, str | int]) -> tuple[int, str]:
    """Read dates, agencies and regions from `at` on into `found`; return the end and the last one's kind."""
    last = ""
    for _ in range(4):
        gap = _SEPARATOR.match(text, at)
        start = gap.end() if gap else at
        if "day" not in found and (match := _DATE.match(text, start)):
            found["day"] = int(match["day1"] or match["day2"])
            found["month"] = MONTHS[(match["month1"] or match["month2"]).casefold()]
            if year := match["before"] or match["after"]:
                found["year"] = int(year)
            last = "date"
        elif "agency" not in found and (match := _bare_agency(text, at, start, last)):
            found["agency"], last = match[0], "bare"
        elif not last and "region" not in found and (match := _REGION.match(text, at)) and "place" in found:
            found["region"] = match[0]
        elif "agency" not in found and (match := _BRACKETED.match(text, start)):
            found["agency"], last = next(filter(None, match.groups())).strip(), "bracketed"
        else:
            break
        at = match.end()
    return at, last


def _is_shouted(place: str) -> bool:
    return len(place) >= 4 and place.isupper() and not _NO_PLACES & set(re.split(r"[^\w]+", place))


def _end(text: str, at: int, last: str, found: dict[str, str | int]) -> int | None:
    """Return where the dateline that was read up to `at` ends, or None if it is none after all."""
    if dash := _DASH.match(text, at):
        shouted = "place" in found and _is_shouted(str(found["place"]))
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
    found: dict[str, str | int] = {}
    at = 0
    # "Jan 6 (Reuters) -" has no place; a month would otherwise be taken for one.
    if not _DATE.match(head) and not _BARE.match(head) and (match := _PLACE.match(head)):
        found["place"] = match[1]
        at = match.end()
    at, last = _read_parts(head, at, found)
    end = _end(head, at, last, found)
    if end is None:
        return None
    place, agency, day, month, year = (found.get(key) for key in ("place", "agency", "day", "month", "year"))
    return Dateline(
        span=Span(start, start + end),
        place=str(place) if place else None,
        day=int(day) if day else None,
        month=int(month) if month else None,
        year=int(year) if year else None,
        agency=str(agency) if agency else None,
    )


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


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def resolve_day(line: Dateline, published: Moment | None) -> date | None:
    """Return the day a dateline names, its year taken from the publication where it names none.

    Of the years around the publication the one that brings the day nearest to it is meant ("Dec 31"
    published on 1 January is last year's). None where a day or a year cannot be had.
    """
    if line.day is None or line.month is None:
        return None
    if line.year is not None:
        return _on(line.year, line.month, line.day)
    if published is None:
        return None
    there = published.at.date()
    days = [found for shift in (-1, 0, 1) if (found := _on(there.year + shift, line.month, line.day))]
    near = [found for found in days if abs((found - there).days) <= NEAREST_DAYS]
    return min(near, key=lambda found: abs((found - there).days), default=None)

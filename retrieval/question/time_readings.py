"""Expressions of time in a question, each resolved by itself: days, months, weeks, spells, parts of a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from retrieval.language.days.day_mentions import DayMention, day_mentions, latest_past, on, weekday_before
from retrieval.language.text import word_list as words

FEW = 3  # "the last days", "последние часы": how many, where no number is given
EARLY_MONTH_DAYS = 10  # "in early January", "в начале января": the first ten days; "late" is the rest from the 21st


@dataclass(frozen=True, slots=True)
class Reading:
    """One expression of time and what it means; offsets count in the question."""

    start: int
    end: int
    since: datetime
    until: datetime
    is_day: bool = False  # one whole day, which a part of the day or a clock time may narrow
    is_range: bool = False  # "4–6 January", which "from" before it does not open


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), tzinfo=now.tzinfo)


def _month_after(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


# --- days and months ---------------------------------------------------------------------------

_PART = r"(?P<early>early|beginning of|start of|начал[аеоу]|principios de|comienzos de|inicios de)|" \
        r"(?P<middle>mid|middle of|середин[аеуы]|mediados de)|" \
        r"(?P<late>late|end of|кон(?:ец|ца|це|цу)|fin(?:es|ales)? de)"  # fmt: skip
_PART_BEFORE = re.compile(rf"\b(?:{_PART})[\s-](?:the\s)?\Z", re.IGNORECASE)
_PART_AFTER = re.compile(r"\s(?:айының\s)?(?:(?P<early>бас)|(?P<middle>орта)|(?P<late>соң|аяғ))\w*", re.IGNORECASE)


def _month_reading(text: str, mention: DayMention, now: datetime) -> Reading:
    assert mention.month is not None
    year = mention.year or (now.year if mention.month <= now.month else now.year - 1)
    first = date(year, mention.month, 1)
    after = date(*_month_after(year, mention.month), 1)
    start, end = mention.start, mention.end
    if part := _PART_BEFORE.search(text[max(0, start - 20) : start]):
        start -= len(part[0])
    elif part := _PART_AFTER.match(text, end):
        end = part.end()
    if part and part["early"]:
        after = first + timedelta(days=EARLY_MONTH_DAYS)
    elif part and part["middle"]:
        first, after = first + timedelta(days=EARLY_MONTH_DAYS), first + timedelta(days=2 * EARLY_MONTH_DAYS)
    elif part:
        first += timedelta(days=2 * EARLY_MONTH_DAYS)
    return Reading(start, end, _midnight(first, now), _midnight(after, now))


def _days_of(mention: DayMention, today: date) -> list[date]:
    if mention.shift is not None:
        return [today + timedelta(days=mention.shift)]
    if mention.weekday is not None:
        return [weekday_before(mention.weekday, today, mention.strictly_past)]
    month = mention.month or today.month
    if mention.year is not None:
        found = [on(mention.year, month, day) for day in mention.days]
    else:
        # The last of several days fixes the year, so that a range is not torn apart.
        last = latest_past(month, mention.days[-1], today)
        found = [on(last.year, month, day) for day in mention.days] if last else []
    return [day for day in found if day]


def _day_readings(text: str, language: str, now: datetime) -> Iterator[Reading]:
    today = now.date()
    for mention in day_mentions(text, language):
        if mention.month and not mention.days:
            yield _month_reading(text, mention, now)
        elif days := _days_of(mention, today):
            last = max(days) + timedelta(days=1)
            yield Reading(
                mention.start,
                mention.end,
                _midnight(min(days), now),
                _midnight(last, now),
                is_day=len(days) == 1,
                is_range=len(days) > 1,
            )


_OF_MONTH = re.compile(
    r"\b(?:the\s(?P<en>\d{1,2})(?:st|nd|rd|th)(?=\s?(?:[?.,!;)]|$|and\b|at\b|in\b|of\b|to\b|did\b|was\b|were\b))|"
    r"(?P<ru>\d{1,2})-?(?:го|му)\b(?:\sчисл\w+|(?=\s?(?:[?.,!;)]|$|[вик]\s|по\s|утр|дн|веч|ноч)))|"
    r"(?:el\s)?día\s(?P<es>\d{1,2})\b|\bel\s(?P<es2>\d{1,2})(?=\s?(?:por|de madrugada|a las|[?.,!]|$))|"
    r"(?P<kk>\d{1,2})-?(?:сы|сі|шы|ші)(?:нда|нде|на|не|нан|нен|ның|нің)?\b(?:\sкүні)?)",
    re.IGNORECASE,
)


def _ordinal_readings(text: str, now: datetime) -> Iterator[Reading]:
    """Yield days named by their number alone: "the 6th", "6-го", "el día 6", "6-сында"; the latest one past."""
    for match in _OF_MONTH.finditer(text):
        number = int(next(filter(None, match.groups())))
        days = [now.date() - timedelta(days=back) for back in range(62)]
        if day := next((day for day in days if day.day == number), None):
            yield Reading(
                match.start(), match.end(), _midnight(day, now), _midnight(day + timedelta(days=1), now), is_day=True
            )


# --- years, weeks, spells -----------------------------------------------------------------------

_YEAR = re.compile(
    r"\b(?:(?:in|during|since|before|after|en|desde|в|с|до)\s(?:el\s(?:año\s)?)?(?P<a>(?:19|20)\d\d)\b(?:\sгод\w*)?|"
    r"(?P<b>(?:19|20)\d\d)\s?-?(?:жыл\w*|год\w*|г\.))",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"\b(?:(?P<last>last|previous|прошл\w+|минувш\w+|өткен|былтырғы)|(?P<this>this|эт\w{1,3}|текущ\w+|осы|биыл|est[ea]))\s"
    r"(?P<unit>weekend|week|month|year|недел\w+|месяц\w*|год\w*|апта\w*|ай(?:да|дың|ы|дағы)?|жыл\w*|"
    r"semana|mes|año|выходн\w+)\b|"
    r"\b(?P<unit2>semana|mes|año|fin de semana)\s(?P<last2>pasad[oa]|anterior)\b|"
    r"\b(?P<week>за неделю)\b",
    re.IGNORECASE,
)
_NUMBERS = {
    word: number
    for number, line in enumerate(
        (
            "a an one один одну одни сутки un una бір", "two two два две двое пару dos екі", "three три трое tres үш",
            "four четыре cuatro төрт", "five пять cinco бес", "six шесть seis алты", "seven семь siete жеті",
            "eight восемь ocho сегіз", "nine девять nueve тоғыз", "ten десять diez он",
        ),
        start=1,
    )
    for word in line.split()
}  # fmt: skip
_UNIT = (
    r"(?P<{0}>hours?|час\w*|horas?|сағат\w*|days?|дн\w+|день|días?|dias?|күн\w*|сут\w+|тәулік\w*|weeks?|недел\w+|"
    r"semanas?|апта\w*|months?|месяц\w*|mes(?:es)?|ай\w{{0,3}})\b"
)
_AMOUNT = rf"(?:(?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)})\s)?{_UNIT.format('unit')}"
_SPELL = re.compile(
    r"\b(?:(?:over |in |within |during )?(?:the )?(?:last|past)|(?:за )?последн\w+|(?:en )?l[oa]s últim[oa]s|"
    rf"(?:en )?(?:el|la) últim[oa]|соңғы)\s{_AMOUNT}",
    re.IGNORECASE,
)
_PLURALS = words(
    "hours days weeks months часы часов дни дней недели недель месяцы месяцев horas días dias semanas meses "
    "сағаттар күндер күндері күндерде апталар айлар"
)
_UNIT_HOURS = (
    ("hour час hora сағат", 1),
    ("day дн день día dia күн сут тәулік", 24),
    ("week недел semana апта", 24 * 7),
    ("month месяц mes ай", 24 * 30),
)


def _year_readings(text: str, now: datetime) -> Iterator[Reading]:
    for match in _YEAR.finditer(text):
        year = int(match["a"] or match["b"])
        start = match.start("a") if match["a"] else match.start()
        yield Reading(start, match.end(), _midnight(date(year, 1, 1), now), _midnight(date(year + 1, 1, 1), now))


def _period_readings(text: str, now: datetime) -> Iterator[Reading]:
    """Yield calendar weeks, months and years: "last week", "на этой неделе", "el mes pasado"."""
    today = now.date()
    for match in _PERIOD.finditer(text):
        unit = (match["unit"] or match["unit2"] or match["week"]).lower()
        last = bool(match["last"] or match["last2"])
        if match["week"]:
            since, until = today - timedelta(days=6), today + timedelta(days=1)
        elif unit.startswith(("weekend", "выход", "fin")):
            saturday = weekday_before(5, today)
            since, until = saturday, saturday + timedelta(days=2)
        elif unit.startswith(("week", "недел", "semana", "апта")):
            since = today - timedelta(days=today.weekday() + (7 if last else 0))
            until = since + timedelta(days=7)
        elif unit.startswith(("month", "месяц", "mes", "ай")):
            this = today.replace(day=1)
            since = (this - timedelta(days=1)).replace(day=1) if last else this
            until = date(*_month_after(since.year, since.month), 1)
        else:
            since = date(today.year - (1 if last else 0), 1, 1)
            until = date(since.year + 1, 1, 1)
        yield Reading(match.start(), match.end(), _midnight(since, now), _midnight(until, now))


def hours_of(amount: str | None, unit: str) -> int:
    """Return how many hours "3 days", "двое суток" or, without an amount, "week" are."""
    count = 1 if amount is None else int(amount) if amount.isdecimal() else _NUMBERS[amount.lower()]
    for stems, hours in _UNIT_HOURS:
        if unit.lower().startswith(tuple(stems.split())):
            return count * hours
    raise ValueError(unit)


def _spell_readings(text: str, now: datetime) -> Iterator[Reading]:
    """Yield spells that reach up to now: "the last 24 hours", "за последние сутки", "соңғы үш күнде"."""
    for match in _SPELL.finditer(text):
        if match["n"] is None and re.match(r"(?:the )?last (?:week|month)$", match[0], re.IGNORECASE):
            continue  # the calendar week or month
        few = FEW if match["n"] is None and match["unit"].lower() in _PLURALS else 1
        since = now - few * timedelta(hours=hours_of(match["n"], match["unit"]))
        yield Reading(match.start(), match.end(), since, now)


# --- parts of a day, clock times ------------------------------------------------------------------

_PARTS_OF_DAY = (
    # name, hours from midnight of the day, words
    ("last night", -6, 6, r"last night|в ночь на|anoche|бүгін түнде"),
    ("night", 0, 6, r"early morning|small hours|ноч(?:ью|ь)|madrugada|түнде|түні"),
    ("morning", 5, 12, r"morning|утр(?:ом|а|у|о)|(?:por |en |de )?la mañana|esta mañana|таңертең\w*|таңы(?:нда)?"),
    ("afternoon", 12, 18, r"afternoon|днём|днем|tarde|түстен кейін"),
    ("evening", 17, 24, r"evening|tonight|вечер(?:ом|а|у)|кешке|кешкісін|кешінде|кешкі"),
    ("late", 18, 30, r"night|noche"),
)  # fmt: skip
_PART_OF_DAY = re.compile("|".join(rf"\b(?P<p{i}>{part[3]})\b" for i, part in enumerate(_PARTS_OF_DAY)), re.IGNORECASE)
CLOCK = re.compile(
    r"(?<![\d.,:])(?:(?P<h>[01]?\d|2[0-4])[:.](?P<m>[0-5]\d)(?![\d.]|,\d)\s?(?P<half>[ap]\.?\s?m\b\.?)?|"
    r"(?P<h2>1[0-2]|0?[1-9])\s?(?P<half2>[ap]\.?\s?m\b\.?)|"
    r"(?:a las|сағат|at)\s(?P<h3>[01]?\d|2[0-4])(?![\d:.])(?:\s?h(?:oras)?\b)?(?!\s(?:people|человек|адам|personas))|"
    r"(?P<h4>[01]?\d|2[0-4])\s(?:час(?:а|ов)?|o'clock)\b|(?P<h5>[01]?\d|2[0-4])\s?h(?:rs?|oras)?\b)|"
    r"\b(?P<noon>noon|midday|полдень|полудню|mediodía)\b",
    re.IGNORECASE,
)


def clock_minutes(match: re.Match[str]) -> int:
    """Return the minutes after midnight of a clock time that `CLOCK` matched, 24:00 being the day's end."""
    if match["noon"]:
        return 12 * 60
    hour = int(match["h"] or match["h2"] or match["h3"] or match["h4"] or match["h5"])
    half = (match["half"] or match["half2"] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return min(hour * 60 + int(match["m"] or 0), 24 * 60)


_BESIDE = re.compile(
    r"[\s,]*(?:(?:on|of|the|at|in|by|del?|el|la|por|en|a|las|в|на|к|с|до|сағат|күні)[\s,]*){0,3}\Z", re.IGNORECASE
)


def _is_beside(text: str, match: re.Match[str], day: Reading) -> bool:
    """Say whether a part of a day or a clock time stands beside a day ("the morning of", "в 18:00") or within it."""
    between = text[match.end() : day.start] if match.start() < day.start else text[day.end : match.start()]
    return bool(_BESIDE.match(between))


def narrowed(text: str, day: Reading, now: datetime) -> tuple[Reading, bool]:
    """Return a day narrowed to the part of it that stands beside it, or to a clock time (then True)."""
    if not day.is_day:
        return day, False
    for match in CLOCK.finditer(text):
        apart = match.end() <= day.start or match.start() >= day.end
        if apart and _is_beside(text, match, day):
            at = day.since + timedelta(minutes=clock_minutes(match))
            return Reading(min(day.start, match.start()), max(day.end, match.end()), at, day.until), True
    for match in _PART_OF_DAY.finditer(text):
        if not _is_beside(text, match, day):
            continue
        _, first, last, _ = _PARTS_OF_DAY[int((match.lastgroup or "p0")[1:])]
        start, end = min(day.start, match.start()), max(day.end, match.end())
        midnight = day.since
        if match["p0"] and not match[0].lower().startswith("в ночь"):
            midnight += timedelta(days=1)  # "last night" was read as yesterday
        return Reading(start, end, midnight + timedelta(hours=first), midnight + timedelta(hours=last)), False
    return day, False


_TODAYS_PART = re.compile(
    r"\b(?:this (?:morning|afternoon|evening)|сегодня (?:утром|днём|вечером|ночью)|"
    r"(?:утром|днём|вечером|ночью)(?!\s\d)|"
    r"esta (?:mañana|tarde|noche|madrugada)|(?:бүгін )?(?:таңертең|кешке|түнде))\b",
    re.IGNORECASE,
)


def _part_readings(text: str, now: datetime) -> Iterator[Reading]:
    """Yield parts of today that name no day: "this morning", "утром", "esta mañana"."""
    if match := _TODAYS_PART.search(text):
        part = _PART_OF_DAY.search(text, match.start())
        if part:
            _, first, last, _ = _PARTS_OF_DAY[int((part.lastgroup or "p0")[1:])]
            today = _midnight(now.date(), now)
            yield Reading(match.start(), match.end(), today + timedelta(hours=first), today + timedelta(hours=last))


def readings(text: str, language: str, now: datetime) -> list[Reading]:
    """Return the expressions of time in a text, in order, none within another."""
    found: list[Reading] = []
    candidates = [*_spell_readings(text, now), *_day_readings(text, language, now)]
    for source in (_period_readings, _ordinal_readings, _year_readings):
        candidates.extend(source(text, now))
    for reading in candidates:
        if all(reading.end <= other.start or reading.start >= other.end for other in found):
            found.append(reading)
    if not found:  # "in the morning" of a day that is named belongs to that day
        found.extend(_part_readings(text, now))
    return sorted(found, key=lambda reading: reading.start)

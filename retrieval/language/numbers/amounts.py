"""What numbers say beside what they count: their sense, parts and multiples, hours in words, what order they are in."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from retrieval.domain import Span
from retrieval.language.numbers.numbers import Number

_PARTS = {
    "en": {
        "1/2": r"(?<!and a )(?<!first )(?<!second )half\b(?!-)",
        "1/3": r"(?:a|one)[- ]third",
        "2/3": r"two[- ]thirds",
        "1/4": r"(?:a|one)[- ]quarter",
        "3/4": r"three[- ]quarters",
        "x2": r"double[sd]?|twice|twofold|two times",
        "x3": r"tripled?|triples|threefold|three times|trebled?",
        "x4": r"quadrupled?|fourfold|four times",
        "x5": r"fivefold|five times",
    },
    "ru": {
        "1/2": r"(?<!с )половин\w+",
        "1/3": r"треть|трети|третью",
        "2/3": r"две трети|двух третей",
        "1/4": r"четверть|четверти|четвертью",
        "3/4": r"три четверти|тр[её]х четвертей",
        "x2": r"вдвое|дважды|в два раза|удво\w+",
        "x3": r"втрое|трижды|в три раза|утроил\w*|утроен\w*",
        "x4": r"вчетверо|четырежды|в четыре раза|учетвер\w+",
        "x5": r"впятеро|в пять раз",
    },
    "kk": {
        "1/2": r"жартыс\w+|тең жарт\w+",
        "1/3": r"үштен бір\w*",
        "2/3": r"үштен екі\w*",
        "1/4": r"төрттен бір\w*|ширег\w+",
        "3/4": r"төрттен үш\w*",
        "x2": r"екі есе\w*|екі рет|екі мәрте",
        "x3": r"үш есе\w*|үш рет|үш мәрте",
        "x4": r"төрт есе\w*|төрт рет",
        "x5": r"бес есе\w*|бес рет",
    },
    "es": {
        "1/2": r"la mitad",
        "1/3": r"un tercio|una tercera parte",
        "2/3": r"dos tercios|dos terceras partes",
        "1/4": r"un cuarto|una cuarta parte",
        "3/4": r"tres cuartos|tres cuartas partes",
        "x2": r"el doble|duplic\w+|dos veces",
        "x3": r"el triple|triplic\w+|tres veces",
        "x4": r"cuadruplic\w+|cuatro veces",
        "x5": r"cinco veces",
    },
}
_RU_CASES = r"(?:ый|ой|ий|ая|ое|ые|ого|ому|ую|ым|ом|ых)"
_ORDINALS = {
    "en": r"first second third fourth fifth sixth seventh eighth ninth tenth",
    "ru": rf"перв{_RU_CASES} втор{_RU_CASES} треть?(?:ий|я|е|его|ей|ю|им|ему) четв[её]рт{_RU_CASES} пят{_RU_CASES} "
    rf"шест{_RU_CASES} седьм{_RU_CASES} восьм{_RU_CASES} девят{_RU_CASES} десят{_RU_CASES}",
    "kk": r"бірінші|алғашқы екінші үшінші төртінші бесінші алтыншы жетінші сегізінші тоғызыншы оныншы",
    "es": r"primer[ao]?s? segund[ao]s? tercer[ao]?s? cuart[ao]s? quint[ao]s? sext[ao]s? s[eé]ptim[ao]s? octav[ao]s? "
    r"noven[ao]s? d[eé]cim[ao]s?",
}
_HOURS = {
    "en": "one two three four five six seven eight nine ten eleven twelve",
    "ru": "час(?:а|у)? дв(?:а|ух) тр(?:и|[её]х) четыр(?:е|[её]х) пят[ьи] шест[ьи] сем[ьи] вос(?:емь|ьми) девят[ьи] "
    "десят[ьи] одиннадцат[ьи] двенадцат[ьи]",
    "kk": "бір\\w* екі\\w* үш\\w* төрт\\w* бес\\w* алты\\w* жеті\\w* сегіз\\w* тоғыз\\w* "
    "он(?:да|ға|нан)? он\\sбір\\w* он\\sекі\\w*",
    "es": "una dos tres cuatro cinco seis siete ocho nueve diez once doce",
}
_PARTS_OF_DAY = {
    "en": r"(?P<h>{hour}) (?:o'clock )?(?:in the |at )(?P<part>morning|afternoon|evening|night)",
    "ru": r"(?P<h>{hour})(?: час(?:а|ов|ам))? (?P<part>утра|дня|вечера|ночи)",
    "kk": r"(?P<part>таңғы|түскі|күндізгі|кешкі|түнгі)(?: сағат)? (?P<h>{hour}|\d{{1,2}}(?:[-–]\w{{2,3}})?)(?![\d:.])",
    "es": r"(?:las? )?(?P<h>{hour}) de la (?P<part>manana|tarde|noche|madrugada)",
}
_AFTERNOON = re.compile(r"afternoon|evening|night|дня|вечера|түскі|күндізгі|кешкі|түнгі|tarde|noche")
_AT_HOUR = re.compile(r"\b(?:в|к|до|с|после|около)\s$")
_SMALL_HOURS = 4  # "two at night" is 2, "ten at night" is 22
_NOON = 12

_HALVES = re.compile(
    r"(?P<n>one|two|three|four|five|one|два|две|двух|три|трех|трёх|четыре|четырех|четырёх|пять|пяти|dos|tres|cuatro|"
    r"екі|үш|төрт|бес)(?P<half> and a half| с половиной| y medio(?= mill)| жарым)(?= )",
    re.IGNORECASE,
)
_UNITS = {
    2: "two два две двух dos екі",
    3: "three три трех трёх tres үш",
    4: "four четыре четырех четырёх cuatro төрт",
    5: "five пять пяти cinco бес",
}
_FROM = {"en": r"from", "ru": r"со?|от", "es": r"de|del|desde"}
_TO = {"en": r"to", "ru": r"до", "es": r"al?|hasta"}
_OF = {"en": r"of(?: the| those| them)?|out of(?: the)?", "ru": r"из", "es": r"de (?:los|las|sus|esos|esas)|de"}
_AGAINST = {"en": r"to|against|versus", "ru": r"против|к|на", "es": r"al?|contra|frente a", "kk": r"қарсы"}
_SOURCE_CASE = re.compile(r"[дтн][ае]н\b")
_GOAL_CASE = re.compile(r"[ғгқк][ае]\b")
_OF_IT = "of it"  # Kazakh names the whole first: "34 адамның 12-сі"
_WHOLE = re.compile(r"(?:\w+\s)?\w+[дтн][ыі]ң")
_BACK = "back"  # "to 4.2 percent, from 6.8"
_UP_FROM = re.compile(r"(?:up|down) from$|frente a|против прежних|вместо прежних")
_MOST_BETWEEN = 24  # characters between two numbers of one saying


CONVERTED = {
    ("decade", "year"): 10,
    ("year", "month"): 12,
    ("month", "day"): 30,
    ("week", "day"): 7,
    ("day", "hour"): 24,
    ("hour", "minute"): 60,
    ("tonne", "kilogram"): 1000,
    ("kilometre", "metre"): 1000,
}
"""How many of the second measure one of the first is."""


class Pair(NamedTuple):
    """Two numbers in an order that matters: "from 3 to 5", "3 of 5", "61 votes to 14"."""

    how: str
    first: float
    second: float


def sense(number: Number) -> tuple[float | str | None, ...]:
    """Return what a number says, comparable across languages: its bounds, or the magnitude of a word for many.

    "Dozens" are twelves and "десятки" are tens, and news uses them alike.
    """
    if number.vague and number.low:
        return ("many", math.floor(math.log10(number.low)))
    return (number.low, number.high, float(number.approximate))


def equal(said: Number, held: Number) -> bool:
    """Say whether a quote's number bears out a statement's: the same, or "about 40" for 40."""
    if _open_word(said) or _open_word(held):
        return _floor(said) == _floor(held)
    if said.approximate and not held.approximate and not held.vague:
        return (said.low, said.high) == (held.low, held.high)
    return sense(said) == sense(held)


def as_said(text: str, number: Number) -> Number:
    """Return the number as it is meant: in English "over two nights" says how long, and not how many at least."""
    if not text[number.span.start : number.core.start].casefold().startswith("over"):
        return number
    if not re.match(r"\s(?:night|day|week|month|year|hour|decade|weekend)s?\b", text[number.core.end :]):
        return number
    return replace(number, span=number.core, high=number.low)


def _open_word(number: Number) -> bool:
    """Say whether a word for many is bounded below: "more than a thousand" reads "more than thousands" in Russian."""
    return number.vague and number.span != number.core


def _floor(number: Number) -> tuple[float | None, bool]:
    low = number.low / 2 if _open_word(number) and number.low else number.low
    return low, number.high is None


def parts(text: str, language: str) -> list[tuple[str, Span]]:
    """Return the parts and multiples that a folded text names, as "1/2" or "x3", with where."""
    found: list[tuple[str, Span]] = []
    for value, pattern in _PARTS.get(language, {}).items():
        found += [(value, Span(*m.span())) for m in re.finditer(rf"\b(?:{pattern})(?!\w)", text)]
    longest = [s for _, s in found]
    return [(v, s) for v, s in found if not any(o != s and o.start <= s.start and s.end <= o.end for o in longest)]


def ordinals(text: str, language: str) -> frozenset[int]:
    """Return the ordinals from first to tenth in a folded text."""
    forms = _ORDINALS.get(language, "").split()
    return frozenset(i for i, form in enumerate(forms, start=1) if re.search(rf"\b(?:{form})\b", text))


def spoken_hours(text: str, language: str) -> list[tuple[int, Span]]:
    """Return the hours that a folded text gives in words, as minutes of the day, with where."""
    if language not in _HOURS:
        return []
    names = [h.replace("\\s", " ") for h in _HOURS[language].split()]
    hour = "|".join(sorted(names, key=len, reverse=True))
    found = []
    for match in re.finditer(r"\b" + _PARTS_OF_DAY[language].format(hour=hour), text):
        if match["part"] == "дня" and not _AT_HOUR.search(text[: match.start()]):
            continue  # "два дня": days
        at = _hour(match["h"], names)
        if _AFTERNOON.match(match["part"]) and not (match["part"] in ("ночи", "түнгі", "night") and at <= _SMALL_HOURS):
            at = at % _NOON + _NOON
        found.append((at % (2 * _NOON) * 60, Span(*match.span())))
    return found


def _hour(written: str, names: list[str]) -> int:
    if digits := re.match(r"\d+", written):
        return int(digits[0])
    return next(i for i, name in enumerate(names, start=1) if re.fullmatch(name, written))


def with_halves(text: str) -> str:
    """Write "two and a half" as "2,5", so that the text is as long as it was."""

    def digits(match: re.Match[str]) -> str:
        value = next((v for v, forms in _UNITS.items() if match["n"].lower() in forms.split()), None)
        return match[0] if value is None else f"{value}.5".ljust(len(match[0]))

    return _HALVES.sub(digits, text)


def pairs(text: str, language: str, found: tuple[Number, ...]) -> Iterator[Pair]:
    """Yield the neighbouring numbers of a text whose order says something."""
    for one, other in itertools.pairwise(found):
        if one.low is None or other.low is None or other.core.start - one.core.end > _MOST_BETWEEN:
            continue
        how = _how(text, language, one.core, other.core)
        if how == _BACK:
            yield Pair("from", other.low, one.low)
        elif how == _OF_IT:
            yield Pair("of", other.low, one.low)
        elif how:
            yield Pair(how, one.low, other.low)


def _how(text: str, language: str, one: Span, other: Span) -> str:
    before, between = text[: one.start].rstrip().casefold(), text[one.end : other.start].strip().casefold()
    if language == "kk":
        if _WHOLE.fullmatch(between):
            return _OF_IT
        source = _SOURCE_CASE.search(text[one.start : one.end] + " " + between)
        return "from" if source and _GOAL_CASE.search(text[other.start : other.end + 12]) else ""
    if re.search(rf"\b(?:{_FROM.get(language, '(?!)')})$", before) and _ends(_TO, language, between):
        return "from"
    if (_ends(_TO, language, before) and _ends(_FROM, language, between)) or _UP_FROM.search(between):
        return _BACK
    if _ends(_OF, language, between):
        return "of"
    return "against" if _ends(_AGAINST, language, between) else ""


def goes_to(text: str, language: str, number: Span) -> tuple[bool, bool]:
    """Say whether something goes to the number, and whether it comes from it, as far as the words beside it tell."""
    before, behind = text[: number.start].rstrip().casefold(), text[number.start : number.end + 12]
    if language == "kk":
        return bool(_GOAL_CASE.search(behind)), bool(_SOURCE_CASE.search(behind))
    return _ends(_TO, language, before), bool(re.search(rf"\b(?:{_FROM.get(language, '(?!)')})$", before))


def _ends(joints: dict[str, str], language: str, between: str) -> bool:
    return bool(re.search(rf"(?:^|\s)(?:{joints.get(language, '(?!)')})(?:\s(?:the|el|la|los|las))?$", between))

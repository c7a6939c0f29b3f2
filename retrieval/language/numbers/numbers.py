"""Numbers in running text: digits, words, "dozens", ranges, and the words that bound them.

number-parser was tried: of the numbers labelled in `tests/data/figures/*-test.jsonl` it finds .86 en, .92 es, .73 ru
and .58 kk, this module .95, .94, .98 and .96; and it reads no bounds and no ranges.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from retrieval.domain import Span
from retrieval.language.numbers.digits import ABSURD, blanked, digits_at
from retrieval.language.numbers.number_words import Lexicon, lexicon
from retrieval.language.packs import packs, pattern

LOOK_BACK = 60  # characters before a number in which its qualifier may stand
REST = re.compile(r"(?:[.,]\d+)*")
_QUALIFIERS = [one.get("numbers", "qualifiers", {}) for one in packs()]
RANGE_BARE = frozenset(joint for words in _QUALIFIERS for joint in words.get("range_bare", ()))
"""Joints that make a range by themselves: "8 to 10"."""
_SOURCES = "|".join(source for words in _QUALIFIERS for source in words.get("range_source", ()))
RANGE_SOURCE = re.compile(rf"\b(?:{_SOURCES})\s+(?:[^\W\d_]+\s+)?$", re.IGNORECASE)
WORD = re.compile(r"\s*[-–]?\s*([^\W\d_]+)\.?")
SUFFIX = re.compile(r"[-‑–]?([^\W\d_]{1,6})\b")
_WHOLE = r"(?:{})\Z"


@dataclass(frozen=True, slots=True)
class Number:
    """A number with the words that bound it: "at least 10", "8-10", "dozens", "10 мыңға жуық"."""

    span: Span  # the number and its qualifying words
    core: Span  # the number alone
    low: float | None  # None: only an upper bound is given
    high: float | None  # None: only a lower bound is given
    approximate: bool = False  # "around", "почти", "жуық"
    vague: bool = False  # "dozens": a word of magnitude, not a count
    scale: float = 1.0  # by which a scale word multiplied the digits: 1000 in "2 thousand"
    article: bool = False  # "un", "бір": one, or no number at all


def numbers(text: str, language: str, *, articles: bool = False) -> list[Number]:
    """Return the numbers of `text` in order, each with its bounds; never negative, nothing absurd.

    Dates in digits, times, telephones, ordinals and names (`T-72`) are left out. With `articles`, words that
    are either "one" or an article ("un", "бір") are given too, marked.
    """
    lex = lexicon(language)
    blank = blanked(text)
    bare = list(_bare(blank, language, lex, articles))
    return [_qualified(blank, number, lex) for number in _ranges(blank, bare, lex)]


def number_values(text: str, language: str) -> frozenset[str]:
    """Return the values of the numbers of `text`, comparable across wordings, scripts and languages.

    "2 тысячи" and "2,000" both give `2000`; "dozens" gives `24+`; times and ordinals give their digits.
    """
    values: set[str] = set()
    covered: list[Span] = []
    for number in numbers(text, language):
        mark = "+" if number.vague else ""
        values |= {f"{bound:.10g}{mark}" for bound in (number.low, number.high) if bound is not None}
        covered.append(number.core)
    for match in re.finditer(r"\d+(?::\d+)*", text):
        if not any(s.start <= match.start() and match.end() <= s.end for s in covered):
            values.add(match.group().lstrip("0") or "0")
    return frozenset(values)


# --- one number --------------------------------------------------------------------------------


def _bare(text: str, language: str, lex: Lexicon, articles: bool) -> Iterator[Number]:
    position = 0
    for match in re.finditer(r"\d+|[^\W\d_]+", text):
        if match.start() < position:
            continue
        refused = lex.refused.match(text, match.start())
        if refused:
            position = refused.end()
            continue
        number = _number_at(text, match, language, lex, articles)
        if number is not None:
            position = number.core.end
            yield number
        elif match.group().isdecimal():  # the rest of a malformed number is no number either
            position = REST.match(text, match.end()).end()  # type: ignore[union-attr]


def _number_at(text: str, match: re.Match[str], language: str, lex: Lexicon, articles: bool) -> Number | None:
    start = match.start()
    if match.group().isdecimal():
        return _from_digits(text, start, language, lex)
    for words, kind, value in lex.phrases if lex.any_phrase.match(text, start) else ():
        if phrase := words.match(text, start):
            span = Span(start, phrase.end())
            high = None if kind == "vague" else value
            return Number(span, span, value, high, vague=kind == "vague")
    if match.group().casefold() in lex.article:
        span = Span(*match.span())
        return Number(span, span, 1.0, 1.0, article=True) if articles else None
    return _from_words(text, start, lex)


def _from_digits(text: str, start: int, language: str, lex: Lexicon) -> Number | None:
    read = digits_at(text, start, language)
    if read is None:
        return None
    value, end = read
    approximate = False
    if suffix := SUFFIX.match(text, end):  # it begins with a hyphen or a letter
        word = suffix[1].casefold()
        if pattern(language, "numbers", "ordinal", _WHOLE).match(word):
            return None
        if pattern(language, "numbers", "cases", _WHOLE).match(word):
            approximate = bool(lex.about_case and lex.about_case.search(word))
            end = suffix.end()
    scale, end = _scale(text, end, lex)
    if value * scale >= ABSURD:
        return None
    span = Span(start, end)
    return Number(span, span, value * scale, value * scale, approximate, scale=scale)


def _scale(text: str, end: int, lex: Lexicon) -> tuple[float, int]:
    scale = 1.0
    while word := WORD.match(text, end):
        atom = _atom(word[1], lex)
        if atom is None or atom[0] not in ("scale", "times_hundred"):
            break
        scale *= atom[1]
        end = word.end() if word.group().endswith(".") and len(word[1]) <= 4 and word[1][0].islower() else word.end(1)
        if scale >= ABSURD:
            break
    return scale, end


def _atom(word: str, lex: Lexicon, *, inside: bool = False) -> tuple[str, float] | None:
    """Return a word's kind and value; `inside` a number, also of one that is another word: "бірден", at once."""
    low = word.casefold()
    if low in lex.atoms:
        return lex.atoms[low]
    if lex.case is not None:
        stem = lex.case.sub("", low)
        if stem != low and (inside or stem not in lex.no_case or low in lex.cased):
            return lex.atoms.get(stem)
    return None


def _from_words(text: str, start: int, lex: Lexicon) -> Number | None:
    """Read a run of number words: `two hundred and five`, `двадцать шесть тысяч`, `жүз елу`."""
    total = current = 0.0
    floor = float("inf")  # the next word must be smaller than the last of its group
    end = position = start
    while word := WORD.match(text, position):
        low = word[1].casefold()
        if low == lex.joiner and end > start:
            position = word.end(1)
            continue
        atom = _atom(word[1], lex, inside=end > start)
        if atom is None or (end > start and position == end and "\n" in word.group()):
            break
        kind, value = atom
        if kind == "scale":
            total, current, floor = total + (current or 1.0) * value, 0.0, value
        elif kind == "times_hundred" and current < 10:
            current, floor = (current or 1.0) * value, 100.0
        elif value < floor and (kind != "teen" or floor >= 100):
            current, floor = current + value, {"hundred": 100.0, "ten": 10.0}.get(kind, 0.0)
        else:
            break
        end = position = word.end(1)
    if end == start or total + current >= ABSURD:
        return None
    last = re.search(r"[^\W\d_]+$", text[start:end])
    approximate = bool(
        lex.about_case and last and last.group() not in lex.atoms and lex.about_case.search(last.group())
    )
    span = Span(start, end)
    return Number(span, span, total + current, total + current, approximate)


# --- ranges and qualifiers -----------------------------------------------------------------------


def _ranges(text: str, bare: list[Number], lex: Lexicon) -> list[Number]:
    joined: list[Number] = []
    for number in bare:
        if joined and (merged := _range(text, joined[-1], number, lex)):
            joined[-1] = merged
        else:
            joined.append(number)
    return joined


def _range(text: str, first: Number, second: Number, lex: Lexicon) -> Number | None:
    if first.low is None or second.high is None or first.low != first.high:
        return None
    start = _range_start(text, first, second, lex)
    low = first.low * second.scale if first.scale == 1 and first.low < second.scale else first.low
    if start is None or low >= second.high:
        return None
    end = second.core.end
    if after := lex.range_after.match(text, end):
        end = after.end()
    return Number(Span(start, end), Span(first.core.start, second.core.end), low, second.high)


def _range_start(text: str, first: Number, second: Number, lex: Lexicon) -> int | None:
    """Return where the range of the two numbers starts, or None where they are no range."""
    between = text[first.core.end : second.core.start]
    start = first.core.start
    if re.fullmatch(r"\s?[-–—‑]\s?", between):
        alike = text[start].isdigit() == text[second.core.start].isdigit()  # "ALMATY, Jan 6 - Seven people" is none
        return start if alike else None
    after = lex.range_after.match(text, second.core.end)
    joint = lex.range_joint.fullmatch(between)
    before = lex.range_before.search(text[max(0, start - LOOK_BACK) : start])
    if joint and before:
        return max(0, start - LOOK_BACK) + before.start()
    if joint and after:
        return start
    if not between.strip() and after and re.search(r"[ндт][ае]н$", text[start : first.core.end]):
        return None if _changes(text, start, after.end(), lex) else start
    if joint and joint.group().strip().casefold() in RANGE_BARE:
        source = RANGE_SOURCE.search(text[:start])
        return None if source or _changes(text, start, start, lex) else start
    return None


def _changes(text: str, start: int, end: int, lex: Lexicon) -> bool:
    """Return whether a verb of change stands near, so that "to 26" is where a number went, not its limit."""
    before = re.split(r"[.,;!?]\s", text[max(0, start - LOOK_BACK) : start])[-1]
    after = re.split(r"[.;!?,]", text[end : end + LOOK_BACK // 3])[0] if end > start else ""
    return bool(lex.change.search(before) or lex.change.search(after))


def _qualified(text: str, number: Number, lex: Lexicon) -> Number:
    if number.article:
        return number
    for _ in range(2):
        number = _qualified_before(text, number, lex)
    return _qualified_after(text, number, lex)


def _qualified_before(text: str, number: Number, lex: Lexicon) -> Number:
    origin = max(0, number.span.start - LOOK_BACK)
    match = lex.before.search(text[origin : number.span.start])
    if match is None:
        return number
    sense = str(match.lastgroup)
    word = re.sub(r"\s+", " ", match[sense]).casefold()
    start = origin + match.start()
    if word in lex.direction and _changes(text, start, start, lex):
        return number
    return _bounded(number, sense, Span(start, number.span.end))


def _qualified_after(text: str, number: Number, lex: Lexicon) -> Number:
    match = lex.after.match(text, number.span.end)
    if match is None or _opens_number(text, match.end(), lex):
        return number
    sense = str(match.lastgroup)
    word = re.sub(r"\s+", " ", match[sense]).casefold()
    if word in lex.direction and _changes(text, number.span.start, match.end(), lex):
        return number
    return _bounded(number, sense, Span(number.span.start, match.end()))


def _opens_number(text: str, start: int, lex: Lexicon) -> bool:
    """Return whether a number follows, which the qualifier then belongs to: "37 officers and at least fifty others"."""
    following = re.match(r"\s+(\d|[^\W\d_]+)", text[start : start + LOOK_BACK])
    return following is not None and (following[1].isdecimal() or _atom(following[1], lex) is not None)


def _bounded(number: Number, sense: str, span: Span) -> Number:
    if sense == "about":
        return replace(number, span=span, approximate=True)
    if sense == "least":
        return replace(number, span=span, high=None)
    upper = number.high if number.high is not None else number.low
    return replace(number, span=span, low=None, high=upper)

"""Whether a statement keeps what came before and what after: until and since, earlier and later, from 3 to 5."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from retrieval.language.clauses import Reading
from retrieval.language.days.calendar_words import WEEKDAYS
from retrieval.language.days.day_mentions import day_mentions
from retrieval.language.numbers.amounts import goes_to, pairs

# What stands before a date (in Kazakh behind it), and what sets two events in order anywhere.
_TILL_DATE = {
    "en": r"until|till|before|by|up to|through",
    "ru": r"до|перед|к|по",
    "es": r"hasta(?: el)?|antes del?(?: el)?",
    "kk": r"дейін|бұрын",
}
_FROM_DATE = {
    "en": r"after|since|from|starting|as of",
    "ru": r"после|с|со|начиная с",
    "es": r"desde(?: el)?|después del?(?: el)?|despues del?|tras(?: el)?|a partir del?",
    "kk": r"кейін|соң|бастап|бері",
}
_EARLIER = {
    "en": r"before|earlier|prior to|ahead of",
    "ru": r"раньше|ранее|перед|до того",
    "es": r"antes",
    "kk": r"бұрын|ертерек",
}
_LATER = {
    "en": r"after|later|following|since",
    "ru": r"позже|позднее|после|спустя|через",
    "es": r"despu[eé]s|tras|luego|desde",
    "kk": r"кейін|соң|кешірек",
}
_NEAR = 14  # characters between a date and the word that relates to it
_NEAR_EVENT = 40  # characters
_AFTERNOON = r"(?:after noon|после полудня|после обеда|түстен кейін|түске дейін|después de las|antes de las)"


def disordered(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield what the statement puts in another order than its quotes: times of day, dates, events, and numbers."""
    held = {key: sides for quote in quotes for key, sides in _dated(quote).items()}
    for key, sides in _dated(said).items():
        if len(sides) == 1 and key in held and held[key] and not sides & held[key]:
            yield f"{key} {sides}"
    theirs = [one for quote in quotes for one in _sequence(quote)]
    for mine in _sequence(said):
        alike = [other.side for other in theirs if _alike(mine, other)]
        if alike and mine.side not in alike:
            yield mine.side
    yield from _swapped(said, quotes)
    yield from _wrong_end(said, quotes)


def _swapped(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    held = {pair for quote in quotes for pair in pairs(quote.text, quote.language, quote.numbers)}
    for pair in pairs(said.text, said.language, said.numbers):
        parts = {p.first for p in held if p.how == pair.how == "of" and p.second == pair.second}
        if pair.how == "of" and (pair.first > pair.second or (parts and pair.first not in parts)):
            yield f"{pair.first:g} of {pair.second:g}"
        turned = pair._replace(first=pair.second, second=pair.first)
        if turned in held and pair not in held and pair != turned:
            yield f"{pair.first:g} {pair.how} {pair.second:g}"


def _wrong_end(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    """Yield the numbers that a statement puts at the other end of a change: "to 14.5" of "from 14.5 to 20"."""
    changes = [p for q in quotes for p in pairs(q.text, q.language, q.numbers) if p.how == "from"]
    for n in said.numbers:
        to, source = goes_to(said.text, said.language, n.core)
        if to and any(p.first == n.low for p in changes) and not any(p.second == n.low for p in changes):
            yield n.span.of(said.text)
        if source and any(p.second == n.low for p in changes) and not any(p.first == n.low for p in changes):
            yield n.span.of(said.text)


def _dated(reading: Reading) -> dict[tuple[object, ...], frozenset[str]]:
    """Return on which side of each date the text puts things: "till", "from", both or neither."""
    found: dict[tuple[object, ...], frozenset[str]] = {}
    spans = [((m.month, m.days), m.start, m.end) for m in day_mentions(reading.text, reading.language) if m.month]
    spans += [((WEEKDAYS[w.text.lower()],), w.start, w.end) for w in reading.words if w.text.lower() in WEEKDAYS]  # type: ignore[misc]
    for key, start, end in spans:
        found[key] = found.get(key, frozenset()) | _sides(reading, start, end)
    return found


def _sides(reading: Reading, start: int, end: int) -> frozenset[str]:
    if reading.language == "kk":
        near = reading.text[end : end + _NEAR]
        template = r"^\w*\s+(?:{})\b"
    else:
        near = reading.text[max(0, start - _NEAR) : start]
        template = r"\b(?:{})\s+(?:the\s+)?(?:night of\s+)?$"
    sides = (("till", _TILL_DATE), ("from", _FROM_DATE))
    return frozenset(
        side for side, words in sides if re.search(template.format(words.get(reading.language, "(?!)")), near, re.I)
    )


class _Event(NamedTuple):
    """What a text puts earlier or later: by how much where it says so, and than what."""

    side: str
    measured: bool
    than: frozenset[str]


def _alike(one: _Event, other: _Event) -> bool:
    if one.measured and other.measured:
        return True
    return not one.than or not other.than or bool(one.than & other.than)


def _sequence(reading: Reading) -> Iterator[_Event]:
    """Yield what a text puts earlier or later than what; what it dates is left to `_dated`."""
    text = re.sub(_AFTERNOON, lambda m: " " * len(m[0]), reading.text.casefold())
    for side, words in (("earlier", _EARLIER), ("later", _LATER)):
        for match in re.finditer(rf"\b(?:{words.get(reading.language, '(?!)')})\b", text):
            start, end = _argument(reading, match.start(), match.end())
            if any(start <= s.start < end for s in reading.calendar):
                continue
            than = (m.names for m in reading.mentions if m.kind in ("act", "thing") and start <= m.start < end)
            measured = any(
                0 <= match.start() - n.core.end <= _NEAR or 0 <= n.core.start - match.end() <= 1
                for n in reading.numbers
            )
            yield _Event(side, measured, frozenset().union(*than))


def _argument(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """Return where a text may name what something came before or after: in Kazakh before the word, else behind."""
    if reading.language == "kk":
        return reading.clause_at(start).start, start
    return end, min(end + _NEAR_EVENT, reading.clause_at(end).end)

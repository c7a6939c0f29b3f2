"""A number given place by place: "302 dead: 232 in Cairo, 52 in Giza", "Погибли 302: в Каире 232, в Гизе 52"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from retrieval.domain import TAKEN_BACK, Figure, FigureScope, ReportStatus, Span
from retrieval.figures.lexicon import PEOPLE_KINDS
from retrieval.figures.places import BEFORE_NAME, base_place, place_pattern
from retrieval.language.doc import Doc, Sentence
from retrieval.language.numbers.numbers import Number

LIST_OPENS = re.compile(r":\s")
AFTER = re.compile(r"\s(?:[\w-]+\s)?")  # between a number and its place: "232 in Cairo", "232 people in Cairo"
BEFORE = re.compile(r"\s*[-–—]?\s*")  # between a place and its number: "в Каире 232", "в Каире — 232"
LEAST_ITEMS = 2


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a number and where it was counted; offsets are those of the sentence."""

    number: Number
    place: str


def items_in(sentence: Sentence, begin: int) -> list[Item]:
    """Return the numbers of a sentence that come, from `begin` on, each with a place of its own beside it."""
    text = sentence.text
    named = [match for match in place_pattern(sentence.language).finditer(text) if match.start() >= begin]
    numbers = [number for number in sentence.numbers if number.span.start >= begin and not number.article]
    pairs = [(number, match) for number in numbers for match in named]
    for found in (
        [(n, m) for n, m in pairs if n.span.end <= m.start() and AFTER.fullmatch(text, n.span.end, m.start())],
        [(n, m) for n, m in pairs if m.end() <= n.span.start and BEFORE.fullmatch(text, m.end(), n.span.start)],
    ):
        items = [Item(number, _name(sentence, match)) for number, match in found]
        if len({item.place for item in items}) >= LEAST_ITEMS:
            return items
    return []


def _name(sentence: Sentence, match: re.Match[str]) -> str:
    start = match.start("place")
    written = re.sub(r"[’']s?$", "", match["place"])
    return base_place(written, sentence.text[max(0, start - BEFORE_NAME) : start], sentence.language)


def with_breakdowns(doc: Doc, figures: Sequence[Figure]) -> list[Figure]:
    """Return counts of people with the parts that a list gives place by place; the whole is of none of the places."""
    found = list(figures)
    for sentence in doc.sentences:
        opens = LIST_OPENS.search(sentence.text)
        if opens is None:
            continue
        at = sentence.span.start
        items = items_in(sentence, opens.end() - 1)
        wholes = [one for one in found if at <= one.wording.start < at + opens.start() and one.kind in PEOPLE_KINDS]
        if items and wholes:
            found = list(_broken_down(found, wholes[-1], items, at))
        else:
            found = _with_sum(found, sentence, opens.start())
    return sorted(found, key=lambda figure: figure.wording.start)


def _with_sum(figures: list[Figure], sentence: Sentence, end: int) -> list[Figure]:
    """Return figures with the whole before a list, "The right number is six: five workers ..., one docker ...".

    It counts what the list counts, where the counts of the list add up to it; what was taken back before is what it
    replaces, of the same people and by the same speaker.
    """
    at = sentence.span.start
    before = [number for number in sentence.numbers if number.span.end <= end and number.low == number.high]
    listed = [one for one in figures if at + end < one.wording.start < sentence.span.end and one.kind in PEOPLE_KINDS]
    if not before or len(listed) < LEAST_ITEMS or len({one.kind for one in listed}) > 1:
        return figures
    number, counts = before[-1], [one.low for one in listed if one.low is not None and one.low == one.high]
    if len(counts) < len(listed) or sum(counts) != number.low:
        return figures
    span = Span(number.span.start + at, number.span.end + at)
    known = next((one for one in figures if one.wording.overlaps(span)), None)
    if known is not None and known.kind is not listed[0].kind:
        return figures
    whole = replace(
        known or listed[0],
        wording=span,
        low=number.low,
        high=number.high,
        group=known.group if known is not None else "total",
        place=None,
        scope=FigureScope.TOTAL,
        stands=True,
    )
    gone = [one for one in figures if one.kind is whole.kind and one.quote.end <= at and one.status in TAKEN_BACK]
    if gone:
        speaker = whole.speaker or gone[-1].speaker
        whole = replace(whole, status=ReportStatus.CORRECTION, group=gone[-1].group, speaker=speaker)
    parts = [replace(one, scope=FigureScope.PART) if one in listed else one for one in figures if one is not known]
    return [*parts, whole]


def _broken_down(figures: Sequence[Figure], whole: Figure, items: Sequence[Item], at: int) -> Iterator[Figure]:
    listed = {item.place for item in items}
    spans = [Span(item.number.span.start + at, item.number.span.end + at) for item in items]
    for one in figures:
        if one is whole:
            yield replace(one, place=None if one.place in listed else one.place)
        elif not any(one.wording.overlaps(span) for span in spans):
            yield one
    for item, span in zip(items, spans, strict=True):
        number = item.number
        yield replace(
            whole,
            wording=span,
            low=number.low,
            high=number.high,
            approximate=number.approximate,
            place=item.place,
            scope=FigureScope.PART,
        )

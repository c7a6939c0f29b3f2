"""Pairs of numbers: one replaces the other ("54, not 58", "58 емес, 54"), or a toll goes on to it ("by 5 to 23")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from retrieval.domain import Figure, FigureScope, ReportStatus, Span
from retrieval.figures.counts import MONTH_DAYS, counts_in, triggers_in
from retrieval.figures.lexicon import FigureWords
from retrieval.language.days.calendar_words import month_pattern
from retrieval.language.doc import Doc, Sentence
from retrieval.language.numbers.numbers import Number
from retrieval.language.packs import pattern

CUT = re.compile(r";|[.!?]\s")
CHANGES = (FigureScope.INCREASE, FigureScope.PREVIOUS)
CHANGE_WITHIN = 30  # characters between the numbers of a change


@dataclass(frozen=True, slots=True)
class Replacement:
    """A number and the one that it replaces, as a sentence gives them; offsets are those of the sentence."""

    right: Number
    wrong: Number


def replacements_in(sentence: Sentence, words: FigureWords) -> Iterator[Replacement]:
    """Yield the pairs of numbers in a sentence of which one is said to be right and the other wrong."""
    text, language = sentence.text, sentence.language
    before = pattern(language, "figures", "wrong_after", r"(?<!\w)(?:{})\s*\Z")
    after = pattern(language, "figures", "wrong_before", r"\s*(?:{})(?!\w)")
    but = pattern(language, "figures", "right_after", r"(?<!\w)(?:{})(?!\w)")
    if len(sentence.numbers) < 2:
        return
    counted = {one.number.core for one in counts_in(text, words, triggers_in(text, words))}
    days = [match.span() for match in month_pattern(MONTH_DAYS).finditer(text)]
    numbers = [n for n in sentence.numbers if not any(start <= n.core.start < end for start, end in days)]
    wrong = [n for n in numbers if before.search(text[: n.span.start]) or after.match(text, n.core.end)]
    wrong = [n for n in wrong if not words.words["unit"].match(text, n.core.end + 1)]
    for one in wrong:
        others = [
            other
            for other in numbers
            if other not in wrong
            and not {one.core, other.core}.isdisjoint(counted)
            and not CUT.search(_between(text, one, other))
        ]
        later = [other for other in others if other.core.start > one.core.start]
        earlier = [other for other in others if other.core.start < one.core.start]
        if later and but.search(_between(text, one, later[0])):
            yield Replacement(later[0], one)
        elif earlier:
            yield Replacement(earlier[-1], one)


def _between(text: str, one: Number, other: Number) -> str:
    first, last = sorted((one.core, other.core), key=lambda span: span.start)
    return text[first.end : last.start]


def with_replacements(doc: Doc, figures: Sequence[Figure], words: FigureWords) -> list[Figure]:
    """Return the counts of people in a text with both numbers of each pair: one a correction, one corrected.

    What is known of either, kind, group, place and speaker, is so of both. Where neither was read, the kind is the one
    that the sentence has words of.
    """
    found = list(figures)
    for sentence in doc.sentences:
        for pair in replacements_in(sentence, words):
            right, wrong = (_shifted(number, sentence.span.start) for number in (pair.right, pair.wrong))
            known = [next((f for f in found if f.wording.overlaps(one.span)), None) for one in (right, wrong)]
            model = known[0] or known[1] or _only_kind(sentence, words)
            if model is None or (known[0] and known[1] and known[0].kind is not known[1].kind):
                continue
            found = [figure for figure in found if not any(figure is one for one in known)]
            scope = FigureScope.TOTAL if model.scope in CHANGES else model.scope
            for number, status in ((right, ReportStatus.CORRECTION), (wrong, ReportStatus.CORRECTED)):
                found.append(
                    replace(
                        model,
                        quote=sentence.span,
                        wording=number.span,
                        low=number.low,
                        high=number.high,
                        approximate=number.approximate,
                        scope=scope,
                        status=status,
                        stands=status is ReportStatus.CORRECTION,
                    )
                )
    return sorted(found, key=lambda figure: figure.wording.start)


def with_changes(doc: Doc, figures: Sequence[Figure], words: FigureWords) -> list[Figure]:
    """Return the counts of people in a text with both numbers of each change of a toll: "rose by 5 to 23", "from 18".

    The second is the total, whatever was read; the first is what it rose by, or what it was.
    """
    found = list(figures)
    for sentence in doc.sentences:
        tolls = [t for t in triggers_in(sentence.text, words) if t.form == "toll"]
        for first, second, scope in _changes_in(sentence) if tolls else ():
            before = [toll for toll in tolls if toll.start < first.core.start]
            if not before:
                continue
            for number, own in ((first, scope), (second, FigureScope.TOTAL)):
                one = _shifted(number, sentence.span.start)
                known = next((f for f in found if f.wording.overlaps(one.span)), None)
                model = known or Figure(before[-1].kind, sentence.span, one.span, None, None, speaker=sentence.speaker)
                found = [figure for figure in found if figure is not known]
                exact = number.high if number.low is None else number.low  # "hasta 23" is where it went, no limit
                is_total = own is FigureScope.TOTAL
                found.append(
                    replace(
                        model,
                        wording=one.span,
                        low=exact,
                        high=exact if number.low is None else number.high,
                        approximate=number.approximate,
                        scope=own,
                        stands=is_total and model.status in (ReportStatus.STATED, ReportStatus.CORRECTION),
                    )
                )
    return sorted(found, key=lambda figure: figure.wording.start)


def _changes_in(sentence: Sentence) -> Iterator[tuple[Number, Number, FigureScope]]:
    """Yield pairs of a number that a toll rose by, or rose from, and the one that it came to."""
    text, language = sentence.text, sentence.language
    by, since = (
        pattern(language, "figures", key, r"(?<!\w)(?:{})\s*\Z") for key in ("rose_by_before", "rose_from_before")
    )
    to = pattern(language, "figures", "rose_to_before", r"[\s,]*(?:{})\s*\Z")
    numbers = [n for n in sentence.numbers if not n.article]
    for first, second in pairwise(numbers):
        between = text[first.core.end : second.core.start]
        if len(between) > CHANGE_WITHIN or CUT.search(between) or not to.search(between):
            continue
        before = text[: first.core.start]
        if by.search(before):
            yield first, second, FigureScope.INCREASE
        elif since.search(before):
            yield first, second, FigureScope.PREVIOUS


def _shifted(number: Number, by: int) -> Number:
    span, core = (Span(one.start + by, one.end + by) for one in (number.span, number.core))
    return replace(number, span=span, core=core)


def _only_kind(sentence: Sentence, words: FigureWords) -> Figure | None:
    """Return a figure of the one kind that a sentence has words of; None where it has none, or of several kinds."""
    kinds = {trigger.kind for trigger in triggers_in(sentence.text, words)}
    if len(kinds) != 1:
        return None
    speaker = sentence.speaker
    return Figure(kinds.pop(), sentence.span, sentence.span, None, None, speaker=speaker)

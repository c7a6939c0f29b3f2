"""Figures read from a text by rules: how many, of whom, who says so, where, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from retrieval.domain import Figure, FigureKind, Span
from retrieval.figures.counts import Count, counts_in, triggers_in, without_ages_and_credits, zeros_in
from retrieval.figures.lexicon import PEOPLE_KINDS, FigureWords, figure_words
from retrieval.figures.linking import Link, linked
from retrieval.figures.periods import periods_in
from retrieval.figures.prices import prices_in
from retrieval.figures.withdrawals import clauses, is_withdrawal
from retrieval.language.days.calendar_words import MONTHS, WEEKDAYS
from retrieval.language.doc import Doc, Sentence
from retrieval.language.numbers.numbers import Number
from retrieval.language.packs import NOTHING, pack
from retrieval.language.speakers.speaker_words import speaker_words

PART_WITHIN = 40  # characters from a sentence's start in which "of them" points to the sentence before


def read_figures(doc: Doc) -> list[Figure]:
    """Return the figures that an article's text reports, in order; offsets are those of the text.

    In a language without words of counting there are none. Numbers that are past, planned, feared, denied or withdrawn
    are skipped.
    """
    words = figure_words(doc.language)
    if words is None:
        return []
    found: dict[tuple[object, ...], Figure] = {}
    before: FigureKind | None = None  # what happened to people in the sentence before
    for sentence in doc.sentences:
        figures = list(_figures_in(sentence, words, before))
        before = next((f.kind for f in reversed(figures) if f.kind in PEOPLE_KINDS), None)
        for one in figures:
            at = one.wording.start
            if not any(is_withdrawal(c) for c in clauses(sentence) if c.span.start <= at < c.span.end):
                found.setdefault((one.kind, one.low, one.high, one.group, one.place, one.speaker, one.unit), one)
    return list(found.values())


def _figures_in(sentence: Sentence, words: FigureWords, before: FigureKind | None) -> Iterator[Figure]:
    yield from _people(sentence, words, before)
    for number, unit in prices_in(sentence, words):
        place = place_of(sentence, number.span, None)
        yield _figure(sentence, FigureKind.PRICE, number, place=place, unit=unit)
    for period in periods_in(sentence, words):
        number = Number(period.wording, period.wording, period.low, period.high)
        days = {"event_from": period.begins, "event_to": period.ends}
        place = place_of(sentence, period.wording, None)
        yield _figure(sentence, period.kind, number, place=place, unit=period.unit, **days)


def _figure(sentence: Sentence, kind: FigureKind, number: Number, **fields: Any) -> Figure:
    """Return a figure with its bounds and speaker; `fields` are its other fields."""
    return Figure(
        kind=kind,
        quote=sentence.span,
        wording=Span(number.span.start + sentence.span.start, number.span.end + sentence.span.start),
        low=number.low,
        high=number.high,
        approximate=number.approximate,
        speaker=sentence.speaker_of(number.span)[0],
        **fields,
    )


def _people(sentence: Sentence, words: FigureWords, before: FigureKind | None) -> Iterator[Figure]:
    triggers = triggers_in(sentence.text, words)
    days = {day for _, day in sentence.event_days} if triggers else set()
    day = days.pop() if len(days) == 1 else None  # of several days, which one is meant is not known
    for kind, group, wording in zeros_in(sentence.text, triggers, words):
        yield _people_figure(sentence, kind, group, Number(wording, wording, 0.0, 0.0), day, ())
    if not triggers and not (before and words.words["part"].search(sentence.text[:PART_WITHIN])):
        return
    plain = Doc(without_ages_and_credits(sentence.text, words), sentence.language)
    links = linked(plain, counts_in(plain.text, words, triggers), triggers, words, before)
    parts = [link.count.number.span for link in links if link.count.part]
    for link in links:
        if _is_reported(sentence, link, words) and not _are_speakers(sentence, link.count):
            yield _people_figure(sentence, link.kind, link.count.group or "total", link.count.number, day, parts)


def _people_figure(
    sentence: Sentence, kind: FigureKind, group: str, number: Number, day: date | None, parts: Sequence[Span]
) -> Figure:
    place = place_of(sentence, number.span, sentence.speaker_of(number.span)[1], parts)
    return _figure(sentence, kind, number, group=group, place=place, event_from=day, event_to=day)


# --- numbers that are not reported ------------------------------------------------------------------

YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d)")
LATE = 2  # months into a year in which an event of the year before is still news


def _are_speakers(sentence: Sentence, count: Count) -> bool:
    """Return whether the people counted are the speakers: "two officials said"."""
    core = count.number.core
    names = [said.name for said in sentence.attributions]
    return any(name.start <= core.start < name.end or 0 <= name.start - core.end <= 1 for name in names)


def _is_reported(sentence: Sentence, link: Link, words: FigureWords) -> bool:
    """Return whether the sentence reports this number as a present fact: not old, planned, feared, denied or a rise."""
    text, start = sentence.text, link.count.start
    clause = _clause(text, link.count, words, commas=True)
    whole = _clause(text, link.count, words, commas=False)
    if re.search(rf"(?:{words.words['previous_before'].pattern})\s*$", text[max(0, start - 40) : start], re.IGNORECASE):
        return False
    if words.words["previous"].search(clause) or words.words["previous"].match(whole.lstrip()):
        return False
    if words.words["doubt"].search(whole) or _is_over(text, link, clause, words):
        return False
    near, after = text[max(0, start - 12) : link.count.end], text[link.count.end :]
    rises = words.words["another"].search(near) and words.words["total"].search(after)  # "another 9 bring it to 20"
    return not rises and not _is_history(sentence, words)


def _is_over(text: str, link: Link, clause: str, words: FigureWords) -> bool:
    """Return whether the people were freed, buried or sought: such a word is nearer to the number than the trigger."""
    if link.kind not in (FigureKind.DETAINED, FigureKind.KILLED, FigureKind.MISSING):
        return False

    def distance(start: int, end: int) -> int:
        return max(start - link.count.end, link.count.start - end, 0)

    offset = text.index(clause)
    apart = [distance(offset + m.start(), offset + m.end()) for m in words.words["released"].finditer(clause)]
    if not apart or link.trigger is None or link.trigger.form == "noun" or link.kind is not FigureKind.DETAINED:
        return bool(apart)
    return min(apart) < distance(link.trigger.start, link.trigger.end)


def _clause(text: str, count: Count, words: FigureWords, *, commas: bool) -> str:
    cuts = [m.span() for m in re.finditer(r"[;,]\s|[—–]\s" if commas else r";\s", text)]
    cuts += [m.span() for m in speaker_words(words.language).turns.finditer(text)]
    begin = max((e for _, e in cuts if e <= count.start), default=0)
    return text[begin : min((s for s, _ in cuts if s >= count.end), default=len(text))]


def _is_history(sentence: Sentence, words: FigureWords) -> bool:
    match = words.words["history"].search(sentence.text)
    if match is None:
        return False
    year, published = YEAR.search(match.group()), sentence.published
    if year is None or published is None:
        return year is None
    months = (published.at.year - int(year.group())) * 12
    return months > 12 or (months == 12 and published.at.month > LATE)


# --- places -----------------------------------------------------------------------------------------

CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁӘҒҚҢӨҰҮҺІ]"
NAME = rf"{CAPITAL}[\w’'-]+(?:[\s-](?:de|del|la|el|al|los|las)?\s?{CAPITAL}[\w’'-]+){{0,2}}"
NOT_PLACES = re.compile(
    r"(?:Facebook|Twitter|Telegram|Instagram|January|Reuters|State|Ministr\w+|Interior|Parliament|Akorda|Army|"
    r"Минист\w+|МВД|МЧС|КНБ|ООН|Telegram-канал\w*|Нацгварди\w+|Росгварди\w+|Facebook-\w+|Ministerio)\b"
)


@cache
def place_pattern(language: str) -> re.Pattern[str]:
    """Return a pattern whose group "place" is a place's name, recognised by the word before it or its ending."""
    ours = pack(language)
    if (endings := ours.regex("figures", "place_endings")) != NOTHING:
        return re.compile(rf"(?<!\w)(?P<place>{CAPITAL}\w+?)(?:{endings})(?!\w)")
    return re.compile(rf"(?<!\w)(?:{ours.regex('figures', 'place_before')})(?P<place>{NAME})")


REACH = 70  # characters between a number and its place
PLACE_BEFORE_COST = 15  # characters by which a place before the number counts as further away


def place_of(sentence: Sentence, number: Span, speaker: Span | None, parts: Sequence[Span] = ()) -> str | None:
    """Return the place named nearest to a number, if any.

    All spans are in the sentence; `parts` are numbers of parts ("103 of them in Almaty"), with places of their own.
    """
    named: list[tuple[int, str]] = []
    for match in place_pattern(sentence.language).finditer(sentence.text):
        start, end = match.span("place")
        speaks = speaker is not None and start < speaker.end and speaker.start < end
        if speaks or _is_no_place(match["place"], sentence.language):
            continue
        after = start >= number.end
        between = sentence.text[number.end : start] if after else sentence.text[end : number.start]
        of_part = any(number.end <= part.start < start for part in parts)
        if not of_part and ";" not in between and len(between) <= REACH:
            name = re.sub(r"[’']s?$", "", match["place"])
            named.append((len(between) + (0 if after else PLACE_BEFORE_COST), name))
    return min(named)[1] if named else None


def _is_no_place(name: str, language: str) -> bool:
    first = re.sub(r"[’']s?$", "", name.partition(" ")[0].casefold())
    if first in MONTHS or first in WEEKDAYS or NOT_PLACES.match(name):
        return True
    return re.match(rf"(?:{pack(language).regex('figures', 'not_places')})$", name) is not None

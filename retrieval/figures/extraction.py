"""Figures read from a text by rules: how many, of whom, who says so, where, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from retrieval.domain import Figure, FigureKind, ReportStatus, Span
from retrieval.embedding.engine import WordEncoder
from retrieval.figures.breakdowns import with_breakdowns
from retrieval.figures.corrections import with_changes, with_replacements
from retrieval.figures.counts import Count, counts_in, triggers_in, without_ages_and_credits, zeros_in
from retrieval.figures.lexicon import PEOPLE_KINDS, FigureWords, figure_words
from retrieval.figures.linking import Link, linked
from retrieval.figures.periods import periods_in
from retrieval.figures.places import place_of
from retrieval.figures.prices import prices_in
from retrieval.figures.tagging.tagged import tagged_figures
from retrieval.figures.tagging.tagger import load_tagger
from retrieval.figures.withdrawals import withdrawn_clauses
from retrieval.language.doc import Doc, Sentence
from retrieval.language.names.places import places
from retrieval.language.numbers.numbers import Number
from retrieval.language.packs import pattern
from retrieval.language.speakers.speaker_words import speaker_words
from retrieval.language.words import is_stopword

PART_WITHIN = 40  # characters from a sentence's start in which "of them" points to the sentence before


def read_figures(doc: Doc, encoder: WordEncoder | None = None) -> list[Figure]:
    """Return the figures that an article's text reports, in order; offsets are those of the text.

    With an `encoder`, numbers that are earlier values, planned, feared, denied or withdrawn are given too, marked as
    such; without one, the grammar alone reads, and they are skipped. In a language without words of counting there are
    no figures. Raises ModelError.
    """
    words = figure_words(doc.language)
    if words is None:
        return []
    counts = grammar_figures(doc)
    if encoder is not None:
        counts = with_changes(doc, tagged_figures(doc, words, counts, encoder, load_tagger()), words)
        counts = with_replacements(doc, counts, words)
    counts = with_breakdowns(doc, counts)
    others = (one for sentence in doc.sentences for one in _others_in(sentence, words))
    gone = [clause.span for clause in withdrawn_clauses(doc)]
    found: dict[tuple[object, ...], Figure] = {}
    for one in sorted([*counts, *others], key=lambda figure: (figure.quote.start, figure.kind not in PEOPLE_KINDS)):
        replaces = one.status is ReportStatus.CORRECTION  # "54, not 58, we wrote in error" takes only 58 back
        taken_back = one.stands and not replaces and any(s.start <= one.wording.start < s.end for s in gone)
        if taken_back and encoder is None:
            continue
        kept = replace(one, status=ReportStatus.WITHDRAWN, stands=False) if taken_back else one
        kept = replace(kept, speaker=whole_speaker(Sentence(doc, kept.quote), kept.speaker))
        fields = (
            kept.kind,
            kept.low,
            kept.high,
            kept.group,
            kept.place,
            kept.speaker,
            kept.unit,
            kept.scope,
            kept.status,
        )
        found.setdefault(fields, kept)
    return list(found.values())


def whole_speaker(sentence: Sentence, speaker: str | None) -> str | None:
    """Return a speaker as a sentence names them, whole or not at all.

    A name that opens with a word of another case takes in the word before it: "начальник" of "пожарной службы Юрий
    Белан". An adjective of a people alone ("rusas" of "fuentes rusas") is nobody.
    """
    if speaker is None or not speaker[0].islower():
        return speaker
    if " " not in speaker:
        return None if places(speaker, sentence.language) else speaker
    if not pattern(sentence.language, "names", "declined_first", r"\w+(?:{})(?!\w)").match(speaker):
        return speaker
    start = sentence.text.find(speaker)
    before = re.search(r"(?<!\w)([\w-]+)\s+\Z", sentence.text[: max(start, 0)])
    if before is None or is_stopword(before[1], sentence.language):
        return None
    return None if speaker_words(sentence.language).verbs.search(before[1]) else f"{before[1]} {speaker}"


def grammar_figures(doc: Doc) -> list[Figure]:
    """Return the counts of people that the grammar reads in a text, in order; none in a language without its words."""
    words = figure_words(doc.language)
    if words is None:
        return []
    found: list[Figure] = []
    before: FigureKind | None = None  # what happened to people in the sentence before
    for sentence in doc.sentences:
        figures = list(_people(sentence, words, before))
        before = figures[-1].kind if figures else None
        found += figures
    return found


def _others_in(sentence: Sentence, words: FigureWords) -> Iterator[Figure]:
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
        if any(span.overlaps(link.count.number.core) for span, _ in sentence.event_days):
            continue  # "The next day, Jan. 28, he disappeared"
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

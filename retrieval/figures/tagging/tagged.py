"""Figures as the tagger reads them, window by window of a text, beside what the grammar reads."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from retrieval.domain import Figure, FigureScope, ReportStatus, Span
from retrieval.embedding.engine import WordEncoder
from retrieval.figures.counts import NEXT_WORD, group_at
from retrieval.figures.incidents import tells_of_its_day
from retrieval.figures.keys import place_key
from retrieval.figures.lexicon import FigureWords
from retrieval.figures.places import BEFORE_NAME, base_place, names_a_capital
from retrieval.figures.tagging.agreement import WHOLES, agreed, without_parts_group, without_second_totals
from retrieval.figures.tagging.tagger import Tagged, Tagger
from retrieval.figures.tagging.word_features import EDGES, MONEY, YEAR, marked_words
from retrieval.language.doc import Doc, Sentence
from retrieval.language.names.base_forms import base_form
from retrieval.language.names.places import places
from retrieval.language.speakers.speaker_words import speaker_words

LONGEST_WINDOW = 700  # characters read at once
CERTAIN = 0.85  # probability from which a figure is believed that the grammar does not read
NONE_OF_THEM = 0.6  # the same, of a group of which there were none
LIKELY = 0.3  # from which scope, status and names are believed of a figure that the grammar reads too
SURE_GROUP = 0.8  # from which its group is, where the grammar has no word for it
NAMED = 0.9  # of a speaker, from which it is believed: better none than a wrong one
PLACED, PLACED_UNKNOWN = 0.6, 0.8  # of a place that is on the map, and of another name
PAIRS = (("«", "»"), ("“", "”"))
UNLISTED = ("workers", "prisoners", "other")  # groups of which the packs list no words
UNIT_WITHIN = 3  # words after a number in which what it counts must come
UNSAID = ("people", "foreigners")  # a citizen of ours is a foreigner elsewhere
EARLIER = (FigureScope.PREVIOUS, FigureScope.HISTORY)
RECENT = 7  # days before an article in which what it tells of a day is its news
HELD = (ReportStatus.STATED, ReportStatus.CORRECTION)
COUNTED = (*WHOLES, FigureScope.PART)


def tagged_figures(
    doc: Doc, words: FigureWords, grammar: Sequence[Figure], encoder: WordEncoder, tagger: Tagger
) -> list[Figure]:
    """Return the counts of people in a text, in order: those of `grammar` (its counts of people), read anew, and more.

    Raises ModelError.
    """
    found: list[Figure] = []
    for sentences in _windows(doc, words):
        start, end = sentences[0].span.start, sentences[-1].span.end
        inside = [figure for figure in grammar if start <= figure.wording.start < end]
        window = Doc(doc.text[start:end], doc.language, doc.published)
        local = [replace(figure, wording=_shifted(figure.wording, -start)) for figure in inside]
        marked = marked_words(window, words, local)
        states = encoder.word_states(window.text, marked.spans)
        read = tagger.read(marked, states, least=min(CERTAIN, LIKELY))
        ends = [sentence.span.end - start for sentence in sentences]
        tagged = agreed(read, partial(_sentence_at, ends), partial(_is_negated, window.text, words))
        found += _merged(doc, words, start, sentences, inside, tagged)
    rest = [one for one in grammar if not any(one.wording.overlaps(figure.wording) for figure in found)]
    ordered = sorted([*found, *rest], key=lambda figure: figure.wording.start)
    ordered = [_of_the_whole(doc, words, figure, ordered) for figure in ordered]
    return _standing(without_second_totals(without_parts_group(ordered), partial(_are_apart, doc, words)))


def _of_the_whole(doc: Doc, words: FigureWords, part: Figure, others: Sequence[Figure]) -> Figure:
    """Return a part with its whole's group where the sentence names no other: "13 officers, two of them beheaded"."""
    noun = dict(words.groups).get(part.group)
    if part.scope is not FigureScope.PART or noun is None or noun.search(part.quote.of(doc.text)):
        return part
    wholes = (one for one in others if one.quote == part.quote and one.kind is part.kind and one.scope in WHOLES)
    return replace(part, group=next(wholes, part).group)


def _are_apart(doc: Doc, words: FigureWords, one: Figure, other: Figure) -> bool:
    """Return whether two numbers of a sentence are of two speakers, or one of them is an earlier value."""
    sentence = Sentence(doc, one.quote)
    if one.speaker != other.speaker and len(sentence.attributions) > 1:
        return True
    first, last = sorted((one.wording, other.wording), key=lambda span: span.start)
    if "; " in doc.text[first.end : last.start]:
        return True
    return any(_is_earlier(sentence.text, _shifted(span, -one.quote.start), words) for span in (first, last))


def _is_earlier(text: str, number: Span, words: FigureWords) -> bool:
    """Return whether a number follows a word for an earlier value, or its part of the sentence has one."""
    before, after = text[: number.start].rpartition(", ")[2], text[number.end :].partition(", ")[0]
    part = before + number.of(text) + after
    return _follows_earlier(text[: number.start], words) or words.words["previous"].search(part) is not None


def _follows_earlier(before: str, words: FigureWords) -> bool:
    pattern = words.words["previous_before"].pattern
    return re.search(rf"(?:{pattern})\s*\Z", before[-BEFORE_NAME:], re.IGNORECASE) is not None


def _shifted(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _windows(doc: Doc, words: FigureWords) -> Iterator[list[Sentence]]:
    """Yield runs of sentences of a paragraph that may count people, each with the one before it."""
    window: list[Sentence] = []
    before: Sentence | None = None
    for sentence in doc.sentences:
        apart = before is not None and "\n\n" in doc.text[before.span.end : sentence.span.start]
        counts = _may_count(sentence, words)
        long = bool(window) and sentence.span.end - window[0].span.start > LONGEST_WINDOW
        if window and (apart or not counts or long):
            yield window
            window = []
        if counts:
            window = window or ([before] if before is not None and not apart and not long else [])
            window.append(sentence)
        before = sentence
    if window:
        yield window


def _may_count(sentence: Sentence, words: FigureWords) -> bool:
    """Return whether a sentence has a word of what happens to people, or a number that may count some."""
    if words.any_trigger.search(sentence.text):
        return True
    for number in sentence.numbers:
        after = sentence.text[number.core.end : number.core.end + 2]
        year = YEAR.fullmatch(number.core.of(sentence.text))
        unit = words.words["unit"].match(sentence.text, number.core.end + 1)
        if not (year or unit or MONEY.search(after) or MONEY.search(sentence.text[: number.core.start][-2:])):
            return True
    return False


def _merged(
    doc: Doc,
    words: FigureWords,
    start: int,
    sentences: Sequence[Sentence],
    grammar: Sequence[Figure],
    tagged: Sequence[Tagged],
) -> Iterator[Figure]:
    for each in tagged:
        word = _shifted(each.word, start)
        same = next((figure for figure in grammar if figure.wording.overlaps(_wording(each, start))), None)
        sentence = next((s for s in sentences if s.span.start <= word.start < s.span.end), sentences[-1])
        among = each.type == "zero" and words.words["among"].search(sentence.text) is not None
        one = replace(each, scope=FigureScope.PART) if among else each  # "no children were among the dead"
        absent = _absent_group(sentence, words, one)
        if one.probability < (LIKELY if same is not None else NONE_OF_THEM if absent else CERTAIN):
            continue
        if same is None and (
            _is_day(sentence, word)
            or _counts_things(doc.text, start, words, one)
            or _is_unknown(sentence, words, one)
            or _is_limit(one)
        ):
            continue
        alone = not any(other is not each and other.kind is one.kind for other in tagged)
        kept = replace(one, scope=FigureScope.TOTAL) if alone and _is_of_its_day(sentence, one) else one
        read = _figure(doc, sentence, kept, start, same, absent)
        if same is not None and same.place is None and place_key(read.place) in _places_of_others(same, grammar):
            read = replace(read, place=None)  # "164 dead, 103 of them in Almaty": the grammar knows whose it is
        yield read


def _counts_things(text: str, start: int, words: FigureWords, one: Tagged) -> bool:
    """Return whether the words after a number are of things before they are of people: "412 pre-trial cases"."""
    position = start + one.number.core.end if one.number else len(text)
    for _ in range(UNIT_WITHIN):
        word = NEXT_WORD.match(text, position)
        if word is None or group_at(text, word.start(1), words) or words.any_trigger.match(text, word.start(1)):
            return False
        if words.words["unit"].match(text, word.start(1)):
            return True
        position = word.end(1) + 1 if text[word.end(1) : word.end(1) + 1] == "-" else word.end(1)
    return False


def _is_unknown(sentence: Sentence, words: FigureWords, one: Tagged) -> bool:
    """Return whether nobody seems to be counted where nothing is known: "no data on the wounded"."""
    return one.type == "zero" and words.zero_unless.search(sentence.text) is not None


def _is_limit(one: Tagged) -> bool:
    """Return whether a number is known from above only; where nobody is surely counted, it is an age: "under 18"."""
    return one.number is not None and one.number.low is None


def _is_of_its_day(sentence: Sentence, one: Tagged) -> bool:
    """Return whether a number that seems an earlier value is of an earlier day: "A day earlier, seven were killed".

    Nothing in the sentence counts a toll or reports what was said; where another number of the kind is near, it may be
    an earlier value all the same.
    """
    day, published = _day(sentence), sentence.published
    if one.scope not in EARLIER or day is None or published is None or sentence.speaker is not None:
        return False
    return 0 <= (published.at.date() - day).days <= RECENT and tells_of_its_day(sentence)


def _is_day(sentence: Sentence, wording: Span) -> bool:
    """Return whether a number is that of a day: "The next day, Jan. 28, he disappeared"."""
    at = sentence.span.start
    return any(_shifted(span, at).overlaps(wording) for span, _ in sentence.event_days)


def _places_of_others(figure: Figure, grammar: Sequence[Figure]) -> set[str]:
    others = (one for one in grammar if one is not figure and (one.kind, one.quote) == (figure.kind, figure.quote))
    return {key for one in others if (key := place_key(one.place)) is not None}


def _sentence_at(ends: Sequence[int], one: Tagged) -> int:
    return bisect(ends, one.word.start)


def _is_negated(text: str, words: FigureWords, one: Tagged) -> bool:
    """Return whether a number follows a word that makes it the wrong one: "not 58", "rather than 58"."""
    return _follows_earlier(text[: one.word.start], words)


def _wording(one: Tagged, start: int) -> Span:
    return _shifted(one.number.span if one.number else one.word, start)


def _figure(doc: Doc, sentence: Sentence, one: Tagged, start: int, same: Figure | None, absent: str | None) -> Figure:
    """Return the tagger's figure, beside the `same` of the grammar; `absent` is the group of which there were none."""
    low = high = 0.0 if one.type == "zero" else 1.0
    wording = _trimmed(doc.text, _wording(one, start))
    spoken = one.speaker is not None and not speaker_words(doc.language).verbs.search(
        _shifted(one.speaker, start).of(doc.text)
    )
    speaker = place = None
    if one.speaker is not None and spoken and one.speaker_probability >= NAMED:
        speaker = base_form(*_named(doc, _shifted(one.speaker, start)), doc.language)
    if one.place is not None and one.place_probability >= PLACED:
        named = _trimmed(doc.text, _shifted(one.place, start))
        name = base_place(*_named(doc, named), doc.language)
        known = one.place_probability >= PLACED_UNKNOWN or places(name, doc.language)
        if known and not names_a_capital(doc.text, named.start, named.end, doc.language):
            place = name
    day = _day(sentence)
    if same is not None:  # of kind and value the grammar is surer, where it reads any
        sure = same.group == "total" and one.group in UNLISTED and one.group_probability >= SURE_GROUP
        return replace(
            same,
            group=one.group if sure else (same.group == "total" and absent) or same.group,
            scope=one.scope,
            status=one.status,
            speaker=speaker or same.speaker,
            place=place or same.place,
        )
    return Figure(
        kind=one.kind,
        quote=sentence.span,
        wording=wording,
        low=one.number.low if one.number else low,
        high=one.number.high if one.number else high,
        approximate=bool(one.number and one.number.approximate),
        group=absent or one.group,
        place=place,
        speaker=speaker,
        event_from=day,
        event_to=day,
        scope=one.scope,
        status=one.status,
    )


def _absent_group(sentence: Sentence, words: FigureWords, one: Tagged) -> str | None:
    """Return the one group that a sentence names and has none of among others: "no children were among the dead"."""
    if one.type != "zero" or one.scope is not FigureScope.PART:
        return None
    named = {name for name, noun in words.groups if name not in UNSAID and noun.search(sentence.text)}
    return named.pop() if len(named) == 1 else None


def _named(doc: Doc, span: Span) -> tuple[str, str]:
    """Return the name at a span, and the text before it."""
    name = _trimmed(doc.text, span)
    return name.of(doc.text), doc.text[max(0, name.start - BEFORE_NAME) : name.start]


def _trimmed(text: str, span: Span) -> Span:
    """Return the span without the marks around it."""
    whole = span.of(text)
    left = len(whole) - len(whole.lstrip(EDGES))
    kept = whole.strip(EDGES)
    if not kept:
        return span
    start, end = span.start + left, span.start + left + len(kept)
    for begins, ends in PAIRS:  # «Энерво» is a name with its marks
        if ends in kept and begins not in kept and text[:start].endswith(begins):
            start -= 1
        elif begins in kept and ends not in kept and text[end:].startswith(ends):
            end += 1
    return Span(start, end)


def _day(sentence: Sentence) -> date | None:
    days = {day for _, day in sentence.event_days}
    return days.pop() if len(days) == 1 else None  # of several days, which one is meant is not known


def _standing(figures: Sequence[Figure]) -> list[Figure]:
    return [replace(figure, stands=_stands(figure, figures)) for figure in figures]


def _stands(figure: Figure, others: Sequence[Figure]) -> bool:
    """Return whether a figure is a value of its series; a part needs a group or a place that the whole lacks."""
    if figure.status not in HELD or figure.scope not in COUNTED:
        return False
    if figure.scope is not FigureScope.PART:
        return True
    wholes = [one for one in others if one.kind is figure.kind and one is not figure and one.quote == figure.quote]
    return not any(
        (one.group, one.place) == (figure.group, figure.place) and one.scope is not FigureScope.PART for one in wholes
    ) and not (figure.group == "total" and figure.place is None)

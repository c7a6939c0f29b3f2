"""The first line of an answer: the one name, day, place or number that answers, out of the sentence that is quoted.

Chosen by rules whose numbers come from the odd questions of XQuAD and KazQAD; `benchmarks.first_lines` measures them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from retrieval.domain import FirstLine, Span
from retrieval.language.clauses import is_claimed
from retrieval.language.concepts import mentions
from retrieval.language.doc import Sentence, Text
from retrieval.language.kinds import CALENDAR_NAMES, NAME, Kind, locatives
from retrieval.language.names.names import name_key
from retrieval.language.names.places import places
from retrieval.language.packs import any_regex, pack, pattern
from retrieval.language.speakers.speaker_words import speaker_words
from retrieval.language.words import is_stopword, stem, words
from retrieval.question.question import Question
from retrieval.question.short_answer import ShortAnswer, forms, ordinals
from retrieval.question.terms import is_common
from retrieval.reader.choice import NumberedSentence
from retrieval.reader.extract import coverage
from retrieval.reader.matching import TextWords

LEAST_COVERED = 0.5
"""Share of the question's terms, by rarity, that the clause around it must contain."""

LEAST_COVERED_ALONE = 0.6
"""The same for a whole sentence that names a single day."""

MOST_BETWEEN = 1
"""Words of content between it and the nearest term of the question."""

MOST_NAMED = 3
"""Things of the kind asked for in a sentence; with more it is a list, and none of them answers alone."""

MOST_IN_UNIT = 3
"""Words after a number among which the noun that it counts is looked for."""

RIVAL = 0.5
"""Largest share of its coverage that another thing of that kind may have."""

NEVER = 1_000
"""Distance in words where one of the two is missing."""

_WHOLE = (Kind.PERSON, Kind.PLACE)
"""Kinds that must share no word with the question: "Nikola Tesla" is no answer about Tesla; "500 men" may be one."""

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")

_CUTS = re.compile(rf"[,;:()—–«»“”\"]|\b(?:{any_regex('sentences', 'cuts')})\b", re.IGNORECASE)
"""Where a clause ends, roughly."""

_INITIAL = r"[^\W\d_a-zа-яёәғқңөұүһіїєґ]\."
_PARTICLE = r"(?:de|del|la|van|von|bin|al|da|di|of|aan|der|den)"
_NAMES = re.compile(rf"(?:{_INITIAL}\s?)*{NAME}(?:(?:[ -]{_PARTICLE}){{0,2}}(?: {_INITIAL})*[ -]{NAME})*")
_OPENING = re.compile(r"(?:\A|[.!?…:]\s)[\W_]*\Z")
_ROMAN = re.compile(r"[IVXLC]+\Z")
_POSSESSIVE = re.compile(r"['’ʼ]s?(?!\w)")
_YEARS = re.compile(
    r"(?<![\w.,:/-])(?:1\d{3}|20[0-4]\d)(?:\s?[-–—]\s?(?:(?:1\d{3}|20[0-4]\d)|\d\d))?(?![\w:%/])(?![.,]\d)"
)
_BESIDE = r"(?<!\w)(?:{})\s+(?:(?:the|el|la|los|las)\s+)?\Z"
_PREPOSITION_WITHIN = 40  # characters before a name


@dataclass(frozen=True, slots=True)
class _Named:
    """A thing of the kind asked for, its clause, and the share of the question's terms that the clause contains."""

    span: Span
    clause: Span
    covered: float


def first_line(question: Question, shown: Sequence[NumberedSentence], short: Span | None = None) -> FirstLine | None:
    """Return the word or two of the first sentence shown that answer.

    None where another sentence answers otherwise, or the reader found the answer elsewhere in it (`short`).
    """
    span = part(question, shown[0].parsed)
    if span is not None and short is not None and not span.overlaps(short):
        return None
    found = _first_line_of(question, shown[0])
    others = (_first_line_of(question, one) for one in shown[1:])
    return found if found and all(_agree(found, other) for other in others if other) else None


def _first_line_of(question: Question, sentence: NumberedSentence) -> FirstLine | None:
    span = part(question, sentence.parsed)
    if span is None or _only_says_it(question, sentence.parsed, span):
        return None
    text = Text(span.of(sentence.text), sentence.article.language)
    days = [day for where, day in sentence.parsed.event_days if where == span]
    if not days and any(mention.month is None for mention in text.day_mentions):
        return None  # "yesterday" or "on Monday", in an article without a day
    return FirstLine(text.text, 1, days[0] if len(days) == 1 else None)


def _only_says_it(question: Question, sentence: Sentence, span: Span) -> bool:
    """Return whether a span is who says the sentence, where that is not asked: "X said dozens were killed"."""
    _, speaker = sentence.speaker_of(Span(0, len(sentence.text)))
    asks_for_it = speaker_words(question.language).verbs.search(question.text)
    return speaker is not None and span.overlaps(speaker) and not asks_for_it


def _agree(one: FirstLine, other: FirstLine) -> bool:
    if one.day and other.day:
        return one.day == other.day
    ours, theirs = (
        frozenset(name_key(word.text) or word.text.casefold() for word in words(line.text)) for line in (one, other)
    )
    return ours <= theirs or theirs <= ours


def part(question: Question, text: Text) -> Span | None:
    """Return the part of a sentence that answers a question in a word; None where there is any doubt.

    Its clause must contain the question's terms, close to the only thing of the kind asked for that the question does
    not itself name, and must neither deny nor doubt it.
    """
    wanted = question.short_answer
    if wanted is None or not _numbers_contained(question, wanted, text):
        return None
    named = _named(question, wanted, text)
    best = max(named, key=lambda one: one.covered, default=None)
    if best is None or not _answers_alone(best, named, question, text):
        return None
    if wanted.unit and not _counts(wanted, Text(text.text[best.span.start :], text.language)):
        return None
    if wanted.nominative and best.span.of(text.text).endswith(
        tuple(pack(text.language).get("questions", "oblique", ()))
    ):
        return None
    return best.span if is_claimed(text.text, text.language, best.span.start) else None


def _counts(wanted: ShortAnswer, text: Text) -> bool:
    """Return whether the number that opens a text counts the noun asked for: 31 deputies are no votes."""
    unit = [word for word in text.words if not word.text[0].isdigit()][:MOST_IN_UNIT]
    if wanted.unit & forms(unit, text.language):
        return True
    written = " ".join(word.text for word in unit)
    return bool(wanted.unit_concepts & frozenset().union(*(found.names for found in mentions(written, text.language))))


def _numbers_contained(question: Question, wanted: ShortAnswer, text: Text) -> bool:
    """Return whether a text contains the numbers and ordinals of a question: its third president is not its first."""
    if wanted.ordinals and not wanted.ordinals <= ordinals(text.text):
        return False
    contained = {stem(word.text, text.language) for word in text.words if word.text[0].isdigit()}
    return all(term.stem in contained for term in question.terms if term.is_number)


def _named(question: Question, wanted: ShortAnswer, text: Text) -> list[_Named]:
    """Return each thing of the kind asked for once, without those that the question names."""
    clauses = _clauses(text.text)
    found: dict[frozenset[str], _Named] = {}
    for span in _spans(wanted.kind, text):
        if wanted.with_year and not _YEAR.search(span.of(text.text)):
            continue
        content = words(span.of(text.text))
        known = [bool(forms([word], text.language) & wanted.known) for word in content]
        if all(known) or (wanted.kind in _WHOLE and any(known)):
            continue
        clause = next((c for c in clauses if c.start <= span.start < c.end), Span(0, len(text.text)))
        covered = coverage(question, TextWords(clause.of(text.text), text.language))
        found.setdefault(forms(content, text.language), _Named(span, clause, covered))
    return list(found.values())


def _clauses(text: str) -> list[Span]:
    edges = [0, *(edge for match in _CUTS.finditer(text) for edge in match.span()), len(text)]
    return [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]


def _answers_alone(best: _Named, named: Sequence[_Named], question: Question, text: Text) -> bool:
    dated = question.short_answer is not None and question.short_answer.kind is Kind.DATE
    whole = TextWords(text.text, text.language)
    if dated and len(named) == 1 and coverage(question, whole) >= LEAST_COVERED_ALONE:
        return True
    rivals = [one.covered for one in named if one is not best]
    return (
        len(named) <= MOST_NAMED
        and best.covered >= LEAST_COVERED
        and max(rivals, default=0.0) <= RIVAL * best.covered
        and _between(best.span, question, text) <= MOST_BETWEEN
    )


def _between(span: Span, question: Question, text: Text) -> int:
    """Return how many words of content are between a span and the nearest term of the question."""
    stems = {term.stem for term in question.terms} if question.language == text.language else set()
    keys = {term.key for term in question.terms if term.key}
    since, fewest, passed = NEVER, NEVER, False
    for word in text.words:
        if span.start <= word.start < span.end:
            fewest, since, passed = min(fewest, since), 0, True
        elif stem(word.text, text.language) in stems or (word.text[0].isupper() and name_key(word.text) in keys):
            if passed:
                return min(fewest, since)
            since = 0
        elif not is_stopword(word.text, text.language):
            since += 1
    return fewest


# --- names, days, places and numbers that can be read alone ----------------------------------


def _spans(kind: Kind, text: Text) -> list[Span]:
    """Return where a text names persons (or bodies that act like one), dates, places or numbers, in order.

    Fewer than `Text.of_kind` finds, and with their units and initials: each must read well alone. [] for other kinds.
    """
    finder = _FINDERS.get(kind)
    return sorted(finder(text), key=lambda span: span.start) if finder else []


def _dates(text: Text) -> Iterator[Span]:
    mentioned = [Span(mention.start, mention.end) for mention in text.day_mentions]
    yield from mentioned
    for match in _YEARS.finditer(text.text):
        if not any(span.start < match.end() and match.start() < span.end for span in mentioned):
            yield Span(*match.span())


def _names(text: Text) -> Iterator[Span]:
    """Yield runs of words with a capital, without common words that merely open the sentence."""
    for match in _NAMES.finditer(text.text):
        run = words(match[0])
        while run and is_stopword(run[0].text, text.language):
            run = run[1:]
        while run and is_stopword(run[-1].text, text.language):
            run = run[:-1]
        if not run or any(word.text.casefold() in CALENDAR_NAMES for word in run):
            continue
        opens = len(run) == 1 and _OPENING.search(text.text[: match.start()])
        if not (opens and is_common(stem(run[0].text, text.language), text.language)):
            yield Span(match.start() + run[0].start, match.start() + run[-1].end)


def _persons(text: Text) -> Iterator[Span]:
    for span in _names(text):
        name = span.of(text.text)
        run = words(name)
        numbered = len(run) > 1 and _ROMAN.match(run[-1].text)
        if numbered or _POSSESSIVE.search(name) or all(places(word.text, text.language) for word in run):
            continue
        if pattern(text.language, "names", "beside_endings", r"(?:{})\Z").search(name):
            continue
        if pattern(text.language, "names", "beside", _BESIDE).search(
            text.text[max(0, span.start - _PREPOSITION_WITHIN) : span.start]
        ):
            continue
        yield span


def _places(text: Text) -> Iterator[Span]:
    named = pack(text.language).get("names", "place_endings")
    ending = re.compile(rf"(?:{named})\Z") if named else None
    for span in _names(text):
        if ending is not None:
            following = re.match(r"\s+([^\W\d_]+)", text.text[span.end :])
            if ending.search(span.of(text.text)) or (following and ending.search(following[1])):
                yield span
        elif _locative(text.language).search(text.text[max(0, span.start - _PREPOSITION_WITHIN) : span.start]):
            yield span


@cache
def _locative(language: str) -> re.Pattern[str]:
    """Match a preposition of place at the end of a text, with up to two words in small letters behind it."""
    return re.compile(rf"\b(?i:{locatives(language)})\s+(?:[^\W\dA-ZА-ЯЁ]\w*\s+){{0,2}}\Z")


def _numbers(text: Text) -> Iterator[Span]:
    """Yield numbers with the words that bound them ("nearly", "at least") and the word that they count."""
    dated = list(_dates(text))
    for number in text.numbers:
        span = number.span
        if not any(date.start < span.end and span.start < date.end for date in dated):
            unit = re.match(r"\s?%|[ \u00a0-]([^\W\d_]+)", text.text[span.end :])
            counted = unit is not None and not (unit[1] and is_stopword(unit[1], text.language))
            yield Span(span.start, span.end + unit.end()) if unit and counted else span


_FINDERS = {Kind.PERSON: _persons, Kind.DATE: _dates, Kind.PLACE: _places, Kind.NUMBER: _numbers}

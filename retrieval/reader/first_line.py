"""The first line of an answer: the one name, day, place or number that answers, out of the sentence that is quoted.

Chosen by rules whose numbers come from the odd questions of XQuAD and KazQAD; `benchmarks.leads` measures them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.domain import Lead, Span
from retrieval.language.clauses import clause_at
from retrieval.language.concepts import mentions
from retrieval.language.days.day_mentions import day_mentions
from retrieval.language.doc import Text
from retrieval.language.kinds import Kind
from retrieval.language.names.names import name_key
from retrieval.language.packs import any_regex, pack
from retrieval.language.words import is_stopword, stem, words
from retrieval.question.question import Question
from retrieval.question.short_answer import ShortAnswer, forms, ordinals
from retrieval.reader.choice import NumberedSentence
from retrieval.reader.extract import coverage
from retrieval.reader.first_line_spans import spans
from retrieval.reader.matching import TextWords

LEAST_COVERED = 0.5
"""Share of the question's terms, by rarity, that the clause around the lead must contain."""

LEAST_COVERED_ALONE = 0.6
"""The same for a whole sentence that names a single day."""

MOST_BETWEEN = 1
"""Words of content between the lead and the nearest term of the question."""

MOST_NAMED = 3
"""Things of the kind asked for in a sentence; with more it is a list, and none of them answers alone."""

MOST_IN_UNIT = 3
"""Words after a number among which the noun that it counts is looked for."""

RIVAL = 0.5
"""Largest share of the lead's coverage that another thing of that kind may have."""

NEVER = 1_000
"""Distance in words where one of the two is missing."""

_WHOLE = (Kind.PERSON, Kind.PLACE)
"""Kinds that must share no word with the question: "Nikola Tesla" is no answer about Tesla; "500 men" may be one."""

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")

_CUTS = re.compile(rf"[,;:()—–«»“”\"]|\b(?:{any_regex('sentences', 'cuts')})\b", re.IGNORECASE)
"""Where a clause ends, roughly."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A thing of the kind asked for, its clause, and the share of the question's terms that the clause contains."""

    span: Span
    clause: Span
    covered: float


def lead(question: Question, shown: Sequence[NumberedSentence]) -> Lead | None:
    """Return the word or two of the first sentence shown that answer; None where another sentence answers otherwise."""
    found = _lead_of(question, shown[0])
    if found is None:
        return None
    others = [other for one in shown[1:] if (other := _lead_of(question, one))]
    return found if all(_agree(found, other) for other in others) else None


def _lead_of(question: Question, sentence: NumberedSentence) -> Lead | None:
    span = part(question, sentence.parsed)
    if span is None:
        return None
    text = span.of(sentence.text)
    days = [day for where, day in sentence.parsed.event_days if where == span]
    if not days and any(mention.month is None for mention in day_mentions(text, sentence.article.language)):
        return None  # "yesterday" or "on Monday", in an article without a day
    return Lead(text, 1, days[0] if len(days) == 1 else None)


def _agree(one: Lead, other: Lead) -> bool:
    if one.day and other.day:
        return one.day == other.day
    ours, theirs = (
        frozenset(name_key(word.text) or word.text.casefold() for word in words(lead_.text)) for lead_ in (one, other)
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
    clause = clause_at(text.text, text.language, best.span.start)
    return None if clause.negated or clause.hedged else best.span


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
    for span in spans(wanted.kind, text):
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

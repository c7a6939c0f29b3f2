"""The first line of an answer: the one name, day, place or number that answers, out of the sentence that is quoted.

Chosen by rules whose numbers are of the odd questions of XQuAD and KazQAD; `benchmarks.leads` measures them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from retrieval.domain import Lead, Span
from retrieval.language.clauses import read
from retrieval.language.concepts import mentions
from retrieval.language.days.dates import event_days
from retrieval.language.days.day_mentions import day_mentions
from retrieval.language.kind_words import Kind
from retrieval.language.kinds import asked_kind
from retrieval.language.names.names import name_key
from retrieval.language.words import Word, is_stopword, stem, words
from retrieval.question.figure import asked_figure
from retrieval.question.words import Asked, read_question
from retrieval.reader.extract import Candidate, coverage
from retrieval.reader.first_line_spans import spans

SHOWN = {
    Kind.DATE: ("en", "es", "ru", "kk"),
    Kind.NUMBER: ("en", "es", "ru"),
    Kind.PERSON: ("en", "es", "ru"),
    Kind.PLACE: ("en", "es"),
}
"""Per kind the languages of questions in which enough leads are right (`benchmarks.leads`); elsewhere none is shown."""

LEAST_COVERED = 0.5
"""Of what the question asks about, by rarity, the share that the clause around the lead must speak of."""

LEAST_COVERED_ALONE = 0.6
"""The same for a whole sentence that names a single day."""

MOST_BETWEEN = 1
"""Words of content between the lead and the nearest word that the question asks about."""

MOST_NAMED = 3
"""A sentence that holds more things of the kind asked for is a list, and answers nothing in a word."""

MOST_IN_UNIT = 3
"""Words after a number in which what it counts is looked for."""

RIVAL = 0.5
"""Another clause with a thing of that kind may be covered by this share of the lead's at most."""

NEVER = 1_000
"""Words between two things of which one is not there."""

_WHOLE = (Kind.PERSON, Kind.PLACE)
"""Kinds of which no part may be in the question: "Nikola Tesla" is no answer about Tesla, "500 men" is about men."""

_INTERROGATIVES = {
    "en": r"who|whom|whose|when|where|what|which|how|why",
    "ru": r"кто|кого|кому|кем|ком|когда|где|куда|откуда|сколько|почему|зачем|как(?:ой|ая|ое|ие|ом|ого|их)|что",
    "es": r"qui[eé]n(?:es)?|cu[aá]ndo|a?d[oó]nde|cu[aá]nt[oa]s?|qué|cuál(?:es)?|cómo",
    "kk": r"кім\w*|қашан\w*|қайда\w*|қанша\w*|неше\w*|қай|қандай|неге|қалай",
}
_HOURS = re.compile(r"\b(?:hours?|time|час(?:ов|а|у)?|часам|сағат\w*|horas?)\b", re.IGNORECASE)
_YEAR_ASKED = re.compile(r"\b(?:year|год\w*|años?|жыл\w*)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_WHERE = re.compile(r"\b(?:where|где|куда|откуда|a?d[oó]nde|қайда\w*)\b", re.IGNORECASE)
_WHO = re.compile(r"\b(?:who|whom|кто|кого|кому|кем|ком|qui[eé]n(?:es)?|кім\w*)\b", re.IGNORECASE)
_COUNTS = re.compile(r"\b(?:how (?:many|much)|скольк\w+|cu[aá]nt[oa]s?|қанша\w*|неше\w*)\b", re.IGNORECASE)
_NOMINATIVE = re.compile(r"\bкто\b", re.IGNORECASE)
_OBLIQUE = ("ы", "и", "у", "ю", "е", "ом", "ем", "ой", "ей", "ым", "им", "ого", "его")
"""How Russian names end when they are not who did it: "команда Каролины", "министр Республики" (and Шойгу, alas)."""

_ORDINALS = tuple(
    re.compile(rf"\b(?:{words_})\b", re.IGNORECASE)
    for words_ in (
        r"first|primer(?:[oa]s?)?|перв\w+|впервые|бірінші|алғаш\w*|тұңғыш",
        r"second|segund[oa]s?|втор\w+|екінші",
        r"third|tercer(?:[oa]s?)?|трет\w+|үшінші",
        r"last|final|últim[oa]s?|последн\w+|соңғы",
        r"former|previous|ex|exjef\w+|anterior(?:es)?|бывш\w+|прежн\w+|экс|бұрынғы",
    )
)
"""Words that set apart one of several, in any language; each line means the same."""

_CUTS = re.compile(
    r"[,;:()—–«»“”\"]|\b(?:who|which|that|while|although|because|when|where|whose|after|before"
    r"|котор\w+|что|где|когда|пока|хотя|que|quien|quienes|cual|cuando|mientras|donde|aunque|porque)\b",
    re.IGNORECASE,
)
"""Where a clause ends, roughly."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A thing of the kind asked for, the clause it stands in, and how much of the question that clause speaks of."""

    span: Span
    clause: Span
    covered: float


def lead(question: str, spoken: str, shown: Sequence[Candidate]) -> Lead | None:
    """Return what answers in a word, by the first of the sentences shown; None where another one answers otherwise.

    `spoken` is the question's language. What the ledger of figures keeps is left to it: numbers there have rivals.
    """
    found = _told_by(question, spoken, shown[0])
    if found is None or (asked_kind(question, spoken) is Kind.NUMBER and asked_figure(question, spoken)):
        return None
    others = [other for one in shown[1:] if (other := _told_by(question, spoken, one))]
    return found if all(_agree(found, other) for other in others) else None


def _told_by(question: str, spoken: str, sentence: Candidate) -> Lead | None:
    article = sentence.passage.article
    span = part(question, spoken, sentence.text, article.language)
    if span is None:
        return None
    text = span.of(sentence.text)
    days = [day for where, day in event_days(sentence.text, article.language, article.published) if where == span]
    if not days and any(mention.month is None for mention in day_mentions(text, article.language)):
        return None  # "yesterday" or "on Monday", in an article without a day
    return Lead(text, 1, days[0] if len(days) == 1 else None)


def _agree(one: Lead, other: Lead) -> bool:
    if one.day and other.day:
        return one.day == other.day
    ours, theirs = (_keys(words(lead_.text)) for lead_ in (one, other))
    return ours <= theirs or theirs <= ours


def _keys(found: Sequence[Word]) -> frozenset[str]:
    return frozenset(name_key(word.text) or word.text.casefold() for word in found)


def part(question: str, spoken: str, text: str, language: str) -> Span | None:
    """Return the part of a sentence that answers a question in a word; None where there is any doubt about it.

    `spoken` is the question's language, `language` the sentence's. The clause must speak of what is asked, next to the
    only thing of the kind asked for that the question does not itself name, and neither deny nor doubt it.
    """
    kind = asked_in_a_word(question, spoken)
    if spoken not in SHOWN.get(kind, ()):
        return None
    asked = read_question(question, spoken)
    if not _numbers_held(question, asked, text):
        return None
    named = _named(kind, asked, question, spoken, text, language)
    best = max(named, key=lambda one: one.covered, default=None)
    if best is None or not _stands_alone(best, named, asked, spoken, text, language, kind):
        return None
    if kind is Kind.NUMBER and not _of_what_is_counted(question, spoken, text[best.span.start :], language):
        return None
    if language == "ru" and _NOMINATIVE.search(question) and best.span.of(text).endswith(_OBLIQUE):
        return None
    clause = read(text, language).clause_at(best.span.start)
    return None if clause.negated or clause.hedged else best.span


def _of_what_is_counted(question: str, spoken: str, counted: str, language: str) -> bool:
    """Tell whether a number, at the start of `counted`, is of what the question counts: 31 deputies are no votes."""
    asked = _COUNTS.search(question)
    rest = words(question[asked.end() :]) if asked else []
    phrase = list(takewhile(lambda word: not is_stopword(word.text, spoken), rest[:2]))
    if not phrase:
        return True
    head = phrase[-1] if spoken == "en" and phrase[-1].text.endswith("s") else phrase[0]
    unit = [word for word in words(counted) if not word.text[0].isdigit()][:MOST_IN_UNIT]
    if _forms([head], spoken) & _forms(unit, language):
        return True
    meant = frozenset().union(*(mention.names for mention in mentions(head.text, spoken)))
    said = " ".join(word.text for word in unit)
    return bool(meant & frozenset().union(*(mention.names for mention in mentions(said, language))))


def asked_in_a_word(question: str, language: str) -> Kind:
    """Return the kind asked for by the first question of a sentence: "who became ... when ..." asks for a person."""
    found = list(re.finditer(rf"\b(?:{_INTERROGATIVES.get(language, '(?!)')})\b", question, re.IGNORECASE))
    if len(found) > 1 and language == "kk":
        return Kind.OTHER  # two questions in one: the words for either stand anywhere
    kind = asked_kind(question[: found[1].start()] if len(found) > 1 else question, language)
    clocked = kind is Kind.DATE and _HOURS.search(question)
    measured = kind is Kind.NUMBER and not _COUNTS.search(question)  # an age, a length: known by a unit alone
    narrowed = {Kind.PLACE: _WHERE, Kind.PERSON: _WHO}.get(kind)  # "which airport": not any place will do
    chosen = narrowed is not None and not narrowed.search(question)
    return Kind.OTHER if clocked or measured or chosen else kind


def _numbers_held(question: str, asked: Asked, text: str) -> bool:
    """Tell whether the numbers and ordinals of a question are in the text: its third president is not its first."""
    if any(place.search(question) and not place.search(text) for place in _ORDINALS):
        return False
    held = {stem(word.text, "en") for word in words(text) if word.text[0].isdigit()}
    return all(term.stem in held for term in asked.terms if term.is_number)


def _named(kind: Kind, asked: Asked, question: str, spoken: str, text: str, language: str) -> list[_Named]:
    """Return each thing of the kind asked for once, without those that the question names."""
    known = _forms(words(question), spoken)
    clauses = _clauses(text)
    found: dict[frozenset[str], _Named] = {}
    dated = kind is Kind.DATE and _YEAR_ASKED.search(question)
    for span in spans(kind, text, language):
        if dated and not _YEAR.search(span.of(text)):
            continue
        content = words(span.of(text))
        told = [bool(_forms([word], language) & known) for word in content]
        if all(told) or (kind in _WHOLE and any(told)):
            continue
        clause = next((c for c in clauses if c.start <= span.start < c.end), Span(0, len(text)))
        covered = coverage(asked, spoken, clause.of(text), language)
        found.setdefault(_forms(content, language), _Named(span, clause, covered))
    return list(found.values())


def _forms(found: Sequence[Word], language: str) -> frozenset[str]:
    """Return the stems of words, and the keys of those with a capital."""
    keys = (name_key(word.text) for word in found if word.text[0].isupper())
    return frozenset([*(stem(word.text, language) for word in found), *(key for key in keys if key)])


def _clauses(text: str) -> list[Span]:
    edges = [0, *(edge for match in _CUTS.finditer(text) for edge in match.span()), len(text)]
    return [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]


def _stands_alone(
    best: _Named, named: Sequence[_Named], asked: Asked, spoken: str, text: str, language: str, kind: Kind
) -> bool:
    if kind is Kind.DATE and len(named) == 1 and coverage(asked, spoken, text, language) >= LEAST_COVERED_ALONE:
        return True
    rivals = [one.covered for one in named if one is not best]
    return (
        len(named) <= MOST_NAMED
        and best.covered >= LEAST_COVERED
        and max(rivals, default=0.0) <= RIVAL * best.covered
        and _between(best.span, asked, spoken, text, language) <= MOST_BETWEEN
    )


def _between(span: Span, asked: Asked, spoken: str, text: str, language: str) -> int:
    """Return how many words of content stand between a span and the nearest word that the question asks about."""
    stems = {term.stem for term in asked.terms} if spoken == language else set()
    keys = {term.key for term in asked.terms if term.key}
    since, fewest, passed = NEVER, NEVER, False
    for word in words(text):
        if span.start <= word.start < span.end:
            fewest, since, passed = min(fewest, since), 0, True
        elif stem(word.text, language) in stems or (word.text[0].isupper() and name_key(word.text) in keys):
            if passed:
                return min(fewest, since)
            since = 0
        elif not is_stopword(word.text, language):
            since += 1
    return fewest

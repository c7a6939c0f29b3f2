"""The figure a question asks for: its kind, and the group and place it names."""

import re
from dataclasses import dataclass

from retrieval.domain import FigureKind
from retrieval.figures.lexicon import FigureWords, figure_words
from retrieval.figures.places import BEFORE_NAME, base_place, place_pattern
from retrieval.language.days.calendar_words import MONTHS, WEEKDAYS
from retrieval.language.doc import Text
from retrieval.language.names.names import asked_name_terms
from retrieval.language.packs import any_regex, pattern
from retrieval.language.words import is_stopword, stem

GENERAL = re.compile(rf"\b(?:{any_regex('questions', 'general')})\b", re.IGNORECASE)
"""Words that narrow no count: people, in all, so far, in the unrest."""


@dataclass(frozen=True, slots=True)
class AskedFigure:
    kind: FigureKind
    group: str | None  # None: the question names none
    place: str | None  # in its base form
    other_stems: tuple[str, ...] = ()  # of its other words of content
    other_names: frozenset[str] = frozenset()  # the name terms among those words
    other_words: tuple[str, ...] = ()  # those words as written, one for each stem


def asked_figure(question: Text, about: frozenset[str] | None = None) -> AskedFigure | None:
    """Return the figure that a question asks for; None where it asks for none, or for a kind the ledger lacks.

    `about` are the words, in lower case, that a request for figures is about ("the figures for the detained"): it asks
    for them without a word such as "how many". None: it is a question, which needs one.
    """
    words, asks = figure_words(question.language), pattern(question.language, "questions", "asks_number")
    asking = asks.search(question.text)
    if words is None or (asking is None and about is None):
        return None
    kind = _kind(question.text, asking.end() if asking else 0, words)
    if kind is None:
        return None
    place, without = _place(question)
    rest = asks.sub(" ", without)
    for known in (*(trigger for _, _, trigger in words.triggers), *(group for _, group in words.groups), GENERAL):
        rest = known.sub(" ", rest)
    others = [
        word.text
        for word in Text(rest, question.language).words
        if not is_stopword(word.text, question.language)
        and not _is_of_calendar(word.text)
        and (about is None or word.text.casefold() in about)
    ]
    return AskedFigure(
        kind,
        next((name for name, group in words.groups if name != "people" and group.search(question.text)), None),
        place,
        tuple(stem(word, question.language) for word in others),
        frozenset(asked_name_terms(" ".join(others), question.language)),
        tuple(others),
    )


def _place(question: Text) -> tuple[str | None, str]:
    """Return the place that a question names, in its base form, and the text without it."""
    text, language = question.text, question.language
    settlement = pattern(language, "figures", "place_type_after", r"(?P<place>(?<!\w)\w[\w-]+)(?:{})(?!\w)").search(
        text
    )
    names = (match for match in place_pattern(language).finditer(text) if not _is_of_calendar(match["place"]))
    named = settlement or next(names, None)
    if named is None:
        return None, text
    start = named.start("place")
    before = text[max(0, start - BEFORE_NAME) : start]
    return base_place(named["place"], before, language), f"{text[:start]} {text[named.end() :]}"


def _is_of_calendar(word: str) -> bool:
    """Return whether a word is that of a month or a weekday: when something happened, and not where or what."""
    return word.casefold() in MONTHS or word.casefold() in WEEKDAYS


def _kind(question: str, asking: int, words: FigureWords) -> FigureKind | None:
    """Return the kind whose words come first after the asking ("of the wounded, how many died?"), else before it."""
    found = [(match.start(), kind) for kind, _, trigger in words.triggers for match in trigger.finditer(question)]
    order = list(FigureKind)
    after = [pair for pair in found if pair[0] >= asking]
    return min(after or found, key=lambda pair: (pair[0], order.index(pair[1])))[1] if found else None

"""The figure a question asks for: its kind, and the group and place it names."""

import re
from dataclasses import dataclass

from retrieval.domain import FigureKind
from retrieval.figures.extraction import place_pattern
from retrieval.figures.lexicon import FigureWords, figure_words
from retrieval.language.packs import any_regex, pattern
from retrieval.language.words import is_stopword
from retrieval.language.words import words as words_of

GENERAL = re.compile(rf"\b(?:{any_regex('questions', 'general')})\b", re.IGNORECASE)
"""Words that narrow no count: people, in all, so far, in the unrest."""


@dataclass(frozen=True, slots=True)
class AskedFigure:
    kind: FigureKind
    group: str | None  # None: the question names none
    place: str | None  # in the question's words
    rest: tuple[str, ...] = ()  # its other words of content


def asked_figure(question: str, language: str) -> AskedFigure | None:
    """Return the figure that a question asks for; None where it asks for none, or for none that is kept."""
    words, asks = figure_words(language), pattern(language, "questions", "asks_number")
    if words is None or not asks.search(question):
        return None
    kind = _kind(question, asks, words)
    if kind is None:
        return None
    place = _place(question, language)
    return AskedFigure(kind, _group(question, words), place, _rest(question, language, words, asks, place))


def _kind(question: str, asks: re.Pattern[str], words: FigureWords) -> FigureKind | None:
    """Return the kind whose words come first after the asking ("of the wounded, how many died?"), else before it."""
    found = [(match.start(), kind) for kind, _, pattern in words.triggers for match in pattern.finditer(question)]
    asked = asks.search(question)
    from_there = [pair for pair in found if asked and pair[0] >= asked.end()]
    order = list(FigureKind)
    return min(from_there or found, key=lambda pair: (pair[0], order.index(pair[1])))[1] if found else None


def _rest(
    question: str, language: str, words: FigureWords, asks: re.Pattern[str], place: str | None
) -> tuple[str, ...]:
    """Return the words that neither ask, nor say what happened, nor name people, a group or the place."""
    rest = asks.sub(" ", question.replace(place, " ") if place else question)
    for known in (*(trigger for _, _, trigger in words.triggers), *(group for _, group in words.groups), GENERAL):
        rest = known.sub(" ", rest)
    return tuple(word.text for word in words_of(rest) if not is_stopword(word.text, language))


def _group(question: str, words: FigureWords) -> str | None:
    found = [name for name, group in words.groups if group.search(question)]
    return next((name for name in found if name != "people"), None)


def _place(question: str, language: str) -> str | None:
    found = place_pattern(language).search(question)
    return found["place"] if found else None

"""What the grammar and the word lists know of each word of a text, as the tagger reads it: a row of marks a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import Figure, Span
from retrieval.figures.counts import is_named, triggers_in, zeros_in
from retrieval.figures.lexicon import PEOPLE_KINDS, FigureWords
from retrieval.figures.places import place_pattern
from retrieval.language.doc import Doc
from retrieval.language.numbers.numbers import Number, numbers

GROUPS_KNOWN = (
    "security", "protesters", "civilians", "children", "journalists", "foreigners", "students", "medics", "women",
    "people",
)  # fmt: skip
HINTS = (
    "unit", "doubt", "previous", "previous_before", "part", "another", "history", "released", "total", "among",
    "adjective", "function",
)  # fmt: skip
MARKS = (
    "number", "qualified", "article", "vague", *(f"trigger {kind}" for kind in PEOPLE_KINDS),
    "noun", "verb", "active", "toll", *(f"noun {group}" for group in GROUPS_KNOWN), *(f"hint {hint}" for hint in HINTS),
    "speaker", "cue", "relay", "place", "capital", "opens", "quoted", "day", "zero", "money", "closes", "digits",
    "year",
    *(f"figure {kind}" for kind in PEOPLE_KINDS), *(f"figure of {group}" for group in GROUPS_KNOWN),
)  # fmt: skip
COLUMN = {name: column for column, name in enumerate(MARKS)}
WORD = re.compile(r"\S+")
EDGES = '«»"“”(),.:;—–-'
YEAR = re.compile(r"(?:19|20)\d\d")
MONEY = re.compile(r"[$€£¥₸₽₴%]")


Mark = Callable[[int, int, str], None]
"""Marks the words between two offsets of the text."""


@dataclass(frozen=True, slots=True)
class MarkedWords:
    """The words of a text (between white space), a row of marks for each, and the numbers by the word they open."""

    spans: tuple[Span, ...]
    marks: NDArray[np.float32]  # (words, MARKS)
    numbers: dict[int, Number]


def marked_words(doc: Doc, words: FigureWords, read: Sequence[Figure]) -> MarkedWords:
    """Return the words of `doc` with their marks; `read` are the figures that the grammar reads in it."""
    text = doc.text
    spans = tuple(Span(*match.span()) for match in WORD.finditer(text))
    marks = np.zeros((len(spans), len(MARKS)), np.float32)
    starts = np.array([span.start for span in spans])
    ends = np.array([span.end for span in spans])

    def mark(start: int, end: int, name: str) -> None:
        marks[(starts < end) & (start < ends), COLUMN[name]] = 1

    _mark_sentences(doc, words, mark)
    for group, pattern in words.groups:
        if group in GROUPS_KNOWN:
            for match in pattern.finditer(text):
                mark(*match.span(), f"noun {group}")
    for hint in HINTS:
        for match in words.words[hint].finditer(text):
            mark(*match.span(), f"hint {hint}")
    for column, span in enumerate(spans):
        _mark_shape(text, span, marks[column])
    for figure in read:
        mark(figure.wording.start, figure.wording.end, f"figure {figure.kind}")
        if figure.group in GROUPS_KNOWN:
            mark(figure.wording.start, figure.wording.end, f"figure of {figure.group}")
    return MarkedWords(spans, marks, _numbers(doc, spans, marks, mark))


def _mark_sentences(doc: Doc, words: FigureWords, put: Mark) -> None:
    for sentence in doc.sentences:
        at = sentence.span.start
        triggers = triggers_in(sentence.text, words)
        for trigger in triggers:
            put(at + trigger.start, at + trigger.end, f"trigger {trigger.kind}")
            put(at + trigger.start, at + trigger.end, trigger.form)
        for _, _, wording in zeros_in(sentence.text, triggers, words):
            put(at + wording.start, at + wording.end, "zero")
        for said in sentence.attributions:
            put(at + said.name.start, at + said.name.end, "speaker")
            put(at + said.cue.start, at + said.cue.end, "cue")
            if said.relay:
                put(at + said.name.start, at + said.name.end, "relay")
        for match in place_pattern(doc.language).finditer(sentence.text):
            put(at + match.start("place"), at + match.end("place"), "place")
        for span, _ in sentence.event_days:
            put(at + span.start, at + span.end, "day")
        put(at, at + 1, "opens")
        put(sentence.span.end - 1, sentence.span.end, "closes")


def _mark_shape(text: str, span: Span, row: NDArray[np.float32]) -> None:
    word = span.of(text)
    bare, before = word.strip(EDGES), text[: span.start]
    quoted = before.count("«") + before.count("“") > before.count("»") + before.count("”") or before.count('"') % 2
    shapes = {
        "capital": bare[:1].isupper(),
        "digits": any(character.isdigit() for character in bare),
        "year": YEAR.fullmatch(bare),
        "money": MONEY.search(word),
        "quoted": quoted,
    }
    for name, has in shapes.items():
        row[COLUMN[name]] = bool(has)


def _numbers(doc: Doc, spans: Sequence[Span], marks: NDArray[np.float32], put: Mark) -> dict[int, Number]:
    found: dict[int, Number] = {}
    for number in numbers(doc.text, doc.language, articles=True):
        put(number.span.start, number.span.end, "qualified")
        word = next((i for i, span in enumerate(spans) if span.start <= number.core.start < span.end), None)
        if word is None:
            continue
        marks[word, COLUMN["number"]] = 1
        marks[word, COLUMN["article"]] = max(marks[word, COLUMN["article"]], float(number.article))
        marks[word, COLUMN["vague"]] = max(marks[word, COLUMN["vague"]], float(number.vague))
        if not is_named(doc.text, number):
            found.setdefault(word, number)
    return found

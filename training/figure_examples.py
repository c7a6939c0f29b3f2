"""Labelled texts as the figure tagger learns from them: states and marks of their words, and what each number is."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import Moment, Span
from retrieval.embedding.engine import WordEncoder
from retrieval.figures.extraction import grammar_figures
from retrieval.figures.lexicon import figure_words
from retrieval.figures.tagging.tagger import GROUPS, KINDS, SCOPES, STATUSES, TYPES
from retrieval.figures.tagging.word_features import MarkedWords, marked_words
from retrieval.language.doc import Doc
from retrieval.language.numbers.numbers import Number
from retrieval.language.words import stem
from training.figure_texts import MadeText

DATA = Path(__file__).parent / "data" / "figures"
STORIES = DATA.with_name("reader")
HELD_OUT_STORY = 6  # stories whose number it divides
HELD_OUT = 5  # texts whose number it divides are never trained on
PUBLISHED = "2031-03-05"  # of made texts
SHARED_LETTERS = 3  # at least, of a name and its inflected form
INFLECTION = 3  # letters by which they may differ

Pair = tuple[int, int]  # first and last word
UNKNOWN: Pair = (-1, -1)
OPEN = -100  # a field that is not labelled


@dataclass(slots=True)
class LabelledFigure:
    """A figure by its first word; numbers are places in the lists of `retrieval.figures.tagging.tagger`."""

    word: int
    type: int
    kind: int
    group: int
    scope: int
    status: int
    speaker: Pair | None  # UNKNOWN: the label's words are not in the text
    place: Pair | None


@dataclass(slots=True)
class Example:
    """A text to learn from."""

    id: str
    language: str
    text: str
    words: MarkedWords
    states: NDArray[np.float16]  # (layers, words, 384)
    figures: list[LabelledFigure]
    unsure: frozenset[int] = frozenset()  # words that may or may not begin a figure


def held_out(row: dict[str, Any]) -> bool:
    """Return whether a text is for the exam alone."""
    return int(row["id"].rpartition("-")[2]) % HELD_OUT == 0


def labelled_rows(*, wire: bool) -> list[dict[str, Any]]:
    """Return the texts by hand of `training/data/figures/`; those of the exam are not among them.

    With `wire`, those in `wire/` too, which name speakers as the text does, in whatever case.
    """
    lines = (
        line
        for path in sorted(DATA.glob("**/*.jsonl" if wire else "*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    )
    return [row for row in map(json.loads, lines) if not held_out(row)]


def examples(rows: Iterable[dict[str, Any]], encoder: WordEncoder) -> Iterator[Example]:
    """Yield labelled texts as examples; a figure whose words are not found is left out."""
    for row in rows:
        text = row["text"]
        words, states = _read(text, row["language"], row["published_at"], encoder)
        figures = list(_labelled(text, row["language"], words, row["figures"]))
        yield Example(row["id"], row["language"], text, words, states, figures)


def made_examples(made: Iterable[MadeText], encoder: WordEncoder) -> Iterator[Example]:
    """Yield made texts as examples."""
    for one in made:
        words, states = _read(one.text, one.language, PUBLISHED, encoder)
        figures = []
        for figure in one.figures:
            first = _anchor(words, figure)
            if first is None:
                continue
            speaker, place = (
                _pair(words.spans, *figure[name]) if figure[name] else None for name in ("speaker", "place")
            )
            figures.append(_figure(first, TYPES.index(figure["type"]), figure, speaker, place))
        yield Example(one.id, one.language, one.text, words, states, figures)


def story_examples(encoder: WordEncoder, count: int, seed: int) -> Iterator[Example]:
    """Yield sentences in pairs from `training/data/reader/`, the figures as far as the grammar reads them.

    They teach what is no figure: a number in a sentence without a word of what happens to people. In the others,
    words that the grammar reads nothing in are left open, and of its figures all but kind and group.
    """
    lines = [line for path in sorted(STORIES.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    pairs = [
        (row, at)
        for row in map(json.loads, lines)
        if not held_out_story(row)
        for at in range(len(row["sentences"]) - 1)
    ]
    random.Random(seed).shuffle(pairs)
    for row, at in pairs:
        text, language = " ".join(row["sentences"][at : at + 2]), row["language"]
        if count and any(character.isdigit() for character in text) and figure_words(language):
            count -= 1
            yield _weak(f"{row['id']}-{at}", text, language, row["published_at"][:10], encoder)


def held_out_story(row: dict[str, Any]) -> bool:
    """Return whether a story is for the reader's exam alone."""
    return int(row["id"].rpartition("-")[2]) % HELD_OUT_STORY == 0


def _weak(id_: str, text: str, language: str, day: str, encoder: WordEncoder) -> Example:
    words, states = _read(text, language, day, encoder)
    doc, known = Doc(text, language), figure_words(language)
    assert known is not None
    figures = []
    for one in grammar_figures(doc):
        word = next((w for w, n in words.numbers.items() if one.wording.overlaps(n.span)), None)
        if word is not None and one.high != 0:
            group = GROUPS.index(one.group) if one.group in GROUPS[1:] else OPEN
            kind, type_ = KINDS.index(one.kind.value), TYPES.index("number")
            figures.append(LabelledFigure(word, type_, kind, group, OPEN, OPEN, UNKNOWN, UNKNOWN))
    loaded = [sentence.span for sentence in doc.sentences if known.any_trigger.search(sentence.text)]
    unsure = {word for word, span in enumerate(words.spans) if any(span.overlaps(one) for one in loaded)}
    return Example(id_, language, text, words, states, figures, frozenset(unsure - {one.word for one in figures}))


def _read(text: str, language: str, day: str, encoder: WordEncoder) -> tuple[MarkedWords, NDArray[np.float16]]:
    doc = Doc(text, language, Moment(datetime.fromisoformat(f"{day}T00:00+00:00"), day_only=True))
    known = figure_words(language)
    assert known is not None
    words = marked_words(doc, known, grammar_figures(doc))
    return words, encoder.word_states(text, words.spans).astype(np.float16)


def _figure(word: int, type_: int, label: dict[str, Any], speaker: Pair | None, place: Pair | None) -> LabelledFigure:
    group = {"all": "total"}.get(label["group"], label["group"])
    return LabelledFigure(
        word,
        type_,
        KINDS.index(label["kind"]),
        GROUPS.index(group),
        SCOPES.index(label["scope"]),
        STATUSES.index(label["status"]),
        speaker,
        place,
    )


def _anchor(words: MarkedWords, figure: dict[str, Any]) -> int | None:
    """Return the word that a made figure begins with."""
    if figure["type"] != "number":
        return _pair(words.spans, figure["start"], figure["end"])[0]
    inside = (w for w, n in words.numbers.items() if figure["start"] <= n.core.start <= figure["end"])
    return next(inside, None)


def _labelled(
    text: str, language: str, words: MarkedWords, labels: Sequence[dict[str, Any]]
) -> Iterator[LabelledFigure]:
    used: set[int] = set()
    for label in labels:
        places = [match.span() for match in re.finditer(re.escape(label["number"]), text)]
        found = _number(words, label, places, used) or _wording(words, label, places, used)
        if found is None:
            continue
        word, type_ = found
        used.add(word)
        speaker, place = (named(text, language, words.spans, label[name], word) for name in ("speaker", "place"))
        yield _figure(word, TYPES.index(type_), label, speaker, place)


def _number(
    words: MarkedWords, label: dict[str, Any], places: Sequence[Pair], used: set[int]
) -> tuple[int, str] | None:
    if label["high"] == 0:
        return None
    inside = [
        (word, number)
        for word, number in words.numbers.items()
        if word not in used and any(start <= number.core.start < end for start, end in places)
    ]
    right = [word for word, number in inside if is_value(label, number)]
    if right or (inside and label["low"] != 1):
        return (right or [inside[0][0]])[0], "number"
    return None


def _wording(
    words: MarkedWords, label: dict[str, Any], places: Sequence[Pair], used: set[int]
) -> tuple[int, str] | None:
    type_ = "zero" if label["high"] == 0 else "one" if label["low"] == label["high"] == 1 else None
    firsts = [_pair(words.spans, *place)[0] for place in places]
    free = [first for first in firsts if first not in used]
    return (free[0], type_) if free and type_ else None


def is_value(label: dict[str, Any], number: Number) -> bool:
    """Return whether a number has the bounds of a label; "more than 100" may be 100 or 101 and more."""

    def same(one: float | None, other: float | None, opposite: float | None) -> bool:
        near = one is not None and other is not None and opposite is None and abs(one - other) == 1
        return one == other or near

    low, high = label["low"], label["high"]
    return same(low, number.low, high) and same(high, number.high, low)


def _pair(spans: Sequence[Span], start: int, end: int) -> Pair:
    inside = [word for word, span in enumerate(spans) if span.start < end and start < span.end]
    return inside[0], inside[-1]


def named(text: str, language: str, spans: Sequence[Span], name: str | None, near: int) -> Pair | None:
    """Return the words of a name that is nearest to `near`; in a text it may be inflected."""
    if name is None:
        return None
    found = [_pair(spans, *match.span()) for match in re.finditer(rf"(?<!\w){re.escape(name)}", text)]
    if not found:
        wanted = _stems(name, language)
        flat = [(s, word) for word, span in enumerate(spans) for s in _stems(span.of(text), language)]
        found = [
            (flat[at][1], flat[at + len(wanted) - 1][1])
            for at in range(len(flat) - len(wanted) + 1)
            if all(_alike(flat[at + i][0], one) for i, one in enumerate(wanted))
        ]
    return min(found, key=lambda pair: min(abs(pair[0] - near), abs(pair[1] - near)), default=UNKNOWN)


def _stems(text: str, language: str) -> list[str]:
    return [stem(word, language) for word in re.findall(r"\w+", text)]


def _alike(one: str, other: str) -> bool:
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one == other or shared >= max(SHARED_LETTERS, max(len(one), len(other)) - INFLECTION)

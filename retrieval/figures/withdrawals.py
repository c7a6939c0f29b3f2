"""Sentences that withdraw a figure: "withdrew the figure of 164", "отозвало данные", "fue un error técnico"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.domain import FigureKind, Span
from retrieval.figures.counts import triggers_in
from retrieval.figures.lexicon import figure_words
from retrieval.language.doc import Doc, Sentence, Text
from retrieval.language.packs import pack, pattern


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A sentence that withdraws a figure, and how it describes that figure."""

    quote: Span  # in the article's text
    kind: FigureKind | None = None  # None: not said
    low: float | None = None  # None: no value is named
    high: float | None = None
    group: str | None = None
    speaker: str | None = None  # who withdraws it
    of: str | None = None  # who reported the figure, where that is said
    replaced: bool = False  # whether the text gives another number in its place: "54, not 58"


CHARACTERS_AROUND = 25, 45  # before and after the word "withdrawn" in which "troops" show that no figure is meant


def is_withdrawal(sentence: Text) -> bool:
    """Return whether a sentence withdraws a figure."""
    text, language = sentence.text, sentence.language
    withdrawn = pattern(language, "notices", "taken_back", r"(?<!\w)(?:{})").search(text)
    if withdrawn is None or not _names_a_figure(sentence):
        return False
    around = text[max(0, withdrawn.start() - CHARACTERS_AROUND[0]) : withdrawn.end() + CHARACTERS_AROUND[1]]
    return pattern(language, "notices", "denied").search(around) is None


def _names_a_figure(sentence: Text) -> bool:
    """Return whether a sentence speaks of a figure: by that word, or by a number and what it counts."""
    text = sentence.text
    for said in sentence.attributions if isinstance(sentence, Sentence) else ():  # an information ministry is none
        text = text[: said.name.start] + " " * (said.name.end - said.name.start) + text[said.name.end :]
    if pattern(sentence.language, "notices", "figure").search(text):
        return True
    words = figure_words(sentence.language)
    return words is not None and bool(sentence.numbers) and bool(triggers_in(sentence.text, words))


def read_withdrawals(doc: Doc) -> list[Withdrawal]:
    """Return the withdrawals in an article's text, in order; offsets are those of the text."""
    return [_withdrawal(clause) for clause in withdrawn_clauses(doc)]


def withdrawn_clauses(doc: Doc) -> list[Sentence]:
    """Return the clauses of a text that withdraw a figure, in order.

    A sentence may do so with the next one: "We reported 58 deaths. That was an error."
    """
    found: list[Sentence] = []
    for sentence, after in zip(doc.sentences, (*doc.sentences[1:], None), strict=True):
        wrong = after is not None and _was_wrong(sentence, after)
        found += [clause for clause in clauses(sentence) if is_withdrawal(clause) or wrong]
    return found


def _was_wrong(sentence: Sentence, after: Sentence) -> bool:
    own = pattern(sentence.language, "notices", "own_report").search(sentence.text)
    if own is None or not _names_a_figure(sentence):
        return False
    return pattern(after.language, "notices", "was_wrong", r"\A\W*(?:{})(?!\w)").match(after.text) is not None


def clauses(sentence: Sentence) -> list[Sentence]:
    """Return the parts of a sentence between semicolons, each of which is a claim."""
    text, span = sentence.doc.text, sentence.span
    marks = [match.span() for match in re.compile(r";\s*").finditer(text, span.start, span.end)]
    starts = [span.start, *(end for _, end in marks)]
    ends = [*(start for start, _ in marks), span.end]
    spans = [Span(start, end) for start, end in zip(starts, ends, strict=True) if start < end]
    return [Sentence(sentence.doc, part) for part in spans] if len(spans) > 1 else [sentence]


def _withdrawal(clause: Sentence) -> Withdrawal:
    words = figure_words(clause.language)
    kinds = {t.kind for t in triggers_in(clause.text, words)} if words else set()
    values = [n for n in clause.numbers if not re.match(r"\s*(?:%|hours?|days?)", clause.text[n.core.end :])]
    one = values[0] if len(values) == 1 else None
    return Withdrawal(
        quote=clause.span,
        kind=kinds.pop() if len(kinds) == 1 else None,
        low=one.low if one else None,
        high=one.high if one else None,
        speaker=_name_after(clause, "by") or clause.speaker,
        of=_name_after(clause, "of"),
    )


def _name_after(clause: Sentence, how: str) -> str | None:
    """Return the name after "withdrawn by" (`how` "by") or "reported by" ("of"), if any."""
    match = pattern(clause.language, "notices", how, "{}").search(clause.text)
    if match is None:
        return None
    opening = pack(clause.language).get("notices", "according", "")
    claim = Doc(opening + clause.text[match.end() :], clause.language)
    found = Sentence(claim, Span(0, len(claim.text))).attributions
    return found[0].name.of(claim.text) if found and found[0].name.start <= len(opening) + 4 else None

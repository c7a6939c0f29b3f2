"""Finds a quote in the text it claims to come from, to the character."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.domain import Span

QUOTE_MARKS = "\"'`´‘’‚‛“”„‟‹›«»′″"
DASHES = "-‐‑‒–—―−⁃﹘﹣－"
_SAME = str.maketrans(dict.fromkeys(QUOTE_MARKS, '"') | dict.fromkeys(DASHES, "-"))

_GROUP = re.compile(r"(?<!\d)\d{1,3}\s\Z")
"""The first digits of a number written with spaces, as in `1 008`."""
_REST_OF_GROUP = re.compile(r"\s\d{3}(?!\d)")


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text with its look-alikes folded, and where each folded character came from."""

    text: str
    starts: tuple[int, ...]  # offset in the original of the letter (base and accents) it belongs to
    ends: tuple[int, ...]


def _letters(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of each base character together with the accents that follow it."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.combining(text[at]):
            yield start, at
            start = at


def _fold(text: str) -> _Folded:
    """Fold compatibility forms, spaces, quote marks and dashes; drop what nobody sees (category Cf)."""
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _letters(text) if text else ():
        letter = unicodedata.normalize("NFKD", text[start:end].translate(_SAME)).translate(_SAME)
        for char in letter:
            if unicodedata.category(char) == "Cf":
                continue
            if char.isspace():
                if folded and folded[-1] == " ":
                    ends[-1] = end
                    continue
                char = " "  # noqa: PLW2901 - any run of white space counts as one space
            folded.append(char)
            starts.append(start)
            ends.append(end)
    return _Folded("".join(folded), tuple(starts), tuple(ends))


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    """Tell whether the span starts or ends inside a word or a number: "8 dead" is no quote of "18 dead"."""
    before, quote, after = text[:start], text[start:end], text[end:]
    if before[-1:].isalnum() and quote[0].isalnum():
        return True
    if after[:1].isalnum() and quote[-1].isalnum():
        return True
    if quote[0].isdigit() and (
        re.search(r"\d[.,'’]\Z|(?<!\w)[-−]\Z", before[-3:])
        or (_GROUP.search(before[-6:]) and re.match(r"\d{3}(?!\d)", quote))
    ):
        return True
    return quote[-1].isdigit() and bool(
        re.match(r"[.,'’]\d|\s?%", after) or (_REST_OF_GROUP.match(after) and re.search(r"(?<!\d)\d{1,3}\Z", quote))
    )


def locate(quote: str, text: str) -> Span | None:
    """Find where `text` says `quote` word for word; None where it does not.

    Only differences that no reader would call a change are looked past: Unicode composition and compatible
    forms, runs of white space, the shape of quote marks and dashes, and invisible characters. Letters, case,
    digits and order are compared exactly, and a quote may not begin or end inside a word or a number. The
    span refers to `text` as given, so that `span.of(text)` is the verbatim quote.
    """
    needle = _fold(quote).text.strip()
    if not needle:
        return None
    hay = _fold(text)
    at = hay.text.find(needle)
    while at != -1:
        last = at + len(needle) - 1
        start, end = hay.starts[at], hay.ends[last]
        whole_start = at == 0 or hay.ends[at - 1] <= start
        whole_end = last + 1 == len(hay.text) or hay.starts[last + 1] >= end
        if whole_start and whole_end and not _cuts_a_word(text, start, end):
            return Span(start, end)
        at = hay.text.find(needle, at + 1)
    return None

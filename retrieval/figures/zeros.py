"""Zeros with a speaker: "no deaths were reported", "никто не погиб"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.domain import FigureKind, Span
from retrieval.figures.counted import Trigger, group_at
from retrieval.figures.words import FigureWords


def zeros(sentence: str, triggers: list[Trigger], words: FigureWords) -> Iterator[tuple[FigureKind, str, Span]]:
    """Yield kind, group and wording of each zero that `sentence` reports."""
    seen = set()
    for pattern in words.zeros:
        for match in pattern.finditer(sentence):
            if words.zero_unless.search(sentence[max(0, match.start() - 40) : match.end()]):
                continue
            kind = _kind(match, triggers, words)
            group = _group(sentence, match, words)
            if group == "total" and match.groupdict().get("group2"):
                continue  # "none of his men": whose, is not said
            if kind is not None and (kind, group) not in seen:
                seen.add((kind, group))
                yield kind, group, Span(*match.span())


def _kind(match: re.Match[str], triggers: list[Trigger], words: FigureWords) -> FigureKind | None:
    for name, stems in words.zero_kinds.items():
        if stems.search(match.group().casefold()):
            return FigureKind(name)
    for name, text in match.groupdict().items():
        if text and not name.startswith("group"):
            start, end = match.span(name)
            kinds = [t.kind for t in triggers if t.start < end and start < t.end]
            return kinds[0] if kinds else None
    return None


def _group(sentence: str, match: re.Match[str], words: FigureWords) -> str:
    for name in ("group", "group2"):
        noun = group_at(sentence, match.start(name), words) if match.groupdict().get(name) else None
        if noun and noun[0] != "people":
            return noun[0]
    return "total"

"""Why a number that is written down is not reported: it is old, past, planned, feared, denied or only a rise."""

from __future__ import annotations

import re

from retrieval.domain import FigureKind, Moment
from retrieval.figures.parts import Linked
from retrieval.figures.words import FigureWords
from retrieval.language.speakers.speaker_words import speaker_words

YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d)")
LATE = 2  # months into a year in which an event of the year before is still news


def is_reported(sentence: str, link: Linked, words: FigureWords, published: Moment | None) -> bool:
    """Tell whether the sentence reports this number as how things stand, rather than as something else."""
    start, end = link.counted.start, link.counted.end
    clause = _clause(sentence, start, end, words, commas=True)
    whole = _clause(sentence, start, end, words, commas=False)
    before = sentence[max(0, start - 40) : start]
    if re.search(rf"(?:{words.words['previous_before'].pattern})\s*$", before, re.IGNORECASE):
        return False
    if words.words["previous"].search(clause) or words.words["previous"].match(whole.lstrip()):
        return False
    if words.words["doubt"].search(whole):
        return False
    if _is_over(sentence, link, clause, words):
        return False
    if _is_rise(sentence, link, words):
        return False
    return not _is_history(sentence, words, published)


def _is_over(sentence: str, link: Linked, clause: str, words: FigureWords) -> bool:
    """Tell whether the clause is about freeing, burying or seeking them: nearer than the word we read."""
    if link.kind not in (FigureKind.DETAINED, FigureKind.KILLED, FigureKind.MISSING):
        return False
    offset = sentence.index(clause)
    apart = [_distance(link, offset + m.start(), offset + m.end()) for m in words.words["released"].finditer(clause)]
    if not apart or link.trigger is None or link.trigger.form == "noun" or link.kind is not FigureKind.DETAINED:
        return bool(apart)
    return min(apart) < _distance(link, link.trigger.start, link.trigger.end)


def _distance(link: Linked, start: int, end: int) -> int:
    return max(start - link.counted.end, link.counted.start - end, 0)


def _is_rise(sentence: str, link: Linked, words: FigureWords) -> bool:
    """Tell whether the number comes on top of others: "another 1,700 bring the total to 10,000"."""
    near = sentence[max(0, link.counted.start - 12) : link.counted.end]
    after = sentence[link.counted.end :]
    return bool(words.words["another"].search(near) and words.words["total"].search(after))


def _clause(sentence: str, start: int, end: int, words: FigureWords, *, commas: bool) -> str:
    marks = r"[;,]\s|[—–]\s" if commas else r";\s"
    cuts = [m.span() for m in re.finditer(marks, sentence)]
    cuts += [m.span() for m in speaker_words(words.language).turns.finditer(sentence)]
    begin = max((e for _, e in cuts if e <= start), default=0)
    stop = min((s for s, _ in cuts if s >= end), default=len(sentence))
    return sentence[begin:stop]


def _is_history(sentence: str, words: FigureWords, published: Moment | None) -> bool:
    match = words.words["history"].search(sentence)
    if match is None:
        return False
    year = YEAR.search(match.group())
    if year is None:
        return True
    if published is None:
        return False
    months = (published.at.year - int(year.group())) * 12
    return months > 12 or (months == 12 and published.at.month > LATE)

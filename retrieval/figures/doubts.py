"""Why a number that is written down is not reported: it is old, past, planned, feared, denied or only a rise."""

from __future__ import annotations

import re

from retrieval.domain import FigureKind, Moment
from retrieval.figures.links import Linked
from retrieval.figures.words import FigureWords
from retrieval.language.speaker_words import speaker_words

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
    freed = link.kind in (FigureKind.DETAINED, FigureKind.KILLED, FigureKind.MISSING)
    if freed and words.words["released"].search(clause):
        return False
    if _is_rise(sentence, link, words):
        return False
    return not _is_history(sentence, words, published)


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

"""What a question and the passages found for it have in common, as numbers that a small model can weigh."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from retrieval.language.kind_words import Kind
from retrieval.language.kinds import holds
from retrieval.language.sentences import sentences
from retrieval.language.words import stem, words
from retrieval.question.words import UNKNOWN_RARITY, Asked, Term, days_in, read_question
from retrieval.reader.agreement import agreement
from retrieval.reader.matching import matches, read_text, share

CANDIDATES_READ = 10
"""Of the passages found, how many are looked at."""

TEXTS_CACHED = 1024
"""Texts whose sentences are kept, about 1 MB."""

UNTOLD = 0.5
"""How far a word is taken to be matched where the languages differ and it is in no list."""


LINES_READ = 5
"""Sentences in which the kind of thing asked for is looked for."""

COSINE_WEIGHT = 2.0
"""Of a passage's cosine beside the share of words, where the best lines are picked."""

LEAST_COMPARED = 6
"""Passages from which on it can be told how far the best stands out."""

LEAST_SPREAD = 0.005
"""Added to a spread of cosines before it divides."""

MOST_STANDING_OUT = 4.0
"""Spreads above the mean beyond which the best passage stands out no more."""

MANY_WORDS = 0.6
"""The share of the words' rarity above which a line is counted."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage found: its text, its article's title and language (ISO 639-1), how near it is, and its day."""

    text: str
    title: str
    language: str
    cosine: float  # of question and passage, each less its language's mean vector
    raw: float  # the same of the vectors as the model gave them
    day: date | None = None  # when its article was published
    lines: tuple[str, ...] = ()  # its sentences; where they are not given, the text is cut into them


@dataclass(frozen=True, slots=True)
class Evidence:
    """A question, its language (ISO 639-1) and what was found for it, best first.

    Its vector and that of the nearest passage are unit ones, (d,), each less its language's mean; None: not told.
    """

    question: str
    language: str
    candidates: tuple[Candidate, ...]
    vector: NDArray[np.float32] | None = field(default=None, compare=False)
    nearest: NDArray[np.float32] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a candidate, and which of the terms it (or its title) holds."""

    matched: tuple[float, ...]  # 0 or 1; UNTOLD where the languages differ and nothing can be said
    rank: int  # of its candidate
    share: float  # of the terms' rarity that is matched
    text: str
    language: str


# --- reading the candidates --------------------------------------------------------------------


@lru_cache(maxsize=TEXTS_CACHED)
def _sentences(text: str, language: str) -> tuple[str, ...]:
    return tuple(span.of(text) for span in sentences(text, language))


def _lines(asked: Asked, language: str, candidate: Candidate, rank: int) -> list[Line]:
    in_title = matches(asked, language, candidate.title, candidate.language, UNTOLD)
    lines = []
    for text in candidate.lines or _sentences(candidate.text, candidate.language):
        in_line = matches(asked, language, text, candidate.language, UNTOLD)
        matched = tuple(map(max, in_line, in_title))
        lines.append(Line(matched, rank, share(asked, matched) or 0.0, text, candidate.language))
    return lines


def _tells(asked: Asked, line: Line) -> bool:
    """Say whether a line holds a thing of the kind asked for that the question does not itself name."""
    known = {term.stem for term in asked.terms}
    return any(
        stem(word.text, line.language) not in known
        for span in holds(asked.kind, line.text, line.language)
        for word in words(span.of(line.text))
    )


# --- the numbers -------------------------------------------------------------------------------


def features(evidence: Evidence) -> dict[str, float]:
    """Return the numbers that the decision weighs, as far as they can be told, by name.

    {} where nothing was found, and for a question that names nothing it could be about.
    """
    asked = read_question(evidence.question, evidence.language)
    found = evidence.candidates[:CANDIDATES_READ]
    lines = [line for rank, c in enumerate(found) for line in _lines(asked, evidence.language, c, rank)]
    if not lines or all(term.is_number for term in asked.terms):  # "1", "?" and "who is it?" ask after nothing
        return {}
    by_passage = _by_passage(lines)
    shares = [_share(asked, matched) for matched in by_passage.values()]
    return (
        _nearness("cosine", [candidate.cosine for candidate in found])
        | _nearness("raw", [candidate.raw for candidate in found])
        | _words_borne_out(asked, lines, list(by_passage.values()), shares)
        | _agreement(lines, list(by_passage), shares, found)
        | _kind_borne_out(asked, lines, found)
        | _concepts_borne_out(asked, lines)
        | _borne_out_together(asked, lines)
        | _names_and_days(asked, lines, found)
        | _form(asked, evidence)
    )


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _spread(values: Sequence[float]) -> float:
    mean = _mean(values)
    return sqrt(_mean((value - mean) ** 2 for value in values))


def _nearness(name: str, cosines: Sequence[float]) -> dict[str, float]:
    """How near the best are; how far they stand out is not told where there is little to stand out from."""
    best = sorted(cosines, reverse=True)
    mean, spread = _mean(best), _spread(best)
    near = {
        f"{name}_best": best[0],
        f"{name}_second": best[min(1, len(best) - 1)],
        f"{name}_top3": _mean(best[:3]),
        f"{name}_mean": mean,
    }
    if len(best) < LEAST_COMPARED:
        return near
    return near | {
        f"{name}_gap": best[0] - mean,
        f"{name}_gap3": best[0] - best[min(2, len(best) - 1)],
        f"{name}_spread": spread,
        f"{name}_stands_out": min((best[0] - mean) / (spread + LEAST_SPREAD), MOST_STANDING_OUT),
    }


def _by_passage(lines: Sequence[Line]) -> dict[int, list[float]]:
    """Return how far each passage that has lines bears out the terms, by its rank."""
    return {
        rank: [max(matches) for matches in zip(*(line.matched for line in lines if line.rank == rank), strict=True)]
        for rank in sorted({line.rank for line in lines})
    }


def _agreement(
    lines: Sequence[Line], ranks: Sequence[int], shares: Sequence[float], found: Sequence[Candidate]
) -> dict[str, float]:
    best = max(lines, key=lambda line: (line.share, found[line.rank].cosine))
    return agreement(
        [found[rank].cosine for rank in ranks],
        shares,
        [found[rank].title for rank in ranks],
        ranks.index(best.rank),
    )


def _words_borne_out(
    asked: Asked, lines: Sequence[Line], by_passage: Sequence[Sequence[float]], in_passage: Sequence[float]
) -> dict[str, float]:
    shares = sorted((line.share for line in lines), reverse=True)
    best = max(lines, key=lambda line: line.share)
    anywhere = [max(matches) for matches in zip(*by_passage, strict=True)]
    return {
        "words_line": shares[0],
        "words_lines3": _mean(shares[:3]),
        "words_lines": _mean(shares),
        "words_spread": _spread(shares),
        "words_many": _mean(share > MANY_WORDS for share in shares),
        "words_passage": max(in_passage),
        "words_passages": _mean(in_passage),
        "words_anywhere": _share(asked, anywhere),
        "missing_line": _rarest_missing(asked, best.matched),
        "missing_passage": _rarest_missing(asked, max(by_passage, key=lambda matched: _share(asked, matched))),
        "missing_anywhere": _rarest_missing(asked, anywhere),
    }


def _share(asked: Asked, matched: Sequence[float]) -> float:
    held = share(asked, matched)
    return 1.0 if held is None else held


def _rarest_missing(asked: Asked, matched: Sequence[float]) -> float:
    missing = (term.rarity * (1 - found) for term, found in zip(asked.terms, matched, strict=True))
    return max(missing, default=0.0) / UNKNOWN_RARITY


def _kind_borne_out(asked: Asked, lines: Sequence[Line], found: Sequence[Candidate]) -> dict[str, float]:
    best = sorted(lines, key=lambda line: line.share + COSINE_WEIGHT * found[line.rank].cosine, reverse=True)
    tell = [_tells(asked, line) for line in best[:LINES_READ]]
    return {
        "kind_best": float(tell[0]),
        "kind_top3": _mean(tell[:3]),
        "kind_words": max((line.share for line, told in zip(best, tell, strict=False) if told), default=0.0),
    }


def _concepts_borne_out(asked: Asked, lines: Sequence[Line]) -> dict[str, float]:
    """What a question counts or asks after must be spoken of where the answer is: journalists are no policemen."""
    meant = [index for index, term in enumerate(asked.terms) if term.concepts or term.topics]
    if not meant:
        return {"concepts_line": 1.0, "concepts_anywhere": 1.0}
    spoken = [[_spoken_of(asked.terms[i], line, line.matched[i]) for i in meant] for line in lines]
    return {
        "concepts_line": max(_mean(each) for each in spoken),
        "concepts_anywhere": _mean(max(each) for each in zip(*spoken, strict=True)),
    }


def _borne_out_together(asked: Asked, lines: Sequence[Line]) -> dict[str, float]:
    """How far one line speaks both of what is asked after and of whom or where: a mayor here is no mayor there."""
    named = [index for index, term in enumerate(asked.terms) if term.is_name]
    meant = [i for i, term in enumerate(asked.terms) if (term.concepts or term.topics) and not term.is_name]
    return {"together_line": max(min(_held(line, named), _held(line, meant)) for line in lines)}


def _held(line: Line, places: Sequence[int]) -> float:
    return _mean(line.matched[i] for i in places) if places else 1.0


def _spoken_of(term: Term, line: Line, matched: float) -> float:
    """Return how far a line speaks of what a term means, in other words of the same language too."""
    if matched == 0 and term.topics:
        return float(read_text(line.text, line.language).speaks_of(term.topics))
    return matched


def _names_and_days(asked: Asked, lines: Sequence[Line], found: Sequence[Candidate]) -> dict[str, float]:
    named = [index for index, term in enumerate(asked.terms) if term.is_name]
    numbered = [index for index, term in enumerate(asked.terms) if term.is_number]
    published = {(c.day.month, c.day.day) for c in found if c.day}
    written = {day for c in found for day in days_in(c.text)} if asked.days else set()
    years = {c.day.year for c in found if c.day}
    return {
        "names_line": max(min((line.matched[i] for i in named), default=1.0) for line in lines),
        "name_missing": float(any(max(line.matched[i] for line in lines) < UNTOLD for i in named)),
        "names_near": _mean(max(line.matched[i] for line in lines) for i in named) if named else 1.0,
        "numbers_near": _mean(max(line.matched[i] for line in lines) for i in numbered) if numbered else 1.0,
        "day_missing": float(any(day not in published | written for day in asked.days)),
        "year_missing": float(any(y not in years and not _written(str(y), asked, lines) for y in asked.years)),
    }


def _written(number: str, asked: Asked, lines: Sequence[Line]) -> bool:
    at = [index for index, term in enumerate(asked.terms) if term.stem == number]
    return any(line.matched[index] > UNTOLD for index in at for line in lines)


def _form(asked: Asked, evidence: Evidence) -> dict[str, float]:
    rarities = [term.rarity for term in asked.terms] or [0.0]
    own = [candidate.language == evidence.language for candidate in evidence.candidates[:CANDIDATES_READ]]
    kinds = {f"asks_{kind}": float(asked.kind is kind) for kind in Kind}
    return kinds | {
        "names": float(sum(term.is_name for term in asked.terms)),
        "numbers": float(sum(term.is_number for term in asked.terms)),
        "terms": float(len(asked.terms)),
        "length": float(len(words(evidence.question))),
        "rarity_mean": _mean(rarities),
        "rarity_most": max(rarities),
        "own_language": _mean(own),
        **{f"in_{code}": float(evidence.language == code) for code in ("en", "es", "ru", "kk")},
    }

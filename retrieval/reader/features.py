"""How far a question and the passages found for it agree, as the numbers that the abstention model takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from retrieval.language.kinds import Kind
from retrieval.language.words import stem, words
from retrieval.question.question import Question
from retrieval.question.terms import UNKNOWN_RARITY, days_in
from retrieval.reader.matching import TextWords, filled, share
from retrieval.reader.passages import FoundPassage

UNKNOWN = 0.5
"""How far a word counts as contained where the languages differ and it is in no list."""

LINES_READ = 5
"""Best sentences in which the kind of thing asked for is looked for."""

COSINE_WEIGHT = 2.0
"""Weight of a passage's cosine against the share of terms, where the best sentences are picked."""

LEAST_COMPARED = 6
"""Passages from which on the best can be compared with the rest."""

LEAST_SPREAD = 0.005
"""Added to a spread of cosines before it divides."""

MOST_STANDING_OUT = 4.0
"""Spreads above the mean at which the best passage's lead is capped."""

MANY_WORDS = 0.6
"""The share of the terms' rarity above which a sentence counts in `words_many`."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a passage, and which terms it or the passage's heading contains."""

    matched: tuple[float, ...]  # 0 or 1; UNKNOWN where the languages differ and the term is in no list
    rank: int  # of its passage
    share: float  # of the terms' rarity that is matched
    words: TextWords


def features(question: Question, passages: Sequence[FoundPassage]) -> dict[str, float]:
    """Return the numbers that the decision rests on, by name; some are left out where there is too little to compare.

    {} where nothing was found, and for a question that names nothing ("1", "?", "who is it?").
    """
    found = [one for one in passages if one.cosine is not None]
    lines = [line for rank, passage in enumerate(found) for line in _lines(question, passage, rank)]
    if not lines or all(term.is_number for term in question.terms):
        return {}
    return (
        _nearness([one.cosine or 0.0 for one in found])
        | _words(question, lines)
        | _kind(question, lines, found)
        | _concepts(question, lines)
        | _names_and_days(question, lines, found)
        | _form(question, found)
    )


def _lines(question: Question, passage: FoundPassage, rank: int) -> list[Line]:
    heading = filled(passage.heading_matched, UNKNOWN)
    lines = []
    for sentence in passage.sentences:
        matched = tuple(map(max, filled(sentence.matched, UNKNOWN), heading))
        lines.append(Line(matched, rank, _share(question, matched, 0.0), sentence.words))
    return lines


def _share(question: Question, matched: Sequence[float], without_terms: float = 1.0) -> float:
    found = share(question, matched)
    return without_terms if found is None else found


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _spread(values: Sequence[float]) -> float:
    mean = _mean(values)
    return sqrt(_mean((value - mean) ** 2 for value in values))


def _nearness(cosines: Sequence[float]) -> dict[str, float]:
    """How near the best are, and how far they stand out where there is enough to compare with."""
    best = sorted(cosines, reverse=True)
    mean, spread = _mean(best), _spread(best)
    near = {
        "cosine_best": best[0],
        "cosine_second": best[min(1, len(best) - 1)],
        "cosine_top3": _mean(best[:3]),
        "cosine_mean": mean,
    }
    if len(best) < LEAST_COMPARED:
        return near
    return near | {
        "cosine_gap": best[0] - mean,
        "cosine_gap3": best[0] - best[min(2, len(best) - 1)],
        "cosine_spread": spread,
        "cosine_stands_out": min((best[0] - mean) / (spread + LEAST_SPREAD), MOST_STANDING_OUT),
    }


def _words(question: Question, lines: Sequence[Line]) -> dict[str, float]:
    """Which terms the sentences, the passages and all passages together contain."""
    by_rank: dict[int, list[tuple[float, ...]]] = {}
    for line in lines:
        by_rank.setdefault(line.rank, []).append(line.matched)
    by_passage = [[max(each) for each in zip(*matched, strict=True)] for matched in by_rank.values()]
    in_passage = [_share(question, matched) for matched in by_passage]
    shares = sorted((line.share for line in lines), reverse=True)
    best = max(lines, key=lambda line: line.share)
    anywhere = [max(each) for each in zip(*by_passage, strict=True)]
    return {
        "words_line": shares[0],
        "words_lines3": _mean(shares[:3]),
        "words_lines": _mean(shares),
        "words_spread": _spread(shares),
        "words_many": _mean(share > MANY_WORDS for share in shares),
        "words_passage": max(in_passage),
        "words_passages": _mean(in_passage),
        "words_anywhere": _share(question, anywhere),
        "missing_line": _rarest_missing(question, best.matched),
        "missing_passage": _rarest_missing(question, max(by_passage, key=lambda matched: _share(question, matched))),
        "missing_anywhere": _rarest_missing(question, anywhere),
    }


def _rarest_missing(question: Question, matched: Sequence[float]) -> float:
    missing = (term.rarity * (1 - found) for term, found in zip(question.terms, matched, strict=True))
    return max(missing, default=0.0) / UNKNOWN_RARITY


def _kind(question: Question, lines: Sequence[Line], found: Sequence[FoundPassage]) -> dict[str, float]:
    """Whether the best sentences contain a thing of the kind asked for."""
    best = sorted(lines, key=lambda line: line.share + COSINE_WEIGHT * (found[line.rank].cosine or 0.0), reverse=True)
    contain = [_contains_kind(question, line) for line in best[:LINES_READ]]
    return {
        "kind_best": float(contain[0]),
        "kind_top3": _mean(contain[:3]),
        "kind_words": max((line.share for line, contains in zip(best, contain, strict=False) if contains), default=0.0),
    }


def _contains_kind(question: Question, line: Line) -> bool:
    """Return whether a sentence contains a thing of the kind asked for that the question does not itself name."""
    known = {term.stem for term in question.terms}
    return any(
        stem(word.text, line.words.language) not in known
        for span in line.words.of_kind(question.kind)
        for word in words(span.of(line.words.text))
    )


def _concepts(question: Question, lines: Sequence[Line]) -> dict[str, float]:
    """Whether the concepts asked about ("journalists", "police") are mentioned, and in one sentence with the names."""
    meant = [index for index, term in enumerate(question.terms) if term.concepts or term.topics]
    named = [index for index, term in enumerate(question.terms) if term.is_name]
    unnamed = [index for index in meant if not question.terms[index].is_name]
    together = max(min(_matched(line, named), _matched(line, unnamed)) for line in lines)
    if not meant:
        return {"concepts_line": 1.0, "concepts_anywhere": 1.0, "together_line": together}
    mentioned = [[_mentioned(question, line, index) for index in meant] for line in lines]
    return {
        "concepts_line": max(_mean(each) for each in mentioned),
        "concepts_anywhere": _mean(max(each) for each in zip(*mentioned, strict=True)),
        "together_line": together,  # best min(names matched, concepts matched) within one sentence
    }


def _matched(line: Line, terms: Sequence[int]) -> float:
    return _mean(line.matched[index] for index in terms) if terms else 1.0


def _mentioned(question: Question, line: Line, index: int) -> float:
    """Return how far a sentence mentions the meaning of a term, in other words of the same language too."""
    topics = question.terms[index].topics
    if line.matched[index] == 0 and topics:
        return float(line.words.mentions(topics))
    return line.matched[index]


def _names_and_days(question: Question, lines: Sequence[Line], found: Sequence[FoundPassage]) -> dict[str, float]:
    named = [index for index, term in enumerate(question.terms) if term.is_name]
    numbered = [index for index, term in enumerate(question.terms) if term.is_number]
    published = [one.article.published.at.date() for one in found if one.article.published]
    days = {(day.month, day.day) for day in published}
    if question.days:
        days |= {day for one in found for day in days_in(one.hit.passage.text)}
    years = {day.year for day in published}
    return {
        "names_line": max(min((line.matched[i] for i in named), default=1.0) for line in lines),
        "name_missing": float(any(max(line.matched[i] for line in lines) < UNKNOWN for i in named)),
        "names_near": _mean(max(line.matched[i] for line in lines) for i in named) if named else 1.0,
        "numbers_near": _mean(max(line.matched[i] for line in lines) for i in numbered) if numbered else 1.0,
        "day_missing": float(any(day not in days for day in question.days)),
        "year_missing": float(any(y not in years and not _written(str(y), question, lines) for y in question.years)),
    }


def _written(number: str, question: Question, lines: Sequence[Line]) -> bool:
    at = [index for index, term in enumerate(question.terms) if term.stem == number]
    return any(line.matched[index] > UNKNOWN for index in at for line in lines)


def _form(question: Question, found: Sequence[FoundPassage]) -> dict[str, float]:
    """The question's own form: kind asked for, names, numbers, length, rarity of its words."""
    rarities = question.rarities or (0.0,)
    return {f"asks_{kind}": float(question.kind is kind) for kind in Kind} | {
        "names": float(sum(term.is_name for term in question.terms)),
        "numbers": float(sum(term.is_number for term in question.terms)),
        "terms": float(len(question.terms)),
        "length": float(question.length),
        "rarity_mean": _mean(rarities),
        "rarity_most": max(rarities),
        "own_language": _mean(one.language == question.language for one in found),
    }

"""Question -> Answer: find passages, decide whether they answer, quote the sentences that do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from retrieval.answer.compose import Composed, compose, counted, grouped
from retrieval.answer.draft import Draft
from retrieval.answer.figures import figures
from retrieval.domain import Answer, Moment, Passage, Status
from retrieval.embedding import Embedder
from retrieval.question.question import Question
from retrieval.reader.abstain import answers
from retrieval.reader.extract import Candidate, candidates, distinct
from retrieval.reader.first_line import lead
from retrieval.reader.passages import read_passages
from retrieval.search.find import Found, find
from retrieval.store import read
from retrieval.store.library import Library

PASSAGES_FOUND = 12

CANDIDATES_COMPARED = 12
"""Sentences among which those that say the same are put together."""

STATEMENTS = 3
"""Statements in an answer of usual length."""

CLOSE = 0.15
"""A further statement is given where its score is within this of the best one's."""

NEAREST_SHOWN = 2
"""How many of the nearest sentences are offered with a refusal."""

LANGUAGE_UNKNOWN = "language_unknown"
"""The note of an answer to a question in a language without a pack."""

Drafter = Callable[[str, Sequence[Passage], str, int], Draft]
"""Asks a language model: (question, passages, language, most statements) -> what stood of its draft."""


@dataclass(frozen=True, slots=True)
class Composer:
    """A language model that may phrase answers; `engine` is its `provider:model`."""

    engine: str
    draft: Drafter


def ask(
    library: Library,
    embedder: Embedder,
    question: str,
    *,
    language: str | None = None,
    as_of: datetime | None = None,
    now: datetime | None = None,
    fallback: str = "en",
    most: int = STATEMENTS,
    composer: Composer | None = None,
    id_: str = "",
) -> Answer:
    """Return the answer to a question, from what was published by `as_of` (now, where it is None).

    `language` is the answer's; None: the question's. A question in a language without a pack gets an abstained answer
    in `fallback`, with the note LANGUAGE_UNKNOWN. `most` is the number of statements. With a composer, what stands of
    its draft is the answer; where too little stands, the extractive answer is, with a note of the reason. Raises
    QuestionError where there is no question.
    """
    now = now or datetime.now(UTC)
    asked = Question.read(question, now=now, as_of=as_of, fallback=language or fallback)
    blank = Answer(
        id=id_,
        question=question,
        language=language or asked.language,
        status=Status.ABSTAINED,
        as_of=asked.as_of or now,
        engine="extractive",
    )
    if not asked.understood:
        return replace(blank, notes=(LANGUAGE_UNKNOWN,))
    found = find(library, embedder, asked, max(PASSAGES_FOUND, 2 * most))
    blank = replace(blank, newest_article_at=_newest(library, found, asked.as_of))
    extracted = _extracted(library, found, blank, most)
    return _drafted(library, found, extracted, most, composer) if composer and found.hits else extracted


def _newest(library: Library, found: Found, as_of: datetime | None) -> Moment | None:
    """Return when the newest article was published, of those that stand at `as_of`."""
    return found.snapshot.newest if as_of is None else read.newest_article_at(library.engine, as_of)


def _extracted(library: Library, found: Found, blank: Answer, most: int) -> Answer:
    ledger = figures(library, found.question)
    if ledger is not None:
        return replace(_answered_with(blank, ledger.composed), figures=ledger.rows)
    passages = read_passages(library, found)
    sentences = distinct(candidates(found, passages))
    if not sentences or not answers(found.question, passages):
        nearest = compose(library, [[sentence] for sentence in sentences[:NEAREST_SHOWN]], found.question.as_of)
        return replace(blank, nearest=nearest.citations)
    groups = _chosen(sentences, most)
    composed = compose(library, groups, found.question.as_of)
    told = lead(found.question, [group[0] for group in groups])
    standing = told is not None and not composed.citations[told.citation - 1].withdrawn
    return replace(_answered_with(blank, composed), lead=told if standing else None)


def _answered_with(blank: Answer, composed: Composed) -> Answer:
    return replace(
        blank,
        status=Status.ANSWERED,
        statements=composed.statements,
        citations=composed.citations,
        nearest=(),
        lead=None,
    )


def _chosen(sentences: Sequence[Candidate], most: int) -> list[list[Candidate]]:
    """Return the groups of sentences that answer, best first."""
    return grouped(sentences[: max(CANDIDATES_COMPARED, 2 * most)], CLOSE * most / STATEMENTS)[:most]


def _drafted(library: Library, found: Found, extracted: Answer, most: int, composer: Composer) -> Answer:
    """Return the model's answer if enough of it stands, else the extractive one with the reason."""
    draft = composer.draft(found.question.text, [hit.passage for hit in found.hits], extracted.language, most)
    if draft.reason is not None:
        return extracted if draft.reason == "model_no_answer" else replace(extracted, notes=(draft.reason,))
    composed = Composed(draft.statements, counted(library, draft.citations, found.question.as_of))
    return replace(
        _answered_with(extracted, composed), engine=composer.engine, translations=tuple(draft.translations.items())
    )

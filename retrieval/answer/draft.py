"""What a model drafted, checked by code: only statements whose quotes stand become part of an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from retrieval.answer.harmless import is_plain
from retrieval.answer.quotes import locate
from retrieval.answer.verify import verify
from retrieval.domain import Citation, Passage, Span, Statement
from retrieval.language.machines import addresses_machines, only_asks
from retrieval.language.sentences import sentences

MOST_STATEMENTS = 8  # of one answer
MOST_DRAFTED = 24  # statements; a draft with more was not written to the rules
LONGEST_STATEMENT = 400  # characters
LONGEST_QUOTE = 1_200  # characters, of what the model returns
MOST_CITES = 6  # of one statement


class DraftedCite(BaseModel):
    """A passage, by its label, and a sentence of it."""

    model_config = ConfigDict(extra="forbid")

    passage: str
    quote: str
    translation: str


class DraftedStatement(BaseModel):
    """One sentence, and what bears it out."""

    model_config = ConfigDict(extra="forbid")

    text: str
    cites: list[DraftedCite]


class DraftedAnswer(BaseModel):
    """The statements that answer the question; none where the passages do not."""

    model_config = ConfigDict(extra="forbid")

    statements: list[DraftedStatement]


@dataclass(frozen=True, slots=True)
class Draft:
    """What stood of a model's draft; `reason` says why there is nothing to send, where there is not."""

    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    translations: Mapping[int, str] = field(default_factory=dict)  # citation number -> the model's translation
    dropped: int = 0  # statements that did not stand
    reason: str | None = None  # e.g. "model_timeout", a key of a frame text


@dataclass(frozen=True, slots=True)
class Stood:
    """A statement that its quotes bear out."""

    text: str
    spans: tuple[tuple[str, Span], ...]  # label and whole sentences, in the article's text
    translations: tuple[str, ...]


def labels(passages: Sequence[Passage]) -> dict[str, Passage]:
    """Mint a label a passage: P1, P2, ... in the order given."""
    return {f"P{n}": passage for n, passage in enumerate(passages, start=1)}


def stands(drafted: DraftedStatement, passages: Mapping[str, Passage], language: str) -> Stood | None:
    """Return the statement with the whole sentences that bear it out, or None.

    It stands when it is plain words, each of its quotes is a verbatim part of the passage it names, and `verify`
    finds it borne out by the sentences around those quotes: a quote is widened to its sentence, so that no "No"
    or "denied" is cut off in front of it. Nothing is repaired.
    """
    text = re.sub(r"\s+", " ", drafted.text).strip()
    if not text or len(text) > LONGEST_STATEMENT or not is_plain(text):
        return None
    if not 0 < len(drafted.cites) <= MOST_CITES:
        return None
    written: dict[tuple[str, Span], str] = {}
    for cite in drafted.cites:
        label = cite.passage.strip()
        span = _sentence_of(cite.quote, passages[label]) if label in passages else None
        if span is None:
            return None
        written[label, span] = cite.translation
    quotes = [span.of(passages[label].article.text) for label, span in written]
    languages = [passages[label].article.language for label, _ in written]
    if any(only_asks(said) or addresses_machines(said) for said in (text, *quotes)):
        return None
    if not verify(text, quotes, language, languages):
        return None
    translations = tuple(
        _translation(own, quote, language, spoken)
        for own, quote, spoken in zip(written.values(), quotes, languages, strict=True)
    )
    return Stood(text, tuple(written), translations)


def _sentence_of(quote: str, passage: Passage) -> Span | None:
    """Return the whole sentences that hold the quote, as a span of the article's text."""
    if len(quote) > LONGEST_QUOTE:
        return None
    found = locate(quote, passage.text)
    if found is None:
        return None
    around = [
        s for s in sentences(passage.text, passage.article.language) if s.start < found.end and found.start < s.end
    ]
    start = min([found.start, *(s.start for s in around)])
    end = max([found.end, *(s.end for s in around)])
    return Span(passage.start + start, passage.start + end)


def _translation(written: str, quote: str, language: str, spoken: str) -> str:
    """Return the model's translation of a quote where there is need of one and it says what the quote says."""
    written = re.sub(r"\s+", " ", written).strip()
    if not written or spoken == language or len(written) > LONGEST_QUOTE or not is_plain(written):
        return ""
    return written if verify(written, [quote], language, [spoken]) else ""


def gathered(stood: Sequence[Stood], passages: Mapping[str, Passage], dropped: int, most: int) -> Draft:
    """Return the first `most` statements, each said once, with their citations numbered from 1."""
    unique = list({one.text.casefold(): one for one in stood}.values())[:most]
    if not unique:
        return Draft(dropped=dropped, reason="model_nothing_stood" if dropped else "model_no_answer")
    numbers: dict[tuple[str, Span], int] = {}
    translations: dict[int, str] = {}
    statements: list[Statement] = []
    for one in unique:
        for place, translation in zip(one.spans, one.translations, strict=True):
            n = numbers.setdefault(place, len(numbers) + 1)
            if translation:
                translations.setdefault(n, translation)
        statements.append(Statement(one.text, tuple(numbers[place] for place in one.spans)))
    citations = tuple(
        Citation(n, passages[label].article, span.start, span.end, passage_id=passages[label].id)
        for (label, span), n in numbers.items()
    )
    return Draft(tuple(statements), citations, translations, dropped)

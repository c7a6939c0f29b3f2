"""A passage with its neighbours, as its article has them."""

from dataclasses import dataclass

from retrieval.domain import Passage
from retrieval.language.sentences import sentences
from retrieval.store import read
from retrieval.store.library import Library

NEIGHBOURS = 2
"""Sentences shown on either side of a passage."""


@dataclass(frozen=True, slots=True)
class PassageInContext:
    passage: Passage
    before: str
    after: str


def passage_in_context(library: Library, passage_id: int) -> PassageInContext | None:
    """Return a passage, of whatever version, with the sentences around it; None where its article is gone."""
    passage = read.passage(library.engine, passage_id)
    if passage is None:
        return None
    text = passage.article.text
    spans = sentences(text, passage.article.language)
    before = [span for span in spans if span.end <= passage.start][-NEIGHBOURS:]
    after = [span for span in spans if span.start >= passage.end][:NEIGHBOURS]
    return PassageInContext(
        passage,
        text[before[0].start : before[-1].end] if before else "",
        text[after[0].start : after[-1].end] if after else "",
    )

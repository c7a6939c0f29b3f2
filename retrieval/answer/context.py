"""A passage with its neighbours, and the card of its source."""

from dataclasses import dataclass

from retrieval.answer.withdrawn import withdrawn
from retrieval.domain import Article, Citation, Passage
from retrieval.language.doc import Doc
from retrieval.store import read
from retrieval.store.library import Library

NEIGHBOURS = 2  # sentences shown on either side of a passage


@dataclass(frozen=True, slots=True)
class PassageInContext:
    passage: Passage
    before: str
    after: str
    is_newest: bool  # its version is the newest of its article
    withdrawn: bool  # the quote has been taken back since


@dataclass(frozen=True, slots=True)
class SourceCard:
    """An article, the other articles that carry its text, and all its versions, oldest first."""

    article: Article
    copies: tuple[Article, ...]
    versions: tuple[Article, ...]


def passage_in_context(library: Library, passage_id: int, start: int, end: int) -> PassageInContext | None:
    """Return a passage, of whatever version, with the sentences around it; None where its article is gone.

    `start` and `end` are the offsets of the quote in the article's text.
    """
    passage = read.passage(library.engine, passage_id)
    if passage is None:
        return None
    text = passage.article.text
    spans = [sentence.span for sentence in Doc.of(passage.article).sentences]
    before = [span for span in spans if span.end <= passage.start][-NEIGHBOURS:]
    after = [span for span in spans if span.start >= passage.end][:NEIGHBOURS]
    newest = read.article(library.engine, passage.article.id)
    return PassageInContext(
        passage,
        text[before[0].start : before[-1].end] if before else "",
        text[after[0].start : after[-1].end] if after else "",
        is_newest=newest is not None and newest.version == passage.article.version,
        withdrawn=bool(withdrawn(library, [Citation(1, passage.article, start, end)], None)),
    )


def source_card(library: Library, passage_id: int) -> SourceCard | None:
    """Return the card of a passage's source; None where its article is gone."""
    passage = read.passage(library.engine, passage_id)
    if passage is None:
        return None
    article = passage.article
    copies = read.copies(library.engine, article.origin) if article.origin else []
    return SourceCard(
        article,
        tuple(copy for copy in copies if copy.id != article.id),
        tuple(read.every_version(library.engine, article.id)),
    )

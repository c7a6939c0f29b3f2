"""Sources -> library, batch by batch: recognise, split, embed, store; what cannot be taken in is said."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from retrieval.domain import Article, Moment, RejectedError, Span
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_passages
from retrieval.figures.records import read_records
from retrieval.ingest.corrections import read_notices
from retrieval.ingest.recognise import recognise
from retrieval.ingest.split import PassageSpans, split
from retrieval.ingest.submission import Rejection, Submission
from retrieval.language.terms import name_terms
from retrieval.language.words import stems
from retrieval.store.library import Library
from retrieval.store.origins import complete
from retrieval.store.read import article_id_for_url, known_vectors
from retrieval.store.write import Embedded, Outcome, Prepared, PreparedPassage, store, text_hash

BATCH_CHARACTERS = 60_000
"""Text gathered before it is embedded and stored: some seconds of work, which is what a kill can cost."""


@dataclass
class Report:
    """What became of the sources so far."""

    added: list[str] = field(default_factory=list)  # article ids
    updated: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    passages: int = 0
    characters: int = 0  # of text gone through


Progress = Callable[[Report], None]


def ingest(
    library: Library,
    embedder: Embedder,
    sources: Iterable[Submission | Rejection],
    *,
    published: Moment | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Progress = lambda report: None,
) -> Report:
    """Take in `sources`; `published` dates those that do not say when they were published.

    Each batch is one transaction: a crash loses at most the batch it was at, and leaves no half article.
    """
    report = Report()
    complete(library.engine)
    for batch in _batches(_articles(library, sources, published, clock, report)):
        _store(library, embedder, batch, report)
        progress(report)
    return report


def _articles(
    library: Library,
    sources: Iterable[Submission | Rejection],
    published: Moment | None,
    clock: Callable[[], datetime],
    report: Report,
) -> Iterator[Article]:
    for source in sources:
        if isinstance(source, Rejection):
            report.rejected.append(source)
            continue
        try:
            article = recognise(replace(source, published=source.published or published), clock())
        except RejectedError as exc:
            report.rejected.append(Rejection(source.where, str(exc)))
            continue
        if source.id is None and source.url and (known := article_id_for_url(library.engine, source.url)):
            article = replace(article, id=known)
        yield article


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    batch: list[Article] = []
    size = 0
    for article in articles:
        if any(article.id == other.id for other in batch):  # two versions never share a transaction's reading
            yield batch
            batch, size = [], 0
        batch.append(article)
        size += len(article.text)
        if size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _store(library: Library, embedder: Embedder, batch: list[Article], report: Report) -> None:
    pieces = [split(article.text, article.language) for article in batch]
    vectors = _vectors(library, embedder, batch, pieces)
    prepared = [_prepared(library, article, split_, vectors) for article, split_ in zip(batch, pieces, strict=True)]
    lists = {
        Outcome.ADDED: report.added,
        Outcome.UPDATED: report.updated,
        Outcome.DUPLICATE: report.duplicate,
    }
    for one, outcome in zip(prepared, store(library.engine, prepared), strict=True):
        lists[outcome].append(one.article.id)
        report.characters += len(one.article.text)
        if outcome is not Outcome.DUPLICATE:
            report.passages += len(one.passages)


def _vectors(
    library: Library, embedder: Embedder, batch: list[Article], pieces: list[list[PassageSpans]]
) -> dict[str, np.ndarray]:
    """Return every vector needed, by text hash; a text that was ever embedded is not embedded again."""
    texts: dict[str, tuple[str, str]] = {}
    for article, split_ in zip(batch, pieces, strict=True):
        for span in (span for passage in split_ for span in (passage.whole, *passage.sentences)):
            text = span.of(article.text)
            texts.setdefault(text_hash(text), (text, article.language))
    vectors = known_vectors(library.engine, library.model, list(texts))
    new = [key for key in texts if key not in vectors]
    if new:
        made = embed_passages(embedder, [texts[key][0] for key in new], [texts[key][1] for key in new])
        vectors.update(zip(new, made.astype(np.float16), strict=True))
    return vectors


def _prepared(
    library: Library, article: Article, pieces: list[PassageSpans], vectors: dict[str, np.ndarray]
) -> Prepared:
    def embedded(span: Span) -> Embedded:
        return Embedded(span, vectors[text_hash(span.of(article.text))])

    passages = []
    for at, passage in enumerate(pieces):
        around = _surroundings(article, pieces, at)
        passages.append(
            PreparedPassage(
                whole=embedded(passage.whole),
                sentences=tuple(embedded(span) for span in passage.sentences),
                stems=" ".join(stems(around, article.language)),
                names=" ".join(name_terms(around, article.language)),
            )
        )
    figures, notices = tuple(read_records(article)), tuple(read_notices(article))
    return Prepared(article, tuple(passages), library.model, figures, notices)


def _surroundings(article: Article, pieces: list[PassageSpans], at: int) -> str:
    """Return the words a passage is found by: the title's, its own and those of the passages beside it."""
    first, last = pieces[max(at - 1, 0)].whole, pieces[min(at + 1, len(pieces) - 1)].whole
    return f"{article.title}\n{article.text[first.start : last.end]}"

"""Submissions into the library, batch by batch: recognise, parse, split, embed, store; or reject with a reason."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice

import numpy as np

from retrieval.domain import Article, Moment, RejectedError
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_passages
from retrieval.embedding.engine import WordEncoder
from retrieval.events.profile import article_names
from retrieval.figures.records import read_records
from retrieval.ingest.notices import read_notices
from retrieval.ingest.recognise import recognise
from retrieval.ingest.split import PassageSpans, split
from retrieval.ingest.submission import Rejection, Submission
from retrieval.language.doc import Doc
from retrieval.language.words import fold
from retrieval.store import events, origins
from retrieval.store.fulltext import terms_of
from retrieval.store.library import Library
from retrieval.store.read import article_id_at, articles_with_id, known_vectors
from retrieval.store.sources.addresses import address_key
from retrieval.store.write import Outcome, Prepared, PreparedPassage, store, text_hash

AT_ONCE = 2
"""Batches given to the embedder at a time, so that it never waits for the next one."""

ENTRY_MARK = "~"
"""Between an id that a feed gave to several entries and what tells these apart."""

BATCH_CHARACTERS = 20_000
"""Text gathered before it is embedded and stored: some two seconds of work; a kill can cost two such batches."""

REMEMBERED = 50_000
"""Addresses of a run that are remembered; those of the batches that are not stored yet are far fewer."""


@dataclass
class Report:
    """The outcome for the sources so far."""

    added: list[str] = field(default_factory=list)  # article ids
    updated: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    passages: int = 0
    characters: int = 0  # of text processed


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
    """Store `sources` as articles; `published` dates those without a time of publication.

    Each batch is one transaction: a crash loses at most the batch being stored and the one being embedded, and never
    stores half an article.
    """
    report = Report()
    origins.complete(library.engine)
    events.complete(library.engine, library.model)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ingest") as embedding:
        ahead: _Started | None = None
        for batch in _batches(_articles(library, sources, published, clock, report)):
            started = _start(library, embedder, embedding, batch, ahead)
            if ahead is not None:
                progress(_finish(library, ahead, report))
            ahead = started
        if ahead is not None:
            progress(_finish(library, ahead, report))
    return report


@dataclass(frozen=True, slots=True)
class _Started:
    """A batch whose texts are being embedded while the batch before it is stored."""

    articles: list[Prepared]  # without their vectors
    known: dict[str, np.ndarray]  # stored vectors by text hash
    new: list[str]  # hashes of the texts being embedded
    made: Future[np.ndarray]  # their vectors, in order

    def vectors(self) -> dict[str, np.ndarray]:
        """Return every vector the batch needs, by text hash; waits for them. Raises ModelError."""
        return self.known | dict(zip(self.new, self.made.result(), strict=True))


def _articles(
    library: Library,
    sources: Iterable[Submission | Rejection],
    published: Moment | None,
    clock: Callable[[], datetime],
    report: Report,
) -> Iterator[Article]:
    given: dict[str, str] = {}  # titles by ids, of this run's entries of feeds without an address
    by_address: dict[str, str] = {}  # article ids of this run, which may not be stored yet
    for source in sources:
        if isinstance(source, Rejection):
            report.rejected.append(source)
            continue
        try:
            article = recognise(replace(source, published=source.published or published), clock())
        except RejectedError as exc:
            report.rejected.append(Rejection(source.where, exc))
            continue
        if address := article.address:
            known = by_address.get(address) or article_id_at(library.engine, address)
            article = replace(article, id=source.id or known or article.id)
            by_address[address] = article.id
            if len(by_address) > REMEMBERED:  # the earlier half is stored by now
                by_address = dict(islice(by_address.items(), REMEMBERED // 2, None))
        elif source.entry:
            article = replace(article, id=_entry_id(library, article, given))
            given[article.id] = article.title
        if repeated := address_key(source.forwarded_address):
            there = by_address.get(repeated) or article_id_at(library.engine, repeated)
            article = replace(article, origin=there or article.origin)
        yield article


def _entry_id(library: Library, article: Article, given: Mapping[str, str]) -> str:
    """Return the id of an article whose id a feed gave: feeds use one again for another story, another article.

    It is a version of the article with this id, in the library or `given` just now, whose title it has.
    """
    beginning = f"{article.id}{ENTRY_MARK}"
    stored = {other.id: other.title for other in articles_with_id(library.engine, article.id, beginning)}
    now = {id_: title for id_, title in given.items() if id_ == article.id or id_.startswith(beginning)}
    known = stored | now
    same = next((id_ for id_, title in known.items() if fold(title) == fold(article.title)), None)
    return same or (f"{beginning}{text_hash(article.title)[:10]}" if known else article.id)


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    batch: list[Article] = []
    size = 0
    for article in articles:
        if any(article.id == other.id for other in batch):  # one version a batch
            yield batch
            batch, size = [], 0
        batch.append(article)
        size += len(article.text)
        if size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _start(
    library: Library, embedder: Embedder, embedding: ThreadPoolExecutor, batch: list[Article], ahead: _Started | None
) -> _Started:
    """Parse a batch while its texts are embedded by other threads; stored vectors are used again."""
    docs = [Doc.of(article) for article in batch]
    pieces = [split(doc) for doc in docs]
    texts: dict[str, tuple[str, str]] = {}
    for doc, passages in zip(docs, pieces, strict=True):
        for span in (span for passage in passages for span in (passage.whole, *passage.sentences)):
            text = span.of(doc.text)
            texts.setdefault(text_hash(text), (text, doc.language))
    known = known_vectors(library.engine, library.model, list(texts))
    if ahead is not None and any(key in texts and key not in known for key in ahead.new):
        known |= {key: vector for key, vector in ahead.vectors().items() if key in texts}
    new = [key for key in texts if key not in known]
    made = embedding.submit(_embedded, embedder, [texts[key] for key in new])
    encoder = embedder if isinstance(embedder, WordEncoder) else None
    prepared = [_prepared(*one, library.model, encoder) for one in zip(batch, docs, pieces, strict=True)]
    return _Started(prepared, known, new, made)


def _embedded(embedder: Embedder, texts: list[tuple[str, str]]) -> np.ndarray:
    """Return the vectors of (text, language) pairs, (n, dimensions) float32."""
    if not texts:
        return np.empty((0, embedder.dimensions), np.float32)
    return embed_passages(embedder, [text for text, _ in texts], [language for _, language in texts])


def _prepared(
    article: Article, doc: Doc, pieces: list[PassageSpans], model: str, encoder: WordEncoder | None
) -> Prepared:
    """Return an article with its figures, notices and names, and the terms that its passages are found by."""
    terms = terms_of(doc, article.title, [piece.whole for piece in pieces])
    stored = [PreparedPassage(piece.whole, piece.sentences, *found) for piece, found in zip(pieces, terms, strict=True)]
    notices = tuple(read_notices(doc, article.title))
    figures, found = tuple(read_records(doc, encoder)), article_names(doc, article.title)
    return Prepared(article, tuple(stored), model, figures, notices, found)


def _finish(library: Library, started: _Started, report: Report) -> Report:
    """Wait for the vectors of a batch, store it and add it to the report."""
    vectors = started.vectors()
    prepared = [replace(one, vectors=vectors) for one in started.articles]
    lists = {Outcome.ADDED: report.added, Outcome.UPDATED: report.updated, Outcome.DUPLICATE: report.duplicate}
    for one, outcome in zip(prepared, store(library.engine, prepared), strict=True):
        lists[outcome].append(one.article.id)
        report.characters += len(one.article.text)
        if outcome is not Outcome.DUPLICATE:
            report.passages += len(one.passages)
    return report

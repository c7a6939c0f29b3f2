"""Notices of correction and withdrawal, and the parts of articles that each retracts.

Only an outlet retracts its own reports: a notice counts against an article of the same outlet (the same host where
both have an address, else the same publisher), and against copies elsewhere only where the outlet is the agency that
they name or was first seen with the text. So nobody withdraws a report by claiming that it was withdrawn, nor by
copying it first. (A named authority can also withdraw a figure: see the ledger.) A notice counts from when it was
known.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, insert, select

from retrieval.domain import Article, Span
from retrieval.language.copies import Kin, kinship
from retrieval.language.doc import Doc, Text
from retrieval.language.words import fold
from retrieval.store import read
from retrieval.store.database import reading
from retrieval.store.rows import VERSION_COLUMNS, article_of
from retrieval.store.schema import articles, corrections, versions

ABOUT = 0.6
"""The share of a title's stems that a notice about that article contains."""

FEWEST_TITLE_STEMS = 3
"""A title of fewer stems is found in too many texts to identify an article."""

FEWEST_TELLING = 6
"""A notice of fewer stems, without a number, says no more than that it corrects."""

COPIED_WITHIN = timedelta(days=14)
"""Copies appear soon: how far in time a notice reaches in other outlets."""

SPOKEN_OF = 0.3
"""The share of a sentence's stems that a notice about that sentence contains."""


class Kind(StrEnum):
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that corrects or withdraws a report."""

    quote: Span  # in the article's text; empty where the title says so
    kind: Kind
    own: bool  # it speaks of "this article"


class Retraction(NamedTuple):
    """A part of an article that was corrected or withdrawn, and the notice that says so."""

    span: Span | None  # in the article concerned; None: all of it
    kind: Kind
    by: Article  # the version with the notice
    quote: Span  # in its text


def keep(connection: Connection, version_pk: int, notices: Iterable[Notice]) -> None:
    """Store the notices of a version, in the transaction that stores the version."""
    rows = [
        {"version_pk": version_pk, "start": n.quote.start, "end": n.quote.end, "kind": n.kind.value, "own": n.own}
        for n in notices
    ]
    if rows:
        connection.execute(insert(corrections), rows)


_EVERY_NOTICE = (
    select(*VERSION_COLUMNS, corrections.c.start, corrections.c.end, corrections.c.kind, corrections.c.own)
    .join(articles, articles.c.id == versions.c.article_id)
    .join(corrections, corrections.c.version_pk == versions.c.pk)
    .order_by(corrections.c.id)
)
_NOTICES = {False: _EVERY_NOTICE, True: _EVERY_NOTICE.where(versions.c.known_from <= read.AS_OF)}


def notices(engine: Engine, as_of: datetime | None = None) -> list[tuple[Article, Notice]]:
    """Return every notice known at `as_of` (None: now) with the version that contains it, oldest first."""
    with reading(engine) as connection:
        # Sorted here: asked for in this order, SQLite goes through every version to find the few notices.
        rows = sorted(connection.execute(_NOTICES[as_of is not None], {"as_of": as_of}), key=lambda row: row.known_from)
    return [(article_of(row), Notice(Span(row.start, row.end), Kind(row.kind), row.own)) for row in rows]


def withdrawn_spans(
    engine: Engine, concerned: Sequence[Article], as_of: datetime | None = None
) -> dict[tuple[str, int], list[Retraction]]:
    """Return the retractions known at `as_of` of each of the articles, by id and version."""
    found: dict[tuple[str, int], list[Retraction]] = {}
    known = notices(engine, as_of)
    for article in {(one.id, one.version): one for one in concerned}.values() if known else ():
        retracted = [one for by, notice in known for one in _retracted(engine, article, by, notice)]
        if retracted:
            found[article.id, article.version] = retracted
    return found


def _retracted(engine: Engine, article: Article, by: Article, notice: Notice) -> Iterator[Retraction]:
    if article.id == by.id and article.version >= by.version:
        if notice.own and notice.kind is Kind.WITHDRAWN and article.version == by.version:
            yield from (_back(span, by, notice) for span in _besides(article, notice.quote))
    elif article.id == by.id:
        yield from _spans(article, by, notice, reissued=True)
    elif not notice.own and _same_outlet(article, by) and _older(article, by) and _is_about(article, by):
        reissued = kinship(article, by) is not Kin.APART
        yield from _spans(article, by, notice, reissued=reissued)
    elif by.version > 1 or not notice.own:
        yield from _of_copies(engine, article, by, notice)


def _of_copies(engine: Engine, article: Article, by: Article, notice: Notice) -> Iterator[Retraction]:
    """Yield the retractions of a copy in another outlet."""
    if article.language != by.language or not _near(article, by):
        return
    for source in _sources(engine, article, by, notice):
        if kinship(article, source) not in (Kin.COPY, Kin.EXTENDED):
            continue
        if _is_agency(by, article) or _first_seen(engine, article, source):
            spans = [one.span for one in _retracted(engine, source, by, notice)]
            if None in spans:
                yield _back(None, by, notice)
            gone = {span.of(source.text) for span in spans if span is not None}
            yield from (_back(s.span, by, notice) for s in Doc.of(article).sentences if s.text in gone)
        return


def _sources(engine: Engine, article: Article, by: Article, notice: Notice) -> Iterator[Article]:
    """Yield the articles that a notice's outlet retracts: earlier versions of its own, or its copy of `article`."""
    yield from (version for version in read.every_version(engine, by.id) if version.version < by.version)
    if not notice.own and article.origin:
        for copy in read.copies(engine, article.origin):
            if copy.id != by.id and _same_outlet(copy, by) and _older(copy, by) and _is_about(copy, by):
                yield copy


def _back(span: Span | None, by: Article, notice: Notice) -> Retraction:
    return Retraction(span, notice.kind, by, notice.quote)


def _spans(article: Article, by: Article, notice: Notice, *, reissued: bool) -> Iterator[Retraction]:
    """Yield all of a withdrawn article; of a corrected one the sentences it is about that a new text drops."""
    if notice.kind is Kind.WITHDRAWN:
        yield _back(None, by, notice)
        return
    correction = Text(notice.quote.of(by.text), by.language)
    for sentence in Doc.of(article).sentences:
        if not (reissued and sentence.text in by.text) and _speaks_of(correction, Text(sentence.text, by.language)):
            yield _back(sentence.span, by, notice)


def _besides(article: Article, quote: Span) -> list[Span]:
    """Return the sentences of a withdrawn article but the one that withdraws it."""
    spans = (sentence.span for sentence in Doc.of(article).sentences)
    return [span for span in spans if span.end <= quote.start or span.start >= quote.end]


def _speaks_of(notice: Text, sentence: Text) -> bool:
    """Return whether a notice is about a sentence; one that says no more than that it corrects is about all."""
    words, others = set(notice.stems), set(sentence.stems)
    if len(words) < FEWEST_TELLING and not notice.number_values:
        return True
    if notice.number_values & sentence.number_values:
        return True
    return len(words & others) >= SPOKEN_OF * max(1, len(others))


def _same_outlet(one: Article, other: Article) -> bool:
    hosts = _host(one), _host(other)
    if all(hosts):
        return hosts[0] == hosts[1]
    return one.publisher is not None and other.publisher is not None and fold(one.publisher) == fold(other.publisher)


def _host(article: Article) -> str:
    return (urlsplit(article.url or "").hostname or "").removeprefix("www.")


def _older(article: Article, by: Article) -> bool:
    """Return whether an article was published before a notice; by when they were seen where one has no date."""
    if article.published and by.published:
        return article.published.at <= by.published.at
    return article.fetched_at is None or by.fetched_at is None or article.fetched_at <= by.fetched_at


def _near(article: Article, by: Article) -> bool:
    at, noticed_at = (one.published.at if one.published else one.fetched_at for one in (article, by))
    return at is None or noticed_at is None or abs(noticed_at - at) <= COPIED_WITHIN


def _is_about(article: Article, by: Article) -> bool:
    title = set(Text(article.title, article.language).stems)
    notice = set(Text(f"{by.title}\n{by.text}", by.language).stems)
    return len(title) >= FEWEST_TITLE_STEMS and len(title & notice) >= ABOUT * len(title)


def _is_agency(by: Article, article: Article) -> bool:
    return by.publisher is not None and article.agency is not None and fold(by.publisher) == fold(article.agency)


def _first_seen(engine: Engine, article: Article, source: Article) -> bool:
    """Return whether no outlet was seen with the text before the one that takes it back."""
    others = [one for one in read.copies(engine, article.origin or "") if one.id != source.id]
    return all(source.fetched_at and one.fetched_at and source.fetched_at <= one.fetched_at for one in others)

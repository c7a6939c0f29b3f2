"""Notices of correction and withdrawal, and the parts of articles that each retracts.

Only an outlet retracts its own reports: a notice applies to articles of the same outlet (the same host if both have an
address, else the same publisher), and to copies elsewhere only if the outlet is the agency that they name or was seen
with the text first. So nobody withdraws a report of others by claiming that it was withdrawn, nor by copying it first.
(A named authority can also withdraw a figure: see the ledger.) A notice applies from the moment it was known.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Engine, insert

from retrieval.domain import Article, Span
from retrieval.language.copies import Kin, kinship
from retrieval.language.doc import Doc, Text
from retrieval.language.words import fold
from retrieval.store import read
from retrieval.store.database import fetched
from retrieval.store.rows import article_of, version_rows
from retrieval.store.schema import corrections, versions
from retrieval.store.sources.addresses import host_of

ABOUT = 0.6
"""The share of a title's stems that a notice about that article contains."""

FEWEST_TITLE_STEMS = 3
"""A title of fewer stems is found in too many texts to identify an article."""

FEWEST_NOTICE_STEMS = 6
"""A notice of fewer stems and without a number does not say which sentence it corrects."""

COPIED_WITHIN = timedelta(days=14)
"""Most time between a notice and a copy in another outlet that it applies to; copies appear soon."""

NAMED = 0.3
"""The share of a sentence's stems that a notice about that sentence contains."""


class Kind(StrEnum):
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that corrects or withdraws a report."""

    quote: Span  # in the article's text; empty: the title is the notice
    kind: Kind
    own: bool  # it is about "this article"


class Retraction(NamedTuple):
    """A part of an article that was corrected or withdrawn, and its notice."""

    span: Span | None  # in the retracted article; None: all of it
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
    version_rows()
    .join(corrections, corrections.c.version_pk == versions.c.pk)
    .add_columns(corrections.c.start, corrections.c.end, corrections.c.kind, corrections.c.own)
    .order_by(corrections.c.id)
)
_NOTICES = {False: _EVERY_NOTICE, True: _EVERY_NOTICE.where(versions.c.known_from <= read.AS_OF)}


def notices(engine: Engine, as_of: datetime | None = None) -> list[tuple[Article, Notice]]:
    """Return every notice known at `as_of` (None: now) with the version that contains it, oldest first."""
    # Sorted here: with ORDER BY known_from, SQLite reads every version to find the few notices.
    rows = sorted(fetched(engine, _NOTICES[as_of is not None], {"as_of": as_of}), key=lambda row: row.known_from)
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
            others = (s.span for s in Doc.of(article).sentences)
            yield from (
                _back(s, by, notice) for s in others if s.end <= notice.quote.start or s.start >= notice.quote.end
            )
    elif article.id == by.id:
        yield from _spans(article, by, notice, reissued=True)
    elif not notice.own and _same_outlet(article, by) and _older(article, by) and _is_about(article, by):
        reissued = kinship(article, by) is not Kin.APART
        yield from _spans(article, by, notice, reissued=reissued)
    elif by.version > 1 or not notice.own:
        yield from _of_copies(engine, article, by, notice)


def _of_copies(engine: Engine, article: Article, by: Article, notice: Notice) -> Iterator[Retraction]:
    """Yield the retractions of a copy in another outlet."""
    at, noticed_at = article.known_at, by.known_at
    if article.language != by.language or (at and noticed_at and abs(noticed_at - at) > COPIED_WITHIN):
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
        if not (reissued and sentence.text in by.text) and _concerns(correction, Text(sentence.text, by.language)):
            yield _back(sentence.span, by, notice)


def _concerns(notice: Text, sentence: Text) -> bool:
    """Return whether a notice is about a sentence; one that does not say which is about all of them."""
    words, others = set(notice.stems), set(sentence.stems)
    unspecific = len(words) < FEWEST_NOTICE_STEMS and not notice.number_values
    same_number = bool(notice.number_values & sentence.number_values)
    return unspecific or same_number or len(words & others) >= NAMED * max(1, len(others))


def _same_outlet(one: Article, other: Article) -> bool:
    hosts = host_of(one.url), host_of(other.url)
    if all(hosts):
        return hosts[0] == hosts[1]
    return one.publisher is not None and other.publisher is not None and fold(one.publisher) == fold(other.publisher)


def _older(article: Article, by: Article) -> bool:
    """Return whether an article is older than a notice: by publication, or if one is undated by when they were read."""
    if article.published and by.published:
        return article.published.at <= by.published.at
    return article.fetched_at is None or by.fetched_at is None or article.fetched_at <= by.fetched_at


def _is_about(article: Article, by: Article) -> bool:
    title = set(Text(article.title, article.language).stems)
    notice = set(Text(f"{by.title}\n{by.text}", by.language).stems)
    return len(title) >= FEWEST_TITLE_STEMS and len(title & notice) >= ABOUT * len(title)


def _is_agency(by: Article, article: Article) -> bool:
    return by.publisher is not None and article.agency is not None and fold(by.publisher) == fold(article.agency)


def _first_seen(engine: Engine, article: Article, source: Article) -> bool:
    """Return whether no outlet was seen with the text before the one that retracts it."""
    others = [one for one in read.copies(engine, article.origin or "") if one.id != source.id]
    return all(source.fetched_at and one.fetched_at and source.fetched_at <= one.fetched_at for one in others)

"""Reading the library: articles, versions and passages, as they were current at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import BindParameter, ColumnElement, Engine, Select, and_, bindparam, func, or_, select

from retrieval.domain import Article, Moment, Passage, Span
from retrieval.store.database import batches, fetched, fetched_value
from retrieval.store.rows import SENTENCE_VECTOR, article_of, articles_of, moment_of, version_rows
from retrieval.store.schema import Utc, articles, changes, passages, sentences, versions
from retrieval.store.sources.backing import site_of
from retrieval.store.sources.outlets import outlet
from retrieval.store.vectors.packed import unpacked


@dataclass(frozen=True, slots=True)
class Counts:
    articles: int
    versions: int
    passages: int
    origins: int


# The statements of every question are built once, because SQLAlchemy takes longer to build one than SQLite to run it.
# Each exists twice: for now, and for an earlier moment (True).

IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
AS_OF: BindParameter[datetime] = bindparam("as_of", type_=Utc())
MOMENTS = {False: None, True: AS_OF}
NEWEST_CHANGE = select(func.coalesce(func.max(changes.c.seq), 0))


def current_at(as_of: datetime | BindParameter[datetime] | None) -> ColumnElement[bool]:
    """Return the condition that a version was the current one at `as_of` (None: now)."""
    if as_of is None:
        return versions.c.superseded_at.is_(None)
    not_yet = or_(versions.c.superseded_at.is_(None), versions.c.superseded_at > as_of)
    return and_(versions.c.known_from <= as_of, not_yet)


def newest_change(engine: Engine) -> int:
    """Return the number of the library's last change; 0 if there was none."""
    return int(fetched_value(engine, NEWEST_CHANGE))


def _articles(engine: Engine, wanted: Select[Any]) -> list[Article]:
    return [article_of(row) for row in fetched(engine, wanted)]


def article(
    engine: Engine, article_id: str, *, as_of: datetime | None = None, number: int | None = None
) -> Article | None:
    """Return the version of an article current at `as_of`, or one numbered version of it; None if there is none."""
    wanted = versions.c.number == number if number is not None else current_at(as_of)
    return next(iter(_articles(engine, version_rows(versions.c.article_id == article_id, wanted))), None)


def every_version(engine: Engine, article_id: str) -> list[Article]:
    """Return all versions of an article, oldest first."""
    return _articles(engine, version_rows(versions.c.article_id == article_id).order_by(versions.c.number))


def window(
    engine: Engine, since: datetime | None, until: datetime | None, as_of: datetime | None = None
) -> list[Article]:
    """Return the articles published in [since, until) in the versions current at `as_of`, oldest first."""
    where = [current_at(as_of), versions.c.published_at.is_not(None)]
    if since is not None:
        where.append(versions.c.published_at >= since)
    if until is not None:
        where.append(versions.c.published_at < until)
    return _articles(engine, version_rows(*where).order_by(versions.c.published_at, versions.c.pk))


def arrived(
    engine: Engine, since: datetime, until: datetime, late: timedelta, as_of: datetime | None = None
) -> list[Article]:
    """Return the articles that were news in [since, until), oldest first.

    They were published in it, or up to `late` before it but seen by us only in it.
    """
    seen_late = and_(
        versions.c.published_at >= since - late, versions.c.fetched_at >= since, versions.c.fetched_at < until
    )
    where = [current_at(as_of), versions.c.published_at < until, or_(versions.c.published_at >= since, seen_late)]
    return _articles(engine, version_rows(*where).order_by(versions.c.published_at, versions.c.pk))


def undated(engine: Engine, since: datetime, until: datetime, as_of: datetime | None = None) -> list[Article]:
    """Return the articles without a date that we read in [since, until), oldest first."""
    read = [versions.c.published_at.is_(None), versions.c.fetched_at >= since, versions.c.fetched_at < until]
    return _articles(engine, version_rows(current_at(as_of), *read).order_by(versions.c.fetched_at, versions.c.pk))


_NEWEST_DATE = (
    select(versions.c.published_at, versions.c.published_offset, versions.c.published_day_only)
    .order_by(versions.c.published_at.desc())
    .limit(1)
)


def newest_before(engine: Engine, until: datetime, as_of: datetime | None = None) -> Moment | None:
    """Return when the newest article from before `until` was published; None if there is none."""
    rows = fetched(engine, _NEWEST_DATE.where(current_at(as_of), versions.c.published_at < until))
    return moment_of(*rows[0]) if rows else None


_PASSAGES = {
    past: version_rows(passages.c.id.in_(IDS), current_at(moment))
    .join(passages, passages.c.version_pk == versions.c.pk)
    .add_columns(passages.c.id, passages.c.start, passages.c.end)
    for past, moment in MOMENTS.items()
}


def passages_by_id(engine: Engine, ids: Sequence[int], as_of: datetime | None = None) -> dict[int, Passage]:
    """Return those passages that are current at `as_of`, by id."""
    rows = fetched(engine, _PASSAGES[as_of is not None], {"ids": ids, "as_of": as_of})
    found = zip(rows, articles_of(rows), strict=True)
    return {row.id: Passage(row.id, article, row.start, row.end) for row, article in found}


def passage(engine: Engine, passage_id: int) -> Passage | None:
    """Return a passage of any version, also of a superseded one."""
    wanted = version_rows(passages.c.id == passage_id).join(passages, passages.c.version_pk == versions.c.pk)
    rows = fetched(engine, wanted.add_columns(passages.c.id, passages.c.start, passages.c.end))
    return next((Passage(row.id, article_of(row), row.start, row.end) for row in rows), None)


_PASSAGE_AT = (
    select(passages.c.id)
    .join(versions, versions.c.pk == passages.c.version_pk)
    .where(
        versions.c.article_id == bindparam("article"),
        versions.c.number == bindparam("version"),
        passages.c.start <= bindparam("offset"),
    )
    .order_by(passages.c.start.desc())
    .limit(1)
)


def passage_at(engine: Engine, found: Article, offset: int) -> int | None:
    """Return the id of the passage of this version of an article that contains the character at `offset`."""
    sought = {"article": found.id, "version": found.version, "offset": offset}
    id_: int | None = fetched_value(engine, _PASSAGE_AT, sought)
    return id_


def known_vectors(engine: Engine, model: str, hashes: Sequence[str]) -> dict[str, np.ndarray]:
    """Return embeddings that `model` already made of the same texts, by text hash; (dimensions,) float32 each."""
    found: dict[str, np.ndarray] = {}
    of_passages = select(passages.c.text_hash, passages.c.embedding)
    of_sentences = select(sentences.c.text_hash, sentences.c.embedding).join(passages)
    for some in batches(hashes):
        keys = {stored_key(hash_): hash_ for hash_ in some}
        for table, wanted in ((passages, of_passages), (sentences, of_sentences)):
            rows = fetched(engine, wanted.where(table.c.text_hash.in_(keys), passages.c.model == model))
            whole = [row for row in rows if row.embedding]
            found.update(zip((keys[row.text_hash] for row in whole), _vectors(whole), strict=True))
    return found


def stored_key(text_hash: str) -> int:
    """Return the part of a text's hash that its embedding is stored under: 64 bits."""
    return int(text_hash[:16], 16) - 2**63


def _vectors(rows: Sequence[Any]) -> np.ndarray:
    return unpacked([row.embedding for row in rows])


_SENTENCES = (
    select(sentences.c.passage_id, sentences.c.start, sentences.c.end, SENTENCE_VECTOR)
    .join(passages)
    .where(sentences.c.passage_id.in_(IDS))
    .order_by(sentences.c.passage_id, sentences.c.start)
)


def sentences_of(engine: Engine, passage_ids: Sequence[int]) -> dict[int, list[tuple[Span, np.ndarray]]]:
    """Return the quotable sentences of passages in order, each with its vector, (dimensions,) float32."""
    found: dict[int, list[tuple[Span, np.ndarray]]] = {}
    rows = fetched(engine, _SENTENCES, {"ids": passage_ids})
    for row, vector in zip(rows, _vectors(rows), strict=True):
        found.setdefault(row.passage_id, []).append((Span(row.start, row.end), vector))
    return found


def article_id_at(engine: Engine, address: str) -> str | None:
    """Return the id of the article that was read from an address, given by its key; None if there is none."""
    id_: str | None = fetched_value(engine, select(articles.c.id).where(articles.c.address == address).limit(1))
    return id_


def articles_with_id(engine: Engine, article_id: str, beginning: str) -> list[Article]:
    """Return the article with an id, and those whose ids begin so, in their current versions."""
    alike = or_(articles.c.id == article_id, func.substr(articles.c.id, 1, len(beginning)) == beginning)
    return _articles(engine, version_rows(alike, current_at(None)).order_by(versions.c.pk))


def copies(engine: Engine, origin: str) -> list[Article]:
    """Return the articles that share an origin, in their current versions, oldest first."""
    wanted = version_rows(articles.c.origin == origin, current_at(None)).order_by(versions.c.known_from, versions.c.pk)
    return _articles(engine, wanted)


_ORIGIN_OUTLETS = {
    past: select(articles.c.origin, articles.c.id, articles.c.url, versions.c.publisher)
    .join(versions, versions.c.article_id == articles.c.id)
    .where(articles.c.origin.in_(IDS), current_at(moment))
    for past, moment in MOMENTS.items()
}


def origin_outlets(engine: Engine, origins: Sequence[str], as_of: datetime | None = None) -> dict[str, int]:
    """Return in how many outlets the text of each origin appeared, among the articles current at `as_of`."""
    found: dict[str, set[str]] = {}
    for row in fetched(engine, _ORIGIN_OUTLETS[as_of is not None], {"ids": origins, "as_of": as_of}):
        found.setdefault(row.origin, set()).add(outlet(row.publisher, row.url) or row.id)
    return {origin: len(outlets) for origin, outlets in found.items()}


_NEWEST = {
    past: _NEWEST_DATE.where(current_at(moment), versions.c.published_at.is_not(None))
    for past, moment in MOMENTS.items()
}


def newest_article_at(engine: Engine, as_of: datetime | None = None) -> Moment | None:
    """Return the publication time of the newest dated article current at `as_of`; None if there is none."""
    rows = fetched(engine, _NEWEST[as_of is not None], {"as_of": as_of})
    return moment_of(*rows[0]) if rows else None


def counts(engine: Engine) -> Counts:
    """Return the number of articles, versions, passages and origins."""
    counted = (articles.c.id, versions.c.pk, passages.c.id, articles.c.origin.distinct())
    return Counts(*(fetched_value(engine, select(func.count(column))) for column in counted))


def sources(engine: Engine) -> list[tuple[str | None, str | None, int]]:
    """Return the sources of the articles: a publisher, the address of one of its articles, and how many it has.

    Those with most articles come first; a publisher that writes at several hosts is given for each.
    """
    wanted = select(versions.c.publisher, articles.c.url).join(articles, articles.c.id == versions.c.article_id)
    found: dict[tuple[str | None, str], list[str | None]] = {}
    for row in fetched(engine, wanted.where(current_at(None)).order_by(versions.c.pk)):
        found.setdefault((row.publisher, site_of(row.url)), []).append(row.url)
    ordered = sorted(found.items(), key=lambda one: -len(one[1]))
    return [(publisher, urls[0], len(urls)) for (publisher, _), urls in ordered]


def is_empty(engine: Engine) -> bool:
    """Return whether there is no article yet."""
    return newest_change(engine) == 0


def publishers(engine: Engine) -> list[str]:
    """Return the publishers of the articles, those with most articles first."""
    named = select(versions.c.publisher).where(versions.c.publisher.is_not(None)).group_by(versions.c.publisher)
    return [row[0] for row in fetched(engine, named.order_by(func.count().desc(), versions.c.publisher))]

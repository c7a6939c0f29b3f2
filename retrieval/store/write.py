"""Writing articles: versions, passages with embeddings and full text, all in one transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
from sqlalchemy import Connection, CursorResult, Engine, Row, delete, insert, select, update

from retrieval.domain import Article, Span
from retrieval.language.copies import sketch
from retrieval.store import corrections, figures, fulltext, origins
from retrieval.store.corrections import Notice
from retrieval.store.database import writing
from retrieval.store.figures import Record
from retrieval.store.rows import VERSION_COLUMNS, article_of, moment_columns, moment_of
from retrieval.store.schema import articles, changes, passages, sentences, versions


class Outcome(StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Embedded:
    """A span of an article's text and its unit vector, (dimensions,) float16."""

    span: Span
    vector: np.ndarray


@dataclass(frozen=True, slots=True)
class PreparedPassage:
    """A passage on its way into the library: where it is, its vector and its sentences', its index terms."""

    whole: Embedded
    sentences: tuple[Embedded, ...]
    stems: str  # space separated
    names: str  # keys of names, and numbers: what is found across languages; space separated


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with everything that is stored about it."""

    article: Article  # with `fetched_at` set; its origin is found as it is stored
    passages: tuple[PreparedPassage, ...]
    model: str  # the embedding model that made the vectors
    figures: tuple[Record, ...] = ()
    notices: tuple[Notice, ...] = ()  # what it corrects or withdraws


def text_hash(text: str) -> str:
    """Return the hash by which a text's embedding is found again (128 bits of SHA-256, hex)."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def content_hash(article: Article) -> str:
    """Return a hash of an article's title and text, which changes with them (SHA-256, hex)."""
    return hashlib.sha256(f"{article.title}\0{article.text}".encode()).hexdigest()


def store(engine: Engine, batch: Sequence[Prepared]) -> list[Outcome]:
    """Write a batch in one transaction: either all of it is stored, or none. Raises StoreError."""
    with writing(engine) as connection:
        return [_store_one(connection, prepared) for prepared in batch]


def _store_one(connection: Connection, prepared: Prepared) -> Outcome:
    article = prepared.article
    newest = connection.execute(
        select(*VERSION_COLUMNS)
        .join(articles, articles.c.id == versions.c.article_id)
        .where(versions.c.article_id == article.id)
        .order_by(versions.c.number.desc())
        .limit(1)
    ).first()
    if newest is None:
        hashes = sketch(article)
        origin = origins.place(connection, article, hashes, None)
        connection.execute(insert(articles).values(id=article.id, url=article.url, origin=origin))
        origins.remember(connection, article, hashes)
        _insert_version(connection, prepared, 1, _known_from(article, None))
        return Outcome.ADDED
    if newest.content_hash == content_hash(article):
        return _complete(connection, newest, article)
    _supersede(connection, newest, prepared)
    return Outcome.UPDATED


def _complete(connection: Connection, newest: Row[Any], article: Article) -> Outcome:
    """Fill in what the stored version of the same text lacks (a date, say)."""
    given = {
        "publisher": article.publisher,
        "author": article.author,
        "agency": article.agency,
        "place": article.place,
    }
    missing: dict[str, Any] = {k: v for k, v in given.items() if v and not getattr(newest, k)}
    if article.published and _sharper(article, newest):
        missing |= moment_columns(article.published)
        missing["known_from"] = article.published.at
    if not missing:
        return Outcome.DUPLICATE
    connection.execute(update(versions).where(versions.c.pk == newest.pk).values(**missing))
    _log_current(connection, newest.pk, gone=False)
    return Outcome.UPDATED


def _sharper(article: Article, newest: Row[Any]) -> bool:
    """Return whether the publication time now given is more precise than the stored one."""
    stored = moment_of(newest.published_at, newest.published_offset, newest.published_day_only)
    assert article.published is not None
    return stored is None or (stored.day_only and not article.published.day_only)


def _supersede(connection: Connection, newest: Row[Any], prepared: Prepared) -> None:
    since = _known_from(prepared.article, newest.known_from)
    connection.execute(update(versions).where(versions.c.pk == newest.pk).values(superseded_at=since))
    _log_current(connection, newest.pk, gone=True)
    article = prepared.article
    hashes = sketch(article)
    origin = origins.place(connection, article, hashes, article_of(newest))
    connection.execute(
        update(articles).where(articles.c.id == article.id).values(origin=origin, url=article.url or newest.url)
    )
    origins.remember(connection, article, hashes)
    _insert_version(connection, prepared, newest.number + 1, since)


def _known_from(article: Article, previous: datetime | None) -> datetime:
    """Return from when a version counts as known.

    A first version is known from its publication, so that an archive can be asked as of its own days; a changed
    text is known from its own later publication time if it has one, else from when the change was seen.
    """
    assert article.fetched_at is not None
    published = article.published.at if article.published else None
    if previous is None:
        return published or article.fetched_at
    return published if published and published > previous else max(article.fetched_at, previous)


def _insert_version(connection: Connection, prepared: Prepared, number: int, known_from: datetime) -> None:
    article = prepared.article
    inserted = connection.execute(
        insert(versions).values(
            article_id=article.id,
            number=number,
            title=article.title,
            text=article.text,
            language=article.language,
            publisher=article.publisher,
            author=article.author,
            agency=article.agency,
            place=article.place,
            fetched_at=article.fetched_at,
            known_from=known_from,
            content_hash=content_hash(article),
            **moment_columns(article.published),
        )
    )
    version_pk = _new_key(inserted)
    figures.keep(connection, version_pk, prepared.figures)
    corrections.keep(connection, version_pk, prepared.notices)
    if prepared.passages:
        _insert_passages(connection, version_pk, prepared)


def _insert_passages(connection: Connection, version_pk: int, prepared: Prepared) -> None:
    rows = [_embedding_row(prepared, passage.whole) | {"version_pk": version_pk} for passage in prepared.passages]
    keyed = insert(passages).returning(passages.c.id, sort_by_parameter_order=True)
    ids = connection.execute(keyed, rows).scalars().all()
    stored = list(zip(ids, prepared.passages, strict=True))
    quotable = [
        _embedding_row(prepared, sentence) | {"passage_id": id_}
        for id_, passage in stored
        for sentence in passage.sentences
    ]
    if quotable:
        connection.execute(insert(sentences), quotable)
    fulltext.index(connection, [(id_, passage.stems, passage.names) for id_, passage in stored])
    connection.execute(insert(changes), [{"passage_id": id_, "gone": False} for id_ in ids])


def _embedding_row(prepared: Prepared, embedded: Embedded) -> dict[str, Any]:
    return {
        "start": embedded.span.start,
        "end": embedded.span.end,
        "text_hash": text_hash(embedded.span.of(prepared.article.text)),
        "model": prepared.model,
        "embedding": embedded.vector.astype("<f2").tobytes(),
    }


def _new_key(inserted: CursorResult[Any]) -> int:
    key = inserted.inserted_primary_key
    assert key is not None
    return int(key[0])


def _log_current(connection: Connection, version_pk: int, gone: bool) -> None:
    rows = connection.execute(select(passages.c.id).where(passages.c.version_pk == version_pk)).scalars().all()
    if rows:
        connection.execute(insert(changes), [{"passage_id": id_, "gone": gone} for id_ in rows])


def remove(engine: Engine, article_id: str) -> bool:
    """Delete an article with all its versions; return whether there was one. Raises StoreError."""
    with writing(engine) as connection:
        owned = select(passages.c.id).join(versions).where(versions.c.article_id == article_id)
        ids = connection.execute(owned).scalars().all()
        fulltext.forget(connection, ids)
        if ids:
            connection.execute(insert(changes), [{"passage_id": id_, "gone": True} for id_ in ids])
        return connection.execute(delete(articles).where(articles.c.id == article_id)).rowcount > 0

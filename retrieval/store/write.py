"""Writing articles: versions, passages with embeddings and full text, all in one transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from retrieval.domain import Article, Span
from retrieval.language.copies import sketch
from retrieval.store import corrections, events, figures, fulltext, origins
from retrieval.store.corrections import Notice
from retrieval.store.database import fetched_value, writing
from retrieval.store.events import Placing
from retrieval.store.figures import Record
from retrieval.store.origins import log_changes
from retrieval.store.read import stored_key
from retrieval.store.rows import ARTICLE_FIELDS, article_of, moment_columns, version_rows
from retrieval.store.schema import articles, changes, passages, sentences, versions
from retrieval.store.sources.addresses import plainer
from retrieval.store.vectors.packed import packed


class Outcome(StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class PreparedPassage:
    """A passage to store: its span, those of its sentences, and its index terms."""

    whole: Span
    sentences: tuple[Span, ...]
    stems: str  # space separated
    names: str  # keys of names, and numbers, which match across languages; space separated


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article to store, with its passages, figures, notices and names."""

    article: Article  # with `fetched_at` set; its origin is found as it is stored
    passages: tuple[PreparedPassage, ...]
    model: str  # the embedding model that makes the vectors
    figures: tuple[Record, ...] = ()
    notices: tuple[Notice, ...] = ()  # of corrections and withdrawals
    names: Mapping[str, float] = field(default_factory=dict)  # by which its event is found
    vectors: Mapping[str, np.ndarray] = field(default_factory=dict)  # of its spans by `text_hash`, at unit length


def text_hash(text: str) -> str:
    """Return the key of a text's stored embedding (128 bits of SHA-256, hex)."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def content_hash(article: Article) -> str:
    """Return a hash of an article's title and text, which changes with them (SHA-256, hex)."""
    return hashlib.sha256(f"{article.title}\0{article.text}".encode()).hexdigest()


def is_stored(engine: Engine, article: Article) -> bool:
    """Return whether the newest version of what was read from the article's address has its title and text."""
    newest = (
        select(versions.c.content_hash)
        .join(articles, articles.c.id == versions.c.article_id)
        .where(articles.c.address == article.address, versions.c.superseded_at.is_(None))
        .limit(1)
    )
    return bool(fetched_value(engine, newest) == content_hash(article))


def store(engine: Engine, batch: Sequence[Prepared]) -> list[Outcome]:
    """Store a batch in one transaction: all of it or none. Raises StoreError."""
    with writing(engine) as connection:
        days = [prepared.article.published_on for prepared in batch]
        placing = Placing(connection, batch[0].model, days) if batch else None
        outcomes = []
        for prepared in batch:
            outcomes.append(_store_one(connection, prepared))
            if outcomes[-1] is not Outcome.DUPLICATE and placing is not None and prepared.passages:
                _place(connection, placing, prepared)
        if placing is not None:
            placing.flush()
        return outcomes


def _place(connection: Connection, placing: Placing, prepared: Prepared) -> None:
    """Put an article into its event."""
    article = prepared.article
    origin = connection.execute(select(articles.c.origin).where(articles.c.id == article.id)).scalar_one()
    spans = [passage.whole for passage in prepared.passages]
    vectors = [prepared.vectors[text_hash(span.of(article.text))] for span in spans]
    profile = events.profile_of(article, prepared.names, vectors, [span.end - span.start for span in spans])
    placing.place(article, origin, profile)


def _store_one(connection: Connection, prepared: Prepared) -> Outcome:
    article = prepared.article
    of_article = version_rows(versions.c.article_id == article.id).order_by(versions.c.number.desc())
    newest = connection.execute(of_article.limit(1)).first()
    if newest is None:
        hashes = sketch(article)
        origin = origins.place(connection, article, hashes, None)
        place = {"url": article.url, "address": article.address, "origin": origin}
        connection.execute(insert(articles).values(id=article.id, **place))
        version_pk = _insert_version(connection, prepared, 1, _known_from(article, None))
        origins.remember(connection, article.id, version_pk, hashes)
        return Outcome.ADDED
    if newest.content_hash == content_hash(article):
        return _complete(connection, newest, article)
    _supersede(connection, newest, prepared)
    return Outcome.UPDATED


def _complete(connection: Connection, newest: Row[Any], article: Article) -> Outcome:
    """Fill in what the stored version of the same text lacks (a date, say)."""
    given = {name: getattr(article, name) for name in ("publisher", "author", "agency", "place")}
    missing: dict[str, Any] = {name: value for name, value in given.items() if value and not getattr(newest, name)}
    stored, published = article_of(newest).published, article.published
    if published and (stored is None or (stored.day_only and not published.day_only)):
        missing |= moment_columns("published", published) | {"known_from": published.at}
    modified = article.modified
    # A time of change after this text was first read changed nothing in it.
    if modified and newest.modified_at is None and modified.at <= newest.fetched_at:
        missing |= moment_columns("modified", modified)
        missing["known_from"] = max(missing.get("known_from", newest.known_from), modified.at)
    if not missing:
        return Outcome.DUPLICATE
    connection.execute(update(versions).where(versions.c.pk == newest.pk).values(**missing))
    log_changes(connection, versions.c.pk == newest.pk)
    return Outcome.UPDATED


def _supersede(connection: Connection, newest: Row[Any], prepared: Prepared) -> None:
    since = _known_from(prepared.article, newest.known_from)
    connection.execute(update(versions).where(versions.c.pk == newest.pk).values(superseded_at=since))
    log_changes(connection, versions.c.pk == newest.pk, gone=True)
    article = prepared.article
    hashes = sketch(article)
    origin = origins.place(connection, article, hashes, article_of(newest))
    place = {"url": plainer(newest.url, article.url), "address": article.address or newest.address, "origin": origin}
    connection.execute(update(articles).where(articles.c.id == article.id).values(**place))
    origins.forget(connection, article.id, newest.pk)
    version_pk = _insert_version(connection, prepared, newest.number + 1, since)
    origins.remember(connection, article.id, version_pk, hashes)


def _known_from(article: Article, previous: datetime | None) -> datetime:
    """Return from when a version counts as known.

    A first version is known from its publication, or from its last change if that is later, so that an archive can be
    asked as of its own days; a changed text is known from its own later time if it has one, else from when the change
    was seen.
    """
    assert article.fetched_at is not None
    given = article.known_from if article.published else None
    if previous is None:
        return given or article.fetched_at
    return given if given and given > previous else max(article.fetched_at, previous)


def _insert_version(connection: Connection, prepared: Prepared, number: int, known_from: datetime) -> int:
    """Insert a version with all that is its own, and return its key."""
    article = prepared.article
    columns = {name: getattr(article, name) for name in ARTICLE_FIELDS} | moment_columns("published", article.published)
    columns |= moment_columns("modified", article.modified)
    columns |= {"article_id": article.id, "content_hash": content_hash(article)}
    inserted = insert(versions).values(number=number, known_from=known_from, **columns).returning(versions.c.pk)
    version_pk = int(connection.execute(inserted).scalar_one())
    figures.keep(connection, version_pk, prepared.figures)
    corrections.keep(connection, version_pk, prepared.notices)
    if prepared.passages:
        _insert_passages(connection, version_pk, prepared)
    return version_pk


def _insert_passages(connection: Connection, version_pk: int, prepared: Prepared) -> None:
    rows = [passage_row(prepared, passage) | {"version_pk": version_pk} for passage in prepared.passages]
    keyed = insert(passages).returning(passages.c.id, sort_by_parameter_order=True)
    ids = connection.execute(keyed, rows).scalars().all()
    stored = list(zip(ids, prepared.passages, strict=True))
    quotable = [row for id_, passage in stored for row in sentence_rows(prepared, passage, id_)]
    if quotable:
        connection.execute(insert(sentences), quotable)
    fulltext.index(connection, [(id_, passage.stems, passage.names) for id_, passage in stored])
    connection.execute(insert(changes), [{"passage_id": id_, "gone": False} for id_ in ids])


def embedding_row(prepared: Prepared, span: Span) -> dict[str, Any]:
    """Return the columns that passages and sentences share."""
    key = text_hash(span.of(prepared.article.text))
    [embedding] = packed(prepared.vectors[key][None])
    return {"start": span.start, "end": span.end, "text_hash": stored_key(key), "embedding": embedding}


def passage_row(prepared: Prepared, passage: PreparedPassage) -> dict[str, Any]:
    """Return the columns of a passage, without its version's key."""
    return embedding_row(prepared, passage.whole) | {"model": prepared.model}


def sentence_rows(prepared: Prepared, passage: PreparedPassage, passage_id: int) -> list[dict[str, Any]]:
    """Return the columns of a passage's sentences. One that is the whole passage has its embedding."""
    rows = [embedding_row(prepared, sentence) | {"passage_id": passage_id} for sentence in passage.sentences]
    return [
        row | ({"embedding": b""} if one == passage.whole else {})
        for one, row in zip(passage.sentences, rows, strict=True)
    ]


def remove(engine: Engine, article_id: str) -> bool:
    """Delete an article with all its versions; return whether there was one. Raises StoreError."""
    with writing(engine) as connection:
        newest = select(versions.c.pk).where(versions.c.article_id == article_id, versions.c.superseded_at.is_(None))
        events.leave(connection, article_id)
        origins.forget(connection, article_id, connection.execute(newest).scalar())
        log_changes(connection, versions.c.article_id == article_id, gone=True)
        return connection.execute(delete(articles).where(articles.c.id == article_id)).rowcount > 0

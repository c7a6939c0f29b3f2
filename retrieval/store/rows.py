"""Conversion between rows and the values of `domain`."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from retrieval.domain import Article, Moment
from retrieval.store.schema import articles, passages, sentences, versions

ARTICLE_FIELDS = (
    "title",
    "text",
    "language",
    "publisher",
    "author",
    "agency",
    "place",
    "forwarded_from",
    "fetched_at",
)
"""The fields of an Article that are columns of `versions` under the same names."""


SENTENCE_VECTOR = case(
    (func.length(sentences.c.embedding) == 0, passages.c.embedding), else_=sentences.c.embedding
).label("embedding")
"""The stored vector of a sentence, in a statement that joins its passage."""


def version_rows(*where: ColumnElement[bool]) -> Select[Any]:
    """Return the statement that selects versions, in rows that `article_of` reads."""
    columns = (versions, articles.c.url, articles.c.address, articles.c.origin, articles.c.event)
    return select(*columns).join(articles, articles.c.id == versions.c.article_id).where(*where)


def moment_columns(name: str, moment: Moment | None) -> dict[str, Any]:
    """Return the three columns for the time when something was `name` (published, modified), its zone and precision."""
    if moment is None:
        return {f"{name}_at": None, f"{name}_offset": None, f"{name}_day_only": False}
    offset = moment.at.utcoffset() or timedelta()
    return {
        f"{name}_at": moment.at,
        f"{name}_offset": int(offset.total_seconds() // 60),
        f"{name}_day_only": moment.day_only,
    }


def moment_of(at: datetime | None, offset: int | None, day_only: bool) -> Moment | None:
    """Return a publication time in the zone of its source."""
    if at is None:
        return None
    zone = timezone(timedelta(minutes=offset)) if offset else UTC
    return Moment(at.astimezone(zone), day_only)


def article_of(row: Row[Any]) -> Article:
    """Return the version of an article in a row of `version_rows`."""
    return Article(
        id=row.article_id,
        url=row.url,
        address=row.address,
        published=moment_of(row.published_at, row.published_offset, row.published_day_only),
        modified=moment_of(row.modified_at, row.modified_offset, row.modified_day_only),
        version=row.number,
        origin=row.origin,
        event=row.event,
        **{name: getattr(row, name) for name in ARTICLE_FIELDS},
    )


def articles_of(rows: Sequence[Row[Any]]) -> list[Article]:
    """Return the article in each row of `version_rows`; rows of one version share one object."""
    known = {pk: article_of(row) for pk, row in {row.pk: row for row in rows}.items()}
    return [known[row.pk] for row in rows]

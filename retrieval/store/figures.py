"""The figures of each version of an article; `retrieval.figures` defines their content."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, func, insert, or_, select

from retrieval.domain import Article
from retrieval.store.database import batches, fetched
from retrieval.store.read import IDS, current_at
from retrieval.store.rows import articles_of, version_rows
from retrieval.store.schema import articles, figures, versions

Record = tuple[str, dict[str, Any]]
"""A figure's kind, or "withdrawal", and its content, fit for JSON."""


def keep(connection: Connection, version_pk: int, records: Iterable[Record]) -> None:
    """Store the records of a version, in the transaction that stores the version."""
    rows = [{"version_pk": version_pk, "kind": kind, "content": content} for kind, content in records]
    if rows:
        connection.execute(insert(figures), rows)


_RECORDS = (
    select(versions.c.article_id, versions.c.number, figures.c.kind, figures.c.content)
    .join(figures, figures.c.version_pk == versions.c.pk)
    .where(versions.c.article_id.in_(IDS))
    .order_by(figures.c.id)
)


def records_of(engine: Engine, wanted: Sequence[Article]) -> list[tuple[Article, Record]]:
    """Return the records of these articles, in the version given of each, in the order they were stored."""
    known = {(article.id, article.version): article for article in wanted}
    found: list[tuple[Article, Record]] = []
    for some in batches(wanted):
        found.extend(
            (known[row.article_id, row.number], (row.kind, row.content))
            for row in fetched(engine, _RECORDS, {"ids": [article.id for article in some]})
            if (row.article_id, row.number) in known
        )
    return found


def records(
    engine: Engine, kinds: Iterable[str], as_of: datetime | None = None, events: Iterable[int | None] | None = None
) -> list[tuple[Article, Record]]:
    """Return the records of these kinds in the versions current at `as_of`, in the order they were stored.

    With `events`, those of the articles of these events alone; None among them: of articles in no event yet.
    """
    where = [figures.c.kind.in_(list(kinds)), current_at(as_of)]
    if events is not None:
        among = set(events)
        own = articles.c.event.in_(among - {None})
        where.append(or_(own, articles.c.event.is_(None)) if None in among else own)
    wanted = (
        version_rows(*where)
        .join(figures, figures.c.version_pk == versions.c.pk)
        .add_columns(figures.c.kind, figures.c.content)
        .order_by(figures.c.id)
    )
    rows = fetched(engine, wanted)
    return [(article, (row.kind, row.content)) for row, article in zip(rows, articles_of(rows), strict=True)]


class Counted(NamedTuple):
    """How much an event has of a kind of figure, and when the newest of it became known."""

    event: int | None
    latest: datetime | None
    reports: int


def counted_events(engine: Engine, kind: str, as_of: datetime | None = None) -> list[Counted]:
    """Return the events that have figures of a kind in versions current at `as_of` (None: now)."""
    latest = func.max(versions.c.known_from)
    wanted = (
        select(articles.c.event, latest.label("latest"), func.count().label("reports"))
        .join(versions, versions.c.article_id == articles.c.id)
        .join(figures, figures.c.version_pk == versions.c.pk)
        .where(figures.c.kind == kind, current_at(as_of))
        .group_by(articles.c.event)
    )
    return [Counted(row.event, row.latest, row.reports) for row in fetched(engine, wanted)]

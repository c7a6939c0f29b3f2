"""Articles have the key of their address, and those that differ only in how it is written become one.

Versions of one article are in the order in which they were known; a version with the text of the one before it goes.
An article whose id was given with it stays apart.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from retrieval.store.sources.addresses import address_key

revision = "0013"
down_revision = "0012"

articles = sa.table("articles", sa.column("id"), sa.column("url"), sa.column("address"))
versions = sa.table(
    "versions",
    *map(sa.column, ("pk", "article_id", "number", "fetched_at", "known_from", "superseded_at")),
    sa.column("content_hash"),
)
passages = sa.table("passages", sa.column("id"), sa.column("version_pk"))
changes = sa.table("changes", sa.column("passage_id"), sa.column("gone"))
sketches = sa.table("sketches", sa.column("article_id"))
shown = sa.table("shown", sa.column("article_id"), sa.column("version"))
pages = sa.table("pages", sa.column("key"), sa.column("last_read_at"))


def upgrade() -> None:
    op.add_column("articles", sa.Column("address", sa.Text))
    op.create_index("ix_articles_address", "articles", ["address"])
    connection = op.get_bind()
    twins: dict[str, list[str]] = {}
    for id_, url in connection.execute(sa.select(articles.c.id, articles.c.url)).all():
        if key := address_key(url):
            connection.execute(sa.update(articles).where(articles.c.id == id_).values(address=key))
            if id_ == made_id(url):
                twins.setdefault(key, []).append(id_)
    for ids in twins.values():
        if len(ids) > 1:
            merge(connection, ids)
    rename_pages(connection)


def made_id(url: str) -> str:
    """Return the id that an article had which came without one."""
    return "a" + hashlib.sha256(url.encode()).hexdigest()[:15]


def merge(connection: sa.Connection, ids: Sequence[str]) -> None:
    """Make the articles with these ids one, under the id of the one that was known first."""
    of_any = sa.select(versions).where(versions.c.article_id.in_(ids)).order_by(versions.c.known_from, versions.c.pk)
    rows = connection.execute(of_any).all()
    if not rows:
        return
    kept = rows[0].article_id
    # Numbers that no version has, until each has its own: an article has each number once.
    for row in rows:
        connection.execute(sa.update(versions).where(versions.c.pk == row.pk).values(number=-row.pk))
    stay: list[Any] = []
    numbers: dict[tuple[str, int], int] = {}
    for row in rows:
        repeated = bool(stay) and stay[-1].content_hash == row.content_hash
        if not repeated:
            stay.append(row)
        numbers[row.article_id, row.number] = len(stay)
        log(connection, row.pk, gone=True)
        if repeated:
            forget(connection, row.pk)
    since = None
    for number, row in enumerate(stay, 1):
        since = known_from(row, since)
        moved = {"article_id": kept, "number": number, "known_from": since, "superseded_at": None}
        connection.execute(sa.update(versions).where(versions.c.pk == row.pk).values(**moved))
        if number > 1:
            before = versions.c.pk == stay[number - 2].pk
            connection.execute(sa.update(versions).where(before).values(superseded_at=since))
    log(connection, stay[-1].pk, gone=False)
    for (id_, old), new in numbers.items():
        there = sa.and_(shown.c.article_id == id_, shown.c.version == old)
        # Not yet under its final number, which another one may still have.
        connection.execute(sa.update(shown).where(there).values(article_id=kept, version=-new))
    renumbered = sa.and_(shown.c.article_id == kept, shown.c.version < 0)
    connection.execute(sa.update(shown).where(renumbered).values(version=-shown.c.version))
    connection.execute(sa.delete(sketches).where(sketches.c.article_id.in_(ids)))  # made anew with the next article
    connection.execute(sa.delete(articles).where(articles.c.id.in_([id_ for id_ in ids if id_ != kept])))


def known_from(row: Any, since: Any) -> Any:
    """Return from when a version is known, after one known `since`: as `write` decides for a new version."""
    if since is None:
        return row.known_from
    return row.known_from if row.known_from > since else max(row.fetched_at, since)


def log(connection: sa.Connection, version_pk: int, *, gone: bool) -> None:
    """Log the passages of a version as changed, so that indexes are brought up to date."""
    of_version = sa.select(passages.c.id, sa.literal(gone)).where(passages.c.version_pk == version_pk)
    connection.execute(sa.insert(changes).from_select(["passage_id", "gone"], of_version))


def forget(connection: sa.Connection, version_pk: int) -> None:
    """Delete a version with all that is its own."""
    ids = connection.execute(sa.select(passages.c.id).where(passages.c.version_pk == version_pk)).scalars().all()
    for id_ in ids:
        connection.execute(sa.text("DELETE FROM passage_terms WHERE rowid = :id"), {"id": id_})
    connection.execute(sa.delete(versions).where(versions.c.pk == version_pk))


def rename_pages(connection: sa.Connection) -> None:
    """Give the pages that feeds led to the keys of their addresses; an entry's own id stays."""
    known = connection.execute(sa.select(pages).order_by(pages.c.last_read_at.desc())).all()
    taken: set[str] = set()
    for row in known:
        key = row.key if "#" in row.key else address_key(row.key) or row.key
        if key in taken:
            connection.execute(sa.delete(pages).where(pages.c.key == row.key))
        elif key != row.key:
            connection.execute(sa.update(pages).where(pages.c.key == row.key).values(key=key))
        taken.add(key)

"""Addresses found in feeds that need not be read again: they were read, or contain no article."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, update

from retrieval.store.database import reading
from retrieval.store.schema import articles, pages, versions

FIRST_REREAD = timedelta(hours=1)
"""How soon an article is read again for corrections; the wait then doubles each time."""

FRESH = timedelta(days=2)
"""How long after it was first read an article is still read again."""

REMEMBERED = timedelta(days=90)
"""How long it is remembered that a page was read; feeds seldom list one for longer."""


def known_at(engine: Engine, now: datetime) -> Callable[[str], bool]:
    """Return a function that returns True for an address, or an entry's id, that need not be read at `now`.

    A page without an article is not read again. An article in the library is read again while it is fresh: after one
    hour, then two, four and so on, since corrections come soon or never.
    """
    return lambda key: _is_known(engine, _storable(key), now)


def _is_known(engine: Engine, key: str, now: datetime) -> bool:
    with reading(engine) as connection:
        page = connection.execute(select(pages).where(pages.c.key == key)).first()
        if page is not None:
            return page.rejected or _settled(page.first_read_at, page.last_read_at, now)
        first, last = connection.execute(
            select(func.min(versions.c.fetched_at), func.max(versions.c.fetched_at))
            .join(articles, articles.c.id == versions.c.article_id)
            .where(or_(articles.c.url == key, articles.c.id == key))
        ).one()
    return first is not None and _settled(first, last, now)


def _settled(first: datetime, last: datetime, now: datetime) -> bool:
    return now - first > FRESH or now - last < max(FIRST_REREAD, last - first)


def note(connection: Connection, read: Mapping[str, bool], now: datetime) -> None:
    """Store that these keys were read at `now`; a value says whether the page was rejected for good."""
    for key, rejected in {_storable(key): rejected for key, rejected in read.items()}.items():
        seen = {"last_read_at": now, "rejected": rejected}
        if not connection.execute(update(pages).where(pages.c.key == key).values(**seen)).rowcount:
            connection.execute(insert(pages).values(key=key, first_read_at=now, **seen))
    connection.execute(delete(pages).where(pages.c.last_read_at < now - REMEMBERED))


def _storable(key: str) -> str:
    """Return a key without characters that no database stores: NUL and lone surrogates."""
    return key.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")

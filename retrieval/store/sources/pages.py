"""Addresses found in feeds, by their keys, that need not be read again: read already, or without an article."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, update

from retrieval.store.database import reading
from retrieval.store.schema import articles, pages, versions

FIRST_REREAD = timedelta(hours=1)
"""Time until an article is read again for corrections; it doubles each time."""

FRESH = timedelta(days=2)
"""Time after its first reading in which an article is read again."""

REMEMBERED = timedelta(days=90)
"""How long a page that was read is stored; feeds seldom list one for longer."""


def known_at(engine: Engine, now: datetime) -> Callable[[str], bool]:
    """Return a function that returns True for the key of an address, or an entry's id, that need not be read at `now`.

    A page without an article is not read again. An article in the library is read again while it is fresh: after one
    hour, then two, four and so on, since corrections come soon or never.
    """

    def is_known(key: str) -> bool:
        key = _storable(key)
        with reading(engine) as connection:
            page = connection.execute(select(pages).where(pages.c.key == key)).first()
            if page is not None and page.rejected:
                return True
            fetched = (
                select(func.min(versions.c.fetched_at), func.max(versions.c.fetched_at))
                .join(articles, articles.c.id == versions.c.article_id)
                .where(or_(articles.c.address == key, articles.c.id == key))
            )
            first, last = (page.first_read_at, page.last_read_at) if page else connection.execute(fetched).one()
        return first is not None and (now - first > FRESH or now - last < max(FIRST_REREAD, last - first))

    return is_known


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

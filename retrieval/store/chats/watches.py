"""Watches of chats: a question or topic, and the newest version that was searched for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from retrieval.store.database import executed, fetched, fetched_value, writing
from retrieval.store.schema import articles, versions, watches


@dataclass(frozen=True, slots=True)
class Watch:
    id: int
    chat_id: int
    text: str  # the reader's own words
    seen: int  # the newest version (its key in the database) that was searched
    alerted_at: datetime | None = None
    thread: int | None = None  # the topic of a forum that it was asked for in


def watch(engine: Engine, chat_id: int, text: str, most: int, thread: int | None = None) -> Watch | None:
    """Add a watch for what is reported from now on, or return None where the chat has `most` of them."""
    with writing(engine) as connection:
        mine = [Watch(*row) for row in connection.execute(select(watches).where(watches.c.chat_id == chat_id))]
        same = next((w for w in mine if w.text.casefold() == text.casefold() and w.thread == thread), None)
        if same is not None:
            return same
        if len(mine) >= most:
            return None
        seen = connection.execute(select(func.max(versions.c.pk))).scalar() or 0
        inserted = insert(watches).values(chat_id=chat_id, text=text, seen=seen, thread=thread).returning(watches)
        row: Any = connection.execute(inserted).one()
        return Watch(*row)


def of_chat(engine: Engine, chat_id: int) -> list[Watch]:
    """Return the watches of a chat, oldest first."""
    return [one for one in every(engine) if one.chat_id == chat_id]


def every(engine: Engine) -> list[Watch]:
    """Return the watches of all chats, oldest first."""
    return [Watch(*row) for row in fetched(engine, select(watches).order_by(watches.c.id))]


def stop(engine: Engine, chat_id: int, watch_id: int) -> bool:
    """End a watch of a chat; return whether there was one."""
    return executed(engine, delete(watches).where(watches.c.chat_id == chat_id, watches.c.id == watch_id)) > 0


def newest(engine: Engine) -> int:
    """Return the key of the newest version in the library; 0 where there is none."""
    return int(fetched_value(engine, select(func.max(versions.c.pk))) or 0)


def arrived(engine: Engine, after: int, until: int) -> dict[str, int]:
    """Return the articles whose current version came after one key and by another, and that version's number."""
    wanted = select(versions.c.article_id, versions.c.number).where(
        versions.c.pk > after, versions.c.pk <= until, versions.c.superseded_at.is_(None)
    )
    return {row.article_id: row.number for row in fetched(engine, wanted)}


def known_origins(engine: Engine, origins: Sequence[str], before: int) -> set[str]:
    """Return the origins that had an article up to a version's key."""
    wanted = (
        select(articles.c.origin)
        .join(versions, versions.c.article_id == articles.c.id)
        .where(articles.c.origin.in_(origins), versions.c.pk <= before)
    )
    return {row.origin for row in fetched(engine, wanted.distinct())}


def searched(engine: Engine, watch_ids: Sequence[int], seen: int) -> None:
    """Store that watches were searched up to a version's key, and found nothing."""
    executed(engine, update(watches).where(watches.c.id.in_(watch_ids)).values(seen=seen))


def alerted(connection: Connection, watch_id: int, seen: int, at: datetime) -> None:
    """Store, in the transaction of an alert, that a watch was answered."""
    connection.execute(update(watches).where(watches.c.id == watch_id).values(seen=seen, alerted_at=at))

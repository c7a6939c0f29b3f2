"""Chats: whether they were admitted, their language, time zone and quiet hours."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from retrieval.store.database import batches, checkpoint, fetched, writing
from retrieval.store.schema import charges, chats, inbox, outbox, shown, subscriptions, watches

KEPT_BY_CHAT = (subscriptions, outbox, watches, shown, charges)
"""The tables with more about a chat than its settings."""


@dataclass(frozen=True, slots=True)
class Chat:
    id: int
    admitted: bool = False
    language: str | None = None
    zone: str | None = None
    quiet: str | None = None  # local hours without unasked messages, "22:00-07:00"
    role: str = "reader"  # a Role, of one that was admitted


def chat(engine: Engine, chat_id: int) -> Chat:
    """Return the settings of a chat; the defaults for one that was never admitted."""
    rows = fetched(engine, select(chats).where(chats.c.id == chat_id))
    return Chat(*rows[0]) if rows else Chat(chat_id)


def some(engine: Engine, chat_ids: Collection[int]) -> dict[int, Chat]:
    """Return those of the chats that there are settings of, by id."""
    found: dict[int, Chat] = {}
    for part in batches(list(chat_ids)):
        found |= {row.id: Chat(*row) for row in fetched(engine, select(chats).where(chats.c.id.in_(part)))}
    return found


def keep(engine: Engine, chat_id: int, **values: Any) -> None:
    """Store settings of a chat (`admitted`, `language`, `zone`, `quiet`); the others stay as they are."""
    with writing(engine) as connection:
        if not connection.execute(update(chats).where(chats.c.id == chat_id).values(**values)).rowcount:
            connection.execute(insert(chats).values(**({"id": chat_id, "admitted": False} | values)))


def is_known(engine: Engine, chat_id: int) -> bool:
    """Return whether there are settings of a chat, or an answer on whether it was admitted."""
    return bool(fetched(engine, select(chats.c.id).where(chats.c.id == chat_id)))


def erase(engine: Engine, chat_id: int) -> None:
    """Delete everything stored about a chat: its settings, subscriptions, watches, letters and what it was shown."""
    with writing(engine) as connection:
        connection.execute(delete(chats).where(chats.c.id == chat_id))
        connection.execute(update(inbox).where(inbox.c.chat_id == chat_id).values(payload=None))
        _erase(connection, chat_id)
    checkpoint(engine)


def forget(engine: Engine, chat_id: int) -> None:
    """Delete what is stored about a chat but whether and as what it was let in."""
    with writing(engine) as connection:
        blank = {"language": None, "zone": None, "quiet": None}
        connection.execute(update(chats).where(chats.c.id == chat_id).values(**blank))
        _erase(connection, chat_id)
    checkpoint(engine)


def _erase(connection: Connection, chat_id: int) -> None:
    """Delete what is stored beside a chat's settings, also from whom the updates came that are done."""
    for table in KEPT_BY_CHAT:
        connection.execute(delete(table).where(table.c.chat_id == chat_id))
    done = (inbox.c.chat_id == chat_id, inbox.c.payload.is_(None))
    connection.execute(update(inbox).where(*done).values(chat_id=None))


def every(engine: Engine) -> dict[int, Chat]:
    """Return all chats, by id."""
    return {row.id: Chat(*row) for row in fetched(engine, select(chats))}


def move(engine: Engine, old: int, new: int) -> None:
    """Give everything stored about a group its new number: it became a supergroup."""
    with writing(engine) as connection:
        row = connection.execute(select(chats).where(chats.c.id == old)).first()
        if row is None:  # it was moved already, and only a letter came since, by its old number
            connection.execute(update(outbox).where(outbox.c.chat_id == old).values(chat_id=new))
            return
        connection.execute(delete(chats).where(chats.c.id.in_((old, new))))
        connection.execute(insert(chats).values(**(row._asdict() | {"id": new})))
        for table in KEPT_BY_CHAT:
            # Rows of the new number came from an earlier, interrupted move, and are replaced.
            if connection.execute(select(table.c.chat_id).where(table.c.chat_id == old)).first():
                connection.execute(delete(table).where(table.c.chat_id == new))
            connection.execute(update(table).where(table.c.chat_id == old).values(chat_id=new))

"""What is kept about chats: whether they were let in, their language and time zone."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, insert, select, update

from retrieval.store.database import reading, writing
from retrieval.store.schema import chats


@dataclass(frozen=True, slots=True)
class Chat:
    id: int
    admitted: bool = False
    language: str | None = None
    zone: str | None = None


def chat(engine: Engine, chat_id: int) -> Chat:
    """Return what is kept about a chat; nothing is kept about one that was never let in."""
    with reading(engine) as connection:
        row = connection.execute(
            select(chats.c.id, chats.c.admitted, chats.c.language, chats.c.zone).where(chats.c.id == chat_id)
        ).first()
    return Chat(*row) if row else Chat(chat_id)


def keep(engine: Engine, chat_id: int, **values: Any) -> None:
    """Keep settings of a chat (`admitted`, `language`, `zone`); what is not given stays as it was."""
    with writing(engine) as connection:
        if not connection.execute(update(chats).where(chats.c.id == chat_id).values(**values)).rowcount:
            connection.execute(insert(chats).values(**({"id": chat_id, "admitted": False} | values)))


def move(engine: Engine, old: int, new: int) -> None:
    """Follow a group that became a supergroup and so changed its number."""
    known = chat(engine, old)
    keep(engine, new, admitted=known.admitted, language=known.language, zone=known.zone)
    keep(engine, old, admitted=False)

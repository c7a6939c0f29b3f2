"""The durable outbox: a letter is stored in one transaction with the changes that go with it, until it is sent.

A letter is an answer to an update, or one of a day and slot: a brief or an alert.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Delete, Engine, Update, delete, func, insert, select, update

from retrieval.store.chats.inbox import end
from retrieval.store.database import executed, fetched, fetched_value, reading, writing
from retrieval.store.schema import outbox, shown, subscriptions, watches

REMEMBERED = timedelta(days=60)
"""How long the key of a letter that was sent is stored."""

SENT, BLOCKED, REFUSED = "sent", "blocked", "refused"
"""Outcomes of a letter: it arrived, the chat blocked the bot, Telegram refuses this letter."""

Alongside = Callable[[Connection], None]
"""A function that writes in the same transaction as a letter."""


@dataclass(frozen=True, slots=True)
class Letter:
    id: int
    chat_id: int
    messages: tuple[dict[str, Any], ...]
    message_ids: tuple[int, ...]  # of those that are sent already; 0 for one that Telegram refused
    is_answer: bool = False


def post(
    engine: Engine,
    chat_id: int,
    day: date,
    slot: str,
    messages: Sequence[dict[str, Any]],
    now: datetime,
    alongside: Sequence[Alongside] = (),
) -> bool:
    """Put a letter into the outbox, in one transaction with the writes `alongside` it.

    Returns False, and writes nothing at all, if the chat has had one for that day and slot.
    """
    with writing(engine) as connection:
        if _known(connection, chat_id, day, slot):
            return False
        values = {"payload": json.dumps(list(messages)), "message_ids": "[]", "created_at": now}
        connection.execute(insert(outbox).values(chat_id=chat_id, day=day, slot=slot, **values))
        for write in alongside:
            write(connection)
        return True


def answer(
    engine: Engine,
    update_id: int,
    messages: Mapping[int, Sequence[dict[str, Any]]],
    now: datetime,
    alongside: Sequence[Alongside] = (),
    late: bool = False,
) -> dict[int, int]:
    """End an update, and put the messages that answer it into the outbox, by chat, in one transaction.

    Returns the letter of each chat; nothing, and writes nothing, if the update was ended before and this is no `late`
    part of its answer: another replica has answered it.
    """
    with writing(engine) as connection:
        if not end(connection, update_id) and not late:
            return {}
        for write in alongside:
            write(connection)
        return {chat_id: _answer(connection, chat_id, update_id, stored, now) for chat_id, stored in messages.items()}


def _answer(
    connection: Connection, chat_id: int, update_id: int, messages: Sequence[dict[str, Any]], now: datetime
) -> int:
    values = {"payload": json.dumps(list(messages)), "message_ids": "[]", "created_at": now, "is_answer": True}
    key = {"chat_id": chat_id, "day": now.date(), "slot": f"update {update_id}"}
    connection.execute(delete(outbox).where(*(outbox.c[name] == value for name, value in key.items())))
    return int(connection.execute(insert(outbox).values(**key, **values).returning(outbox.c.id)).scalar_one())


def known(engine: Engine, chat_id: int, day: date, slot: str) -> bool:
    """Return whether a chat has had a letter for that day and slot."""
    with reading(engine) as connection:
        return _known(connection, chat_id, day, slot)


def briefed(connection: Connection, chat_id: int, days: Sequence[tuple[int, date]], until: datetime) -> None:
    """Store the last local day of subscriptions, as (slot, day), and the end of their brief."""
    for slot, day in days:
        where = (subscriptions.c.chat_id == chat_id, subscriptions.c.slot == slot)
        connection.execute(update(subscriptions).where(*where).values(last_day=day, briefed_until=until))


def waiting(engine: Engine, most: int, answers: bool = False) -> list[int]:
    """Return up to `most` chats with a letter to send, the longest waiting first: with an answer, or with another."""
    oldest = func.min(outbox.c.id)
    wanted = select(outbox.c.chat_id).where(outbox.c.closed_at.is_(None), outbox.c.is_answer.is_(answers))
    return [row.chat_id for row in fetched(engine, wanted.group_by(outbox.c.chat_id).order_by(oldest).limit(most))]


def count(engine: Engine) -> int:
    """Return the number of letters to send."""
    return int(fetched_value(engine, select(func.count(outbox.c.id)).where(outbox.c.closed_at.is_(None))))


def next_letter(engine: Engine, chat_id: int, answers: bool = False) -> Letter | None:
    """Return the oldest letter to send to a chat, an answer or another; None if there is none."""
    wanted = select(outbox).where(
        outbox.c.closed_at.is_(None), outbox.c.is_answer.is_(answers), outbox.c.chat_id == chat_id
    )
    for row in fetched(engine, wanted.order_by(outbox.c.id).limit(1)):
        messages, ids = json.loads(row.payload), json.loads(row.message_ids)
        return Letter(row.id, row.chat_id, tuple(messages), tuple(ids), row.is_answer)
    return None


def mark(engine: Engine, sent: Iterable[tuple[Letter, Sequence[int]]], now: datetime) -> None:
    """Store which messages of some letters are sent, before anything else that waits to be stored.

    With its last message a letter is closed and its text deleted; of an answer nothing stays.
    """
    with writing(engine, hurried=True) as connection:
        for letter, message_ids in sent:
            connection.execute(_marked(letter, message_ids, now))


def _marked(letter: Letter, message_ids: Sequence[int], now: datetime) -> Update | Delete:
    this = outbox.c.id == letter.id
    ids = json.dumps(list(message_ids))
    if len(message_ids) < len(letter.messages):
        return update(outbox).where(this).values(message_ids=ids)
    if letter.is_answer:
        return delete(outbox).where(this)
    closed = {"payload": None, "closed_at": now, "outcome": SENT if any(message_ids) else REFUSED}
    return update(outbox).where(this).values(message_ids=ids, **closed)


def leave(engine: Engine, chat_id: int, now: datetime) -> None:
    """Stop writing to a chat: close its letters, end its subscriptions and watches, delete what it was shown."""
    with writing(engine) as connection:
        connection.execute(delete(outbox).where(outbox.c.chat_id == chat_id, outbox.c.is_answer))
        mine = (outbox.c.chat_id == chat_id, outbox.c.closed_at.is_(None))
        connection.execute(update(outbox).where(*mine).values(payload=None, closed_at=now, outcome=BLOCKED))
        for table in (subscriptions, watches, shown):
            connection.execute(delete(table).where(table.c.chat_id == chat_id))


def forget(engine: Engine, now: datetime) -> None:
    """Delete the keys of letters that were closed long ago."""
    executed(engine, delete(outbox).where(outbox.c.closed_at < now - REMEMBERED))


def _known(connection: Connection, chat_id: int, day: date, slot: str) -> bool:
    where = (outbox.c.chat_id == chat_id, outbox.c.day == day, outbox.c.slot == slot)
    return connection.execute(select(outbox.c.id).where(*where)).first() is not None

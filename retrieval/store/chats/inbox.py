"""The durable inbox: an update is stored until it has been answered; then its text is deleted."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, update

from retrieval.store.database import batches, executed, fetched, fetched_value, writing
from retrieval.store.schema import inbox

SUSPECT = 3
"""An update that was being handled this often when the process died may be what ends it; it is handled alone."""

MOST_ATTEMPTS = SUSPECT + 7
"""An update is given up when the process has died so often, in the end while it handled nothing else."""

LONGEST_WAIT = timedelta(days=1)
"""An update that meets passing failures for longer is given up."""

REMEMBERED = timedelta(days=8)
"""How long the number of an answered update is stored: Telegram repeats none that is older than a day."""


@dataclass(frozen=True, slots=True)
class Received:
    """An update as it came, Telegram's JSON, and its chat (or person; None: it has neither)."""

    update_id: int
    chat_id: int | None
    payload: str


def receive(engine: Engine, updates: Sequence[Received], now: datetime) -> list[int]:
    """Store updates; return the ids of those that are new."""
    with writing(engine) as connection:
        ids = [one.update_id for one in updates]
        known = set(connection.execute(select(inbox.c.update_id).where(inbox.c.update_id.in_(ids))).scalars())
        new = {one.update_id: one for one in updates if one.update_id not in known}
        if new:
            rows = [
                {
                    "update_id": one.update_id,
                    "chat_id": one.chat_id,
                    "payload": one.payload,
                    "attempts": 0,
                    "received_at": now,
                }
                for one in new.values()
            ]
            connection.execute(insert(inbox), rows)
        connection.execute(delete(inbox).where(inbox.c.payload.is_(None), inbox.c.received_at < now - REMEMBERED))
    return list(new)


def suspect(engine: Engine, chats: Collection[int | None] | None = None) -> None:
    """Count, once at a start, for each update (of `chats`) that was being handled when the process died.

    Whatever ended the process counts for all of them, so that it proves nothing: it makes each a suspect at most.
    Where only one was being handled, it is counted on.
    """
    with writing(engine) as connection:
        begun = [inbox.c.begun_at.is_not(None), inbox.c.payload.is_not(None)]
        if chats is not None:
            begun.append(func.coalesce(inbox.c.chat_id, 0).in_([chat or 0 for chat in chats]))
        alone = connection.execute(select(func.count(inbox.c.update_id)).where(*begun)).scalar() == 1
        counted = () if alone else (inbox.c.attempts < SUSPECT,)
        connection.execute(update(inbox).where(*begun, *counted).values(attempts=inbox.c.attempts + 1))
        connection.execute(update(inbox).where(*begun).values(begun_at=None))


def waiting(engine: Engine, now: datetime) -> dict[int, int | None]:
    """Return the updates that may be handled now, with their chats; oldest first, after all others those suspect.

    Those being handled are among them.
    """
    wanted = (
        select(inbox.c.update_id, inbox.c.chat_id)
        .where(inbox.c.payload.is_not(None), or_(inbox.c.due_at.is_(None), inbox.c.due_at <= now))
        .order_by(inbox.c.attempts >= SUSPECT, inbox.c.received_at, inbox.c.update_id)
    )
    return {row.update_id: row.chat_id for row in fetched(engine, wanted)}


def chats_waiting(engine: Engine) -> list[int | None]:
    """Return the chat of each update that has not been answered."""
    return [row.chat_id for row in fetched(engine, select(inbox.c.chat_id).where(inbox.c.payload.is_not(None)))]


def payloads(engine: Engine, update_ids: Sequence[int]) -> dict[int, str]:
    """Return the JSON of updates that have not been answered, by id."""
    found: dict[int, str] = {}
    for some in batches(update_ids):
        wanted = select(inbox.c.update_id, inbox.c.payload).where(
            inbox.c.update_id.in_(some), inbox.c.payload.is_not(None)
        )
        found |= {row.update_id: row.payload for row in fetched(engine, wanted)}
    return found


def suspects(engine: Engine) -> list[int]:
    """Return the updates that are to be handled alone."""
    wanted = select(inbox.c.update_id).where(inbox.c.payload.is_not(None), inbox.c.attempts >= SUSPECT)
    return [row.update_id for row in fetched(engine, wanted)]


def hopeless(engine: Engine, now: datetime) -> list[int]:
    """Return the updates to give up: the process died of them, or they were put off for too long."""
    late = inbox.c.due_at.is_not(None) & (inbox.c.received_at < now - LONGEST_WAIT)
    wanted = select(inbox.c.update_id).where(inbox.c.payload.is_not(None), or_(inbox.c.attempts >= MOST_ATTEMPTS, late))
    return [row.update_id for row in fetched(engine, wanted)]


def received_at(engine: Engine, update_id: int) -> datetime | None:
    """Return when an update was received; None if it is not stored."""
    found = fetched_value(engine, select(inbox.c.received_at).where(inbox.c.update_id == update_id))
    return found if isinstance(found, datetime) else None


def count(engine: Engine) -> int:
    """Return how many updates have not been answered."""
    return int(fetched_value(engine, select(func.count(inbox.c.update_id)).where(inbox.c.payload.is_not(None))))


def begin(engine: Engine, update_id: int, now: datetime) -> None:
    """Note that an update is being handled."""
    executed(engine, update(inbox).where(inbox.c.update_id == update_id).values(begun_at=now, due_at=None))


def put_back(engine: Engine, update_ids: Iterable[int]) -> None:
    """Note that updates are no longer being handled; a later run does it."""
    ids = list(update_ids)
    executed(engine, update(inbox).where(inbox.c.update_id.in_(ids)).values(begun_at=None))


def put_off(engine: Engine, update_id: int, until: datetime) -> None:
    """Note that an update met a passing failure, and is to be handled again."""
    executed(engine, update(inbox).where(inbox.c.update_id == update_id).values(begun_at=None, due_at=until))


def done(engine: Engine, update_id: int) -> None:
    """Delete the text of an update; its number stays, so that it is not answered twice."""
    with writing(engine) as connection:
        end(connection, update_id)


def end(connection: Connection, update_id: int) -> bool:
    """Do the same within a transaction; return False if it was done before."""
    nothing = {"payload": None, "chat_id": None, "begun_at": None, "due_at": None}
    this = inbox.c.update_id == update_id, inbox.c.payload.is_not(None)
    return bool(connection.execute(update(inbox).where(*this).values(**nothing)).rowcount)

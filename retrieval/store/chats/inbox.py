"""The durable inbox: an update is stored until it has been answered; then its text is deleted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from retrieval.store.database import executed, fetched, fetched_value, writing
from retrieval.store.schema import inbox

MOST_ATTEMPTS = 50
"""An update that was begun this often and never finished (if it kills the process, say) is not begun again.

Whatever ends the process counts for all that was being handled, so that few attempts prove nothing.
"""

SUSPECT = 3
"""An update that was begun this often and never finished may be what ends the process."""

REMEMBERED = timedelta(days=8)
"""How long the number of an answered update is stored: Telegram repeats none that is older than a day."""


def receive(engine: Engine, updates: Sequence[tuple[int, str]], now: datetime) -> list[int]:
    """Store updates, given as (update_id, JSON); return the ids of those that are new."""
    with writing(engine) as connection:
        ids = [update_id for update_id, _ in updates]
        known = set(connection.execute(select(inbox.c.update_id).where(inbox.c.update_id.in_(ids))).scalars())
        new = {update_id: payload for update_id, payload in updates if update_id not in known}
        if new:
            rows = [
                {"update_id": update_id, "payload": payload, "attempts": 0, "received_at": now}
                for update_id, payload in new.items()
            ]
            connection.execute(insert(inbox), rows)
        connection.execute(delete(inbox).where(inbox.c.payload.is_(None), inbox.c.received_at < now - REMEMBERED))
    return list(new)


def waiting(engine: Engine) -> list[tuple[int, str]]:
    """Return the updates that have not been answered, as (update_id, JSON), oldest first.

    Those that were begun SUSPECT times come last: what ends the process holds up no other.
    """
    wanted = (
        select(inbox.c.update_id, inbox.c.payload)
        .where(inbox.c.payload.is_not(None), inbox.c.attempts < MOST_ATTEMPTS)
        .order_by(inbox.c.attempts >= SUSPECT, inbox.c.received_at, inbox.c.update_id)
    )
    return [(row.update_id, row.payload) for row in fetched(engine, wanted)]


def given_up(engine: Engine) -> list[tuple[int, str]]:
    """Return the updates that were begun too often, as (update_id, JSON)."""
    wanted = select(inbox.c.update_id, inbox.c.payload).where(
        inbox.c.payload.is_not(None), inbox.c.attempts >= MOST_ATTEMPTS
    )
    return [(row.update_id, row.payload) for row in fetched(engine, wanted)]


def count(engine: Engine) -> int:
    """Return how many updates have not been answered."""
    return int(fetched_value(engine, select(func.count(inbox.c.update_id)).where(inbox.c.payload.is_not(None))))


def begin(engine: Engine, update_id: int) -> None:
    """Count one more attempt at answering an update."""
    executed(engine, update(inbox).where(inbox.c.update_id == update_id).values(attempts=inbox.c.attempts + 1))


def done(engine: Engine, update_id: int) -> None:
    """Delete the text of an update; its number stays, so that it is not answered twice."""
    with writing(engine) as connection:
        end(connection, update_id)


def end(connection: Connection, update_id: int) -> None:
    """Do the same within a transaction."""
    connection.execute(update(inbox).where(inbox.c.update_id == update_id).values(payload=None))

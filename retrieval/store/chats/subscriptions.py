"""When a chat wants its brief, and which local day it was last briefed for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from retrieval.store.database import reading, writing
from retrieval.store.schema import outbox, subscriptions

EVERY_DAY = frozenset(range(7))


class Length(StrEnum):
    SHORT = "short"
    STANDARD = "standard"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Subscription:
    chat_id: int
    slot: int  # its number in the chat, never used again
    at: time  # local, by the minute
    zone: str  # IANA name
    weekdays: frozenset[int] = EVERY_DAY  # 0 is Monday
    length: Length = Length.STANDARD
    topics: tuple[str, ...] = ()  # empty: everything
    last_day: date | None = None  # the last local day that is done
    briefed_until: datetime | None = None


def subscribe(engine: Engine, chat_id: int, at: time, zone: str, last_day: date, most: int) -> Subscription | None:
    """Add a subscription, or return None where the chat has `most` of them. The same hour twice is one."""
    with writing(engine) as connection:
        mine = _read(connection, chat_id)
        same = next((s for s in mine if s.at == at), None)
        if same is not None:
            changed = {"zone": zone} if same.zone != zone else {}
            _change(connection, chat_id, same.slot, changed)
            return next(s for s in _read(connection, chat_id) if s.slot == same.slot)
        if len(mine) >= most:
            return None
        slot = 1 + max([s.slot for s in mine] + [_last_slot(connection, chat_id)])
        made = Subscription(chat_id, slot, at, zone, last_day=last_day)
        connection.execute(insert(subscriptions).values(chat_id=chat_id, slot=slot, **_columns(made)))
        return made


def _last_slot(connection: Connection, chat_id: int) -> int:
    """Return the highest slot that was ever sent for, so that it is not used again."""
    slots = connection.execute(select(outbox.c.slot).where(outbox.c.chat_id == chat_id)).scalars()
    return max((int(slot) for slot in slots if slot.isdigit()), default=0)


def of_chat(engine: Engine, chat_id: int) -> list[Subscription]:
    """Return the subscriptions of a chat, by their hour."""
    with reading(engine) as connection:
        return sorted(_read(connection, chat_id), key=lambda s: (s.at, s.slot))


def every(engine: Engine) -> list[Subscription]:
    """Return the subscriptions of all chats."""
    with reading(engine) as connection:
        return _read(connection)


def change(engine: Engine, chat_id: int, slot: int, **values: Any) -> bool:
    """Change fields of a subscription, named as in `Subscription`; return whether it is still there."""
    with writing(engine) as connection:
        return _change(connection, chat_id, slot, values)


def done(engine: Engine, chat_id: int, days: Iterable[tuple[int, date]]) -> None:
    """Store the last local day that is done for subscriptions, as (slot, day)."""
    with writing(engine) as connection:
        for slot, day in days:
            _change(connection, chat_id, slot, {"last_day": day})


def unsubscribe(engine: Engine, chat_id: int, slots: Sequence[int] | None = None) -> int:
    """End some subscriptions of a chat, or all of them; return how many that were."""
    with writing(engine) as connection:
        wanted = delete(subscriptions).where(subscriptions.c.chat_id == chat_id)
        if slots is not None:
            wanted = wanted.where(subscriptions.c.slot.in_(slots))
        return connection.execute(wanted).rowcount


def chats_subscribed(engine: Engine) -> int:
    """Return how many chats have a subscription."""
    with reading(engine) as connection:
        return connection.execute(select(func.count(subscriptions.c.chat_id.distinct()))).scalar_one()


def _change(connection: Connection, chat_id: int, slot: int, values: dict[str, Any]) -> bool:
    where = (subscriptions.c.chat_id == chat_id, subscriptions.c.slot == slot)
    if not values:
        return connection.execute(select(subscriptions.c.slot).where(*where)).first() is not None
    written = {name: _WRITE.get(name, lambda value: value)(value) for name, value in values.items()}
    return connection.execute(update(subscriptions).where(*where).values(**written)).rowcount > 0


_WRITE: dict[str, Any] = {
    "at": lambda at: at.strftime("%H:%M"),
    "weekdays": lambda days: "".join(str(day) for day in sorted(days)),
    "length": str,
    "topics": "\n".join,
}
"""How the fields are written that SQL has no type for."""


def _columns(subscription: Subscription) -> dict[str, Any]:
    names = ("at", "zone", "weekdays", "length", "topics", "last_day", "briefed_until")
    values = {name: getattr(subscription, name) for name in names}
    return {name: _WRITE.get(name, lambda value: value)(value) for name, value in values.items()}


def _read(connection: Connection, chat_id: int | None = None) -> list[Subscription]:
    wanted = select(subscriptions)
    if chat_id is not None:
        wanted = wanted.where(subscriptions.c.chat_id == chat_id)
    return [
        Subscription(
            chat_id=row.chat_id,
            slot=row.slot,
            at=time.fromisoformat(row.at),
            zone=row.zone,
            weekdays=frozenset(int(day) for day in row.weekdays),
            length=Length(row.length),
            topics=tuple(row.topics.split("\n")) if row.topics else (),
            last_day=row.last_day,
            briefed_until=row.briefed_until,
        )
        for row in connection.execute(wanted)
    ]

"""When a chat wants its brief, and which local day it was last briefed for."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from retrieval.store.database import executed, reading, writing
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
    thread: int | None = None  # the topic of a forum that it was asked for in


def subscribe(
    engine: Engine, chat_id: int, at: time, zone: str, last_day: date, most: int, thread: int | None = None
) -> Subscription | None:
    """Add a subscription, or return None where the chat has `most` of them. The same hour twice in a topic is one."""
    with writing(engine) as connection:
        mine = _read(connection, chat_id)
        same = next((s for s in mine if s.at == at and s.thread == thread), None)
        if same is not None:
            _change(connection, chat_id, same.slot, {"zone": zone})
            return replace(same, zone=zone)
        if len(mine) >= most:
            return None
        letters = connection.execute(select(outbox.c.slot).where(outbox.c.chat_id == chat_id)).scalars()
        used = [s.slot for s in mine] + [int(slot) for slot in letters if slot.isdigit()]
        made = Subscription(chat_id, 1 + max(used, default=0), at, zone, last_day=last_day, thread=thread)
        connection.execute(insert(subscriptions).values(_columns(asdict(made))))
        return made


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


def unsubscribe(engine: Engine, chat_id: int, slots: Sequence[int]) -> None:
    """End some subscriptions of a chat."""
    executed(engine, delete(subscriptions).where(subscriptions.c.chat_id == chat_id, subscriptions.c.slot.in_(slots)))


def _change(connection: Connection, chat_id: int, slot: int, values: dict[str, Any]) -> bool:
    where = (subscriptions.c.chat_id == chat_id, subscriptions.c.slot == slot)
    return connection.execute(update(subscriptions).where(*where).values(_columns(values))).rowcount > 0


_WRITE: dict[str, Any] = {
    "at": lambda at: at.strftime("%H:%M"),
    "weekdays": lambda days: "".join(str(day) for day in sorted(days)),
    "length": str,
    "topics": "\n".join,
}
"""Conversions of the fields that SQL has no type for."""


def _columns(values: dict[str, Any]) -> dict[str, Any]:
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
            thread=row.thread,
        )
        for row in connection.execute(wanted)
    ]

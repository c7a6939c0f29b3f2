"""Which replica handles a chat, when each may send, and what chats were charged: what several bots on one PostgreSQL
agree on through it.
"""

import threading
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import BigInteger, Connection, Engine, bindparam, delete, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import SQLAlchemyError

from retrieval.domain import StoreError
from retrieval.store.database import translated
from retrieval.store.schema import charges, sends

PACE = 0x5174EB
"""Key of the advisory lock under which it is counted what was sent; see `retrieval.store.database`."""

MOST_CLAIMS = 1_000
"""Chats claimed by one replica at a time: PostgreSQL keeps some thousand locks of all sessions together."""

KEEPALIVE = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""Settings of a session by which PostgreSQL ends it, and its claims, 25 s after the replica's machine is gone."""

LOST_AFTER = 10.0
"""Seconds after which a call to Telegram without an answer counts as over: its replica died."""


class Claim(IntEnum):
    """What a chat is claimed for; the highest bits of the key of its lock."""

    HANDLE = 1
    SEND = 2


def _key(what: Claim, chat: int) -> int:
    """Return the key of a claim's lock: no chat's number has 60 bits."""
    return (what << 60) + chat


_EACH = func.unnest(bindparam("keys", type_=ARRAY(BigInteger))).table_valued("key").render_derived()


class Claims:
    """The chats that this replica alone handles, or sends to; a class because it keeps the session of their locks.

    A claim is an advisory lock of PostgreSQL's. It ends with the session, so that a replica's claims are free as soon
    as it dies. Safe to share between threads.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._keys: set[int] = set()
        self._connection: Connection | None = None

    def claim(self, what: Claim, chats: Iterable[int]) -> set[int]:
        """Return those of the chats that this replica has now; the others are another one's. Raises StoreError."""
        keys = {_key(what, chat): chat for chat in chats}
        with self._lock:
            wanted = [key for key in keys if key not in self._keys][: max(0, MOST_CLAIMS - len(self._keys))]
            if wanted:
                self._keys |= self._take(self._session(), wanted)
            return {chat for key, chat in keys.items() if key in self._keys}

    def release(self, what: Claim, chats: Iterable[int]) -> None:
        """Give chats up. Raises StoreError."""
        with self._lock:
            keys = [key for chat in chats if (key := _key(what, chat)) in self._keys]
            if keys:
                self._keys -= set(keys)
                unlock = select(func.pg_advisory_unlock(_EACH.c.key))
                with translated():
                    self._session().execute(unlock, {"keys": keys})

    def keep(self) -> bool:
        """Return whether this replica still has its claims, or has them again after its session broke.

        Raises StoreError while the database cannot be reached.
        """
        with self._lock:
            try:
                with translated():
                    self._session().execute(text("SELECT 1"))
                return True
            except StoreError:
                self._end()
            return self._take(self._session(), list(self._keys)) == self._keys

    def close(self) -> None:
        """Give every claim up."""
        with self._lock:
            self._keys.clear()
            self._end()

    def _session(self) -> Connection:
        if self._connection is None:
            with translated():
                connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                try:
                    for name, value in KEEPALIVE.items():
                        connection.execute(select(func.set_config(name, value, False)))
                except SQLAlchemyError:
                    connection.invalidate()
                    connection.close()
                    raise
                self._connection = connection
        return self._connection

    def _take(self, session: Connection, keys: list[int]) -> set[int]:
        with translated():
            taken = select(_EACH.c.key, func.pg_try_advisory_lock(_EACH.c.key).label("taken"))
            return {row.key for row in session.execute(taken, {"keys": keys}) if row.taken}

    def _end(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None


def _now(connection: Connection) -> float:
    """Return the seconds of the database's clock."""
    return float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that is to be sent now."""

    chat: str
    is_group: bool
    is_broadcast: bool


@dataclass(frozen=True, slots=True)
class Rates:
    """How many messages may be on their way, or answered within a window of so many seconds."""

    all: int
    broadcasts: int  # the rest of `all` is for answers
    seconds: float
    group: int
    group_seconds: float


class Sends:
    """Which messages of all replicas may be sent now; a class because it needs both.

    A message counts from when it may be sent until a window after Telegram's answer to it, by the database's clock.
    """

    def __init__(self, engine: Engine, rates: Rates) -> None:
        self._engine, self._rates = engine, rates

    def take(self, wishes: Sequence[Wish], answered: Sequence[int]) -> list[int | None]:
        """Count those messages that may be sent now, and note which earlier ones Telegram has answered.

        Returns a number for each wish, None for one that has to wait. Raises StoreError.
        """
        rates = self._rates
        with translated(), self._engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            connection.execute(select(func.pg_advisory_xact_lock(PACE)))
            now = _now(connection)
            if answered:
                connection.execute(update(sends).where(sends.c.id.in_(answered)).values(answered_at=now))
            over = sends.c.answered_at < now - rates.seconds
            connection.execute(
                delete(sends).where(
                    or_(
                        over & sends.c.is_group.is_(False),
                        sends.c.answered_at < now - rates.group_seconds,
                        sends.c.answered_at.is_(None) & (sends.c.started_at < now - LOST_AFTER),
                    )
                )
            )
            if not wishes:
                return []
            counted = select(sends.c.chat).where(or_(sends.c.answered_at.is_(None), ~over))
            recent = Counter(connection.execute(counted).scalars())
            groups = {wish.chat for wish in wishes if wish.is_group}
            of_minute = Counter(connection.execute(select(sends.c.chat).where(sends.c.chat.in_(groups))).scalars())
            taken: list[int | None] = []
            for wish in wishes:
                most = rates.broadcasts if wish.is_broadcast else rates.all
                full = recent.total() >= most or recent[wish.chat] or of_minute[wish.chat] >= rates.group
                if full:
                    taken.append(None)
                    continue
                recent[wish.chat] += 1
                of_minute[wish.chat] += 1
                values = {"chat": wish.chat, "is_group": wish.is_group, "started_at": now}
                taken.append(int(connection.execute(insert(sends).values(**values).returning(sends.c.id)).scalar_one()))
            return taken


class Charges:
    """What chats were charged within a window by the replicas; a class because it keeps which of them this one is.

    What two replicas charge a chat in the same instant is not known to the other one.
    """

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._engine, self._seconds, self._replica = engine, seconds, uuid.uuid4().hex

    def of_others(self, chats: Collection[int]) -> dict[int, float]:
        """Return what other replicas charged those of the chats that they did charge. Raises StoreError."""
        if not chats:
            return {}
        with translated(), self._engine.connect() as connection:
            theirs = charges.c.chat_id.in_(chats), charges.c.replica != self._replica
            recent = charges.c.at > _now(connection) - self._seconds
            total = select(charges.c.chat_id, func.sum(charges.c.cost).label("cost")).where(*theirs, recent)
            return {row.chat_id: row.cost for row in connection.execute(total.group_by(charges.c.chat_id))}

    def add(self, charged: Sequence[tuple[int, float]]) -> None:
        """Store what this replica charged which chat, and delete what is over. Raises StoreError."""
        if not charged:
            return
        with translated(), self._engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            now = _now(connection)
            connection.execute(delete(charges).where(charges.c.at <= now - self._seconds))
            rows = [{"replica": self._replica, "chat_id": chat, "cost": cost, "at": now} for chat, cost in charged]
            connection.execute(insert(charges), rows)

"""Who may use the bot: the roles of people and groups, and the invitations by which they get them."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, delete, insert, select, update

from retrieval.store.database import fetched, writing
from retrieval.store.schema import chats, invitations

LARGEST_ID = 2**52
"""Numbers of chats and people are smaller (Bot API, `Chat.id`)."""

CODE_BYTES = 18
"""Of an invitation's code, at random; written in 24 of the characters that a deep link may have."""


class Role(StrEnum):
    """What somebody may do: ask, also add sources, also let others in. A group that was let in is a reader."""

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"


def roles(engine: Engine) -> dict[int, Role]:
    """Return the roles of the people, groups and channels that were let in, by number."""
    rows = fetched(engine, select(chats.c.id, chats.c.role).where(chats.c.admitted).order_by(chats.c.id))
    return {row.id: Role(row.role) for row in rows}


def let_in(engine: Engine, chat_id: int, role: Role = Role.READER) -> Role:
    """Let a person or a group in; return the role that it has now (a group is a reader)."""
    with writing(engine) as connection:
        return _let_in(connection, chat_id, role)


def _let_in(connection: Connection, chat_id: int, role: Role) -> Role:
    role = Role.READER if chat_id < 0 else role
    values = {"admitted": True, "role": role.value}
    if not connection.execute(update(chats).where(chats.c.id == chat_id).values(**values)).rowcount:
        connection.execute(insert(chats).values(id=chat_id, **values))
    return role


def invite(engine: Engine, role: Role, now: datetime, lifetime: timedelta) -> str:
    """Return the code of a new invitation; only its hash is stored. Those that have expired are deleted."""
    code = secrets.token_urlsafe(CODE_BYTES)
    with writing(engine) as connection:
        connection.execute(delete(invitations).where(invitations.c.expires_at <= now))
        row = {"digest": _digest(code), "role": role.value, "expires_at": now + lifetime}
        connection.execute(insert(invitations).values(**row))
    return code


def invited(engine: Engine, now: datetime) -> list[tuple[datetime, Role]]:
    """Return when the invitations that nobody has used yet expire, and their roles."""
    wanted = select(invitations.c.expires_at, invitations.c.role).where(invitations.c.expires_at > now)
    return [(row.expires_at, Role(row.role)) for row in fetched(engine, wanted.order_by(invitations.c.expires_at))]


def redeem(engine: Engine, code: str, chat_id: int, now: datetime) -> Role | None:
    """Let in the first who gives an invitation's code, and return their role; None for one that is not valid."""
    valid = (invitations.c.digest == _digest(code), invitations.c.expires_at > now)
    if not fetched(engine, select(invitations.c.role).where(*valid)):
        return None  # without a lock: anybody may try
    with writing(engine) as connection:
        role = connection.execute(select(invitations.c.role).where(*valid)).scalar()
        if role is None or not connection.execute(delete(invitations).where(*valid)).rowcount:
            return None
        mine = select(chats.c.role).where(chats.c.id == chat_id, chats.c.admitted)
        known = connection.execute(mine).scalar()  # a link takes no role away
        return _let_in(connection, chat_id, max(Role(role), Role(known or role), key=list(Role).index))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()

"""Tables for messages that are sent unasked: subscriptions, watches, and the outbox."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, Text, UniqueConstraint

from retrieval.store.schema import Utc, metadata

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("at", String(5), nullable=False),  # local time, "08:00"
    Column("weekdays", String(7), nullable=False),  # digits, "0" is Monday
    Column("zone", String(64), nullable=False),
    Column("length", String(8), nullable=False),
    Column("topics", Text, nullable=False),  # one a line; empty: everything
    Column("last_day", Date),  # the last local day that is done
    Column("briefed_until", Utc),  # up to when the chat was briefed
)
"""When a chat wants its brief; `slot` is never used again for another subscription of the chat."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("slot", String(64), nullable=False),
    Column("payload", Text),  # the messages as JSON, until they are sent; then nothing
    Column("message_ids", Text, nullable=False),  # of those that are sent, as JSON
    Column("created_at", Utc, nullable=False),
    Column("closed_at", Utc),
    Column("outcome", String(8)),  # sent | blocked | refused
    UniqueConstraint("chat_id", "day", "slot"),
    Index("ix_outbox_waiting", "closed_at", "chat_id", "id"),
    sqlite_autoincrement=True,
)
"""Messages that must be sent even if the process dies first; a chat gets one letter a local day and slot."""

watches = Table(
    "watches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False, index=True),
    Column("text", Text, nullable=False),  # the reader's own words
    Column("seen", Integer, nullable=False),  # the newest version (its pk) that was searched
    Column("alerted_at", Utc),
    sqlite_autoincrement=True,
)
"""Questions and topics that a chat gets a message about as soon as something is reported."""

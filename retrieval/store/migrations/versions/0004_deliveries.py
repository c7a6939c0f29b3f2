"""Subscriptions, watches, and the outbox of what must be sent."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    utc = sa.DateTime(timezone=True)
    op.add_column("chats", sa.Column("quiet", sa.String(11)))
    op.create_table(
        "subscriptions",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(5), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("length", sa.String(8), nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("last_day", sa.Date),
        sa.Column("briefed_until", utc),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("slot", sa.String(64), nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("message_ids", sa.Text, nullable=False),
        sa.Column("created_at", utc, nullable=False),
        sa.Column("closed_at", utc),
        sa.Column("outcome", sa.String(8)),
        sa.UniqueConstraint("chat_id", "day", "slot"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_waiting", "outbox", ["closed_at", "chat_id", "id"])
    op.create_table(
        "watches",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("alerted_at", utc),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("watches", "outbox", "subscriptions"):
        op.drop_table(table)
    op.drop_column("chats", "quiet")

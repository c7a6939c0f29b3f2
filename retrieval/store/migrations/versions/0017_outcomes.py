"""An update has a chat, may be put off, and counts only what ends the process; answers go through the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    for column in (
        sa.Column("chat_id", sa.BigInteger),
        sa.Column("begun_at", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("inbox", column)
    op.execute("UPDATE inbox SET attempts = 0")
    op.add_column("outbox", sa.Column("is_answer", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE outbox SET is_answer = (1 = 1) WHERE slot LIKE 'update %'")
    op.drop_index("ix_outbox_waiting", "outbox")
    op.create_index("ix_outbox_waiting", "outbox", ["closed_at", "is_answer", "chat_id", "id"])

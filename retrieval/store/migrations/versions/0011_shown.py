"""The table of quotes that chats were shown is called so."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.rename_table("told", "shown")
    op.alter_column("shown", "told_at", new_column_name="shown_at")

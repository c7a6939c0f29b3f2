"""Feeds that are followed, and the pages they led to."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    utc = sa.DateTime(timezone=True)
    op.create_table(
        "feeds",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("interval", sa.Float),
        sa.Column("added_at", utc),
        sa.Column("last_good_at", utc),
        sa.Column("next_due_at", utc),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("remark", sa.Text),
        sa.Column("stopped", sa.Boolean, nullable=False),
    )
    op.create_table(
        "pages",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("first_read_at", utc, nullable=False),
        sa.Column("last_read_at", utc, nullable=False, index=True),
        sa.Column("rejected", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("pages")
    op.drop_table("feeds")

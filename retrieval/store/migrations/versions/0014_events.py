"""Articles are put into events; those that are there already, when the next ones come."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("articles", sa.Column("event", sa.Integer))
    op.create_index("ix_articles_event", "articles", ["event"])
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("merged_into", sa.Integer),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("names", sa.JSON, nullable=False),
        sa.Column("first", sa.Date),
        sa.Column("last", sa.Date),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_merged_into", "events", ["merged_into"])
    op.create_table(
        "event_profiles",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("article_id", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, unique=True),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("names", sa.JSON, nullable=False),
        sa.Column("day", sa.Date),
        sqlite_autoincrement=True,
    )

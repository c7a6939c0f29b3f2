"""Briefs and alerts go to the topic of a forum that they were asked for in."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    for table in ("subscriptions", "watches"):
        op.add_column(table, sa.Column("thread", sa.Integer))

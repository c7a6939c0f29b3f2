"""Channels are followed beside feeds; articles have a time of change, and a source that they were forwarded from."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("channel", sa.Text))
    for name in ("newest_post", "gap_from", "gap_to"):
        op.add_column("feeds", sa.Column(name, sa.Integer))
    op.add_column("versions", sa.Column("modified_at", sa.DateTime(timezone=True)))
    op.add_column("versions", sa.Column("modified_offset", sa.Integer))
    unset = sa.Column("modified_day_only", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("versions", unset)
    op.add_column("versions", sa.Column("forwarded_from", sa.Text))

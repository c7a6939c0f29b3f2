"""No index on when versions were superseded: nearly all stand, and SQLite went through all of them by it."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.drop_index("ix_versions_superseded_at", "versions")


def downgrade() -> None:
    op.create_index("ix_versions_superseded_at", "versions", ["superseded_at"])

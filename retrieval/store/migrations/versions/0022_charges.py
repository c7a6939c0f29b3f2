"""How much a chat may ask is counted across replicas."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "charges",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("replica", sa.String(32), nullable=False),
        sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("cost", sa.Float, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )

"""The error of a feed has the key of its translation, so that it is said in the language of the chat."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("error_key", sa.Text, nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("error_fields", sa.JSON))

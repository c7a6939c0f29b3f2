"""Full text in PostgreSQL is ranked by BM25, which takes the length of each passage."""

from alembic import op
from sqlalchemy import text

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Count the terms of each passage; those indexed before count once each."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(text("ALTER TABLE passage_terms ADD COLUMN terms INTEGER NOT NULL DEFAULT 0"))
    op.execute(text("UPDATE passage_terms SET terms = length(stems) + length(names)"))
    op.execute(text("ALTER TABLE passage_terms ALTER COLUMN terms DROP DEFAULT"))
    op.execute(text("CREATE INDEX ix_passage_terms_terms ON passage_terms (terms)"))

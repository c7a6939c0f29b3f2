"""Articles, their versions, passages with embeddings, full text."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    utc = sa.DateTime(timezone=True)
    op.create_table(
        "facts",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, index=True),
        sa.Column("origin", sa.Text, nullable=False, index=True),
    )
    op.create_table(
        "versions",
        sa.Column("pk", sa.Integer, primary_key=True),
        sa.Column(
            "article_id",
            sa.Text,
            sa.ForeignKey("articles.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("publisher", sa.Text),
        sa.Column("author", sa.Text),
        sa.Column("agency", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("published_at", utc, index=True),
        sa.Column("published_offset", sa.Integer),
        sa.Column("published_day_only", sa.Boolean, nullable=False),
        sa.Column("fetched_at", utc, nullable=False),
        sa.Column("known_from", utc, nullable=False, index=True),
        sa.Column("superseded_at", utc, index=True),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("article_id", "number"),
    )
    op.create_table(
        "passages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "version_pk",
            sa.Integer,
            sa.ForeignKey("versions.pk", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("text_hash", sa.String(32), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("embedding", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passages_reuse", "passages", ["text_hash", "model"])
    op.create_table(
        "sentences",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "passage_id", sa.Integer, sa.ForeignKey("passages.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("text_hash", sa.String(32), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("embedding", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_sentences_reuse", "sentences", ["text_hash", "model"])
    op.create_table(
        "changes",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("passage_id", sa.Integer, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    _full_text()


def _full_text() -> None:
    """Stems are indexed, not words, so the tokenizer has only to split at spaces."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            'CREATE VIRTUAL TABLE passage_terms USING fts5(stems, names, tokenize = "unicode61 remove_diacritics 0")'
        )
    else:
        op.create_table(
            "passage_terms",
            sa.Column("rowid", sa.Integer, sa.ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
            sa.Column("stems", sa.dialects.postgresql.TSVECTOR, nullable=False),
            sa.Column("names", sa.dialects.postgresql.TSVECTOR, nullable=False),
        )
        for column in ("stems", "names"):
            op.create_index(f"ix_passage_terms_{column}", "passage_terms", [column], postgresql_using="gin")


def downgrade() -> None:
    for table in ("passage_terms", "changes", "sentences", "passages", "versions", "articles", "facts"):
        op.drop_table(table)

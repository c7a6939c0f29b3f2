"""The tables of a library, as ten earlier revisions made them; older libraries are refused."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0010"
down_revision = None

UTC = DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "facts",
        Column("name", String(64), primary_key=True),
        Column("value", Text, nullable=False),
    )
    _articles()
    _full_text()
    _chats()
    _figures_and_copies()
    _feeds()


def _owner(name: str, column: str) -> Column[int]:
    """Return a column that refers to the row that this one is deleted with."""
    return Column(name, Integer, sa.ForeignKey(column, ondelete="CASCADE"), nullable=False, index=True)


def _span() -> tuple[Column[int], Column[int]]:
    return Column("start", Integer, nullable=False), Column("end", Integer, nullable=False)


def _embedding() -> tuple[Column[str], Column[str], Column[bytes]]:
    return (
        Column("text_hash", String(32), nullable=False),
        Column("model", Text, nullable=False),
        Column("embedding", LargeBinary, nullable=False),
    )


def _articles() -> None:
    op.create_table(
        "articles",
        Column("id", Text, primary_key=True),
        Column("url", Text, index=True),
        Column("origin", Text, nullable=False, index=True),
    )
    op.create_table(
        "versions",
        Column("pk", Integer, primary_key=True),
        Column("article_id", Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("number", Integer, nullable=False),
        Column("title", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("language", String(8), nullable=False),
        Column("publisher", Text),
        Column("author", Text),
        Column("agency", Text),
        Column("place", Text),
        Column("published_at", UTC, index=True),
        Column("published_offset", Integer),
        Column("published_day_only", Boolean, nullable=False),
        Column("fetched_at", UTC, nullable=False),
        Column("known_from", UTC, nullable=False, index=True),
        Column("superseded_at", UTC),
        Column("content_hash", String(64), nullable=False),
        sa.UniqueConstraint("article_id", "number"),
    )
    op.create_table(
        "passages",
        Column("id", Integer, primary_key=True),
        _owner("version_pk", "versions.pk"),
        *_span(),
        *_embedding(),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passages_reuse", "passages", ["text_hash", "model"])
    op.create_table(
        "sentences",
        Column("id", Integer, primary_key=True),
        _owner("passage_id", "passages.id"),
        *_span(),
        *_embedding(),
    )
    op.create_index("ix_sentences_reuse", "sentences", ["text_hash", "model"])
    op.create_table(
        "changes",
        Column("seq", Integer, primary_key=True),
        Column("passage_id", Integer, nullable=False),
        Column("gone", Boolean, nullable=False),
        sqlite_autoincrement=True,
    )


def _full_text() -> None:
    """Stems are indexed, not words, so the tokenizer has only to split at spaces."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            'CREATE VIRTUAL TABLE passage_terms USING fts5(stems, names, tokenize = "unicode61 remove_diacritics 0")'
        )
        return
    op.create_table(
        "passage_terms",
        Column("rowid", Integer, sa.ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
        Column("stems", TSVECTOR, nullable=False),
        Column("names", TSVECTOR, nullable=False),
    )
    for column in ("stems", "names"):
        op.create_index(f"ix_passage_terms_{column}", "passage_terms", [column], postgresql_using="gin")


def _chats() -> None:
    op.create_table(
        "chats",
        Column("id", BigInteger, primary_key=True, autoincrement=False),
        Column("admitted", Boolean, nullable=False),
        Column("language", String(8)),
        Column("zone", String(64)),
    )
    op.add_column("chats", Column("quiet", String(11)))  # separately, for SQLite stores the statements as they are
    op.create_table(
        "inbox",
        Column("update_id", BigInteger, primary_key=True, autoincrement=False),
        Column("payload", Text),
        Column("attempts", Integer, nullable=False),
        Column("received_at", UTC, nullable=False, index=True),
    )
    op.create_table(
        "disputes",
        Column("id", Integer, primary_key=True),
        _owner("passage_id", "passages.id"),
        *_span(),
        Column("disputed_at", UTC, nullable=False),
    )
    op.create_table(
        "subscriptions",
        Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
        Column("slot", Integer, primary_key=True, autoincrement=False),
        Column("at", String(5), nullable=False),
        Column("weekdays", String(7), nullable=False),
        Column("zone", String(64), nullable=False),
        Column("length", String(8), nullable=False),
        Column("topics", Text, nullable=False),
        Column("last_day", sa.Date),
        Column("briefed_until", UTC),
    )
    op.create_table(
        "outbox",
        Column("id", Integer, primary_key=True),
        Column("chat_id", BigInteger, nullable=False),
        Column("day", sa.Date, nullable=False),
        Column("slot", String(64), nullable=False),
        Column("payload", Text),
        Column("message_ids", Text, nullable=False),
        Column("created_at", UTC, nullable=False),
        Column("closed_at", UTC),
        Column("outcome", String(8)),
        sa.UniqueConstraint("chat_id", "day", "slot"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_waiting", "outbox", ["closed_at", "chat_id", "id"])
    op.create_table(
        "watches",
        Column("id", Integer, primary_key=True),
        Column("chat_id", BigInteger, nullable=False, index=True),
        Column("text", Text, nullable=False),
        Column("seen", Integer, nullable=False),
        Column("alerted_at", UTC),
        sqlite_autoincrement=True,
    )


def _figures_and_copies() -> None:
    op.create_table(
        "figures",
        Column("id", Integer, primary_key=True),
        _owner("version_pk", "versions.pk"),
        Column("kind", String(16), nullable=False, index=True),
        Column("content", sa.JSON, nullable=False),
    )
    op.create_table(
        "told",
        Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
        Column("text_hash", String(32), primary_key=True),
        Column("article_id", Text, nullable=False),
        Column("version", Integer, nullable=False),
        *_span(),
        Column("told_at", UTC, nullable=False),
    )
    op.create_table(
        "sketches",
        Column("hash", BigInteger, primary_key=True, autoincrement=False),
        Column("article_id", Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, index=True),
    )


def _feeds() -> None:
    op.create_table(
        "feeds",
        Column("url", Text, primary_key=True),
        Column("title", Text, nullable=False),
        Column("etag", Text),
        Column("last_modified", Text),
        Column("interval", sa.Float),
        Column("added_at", UTC),
        Column("last_good_at", UTC),
        Column("next_due_at", UTC),
        Column("failures", Integer, nullable=False),
        Column("last_error", Text),
        Column("remark", Text),
        Column("stopped", Boolean, nullable=False),
    )
    op.create_table(
        "pages",
        Column("key", Text, primary_key=True),
        Column("first_read_at", UTC, nullable=False),
        Column("last_read_at", UTC, nullable=False, index=True),
        Column("rejected", Boolean, nullable=False),
    )
    op.create_table(
        "corrections",
        Column("id", Integer, primary_key=True),
        _owner("version_pk", "versions.pk"),
        *_span(),
        Column("kind", String(16), nullable=False),
        Column("own", Boolean, nullable=False),
    )

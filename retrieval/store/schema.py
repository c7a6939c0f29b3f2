"""The tables of a library, which a new one is made with; `migrations/` changes those of older ones."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    event,
    false,
)


class Utc(TypeDecorator[datetime]):
    """An aware time, stored in UTC; SQLite has no zones, so it is made naive on the way in and aware on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()


def _owner(name: str, column: str) -> Column[Any]:
    """Return a column that refers to the row that this one is deleted with."""
    return Column(name, ForeignKey(column, ondelete="CASCADE"), nullable=False, index=True)


def _span() -> tuple[Column[int], Column[int]]:
    return Column("start", Integer, nullable=False), Column("end", Integer, nullable=False)


def _embedding() -> tuple[Column[int], Column[bytes]]:
    """Return the columns of a vector of unit length, see `vectors.packed`; `text_hash` finds it for the same text."""
    return (
        Column("text_hash", BigInteger, nullable=False, index=True, server_default="0"),
        Column("embedding", LargeBinary, nullable=False),
    )


articles = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", Text, index=True),
    Column("address", Text, index=True),  # the key that all spellings of the url share; see `addresses`
    Column("origin", Text, nullable=False, index=True),
    Column("event", Integer, index=True),  # null: not put into one yet
    Column("sketch", LargeBinary),  # the hashes of its rows in `sketches`, 32 bits each; null: it has none yet
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("merged_into", Integer, index=True),  # the event that it became part of
    Column("articles", Integer, nullable=False),
    Column("model", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # the sum of its articles' vectors; float32, little-endian
    Column("names", JSON, nullable=False),  # key of a name: how many articles have it
    Column("first", Date),  # the days of its oldest and newest article; null: all are undated
    Column("last", Date),
    sqlite_autoincrement=True,
)
"""What articles are about, and what new articles are compared with to find theirs."""

event_profiles = Table(
    "event_profiles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("model", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # of unit length, see `vectors.packed`
    Column("names", JSON, nullable=False),
    Column("day", Date),
    sqlite_autoincrement=True,
)
"""What each article adds to its event."""

versions = Table(
    "versions",
    metadata,
    Column("pk", Integer, primary_key=True),
    _owner("article_id", "articles.id"),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("publisher", Text),
    Column("author", Text),
    Column("agency", Text),
    Column("place", Text),
    Column("published_at", Utc, index=True),
    Column("published_offset", Integer),  # minutes east of UTC, as the source gave it
    Column("published_day_only", Boolean, nullable=False, default=False),
    Column("modified_at", Utc),
    Column("modified_offset", Integer),
    Column("modified_day_only", Boolean, nullable=False, default=False, server_default=false()),
    Column("forwarded_from", Text),
    Column("fetched_at", Utc, nullable=False),
    Column("known_from", Utc, nullable=False, index=True),  # from when as-of questions may see it
    Column("superseded_at", Utc),  # from when they see the next version
    Column("content_hash", String(64), nullable=False),
    UniqueConstraint("article_id", "number"),
)

sketches = Table(
    "sketches",
    metadata,
    Column("hash", Integer, primary_key=True, autoincrement=False),
    Column("version_pk", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Hashes of runs of words in each article's newest version, by which copies of it are found.

They are rows by the ten thousand: `articles.sketch` says which are an article's, in place of an index.
"""

passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    _owner("version_pk", "versions.pk"),
    *_span(),
    *_embedding(),
    Column("model", Text, nullable=False),  # that made the embedding, and those of its sentences
    sqlite_autoincrement=True,
)

sentences = Table(
    "sentences",
    metadata,
    Column("id", Integer, primary_key=True),
    _owner("passage_id", "passages.id"),
    *_span(),  # in the article's text
    *_embedding(),  # empty where the sentence is the whole passage, whose own it then is
)
"""The sentences of each passage. Passages are found by their own embeddings, quotes are chosen by these."""

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("passage_id", Integer, nullable=False),
    Column("gone", Boolean, nullable=False),  # true: no longer in any current version
    sqlite_autoincrement=True,
)
"""Changes of the searchable passages, in order; an index is brought up to date by them."""

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    _owner("version_pk", "versions.pk"),
    *_span(),  # of the notice, in the version's text; empty where the title says so
    Column("kind", String(16), nullable=False),  # corrected | withdrawn
    Column("own", Boolean, nullable=False),  # it speaks of "this article"
)
"""Sentences that correct or withdraw a report."""

chats = Table(
    "chats",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("admitted", Boolean, nullable=False),
    Column("language", String(8)),
    Column("zone", String(64)),
    Column("quiet", String(11)),  # local hours without unasked messages, "22:00-07:00"
    Column("role", String(8), nullable=False, server_default="reader"),  # a Role, of one that was admitted
)
"""Settings of a chat, and whether and as what it was let in."""

invitations = Table(
    "invitations",
    metadata,
    Column("digest", String(64), primary_key=True),  # of its code (SHA-256, hex)
    Column("role", String(8), nullable=False),
    Column("expires_at", Utc, nullable=False),
)
"""Links that let in the first person or group to use one; a used one is deleted."""

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("payload", Text),  # the update as JSON, until it has been answered; then nothing
    Column("chat_id", BigInteger),  # whose update it is, until then
    Column("attempts", Integer, nullable=False, default=0),  # see `retrieval.store.chats.inbox.suspect`
    Column("received_at", Utc, nullable=False, index=True),
    Column("begun_at", Utc),  # while it is being handled
    Column("due_at", Utc),  # when it is handled again; null: at once
)
"""Updates that must be answered even if the process dies first."""

disputes = Table(
    "disputes",
    metadata,
    Column("id", Integer, primary_key=True),
    _owner("passage_id", "passages.id"),
    *_span(),
    Column("disputed_at", Utc, nullable=False),
)
"""Citations that readers found wrong."""

figures = Table(
    "figures",
    metadata,
    Column("id", Integer, primary_key=True),
    _owner("version_pk", "versions.pk"),
    Column("kind", String(16), nullable=False, index=True),  # a FigureKind, or "withdrawal"
    Column("content", JSON, nullable=False),
)
"""Reported numbers and withdrawals; `retrieval.figures.records` knows the content."""

shown = Table(
    "shown",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("text_hash", String(32), primary_key=True),
    Column("article_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    *_span(),
    Column("shown_at", Utc, nullable=False),
)
"""The quotes each chat was shown, so that they are not shown again as new."""

feeds = Table(
    "feeds",
    metadata,
    Column("url", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("interval", Float),  # seconds, as the feed asks
    Column("added_at", Utc),
    Column("last_good_at", Utc),
    Column("next_due_at", Utc),  # null: at once
    Column("failures", Integer, nullable=False),  # in a row
    Column("last_error", Text),
    Column("error_key", Text, nullable=False, server_default=""),
    Column("error_fields", JSON(none_as_null=True)),
    Column("remark", Text),
    Column("stopped", Boolean, nullable=False),
    Column("channel", Text),  # the name of a channel; null: a feed
    Column("newest_post", Integer),  # the highest number that was read
    Column("gap_from", Integer),  # the posts after this one and before `gap_to` are still to be read
    Column("gap_to", Integer),
)
"""The state of each feed; see `retrieval.store.feeds.FeedState`."""

source_labels = Table(
    "source_labels",
    metadata,
    Column("key", Text, primary_key=True),  # of a host, a channel or a publisher's name
    Column("source", Text, nullable=False),  # as it was written
    Column("label", String(16), nullable=False),  # a Backing
)
"""Who stands behind a source, as admins say; see `retrieval.store.sources.backing`."""

pages = Table(
    "pages",
    metadata,
    Column("key", Text, primary_key=True),  # of an entry's address, or its id where it has none
    Column("first_read_at", Utc, nullable=False),
    Column("last_read_at", Utc, nullable=False, index=True),
    Column("rejected", Boolean, nullable=False),  # it contains no article, for good
)
"""Pages found in feeds and read, so that they are not fetched again at every poll."""

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("at", String(5), nullable=False),  # local time, "08:00"
    Column("weekdays", String(7), nullable=False),  # digits, "0" is Monday
    Column("zone", String(64), nullable=False),
    Column("length", String(8), nullable=False),
    Column("topics", Text, nullable=False),  # one a line; empty: everything
    Column("last_day", Date),  # the last local day that is done
    Column("briefed_until", Utc),  # up to when the chat was briefed
    Column("thread", Integer),  # the topic of a forum that it was asked for in
)
"""When a chat wants its brief; `slot` is never used again for another subscription of the chat."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("slot", String(64), nullable=False),
    Column("is_answer", Boolean, nullable=False, default=False, server_default=false()),  # to an update
    Column("payload", Text),  # the messages as JSON, until they are sent; then nothing
    Column("message_ids", Text, nullable=False),  # of those that are sent, as JSON
    Column("created_at", Utc, nullable=False),
    Column("closed_at", Utc),
    Column("outcome", String(8)),  # sent | blocked | refused
    UniqueConstraint("chat_id", "day", "slot"),
    Index("ix_outbox_waiting", "closed_at", "is_answer", "chat_id", "id"),
    sqlite_autoincrement=True,
)
"""Messages that must be sent even if the process dies first; a chat gets one letter a local day and slot.

The row of an answer is deleted once it is sent.
"""

sends = Table(
    "sends",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat", String(64), nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("started_at", Float, nullable=False),  # seconds, by the database's clock
    Column("answered_at", Float),
)
"""Messages of all replicas that still count for Telegram's limits; see `retrieval.store.claims`."""

charges = Table(
    "charges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("replica", String(32), nullable=False),  # which counts them in memory, too
    Column("chat_id", BigInteger, nullable=False, index=True),
    Column("cost", Float, nullable=False),  # in questions
    Column("at", Float, nullable=False),  # seconds, by the database's clock
)
"""What chats were charged by each replica within a minute; see `retrieval.store.claims`."""

watches = Table(
    "watches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False, index=True),
    Column("text", Text, nullable=False),  # the reader's own words
    Column("seen", Integer, nullable=False),  # the newest version (its pk) that was searched
    Column("alerted_at", Utc),
    Column("thread", Integer),  # the topic of a forum that it was asked for in
    sqlite_autoincrement=True,
)
"""Questions and topics that a chat gets a message about as soon as something is reported."""

FULL_TEXT = {
    "sqlite": (
        # Stems are indexed, not words, so the tokenizer has only to split at spaces. They are not kept beside the
        # index (`content`): `fulltext.entries` makes them again.
        "CREATE VIRTUAL TABLE IF NOT EXISTS passage_terms"
        " USING fts5(stems, names, content = '', tokenize = \"unicode61 remove_diacritics 0\")",
    ),
    "postgresql": (
        "CREATE TABLE IF NOT EXISTS passage_terms (rowid INTEGER PRIMARY KEY REFERENCES passages (id)"
        " ON DELETE CASCADE, stems TSVECTOR NOT NULL, names TSVECTOR NOT NULL, terms INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS ix_passage_terms_stems ON passage_terms USING gin (stems)",
        "CREATE INDEX IF NOT EXISTS ix_passage_terms_names ON passage_terms USING gin (names)",
        "CREATE INDEX IF NOT EXISTS ix_passage_terms_terms ON passage_terms (terms)",  # their average, of every search
    ),
}
"""The statements that make the table of `retrieval.store.fulltext`, by database."""


@event.listens_for(metadata, "after_create")
def _make_full_text(_: MetaData, connection: Connection, **_options: Any) -> None:
    for statement in FULL_TEXT[connection.dialect.name]:
        connection.exec_driver_sql(statement)

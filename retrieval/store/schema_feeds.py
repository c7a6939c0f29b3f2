"""The tables of feeds that are followed, and of the addresses they led to."""

from sqlalchemy import Boolean, Column, Float, Integer, Table, Text

from retrieval.store.schema import Utc, metadata

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
    Column("remark", Text),
    Column("stopped", Boolean, nullable=False),
)
"""What is known of a feed; see `retrieval.store.feeds.FeedState`."""

pages = Table(
    "pages",
    metadata,
    Column("key", Text, primary_key=True),  # an entry's address, or its id where it has none
    Column("first_read_at", Utc, nullable=False),
    Column("last_read_at", Utc, nullable=False, index=True),
    Column("rejected", Boolean, nullable=False),  # it holds no article, for good
)
"""What feeds led to and was read, so that it is not fetched again at every poll."""

"""The quotes each chat was shown, as places in articles and hashes; no question is stored."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select

from retrieval.domain import ShownQuote
from retrieval.store.database import fetched, writing
from retrieval.store.schema import shown

KEPT = timedelta(days=60)
"""How long a shown quote is stored."""


def shown_to(engine: Engine, chat_id: int) -> tuple[ShownQuote, ...]:
    """Return the quotes a chat was shown, oldest first."""
    wanted = (
        select(shown.c.article_id, shown.c.version, shown.c.start, shown.c.end, shown.c.text_hash)
        .where(shown.c.chat_id == chat_id)
        .order_by(shown.c.shown_at, shown.c.article_id, shown.c.start)
    )
    return tuple(ShownQuote(*row) for row in fetched(engine, wanted))


def record_in(connection: Connection, chat_id: int, quotes: Sequence[ShownQuote], at: datetime) -> None:
    """Store, in the caller's transaction, that a chat was shown the quotes at `at` (aware).

    So a brief and its quotes are stored together, or neither is. Rows older than KEPT are deleted.
    """
    hashes = {quote.text_hash: quote for quote in quotes}
    mine, row = shown.c.chat_id == chat_id, {"chat_id": chat_id, "shown_at": at}
    connection.execute(delete(shown).where(mine, shown.c.shown_at < at - KEPT))
    if hashes:
        connection.execute(delete(shown).where(mine, shown.c.text_hash.in_(list(hashes))))
        connection.execute(insert(shown), [row | asdict(quote) for quote in hashes.values()])


def record(engine: Engine, chat_id: int, quotes: Sequence[ShownQuote], at: datetime) -> None:
    """Store, in a transaction of its own, that a chat was shown the quotes at `at` (aware)."""
    with writing(engine) as connection:
        record_in(connection, chat_id, quotes, at)

"""What each chat was shown: where the quotes stand, and their hashes; nothing that anybody asked."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select

from retrieval.domain import ToldQuote
from retrieval.store.database import reading, writing
from retrieval.store.schema import told

KEPT = timedelta(days=60)
"""How long it is kept what a chat was shown."""


def told_to(engine: Engine, chat_id: int) -> tuple[ToldQuote, ...]:
    """Return what a chat was shown, oldest first."""
    wanted = (
        select(told.c.article_id, told.c.version, told.c.start, told.c.end, told.c.text_hash)
        .where(told.c.chat_id == chat_id)
        .order_by(told.c.told_at, told.c.article_id, told.c.start)
    )
    with reading(engine) as connection:
        return tuple(ToldQuote(*row) for row in connection.execute(wanted))


def remembering(chat_id: int, quotes: Sequence[ToldQuote], at: datetime) -> Callable[[Connection], None]:
    """Return what notes, in the transaction it is called with, that a chat was shown the quotes at `at` (aware).

    So a brief and what it told are kept together, or neither is. What was shown longer ago than KEPT is let go.
    """

    def remember_in(connection: Connection) -> None:
        hashes = {quote.text_hash: quote for quote in quotes}
        mine = told.c.chat_id == chat_id
        connection.execute(delete(told).where(mine, told.c.told_at < at - KEPT))
        if hashes:
            connection.execute(delete(told).where(mine, told.c.text_hash.in_(list(hashes))))
            connection.execute(insert(told), [_row(chat_id, quote, at) for quote in hashes.values()])

    return remember_in


def remember(engine: Engine, chat_id: int, quotes: Sequence[ToldQuote], at: datetime) -> None:
    """Note, in a transaction of its own, that a chat was shown the quotes at `at`."""
    with writing(engine) as connection:
        remembering(chat_id, quotes, at)(connection)


def forget(engine: Engine, chat_id: int) -> None:
    """Let go of all that a chat was shown."""
    with writing(engine) as connection:
        connection.execute(delete(told).where(told.c.chat_id == chat_id))


def _row(chat_id: int, quote: ToldQuote, at: datetime) -> dict[str, object]:
    return {
        "chat_id": chat_id,
        "text_hash": quote.text_hash,
        "article_id": quote.article_id,
        "version": quote.version,
        "start": quote.start,
        "end": quote.end,
        "told_at": at,
    }

"""What each chat was shown is kept with the sending of it, for a while, and for nobody else."""

from datetime import UTC, datetime, timedelta

import pytest

from retrieval.domain import ShownQuote
from retrieval.store.chats.chats import erase
from retrieval.store.chats.shown import KEPT, record, record_in, shown_to
from retrieval.store.database import writing
from retrieval.store.library import Library

NOW = datetime(2022, 1, 8, 8, tzinfo=UTC)
QUOTE, OTHER = ShownQuote("a", 1, 0, 10, "h1"), ShownQuote("b", 2, 5, 25, "h2")


def test_what_a_chat_was_shown_is_its_own(library: Library) -> None:
    record(library.engine, 7, [QUOTE, OTHER], NOW)
    record(library.engine, 8, [QUOTE], NOW)
    assert set(shown_to(library.engine, 7)) == {QUOTE, OTHER}
    erase(library.engine, 7)
    assert shown_to(library.engine, 7) == ()
    assert shown_to(library.engine, 8) == (QUOTE,)


def test_a_brief_that_was_not_stored_showed_nothing(library: Library) -> None:
    def fail() -> None:
        with writing(library.engine) as connection:
            record_in(connection, 7, [QUOTE], NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert shown_to(library.engine, 7) == ()


def test_the_same_quote_is_kept_once_and_old_ones_are_deleted(library: Library) -> None:
    record(library.engine, 7, [QUOTE], NOW - KEPT - timedelta(days=1))
    record(library.engine, 7, [OTHER], NOW - timedelta(days=1))
    record(library.engine, 7, [OTHER], NOW)
    assert shown_to(library.engine, 7) == (OTHER,)

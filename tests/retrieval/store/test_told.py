"""What each chat was shown is kept with the sending of it, for a while, and for nobody else."""

from datetime import UTC, datetime, timedelta

import pytest

from retrieval.domain import ToldQuote
from retrieval.store.chats.told import KEPT, forget, remember, remembering, told_to
from retrieval.store.database import writing
from retrieval.store.library import Library

NOW = datetime(2022, 1, 8, 8, tzinfo=UTC)
QUOTE, OTHER = ToldQuote("a", 1, 0, 10, "h1"), ToldQuote("b", 2, 5, 25, "h2")


def test_what_a_chat_was_shown_is_its_own(library: Library) -> None:
    remember(library.engine, 7, [QUOTE, OTHER], NOW)
    remember(library.engine, 8, [QUOTE], NOW)
    assert set(told_to(library.engine, 7)) == {QUOTE, OTHER}
    forget(library.engine, 7)
    assert told_to(library.engine, 7) == ()
    assert told_to(library.engine, 8) == (QUOTE,)


def test_a_brief_that_was_not_kept_told_nothing(library: Library) -> None:
    def fail() -> None:
        with writing(library.engine) as connection:
            remembering(7, [QUOTE], NOW)(connection)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert told_to(library.engine, 7) == ()


def test_the_same_quote_is_kept_once_and_old_ones_are_let_go(library: Library) -> None:
    remember(library.engine, 7, [QUOTE], NOW - KEPT - timedelta(days=1))
    remember(library.engine, 7, [OTHER], NOW - timedelta(days=1))
    remember(library.engine, 7, [OTHER], NOW)
    assert told_to(library.engine, 7) == (OTHER,)

"""The rounds that post briefs: for whom, what if one cannot be composed, and once a local day."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.schedule.due import Due
from bot.schedule.jobs import Briefs, Composed
from bot.telegram.richtext import Message
from retrieval.store.chats import chats, outbox, subscriptions
from retrieval.store.chats.chats import Chat
from retrieval.store.library import Library, open_library

NOW = datetime(2022, 1, 6, 9, tzinfo=UTC)
ADMIN, LET_IN, EXPELLED = 1, 2, 3


@pytest.fixture
def library(tmp_path: Path) -> Library:
    opened = open_library(tmp_path / "data", "none")
    for chat_id in (ADMIN, LET_IN, EXPELLED):
        subscriptions.subscribe(opened.engine, chat_id, time(8), "UTC", date(2022, 1, 5), 8)
    chats.keep(opened.engine, LET_IN, admitted=True)
    chats.keep(opened.engine, EXPELLED, admitted=False)
    return opened


def compose(due: Due, chat: Chat, now: datetime) -> Composed:
    text = f"{due.slot.day}, since {due.since:%d %H:%M}"
    return Composed((Message(text, text),), lambda connection: None)


def rounds(library: Library, composing: object = compose) -> Briefs:
    return Briefs(library, composing, frozenset({ADMIN}))  # type: ignore[arg-type]


def posted(library: Library) -> dict[int, str]:
    letters = [outbox.next_letter(library.engine, chat_id) for chat_id in outbox.waiting(library.engine, 10)]
    return {letter.chat_id: letter.messages[0]["plain"] for letter in letters if letter}


def test_admins_and_chats_let_in_are_briefed_and_those_expelled_are_not(library: Library) -> None:
    assert rounds(library).post_due(NOW) == 2
    assert set(posted(library)) == {ADMIN, LET_IN}


def test_a_second_look_and_a_second_process_post_nothing_more(library: Library) -> None:
    rounds(library).post_due(NOW)
    assert rounds(library).post_due(NOW + timedelta(hours=1)) == 0


def test_the_next_brief_begins_where_the_last_one_ended(library: Library) -> None:
    rounds(library).post_due(NOW)
    letter = outbox.next_letter(library.engine, LET_IN)
    assert letter is not None
    outbox.mark(library.engine, [(letter, [1])], NOW)
    rounds(library).post_due(NOW + timedelta(days=3))
    assert posted(library)[LET_IN] == "2022-01-09, since 06 09:00"


def test_a_letter_that_is_in_the_outbox_already_is_not_composed_again(library: Library) -> None:
    """As after an hour was moved: the local day had its brief."""
    rounds(library).post_due(NOW)
    subscriptions.change(library.engine, LET_IN, 1, last_day=date(2022, 1, 5), at=time(9))
    assert rounds(library).post_due(NOW) == 0
    assert subscriptions.of_chat(library.engine, LET_IN)[0].last_day == date(2022, 1, 6)


def test_a_brief_that_cannot_be_composed_stops_no_other_and_is_tried_again_in_a_minute(library: Library) -> None:
    tried: list[int] = []

    def failing(due: Due, chat: Chat, now: datetime) -> Composed:
        tried.append(chat.id)
        if chat.id == ADMIN and tried.count(ADMIN) == 1:
            raise ValueError
        return compose(due, chat, now)

    briefs = rounds(library, failing)
    assert briefs.post_due(NOW) == 1
    assert briefs.post_due(NOW + timedelta(seconds=5)) == 0
    assert tried.count(ADMIN) == 1
    assert briefs.post_due(NOW + timedelta(seconds=65)) == 1


def test_what_a_chat_was_told_is_kept_only_together_with_its_letter(library: Library) -> None:
    def torn(due: Due, chat: Chat, now: datetime) -> Composed:
        def fail(connection: object) -> None:
            raise ValueError

        return Composed((Message("text", "text"),), fail)

    assert rounds(library, torn).post_due(NOW) == 0
    assert posted(library) == {}
    assert subscriptions.of_chat(library.engine, LET_IN)[0].last_day == date(2022, 1, 5)

"""When a feed is polled next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain import RejectedError
from retrieval.ingest.feeds.schedule import after_failure, after_success, due
from retrieval.ingest.fetch.fetch import AnswerError, Fetched
from retrieval.ingest.parse.feed import Feed
from retrieval.store.feeds import FeedState

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
STATE = FeedState("https://dala.example/rss", title="Old", etag='"1"', last_modified="Mon", failures=3, last_error="x")


def got(**fields: object) -> Fetched:
    values = {"url": STATE.url, "data": b"", "content_type": None, "etag": None, "last_modified": None} | fields
    return Fetched(**values)  # type: ignore[arg-type]


def middle() -> float:
    return 0.5  # no jitter


def wait(state: FeedState) -> float:
    assert state.next_due_at is not None
    return (state.next_due_at - NOW).total_seconds()


def test_a_feed_that_was_read_is_good_again() -> None:
    state = after_success(STATE, got(etag='"2"'), Feed("New", interval=1800), NOW, middle)
    assert (state.title, state.etag, state.last_modified) == ("New", '"2"', None)
    assert (state.failures, state.last_error, state.last_good_at, wait(state)) == (0, None, NOW, 1800)


def test_a_feed_that_has_not_changed_keeps_what_is_known() -> None:
    known = after_success(STATE, got(etag='"2"'), Feed("New", interval=1800), NOW, middle)
    state = after_success(known, got(not_modified=True), None, NOW, middle)
    assert (state.title, state.etag, state.interval, wait(state)) == ("New", '"2"', 1800, 1800)


@pytest.mark.parametrize(
    ("interval", "max_age", "seconds"),
    [(None, None, 900), (60, None, 300), (None, 3600, 3600), (1800, 60, 1800), (86_400, 10**6, 86_400)],
)
def test_a_feeds_own_interval_counts_within_bounds(interval: int | None, max_age: int | None, seconds: int) -> None:
    assert wait(after_success(STATE, got(max_age=max_age), Feed("x", interval=interval), NOW, middle)) == seconds


def test_a_feed_that_moved_is_asked_there_from_now_on() -> None:
    moved = after_success(STATE, got(moved_to="https://new.example/rss"), Feed("x"), NOW)
    assert moved.url == "https://new.example/rss"


def test_each_failure_in_a_row_doubles_the_wait_up_to_a_day() -> None:
    state = FeedState("https://dala.example/rss")
    waits = []
    for _ in range(12):
        state = after_failure(state, RejectedError("It broke."), NOW, middle)
        waits.append(wait(state))
    assert waits[:5] == [900, 900, 1200, 2400, 4800]
    assert waits[-1] == 86_400
    assert (state.failures, state.last_error, state.stopped) == (12, "It broke.", False)


def test_a_server_that_asks_for_time_gets_it() -> None:
    state = after_failure(FeedState("u"), AnswerError("Too often.", 429, retry_after=7200.0), NOW, lambda: 0.0)
    assert wait(state) == 7200


def test_a_feed_that_is_gone_is_polled_no_more() -> None:
    state = after_failure(FeedState("u"), AnswerError("Gone.", 410), NOW)
    assert state.stopped
    assert due([state], NOW + timedelta(days=99)) == []


def test_a_failure_does_not_forget_when_it_was_last_good() -> None:
    good = after_success(STATE, got(), Feed("x"), NOW)
    assert after_failure(good, RejectedError("It broke."), NOW + timedelta(hours=1)).last_good_at == NOW


def test_those_that_have_waited_longest_are_due_first() -> None:
    times = {"a": NOW, "b": NOW - timedelta(hours=1), "c": NOW + timedelta(seconds=1)}
    states = [FeedState(url, next_due_at=at) for url, at in times.items()]
    assert [state.url for state in due([*states, FeedState("new")], NOW)] == ["new", "b", "a"]


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 10**7), st.integers(0, 10**9))
def test_jitter_is_a_tenth_and_the_wait_stays_within_bounds(chance: float, interval: int, failures: int) -> None:
    good = after_success(STATE, got(), Feed("x", interval=interval), NOW, lambda: chance)
    bad = after_failure(FeedState("u", failures=failures), RejectedError("No."), NOW, lambda: chance)
    assert 270 <= wait(good) <= 95_040
    assert 270 <= wait(bad) <= 95_040

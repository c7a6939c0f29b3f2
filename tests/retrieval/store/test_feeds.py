"""What is kept about feeds and the pages they led to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from retrieval.store import feeds
from retrieval.store.database import open_database
from retrieval.store.feeds import FeedState
from retrieval.store.sources.pages import known_at

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
STATE = FeedState("https://dala.example/rss", "Dala", added_at=NOW)


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url, tmp_path)
    yield opened
    opened.dispose()


def test_what_is_known_of_a_feed_comes_back_as_it_was_kept(engine: Engine) -> None:
    full = FeedState("u", "T", '"1"', "Mon", 1800.0, NOW, NOW, NOW, 2, "It broke.", "Odd.", False)
    assert feeds.add(engine, full)
    assert feeds.every(engine) == [full]
    assert feeds.find(engine, "u") == full


def test_a_feed_is_followed_once_and_begins_anew_after_it_stopped(engine: Engine) -> None:
    assert feeds.add(engine, STATE)
    assert not feeds.add(engine, replace(STATE, title="Other"))
    feeds.keep(engine, STATE.url, replace(STATE, stopped=True, failures=1), {}, NOW)
    assert feeds.add(engine, STATE)
    assert feeds.find(engine, STATE.url) == STATE


def test_a_feed_that_was_removed_during_a_poll_stays_removed(engine: Engine) -> None:
    feeds.add(engine, STATE)
    assert feeds.remove(engine, STATE.url)
    feeds.keep(engine, STATE.url, STATE, {}, NOW)
    assert feeds.every(engine) == []
    assert not feeds.remove(engine, STATE.url)


def test_a_feed_that_moved_to_another_becomes_one_with_it(engine: Engine) -> None:
    new = "https://new.example/rss"
    feeds.add(engine, STATE)
    feeds.add(engine, FeedState(new, added_at=NOW))
    feeds.keep(engine, STATE.url, replace(STATE, url=new), {}, NOW)
    assert [state.url for state in feeds.every(engine)] == [new]


def test_counts_tell_failing_and_stopped_feeds_apart(engine: Engine) -> None:
    feeds.add(engine, replace(STATE, last_good_at=NOW))
    feeds.add(engine, FeedState("b", added_at=NOW, failures=3))
    feeds.add(engine, FeedState("c", added_at=NOW, failures=1, stopped=True))
    assert feeds.counts(engine) == feeds.FeedCounts(3, 2, 1, NOW)


def test_one_at_a_time_has_the_claim_to_a_feed(engine: Engine, tmp_path: Path) -> None:
    with (
        feeds.claimed(engine, tmp_path, "a") as first,
        feeds.claimed(engine, tmp_path, "a") as second,
        feeds.claimed(engine, tmp_path, "b") as other,
    ):
        assert (first, second, other) == (True, False, True)
    with feeds.claimed(engine, tmp_path, "a") as again:
        assert again


@pytest.mark.parametrize(
    ("hours", "known"), [(0.5, True), (1.5, False), (47, False), (49, True), (24 * 80, True), (24 * 100, False)]
)
def test_a_page_is_read_again_while_it_is_fresh(engine: Engine, hours: float, known: bool) -> None:
    """And once more after a season, when it is forgotten that it was ever read."""
    feeds.keep(engine, "feed", STATE, {"https://a.example/1": False}, NOW)
    then = NOW + timedelta(hours=hours)
    feeds.keep(engine, "feed", STATE, {}, then)
    assert known_at(engine, then)("https://a.example/1") is known


def test_the_wait_for_another_reading_doubles(engine: Engine) -> None:
    for hours in (0, 1, 2):
        feeds.keep(engine, "feed", STATE, {"k": False}, NOW + timedelta(hours=hours))
    assert known_at(engine, NOW + timedelta(hours=3.5))("k")
    assert not known_at(engine, NOW + timedelta(hours=4))("k")


def test_what_was_rejected_for_good_is_not_read_again(engine: Engine) -> None:
    feeds.keep(engine, "feed", STATE, {"k": True}, NOW)
    assert known_at(engine, NOW + timedelta(hours=5))("k")
    assert not known_at(engine, NOW)("another")


def test_a_key_that_is_no_text_is_kept_all_the_same(engine: Engine) -> None:
    feeds.keep(engine, "feed", STATE, {"a\0b": True, "c\ud800": True}, NOW)
    assert all(known_at(engine, NOW)(key) for key in ("a\0b", "c\ud800"))

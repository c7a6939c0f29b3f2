"""When a watch alerts its chat: at most so often, outside quiet hours, and only a chat that was let in."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.schedule.alerts import ALERT_EVERY, Alerts
from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.reader.reader import Reader
from retrieval.store.chats import chats, watches
from retrieval.store.library import Library

ADMIN, READER = 1, 2
NOW = datetime(2022, 1, 10, 12, tzinfo=UTC)
TOPIC = "Why did the tram drivers refuse to leave their depot?"
STORY = "Tram drivers in Temirtau refused to leave their depot on Monday over unpaid wages, the drivers' union said."
LATER = (
    "Tram drivers refused to leave the depot in Temirtau again on Tuesday because the trams were unsafe, police said."
)


@pytest.fixture
def alerts(library: Library, embedder: Embedder, reader: Reader) -> Alerts:
    """The alerts of a library in which a story has come about a topic that the admin watches."""
    watches.watch(library.engine, ADMIN, TOPIC, 10)
    ingest(library, embedder, [Submission(text=STORY, where="story", id="story")])
    return Alerts(library, embedder, reader, frozenset({ADMIN}), "UTC", "en")


def test_news_of_quiet_hours_comes_when_they_end(alerts: Alerts, library: Library) -> None:
    chats.keep(library.engine, ADMIN, quiet="22:00-07:00")
    night, morning = NOW.replace(hour=23), NOW.replace(day=11, hour=7)
    assert [alerts.post_due(now) for now in (night, morning)] == [0, 1]


def test_news_soon_after_an_alert_waits_for_the_next_one(alerts: Alerts, library: Library, embedder: Embedder) -> None:
    assert alerts.post_due(NOW) == 1
    ingest(library, embedder, [Submission(text=LATER, where="later", id="later")])
    soon, next_ = NOW + ALERT_EVERY - timedelta(seconds=1), NOW + ALERT_EVERY
    assert [alerts.post_due(now) for now in (soon, next_)] == [0, 1]


def test_a_chat_is_alerted_only_while_it_is_let_in(library: Library, embedder: Embedder, alerts: Alerts) -> None:
    alerts.post_due(NOW)
    watches.watch(library.engine, READER, TOPIC, 10)
    ingest(library, embedder, [Submission(text=LATER, where="later", id="later")])
    assert alerts.post_due(NOW) == 0
    chats.keep(library.engine, READER, admitted=True)
    assert alerts.post_due(NOW) == 1

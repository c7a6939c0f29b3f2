"""Channels followed into the library, against a server on the loopback that shows their previews."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from retrieval.domain import RejectedError
from retrieval.embedding import Embedder
from retrieval.ingest.feeds.follow import FeedOutcome, discover, follow
from retrieval.ingest.sources import WebReader, from_address, web_reader
from retrieval.ingest.submission import Rejection, Submission
from retrieval.store import feeds, read
from retrieval.store.library import Library
from tests.retrieval.ingest.channels.previews import PHOTO, Channel, Written, contact
from tests.retrieval.ingest.web import Web, http, serving

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
HARBOUR = '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/harbour/7">Harbour Wire</a>'


def flash(number: int, words: str = "") -> Written:
    return Written(number, words or f"Report {number}: the road to the village was opened for buses at noon.")


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        yield server


@pytest.fixture
def channel(web: Web) -> Channel:
    return Channel(web)


@pytest.fixture
def how(web: Web) -> WebReader:
    return web_reader(allow_private=True, previews=web.url("/s"))


@pytest.fixture
def poll(library: Library, embedder: Embedder, how: WebReader) -> Callable[..., FeedOutcome]:
    """Poll a channel some minutes after NOW."""

    def at(url: str, minutes: float = 0) -> FeedOutcome:
        then = NOW + timedelta(minutes=minutes)
        outcome = follow(library, embedder, how, url, clock=lambda: then, only_due=False)
        assert outcome is not None
        return outcome

    return at


def followed(library: Library, how: WebReader, written: str = "@dala") -> str:
    state = discover(written, how, NOW).state
    feeds.add(library.engine, state)
    return state.url


def addresses(library: Library) -> list[int]:
    found = read.window(library.engine, None, None)
    return sorted(int((article.url or "").rpartition("/")[2]) for article in found)


@pytest.mark.parametrize("written", ["@Dala", "t.me/dala", "https://t.me/s/dala", "https://t.me/dala/12"])
def test_a_channel_is_found_however_it_is_written(channel: Channel, how: WebReader, web: Web, written: str) -> None:
    web.answers["/s/Dala"] = web.answers["/s/dala"]
    channel.post(flash(12), Written(13, media=PHOTO))
    web.answers["/s/Dala"] = web.answers["/s/dala"]
    found = discover(written, how, NOW)
    assert (found.state.url, found.state.title, found.state.channel) == (web.url("/s/dala"), "Dala & News", "dala")
    assert (found.entries, found.without_text) == (1, 1)


def test_a_mirror_of_a_preview_is_followed_at_its_own_address(channel: Channel, web: Web, how: WebReader) -> None:
    channel.post(flash(12))
    there = discover(web.url("/s/dala"), how, NOW).state
    assert (there.url, there.channel) == (web.url("/s/dala"), "dala")


def test_a_page_elsewhere_that_poses_as_a_preview_is_not_followed(channel: Channel, web: Web) -> None:
    channel.post(flash(12))
    with pytest.raises(RejectedError):
        discover(web.url("/s/dala"), web_reader(allow_private=True), NOW)


@pytest.mark.parametrize(
    ("page", "key"),
    [(contact("@reader", "A Reader"), "channel_user"), (contact(), "channel_none")],
)
def test_a_name_without_a_channel_is_one_sentence(web: Web, how: WebReader, page: bytes, key: str) -> None:
    """Telegram sends a browser on to the name's own page."""
    web.answers |= {"/s/dala": http("302 Found", Location="/dala"), "/dala": http(body=page)}
    with pytest.raises(RejectedError) as refused:
        discover("@dala", how, NOW)
    assert refused.value.key == key


def test_each_post_becomes_an_article_of_its_own(
    channel: Channel, library: Library, how: WebReader, poll: Callable[..., FeedOutcome]
) -> None:
    channel.post(flash(12, "Police closed the northern bridge at dawn."), flash(13), Written(14, "🔥"))
    outcome = poll(followed(library, how))
    assert (len(outcome.report.added), outcome.report.rejected) == (2, [])
    first, second = read.window(library.engine, None, None)
    assert (first.url, first.publisher) == ("https://t.me/dala/12", "Dala & News (@dala)")
    assert (first.text, first.published_on) == ("Police closed the northern bridge at dawn.", NOW.date())
    assert second.url == "https://t.me/dala/13"


def test_a_poll_takes_in_only_what_is_new_and_comes_again_within_a_minute(
    channel: Channel, library: Library, how: WebReader, poll: Callable[..., FeedOutcome]
) -> None:
    channel.post(flash(12))
    url = followed(library, how)
    poll(url)
    channel.post(flash(13))
    again = poll(url, 1)
    assert (len(again.report.added), again.report.duplicate) == (1, [])
    assert again.state.next_due_at is not None
    assert again.state.next_due_at - NOW <= timedelta(minutes=1, seconds=40)


def test_an_edited_post_is_a_new_version(
    channel: Channel, library: Library, how: WebReader, poll: Callable[..., FeedOutcome]
) -> None:
    channel.post(flash(12, "Eleven people were injured at the bridge."))
    url = followed(library, how)
    [id_] = poll(url).report.added
    channel.post(Written(12, "Nineteen people were injured at the bridge.", edited=True))
    assert poll(url, 10).report.updated == [id_]
    assert [version.text.split()[0] for version in read.every_version(library.engine, id_)] == ["Eleven", "Nineteen"]
    then = read.article(library.engine, id_, as_of=NOW + timedelta(minutes=5))
    assert then is not None
    assert then.text.startswith("Eleven")


def test_a_post_that_was_edited_before_it_was_read_is_known_only_from_then(
    channel: Channel, library: Library, how: WebReader, poll: Callable[..., FeedOutcome]
) -> None:
    channel.post(Written(12, "Nineteen people were injured at the bridge.", edited=True))
    [id_] = poll(followed(library, how)).report.added
    assert read.article(library.engine, id_, as_of=NOW - timedelta(hours=1)) is None
    assert read.article(library.engine, id_, as_of=NOW) is not None


def test_what_was_posted_while_nobody_polled_is_caught_up(
    channel: Channel, library: Library, how: WebReader, poll: Callable[..., FeedOutcome]
) -> None:
    channel.post(*map(flash, range(1, 11)))
    url = followed(library, how)
    poll(url)
    channel.post(*map(flash, range(11, 71)))
    outcome = poll(url, 50)
    assert len(outcome.report.added) == 60
    assert (outcome.state.newest_post, outcome.state.gap_to) == (70, None)
    assert channel.asked_before == [51, 31]


def test_a_long_backlog_is_caught_up_over_several_polls_newest_first(
    channel: Channel,
    library: Library,
    how: WebReader,
    poll: Callable[..., FeedOutcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("retrieval.ingest.channels.follow.PAGES_A_POLL", 3)
    channel.post(*map(flash, range(1, 6)))
    url = followed(library, how)
    poll(url)
    channel.post(*map(flash, range(6, 131)))
    first = poll(url, 50)
    assert (first.state.gap_from, first.state.gap_to) == (5, 71)
    assert addresses(library) == [*range(1, 6), *range(71, 131)]
    channel.post(flash(131))
    assert poll(url, 51).state.gap_to == 31
    last = poll(url, 52)
    assert (last.state.gap_from, last.state.gap_to) == (None, None)
    assert addresses(library) == list(range(1, 132))


def test_an_older_page_that_fails_is_asked_for_again(
    channel: Channel, library: Library, how: WebReader, poll: Callable[..., FeedOutcome], web: Web
) -> None:
    channel.post(flash(1))
    url = followed(library, how)
    poll(url)
    channel.post(*map(flash, range(2, 31)))
    web.answers["/s/dala?before=11"] = http("503 Busy")
    assert addresses(library) == [1]
    assert poll(url, 1).state.gap_to == 11
    channel.show()
    assert poll(url, 2).state.gap_to is None
    assert addresses(library) == list(range(1, 31))


def test_a_page_that_changes_its_markup_loses_nothing(
    channel: Channel, library: Library, how: WebReader, poll: Callable[..., FeedOutcome], web: Web
) -> None:
    channel.post(flash(1))
    url = followed(library, how)
    poll(url)
    web.answers["/s/dala"] = http(body=b"<html><body class='tgme_new'><div>Other</div></body></html>")
    failed = poll(url, 1).state
    assert (failed.failures, failed.newest_post) == (1, 1)
    assert "may have changed" in (failed.last_error or "")
    channel.post(flash(2))
    assert len(poll(url, 5).report.added) == 1


def test_a_post_and_its_forwards_are_one_voice(
    web: Web, library: Library, how: WebReader, poll: Callable[..., FeedOutcome]
) -> None:
    words = "The port of Harbour was closed."
    for name in ("dala", "steppe"):
        Channel(web, name, name).post(Written(12, words, forwarded=HARBOUR))
        poll(followed(library, how, f"@{name}"))
    changed = Written(7, "The port of Harbour was closed and opened again by the navy.", edited=True)
    Channel(web, "harbour", "Harbour Wire").post(changed)
    poll(followed(library, how, "@harbour"))
    found = read.window(library.engine, None, None)
    assert len(found) == 3
    assert len({article.origin for article in found}) == 1
    assert sorted(article.forwarded_from or "" for article in found) == ["", *2 * ["Harbour Wire (@harbour)"]]


def test_an_address_of_a_channel_or_a_post_gives_its_posts(channel: Channel, how: WebReader, web: Web) -> None:
    channel.post(flash(12), flash(13))
    web.answers["/s/dala/13"] = web.answers["/s/dala"]
    assert [one.where for one in from_address("@dala", how)] == ["https://t.me/dala/12", "https://t.me/dala/13"]
    [one] = from_address("https://t.me/dala/13", how)
    assert isinstance(one, Submission)
    assert one.url == "https://t.me/dala/13"
    web.answers["/s/dala/99"] = web.answers["/s/dala"]
    [gone] = from_address("t.me/dala/99", how)
    assert isinstance(gone, Rejection)
    assert gone.error.key == "channel_no_post"


def test_posts_that_were_edited_after_newer_ones_filled_a_page_are_read_again_once_an_hour(
    channel: Channel, library: Library, how: WebReader, poll: Callable[..., FeedOutcome]
) -> None:
    channel.post(*map(flash, range(1, 41)))
    url = followed(library, how)
    poll(url)
    channel.post(Written(3, "Report 3: the road to the village stays closed for buses until Monday.", edited=True))
    assert poll(url, 30).report.updated == []
    assert len(poll(url, 70).report.updated) == 1

"""Reading a followed channel: its newest posts at each poll, and the ones before them after a time without polls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from retrieval.domain import RejectedError
from retrieval.ingest.channels.posts import Post, has_text, submission_of
from retrieval.ingest.channels.preview import Preview, changed_markup
from retrieval.ingest.fetch.fetch import Fetched
from retrieval.ingest.submission import Submission
from retrieval.store.feeds import FeedState

PAGES_A_POLL = 10
"""Pages, of some twenty posts, that are read in one poll; what is left of a long gap waits for the next ones."""

FIRST_PAGES = 3
"""Pages read when a channel is followed from now on."""

REREAD_PAGES = 5
"""Pages read once an hour, so that older posts that were edited become new versions."""

REREAD_EVERY = timedelta(hours=1)


class PreviewReader(Protocol):
    """Fetches pages of previews and parses them in a sandbox."""

    def fetch(self, url: str) -> Fetched: ...

    def preview(self, fetched: Fetched) -> Preview: ...


@dataclass(frozen=True, slots=True)
class ChannelRead:
    """What one poll of a channel gave; store `state` after the articles."""

    state: FeedState  # without its times
    articles: tuple[Submission, ...]


def page_address(url: str, before: int | None = None) -> str:
    """Return the address of the page of a preview that has the posts before a number."""
    return url if before is None else f"{url}?before={before}"


def read_channel(
    state: FeedState, web: PreviewReader, now: datetime, checkpoint: Callable[[], None] = lambda: None
) -> ChannelRead:
    """Return the posts of a followed channel that may be new or changed, oldest first.

    Its newest page is read, then the ones before it down to the last post that was read, then those of a gap that
    earlier polls left; of a gap that is longer than PAGES_A_POLL the rest stays in the state. `checkpoint` is called
    before each page and may raise to give up. Raises `RejectedError` where the newest page cannot be read.
    """
    newest = web.preview(web.fetch(state.url))
    pages = [newest]
    state = replace(state, channel=newest.name or state.channel, title=newest.title or state.title)
    known = state.newest_post
    if newest.first is None:
        if known is not None:
            raise changed_markup()  # a channel that had posts has some
        return ChannelRead(state, ())
    try:
        if known is None:
            _read_back(pages, state.url, web, checkpoint, 0, FIRST_PAGES)
        elif _read_back(pages, state.url, web, checkpoint, known, PAGES_A_POLL):
            state = _gap_filled(state, pages, web, checkpoint)
            if state.gap_to is None and state.last_good_at and _hour(now) != _hour(state.last_good_at):
                _read_back(pages, state.url, web, checkpoint, 0, REREAD_PAGES)
        else:
            state = replace(state, gap_from=_lower(state.gap_from, known), gap_to=_first(pages))
    except RejectedError:  # an older page failed: what was read is kept, the rest is a gap
        if known is not None and _first(pages) > known + 1:
            state = replace(state, gap_from=_lower(state.gap_from, known), gap_to=_first(pages))
    state = replace(state, newest_post=max(known or 0, newest.last or 0))
    return _channel_read(state, pages)


def _hour(at: datetime) -> int:
    return int(at.timestamp() // REREAD_EVERY.total_seconds())


def _lower(one: int | None, other: int) -> int:
    return other if one is None else min(one, other)


def _first(pages: Sequence[Preview]) -> int:
    return min(page.first for page in pages if page.first is not None)


def _read_back(
    pages: list[Preview], url: str, web: PreviewReader, checkpoint: Callable[[], None], down_to: int, most: int
) -> bool:
    """Append the pages before those that were read; return whether `down_to` was reached, or the channel's beginning.

    There are at most `most` pages in the end.
    """
    while (first := _first(pages)) > down_to + 1:
        if len(pages) >= most:
            return False
        checkpoint()
        page = web.preview(web.fetch(page_address(url, first)))
        if page.first is None or page.first >= first:
            return True
        pages.append(page)
    return True


def _gap_filled(
    state: FeedState, pages: list[Preview], web: PreviewReader, checkpoint: Callable[[], None]
) -> FeedState:
    """Append pages of the gap that earlier polls left, from its end; return the state with what is left of it."""
    if state.gap_to is None or state.gap_from is None:
        return state
    gap_to = state.gap_to
    while gap_to > state.gap_from + 1:
        if len(pages) >= PAGES_A_POLL:
            return replace(state, gap_to=gap_to)
        checkpoint()
        try:
            page = web.preview(web.fetch(page_address(state.url, gap_to)))
        except RejectedError:
            return replace(state, gap_to=gap_to)
        if page.first is None or page.first >= gap_to:
            break
        pages.append(page)
        gap_to = page.first
    return replace(state, gap_from=None, gap_to=None)


def _channel_read(state: FeedState, pages: Sequence[Preview]) -> ChannelRead:
    posts: dict[int, Post] = {post.number: post for page in reversed(pages) for post in page.posts}
    ordered = (posts[number] for number in sorted(posts))
    return ChannelRead(state, tuple(submission_of(post, state.title) for post in ordered if has_text(post)))


def posts_of(preview: Preview, number: int | None = None) -> tuple[Submission, ...]:
    """Return the articles on a page of a preview, or the one post with a number. Raises `RejectedError` without any."""
    posts = [post for post in preview.posts if number in (None, post.number)]
    if number is not None and not posts:
        raise RejectedError("The channel has no such post.", key="channel_no_post")
    articles = tuple(submission_of(post, preview.title) for post in posts if has_text(post))
    if not articles:
        raise RejectedError("It has almost no text.", key="no_text")
    return articles

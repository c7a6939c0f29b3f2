"""An article as a source gives it, and the rejection of one."""

from dataclasses import dataclass

from retrieval.domain import FetchError, Moment, RejectedError

POST_LETTERS = 8
"""A post with fewer letters is rejected: an emoji, a picture's "+"."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An article as its source gives it, not yet cleaned and checked."""

    text: str
    where: str = ""  # the file, line or address it came from, for messages
    title: str = ""
    id: str | None = None
    entry: str | None = None  # of what a feed says itself: the key that `known` knows its entry by
    url: str | None = None
    part: str | None = None  # of the page at `url`, which is an article of its own: a post of a live blog
    publisher: str | None = None
    author: str | None = None
    published: Moment | None = None
    modified: Moment | None = None  # when its publisher last changed it
    edited: bool = False  # changed since it was published, even where nobody says when
    forwarded_from: str | None = None  # the channel or person whose words it repeats
    forwarded_address: str | None = None  # of what it repeats
    post: bool = False  # a post, which may be short
    language: str | None = None
    scraped: bool = False  # `text` is the plain text of a whole page, with its furniture


@dataclass(frozen=True, slots=True)
class Rejection:
    """A source that was not added, and why."""

    where: str
    error: RejectedError

    @property
    def reason(self) -> str:
        """Return why, in one English sentence."""
        return str(self.error)

    @property
    def temporary(self) -> bool:
        """Return whether the next try may succeed: the server could not be reached, was overloaded or failed."""
        status = getattr(self.error, "status", 500)
        return isinstance(self.error, FetchError) and (status == 429 or status >= 500)

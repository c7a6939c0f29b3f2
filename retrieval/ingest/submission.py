"""An article as a source gives it, and the rejection of one."""

from dataclasses import dataclass, field

from retrieval.domain import Moment, RejectedError


@dataclass(frozen=True, slots=True)
class Submission:
    """An article as its source gives it: not cleaned, recognised or checked yet."""

    text: str
    where: str  # the file, line or address it came from, for messages
    title: str = ""
    id: str | None = None
    url: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: Moment | None = None
    language: str | None = None
    scraped: bool = False  # plain text of a page, with the site's furniture


@dataclass(frozen=True, slots=True)
class Rejection:
    """A source that was not added, and why, in one English sentence."""

    where: str
    reason: str
    error: RejectedError | None = field(default=None, compare=False)  # says the reason in other languages


def rejection(where: str, error: RejectedError) -> Rejection:
    """Return the rejection of a source for an error."""
    return Rejection(where, str(error), error)

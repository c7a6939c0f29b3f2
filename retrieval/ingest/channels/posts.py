"""A post of a channel, by whichever door it came, and the article that it is."""

import re
from dataclasses import dataclass
from itertools import islice

from retrieval.domain import Moment
from retrieval.ingest.submission import POST_LETTERS, Submission
from retrieval.language.text import clean
from retrieval.store.sources.backing import channel_title

TITLE_CHARACTERS = 80

_SENTENCE = re.compile(r".+?[.!?…](?=\s|$)")


@dataclass(frozen=True, slots=True)
class Post:
    """A post as its source gives it; one of a picture, a video or an emoji alone has hardly any `text`."""

    number: int
    address: str
    text: str
    published: Moment | None = None
    modified: Moment | None = None
    edited: bool = False  # changed after it was posted, whether or not the source says when
    author: str | None = None  # its signature
    forwarded_from: str | None = None  # the channel or person whose words it repeats
    forwarded_address: str | None = None  # of the post that it repeats


def has_text(post: Post) -> bool:
    """Return whether a post holds anything to quote."""
    return len(list(islice(filter(str.isalpha, post.text), POST_LETTERS))) == POST_LETTERS


def submission_of(post: Post, channel: str) -> Submission:
    """Return the article that a post of the channel with this title is."""
    text = clean(post.text)
    return Submission(
        text=text,
        where=post.address,
        title=headline(text),
        url=post.address,
        publisher=channel_title(channel, post.address),
        author=post.author,
        published=post.published,
        modified=post.modified,
        edited=post.edited,
        forwarded_from=post.forwarded_from and channel_title(post.forwarded_from, post.forwarded_address),
        forwarded_address=post.forwarded_address,
        post=True,
    )


def headline(text: str) -> str:
    """Return the beginning of a post's text as its title: its first line, or the first sentence of a long one."""
    line = text.strip().split("\n")[0]
    if len(line) > TITLE_CHARACTERS and (sentence := _SENTENCE.match(line)):
        line = sentence[0]
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[:TITLE_CHARACTERS].rsplit(" ", 1)[0] + "…"

"""Submission -> Article: clean text, title, language, dateline, agency; nothing is guessed."""

import hashlib
import re
from dataclasses import replace
from datetime import datetime

from retrieval.domain import Article, RejectedError
from retrieval.ingest.parse.scraped import read_scraped
from retrieval.ingest.submission import Submission
from retrieval.language.days.datelines import dateline
from retrieval.language.detect import detect
from retrieval.language.packs import LANGUAGES
from retrieval.language.text import clean

FEWEST_LETTERS = 20
"""A text with fewer letters than this says nothing that could be cited."""

MOST_CHARACTERS = 1_000_000
"""A longer text is no article; a book would take an hour to embed."""

TITLE_CHARACTERS = 300

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no database keeps: NUL, and halves of characters."""


def recognise(submission: Submission, now: datetime) -> Article:
    """Return the article a submission holds, seen at `now`. Raises RejectedError, in one sentence."""
    if submission.scraped:
        scraped = read_scraped(clean(submission.text))
        submission = replace(submission, title=submission.title or scraped.title, text=scraped.text)
    text, title = clean(submission.text), " ".join(clean(submission.title).split())
    if sum(character.isalpha() for character in text[: FEWEST_LETTERS * 50]) < FEWEST_LETTERS:
        raise RejectedError("It holds no text to speak of.")
    if len(text) > MOST_CHARACTERS:
        raise RejectedError(f"Its text is longer than {MOST_CHARACTERS:,} characters.")
    if _NO_TEXT.search(f"{submission.id}{submission.url}"):
        raise RejectedError("Its id or address holds a character that is no text.")
    line = dateline(text)
    return Article(
        id=submission.id or _id_for(submission.url or f"{title}\0{text}"),
        url=submission.url,
        title=_shortened(title or text.split("\n")[0]),
        text=text,
        language=submission.language if submission.language in LANGUAGES else detect(f"{title}\n{text[:2000]}"),
        published=submission.published,
        publisher=_tidy(submission.publisher),
        author=_tidy(submission.author),
        agency=line.agency if line else None,
        place=line.place if line else None,
        fetched_at=now,
    )


def _id_for(key: str) -> str:
    """Return an id that the same address, or the same text, always gets."""
    return "a" + hashlib.sha256(key.encode()).hexdigest()[:15]


def _shortened(title: str) -> str:
    return title if len(title) <= TITLE_CHARACTERS else title[: TITLE_CHARACTERS - 1] + "…"


def _tidy(name: str | None) -> str | None:
    return " ".join(clean(name).split()) or None if name else None

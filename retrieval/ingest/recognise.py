"""Submissions to articles: clean text, title, language, dateline, agency."""

import hashlib
import re
from dataclasses import replace
from datetime import datetime

from retrieval.domain import Article, RejectedError
from retrieval.ingest.fetch.decoding import is_garbled
from retrieval.ingest.submission import POST_LETTERS, Submission
from retrieval.language.days.datelines import dateline
from retrieval.language.detect import detect
from retrieval.language.packs import LANGUAGES
from retrieval.language.text import clean
from retrieval.store.sources.addresses import address_key, web_address

FEWEST_LETTERS = 20
"""A text with fewer letters is rejected: it contains nothing to cite."""

MOST_CHARACTERS = 1_000_000
"""A longer text is no article; a book would take an hour to embed."""

TITLE_CHARACTERS = 300

NAME_CHARACTERS = 300
"""Of a publisher, an author or an id."""

ENDS_SENTENCE = re.compile(r"[.!?…。][\"'”’»)\]]*(\s+[A-ZА-ЯӘҒҚҢӨҰҮІ/.-]{2,12})?[.]?$")
"""A paragraph of prose ends a sentence; an agency may sign after it ("… vandalism. EFE")."""

FEWEST_TITLE_WORDS = 3
"""A line of fewer words before the text is a section's name rather than a headline."""

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""Characters that no database stores: NUL and lone surrogates."""


def recognise(submission: Submission, now: datetime) -> Article:
    """Return the article in a submission, fetched at `now`. Raises RejectedError, in one sentence."""
    if submission.scraped:
        title, text = title_and_text(clean(submission.text))
        submission = replace(submission, title=submission.title or title, text=text)
    text, title = clean(submission.text), " ".join(clean(submission.title).split())
    fewest = POST_LETTERS if submission.post else FEWEST_LETTERS
    if sum(character.isalpha() for character in text[: FEWEST_LETTERS * 50]) < fewest:
        raise RejectedError("It has almost no text.", key="no_text")
    if len(text) > MOST_CHARACTERS:
        raise RejectedError(f"Its text is longer than {MOST_CHARACTERS:,} characters.", key="long")
    if is_garbled(text):
        raise RejectedError("Its text is in an encoding that cannot be read.", key="unreadable")
    if _NO_TEXT.search(f"{submission.id}{submission.url}"):
        raise RejectedError("Its id or address holds a character that is not text.", key="unreadable")
    if len(submission.id or "") > NAME_CHARACTERS and not submission.entry:
        raise RejectedError(f"Its id is longer than {NAME_CHARACTERS} characters.", key="field", field="id")
    url = web_address(submission.url)
    address = address_key(url)
    if address and submission.part:
        address = f"{address}#{submission.part}"
    key = address or submission.url or f"{title}\0{text}"
    language = submission.language if submission.language in LANGUAGES else detect(f"{title}\n{text[:2000]}")
    title = title or text.split("\n")[0]
    line = dateline(text)
    forwarded = address_key(submission.forwarded_address) or submission.forwarded_address
    return Article(
        id=submission.id or article_id(key),
        url=url,
        address=address,
        title=title if len(title) <= TITLE_CHARACTERS else title[: TITLE_CHARACTERS - 1] + "…",
        text=text,
        language=language,
        published=submission.published,
        modified=submission.modified,
        edited=submission.edited and submission.modified is None,
        publisher=_tidy(submission.publisher),
        author=_tidy(submission.author),
        agency=line.agency if line else None,
        place=line.place if line else None,
        forwarded_from=_tidy(submission.forwarded_from),
        fetched_at=now,
        origin=article_id(forwarded) if forwarded else None,
    )


def article_id(key: str) -> str:
    """Return the id of the article with an address, or of one without by its title and text."""
    return "a" + hashlib.sha256(key.encode()).hexdigest()[:15]


def title_and_text(scraped: str) -> tuple[str, str]:
    """Return the title and the text of a scraped article, without the site's furniture before and after them.

    The text runs from the first to the last paragraph of prose; the title is the last line before it with enough words.
    Without any prose the whole is the text.
    """
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n|\r\n\s*\r\n", scraped.strip()) if block.strip()]
    if len(blocks) == 1 and "\n" in scraped.strip():
        blocks = [line.strip() for line in scraped.strip().splitlines() if line.strip()]
    prose = [number for number, block in enumerate(blocks) if ENDS_SENTENCE.search(block)]
    if not prose:
        return "", "\n\n".join(blocks)
    first, last = prose[0], prose[-1]
    title = next((b for b in reversed(blocks[:first]) if len(b.split()) >= FEWEST_TITLE_WORDS), "")
    return title, "\n\n".join(blocks[first : last + 1])


def _tidy(name: str | None) -> str | None:
    return " ".join(clean(name[: 4 * NAME_CHARACTERS]).split())[:NAME_CHARACTERS].rstrip() or None if name else None

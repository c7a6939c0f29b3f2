"""Plain text as it was scraped: the title and the text are told from the site's furniture around them."""

import re
from typing import NamedTuple

ENDS_SENTENCE = re.compile(r"[.!?…。][\"'”’»)\]]*(\s+[A-ZА-ЯӘҒҚҢӨҰҮІ/.-]{2,12})?[.]?$")
"""A paragraph of prose ends a sentence; an agency may sign after it ("… vandalism. EFE")."""

FEWEST_TITLE_WORDS = 3
"""A line of fewer words before the text is a section's name rather than a headline."""


class Scraped(NamedTuple):
    title: str
    text: str


def read_scraped(raw: str) -> Scraped:
    """Return the headline and the text, without what stands before the one and after the other.

    The text runs from the first to the last paragraph of prose; the headline is the last line before it that is long
    enough to be one. Where nothing looks like prose, the whole is the text.
    """
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n|\r\n\s*\r\n", raw.strip()) if block.strip()]
    if len(blocks) == 1 and "\n" in raw.strip():
        blocks = [line.strip() for line in raw.strip().splitlines() if line.strip()]
    prose = [number for number, block in enumerate(blocks) if ENDS_SENTENCE.search(block)]
    if not prose:
        return Scraped("", "\n\n".join(blocks))
    first, last = prose[0], prose[-1]
    title = next((b for b in reversed(blocks[:first]) if len(b.split()) >= FEWEST_TITLE_WORDS), "")
    return Scraped(title, "\n\n".join(blocks[first : last + 1]))

"""The sentences around a quote: what the reader reads beside it, and what is quoted with it."""

from functools import partial
from itertools import takewhile

from retrieval.domain import Article, Span
from retrieval.language.days.calendar_words import MONTHS
from retrieval.language.doc import Text
from retrieval.language.sentences import sentences
from retrieval.language.words import written

REACH = 250
"""Characters before and after a sentence within which whole sentences are quoted with it."""

LEAST_WORDS = 3
"""Words that a sentence needs to be quoted."""


def says_something(text: str) -> bool:
    """Return whether a sentence is more than a place and day ("BISHKEK.", "ХАРВЕК, 13 сентября.") or an editor's note.

    Such a note is in brackets: "(Adds quotes, background)".
    """
    bare = text.strip()
    words = written(bare)
    if len(words) < LEAST_WORDS or (bare.startswith("(") and bare.endswith(")")):
        return False
    others = [word for word in words if word.casefold() not in MONTHS]
    return len(others) == len(words) or any(word[0].islower() for word in others)


def sentences_around(article: Article, span: Span, reach: int = REACH) -> list[Span]:
    """Return the whole sentences within `reach` characters of a span, in order, those of the span included.

    Only this part of the text is parsed. A sentence that begins or ends further off is left out.
    """
    text = article.text
    start, end = max(0, span.start - reach), min(len(text), span.end + reach)
    found = [Span(one.start + start, one.end + start) for one in sentences(text[start:end], article.language)]
    cut_left = start > 0 and not _opens(text, start)
    first = 1 if cut_left and found and found[0].end <= span.start else 0
    last = len(found) - (1 if end < len(text) and found and found[-1].start >= span.end else 0)
    return found[first:last]


def _opens(text: str, at: int) -> bool:
    return text[at - 1] == "\n"


def in_surroundings(article: Article, span: Span) -> Span:
    """Return a sentence with the whole sentences of its paragraph within REACH before and after it, as one span.

    Where it is a paragraph of its own, as in wire copy, those of its neighbours are quoted. A sentence that says
    nothing, or that gives orders to a language model, ends it on its side.
    """
    around = sentences_around(article, span)
    first, last = _paragraph(article.text, span)
    before = [one for one in around if one.end <= span.start]
    after = [one for one in around if one.start >= span.end]
    if any(one.start >= first for one in before) or any(one.end <= last for one in after):
        before = [one for one in before if one.start >= first]
        after = [one for one in after if one.end <= last]
    quoted = partial(_may_be_quoted, article)
    start = min((one.start for one in takewhile(quoted, reversed(before))), default=span.start)
    end = max((one.end for one in takewhile(quoted, after)), default=span.end)
    return Span(start, end)


def _paragraph(text: str, span: Span) -> tuple[int, int]:
    """Return where the paragraph of a sentence begins and ends."""
    end = text.find("\n", span.end)
    return text.rfind("\n", 0, span.start) + 1, end if end >= 0 else len(text)


def _may_be_quoted(article: Article, span: Span) -> bool:
    text = Text(span.of(article.text), article.language)
    return says_something(text.text) and not text.addresses_machines

"""Reports that conflict with an answer: the button under it, the message it opens, and text for a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.figures.render import Sheet, sheet, sheet_message, sheet_of, sheet_text
from bot.locales import say
from bot.telegram.richtext import Button, Message
from retrieval.answer.conflicts import conflicts
from retrieval.answer.context import passage_in_context
from retrieval.domain import Answer, Citation, FigureKind
from retrieval.figures.ledger import Series
from retrieval.store.library import Library

DATA_BYTES = 64
"""Telegram's limit on the data of a button; two to four quotes fit in."""

PRESENT = timedelta(minutes=1)
"""An answer as of a moment at most this long ago is about the present: its button shows today's conflicts."""

Quote = tuple[int, int, int]
"""A passage's id, and the offsets of the quote in its article's text."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """The data of a button: the moment asked about (None: now), the answer's exchange, its figure or its quotes."""

    as_of: datetime | None
    key: int
    kind: FigureKind | None
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Rivals:
    """The conflicting series, and the keys of the notes about the answer's quotes."""

    sheet: Sheet
    notes: tuple[str, ...] = ()


def rivals_text(library: Library, answer: Answer, now: datetime) -> str:
    """Return the reports that conflict with an answer, for a terminal; "" if there are none or it lists them itself.

    The numbers of their citations continue from the answer's.
    """
    as_of, cited = _asked_about(answer, now), answer.citations
    found = () if answer.figures else conflicts(library, cited, as_of)
    if not found:
        return ""
    listed = sheet_of(library, found, as_of, citing=True, below=cited)
    return f"{say('conflicts', answer.language)}\n\n{sheet_text(listed, answer.language, len(cited))}"


def conflict_button(library: Library, answer: Answer, key: int, now: datetime) -> Button | None:
    """Return the button that opens the conflicting reports; None if there are none or the answer lists them."""
    as_of = _asked_about(answer, now)
    kind = answer.figures[0].kind if answer.figures else None
    data = f"con:{int(as_of.timestamp()) if as_of else 0}:{key}"
    if kind is not None:
        rows = sum(len(one.entries) for one in sheet(library, kind, as_of, citing=False).series)
        named = f"{data}:{kind.value}" if rows > len(answer.figures) else data
    else:
        named = _with_quotes(data, answer.citations) if conflicts(library, answer.citations, as_of) else data
    return None if named == data else Button(say("conflicts_button", answer.language), named)


def _with_quotes(data: str, cited: Sequence[Citation]) -> str:
    for citation in cited:
        quote = f":{citation.passage_id}.{citation.start}.{citation.end}"
        if citation.passage_id is not None and len(data + quote) <= DATA_BYTES:
            data += quote
    return data


def _asked_about(answer: Answer, now: datetime) -> datetime | None:
    return answer.as_of if now - answer.as_of > PRESENT else None


def pressed(data: str) -> Pressed:
    """Return the parsed data of a button."""
    _, moment, key, *rest = data.split(":")
    as_of = datetime.fromtimestamp(int(moment), UTC) if int(moment) else None
    if rest[0].isalpha():
        return Pressed(as_of, int(key), FigureKind(rest[0]))
    return Pressed(as_of, int(key), None, tuple(_quote(written) for written in rest))


def _quote(written: str) -> Quote:
    passage_id, start, end = (int(part) for part in written.split("."))
    return passage_id, start, end


def rivals(library: Library, asked: Pressed) -> Rivals | None:
    """Return the reports that conflict with an answer of any age; None if its articles were deleted."""
    if asked.kind is not None:
        return Rivals(sheet(library, asked.kind, asked.as_of, citing=True))
    found = [(quote, one) for quote in asked.quotes if (one := passage_in_context(library, *quote)) is not None]
    if not found:
        return None
    cited = [
        Citation(number, one.passage.article, start, end, passage_id)
        for number, ((passage_id, start, end), one) in enumerate(found, start=1)
    ]
    notes = {
        "superseded": any(not one.is_newest for _, one in found),
        "taken_back": any(one.withdrawn for _, one in found),
    }
    competing: Sequence[Series] = conflicts(library, cited, asked.as_of)
    listed = sheet_of(library, competing, asked.as_of, citing=True)
    return Rivals(listed, tuple(key for key, applies in notes.items() if applies))


def rivals_message(found: Rivals, language: str, last: Sequence[Button] = ()) -> Message:
    """Return the series, oldest report first, below the notes about the quotes; `last` is the last row of buttons."""
    heading = "\n".join(say(key, language) for key in ("conflicts", *found.notes))
    return sheet_message(found.sheet, language, heading, last)

"""Reports that conflict with an answer: the button under it, the series it opens, and text for a terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.figures.render import Sheet, sheet, sheet_of, sheet_text
from bot.locales import say
from bot.telegram.richtext import Button
from retrieval.answer.context import passage_in_context
from retrieval.answer.figures import conflicts
from retrieval.domain import Answer, Citation, FigureKind
from retrieval.store.library import Library

DATA_BYTES = 64
"""Telegram's limit on the data of a button; two to four sentences fit in."""

PRESENT = timedelta(minutes=1)
"""An answer as of a moment at most this long ago is about the present: its button shows today's conflicts."""


def rivals_text(library: Library, answer: Answer, now: datetime) -> str:
    """Return the reports that conflict with an answer, for a terminal; "" if there are none or it lists them itself.

    The numbers of their citations continue from the answer's.
    """
    as_of, cited = _asked_about(answer, now), answer.citations
    found = () if answer.figures else conflicts(library, cited, as_of)
    if not found:
        return ""
    listed = sheet_of(library, found, as_of, citing=True, below=cited)
    return f"{say('conflicting_figures', answer.language)}\n\n{sheet_text(listed, answer.language, len(cited))}"


def conflict_button(library: Library, answer: Answer, key: int, now: datetime) -> Button | None:
    """Return the button that opens the conflicting reports; None if there are none or the answer lists them.

    Its data is the moment asked about (0: now), the answer's exchange, and its kind of figure or sentences.
    """
    as_of = _asked_about(answer, now)
    unnamed = data = f"con:{int(as_of.timestamp()) if as_of else 0}:{key}"
    if answer.figures:
        kind, event = answer.figures[0].kind, answer.figures[0].event
        shown = sheet(library, kind, as_of, citing=False, event=event)
        if sum(len(one.entries) for one in shown.series) > len(answer.figures):
            data = f"{data}:{kind.value}" + (f".{event}" if event is not None else "")
    elif conflicts(library, answer.citations, as_of):
        for citation in answer.citations:
            sentence = f":{citation.passage_id}.{citation.answer_span.start}.{citation.answer_span.end}"
            if citation.passage_id is not None and len(data + sentence) <= DATA_BYTES:
                data += sentence
    return None if data == unnamed else Button(say("conflicts_button", answer.language), data)


def _asked_about(answer: Answer, now: datetime) -> datetime | None:
    return answer.as_of if now - answer.as_of > PRESENT else None


def rivals(library: Library, fields: Sequence[str]) -> tuple[Sheet, list[str]] | None:
    """Return the reports that conflict with an answer of any age, and the keys of the notes about its quotes.

    `fields` are those of its button. Returns None if the answer's articles were deleted.
    """
    moment, _, *named = fields
    as_of = datetime.fromtimestamp(int(moment), UTC) if int(moment) else None
    if named[0][0].isalpha():
        kind, _, event = named[0].partition(".")
        return sheet(library, FigureKind(kind), as_of, citing=True, event=int(event) if event else None), []
    cited, found = [], []
    for written in named:
        passage_id, start, end = (int(part) for part in written.split("."))
        opened = passage_in_context(library, passage_id, start, end)
        if opened is not None:
            found.append(opened)
            cited.append(Citation(len(found), opened.passage.article, start, end, passage_id))
    if not found:
        return None
    listed = sheet_of(library, conflicts(library, cited, as_of), as_of, citing=True)
    superseded, withdrawn = any(not one.is_newest for one in found), any(one.withdrawn for one in found)
    return listed, ["superseded"] * superseded + ["taken_back"] * withdrawn

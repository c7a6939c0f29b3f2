"""Render series of figures: numbered citations, lines of text, names of kinds and groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.ask.render import citation_rows, publisher_of
from bot.locales import LOCALES, moment_text, quotation, say, texts
from bot.telegram.richtext import Block, Button, Message, Run, message, plain
from retrieval.answer.compose import Quoted, citations, numbered
from retrieval.answer.figures import quoted_by, quoted_entry
from retrieval.answer.harmless import defang
from retrieval.domain import Citation, FigureKind, QuestionError, Span
from retrieval.figures.ledger import Entry, FigureStatus, Series
from retrieval.figures.records import series
from retrieval.store.library import Library

ROWS_IN_CHAT = 10
"""Rows of a series shown in one message: the newest ones."""

MOST_BUTTONS = 40


@dataclass(frozen=True, slots=True)
class Sheet:
    """Series with the citations of all their rows, numbered from 1."""

    series: tuple[Series, ...]
    quotes: tuple[Quoted, ...]
    citations: tuple[Citation, ...]
    as_of: datetime | None

    def number(self, entry: Entry) -> int:
        """Return the number of the citation that a row is read from."""
        return numbered(list(self.quotes), quoted_entry(entry))

    def number_of_by(self, entry: Entry) -> int | None:
        """Return the number of the citation that updated, contradicted or withdrew a row, if any."""
        by = quoted_by(entry)
        return None if by is None else numbered(list(self.quotes), by)


def sheet(library: Library, kind: FigureKind | None, as_of: datetime | None, *, citing: bool) -> Sheet:
    """Return the series of one kind, or of all, as of `as_of` (None: now); with citations if `citing`."""
    return sheet_of(library, series(library, None if kind is None else [kind], as_of), as_of, citing=citing)


def sheet_of(
    library: Library, found: Sequence[Series], as_of: datetime | None, *, citing: bool, below: Sequence[Citation] = ()
) -> Sheet:
    """Return these series, as of `as_of` (None: now); with citations if `citing`.

    They are shown below the citations `below`: numbers continue from those, and a quote cited there keeps its number.
    """
    quotes = [Quoted(c.article, Span(c.start, c.end), c.passage_id, c.speaker, c.withdrawn) for c in below]
    for entry in (entry for one in found for entry in one.entries):
        for quote in (quoted_entry(entry), quoted_by(entry)):
            if quote is not None:
                numbered(quotes, quote)
    cited = citations(library, quotes, as_of) if citing else ()
    return Sheet(tuple(found), tuple(quotes), cited, as_of)


def kind_named(name: str) -> FigureKind:
    """Return the kind of figure that a word in any language names. Raises QuestionError for an unknown word."""
    wanted = name.strip().casefold()
    for kind in FigureKind:
        if wanted == kind.value or any(wanted == say(f"kind.{kind.value}", language) for language in LOCALES):
            return kind
    known = ", ".join(FigureKind)
    raise QuestionError(f"There is no kind of figure {name!r}. Choose one of: {known}.", key="no_kind", name=name)


def picture(found: Sheet, language: str) -> bytes:
    """Return the series drawn as a PNG; see `chart`. Raises ValueError without a number."""
    from bot.figures.chart import chart

    names = {key: str(text) for key, text in texts(language).items() if key.startswith("group.")}
    title = ", ".join(say(f"kind.{kind.value}", language) for kind in dict.fromkeys(one.kind for one in found.series))
    names |= {key: say(key, language) for key in ("withdrawn", "unnamed", "others")}
    return chart(found.series, language, names | {"title": title[:1].upper() + title[1:]})


def sheet_text(found: Sheet, language: str, listed: int = 0) -> str:
    """Return the series as text for a terminal: one paragraph a series, one line a row, then the sources.

    The sources of the first `listed` citations are left out.
    """
    blocks = [_series_block(found, one, language, one.entries) for one in found.series]
    sources = [
        f"[{c.n}] {publisher_of(c.article, language)}, {moment_text(c.article.published, language)}: "
        + quotation(c.quote, language)
        for c in found.citations[listed:]
    ]
    parts = [*(plain(block) for block in blocks), "\n".join(sources)]
    return "\n\n".join(part for part in parts if part) if blocks else say("no_figures", language)


def sheet_message(found: Sheet, language: str, heading: str = "", last: Sequence[Button] = ()) -> Message:
    """Return the newest rows of each series as one Telegram message, with buttons to their passages.

    `heading` comes first, if there is one, and `last` is the last row of buttons.
    """
    if not found.series:
        return message([(Run(say("no_figures", language)),)])
    blocks: list[Block] = [(Run(heading, italic=True),)] if heading else []
    shown: list[int] = []
    for one in found.series:
        rows = one.entries[-ROWS_IN_CHAT:]
        blocks.append(_series_block(found, one, language, rows))
        shown += [found.number(entry) for entry in rows]
    visible = [n for n in dict.fromkeys(shown) if f"[{n}]" in message(blocks).plain]
    buttons = citation_rows(found.citations[n - 1] for n in visible[:MOST_BUTTONS])
    return message(blocks, [*buttons, *([last] if last else [])])


def _series_block(found: Sheet, one: Series, language: str, entries: Sequence[Entry]) -> Block:
    head = figure_name(one.kind, one.group, one.place, language)
    runs = [Run(f"{head[:1].upper()}{head[1:]}", bold=True)]
    for entry in entries:
        runs += _row(found, entry, language)
    return tuple(runs)


def figure_name(kind: FigureKind, group: str, place: str | None, language: str) -> str:
    """Return what a figure counts: its kind, its group unless that is everybody, and its place."""
    parts = [say(f"kind.{kind.value}", language)]
    if group != "total":
        parts.append(str(texts(language).get(f"group.{group}", group)))
    if place:
        parts.append(defang(place))
    return ", ".join(parts)


def _row(found: Sheet, entry: Entry, language: str) -> list[Run]:
    figure = entry.figure
    speaker = defang(figure.speaker) if figure.speaker else say("unnamed", language)
    gone = entry.status is FigureStatus.WITHDRAWN
    runs = [
        Run(f"\n{moment_text(entry.article.published, language)} · {speaker}: "),
        Run(defang(figure.wording.of(entry.article.text)), bold=not gone, struck=gone),
        Run(f" [{found.number(entry)}]"),
    ]
    by = found.number_of_by(entry)
    if by is not None:
        runs.append(Run(f" · {say(f'standing.{entry.status.value}', language, by=by)}", italic=True))
    return runs

"""Render series of figures: numbered citations, lines of text, names of kinds and groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.citations.render import citation_rows, publisher_of
from bot.citations.speakers import speaker_text
from bot.figures.standing import (
    bounds_text,
    days_text,
    event_button,
    good_text,
    heading_text,
    short_day,
    shortened,
    summary_block,
    unit_text,
    worded,
)
from bot.locales import LOCALES, day_text, moment_text, quotation, say, texts
from bot.telegram.richtext import Block, Button, Message, Run, message, plain
from retrieval.answer.compose import Place, Quoted, citations
from retrieval.answer.figures import quoted_by, quoted_entry
from retrieval.answer.harmless import defang
from retrieval.domain import Citation, EventHeading, FigureKind, QuestionError, Span
from retrieval.figures.keys import place_name
from retrieval.figures.ledger import Entry, FigureStatus, Series
from retrieval.figures.records import series
from retrieval.figures.standing import Repeated, is_drawable, summary, without_repeats
from retrieval.store.events import event_named, headings
from retrieval.store.library import Library

ROWS_IN_CHAT = 10
"""Rows of a series shown in one message: the newest ones."""

MOST_BUTTONS = 40
MOST_EVENTS = 6  # events shown in one message, the first ones
CHART_TITLE = 44  # characters of an event's title on its chart


@dataclass(frozen=True, slots=True)
class Sheet:
    """Series with the citations of all their rows, numbered from 1."""

    series: tuple[Series, ...]
    numbers: Mapping[Place, int]  # of the citations, by what they quote
    citations: tuple[Citation, ...]
    as_of: datetime | None
    events: Mapping[int, EventHeading]

    def number(self, entry: Entry) -> int:
        """Return the number of the citation that a row is read from."""
        return self.numbers[quoted_entry(entry).place]

    def number_of_by(self, entry: Entry) -> int | None:
        """Return the number of the citation that updated, contradicted or withdrew a row, if any."""
        by = quoted_by(entry)
        return None if by is None else self.numbers[by.place]


def sheet(
    library: Library, kind: FigureKind | None, as_of: datetime | None, *, citing: bool, event: int | None = None
) -> Sheet:
    """Return the series of one kind, or of all, as of `as_of` (None: now); with citations if `citing`.

    With `event`, of that event only, or of the one that it became part of. Raises QuestionError if there is none.
    """
    known = None if event is None else event_named(library.engine, event)
    if event is not None and known is None:
        raise QuestionError(f"There is no event {event}.", key="no_event", number=event)
    found = series(library, None if kind is None else [kind], as_of, None if known is None else [known])
    return sheet_of(library, found, as_of, citing=citing)


def sheet_of(
    library: Library, found: Sequence[Series], as_of: datetime | None, *, citing: bool, below: Sequence[Citation] = ()
) -> Sheet:
    """Return these series, as of `as_of` (None: now); with citations if `citing`.

    They are shown below the citations `below`: numbers continue from those, and a quote cited there keeps its number.
    """
    quotes = [Quoted(c.article, Span(c.start, c.end), c.passage_id, c.speaker, c.withdrawn) for c in below]
    numbers: dict[Place, int] = {}
    for number, quote in enumerate(quotes, start=1):
        numbers.setdefault(quote.place, number)
    for entry in (entry for one in found for entry in one.entries):
        for one in (quoted_entry(entry), quoted_by(entry)):
            if one is not None and one.place not in numbers:
                quotes.append(one)
                numbers[one.place] = len(quotes)
    cited = citations(library, quotes, as_of) if citing else ()
    events = headings(library.engine, {one.event for one in found}, as_of)
    return Sheet(tuple(found), numbers, cited, as_of, events)


def kind_named(name: str) -> FigureKind:
    """Return the kind of figure that a word in any language names. Raises QuestionError for an unknown word."""
    wanted = name.strip().casefold()
    for kind in FigureKind:
        if wanted == kind.value or any(wanted == say(f"kind.{kind.value}", language) for language in LOCALES):
            return kind
    known = ", ".join(FigureKind)
    raise QuestionError(f"There is no kind of figure {name!r}. Choose one of: {known}.", key="no_kind", name=name)


def charted(found: Sheet) -> list[Series]:
    """Return the series that a picture of them shows: those of the first event and its first kind with a number."""
    drawable = [one for one in found.series if is_drawable(one)]
    return [one for one in drawable if (one.event, one.kind) == (drawable[0].event, drawable[0].kind)]


def chart_button(found: Sheet, language: str, *, dark: bool) -> Button:
    """Return the button that draws the same chart on the other background."""
    first, to = charted(found)[0], "light" if dark else "dark"
    event = "" if first.event is None else first.event
    return Button(say(f"chart_{to}", language), f"chart:{first.kind.value}:{event}:{to}")


def picture(found: Sheet, language: str, *, dark: bool = False) -> bytes:
    """Return the figures of the first event and its first kind drawn as a PNG; see `chart`.

    Raises ValueError without a number.
    """
    from bot.figures.chart import DARK, LIGHT, chart

    drawn = charted(found)
    if not drawn:
        raise ValueError("there is no number to draw")
    kind = say(f"kind.{drawn[0].kind.value}", language)
    names = {key: str(text) for key, text in texts(language).items() if key.startswith(("group.", "office.", "good."))}
    names |= {key: say(key, language) for key in ("withdrawn", "unnamed", "others")}
    event = found.events.get(drawn[0].event) if drawn[0].event is not None else None
    named = {"title": kind[:1].upper() + kind[1:], "event": ""}
    if event is not None:
        title = quotation(shortened(event.title(language), CHART_TITLE), language)
        named["event"] = f"{title} · {days_text(event.first, event.last, language)}"
    return chart(drawn, language, names | named, DARK if dark else LIGHT)


def sheet_text(found: Sheet, language: str, listed: int = 0) -> str:
    """Return the series as text for a terminal, by event: what stands now, one line a report, then the sources.

    The sources of the first `listed` citations are left out.
    """
    blocks = [block for part in by_event(found.series) for block in event_blocks(found, part, language)]
    sources = [
        f"[{c.n}] {publisher_of(c.article, language)}, {moment_text(c.article.published, language)}: "
        + quotation(c.quote, language)
        for c in found.citations[listed:]
    ]
    parts = [*(plain(block) for block in blocks), "\n".join(sources)]
    return "\n\n".join(part for part in parts if part) if blocks else say("no_figures", language)


def sheet_message(found: Sheet, language: str, heading: str = "", last: Sequence[Button] = ()) -> Message:
    """Return what stands and the newest rows of each series as one Telegram message, with buttons to their passages.

    `heading` comes first, if there is one, and `last` is the last row of buttons. Of several events, each has a button
    that shows it alone.
    """
    if not found.series:
        return message([(Run(say("no_figures", language)),)])
    blocks: list[Block] = [(Run(heading, italic=True),)] if heading else []
    events = by_event(found.series)
    for part in events[:MOST_EVENTS]:
        blocks += event_blocks(found, part, language, ROWS_IN_CHAT)
    shown = [found.number(entry) for one in found.series for entry in one.entries]
    written = message(blocks).plain
    visible = [n for n in dict.fromkeys(shown) if f"[{n}]" in written]
    buttons = citation_rows(found.citations[n - 1] for n in visible[:MOST_BUTTONS])
    apart = event_buttons(found, [part[0] for part in events], language) if len(events) > 1 else []
    return message(blocks, [*buttons, *apart, *([last] if last else [])])


def by_event(found: Sequence[Series]) -> list[list[Series]]:
    """Return the series by event, the events in the order they first come."""
    parts: dict[int | None, list[Series]] = {}
    for one in found:
        parts.setdefault(one.event, []).append(one)
    return list(parts.values())


def event_buttons(found: Sheet, firsts: Sequence[Series], language: str) -> list[Sequence[Button]]:
    """Return a button for each event, which shows its figures alone; `firsts` are the first series of each."""
    return [
        [event_button(found.events[one.event], one.kind.value, language)]
        for one in firsts[:MOST_EVENTS]
        if one.event is not None and one.event in found.events
    ]


def event_blocks(found: Sheet, part: Sequence[Series], language: str, rows: int | None = None) -> list[Block]:
    """Return the figures of one event: its heading, what stands of each kind, and the newest `rows` reports."""
    event = found.events.get(part[0].event) if part[0].event is not None else None
    blocks: list[Block] = [(Run(heading_text(event, language), italic=True),)] if event is not None else []
    for kind in dict.fromkeys(one.kind for one in part):
        own = [one for one in part if one.kind is kind]
        blocks.append(summary_block([summary(one) for one in own], language))
        blocks += [_series_block(found, one, language, rows) for one in own]
    return blocks


def _series_block(found: Sheet, one: Series, language: str, rows: int | None) -> Block:
    head = figure_name(one.kind, one.group, one.place, language, one.day, one.places, one.good)
    runs = [Run(f"{head[:1].upper()}{head[1:]}", bold=True)]
    folded = without_repeats(one.entries)
    for repeated in folded[-rows:] if rows else folded:
        runs += _row(found, repeated, language, in_event=one.event in found.events)
    return tuple(runs)


def figure_name(
    kind: FigureKind,
    group: str,
    place: str | None,
    language: str,
    day: date | None = None,
    spellings: Sequence[tuple[str, str]] = (),
    good: str | None = None,
) -> str:
    """Return what a figure counts: its kind, its group unless that is everybody, its good, its place and its day.

    `spellings` are the names of the place by language, as `place_name` takes them.
    """
    parts = [say(f"kind.{kind.value}", language)]
    if group != "total":
        parts.append(str(texts(language).get(f"group.{group}", group)))
    if good:
        parts.append(good_text(good, language))
    if place:
        parts.append(defang(place_name(place, language, spellings)))
    if day:
        parts.append(day_text(day, language))
    return ", ".join(parts)


def _row(found: Sheet, repeated: Repeated, language: str, *, in_event: bool) -> list[Run]:
    """Return one line; below the heading of an event, which has the year, with the day only."""
    entry = repeated.entry
    figure = entry.figure
    when = (short_day if in_event else moment_text)(entry.article.published, language)
    gone = entry.status is FigureStatus.WITHDRAWN
    runs = [
        Run(f"\n{when} · {speaker_text(entry.figure.speaker, language)}: "),
        Run(bounds_text(figure.low, figure.high, language, approximate=figure.approximate), bold=not gone, struck=gone),
        Run(unit_text(figure.unit) if figure.kind is FigureKind.PRICE else ""),
        Run(worded(figure.wording.of(entry.article.text), language)),
        Run(f" [{found.number(entry)}]"),
    ]
    if repeated.articles > 1:
        runs.append(Run(f" ×{repeated.articles}"))
    by = found.number_of_by(entry)
    if by is not None:
        runs.append(Run(f" · {say(f'standing.{entry.status.value}', language, by=by)}", italic=True))
    return runs

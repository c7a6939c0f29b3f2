"""Render briefings and timelines as messages within Telegram's limits, or as text for a terminal."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import time, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from bot.citations.render import citation_rows, publisher_of, quoted, sources_block
from bot.citations.speakers import speaker_text
from bot.figures.render import figure_name
from bot.figures.standing import bounds_text, days_text, heading_text
from bot.locales import day_text, moment_text, quotation, say
from bot.telegram.richtext import (
    MESSAGE_ENTITIES,
    MESSAGE_UNITS,
    Block,
    Button,
    Message,
    Run,
    html,
    in_rows,
    message,
    messages,
    pack,
    plain,
    units,
)
from retrieval.answer.harmless import defang
from retrieval.answer.links import link_to_quote
from retrieval.briefing.brief import THIN
from retrieval.domain import Article, Briefing, Change, Citation, EventHeading, FigureReport, Span, Statement, Timeline

if TYPE_CHECKING:
    import telegram

LONGEST_NAME = 48
"""Characters shown of a publisher's or a speaker's name."""

MOST_CITATION_BUTTONS = 40
MOST_UNDATED = 5
LEAST_FOR_SHORT = 2
"""Stories from which a briefing is summed up in two lines at its top."""

MOST_IN_SHORT = 2
"""Figures in them."""

MOST_EVENTS = 6
"""Events that have a button under a timeline."""

# --- briefings ----------------------------------------------------------------------------------------


def brief_messages(briefing: Briefing) -> list[Message]:
    """Return the messages of a briefing, usually one; the last has buttons for stories, quotes and the document."""
    blocks = _brief_blocks(briefing, links=True)
    shown = "\n".join(plain(block) for block in blocks)
    return messages(blocks, _brief_buttons(briefing, _cited_in(shown, briefing.citations)))


def brief_text(briefing: Briefing) -> str:
    """Return a briefing for the terminal, with its sources."""
    blocks = _brief_blocks(briefing, links=False)
    if briefing.citations:
        blocks.append(sources_block(briefing.citations, briefing.language, links=False))
    return "\n\n".join(plain(block) for block in blocks)


def story_message(briefing: Briefing) -> Message:
    """Return one story in full, with the titles of its articles unless they would fill half a message."""
    language = briefing.language
    titles: list[Run] = []
    for article in briefing.lines[0].story.articles:
        title, when = Run(defang(article.title), href=article.url or ""), moment_text(article.published, language)
        titles += [Run("\n" if titles else ""), title, Run(f", {when}")]
    story = _block(*story_parts(briefing, _named(language, links=True))[0], "\n")
    blocks = [story, tuple(titles)] if units(plain(titles)) < MESSAGE_UNITS // 2 else [story]
    return message(blocks, citation_rows(_cited_in(message(blocks).plain, briefing.citations)))


def cited_passages(brief: "telegram.Message") -> dict[int, tuple[int, Span]]:
    """Return what the buttons of a sent brief open, by the citations' numbers: a passage, and a quote in it."""
    found = {}
    for button in (one for row in _keyboard(brief) for one in row):
        kind, *numbers = str(button.callback_data).split(":")
        if kind == "ctx":
            passage, start, end = map(int, numbers[:3])
            found[int(button.text.strip("[]"))] = (passage, Span(start, end))
    return found


def sources_message(citations: Sequence[Citation], language: str) -> Message:
    """Return the sources of a brief: publisher, time and title of each."""
    return message([sources_block(tuple(citations), language, links=True)], [])


def expanded(brief: "telegram.Message", pressed: str, found: Briefing) -> Message | None:
    """Return a brief that was sent with one of its stories at length, in its place, and without the button `pressed`.

    `found` is that story in full; what the message has of it already is not repeated, and its citations count on from
    the message's. None where the message has no such story, or no room for more.
    """
    buttons = [[Button(one.text, str(one.callback_data)) for one in row] for row in _keyboard(brief)]
    number = next((one.label.split()[-1] for row in buttons for one in row if one.data == pressed), "")
    single = tuple(say(f"change_{change.value}", found.language) for change in Change)
    written = brief.text or ""
    blocks, marked = written.split("\n\n"), brief.text_html.split("\n\n")
    at = next((n for n, block in enumerate(blocks) if block.startswith((f"{number}. ", *single))), None)
    if at is None or len(blocks) != len(marked):
        return None
    story = _counted_on(found, max((int(n) for n in re.findall(r"\[(\d+)\]", written)), default=0))
    said = [_statement(story, one, _named(story.language, links=True)) for one in story.lines[0].statements]
    own = list(chain.from_iterable([Run("\n"), *row] for row in said if row[0].text not in blocks[at]))
    if not own:
        own = [Run("\n"), Run(say("brief_no_more", story.language), italic=True)]
    blocks[at] += plain(own)
    marked[at] += html(own)
    rows = [[one for one in row if one.data != pressed] for row in buttons]
    rows += [list(row) for row in citation_rows(_cited_in(plain(own), story.citations))]
    text, markup = "\n\n".join(blocks), "\n\n".join(marked)
    if units(text) > MESSAGE_UNITS or len(re.findall(r"<\w", markup)) > MESSAGE_ENTITIES:
        return None
    return Message(markup, text, tuple(tuple(row) for row in rows if row))


def _keyboard(sent: "telegram.Message") -> "Sequence[Sequence[telegram.InlineKeyboardButton]]":
    return sent.reply_markup.inline_keyboard if sent.reply_markup else ()


def _counted_on(found: Briefing, last: int) -> Briefing:
    """Return the briefing of one story with its citations counted from after `last`."""
    [line] = found.lines
    statements = tuple(replace(s, citations=tuple(n + last for n in s.citations)) for s in line.statements)
    cited = tuple(replace(citation, n=citation.n + last) for citation in found.citations)
    return replace(found, lines=(replace(line, statements=statements),), citations=cited)


Cite = Callable[[Citation], list[Run]]
"""Returns the mark of a citation, which follows its quote."""

Part = tuple[list[Run], list[list[Run]]]
"""The heading of a story or of a section, and its lines."""


def _named(language: str, *, links: bool) -> Cite:
    """Return the mark of a chat: the publisher and the number, which links to the quote if `links`."""

    def cite(citation: Citation) -> list[Run]:
        publisher = _shortened(publisher_of(citation.article, language))
        return [Run(f" — {publisher} "), *_numbered(links)(citation)]

    return cite


def _numbered(links: bool) -> Cite:
    """Return the mark that is the number alone."""

    def cite(citation: Citation) -> list[Run]:
        return [Run(f"[{citation.n}]", href=link_to_quote(citation.article.url, citation.quote) if links else "")]

    return cite


def _brief_blocks(briefing: Briefing, *, links: bool) -> list[Block]:
    language = briefing.language
    head = [Run(title_text(briefing), bold=True)]
    if briefing.article_count:
        head.append(Run(f"\n{extent_text(briefing)}", italic=True))
    short = short_parts(briefing, _numbered(links))
    summed = [_block([Run(say("brief_in_short", language), bold=True)], short, "\n")] if short else []
    blocks: list[Block] = [tuple(head), *summed, *((Run(say(note, language), italic=True),) for note in briefing.notes)]
    if not briefing.lines and not briefing.figures:
        empty = say("brief_nothing_new", language) if briefing.article_count else extent_text(briefing)
        sections = section_parts(briefing, _named(language, links=links), _numbered(links))
        return [*blocks, *([(Run(empty),)] if empty else []), *(_block(*part, "\n• ") for part in sections)]
    stories = [_block(*part, "\n") for part in story_parts(briefing, _named(language, links=links))]
    sections = section_parts(briefing, _named(language, links=links), _numbered(links))
    return [*blocks, *stories, *(_block(*part, "\n• ") for part in sections)]


def _block(heading: Sequence[Run], lines: Iterable[Sequence[Run]], before: str) -> Block:
    return (*heading, *(run for line in lines for run in (Run(before), *line)))


def title_text(briefing: Briefing) -> str:
    if not briefing.topic:
        return say("brief_head", briefing.language, window=window_text(briefing))
    topic = defang(_shortened(briefing.topic))
    language, window = briefing.language, window_text(briefing)
    if briefing.topic_is_quoted:
        return say("brief_head_quoted", language, topic=quotation(topic, language), window=window)
    return say("brief_head_topic", language, topic=topic, window=window)


def short_parts(briefing: Briefing, cite_figure: Cite) -> list[list[Run]]:
    """Return the two lines of "in short": how many stories are new, and the figures that moved most."""
    if len(briefing.lines) < LEAST_FOR_SHORT:
        return []
    counts = Counter(line.change for line in briefing.lines)
    marks = [
        f"{say(f'change_{change.value}', briefing.language)} {counts[change]}" for change in Change if counts[change]
    ]
    lines = [[Run(" · ".join(marks))]]
    moves = [_move(briefing, at, cite_figure) for at in range(min(len(briefing.figures), MOST_IN_SHORT))]
    if moves:
        lines.append([run for move in moves for run in (Run("; "), *move)][1:])
    return lines


def extent_text(briefing: Briefing) -> str:
    """Return the numbers of articles and publishers of a briefing, and that there are few, with when there were more.

    Without any, return the time of the newest article.
    """
    language, newest = briefing.language, briefing.newest_article_at or briefing.newest_elsewhere
    when = moment_text(newest, language)
    if not briefing.article_count and newest is None:
        return "" if briefing.notes else say("brief_empty_library", language)
    if not briefing.article_count:
        return say("brief_empty", language, newest=when)
    counts = {
        "articles": briefing.article_count,
        "publishers": briefing.publisher_count,
        "origins": briefing.origin_count,
    }
    extent = say("brief_counts", language, **counts, newest=moment_text(briefing.newest_article_at, language))
    if briefing.article_count > THIN or briefing.topic:
        return extent
    few = "brief_thin_after" if briefing.newest_elsewhere else "brief_thin"
    return f"{extent}\n{say(few, language, newest=moment_text(briefing.newest_elsewhere, language))}"


def window_text(briefing: Briefing) -> str:
    """Return the window of a briefing: one day, the first and the last of several, or its two moments."""
    since, until, language = briefing.since, briefing.until, briefing.language
    if since.time() == time() and until.time() == time():
        return days_text(since.date(), until.date() - timedelta(days=1), language)
    return f"{moment_text(since, language)} – {moment_text(until, language)}"


def story_parts(briefing: Briefing, cite: Cite) -> list[Part]:
    """Return each story's number, change and number of sources, and its statements."""
    language, parts = briefing.language, []
    for number, line in enumerate(briefing.lines, start=1):
        change = say(f"change_{line.change.value}", language)
        heading = [Run(f"{number}. {change}" if len(briefing.lines) > 1 else change, bold=True)]
        if line.story.origins > 1:
            heading.append(Run(" · " + say("brief_origins", language, count=line.story.origins)))
        rows = [_statement(briefing, statement, cite) for statement in line.statements]
        if line.before is not None:
            rows.append(_before(briefing, line.before, cite))
        parts.append((heading, rows))
    return parts


def section_parts(briefing: Briefing, cite: Cite, cite_figure: Cite) -> list[Part]:
    """Return the sections below the stories: figures that are new or changed, disputed ones, open questions."""
    disputed = []
    for one in briefing.disputed:
        sides = [_report(briefing, side, cite_figure, named=True) for side in one.sides]
        name = figure_name(one.kind, one.group, one.place, briefing.language, spellings=one.places)
        disputed.append([Run(f"{name}: "), *[run for side in sides for run in (Run(" ≠ "), *side)][1:]])
    lines = {
        "brief_figures": [_move(briefing, at, cite_figure) for at in range(len(briefing.figures))],
        "brief_disputed": disputed,
        "brief_unknown": [_statement(briefing, statement, cite) for statement in briefing.unknown],
        "brief_undated": [_undated(briefing, article) for article in briefing.undated[:MOST_UNDATED]],
    }
    return [([Run(say(key, briefing.language), bold=True)], rows) for key, rows in lines.items() if rows]


def _undated(briefing: Briefing, article: Article) -> list[Run]:
    publisher = _shortened(publisher_of(article, briefing.language))
    return [Run(quotation(_shortened(article.title), briefing.language)), Run(f" — {publisher}")]


def _statement(briefing: Briefing, statement: Statement, cite: Cite) -> list[Run]:
    """Return a statement's quotes, each with the mark of its citation."""
    cited = [citation for citation in briefing.citations if citation.n in statement.citations]
    first = next((c for c in cited if c.quote == statement.text), None)
    language = briefing.language
    runs = [Run(quoted(first, language) if first else defang(statement.text))]
    for citation in cited:
        runs += [] if first else [Run("\n"), Run(quoted(citation, language), italic=True)]
        runs += cite(citation)
    if any(citation.withdrawn for citation in cited):
        runs.append(Run(f" {say('brief_withdrawn', language)}", bold=True))
    return runs


def _before(briefing: Briefing, statement: Statement, cite: Cite) -> list[Run]:
    """Return what a story's statements replace, with the day it was published."""
    [citation] = [citation for citation in briefing.citations if citation.n in statement.citations]
    when = moment_text(citation.article.published, briefing.language)
    said = say("brief_before", briefing.language, when=when)
    return [Run(f"{said} ", italic=True), *_statement(briefing, statement, cite)]


def _move(briefing: Briefing, at: int, cite: Cite) -> list[Run]:
    """Return how a figure stands now, or that it was withdrawn, and how it stood before."""
    move, language = briefing.figures[at], briefing.language
    withdrawn = move.change is Change.WITHDRAWN
    runs = [Run(f"{figure_name(move.kind, move.group, move.place, language, spellings=move.places)}: ")]
    if withdrawn:
        [citation] = [c for c in briefing.citations if c.n == move.now.citation]
        runs += [Run(say("withdrawn", language) + " "), *cite(citation)]
    else:
        runs += _report(briefing, move.now, cite, named=True)
    if move.change is Change.CONTRADICTED:
        runs.append(Run(f" ({say('change_contradicted', language).lower()})"))
    if move.was is not None:
        runs += [Run(say("brief_figure_before", language)), *_report(briefing, move.was, cite, struck=withdrawn)]
    return runs


def _report(
    briefing: Briefing, report: FigureReport, cite: Cite, *, named: bool = False, struck: bool = False
) -> list[Run]:
    said = f" ({_shortened(speaker_text(report.speaker, briefing.language))})" if named and report.speaker else ""
    [citation] = [c for c in briefing.citations if c.n == report.citation]
    number = "" if citation.article.language == briefing.language else _number(report, briefing.language)
    wording = number or quotation(defang(" ".join(report.wording.split())), briefing.language)
    return [Run(wording, struck=struck or citation.withdrawn), Run(f"{said} "), *cite(citation)]


def _number(report: FigureReport, language: str) -> str:
    """Return the number of a report worded in another language: “двух” is 2 to who reads Spanish."""
    return bounds_text(report.low, report.high, language)


def _shortened(name: str) -> str:
    name = " ".join(name.split())
    return defang(name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…")


def _brief_buttons(briefing: Briefing, shown: Sequence[Citation]) -> list[Sequence[Button]]:
    since, until = (int(at.timestamp()) for at in (briefing.since, briefing.until))
    language, other_day = briefing.language, []
    if briefing.newest_elsewhere is not None:
        day = briefing.newest_elsewhere.at.date()
        other_day = [Button(say("brief_head", language, window=day_text(day, language)), f"brief:{day.isoformat()}")]
    if not briefing.lines:
        return [other_day] if other_day else []
    more = [
        Button(f"{say('brief_more', language)} {at}", f"more:{since}:{until}:{line.story.id}")
        for at, line in enumerate(briefing.lines, start=1)
    ]
    documents = [
        Button(say("brief_document", language), f"doc:{since}:{until}"),
        Button("PDF", f"pdf:{since}:{until}"),
        Button(say("brief_sources", language), "sources"),
    ]
    rows = [*in_rows(more, 4), documents, *citation_rows(shown[:MOST_CITATION_BUTTONS])]
    return [*rows, other_day] if other_day else rows


# --- timelines ----------------------------------------------------------------------------------------


def timeline_messages(timeline: Timeline, language: str, topic: str = "") -> list[Message]:
    """Return the messages of a timeline; the buttons of each open its quotes.

    Of several events, each has a button below the last that shows it alone.
    """
    packed = pack(_timeline_blocks(timeline, language, topic, sources=False))
    rows = [citation_rows(_cited_in(plain(block), timeline.citations)) for block in packed]
    if len(timeline.events) > 1:
        rows[-1] += [[_event_button(event, language)] for event in timeline.events[:MOST_EVENTS]]
    return [message([block], below) for block, below in zip(packed, rows, strict=True)]


def _event_button(event: EventHeading, language: str) -> Button:
    title = f"{_shortened(event.title(language))} · {days_text(event.first, event.last, language)}"
    return Button(title, f"timeline:{event.id}")


def timeline_text(timeline: Timeline, language: str, topic: str = "") -> str:
    """Return a timeline for the terminal, with its sources; of several events, with their titles and numbers."""
    blocks = [plain(block) for block in _timeline_blocks(timeline, language, topic, sources=True)]
    headings = [heading_text(event, language) for event in timeline.events] if len(timeline.events) > 1 else []
    return "\n\n".join([*blocks, *(["\n".join(headings)] if headings else [])])


def _timeline_blocks(timeline: Timeline, language: str, topic: str, *, sources: bool) -> list[Block]:
    if not timeline.days:
        return [(Run(say("brief_no_topic" if topic else "timeline_empty", language)),)]
    title = f"{say('command.timeline', language)}: {quotation(_shortened(topic), language)}"
    blocks: list[Block] = [(Run(title, bold=True),)] if topic else []
    for day in timeline.days:
        lines = [Run(day_text(day.day, language), bold=True)]
        for statement in day.statements:
            cited = [citation for citation in timeline.citations if citation.n in statement.citations]
            marks = "".join(f" [{citation.n}]" for citation in cited)
            lines += [Run("\n"), Run(quoted(cited[0], language), struck=cited[0].withdrawn), Run(marks)]
        blocks.append(tuple(lines))
    if sources:
        blocks.append(sources_block(timeline.citations, language, links=False))
    return blocks


def _cited_in(text: str, citations: Iterable[Citation]) -> list[Citation]:
    return [citation for citation in citations if f"[{citation.n}]" in text]

"""Render briefings and timelines as messages within Telegram's limits, or as text for a terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from bot.ask.render import BUTTONS_A_ROW, context_data, quoted, sources_block
from bot.figures.render import figure_name
from bot.locales import day_text, moment_text, quotation, say
from bot.telegram.richtext import MESSAGE_UNITS, Block, Button, Message, Run, html, pack, plain, units
from retrieval.answer.harmless import defang
from retrieval.answer.links import link_to_quote
from retrieval.domain import (
    Article,
    Briefing,
    BriefingLine,
    Change,
    Citation,
    Dispute,
    FigureMove,
    FigureReport,
    Statement,
    Timeline,
)

LONGEST_NAME = 48
"""Characters shown of a publisher's or a speaker's name."""

MOST_CITATION_BUTTONS = 40

# --- briefings ----------------------------------------------------------------------------------------


def brief_messages(briefing: Briefing) -> list[Message]:
    """Return the messages of a briefing, usually one; the last has buttons for stories, quotes and the document."""
    packed = pack(_brief_blocks(briefing, links=True))
    last = len(packed) - 1
    return [
        Message(html(block), plain(block), _brief_buttons(briefing, packed) if number == last else ())
        for number, block in enumerate(packed)
    ]


def brief_text(briefing: Briefing) -> str:
    """Return a briefing for the terminal, with its sources."""
    blocks = _brief_blocks(briefing, links=False)
    if briefing.citations:
        blocks.append(sources_block(briefing.citations, briefing.language, links=False))
    return "\n\n".join(plain(block) for block in blocks)


def story_message(briefing: Briefing) -> Message:
    """Return one story in full, with the titles of its articles."""
    line = briefing.lines[0]
    blocks: list[Block] = [_line_block(briefing, line, links=True), *_titles(line.story.articles, briefing.language)]
    block = pack(blocks)[0]
    return Message(html(block), plain(block), citation_rows(_cited_in(block, briefing.citations)))


def _brief_blocks(briefing: Briefing, *, links: bool) -> list[Block]:
    language = briefing.language
    blocks: list[Block] = [_head(briefing)]
    blocks += [(Run(say(note, language), italic=True),) for note in briefing.notes]
    if not briefing.lines and not briefing.figures:
        return [*blocks, _empty(briefing)]
    blocks += [_line_block(briefing, line, links) for line in briefing.lines]
    if briefing.figures:
        rows = [_move_runs(briefing, move, links) for move in briefing.figures]
        blocks.append(_section("brief_figures", language, rows))
    if briefing.disputed:
        rows = [_dispute_runs(briefing, dispute, links) for dispute in briefing.disputed]
        blocks.append(_section("brief_disputed", language, rows))
    if briefing.unknown:
        rows = [_quote_runs(briefing, statement, links) for statement in briefing.unknown]
        blocks.append(_section("brief_unknown", language, rows))
    return blocks


def _head(briefing: Briefing) -> Block:
    language = briefing.language
    counts = say(
        "brief_counts",
        language,
        articles=briefing.article_count,
        origins=briefing.origin_count,
        newest=moment_text(briefing.newest_article_at, language),
    )
    runs = [Run(say("brief_head", language, window=window_text(briefing)), bold=True)]
    return (*runs, Run(f"\n{counts}", italic=True)) if briefing.article_count else tuple(runs)


def window_text(briefing: Briefing) -> str:
    """Return the window of a briefing: one day, or its two ends."""
    since, until, language = briefing.since, briefing.until, briefing.language
    if since.time() == time() and until.time() == time() and until.date() - since.date() == timedelta(days=1):
        return day_text(since.date(), language)
    return f"{moment_text(since, language)} – {moment_text(until, language)}"


def _empty(briefing: Briefing) -> Block:
    language = briefing.language
    if briefing.article_count:
        return (Run(say("brief_nothing_new", language)),)
    if briefing.newest_elsewhere is None:
        return (Run(say("brief_empty_library", language)),)
    return (Run(say("brief_empty", language, newest=moment_text(briefing.newest_elsewhere, language))),)


def _line_block(briefing: Briefing, line: BriefingLine, links: bool) -> Block:
    language = briefing.language
    number = f"{briefing.lines.index(line) + 1}. " if len(briefing.lines) > 1 else ""
    head = say(f"change_{line.change.value}", language)
    runs = [Run(f"{number}{head}", bold=True)]
    if line.story.origins > 1:
        runs.append(Run(" · " + say("brief_origins", language, count=line.story.origins)))
    for statement in line.statements:
        runs += [Run("\n"), *_quote_runs(briefing, statement, links)]
    return tuple(runs)


def _section(key: str, language: str, rows: Sequence[Sequence[Run]]) -> Block:
    runs = [Run(say(key, language), bold=True)]
    for row in rows:
        runs += [Run("\n• "), *row]
    return tuple(runs)


def _quote_runs(briefing: Briefing, statement: Statement, links: bool) -> list[Run]:
    """Return a statement's quotes, each with its publisher and the mark of its citation."""
    cited = _cited(briefing, statement.citations)
    first = next((c for c in cited if c.quote == statement.text), None)
    language = briefing.language
    runs = [Run(quoted(first, language) if first else defang(statement.text))]
    for citation in cited:
        runs += [] if first else [Run("\n"), Run(quoted(citation, language), italic=True)]
        runs += [Run(f" {_source(citation.article, language)} "), _mark(citation, links)]
    if any(citation.withdrawn for citation in cited):
        runs.append(Run(f" {say('brief_withdrawn', language)}", bold=True))
    return runs


def _source(article: Article, language: str) -> str:
    name = article.publisher or article.agency or say("unknown_publisher", language)
    return f"— {_shortened(name)}"


def _mark(citation: Citation, links: bool) -> Run:
    href = link_to_quote(citation.article.url, citation.quote) if links else ""
    return Run(f"[{citation.n}]", href=href)


def _move_runs(briefing: Briefing, move: FigureMove, links: bool) -> list[Run]:
    language = briefing.language
    runs = [Run(f"{figure_name(move.kind, move.group, move.place, language)}: ")]
    if move.was is not None:
        runs += [*_report_runs(briefing, move.was, links, struck=move.change is Change.WITHDRAWN), Run(" → ")]
    if move.change is Change.WITHDRAWN:
        runs += [Run(say("withdrawn", language) + " "), *_marks(briefing, move.now, links)]
        return runs
    runs += _report_runs(briefing, move.now, links, named=True)
    if move.change is Change.CONTRADICTED:
        runs.append(Run(f" ({say('change_contradicted', language).lower()})"))
    return runs


def _dispute_runs(briefing: Briefing, dispute: Dispute, links: bool) -> list[Run]:
    runs = [Run(f"{figure_name(dispute.kind, dispute.group, dispute.place, briefing.language)}: ")]
    for at, side in enumerate(dispute.sides):
        runs += [Run(" ≠ ")] if at else []
        runs += _report_runs(briefing, side, links, named=True)
    return runs


def _report_runs(
    briefing: Briefing, report: FigureReport, links: bool, *, named: bool = False, struck: bool = False
) -> list[Run]:
    said = f" ({_shortened(report.speaker)})" if named and report.speaker else ""
    struck = struck or any(citation.withdrawn for citation in _cited(briefing, (report.citation,)))
    wording = defang(" ".join(report.wording.split()))
    return [
        Run(quotation(wording, briefing.language), struck=struck),
        Run(f"{said} "),
        *_marks(briefing, report, links),
    ]


def _marks(briefing: Briefing, report: FigureReport, links: bool) -> list[Run]:
    return [_mark(citation, links) for citation in _cited(briefing, (report.citation,))]


def _shortened(name: str) -> str:
    name = " ".join(name.split())
    return defang(name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…")


def _cited(briefing: Briefing, numbers: Sequence[int]) -> list[Citation]:
    return [citation for citation in briefing.citations if citation.n in numbers]


def _brief_buttons(briefing: Briefing, packed: Sequence[Block]) -> tuple[tuple[Button, ...], ...]:
    since, until = stamp(briefing.since), stamp(briefing.until)
    if not briefing.lines:
        newest = briefing.newest_elsewhere
        return ((Button(_day_label(briefing), f"brief:{newest.at.date().isoformat()}"),),) if newest else ()
    more = [
        Button(f"{say('brief_more', briefing.language)} {at}", f"more:{since}:{until}:{line.story.id}")
        for at, line in enumerate(briefing.lines, start=1)
    ]
    rows = [tuple(more[at : at + 4]) for at in range(0, len(more), 4)]
    document = (Button(say("brief_document", briefing.language), f"doc:{since}:{until}"),)
    held = [citation for block in packed for citation in _cited_in(block, briefing.citations)]
    return (*rows, document, *citation_rows(held[:MOST_CITATION_BUTTONS]))


def _day_label(briefing: Briefing) -> str:
    assert briefing.newest_elsewhere is not None
    day = day_text(briefing.newest_elsewhere.at.date(), briefing.language)
    return say("brief_head", briefing.language, window=day)


def stamp(at: datetime) -> int:
    """Return a moment as callback data: seconds since 1970."""
    return int(at.timestamp())


def _titles(articles: Sequence[Article], language: str) -> list[Block]:
    """Return the linked titles of a story's articles as one block; none where they would fill half a message."""
    runs: list[Run] = []
    for article in articles:
        title, when = defang(article.title), moment_text(article.published, language)
        runs += [Run("\n" if runs else ""), Run(title, href=article.url or ""), Run(f", {when}")]
    return [tuple(runs)] if units(plain(runs)) < MESSAGE_UNITS // 2 else []


# --- timelines ----------------------------------------------------------------------------------------


def timeline_messages(timeline: Timeline, language: str) -> list[Message]:
    """Return the messages of a timeline; the buttons of each open its quotes."""
    packed = pack(_timeline_blocks(timeline, language, sources=False))
    return [Message(html(block), plain(block), citation_rows(_cited_in(block, timeline.citations))) for block in packed]


def timeline_text(timeline: Timeline, language: str) -> str:
    """Return a timeline for the terminal, with its sources."""
    return "\n\n".join(plain(block) for block in _timeline_blocks(timeline, language, sources=True))


def _timeline_blocks(timeline: Timeline, language: str, *, sources: bool) -> list[Block]:
    if not timeline.days:
        return [(Run(say("timeline_empty", language)),)]
    blocks: list[Block] = []
    for day in timeline.days:
        lines = [Run(day_text(day.day, language), bold=True)]
        for statement in day.statements:
            lines += [Run("\n"), *statement_runs(statement, timeline.citations, language)]
        blocks.append(tuple(lines))
    if sources:
        blocks.append(sources_block(timeline.citations, language, links=False))
    return blocks


def statement_runs(statement: Statement, citations: Iterable[Citation], language: str) -> list[Run]:
    """Return a statement as a quote with the numbers of its citations."""
    cited = [citation for citation in citations if citation.n in statement.citations]
    marks = "".join(f" [{citation.n}]" for citation in cited)
    return [Run(quoted(cited[0], language), struck=cited[0].withdrawn), Run(marks)]


def citation_rows(citations: Iterable[Citation]) -> tuple[tuple[Button, ...], ...]:
    """Return rows of buttons that open each citation's passage in its context."""
    buttons = tuple(Button(f"[{c.n}]", context_data(c)) for c in citations if c.passage_id is not None)
    return tuple(buttons[at : at + BUTTONS_A_ROW] for at in range(0, len(buttons), BUTTONS_A_ROW))


def _cited_in(block: Block, citations: Iterable[Citation]) -> list[Citation]:
    text = plain(block)
    return [citation for citation in citations if f"[{citation.n}]" in text]

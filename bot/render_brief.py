"""Pure: briefings and timelines -> messages within every limit of Telegram, and text for a terminal."""

from collections.abc import Iterable

from bot.locales import day_text, say
from bot.render import BUTTONS_A_ROW, Button, Message, context_data, quoted, sources_block
from bot.richtext import Block, Run, html, pack, plain
from retrieval.domain import Citation, Statement, Timeline


def timeline_messages(timeline: Timeline, language: str) -> list[Message]:
    """Return the messages of a timeline; each one's buttons open the quotes in it."""
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
            lines += [Run("\n"), *statement_runs(statement, timeline.citations)]
        blocks.append(tuple(lines))
    if sources:
        blocks.append(sources_block(timeline.citations, language, links=False))
    return blocks


def statement_runs(statement: Statement, citations: Iterable[Citation]) -> list[Run]:
    """Return a statement as a quote with the numbers of its citations."""
    cited = [citation for citation in citations if citation.n in statement.citations]
    marks = "".join(f" [{citation.n}]" for citation in cited)
    return [Run(quoted(cited[0]), struck=cited[0].withdrawn), Run(marks)]


def citation_rows(citations: Iterable[Citation]) -> tuple[tuple[Button, ...], ...]:
    """Return rows of buttons that open each citation's passage in its context."""
    buttons = tuple(Button(f"[{c.n}]", context_data(c)) for c in citations if c.passage_id is not None)
    return tuple(buttons[at : at + BUTTONS_A_ROW] for at in range(0, len(buttons), BUTTONS_A_ROW))


def _cited_in(block: Block, citations: Iterable[Citation]) -> list[Citation]:
    text = plain(block)
    return [citation for citation in citations if f"[{citation.n}]" in text]

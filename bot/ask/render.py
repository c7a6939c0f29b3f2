"""Render answers and their citations as messages within Telegram's limits, or as text for a terminal."""

from collections.abc import Sequence

from bot.citations.render import citation_rows, publisher_of, quoted, sources_block, tidy
from bot.citations.speakers import said_by, speaker_text
from bot.figures.standing import (
    bounds_text,
    days_text,
    event_button,
    heading_text,
    short_day,
    summary_block,
    worded,
)
from bot.locales import age_text, day_text, language_list, moment_text, quotation, say, texts
from bot.telegram.richtext import Block, Button, Message, Run, message, messages, plain
from retrieval.answer.ask import LANGUAGE_UNKNOWN
from retrieval.answer.context import PassageInContext, SourceCard
from retrieval.answer.harmless import defang
from retrieval.answer.links import link_to_quote
from retrieval.domain import Answer, Article, Citation, FigureRow, FirstLine, Span, Statement, Status
from retrieval.reader.reader import STATEMENTS
from retrieval.store.chats.disputes import Disputed


def answer_messages(
    answer: Answer, key: int | None = None, length: int = 0, heading: str = "", further: Sequence[Button] = ()
) -> list[Message]:
    """Return the messages of an answer below its heading, if any; the last one carries the buttons.

    `key` names the exchange for the buttons that need it in memory; without it there are citation buttons only.
    `length` is the number of statements asked for; `further` buttons are a row of their own.
    """
    headed: list[Block] = [(Run(heading, bold=True),)] if heading else []
    rows = citation_rows(answer.citations or answer.nearest, key)
    if key is not None and answer.status is Status.ANSWERED:
        level = 0 if length <= 1 else 2 if length > STATEMENTS else 1
        near = {"shorter": level - 1, "longer": level + 1}
        row = [Button(say(name, answer.language), f"len:{key}:{to}") for name, to in near.items() if 0 <= to <= 2]
        rows.append([*row, Button(say("asof_button", answer.language), "asof")])
    return messages([*headed, *_answer_blocks(answer)], [*rows, *([further] if further else []), *_event_rows(answer)])


def _event_rows(answer: Answer) -> list[Sequence[Button]]:
    """Return a button for each event that a question about figures may mean too, if several fit or others have some."""
    events = [*(answer.events if len(answer.events) > 1 else ()), *answer.other_events]
    kind = answer.figures[0].kind.value if answer.figures else ""
    return [[event_button(event, kind, answer.language)] for event in events]


def answer_text(answer: Answer) -> str:
    """Return an answer for the terminal."""
    return "\n\n".join(plain(block) for block in _answer_blocks(answer, links=False))


def _answer_blocks(answer: Answer, links: bool = True) -> list[Block]:
    if LANGUAGE_UNKNOWN in answer.notes:
        return [(Run(say(LANGUAGE_UNKNOWN, answer.language, languages=language_list(answer.language)), bold=True),)]
    blocks: list[Block] = [(Run(say(note, answer.language), italic=True),) for note in answer.notes]
    if answer.first_line is not None:
        blocks.append(_first_line_block(answer.first_line, answer.citations, answer.language))
    if answer.figures:
        blocks += figures_blocks(answer)
    if answer.status is Status.ABSTAINED:
        blocks.append((Run(say("abstained", answer.language), bold=True),))
        if answer.nearest:
            blocks.append((Run(say("nearest", answer.language)),))
            blocks.extend(_quote_block(c, answer.language) for c in answer.nearest)
    else:
        blocks.extend(_statement_block(answer, statement) for statement in answer.statements)
        if answer.conflicting:
            blocks.append((Run(say("conflicts", answer.language), bold=True),))
            blocks.extend(_statement_block(answer, statement) for statement in answer.conflicting)
    shown = answer.citations or answer.nearest
    if shown:
        blocks.append(sources_block(shown, answer.language, links))
    blocks.append((Run(_moment_line(answer), italic=True),))
    return blocks


def _first_line_block(first: FirstLine, citations: Sequence[Citation], language: str) -> Block:
    """Return the first line: the answer in the quote's own words, the day it means, who says so and when."""
    citation = next(c for c in citations if c.n == first.citation)
    article = citation.article
    day = f" ({day_text(first.day, language)})" if first.day and str(first.day.year) not in first.text else ""
    publisher = defang(publisher_of(article, language))
    who = say("says", language, speaker=said_by(citation, language)) if citation.speaker else publisher
    when = moment_text(article.published, language)
    return (Run(defang(" ".join(first.text.split())), bold=True), Run(f"{day} [{first.citation}] · {who}, {when}"))


def figures_blocks(answer: Answer) -> list[Block]:
    """Return the figures of each event: its heading, then of each kind what stands now, and one line a report.

    Withdrawn ones are struck out, with the time of the withdrawal.
    """
    language = answer.language
    known = {event.id: event for event in answer.events}
    blocks: list[Block] = []
    for event in dict.fromkeys(row.event for row in answer.figures):
        if event in known:
            blocks.append((Run(heading_text(known[event], language), italic=True),))
        rows = [row for row in answer.figures if row.event == event]
        for kind in dict.fromkeys(row.kind for row in rows):
            if stands := [one for one in answer.summaries if (one.event, one.kind) == (event, kind)]:
                blocks.append(summary_block(stands, language))
            blocks.append(_rows_block([row for row in rows if row.kind is kind], language))
    return blocks


def _rows_block(rows: Sequence[FigureRow], language: str) -> Block:
    runs: list[Run] = []
    for row in rows:
        group = "" if row.group == "total" else f" ({texts(language).get(f'group.{row.group}', row.group)})"
        gone = row.standing == "withdrawn"
        number = bounds_text(row.low, row.high, language, approximate=row.approximate)
        runs += [
            Run(("\n" if runs else "") + f"{short_day(row.published, language)} · "),
            Run(f"{speaker_text(row.speaker, language)}: "),
            Run(number or defang(row.wording), bold=not gone, struck=gone),
            Run(worded(row.wording, language) if number else ""),
            Run(f"{group} [{row.citation}]"),
        ]
        if gone:
            when = moment_text(row.by_published, language) if row.by_published else ""
            gone_on = say("withdrawn_on", language, when=when) if when else say("withdrawn", language)
            runs.append(Run(f", {gone_on} [{row.by}]"))
    return tuple(run for run in runs if run.text)


def _statement_block(answer: Answer, statement: Statement) -> Block:
    """Return a statement, which is the quote of a citation, and below it its machine translation, labelled."""
    language = answer.language
    cited = [c for c in answer.citations if c.n in statement.citations]
    quote = next(c for c in cited if c.answer_text == statement.text)
    notes = tuple(
        Run("\n" + say("translation", language, text=defang(c.translation)), italic=True)
        for c in cited
        if c.translation
    )
    return (*_quote_block(quote, language, "".join(f" [{c.n}]" for c in cited)), *notes)


def _quote_block(citation: Citation, language: str, marks: str = "") -> Block:
    """Return a quote, with the sentence that answers in bold where there is more, and the numbers of its sources."""
    text, answer, gone = citation.article.text, citation.answer_span, citation.withdrawn
    before, after = Span(citation.start, answer.start).of(text), Span(answer.end, citation.end).of(text)
    if not before.strip() and not after.strip():
        runs = [Run(quoted(citation, language), quoted=True, struck=gone)]
    else:
        opening, closing = quotation("\0", language).split("\0")
        runs = [
            Run(opening + tidy(before) + " " * bool(before.strip()), quoted=True, struck=gone),
            Run(tidy(answer.of(text)), bold=True, quoted=True, struck=gone),
            Run(" " * bool(after.strip()) + tidy(after) + closing, quoted=True, struck=gone),
        ]
    return (*runs, Run(marks or f" [{citation.n}]"))


def _moment_line(answer: Answer) -> str:
    language, newest = answer.language, answer.newest_article_at
    moment = moment_text(answer.as_of, language)
    if newest is None:
        line = say("as_of_empty", language, moment=moment)
    else:
        age = age_text(newest, answer.as_of, language)
        line = say("as_of", language, moment=moment, newest=moment_text(newest, language), age=age)
    if answer.period is None:
        return line
    first, last = answer.period
    if first and last:
        days = days_text(first, last, language)
    else:
        days = f"{day_text(first, language)} –" if first else f"– {day_text(last, language)}" if last else ""
    return f"{say('period', language, days=days)}\n{line}"


def context_message(found: PassageInContext, start: int, end: int, language: str, back: int | None = None) -> Message:
    """Return a passage in its context, the quoted part in bold; `start` and `end` are offsets in the article.

    With `back`, an exchange's key, there is a button that shows that exchange's answer again.
    """
    passage = found.passage
    article, text = passage.article, passage.text
    first, last = max(0, min(start - passage.start, len(text))), max(0, min(len(text), end - passage.start))
    head = [Run(f"{defang(article.title)}\n", bold=True), Run(moment_text(article.published, language), italic=True)]
    if not found.is_newest:
        head.append(Run("\n" + say("superseded", language), italic=True))
    if found.withdrawn:
        head.append(Run("\n" + say("taken_back", language), bold=True))
    body = (
        Run(defang(found.before + " ") if found.before else ""),
        Run(defang(text[:first])),
        Run(defang(text[first:last]), bold=True),
        Run(defang(text[last:])),
        Run(defang(" " + found.after) if found.after else ""),
    )
    row = [
        Button(say("source_button", language), f"src:{passage.id}"),
        Button(say("wrong_button", language), f"bad:{passage.id}:{start}:{end}"),
    ]
    if back is not None:
        row.insert(0, Button(say("back_button", language), f"back:{back}"))
    return message([tuple(head), tuple(run for run in body if run.text)], [row])


def card_message(card: SourceCard, language: str) -> Message:
    """Return an article's publisher, the other outlets with the same text, and its versions."""
    article = card.article
    blocks: list[Block] = [(Run(defang(article.title), bold=True), Run("\n"), *_outlet(article, language))]
    if card.copies:
        title = say("copies_title", language, count=len(card.copies) + 1)
        outlets = [run for copy in card.copies for run in (Run("\n• "), *_outlet(copy, language))]
        blocks.append((Run(title, italic=True), *outlets))
    if len(card.versions) > 1:
        seen = [(one.version, moment_text(one.fetched_at, language)) for one in card.versions]
        lines = [Run("\n• " + say("version_line", language, number=number, seen=when)) for number, when in seen]
        blocks.append((Run(say("versions_title", language), italic=True), *lines))
    return message(blocks)


def _outlet(article: Article, language: str) -> list[Run]:
    link = link_to_quote(article.url, "")
    runs = [Run(defang(publisher_of(article, language)), href=link)]
    author = f" · {defang(article.author)}" if article.author else ""
    if article.forwarded_from:
        author += " · " + say("forwarded_from", language, source=defang(article.forwarded_from))
    return [*runs, Run(f", {moment_text(article.published, language)}"), *([Run(author)] if author else [])]


def disputes_message(found: Sequence[Disputed], language: str) -> Message:
    """Return the citations reported as wrong, each with its number of reports and a button to its context."""
    blocks: list[Block] = [
        (Run(f"{one.times} × [{one.citation.n}] "), Run(quoted(one.citation, language), quoted=True)) for one in found
    ]
    return message(
        [(Run(say("disputes_title", language), bold=True),), *blocks], citation_rows(one.citation for one in found)
    )


def speakers_message(answer: Answer, language: str) -> Message:
    """Return who says what the last answer says, one line a citation."""
    shown = answer.citations or answer.nearest
    if not shown:
        return message([(Run(say("abstained", language)),)])
    speakers = [
        (c.n, said_by(c, language) if c.speaker else defang(c.article.publisher or c.article.agency or "?"))
        for c in shown
    ]
    lines = tuple(Run(f"[{n}] {say('says', language, speaker=speaker)}\n") for n, speaker in speakers)
    return message([lines, sources_block(shown, language, links=True)])

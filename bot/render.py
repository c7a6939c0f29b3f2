"""Pure: answers and what belongs to them -> messages within every limit of Telegram, and text for a terminal."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.locales import moment_text, say
from bot.richtext import Block, Run, html, pack, plain
from retrieval.answer.harmless import defang
from retrieval.answer.links import link_to_quote
from retrieval.domain import Answer, Citation, Moment, Passage, Status


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    data: str  # at most 64 bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One Telegram message: HTML within the limits, and its rows of buttons."""

    html: str
    plain: str
    buttons: tuple[tuple[Button, ...], ...] = ()


BUTTONS_A_ROW = 8


def answer_messages(answer: Answer) -> list[Message]:
    """Return the messages of an answer; the citation buttons hang on the last one."""
    packed = pack([*_answer_blocks(answer)])
    shown = answer.citations or answer.nearest
    buttons = tuple(Button(f"[{c.n}]", context_data(c)) for c in shown if c.passage_id is not None)
    rows = tuple(buttons[at : at + BUTTONS_A_ROW] for at in range(0, len(buttons), BUTTONS_A_ROW))
    return [
        Message(html(block), plain(block), rows if number == len(packed) - 1 else ())
        for number, block in enumerate(packed)
    ]


def context_data(citation: Citation) -> str:
    """Return what a citation's button sends: which passage, and which part of its article is quoted."""
    return f"ctx:{citation.passage_id}:{citation.start}:{citation.end}"


def answer_text(answer: Answer) -> str:
    """Return an answer for the terminal."""
    return "\n\n".join(plain(block) for block in _answer_blocks(answer, links=False))


def _answer_blocks(answer: Answer, links: bool = True) -> list[Block]:
    blocks: list[Block] = [(Run(say(note, answer.language), italic=True),) for note in answer.notes]
    if answer.status is Status.ABSTAINED:
        blocks.append((Run(say("abstained", answer.language), bold=True),))
        if answer.nearest:
            blocks.append((Run(say("nearest", answer.language)),))
            blocks.extend(_quote_block(c) for c in answer.nearest)
    else:
        blocks.extend(_statement_block(answer, number) for number in range(len(answer.statements)))
    shown = answer.citations or answer.nearest
    if shown:
        blocks.append(sources_block(shown, answer.language, links))
    blocks.append((Run(_moment_line(answer), italic=True),))
    return blocks


def _statement_block(answer: Answer, number: int) -> Block:
    statement = answer.statements[number]
    cited = [c for c in answer.citations if c.n in statement.citations]
    marks = "".join(f" [{c.n}]" for c in cited)
    if any(c.quote == statement.text for c in cited):
        return _quote_block(next(c for c in cited if c.quote == statement.text), marks)
    quotes = tuple(Run(f"\n{quoted(c)} [{c.n}]", quoted=True) for c in cited)
    return (Run(defang(statement.text)), Run(marks), *quotes)


def _quote_block(citation: Citation, marks: str = "") -> Block:
    return (Run(quoted(citation), quoted=True, struck=citation.withdrawn), Run(marks or f" [{citation.n}]"))


def quoted(citation: Citation) -> str:
    """Return the quote in quotation marks, unless it carries its own."""
    quote = defang(" ".join(citation.quote.split()))
    return quote if quote[:1] in '“«"' else f"“{quote}”"


def sources_block(citations: tuple[Citation, ...], language: str, links: bool) -> Block:
    runs: list[Run] = []
    for citation in citations:
        if runs:
            runs.append(Run("\n"))
        runs.extend(_source_line(citation, language, links))
    return tuple(runs)


def _source_line(citation: Citation, language: str, links: bool) -> list[Run]:
    article = citation.article
    publisher = article.publisher or article.agency or say("unknown_publisher", language)
    line = [
        Run(f"[{citation.n}] "),
        Run(defang(publisher), bold=True),
        Run(", " + moment_text(article.published, language)),
    ]
    if citation.speaker:
        line.append(Run(" · " + say("says", language, speaker=defang(citation.speaker))))
    if citation.origin_copies > 1:
        line.append(Run(" · " + say("copies", language, count=citation.origin_copies)))
    if citation.withdrawn:
        line.append(Run(" · " + say("withdrawn", language), bold=True))
    link = link_to_quote(article.url, citation.quote)
    title = defang(article.title)
    if link and links:
        line += [Run(" · "), Run(title, href=link)]
    else:
        line.append(Run(f" · {title}" + (f"\n    {article.url}" if article.url else "")))
    return line


def _moment_line(answer: Answer) -> str:
    language = answer.language
    if answer.newest_article_at is None:
        return say("as_of_empty", language, moment=moment_text(answer.as_of, language))
    return say(
        "as_of",
        language,
        moment=moment_text(answer.as_of, language),
        newest=moment_text(answer.newest_article_at, language),
        age=_age(answer.newest_article_at, answer.as_of, language),
    )


def _age(newest: Moment, as_of: datetime, language: str) -> str:
    """Return how old the newest article is, e.g. "3 days ago"; in whole days where only its day is known."""
    from babel.dates import format_timedelta

    if not newest.day_only:
        return format_timedelta(min(newest.at - as_of, timedelta(0)), add_direction=True, locale=language)
    days = (as_of.date() - newest.at.date()).days
    if days <= 0:
        return say("today", language)
    return format_timedelta(timedelta(days=-days), granularity="day", add_direction=True, locale=language)


def context_message(passage: Passage, before: str, after: str, start: int, end: int, language: str) -> Message:
    """Return a passage in its context, the quoted part in bold; offsets are the article's."""
    article = passage.article
    text = passage.text
    start, end = max(0, start - passage.start), min(len(text), end - passage.start)
    head = (
        Run(f"{defang(article.title)}\n", bold=True),
        Run(moment_text(article.published, language), italic=True),
    )
    body = (
        Run(defang(before + " ") if before else ""),
        Run(defang(text[:start])),
        Run(defang(text[start:end]), bold=True),
        Run(defang(text[end:])),
        Run(defang(" " + after) if after else ""),
    )
    block = pack([head, tuple(run for run in body if run.text)])[0]
    return Message(html(block), plain(block))

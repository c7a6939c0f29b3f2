"""Render a briefing as a document to forward, with its quotes in full: Markdown, or one self-contained HTML page."""

from collections.abc import Callable, Sequence
from html import escape

from bot.brief.render import window_text
from bot.figures.render import figure_name
from bot.locales import moment_text, quotation, say
from retrieval.answer.links import link_to_quote
from retrieval.domain import Briefing, Change, Citation, FigureReport, Statement
from retrieval.language.text import visible

_MARKDOWN = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#+|~!"})

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #111; }
blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid #999; }
h2 { font-size: 1.1rem; margin-top: 1.6rem; } li { margin: .3rem 0; } .meta { color: #555; } s { color: #777; }
"""

_Text = Callable[[str], str]
_Note = Callable[[Sequence[int]], str]

Part = tuple[str, Sequence[str]]
"""A heading and its lines, in one markup."""


def brief_markdown(briefing: Briefing) -> str:
    """Return a briefing in Markdown; markup in articles' text is escaped."""
    parts = _parts(briefing, _markdown_text, _markdown_note)
    lines = [f"# {_markdown_text(_title(briefing))}", "", _markdown_text(_counts(briefing)), ""]
    for heading, rows in parts:
        lines += [f"## {heading}", "", *(f"- {row}" for row in rows), ""]
    for citation in briefing.citations:
        lines += [f"[^{citation.n}]: {_markdown_source(citation, briefing.language)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def brief_html(briefing: Briefing) -> bytes:
    """Return a briefing as one UTF-8 HTML page that loads nothing; markup in articles' text is escaped."""
    parts = _parts(briefing, _html_text, _html_note)
    body = [f"<h1>{escape(_title(briefing))}</h1>", f'<p class="meta">{escape(_counts(briefing))}</p>']
    for heading, rows in parts:
        body += [f"<h2>{heading}</h2>", "<ul>", *(f"<li>{row}</li>" for row in rows), "</ul>"]
    sources = [_html_source(citation, briefing.language) for citation in briefing.citations]
    page = (
        f'<!doctype html>\n<html lang="{escape(briefing.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(_title(briefing))}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n" + "\n".join([*body, *sources]) + "\n</body></html>\n"
    )
    return page.encode()


def _title(briefing: Briefing) -> str:
    return say("brief_head", briefing.language, window=window_text(briefing))


def _counts(briefing: Briefing) -> str:
    language = briefing.language
    if not briefing.article_count:
        newest = briefing.newest_elsewhere
        if newest is None:
            return say("brief_empty_library", language)
        return say("brief_empty", language, newest=moment_text(newest, language))
    return say(
        "brief_counts",
        language,
        articles=briefing.article_count,
        origins=briefing.origin_count,
        newest=moment_text(briefing.newest_article_at, language),
    )


def _parts(briefing: Briefing, text: _Text, note: _Note) -> list[Part]:
    language = briefing.language
    gone = {citation.n for citation in briefing.citations if citation.withdrawn}
    parts: list[Part] = []
    for number, line in enumerate(briefing.lines, start=1):
        rows = [
            _said(briefing, s, text)
            + note(s.citations)
            + (" " + text(say("brief_withdrawn", language)) if gone.intersection(s.citations) else "")
            for s in line.statements
        ]
        origins = f" · {say('brief_origins', language, count=line.story.origins)}" if line.story.origins > 1 else ""
        parts.append((text(f"{number}. {say(f'change_{line.change.value}', language)}{origins}"), rows))
    moves = [_move(briefing, at, text, note) for at in range(len(briefing.figures))]
    sides = [
        text(f"{figure_name(d.kind, d.group, d.place, language)}:")
        + " "
        + " ≠ ".join(_struck(_report(side, language, text, note), side.citation in gone) for side in d.sides)
        for d in briefing.disputed
    ]
    unknown = [_said(briefing, s, text) + note(s.citations) for s in briefing.unknown]
    for key, rows in (("brief_figures", moves), ("brief_disputed", sides), ("brief_unknown", unknown)):
        if rows:
            parts.append((text(say(key, language)), rows))
    return parts


def _said(briefing: Briefing, statement: Statement, text: _Text) -> str:
    """Return a statement, in quotation marks where it is a quote."""
    quote = any(c.quote == statement.text for c in briefing.citations if c.n in statement.citations)
    return text(quotation(statement.text, briefing.language) if quote else statement.text)


def _move(briefing: Briefing, at: int, text: _Text, note: _Note) -> str:
    move, language = briefing.figures[at], briefing.language
    head = text(f"{figure_name(move.kind, move.group, move.place, language)}:") + " "
    withdrawn = move.change is Change.WITHDRAWN
    gone = {citation.n for citation in briefing.citations if citation.withdrawn}
    if move.was is not None:
        head += _struck(_report(move.was, language, text, note), withdrawn or move.was.citation in gone) + " → "
    if withdrawn:
        return head + text(say("withdrawn", language)) + note((move.now.citation,))
    return head + _struck(_report(move.now, language, text, note), move.now.citation in gone)


def _report(report: FigureReport, language: str, text: _Text, note: _Note) -> str:
    speaker = f" ({report.speaker})" if report.speaker else ""
    return text(f"{quotation(report.wording, language)}{speaker}") + note((report.citation,))


def _struck(marked: str, gone: bool) -> str:
    return f"<s>{marked}</s>" if gone else marked  # Markdown takes this tag as well


def _source(citation: Citation, language: str) -> str:
    article = citation.article
    name = article.publisher or article.agency or say("unknown_publisher", language)
    copies = f", {say('copies', language, count=citation.origin_copies)}" if citation.origin_copies > 1 else ""
    return f"{name}, {moment_text(article.published, language)}{copies}: "


# --- Markdown -----------------------------------------------------------------------------------------


def _markdown_text(words: str) -> str:
    return " ".join(visible(words).split()).translate(_MARKDOWN)


def _markdown_note(numbers: Sequence[int]) -> str:
    return "".join(f"[^{number}]" for number in numbers)


def _markdown_source(citation: Citation, language: str) -> str:
    link = link_to_quote(citation.article.url, citation.quote)
    title = _markdown_text(citation.article.title)
    named = f"[{title}](<{link.replace('<', '%3C').replace('>', '%3E')}>)" if link else title
    return (
        f"{_markdown_text(_source(citation, language))} {named}: {_markdown_text(quotation(citation.quote, language))}"
    )


# --- HTML ---------------------------------------------------------------------------------------------


def _html_text(words: str) -> str:
    return escape(" ".join(visible(words).split()))


def _html_note(numbers: Sequence[int]) -> str:
    return "".join(f' <a href="#c{number}">[{number}]</a>' for number in numbers)


def _html_source(citation: Citation, language: str) -> str:
    link = link_to_quote(citation.article.url, citation.quote)
    title = _html_text(citation.article.title)
    named = f'<a rel="noreferrer" href="{escape(link)}">{title}</a>' if link else title
    return (
        f'<p id="c{citation.n}">[{citation.n}] {_html_text(_source(citation, language))} {named}</p>'
        f"<blockquote>{_html_text(citation.quote)}</blockquote>"
    )

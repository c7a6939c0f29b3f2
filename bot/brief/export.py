"""Render a briefing as a document to forward, with its quotes in full: Markdown, one self-contained HTML page, PDF."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape

from bot.brief.pdf import Paragraph, pdf
from bot.brief.render import Part, extent_text, section_parts, short_parts, story_parts, title_text
from bot.citations.render import publisher_of
from bot.locales import moment_text, quotation, say
from bot.telegram.richtext import Run, html
from retrieval.answer.links import link_to_quote
from retrieval.domain import Briefing, Citation
from retrieval.language.text import visible

MARKDOWN = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#+|~!"})

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #111; }
blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid #999; }
h2 { font-size: 1.1rem; margin-top: 1.6rem; } li { margin: .3rem 0; } .meta { color: #555; } s { color: #777; }
"""


def brief_file(briefing: Briefing, suffix: str) -> bytes:
    """Return a briefing as the document that a file name's suffix means: HTML or PDF, else Markdown."""
    if suffix.lower() == ".pdf":
        return brief_pdf(briefing)
    return brief_html(briefing) if suffix.lower() in (".html", ".htm") else brief_markdown(briefing).encode()


def brief_markdown(briefing: Briefing) -> str:
    """Return a briefing in Markdown, its citations as footnotes; markup in articles' text is escaped."""
    lines = [f"# {_escaped(title_text(briefing))}", ""]
    for said in _head(briefing):
        lines += [_escaped(said), ""]
    for heading, rows in _parts(briefing):
        lines += [f"## {_escaped(''.join(run.text for run in heading))}", ""]
        lines += [*(f"- {_markdown(row)}" for row in rows), ""]
    for citation in briefing.citations:
        link, title = link_to_quote(citation.article.url, citation.quote), _escaped(citation.article.title)
        named = f"[{title}](<{link.replace('<', '%3C').replace('>', '%3E')}>)" if link else title
        source, quote = _source(citation, briefing.language), quotation(citation.quote, briefing.language)
        lines += [f"[^{citation.n}]: {_escaped(source)} {named}: {_escaped(quote)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def brief_html(briefing: Briefing) -> bytes:
    """Return a briefing as one UTF-8 HTML page that loads nothing; markup in articles' text is escaped."""
    title = escape(title_text(briefing))
    body = [f"<h1>{title}</h1>", *(f'<p class="meta">{escape(said)}</p>' for said in _head(briefing))]
    for heading, rows in _parts(briefing):
        lines = (html(row).replace("\n", "<br>") for row in rows)
        body += [f"<h2>{html(heading)}</h2>", "<ul>", *(f"<li>{line}</li>" for line in lines), "</ul>"]
    for citation in briefing.citations:
        link = link_to_quote(citation.article.url, citation.quote)
        words = escape(_clean(citation.article.title))
        named = f'<a rel="noreferrer" href="{escape(link)}">{words}</a>' if link else words
        source = escape(_source(citation, briefing.language))
        body += [
            f'<p id="c{citation.n}">[{citation.n}] {source} {named}</p>',
            f"<blockquote>{escape(_clean(citation.quote))}</blockquote>",
        ]
    page = (
        f'<!doctype html>\n<html lang="{escape(briefing.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{STYLE}</style></head>\n<body>\n" + "\n".join(body) + "\n</body></html>\n"
    )
    return page.encode()


def brief_pdf(briefing: Briefing) -> bytes:
    """Return a briefing as a PDF, whose citations are links to what they quote."""
    title = title_text(briefing)
    paragraphs = [Paragraph((Run(title, bold=True),), 15, 0)]
    paragraphs += [Paragraph((Run(said),), 8.5, faint=True) for said in _head(briefing)]
    linked = {f"#c{c.n}": link_to_quote(c.article.url, c.quote) or "" for c in briefing.citations}
    for heading, rows in _parts(briefing):
        own = tuple(replace(run, bold=True) for run in heading[:1])
        paragraphs.append(Paragraph((*own, *heading[1:]), 10.5, 14, keep=True))
        for row in rows:
            runs = (replace(run, href=linked.get(run.href, run.href)) for run in row)
            paragraphs.append(Paragraph((Run("• "), *runs), indent=0.15))
    for citation in briefing.citations:
        link = link_to_quote(citation.article.url, citation.quote) or ""
        words = Run(_clean(citation.article.title), href=link)
        above = 10 if citation.n > 1 else 24
        source = Run(f"[{citation.n}] {_source(citation, briefing.language)} ")
        paragraphs.append(Paragraph((source, words), 8.5, above, keep=True))
        paragraphs.append(Paragraph((Run(_clean(citation.quote)),), 8.5, 2, indent=0.25, bar=True))
    return pdf(title, paragraphs)


def _head(briefing: Briefing) -> Iterator[str]:
    """Yield what stands below the title: how much there is, notes, that there is nothing."""
    if extent := extent_text(briefing):
        yield extent
    yield from (say(note, briefing.language) for note in briefing.notes)
    if briefing.article_count and not briefing.lines and not briefing.figures:
        yield say("brief_nothing_new", briefing.language)


def _parts(briefing: Briefing) -> list[Part]:
    """Return "in short", the stories and the sections, each with its heading."""
    short = short_parts(briefing, _anchor)
    summed = [([Run(say("brief_in_short", briefing.language))], short)] if short else []
    return [*summed, *story_parts(briefing, _anchor), *section_parts(briefing, _anchor, _anchor)]


def _anchor(citation: Citation) -> list[Run]:
    """Return the mark of a citation that is in the same document."""
    return [Run(f"[{citation.n}]", href=f"#c{citation.n}")]


def _markdown(runs: Sequence[Run]) -> str:
    """Return runs in Markdown, which takes `<s>` as HTML does; an anchor becomes a footnote."""
    marked = ""
    for run in runs:
        text = f"[^{run.href.removeprefix('#c')}]" if run.href else run.text.replace("\n", " ").translate(MARKDOWN)
        marked += f"<s>{text}</s>" if run.struck else text
    return marked


def _clean(words: str) -> str:
    return " ".join(visible(words).split())


def _escaped(words: str) -> str:
    return _clean(words).translate(MARKDOWN)


def _source(citation: Citation, language: str) -> str:
    name, when = publisher_of(citation.article, language), moment_text(citation.article.published, language)
    copies = f", {say('copies', language, count=citation.origin_copies)}" if citation.origin_copies > 1 else ""
    return f"{_clean(name)}, {when}{copies}:"

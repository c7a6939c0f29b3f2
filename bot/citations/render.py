"""Quotes, their numbered sources and the buttons that open them."""

from collections.abc import Iterable, Sequence

from bot.citations.speakers import said_by
from bot.locales import moment_text, quotation, say
from bot.telegram.richtext import Block, Button, Run, in_rows
from retrieval.answer.harmless import defang
from retrieval.answer.links import link_to_quote
from retrieval.domain import Article, Backing, Citation


def citation_rows(citations: Iterable[Citation], key: int | None = None) -> list[Sequence[Button]]:
    """Return rows of buttons that open each citation's passage; `key` names the exchange to go back to."""
    back = "" if key is None else f":{key}"
    return in_rows(
        [
            Button(f"[{c.n}]", f"ctx:{c.passage_id}:{c.answer_span.start}:{c.answer_span.end}{back}")
            for c in citations
            if c.passage_id is not None
        ]
    )


def quoted(citation: Citation, language: str) -> str:
    """Return the quote in the reader's quotation marks, unless it starts with some of its own."""
    return quotation(tidy(citation.quote), language)


def tidy(text: str) -> str:
    """Return a text of an article on one line, with nothing in it that can be tapped."""
    return defang(" ".join(text.split()))


def sources_block(citations: tuple[Citation, ...], language: str, links: bool) -> Block:
    """Return one line a citation: its number, publisher, time, speaker, copies and title."""
    lines = [_source_line(citation, language, links) for citation in citations]
    return tuple(run for line in lines for run in (Run("\n"), *line))[1:]


def _source_line(citation: Citation, language: str, links: bool) -> list[Run]:
    article = citation.article
    behind = "" if citation.backing is Backing.UNKNOWN else f" ({say(f'backing.{citation.backing}', language)})"
    line = [
        Run(f"[{citation.n}] "),
        Run(defang(publisher_of(article, language)), bold=True),
        Run(behind),
        Run(", " + moment_text(article.published, language)),
    ]
    if article.forwarded_from:
        line.append(Run(" · " + say("forwarded_from", language, source=defang(article.forwarded_from))))
    if citation.speaker:
        line.append(Run(" · " + say("says", language, speaker=said_by(citation, language))))
    if citation.origin_copies > 1:
        line.append(Run(" · " + say("copies", language, count=citation.origin_copies)))
    if citation.withdrawn:
        line.append(Run(" · " + say("withdrawn", language), bold=True))
    link = link_to_quote(article.url, citation.answer_text)
    title = defang(article.title)
    if link and links:
        line += [Run(" · "), Run(title, href=link)]
    else:
        line.append(Run(f" · {title}" + (f"\n    {article.url}" if article.url else "")))
    return line


def publisher_of(article: Article, language: str) -> str:
    """Return who published an article, or that nobody knows."""
    return article.publisher or article.agency or say("unknown_publisher", language)

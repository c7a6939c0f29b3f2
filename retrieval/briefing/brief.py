"""A briefing: the most important news of a window that was not shown before; every line is a quote."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from retrieval.answer.chat_model import ChatModel
from retrieval.briefing.citations import Quotes, cited
from retrieval.briefing.lines import LENGTHS, Length, Line, Material, Request, alike, change_of, choose_sentences, score
from retrieval.briefing.moves import Recent, Reports, disputes, moves, read_reports, recent
from retrieval.briefing.selection import select
from retrieval.briefing.sentences import (
    StoredSentence,
    mean_vectors,
    reads_alone,
    says_unknown,
    sentences_of,
    vectors_of,
)
from retrieval.briefing.shown import Shown, shown_articles, shown_before_window, shown_sentences, were_shown
from retrieval.briefing.stories import StoryArticle, by_article, continuing, stories, story, story_id
from retrieval.briefing.summary import wording
from retrieval.briefing.topics import on_topic
from retrieval.domain import Article, Briefing, BriefingLine, Change, QuestionError, ShownQuote
from retrieval.embedding import Embedder
from retrieval.store import read
from retrieval.store.library import Library

MOST_IN_FULL = 10
"""Sentences of a story at length."""

LATE = timedelta(days=3)
"""An article fetched up to so long after its publication is still news."""


def brief(
    library: Library,
    embedder: Embedder,
    since: datetime,
    until: datetime,
    *,
    language: str = "en",
    shown: Sequence[ShownQuote] | None = None,
    as_of: datetime | None = None,
    topics: Sequence[str] = (),
    length: str = "standard",
    chat_model: ChatModel | None = None,
) -> Briefing:
    """Return the most important news of [since, until) in quotes, marked against what was shown before.

    `shown` are the quotes that a chat was shown before; without them (None) everything published in the two weeks
    before the window counts as shown. `topics` narrow it down to articles about any of them. `length` is one of
    LENGTHS. A `chat_model` may choose other sentences of the stories, and their order. Where there is nothing,
    `newest_elsewhere` is when there last was something. Raises QuestionError for a window that ends before it starts.
    """
    if until <= since:
        raise QuestionError("The period ends before it starts.", key="period")
    articles = read.arrived(library.engine, since, until, LATE, as_of)
    if topics and articles:
        articles = on_topic(library, embedder, articles, topics)
    if not articles:
        newest = read.newest_before(library.engine, until, as_of)
        notes = ("brief_off_topic",) if topics else ()
        return Briefing(since, until, language, (), (), 0, 0, None, newest_elsewhere=newest, notes=notes)
    before_articles = shown_articles(library, since, shown, as_of, {article.id for article in articles})
    material, before = _material(library, articles, before_articles, shown, language)
    found = recent(material.reports.series, _versions(articles), before.contains)
    request = Request(since, until, language, LENGTHS[length], as_of)
    lines = _lines(material, before, found, request)
    if chat_model is None:
        return _composed(library, material, found, lines, articles, request)
    selected, reason = select(library, material, lines, chat_model, request)
    if selected is None:
        made = _composed(library, material, found, lines, articles, request)
        return replace(made, notes=(reason,)) if reason else made
    lines = [replace(one, change=change_of(material, one.story, one.sentences, before, found)) for one in selected]
    return replace(_composed(library, material, found, lines, articles, request), engine=chat_model.engine)


def _versions(articles: Sequence[Article]) -> set[tuple[str, int]]:
    return {(article.id, article.version) for article in articles}


def _material(
    library: Library,
    articles: Sequence[Article],
    before: Sequence[Article],
    quotes: Sequence[ShownQuote] | None,
    language: str,
) -> tuple[Material, Shown]:
    sentences = list(sentences_of(library, articles))
    past = shown_sentences(library, before, quotes)
    means = mean_vectors(library)
    shown = shown_before_window(library, before, past, quotes, means)
    vectors = vectors_of(library, sentences, means)
    material = Material(
        sentences=sentences,
        vectors=vectors,
        wordings=[wording(sentence) for sentence in sentences],
        shown=were_shown(sentences, vectors, shown),
        rows={sentence.id: at for at, sentence in enumerate(sentences)},
        continuing=continuing(by_article(sentences, vectors), by_article(past, shown.vectors)),
        reports=read_reports(library, [*before, *articles]),
        language=language,
    )
    return material, shown


def _lines(material: Material, before: Shown, found: Sequence[Recent], request: Request) -> list[Line]:
    """Return the most important lines, as many as the length allows."""
    articles = by_article(material.sentences, material.vectors)
    lines: list[Line] = []
    chosen: list[StoredSentence] = []
    for group in ranked_stories(articles, material.reports, request.since, request.until):
        if len(lines) == request.length.stories:
            break
        one = story(group)
        most = 1 if one.origins == 1 else 2 if one.origins < 4 else 3
        sentences = choose_sentences(material, group, most, chosen)
        while sentences and sum(len(s.text) for s in [*chosen, *sentences]) > request.length.characters:
            sentences.pop()
        if sentences:
            chosen.extend(sentences)
            lines.append(Line(one, change_of(material, one, sentences, before, found), tuple(sentences)))
    return lines


def ranked_stories(
    found: Sequence[StoryArticle], reports: Reports, since: datetime, until: datetime
) -> list[list[StoryArticle]]:
    """Return the stories of the articles, the most important first."""
    return sorted(stories(found), key=lambda group: -score(story(group), reports, since, until))


def _composed(
    library: Library,
    material: Material,
    found: Sequence[Recent],
    lines: Sequence[Line],
    articles: Sequence[Article],
    request: Request,
) -> Briefing:
    quotes = Quotes()
    shown = tuple(BriefingLine(line.story, line.change, tuple(map(quotes.sentence, line.sentences))) for line in lines)
    chosen = [sentence for line in lines for sentence in line.sentences]
    unknown = _unknown(material, chosen, request.length.unknown)
    figures = moves(found, _versions(articles), quotes.cite, request.length.figures)
    disputed = disputes(found, quotes.cite, request.length.disputed)
    return Briefing(
        since=request.since,
        until=request.until,
        language=request.language,
        lines=shown,
        figures=tuple(figures),
        disputed=tuple(disputed),
        unknown=tuple(map(quotes.sentence, unknown)),
        citations=cited(library, quotes, request.as_of),
        article_count=len(articles),
        origin_count=len({article.origin_id for article in articles}),
        newest_article_at=max((a.published for a in articles if a.published), key=lambda m: m.at, default=None),
    )


def _unknown(material: Material, chosen: Sequence[StoredSentence], most: int) -> list[StoredSentence]:
    """Return up to `most` sentences on what is not known, shown neither before nor in the lines."""
    rows = [material.rows[s.id] for s in chosen]
    found: list[StoredSentence] = []
    candidates = [
        s
        for s in material.sentences
        if says_unknown(s) and not s.addresses_machines and not material.shown[material.rows[s.id]]
    ]
    for sentence in sorted(candidates, key=lambda s: -(reads_alone(s) + (s.language == material.language))):
        row = material.rows[sentence.id]
        if len(found) < most and not any(alike(material, row, other) for other in rows):
            found.append(sentence)
            rows.append(row)
    return found


def story_in_full(
    library: Library, since: datetime, until: datetime, story_id_: str, *, language: str = "en"
) -> Briefing | None:
    """Return one story of a window at length, as a briefing of one line; None where it is no longer there."""
    articles = read.arrived(library.engine, since, until, LATE)
    if not articles:
        return None
    material, before = _material(library, articles, [], (), language)
    for group in stories(by_article(material.sentences, material.vectors)):
        if any(story_id(one.article) == story_id_ for one in group):
            sentences = choose_sentences(material, group, MOST_IN_FULL, ())
            lines = [Line(story(group), Change.NEW, tuple(sentences))] if sentences else []
            found = recent(material.reports.series, _versions(articles), before.contains)
            request = Request(since, until, language, Length(1, 0, 0, 0, 0))
            return _composed(library, material, found, lines, articles, request)
    return None

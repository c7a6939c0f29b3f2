"""A briefing: what was published in a window and matters, against what was told before; every line a quote."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from retrieval.briefing.days import origin_of
from retrieval.briefing.earlier import Earlier, earlier, earlier_articles, sentences_told, told_before
from retrieval.briefing.lines import Line, Material, alike, change_of, tell, weight
from retrieval.briefing.moved import Recent, disputes, moves, recent
from retrieval.briefing.phrase import Phrased, Phraser, phrase
from retrieval.briefing.quotes import Quotes, cited
from retrieval.briefing.reports import Reports, read_reports
from retrieval.briefing.rouge import wording
from retrieval.briefing.sentences import Sentence, sentences_of, standing_alone
from retrieval.briefing.stories import Read, by_article, continuing, stories, story, story_id
from retrieval.briefing.topics import on_topic
from retrieval.briefing.unknown import says_unknown
from retrieval.briefing.vectors import mean_vectors, vectors_of
from retrieval.briefing.wanted import LENGTHS, Length, Wanted
from retrieval.domain import Article, Briefing, BriefingLine, Change, Moment, QuestionError, ShownQuote, Statement
from retrieval.embedding import Embedder
from retrieval.language.machines import addresses_machines
from retrieval.store import read
from retrieval.store.library import Library

MOST_IN_FULL = 10
"""Sentences in which one story is told at length."""

LATE = timedelta(days=3)
"""An article that reached us this long after its publication is still news."""


def brief(
    library: Library,
    embedder: Embedder,
    since: datetime,
    until: datetime,
    *,
    language: str = "en",
    told: Sequence[ShownQuote] | None = None,
    as_of: datetime | None = None,
    topics: Sequence[str] = (),
    length: str = "standard",
    phraser: Phraser | None = None,
) -> Briefing:
    """Return what was published in [since, until) and matters, in quotes, marked against what was told before.

    `told` is what a chat was shown before (see retrieval.store.told); without it (None) all that was published in the
    two weeks before counts as told. `topics` narrow it down to articles about any of them. `length` is one of
    LENGTHS. With a `phraser` its statements take the place of a story's sentences, where they stand. Where there is
    nothing, `newest_elsewhere` says when there last was something. Raises QuestionError for a window that ends
    before it starts.
    """
    if until <= since:
        raise QuestionError("The window ends before it starts.")
    articles = read.arrived(library.engine, since, until, LATE, as_of)
    if topics and articles:
        articles = on_topic(library, embedder, articles, topics)
    if not articles:
        return _empty(library, since, until, language, as_of, topics)
    before_articles = earlier_articles(library, since, told, as_of, {article.id for article in articles})
    material, before = _material(library, articles, before_articles, told)
    found = recent(material.reports.series, _versions(articles), before.holds)
    wanted = Wanted(since, until, language, LENGTHS[length], as_of, phraser)
    return _composed(library, material, found, _lines(material, before, found, wanted), articles, wanted)


def _empty(
    library: Library, since: datetime, until: datetime, language: str, as_of: datetime | None, topics: Sequence[str]
) -> Briefing:
    newest = read.newest_before(library.engine, until, as_of)
    notes = ("brief_off_topic",) if topics else ()
    return Briefing(since, until, language, (), (), 0, 0, None, newest_elsewhere=newest, notes=notes)


def _versions(articles: Sequence[Article]) -> set[tuple[str, int]]:
    return {(article.id, article.version) for article in articles}


def _material(
    library: Library, articles: Sequence[Article], before: Sequence[Article], told: Sequence[ShownQuote] | None
) -> tuple[Material, Earlier]:
    sentences = list(sentences_of(library, articles))
    past = sentences_told(library, before, told)
    means = mean_vectors(library)
    held = earlier(library, before, past, told, means)
    vectors = vectors_of(library, sentences, means)
    was_told = told_before(sentences, vectors, held)
    known = continuing(by_article(sentences, vectors), by_article(past, held.vectors))
    wordings = [wording(s.text, s.article.language) for s in sentences]
    rows = {sentence.id: at for at, sentence in enumerate(sentences)}
    return Material(
        sentences, vectors, wordings, was_told, rows, known, read_reports(library, [*before, *articles])
    ), held


def _lines(
    material: Material,
    before: Earlier,
    found: Sequence[Recent],
    wanted: Wanted,
) -> list[Line]:
    """Return the lines that matter most, as many as the length has room for."""
    ranked = ranked_stories(
        by_article(material.sentences, material.vectors), material.reports, wanted.since, wanted.until
    )
    size = wanted.size
    lines: list[Line] = []
    chosen: list[Sentence] = []
    for group in ranked:
        if len(lines) == size.stories:
            break
        one = story(group)
        told = tell(material, group, wanted.language, _share(one.origins), chosen)
        while told and sum(len(s.text) for s in [*chosen, *told]) > size.characters:
            told.pop()
        if told:
            chosen.extend(told)
            lines.append(Line(one, change_of(material, one, told, before, found), tuple(told)))
    return lines


def ranked_stories(found: Sequence[Read], reports: Reports, since: datetime, until: datetime) -> list[list[Read]]:
    """Return the stories that articles make, those that matter most first."""
    return sorted(stories(found), key=lambda group: -weight(story(group), reports, since, until))


def _share(origins: int) -> int:
    """Return in how many sentences a story of so many independent origins is told: one to three."""
    return 1 if origins == 1 else 2 if origins < 4 else 3


def _composed(
    library: Library,
    material: Material,
    found: Sequence[Recent],
    lines: Sequence[Line],
    articles: Sequence[Article],
    wanted: Wanted,
) -> Briefing:
    quotes, phraser = Quotes(), wanted.phraser
    window = wanted.since.isoformat(), wanted.until.isoformat()
    phrased, reason = phrase(library, material, lines, phraser, window, wanted.language) if phraser else ({}, None)
    told = tuple(BriefingLine(line.story, line.change, _statements(line, phrased, quotes)) for line in lines)
    unknown = _unknown(material, [s for line in lines for s in line.sentences], wanted.language, wanted.size.unknown)
    figures = moves(found, _versions(articles), quotes.cite, wanted.size.figures)
    disputed = disputes(found, quotes.cite, wanted.size.disputed)
    return Briefing(
        since=wanted.since,
        until=wanted.until,
        language=wanted.language,
        lines=told,
        figures=tuple(figures),
        disputed=tuple(disputed),
        unknown=tuple(map(quotes.sentence, unknown)),
        citations=cited(library, quotes, wanted.as_of),
        article_count=len(articles),
        origin_count=len({origin_of(article) for article in articles}),
        newest_article_at=_newest(articles),
        engine=phraser.engine if phraser and phrased else "extractive",
        notes=(reason,) if reason and not phrased else (),
    )


def _statements(line: Line, phrased: Mapping[str, Sequence[Phrased]], quotes: Quotes) -> tuple[Statement, ...]:
    """Return what the model said of a story, as far as it stands, else the sentences that tell it."""
    if line.story.id not in phrased:
        return tuple(map(quotes.sentence, line.sentences))
    return tuple(Statement(one.text, tuple(map(quotes.again, one.quotes))) for one in phrased[line.story.id])


def _newest(articles: Sequence[Article]) -> Moment | None:
    moments = [article.published for article in articles if article.published]
    return max(moments, key=lambda moment: moment.at) if moments else None


def _unknown(material: Material, chosen: Sequence[Sentence], language: str, most: int) -> list[Sentence]:
    """Return up to `most` sentences that say what is not known, told neither before nor in the lines."""
    rows = [material.rows[s.id] for s in chosen]
    found: list[Sentence] = []
    candidates = [
        s
        for s in material.sentences
        if says_unknown(s.text, s.article.language)
        and not addresses_machines(s.text)
        and not material.told[material.rows[s.id]]
    ]
    for sentence in sorted(candidates, key=lambda s: -_plainness(s, language)):
        row = material.rows[sentence.id]
        if len(found) < most and not any(alike(material, row, other) for other in rows):
            found.append(sentence)
            rows.append(row)
    return found


def _plainness(sentence: Sentence, language: str) -> float:
    return standing_alone(sentence.text, sentence.article.language) + (sentence.article.language == language)


def story_in_full(
    library: Library, since: datetime, until: datetime, story_id_: str, *, language: str = "en"
) -> Briefing | None:
    """Return one story of a window at length, as a briefing of one line; None where it is no longer there."""
    articles = read.arrived(library.engine, since, until, LATE)
    material, before = _material(library, articles, [], ())
    for group in stories(by_article(material.sentences, material.vectors)):
        if any(story_id(one.article) == story_id_ for one in group):
            told = tell(material, group, language, MOST_IN_FULL, ())
            lines = [Line(story(group), Change.NEW, tuple(told))] if told else []
            found = recent(material.reports.series, _versions(articles), before.holds)
            wanted = Wanted(since, until, language, Length(1, 0, 0, 0, 0))
            return _composed(library, material, found, lines, articles, wanted)
    return None

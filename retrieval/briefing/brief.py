"""A briefing: what was published in a window and matters, against what was told before; every line a quote."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from retrieval.answer.compose import Quoted, citations
from retrieval.briefing.days import origin_of
from retrieval.briefing.earlier import Earlier, earlier, earlier_articles, sentences_told, told_before
from retrieval.briefing.lines import Line, Material, alike, change_of, tell, weight
from retrieval.briefing.moved import Recent, disputes, moves, recent
from retrieval.briefing.reports import Reports, read_reports
from retrieval.briefing.rouge import wording
from retrieval.briefing.sentences import Sentence, sentences_of, standing_alone
from retrieval.briefing.stories import Read, by_article, continuing, stories, story, story_id
from retrieval.briefing.topics import on_topic
from retrieval.briefing.unknown import says_unknown
from retrieval.briefing.vectors import mean_vectors, vectors_of
from retrieval.domain import (
    Article,
    Briefing,
    BriefingLine,
    Change,
    Citation,
    Moment,
    QuestionError,
    Span,
    Statement,
    ToldQuote,
)
from retrieval.embedding import Embedder
from retrieval.figures.ledger import Standing
from retrieval.figures.records import series
from retrieval.language.speakers import speaker
from retrieval.store import read
from retrieval.store.library import Library
from retrieval.store.quotable import quotable_sentences
from retrieval.store.write import text_hash

LATE = timedelta(days=3)
"""An article that reached us this long after its publication is still news."""


@dataclass(frozen=True, slots=True)
class Length:
    """How much a briefing may hold; characters are of quotes."""

    stories: int
    characters: int
    figures: int
    disputed: int
    unknown: int


MOST_IN_FULL = 10
"""Sentences in which one story is told at length."""

LENGTHS = {
    "short": Length(stories=3, characters=700, figures=3, disputed=1, unknown=1),
    "standard": Length(stories=7, characters=1_900, figures=5, disputed=2, unknown=2),
    "long": Length(stories=25, characters=12_000, figures=20, disputed=8, unknown=8),
}
"""A standard briefing fits one Telegram message with its frame: 4,096 units."""


@dataclass
class Quotes:
    """What a briefing cites, numbered from 1 in the order it is first cited; it is a class because it counts."""

    found: dict[tuple[str, int, Span], Quoted] = field(default_factory=dict)
    passages: dict[tuple[str, int, Span], int] = field(default_factory=dict)

    def cite(self, article: Article, span: Span, named: str | None, passage_id: int | None = None) -> int:
        key = (article.id, article.version, span)
        self.found.setdefault(key, Quoted(article, span, passage_id, named))
        return list(self.found).index(key) + 1

    def sentence(self, sentence: Sentence) -> Statement:
        """Return the statement that quotes a sentence."""
        article = sentence.article
        named = speaker(article.text, sentence.span, article.language)
        said = named.of(article.text) if named else None
        return Statement(sentence.text, (self.cite(article, sentence.span, said, sentence.passage_id),))


def brief(
    library: Library,
    embedder: Embedder,
    since: datetime,
    until: datetime,
    *,
    language: str = "en",
    told: Sequence[ToldQuote] | None = None,
    as_of: datetime | None = None,
    topics: Sequence[str] = (),
    length: str = "standard",
) -> Briefing:
    """Return what was published in [since, until) and matters, in quotes, marked against what was told before.

    `told` is what a chat was shown before (see retrieval.store.told); without it (None) all that was published in the
    two weeks before counts as told. `topics` narrow it down to articles about any of them. `length` is one of
    LENGTHS. Where there is nothing, `newest_elsewhere` says when there last was something. Raises QuestionError for a
    window that ends before it starts.
    """
    if until <= since:
        raise QuestionError("The window ends before it starts.")
    size = LENGTHS[length]
    articles = read.arrived(library.engine, since, until, LATE, as_of)
    if topics and articles:
        articles = on_topic(library, embedder, articles, topics)
    if not articles:
        return _empty(library, since, until, language, as_of, topics)
    before_articles = earlier_articles(library, since, told, as_of, {article.id for article in articles})
    material, before = _material(library, articles, before_articles, told)
    found = recent(material.reports.series, _versions(articles), before.holds)
    lines = _lines(material, before, found, since, until, language, size)
    return _composed(library, material, found, lines, articles, since, until, language, size, as_of)


def _empty(
    library: Library, since: datetime, until: datetime, language: str, as_of: datetime | None, topics: Sequence[str]
) -> Briefing:
    newest = read.newest_before(library.engine, until, as_of)
    notes = ("brief_off_topic",) if topics else ()
    return Briefing(since, until, language, (), (), 0, 0, None, newest_elsewhere=newest, notes=notes)


def _versions(articles: Sequence[Article]) -> set[tuple[str, int]]:
    return {(article.id, article.version) for article in articles}


def _material(
    library: Library, articles: Sequence[Article], before: Sequence[Article], told: Sequence[ToldQuote] | None
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
    since: datetime,
    until: datetime,
    language: str,
    size: Length,
) -> list[Line]:
    """Return the lines that matter most, as many as the length has room for."""
    ranked = ranked_stories(by_article(material.sentences, material.vectors), material.reports, since, until)
    lines: list[Line] = []
    chosen: list[Sentence] = []
    for group in ranked:
        if len(lines) == size.stories:
            break
        one = story(group)
        told = tell(material, group, language, _share(one.origins), chosen)
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
    since: datetime,
    until: datetime,
    language: str,
    size: Length,
    as_of: datetime | None,
) -> Briefing:
    quotes = Quotes()
    told = tuple(BriefingLine(line.story, line.change, tuple(map(quotes.sentence, line.sentences))) for line in lines)
    unknown = _unknown(material, [s for line in lines for s in line.sentences], language, size.unknown)
    figures = moves(found, _versions(articles), quotes.cite, size.figures)
    disputed = disputes(found, quotes.cite, size.disputed)
    return Briefing(
        since=since,
        until=until,
        language=language,
        lines=told,
        figures=tuple(figures),
        disputed=tuple(disputed),
        unknown=tuple(map(quotes.sentence, unknown)),
        citations=_cited(library, quotes, as_of),
        article_count=len(articles),
        origin_count=len({origin_of(article) for article in articles}),
        newest_article_at=_newest(articles),
    )


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
        if says_unknown(s.text, s.article.language) and not material.told[material.rows[s.id]]
    ]
    for sentence in sorted(candidates, key=lambda s: -_plainness(s, language)):
        row = material.rows[sentence.id]
        if len(found) < most and not any(alike(material, row, other) for other in rows):
            found.append(sentence)
            rows.append(row)
    return found


def _plainness(sentence: Sentence, language: str) -> float:
    return standing_alone(sentence.text, sentence.article.language) + (sentence.article.language == language)


def _cited(library: Library, quotes: Quotes, as_of: datetime | None) -> tuple[Citation, ...]:
    """Return the citations; those of figures that were withdrawn by `as_of`, be it after the window, say so."""
    gone = {
        (entry.article.id, entry.article.version, entry.figure.quote)
        for one in series(library, None, as_of)
        for entry in one.entries
        if entry.standing is Standing.WITHDRAWN
    }
    located = [_located(library, quoted) for quoted in quotes.found.values()]
    return tuple(replace(c, withdrawn=_holds_any(c, gone)) for c in citations(library, located, as_of))


def _holds_any(citation: Citation, gone: set[tuple[str, int, Span]]) -> bool:
    return any(
        (id_, version) == (citation.article.id, citation.article.version)
        and span.start < citation.end
        and citation.start < span.end
        for id_, version, span in gone
    )


def _located(library: Library, quoted: Quoted) -> Quoted:
    """Return the quote with the passage it stands in, so that it can be opened."""
    if quoted.passage_id is not None:
        return quoted
    (held,) = quotable_sentences(library.engine, [quoted.article], library.model)
    passage_id = next(
        (q.passage_id for q in held if q.span.start < quoted.span.end and quoted.span.start < q.span.end), None
    )
    return replace(quoted, passage_id=passage_id)


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
            size = Length(1, 0, 0, 0, 0)
            return _composed(library, material, found, lines, articles, since, until, language, size, None)
    return None


def shown(briefing: Briefing) -> list[ToldQuote]:
    """Return what a briefing shows, for retrieval.store.told to keep once it was sent."""
    return [ToldQuote(c.article.id, c.article.version, c.start, c.end, text_hash(c.quote)) for c in briefing.citations]

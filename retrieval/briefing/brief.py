"""A briefing: the most important news of a window that was not shown before; every line is a quote."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from retrieval.answer.chat_model import ChatModel
from retrieval.answer.compose import Quoted, citations, numbered
from retrieval.briefing.consequence import SAYING, concepts_of
from retrieval.briefing.lines import (
    LENGTHS,
    MOST_SENTENCES,
    NEAR,
    NEAR_IN_OTHER_LANGUAGE,
    Length,
    Line,
    Material,
    Request,
    Value,
    alike,
    change_of,
    choose_sentences,
    counts_dead,
    importance,
    is_period,
)
from retrieval.briefing.moves import disputes, moves, read_reports, recent, within
from retrieval.briefing.selection import select
from retrieval.briefing.sentences import (
    StoredSentence,
    less_means,
    mean_vectors,
    reads_alone,
    says_unknown,
    sentences_of,
)
from retrieval.briefing.shown import Comparison, shown_articles, shown_before_window
from retrieval.briefing.speakers import respelled
from retrieval.briefing.stories import StoryArticle, by_article, continuing, stories, story, story_id
from retrieval.briefing.topics import on_topic
from retrieval.domain import (
    Article,
    Briefing,
    BriefingLine,
    Change,
    QuestionError,
    ShownQuote,
    Span,
    Statement,
)
from retrieval.embedding import Embedder
from retrieval.store import read
from retrieval.store.library import Library
from retrieval.store.quotable import sentence_vectors
from retrieval.store.sources.outlets import independent, published_by

READ_FOR_EACH = 3  # stories compared with what was shown for each line of a brief: those that tell most
FEW_STORIES = 3  # up to so many, a story of one source has a second sentence too
LONGEST = timedelta(days=366)
DAY = timedelta(days=1)
MOST_IN_FULL = 10  # sentences of a story at length
THIN = 2  # articles up to which a briefing of everything names the newest day before it
FEWEST_SHARED = 2  # concepts of two sentences on the same
Only = Callable[[Sequence[StoredSentence]], Sequence[StoredSentence]]
LATE = timedelta(days=3)  # an article fetched up to so long after its publication is still news


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
    among: Collection[str] | None = None,
    only: Only | None = None,
    length: str = "standard",
    chat_model: ChatModel | None = None,
) -> Briefing:
    """Return the most important news of [since, until) in quotes, marked against what was shown before.

    `shown` are the quotes that a chat was shown before; without them (None) everything published in the two weeks
    before the window counts as shown. `topics` narrow it down to articles about any of them, `among` to those with
    these ids; `only` returns those of their sentences that may be told, of an article with none all may. `length` is
    one of LENGTHS. A `chat_model` may choose other sentences of the stories, and their order.
    Where there is nothing or little, `newest_elsewhere` is when there last was something. Raises QuestionError for a
    window that ends before it starts.
    """
    if until <= since:
        raise QuestionError("The period ends before it starts.", key="period")
    if until - since > LONGEST:
        raise QuestionError(f"A brief is of up to {LONGEST.days} days.", key="long_period", most=LONGEST.days)
    undated = () if topics or among is not None else tuple(read.undated(library.engine, since, until, as_of))
    articles = read.arrived(library.engine, since, until, LATE, as_of)
    if among is not None:
        articles = [article for article in articles if article.id in among]
    if topics and articles:
        articles = on_topic(library, embedder, articles, topics)
    if not articles:
        newest = read.newest_before(library.engine, until, as_of) or read.newest_before(
            library.engine, datetime.max.replace(tzinfo=UTC), as_of
        )
        notes = ("brief_off_topic",) if topics or among is not None else ()
        return Briefing(
            since, until, language, (), (), 0, 0, None, newest_elsewhere=newest, notes=notes, undated=undated
        )
    earlier = shown_articles(library, since, shown, as_of, {article.id for article in articles})
    background = [] if shown is None else shown_articles(library, since, None, as_of, {a.id for a in articles})
    material = _material(library, articles, earlier, shown, language, background, only)
    thin = len(articles) <= THIN and not topics and among is None
    before = read.newest_before(library.engine, since, as_of) if thin else None
    request = Request(since, until, language, LENGTHS[length], as_of, undated, ", ".join(topics) or None, before)
    lines = _lines(material, request)
    if chat_model is None:
        return _composed(library, material, lines, request)
    selected, reason = select(library, material, lines, chat_model, request)
    if selected is None:
        return replace(_composed(library, material, lines, request), notes=(reason,) if reason else ())
    lines = [replace(one, change=change_of(material, one.story, one.sentences)) for one in selected]
    return replace(_composed(library, material, lines, request), engine=chat_model.engine)


def _material(
    library: Library,
    articles: Sequence[Article],
    earlier: Sequence[Article],
    quotes: Sequence[ShownQuote] | None,
    language: str,
    background: Sequence[Article] = (),
    only: Only | None = None,
) -> Material:
    """Return what lines are made from; `background` are earlier articles whose figures the new ones may withdraw."""
    sentences = list(sentences_of(library, articles))
    if only is not None:
        kept = {sentence.id for sentence in only(sentences)}
        telling = {sentence.article.key for sentence in sentences if sentence.id in kept}
        sentences = [s for s in sentences if s.id in kept or s.article.key not in telling]
    means = mean_vectors(library)
    before = shown_before_window(library, earlier, quotes, means)
    stored = sentence_vectors(library.engine, [sentence.id for sentence in sentences])
    vectors = less_means(stored, sentences, means)
    reports = read_reports(library, list({a.key: a for a in (*background, *earlier, *articles)}.values()))
    told_of = recent(reports.series, articles, before.contains)
    if only is not None:
        told_of = within(told_of, sentences)
    first_days: dict[Value, date] = {}
    for article in articles:
        day = article.published_on
        for figure in reports.figures_of(article) if day else ():
            value = (figure.kind, figure.low, figure.high)
            first_days[value] = min(day or date.max, first_days.get(value, date.max))
    return Material(
        articles=articles,
        before=before,
        recent=told_of,
        values=frozenset((e.figure.kind, e.figure.low, e.figure.high) for one in told_of for e in one.alike),
        first_days=first_days,
        sentences=sentences,
        vectors=vectors,
        stored=stored,
        wordings={},
        compared=Comparison(sentences, vectors, before),
        rows={sentence.id: at for at, sentence in enumerate(sentences)},
        continuing=continuing(by_article(sentences, vectors), by_article(before.sentences, before.vectors)),
        reports=reports,
        language=language,
        told={},
    )


def _lines(material: Material, request: Request) -> list[Line]:
    """Return the lines of the most important stories, as many as the length allows."""
    groups = _stories(material, request)
    first = sorted(groups, key=lambda g: -importance(material, g, request.since, request.until, compared=False))
    weighed = first[: READ_FOR_EACH * request.length.stories]
    ranked = sorted(weighed, key=lambda g: -importance(material, g, request.since, request.until))
    lines: list[Line] = []
    chosen: list[StoredSentence] = []
    waiting = list(ranked)
    of_period = is_period(request.since, request.until)
    near: list[list[StoryArticle]] = []  # what is much like a line above it comes after what is not
    while (waiting or near) and len(lines) < request.length.stories:
        group = waiting.pop(0) if waiting else near.pop(0)
        if waiting and (_is_near(material, group, chosen) or (of_period and _is_toll(material, group, chosen))):
            near.append(group)
            continue
        one = story(group)
        most = 1 if one.origins == 1 and len(ranked) > FEW_STORIES else MOST_SENTENCES
        sentences = choose_sentences(material, group, most, chosen)
        while sentences and sum(len(s.text) for s in [*chosen, *sentences]) > request.length.characters:
            sentences.pop()
        if sentences:
            chosen.extend(sentences)
            lines.append(Line(one, change_of(material, one, sentences), tuple(sentences)))
    return lines


def _stories(material: Material, request: Request) -> list[list[StoryArticle]]:
    """Return the stories of the window; of a period those of each of its days, as what happens on one is its turn."""
    read_ = by_article(material.sentences, material.vectors)
    if not is_period(request.since, request.until):
        return stories(read_)
    days: dict[int, list[StoryArticle]] = defaultdict(list)
    for one in read_:
        published = one.article.published
        days[(published.at - request.since) // DAY if published else 0].append(one)
    return [group for day in sorted(days) for group in stories(days[day])]


def _is_near(material: Material, group: Sequence[StoryArticle], chosen: Sequence[StoredSentence]) -> bool:
    """Return whether all articles of a story open with what a chosen sentence is about."""
    return bool(chosen) and all(_on_the_same(material, one.sentences[0], chosen) for one in group)


def _on_the_same(material: Material, lead: StoredSentence, chosen: Sequence[StoredSentence]) -> bool:
    """Return whether a sentence is on what a chosen one is about: near to it, or with half of its concepts.

    Two languages are less near to each other, so that a concept in common makes up for it.
    """
    cosines = material.vectors[[material.rows[one.id] for one in chosen]] @ material.vectors[material.rows[lead.id]]
    own = concepts_of(lead.text, lead.language) - {SAYING}
    for one, cosine in zip(chosen, cosines, strict=True):
        other = concepts_of(one.text, one.language)
        shared = len(own & other)
        if cosine >= NEAR or (shared and one.language != lead.language and cosine >= NEAR_IN_OTHER_LANGUAGE):
            return True
        every = min(len(own), len(other)) if one.language != lead.language else len(own | other)
        if shared >= FEWEST_SHARED and 2 * shared >= every:
            return True
    return False


def _is_toll(material: Material, group: Sequence[StoryArticle], chosen: Sequence[StoredSentence]) -> bool:
    """Return whether a story opens with a toll where one was chosen: of a period's tolls only one stands."""
    leads = [one.sentences[0] for one in group]
    return any(counts_dead(material.reports, s) for s in chosen) and any(
        counts_dead(material.reports, lead) for lead in leads
    )


def _composed(library: Library, material: Material, lines: Sequence[Line], request: Request) -> Briefing:
    quotes: list[Quoted] = []

    def cite(article: Article, span: Span, speaker: str | None, passage_id: int | None = None) -> int:
        return numbered(quotes, Quoted(article, span, passage_id, speaker))

    def quoted(sentence: StoredSentence) -> Statement:
        number = cite(sentence.article, sentence.span, sentence.speaker, sentence.passage_id)
        return Statement(sentence.text, (number,))

    articles = material.articles
    shown = tuple(_line(material, line, quoted) for line in lines)
    chosen = [sentence for line in lines for sentence in line.sentences]
    figures = moves(material.recent, cite, request.length.figures)
    disputed = disputes(material.recent, cite, request.length.disputed)
    unknown = _unknown(material, chosen, request.length.unknown)
    made = Briefing(
        since=request.since,
        until=request.until,
        language=request.language,
        lines=shown,
        figures=tuple(figures),
        disputed=tuple(disputed),
        unknown=tuple(map(quoted, unknown)),
        citations=citations(library, quotes, request.as_of),
        article_count=len(articles),
        origin_count=independent(articles),
        publisher_count=published_by(articles),
        newest_elsewhere=request.newest_before,
        newest_article_at=max((a.published for a in articles if a.published), key=lambda m: m.at, default=None),
        topic=request.topic,
        undated=request.undated,
    )
    return respelled(made, [*articles, *material.before.articles])


def _line(material: Material, line: Line, quoted: Callable[[StoredSentence], Statement]) -> BriefingLine:
    """Return a line with what the first of its sentences that replaces something replaces."""
    statements = tuple(map(quoted, line.sentences))
    replaced = (material.compared.replaced(material.rows[sentence.id]) for sentence in line.sentences)
    before = next((quoted(one) for one in replaced if one is not None and reads_alone(one)), None)
    return BriefingLine(line.story, line.change, statements, before)


def _unknown(material: Material, chosen: Sequence[StoredSentence], most: int) -> list[StoredSentence]:
    """Return up to `most` sentences that say something is not known, shown neither before nor in the lines."""
    rows = [material.rows[s.id] for s in chosen]
    found: list[StoredSentence] = []
    candidates = [
        s
        for s in material.sentences
        if says_unknown(s) and not s.addresses_machines and not material.compared.repeats(material.rows[s.id])
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
    """Return one story of a window at length, as a briefing of one line; None if the window has no such story."""
    articles = read.arrived(library.engine, since, until, LATE)
    if not articles:
        return None
    material = _material(library, articles, [], (), language)
    for group in stories(by_article(material.sentences, material.vectors)):
        if any(story_id(one.article) == story_id_ for one in group):
            sentences = choose_sentences(material, group, MOST_IN_FULL, ())
            lines = [Line(story(group), Change.NEW, tuple(sentences))] if sentences else []
            return _composed(library, material, lines, Request(since, until, language, Length(1, 0, 0, 0, 0)))
    return None

"""The lines of a briefing: how important a story is, which of its sentences are shown, and what is new in it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from retrieval.briefing.consequence import SAYING, concepts_of, consequence
from retrieval.briefing.moves import Recent, Reports, contradict, same_value
from retrieval.briefing.sentences import FEWEST_WORDS, StoredSentence, happens, reads_alone
from retrieval.briefing.shown import Comparison, Shown
from retrieval.briefing.stories import StoryArticle, story
from retrieval.briefing.summary import MOST_ALIKE, Wording, bag, choose, f1, features, idf, likeness, unit, wording
from retrieval.domain import Article, Change, Figure, FigureKind, Moment, Story
from retrieval.figures.withdrawals import is_withdrawal
from retrieval.language.doc import Text

ORIGINS_WEIGHT, CONSEQUENCE_WEIGHT, RECENCY_WEIGHT, REVERSAL_WEIGHT, WITHDRAWAL_WEIGHT = 1.0, 1.5, 0.3, 0.6, 0.8
"""Story weights: log(number of sources), consequence, recency, reverses what was shown, withdraws a figure."""

PERIOD = timedelta(days=2)  # a longer window's stories are told day by day, and not ranked by recency
ECHO_WEIGHT, STORY_WEIGHT = 0.5, 0.3
"""Weights in a period: log(number of sources with a sentence like the story's weightiest), log(of its own)."""

MOST_READ = 5  # articles of a story, the newest, whose first sentences tell how much it changes
LEADS = (1.0, 0.85, 0.7)  # share of a story's consequence that the first sentences of an article have
MOST_SENTENCES = 2  # of a story: the one that tells most, and one that adds to it
SENTENCES_READ = 15  # first sentences of an article that may be shown
MOST_COMPARED = 40  # sentences of a story, the best, that are compared with what was shown before
POSITION_LOSS, FURTHEST = 0.08, 6
FEWEST_IN_LEAD = 4  # words of an article's first sentence that may be shown, if something happens in it
LEAD_WORTH = 1.2  # factor for the first sentence of an article, which mostly says what is new
TITLE_WORTH = 0.6  # factor, less 1, for a sentence in the words of its article's title
OTHER_LANGUAGE = 0.75  # worth of a sentence that is not in the reader's language
SUPPORT, MOST_SUPPORT = 0.15, 4  # worth added for each other origin, up to four, with a sentence much like it
LIKE = 0.5  # cosine from which two sentences are about the same thing
SAME, SAME_IN_OTHER_LANGUAGE = 0.66, 0.5  # cosines from which two lines of a briefing would say the same
WITHDRAWAL_WORTH = 2.0  # factor for a sentence that withdraws a figure
FURTHER_WORTH = 0.5  # share of the first sentence's worth below which a story's second sentence is left out
OF_THE_STORY = 0.25  # cosine to the first sentence from which a second one is of the same story
CONSEQUENCE_WORTH = 0.6  # factor, less 1, for the sentence that tells most
REPLACED_WORTH = 1.4  # factor for a sentence that says what became of what was shown
LEFT_OVER = 0.6  # share of the worth of a story's best sentence below which what is left of it tells nothing of it
KNOWN_LOSS = 0.6  # of the consequence of a sentence whose every figure was shown
NEAR = 0.45  # cosine to a chosen sentence from which another story waits until those that are not so near are told
NEAR_IN_OTHER_LANGUAGE = 0.25  # the same of one in another language, if they have a concept in common
INCOMPLETE = 0.8  # factor for a sentence that names nobody and no place, and for one in which nothing happens


@dataclass(frozen=True, slots=True)
class Length:
    """The most of each part in a briefing; characters are of quotes."""

    stories: int
    characters: int
    figures: int
    disputed: int
    unknown: int


Value = tuple[FigureKind, float | None, float | None]
"""A figure's kind and bounds."""

LENGTHS = {
    "short": Length(stories=3, characters=700, figures=3, disputed=1, unknown=1),
    "standard": Length(stories=7, characters=1_900, figures=5, disputed=2, unknown=2),
    "long": Length(stories=25, characters=12_000, figures=20, disputed=8, unknown=8),
}
"""A standard briefing fits one Telegram message with its frame: 4,096 units."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: a window, a language, a length, a moment (None: now), a topic; what has no date or is earlier.

    `newest_before` is when there was news before a window that has little.
    """

    since: datetime
    until: datetime
    language: str
    length: Length
    as_of: datetime | None = None
    undated: tuple[Article, ...] = ()
    topic: str | None = None
    newest_before: Moment | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """The window's articles and their sentences, row by row with their vectors, and the sentences shown before."""

    articles: Sequence[Article]
    before: Shown
    recent: Sequence[Recent]  # the series that the articles report in
    values: frozenset[Value]  # of the figures shown before
    first_days: Mapping[Value, date]  # on which the window's articles first report each value
    sentences: Sequence[StoredSentence]
    vectors: np.ndarray  # less the means of the library's languages
    stored: np.ndarray  # the vectors as they are stored
    wordings: dict[int, Wording]  # row -> how it is worded, once that is read
    compared: Comparison  # with what was shown before
    rows: Mapping[int, int]  # sentence id -> row
    continuing: frozenset[str]  # ids of the articles that continue a story shown before
    reports: Reports
    language: str  # the reader's
    told: dict[int, float]  # sentence id -> its consequence, once it is computed


@dataclass(frozen=True, slots=True)
class Line:
    """A story and those of its sentences that are shown."""

    story: Story
    change: Change
    sentences: tuple[StoredSentence, ...]


def importance(
    material: Material, group: Sequence[StoryArticle], since: datetime, until: datetime, *, compared: bool = True
) -> float:
    """Return how much a story matters: by its sources, by what it changes, and by how new it is.

    Not `compared`, as if nothing had been shown before.
    """
    one, of_period = story(group), is_period(since, until)
    newest_read = sorted(group, key=lambda read: read.article.known_at or since)[-MOST_READ:]
    leads = [(s, share) for read in newest_read for s, share in zip(read.sentences, LEADS, strict=False)]
    rows = [material.rows[s.id] for s, _ in leads] if compared else []
    repeated = {row for row in rows if material.compared.repeats(row)}
    new = [(s, share) for s, share in leads if material.rows[s.id] not in repeated]
    newest = max(article.published.at for article in one.articles if article.published)
    recency = (newest - since) / (until - since) if until > since and not of_period else 0.0
    breadth = (STORY_WEIGHT if of_period else ORIGINS_WEIGHT) * math.log1p(one.origins)
    echo = ECHO_WEIGHT if of_period and compared else 0.0  # of the candidates alone: it reads the whole period
    weights = [
        CONSEQUENCE_WEIGHT * share * told(material, s) + (echo and echo * math.log1p(_echoes(material, s)))
        for s, share in new
    ]
    return (
        breadth
        + max(weights, default=0.0)
        + RECENCY_WEIGHT * min(1.0, max(0.0, recency))
        + REVERSAL_WEIGHT * any(material.compared.replaced(row) is not None for row in rows)
        + WITHDRAWAL_WEIGHT * any(material.reports.withdraws(article) for article in one.articles)
    )


def is_period(since: datetime, until: datetime) -> bool:
    """Return whether a window is so long that its turning points, and not its newest reports, come first."""
    return until - since > PERIOD


def _echoes(material: Material, sentence: StoredSentence) -> int:
    """Return how many sources say much the same: a turning point is told again and looked back on.

    Counts of the dead are all alike; those with the same number say the same.
    """
    values = {_value(f) for f in figures_in(material.reports, sentence) if f.kind is FigureKind.KILLED}
    if values:
        same = (a for a in material.articles if any(_value(f) in values for f in material.reports.figures_of(a)))
        return len({article.origin_id for article in same})
    near = np.flatnonzero(material.vectors @ material.vectors[material.rows[sentence.id]] >= LIKE)
    return len({material.sentences[row].article.origin_id for row in near.tolist()})


def counts_dead(reports: Reports, sentence: StoredSentence) -> bool:
    """Return whether a sentence reports how many were killed."""
    return any(figure.kind is FigureKind.KILLED for figure in figures_in(reports, sentence))


def _value(figure: Figure) -> Value:
    return figure.kind, figure.low, figure.high


def worded(material: Material, row: int) -> Wording:
    """Return how a sentence is worded, read once."""
    if row not in material.wordings:
        material.wordings[row] = wording(material.sentences[row])
    return material.wordings[row]


def told(material: Material, sentence: StoredSentence) -> float:
    """Return how much it changes what a sentence tells, from 0 to 1."""
    if sentence.id not in material.told:
        figures = figures_in(material.reports, sentence)
        new = [figure for figure in figures if _is_news(material, sentence.article, figure)]
        killed = [figure.low or 0.0 for figure in new if figure.kind is FigureKind.KILLED]
        share = 1 - KNOWN_LOSS * (1 - len(new) / len(figures)) if figures else 1.0
        material.told[sentence.id] = share * consequence(
            sentence, material.stored[material.rows[sentence.id]], max(killed, default=0.0)
        )
    return material.told[sentence.id]


def _is_news(material: Material, article: Article, figure: Figure) -> bool:
    """Return whether a figure was not shown, nor reported on a day before in the window, nor replaced in it since."""
    value = _value(figure)
    first = material.first_days.get(value)
    return (
        value not in material.values
        and (first is None or article.published_on is None or article.published_on <= first)
        and not material.reports.is_replaced(article, figure)
    )


def choose_sentences(
    material: Material, read: Sequence[StoryArticle], most: int, chosen: Sequence[StoredSentence]
) -> list[StoredSentence]:
    """Return up to `most` sentences that sum the articles up and repeat none that was shown or `chosen`."""
    every = [s for one in read for s in one.sentences if s.position < SENTENCES_READ]
    by_worth = sorted(((_worth(material, s, read), -at) for at, s in enumerate(every)), reverse=True)[:MOST_COMPARED]
    pool = [every[at] for at in sorted(-place for _, place in by_worth)]
    at = [material.rows[s.id] for s in pool]
    worths = {-place: worth for worth, place in by_worth}
    compared = (worths[n] * _change_worth(material, every[n]) for n in sorted(worths))
    worth = np.fromiter(compared, dtype=np.float32, count=len(pool))
    if not worth.any():
        return []
    wordings = [worded(material, row) for row in at]
    bags = [one.stems for one in wordings]
    rows = features(bags, {stem: 1.0 for one in bags for stem in one} | idf(bags), material.vectors[at])
    centre = unit(rows.mean(axis=0))

    def allowed(row: int, others: list[int]) -> bool:
        lines = [*(material.rows[s.id] for s in chosen), *(at[other] for other in others)]
        return not any(alike(material, at[row], other) for other in lines)

    found = choose(rows, centre, worth, most, allowed)
    if not found or worth[found[0]] < LEFT_OVER * worth.max():
        return []
    return [
        pool[row]
        for row in found
        if row == found[0]
        or (worth[row] >= FURTHER_WORTH * worth[found[0]] and _of_story(material, at[found[0]], at[row]))
    ]


def _of_story(material: Material, first: int, row: int) -> bool:
    """Return whether a row adds to the story of a first one: it is near to it, and on an act or a thing of its."""
    one, other = material.sentences[first], material.sentences[row]
    cosine = float(material.vectors[first] @ material.vectors[row])
    shared = concepts_of(one.text, one.language) & concepts_of(other.text, other.language) - {SAYING}
    return cosine >= LIKE or (cosine >= OF_THE_STORY and bool(shared))


def alike(material: Material, one: int, other: int) -> bool:
    """Return whether two rows say the same: by words, by sense, or as the second gives all figures of the first."""
    foreign = material.sentences[one].language != material.sentences[other].language
    if float(material.vectors[one] @ material.vectors[other]) >= (SAME_IN_OTHER_LANGUAGE if foreign else SAME):
        return True
    if likeness(worded(material, one), worded(material, other)) >= MOST_ALIKE:
        return True
    ours, theirs = (amounts(material.reports, material.sentences[row]) for row in (one, other))
    return bool(ours) and ours <= theirs


def amounts(reports: Reports, sentence: StoredSentence) -> frozenset[tuple[FigureKind, float, float]]:
    """Return the kind and bounds of each figure in a sentence; of "dozens" only the power of ten."""
    found = set()
    for figure in figures_in(reports, sentence):
        low = figure.low if figure.low is not None else -1.0
        if figure.high is None and low > 0:
            low = -(10.0 ** math.floor(math.log10(low)))
        found.add((figure.kind, low, figure.high if figure.high is not None else math.inf))
    return frozenset(found)


def _change_worth(material: Material, sentence: StoredSentence) -> float:
    """Return the factor for what became of what was shown: 0 where a sentence says it again."""
    row = material.rows[sentence.id]
    if material.compared.repeats(row):
        return 0.0
    return REPLACED_WORTH if material.compared.replaced(row) is not None else 1.0


def _worth(material: Material, sentence: StoredSentence, read: Sequence[StoryArticle]) -> float:
    """Return how well a sentence would stand for its story, without looking at what was shown before."""
    row, own = material.rows[sentence.id], sentence.article
    opens = sentence.position == 0 and happens(sentence)
    fewest = FEWEST_IN_LEAD if opens else FEWEST_WORDS
    worth = reads_alone(sentence, fewest) * (1 - POSITION_LOSS * min(sentence.position, FURTHEST))
    if sentence.position == 0:
        worth *= LEAD_WORTH
    worth *= 1 + TITLE_WORTH * f1(worded(material, row).stems, bag(Text(own.title, own.language)))
    if own.language != material.language:
        worth *= OTHER_LANGUAGE
    if material.reports.withdraws(own) and is_withdrawal(sentence):
        worth *= WITHDRAWAL_WORTH
    worth *= _completeness(sentence) * (1 + CONSEQUENCE_WORTH * told(material, sentence))
    others = {
        one.article.origin_id
        for one in read
        if one.article.origin_id != own.origin_id
        and float((one.vectors @ material.vectors[row]).max(initial=-1.0)) >= LIKE
    }
    return worth * (1 + SUPPORT * min(len(others), MOST_SUPPORT))


def _completeness(sentence: StoredSentence) -> float:
    """Return how much of who, what and where a sentence says, from INCOMPLETE squared to 1."""
    names = any(word.text[0].isupper() for word in sentence.words[1:])
    return (1.0 if names else INCOMPLETE) * (1.0 if happens(sentence) else INCOMPLETE)


def change_of(material: Material, story: Story, sentences: Sequence[StoredSentence]) -> Change:
    """Return whether a story is new, updates, contradicts or withdraws what was shown before."""
    if any(map(is_withdrawal, sentences)):
        return Change.WITHDRAWN
    figures = [(s.article, figure) for s in sentences for figure in figures_in(material.reports, s)]
    if any(
        entry.figure == figure and entry.article.id == article.id and any(contradict(was, entry) for was in one.before)
        for article, figure in figures
        for one in material.recent
        for entry in one.now
    ):
        return Change.CONTRADICTED
    if any(material.compared.replaced(material.rows[s.id]) is not None for s in sentences):
        return Change.UPDATE
    origins = {article.origin_id for article in material.before.articles}
    if any(one.origin_id in origins or one.id in material.continuing for one in story.articles):
        return Change.UPDATE
    return Change.UPDATE if any(_was_shown(figure, material.recent) for _, figure in figures) else Change.NEW


def figures_in(reports: Reports, sentence: StoredSentence) -> list[Figure]:
    """Return the figures whose numbers are in a sentence."""
    return [
        figure
        for figure in reports.figures_of(sentence.article)
        if sentence.span.start <= figure.wording.start < sentence.span.end
    ]


def _was_shown(figure: Figure, recent: Sequence[Recent]) -> bool:
    """Return whether a figure was shown before, with this value or another one of its series."""
    return any(
        one.series.kind is figure.kind
        and one.before
        and (figure in [e.figure for e in one.now] or any(same_value(figure, e.figure) for e in one.before))
        for one in recent
    )

"""Stories -> the lines of a briefing: which come first, which sentences tell them, and how they stand to before."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from retrieval.briefing.centroid import choose, features, idf, unit
from retrieval.briefing.days import origin_of
from retrieval.briefing.earlier import MOST_ALIKE, Earlier
from retrieval.briefing.moved import Recent, same_value
from retrieval.briefing.reports import Reports
from retrieval.briefing.rouge import Wording, likeness
from retrieval.briefing.sentences import Sentence, standing_alone
from retrieval.briefing.stories import Read
from retrieval.domain import Article, Change, Figure, FigureKind, Story
from retrieval.figures.ledger import FigureStatus
from retrieval.figures.withdrawals import is_withdrawal
from retrieval.language.doc import Text

ORIGINS_WEIGHT, GRAVITY_WEIGHT, RECENCY_WEIGHT, TURN_WEIGHT = 1.0, 0.8, 0.3, 0.8
"""Of the independent origins of a story (logarithm), what it counts, how new it is, and a withdrawal in it."""

GRAVITY = {
    FigureKind.KILLED: 1.0,
    FigureKind.INJURED: 0.7,
    FigureKind.MISSING: 0.7,
    FigureKind.DEPLOYED: 0.7,
    FigureKind.EMERGENCY: 0.7,
    FigureKind.DETAINED: 0.6,
    FigureKind.HOSPITALISED: 0.6,
    FigureKind.DISPLACED: 0.6,
    FigureKind.CURFEW: 0.5,
    FigureKind.PRICE: 0.3,
}
"""How much a figure of each kind makes a story weigh."""

MOST_SENTENCES = 3
SENTENCES_READ = 15
"""First sentences of an article that may tell its story."""

POSITION_LOSS, FURTHEST = 0.08, 6
OTHER_LANGUAGE = 0.75
"""Worth of a sentence that is not in the reader's language."""

SUPPORT, MOST_SUPPORT = 0.08, 4
"""Worth added for each other origin, up to four, with a sentence much like it."""

LIKE = 0.5
"""Cosine from which two sentences speak of the same thing."""

SAME = 0.66
"""Cosine from which two lines of a briefing would say the same."""

WITHDRAWAL_WORTH = 2.0

FURTHER_WORTH = 0.7
"""Worth of a story's second and third sentence, beside the first's, under which they are left out."""


@dataclass(frozen=True, slots=True)
class Material:
    """The sentences of the window, row by row with their vectors and how they stand to what was told."""

    sentences: Sequence[Sentence]
    vectors: np.ndarray
    wordings: Sequence[Wording]
    told: np.ndarray  # bool
    rows: Mapping[int, int]  # sentence id -> row
    continuing: frozenset[str]  # ids of the articles that go on with what was told before
    reports: Reports


@dataclass(frozen=True, slots=True)
class Line:
    """A story and the sentences that tell it."""

    story: Story
    change: Change
    sentences: tuple[Sentence, ...]


def weight(story: Story, reports: Reports, since: datetime, until: datetime) -> float:
    """Return how much a story matters: by independent origins, what it counts, and how new it is."""
    figures = [figure for article in story.articles for figure in reports.figures_of(article)]
    gravity = max((GRAVITY[figure.kind] for figure in figures), default=0.0)
    newest = max(article.published.at for article in story.articles if article.published)
    recency = (newest - since) / (until - since) if until > since else 1.0
    turn = any(reports.take_back(article) for article in story.articles)
    return (
        ORIGINS_WEIGHT * math.log1p(story.origins)
        + GRAVITY_WEIGHT * gravity
        + RECENCY_WEIGHT * min(1.0, max(0.0, recency))
        + TURN_WEIGHT * turn
    )


def tell(
    material: Material, read: Sequence[Read], language: str, most: int, chosen: Sequence[Sentence]
) -> list[Sentence]:
    """Return up to `most` sentences that tell the story of the articles and repeat nothing told or chosen."""
    pool = [s for one in read for s in one.sentences if s.position < SENTENCES_READ]
    at = [material.rows[s.id] for s in pool]
    worth = np.array([_worth(material, s, read, language) for s in pool], dtype=np.float32)
    if not worth.any():
        return []
    wordings = [material.wordings[row] for row in at]
    bags = [one.stems for one in wordings]
    rows = features(bags, {stem: 1.0 for one in bags for stem in one} | idf(bags), material.vectors[at])
    centre = unit(rows.mean(axis=0))

    def allowed(row: int, others: list[int]) -> bool:
        beside = [*(material.rows[s.id] for s in chosen), *(at[other] for other in others)]
        return not any(alike(material, at[row], other) for other in beside)

    found = choose(rows, centre, worth, most, allowed)
    return [pool[row] for row in found if worth[row] >= FURTHER_WORTH * worth[found[0]]]


def alike(material: Material, one: int, other: int) -> bool:
    """Tell whether a row would say again what the other one says: in like words, in like sense, or no other figures."""
    if float(material.vectors[one] @ material.vectors[other]) >= SAME:
        return True
    if likeness(material.wordings[one], material.wordings[other]) >= MOST_ALIKE:
        return True
    ours, theirs = (counts_in(material.reports, material.sentences[row]) for row in (one, other))
    return bool(ours) and ours <= theirs


def counts_in(reports: Reports, sentence: Sentence) -> frozenset[tuple[FigureKind, float, float]]:
    """Return what a sentence counts: the kind and bounds of each figure, in powers of ten where it says "dozens"."""
    found = set()
    for figure in figures_in(reports, sentence):
        low = figure.low if figure.low is not None else -1.0
        if figure.high is None and low > 0:
            low = -(10.0 ** math.floor(math.log10(low)))
        found.add((figure.kind, low, figure.high if figure.high is not None else math.inf))
    return frozenset(found)


def _worth(material: Material, sentence: Sentence, read: Sequence[Read], language: str) -> float:
    row = material.rows[sentence.id]
    if material.told[row]:
        return 0.0
    own = sentence.article
    worth = standing_alone(sentence.text, own.language) * (1 - POSITION_LOSS * min(sentence.position, FURTHEST))
    if own.language != language:
        worth *= OTHER_LANGUAGE
    if is_withdrawal(Text(sentence.text, own.language)):
        worth *= WITHDRAWAL_WORTH
    others = {
        origin_of(one.article)
        for one in read
        if origin_of(one.article) != origin_of(own)
        and float((one.vectors @ material.vectors[row]).max(initial=-1.0)) >= LIKE
    }
    return worth * (1 + SUPPORT * min(len(others), MOST_SUPPORT))


def change_of(
    material: Material, story: Story, sentences: Sequence[Sentence], before: Earlier, recent: Sequence[Recent]
) -> Change:
    """Return how a story, told by the sentences, stands to what was told before."""
    if any(is_withdrawal(Text(s.text, s.article.language)) for s in sentences):
        return Change.WITHDRAWN
    figures = [(s.article, figure) for s in sentences for figure in figures_in(material.reports, s)]
    if any(_contradicts(article, figure, recent) for article, figure in figures):
        return Change.CONTRADICTED
    origins = before.origins()
    if any(origin_of(article) in origins for article in story.articles):
        return Change.UPDATE
    if any(_was_told(figure, recent) for _, figure in figures):
        return Change.UPDATE
    going_on = any(article.id in material.continuing for article in story.articles)
    return Change.UPDATE if going_on else Change.NEW


def figures_in(reports: Reports, sentence: Sentence) -> list[Figure]:
    """Return the figures whose numbers stand in a sentence."""
    return [
        figure
        for figure in reports.figures_of(sentence.article)
        if sentence.span.start <= figure.wording.start < sentence.span.end
    ]


def _contradicts(article: Article, figure: Figure, recent: Sequence[Recent]) -> bool:
    """Tell whether a figure and one that was told before cannot both be right."""
    for one in recent:
        told = [e.reported for e in one.before]
        for entry in one.now:
            if entry.figure == figure and entry.article.id == article.id:
                against = entry.status is FigureStatus.CONTRADICTED and entry.by in told
                return against or any(
                    e.status is FigureStatus.CONTRADICTED and e.by == entry.reported for e in one.before
                )
    return False


def _was_told(figure: Figure, recent: Sequence[Recent]) -> bool:
    """Tell whether a figure was told before, with this value or as another one that this one comes after."""
    return any(
        one.series.kind is figure.kind
        and one.before
        and (figure in [e.figure for e in one.now] or any(same_value(figure, e.figure) for e in one.before))
        for one in recent
    )

"""Articles grouped into stories, across languages: each is about one development."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.briefing.sentences import StoredSentence
from retrieval.briefing.summary import unit
from retrieval.domain import Article, Story
from retrieval.language.doc import Text
from retrieval.store.sources.outlets import independent

LEADS = 3  # first sentences of an article, which say its subject
LEAD_CHARACTERS = 400  # first characters of its text that are read for names and numbers, after its title
LEAD_WEIGHT, CLOSEST_WEIGHT, NAMES_WEIGHT = 0.45, 0.2, 0.5
"""Weights of the likeness of leads as a whole, of their two most alike sentences, and of shared names and numbers."""

ALIKE = 0.25
"""Mean likeness within a story, at least; chosen on the `story` labels of the samples (benchmarks/briefing.py)."""

CONTINUES = 0.25  # likeness to an earlier article on the event from which a story continues rather than being new
APART = -1.0  # likeness of two articles on two events
MOST_BEFORE = 400
MOST_COMPARED = 1_500  # articles whose pairs are compared; more are joined to stories by their origins alone


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article with its sentences and their vectors (sentences, dimensions)."""

    article: Article
    sentences: tuple[StoredSentence, ...]
    vectors: np.ndarray


def by_article(sentences: Sequence[StoredSentence], vectors: np.ndarray) -> list[StoryArticle]:
    """Return the articles of the sentences in order, each with its own."""
    rows: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at, sentence in enumerate(sentences):
        rows[sentence.article.key].append(at)
    return [
        StoryArticle(sentences[ats[0]].article, tuple(sentences[at] for at in ats), vectors[ats])
        for ats in rows.values()
    ]


def stories(read: Sequence[StoryArticle]) -> list[list[StoryArticle]]:
    """Return the articles grouped into stories, each within one event; copies of one origin are always together."""
    groups: dict[str, list[StoryArticle]] = defaultdict(list)
    for one in read:
        groups[one.article.origin_id].append(one)
    together = list(groups.values())
    if len(together) > MOST_COMPARED:
        return together
    alike = within_events([group[0] for group in together], article_likeness([group[0] for group in together]))
    return [[one for at in joined for one in together[at]] for joined in _joined(alike)]


def article_likeness(read: Sequence[StoryArticle]) -> np.ndarray:
    """Return how alike each two articles are, (articles, articles): by leads, closest sentences, names and numbers."""
    leads = unit(np.stack([one.vectors[:LEADS].mean(axis=0) for one in read]))
    return np.asarray(LEAD_WEIGHT * leads @ leads.T + CLOSEST_WEIGHT * _closest(read) + NAMES_WEIGHT * _names(read))


def within_events(read: Sequence[StoryArticle], alike: np.ndarray) -> np.ndarray:
    """Return how alike each two articles are, APART for those that are on two events."""
    events = np.array([-1 if one.article.event is None else one.article.event for one in read])
    known = events >= 0
    apart = known[:, None] & known & (events[:, None] != events)
    return np.where(apart, APART, alike)


def continuing(read: Sequence[StoryArticle], before: Sequence[StoryArticle]) -> frozenset[str]:
    """Return the ids of the articles that continue a story of those before, the newest MOST_BEFORE of them."""
    known = [one for one in before[-MOST_BEFORE:] if len(one.vectors)]
    if not known or len(read) > MOST_COMPARED:
        return frozenset()
    both = [*read, *known]
    nearest = within_events(both, article_likeness(both))[: len(read), len(read) :].max(axis=1)
    return frozenset(one.article.id for one, near in zip(read, nearest, strict=True) if near >= CONTINUES)


def _closest(read: Sequence[StoryArticle]) -> np.ndarray:
    """Return the cosine of the two leading sentences of each two articles that are most alike."""
    heads = [one.vectors[:LEADS] for one in read]
    cosines = np.concatenate(heads) @ np.concatenate(heads).T
    starts = np.cumsum([0, *(len(head) for head in heads[:-1])])
    return np.asarray(np.maximum.reduceat(np.maximum.reduceat(cosines, starts, axis=0), starts, axis=1))


def _names(read: Sequence[StoryArticle]) -> np.ndarray:
    """Return the cosine of each two articles' names and numbers; rarer ones have more weight."""
    articles = (one.article for one in read)
    leads = (Text(f"{a.title}. {a.text[:LEAD_CHARACTERS]}", a.language) for a in articles)
    terms = [set(lead.name_terms) for lead in leads]
    frequency = Counter(term for own in terms for term in own)
    columns = {term: at for at, term in enumerate(t for t, count in frequency.items() if count > 1)}
    rows = np.zeros((len(read), max(1, len(columns))), dtype=np.float32)
    for at, own in enumerate(terms):
        weights = {term: math.log(1 + len(read) / frequency[term]) for term in own}
        for term in own & columns.keys():
            rows[at, columns[term]] = math.sqrt(weights[term])
        rows[at] /= max(math.sqrt(sum(weights.values())), 1e-9)
    return np.asarray(rows @ rows.T)


def _joined(alike: np.ndarray) -> list[list[int]]:
    """Return groups by average linkage: the two groups most alike are joined while they are alike enough."""
    groups = {at: [at] for at in range(len(alike))}
    between = alike.astype(np.float64)
    np.fill_diagonal(between, -np.inf)
    while len(groups) > 1:
        at = int(np.argmax(between))
        one, other = divmod(at, len(between))
        if between[one, other] < ALIKE:
            break
        here, there = len(groups[one]), len(groups[other])
        between[one] = (here * between[one] + there * between[other]) / (here + there)
        between[:, one] = between[one]
        between[one, one] = -np.inf
        between[other], between[:, other] = -np.inf, -np.inf
        groups[one] += groups.pop(other)
    return [sorted(group) for group in groups.values()]


def story(read: Sequence[StoryArticle]) -> Story:
    """Return the story of the articles; its id comes from the origin of the first one."""
    articles = tuple(one.article for one in read)
    return Story(story_id(articles[0]), articles, independent(articles))


def story_id(article: Article) -> str:
    """Return the id of a story that begins with `article`: 12 hexadecimal digits."""
    return hashlib.sha256(article.origin_id.encode()).hexdigest()[:12]

"""The days that mattered and what happened on each, in quoted sentences; dated by the event, not the publication."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from retrieval.briefing.centroid import choose, features, idf, unit
from retrieval.briefing.days import Evidence, evidence, origin_of, published_on, ranked_days
from retrieval.briefing.rouge import Bag, bag, most_alike
from retrieval.briefing.sentences import Sentence, sentences_of, standing_alone
from retrieval.briefing.vectors import Means, mean_vectors, vectors_of
from retrieval.domain import Article, Citation, QuestionError, Statement, Timeline, TimelineDay
from retrieval.store import read
from retrieval.store.library import Library

DAYS = 10
SENTENCES = 1

BEFORE, AFTER = 7, 45
"""Days before and after the range whose articles are read: they announce, and they look back."""

LEADS = 5
"""First sentences of an article that may speak of the day it appeared."""

LEAD_DAYS = 2
"""Days, the day itself included, on which such articles appeared."""

MOST_NAMED = 250
"""Sentences naming a day that are weighed: those written soonest after it."""

MOST_ALIKE = 0.5
"""ROUGE-1 F from which two sentences say the same."""

NAMED_WORTH, LEAD_WORTH, SECOND_WORTH, AHEAD_WORTH = 1.0, 0.9, 0.6, 0.6
"""Worth of a sentence that names the day, of one from the day's articles, from the day after's, of an announcement."""

POSITION_LOSS = 0.05
"""Worth lost with each sentence further down the article, up to five."""

OTHER_LANGUAGE_WORTH = 0.75
"""Of a sentence in another language than the reader's."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a timeline is made from."""

    found: Mapping[date, Evidence]
    days_of: Mapping[int, set[date]]  # sentence id -> the days it names
    leads: Mapping[date, list[Sentence]]  # by day of publication
    rarity: Mapping[str, float]
    means: Means


def timeline(
    library: Library,
    *,
    since: date | None = None,
    until: date | None = None,
    days: int = DAYS,
    sentences: int = SENTENCES,
    language: str = "en",
    as_of: datetime | None = None,
) -> Timeline:
    """Return up to `days` days from `since` to `until`, both included, with up to `sentences` statements each.

    Without a range it is that of the library's articles, with a margin before. Fewer days come back where fewer are
    spoken of. Raises QuestionError for a range that ends before it starts.
    """
    if since and until and until < since:
        raise QuestionError(f"The range ends on {until}, before it starts on {since}.")
    articles = _one_an_origin(read.window(library.engine, *_published_within(since, until), as_of))
    if not articles:
        return Timeline((), ())
    first = since or min(day for a in articles if (day := published_on(a))) - timedelta(days=BEFORE)
    last = until or max(day for a in articles if (day := published_on(a)))
    material = _material(library, articles, first, last)
    chosen = _chosen(library, material, days, sentences, language)
    return _cited(library, chosen, as_of)


def _published_within(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    start = datetime.combine(since, time(), UTC) - timedelta(days=BEFORE) if since else None
    end = datetime.combine(until, time(), UTC) + timedelta(days=AFTER) if until else None
    return start, end


def _one_an_origin(articles: Sequence[Article]) -> list[Article]:
    """Return the first article of each origin: twelve copies of one text are one source."""
    return list({origin_of(article): article for article in reversed(articles)}.values())[::-1]


def _material(library: Library, articles: Sequence[Article], first: date, last: date) -> Material:
    leads: dict[date, list[Sentence]] = defaultdict(list)
    bags: list[Bag] = []
    every = list(sentences_of(library, articles))
    for sentence in every:
        day = published_on(sentence.article)
        if sentence.position < LEADS and day is not None:
            leads[day].append(sentence)
            bags.append(bag(sentence.text, sentence.article.language))
    found, days_of = evidence(every, first, last)
    return Material(found, days_of, leads, idf(bags), mean_vectors(library))


def _chosen(
    library: Library, material: Material, days: int, sentences: int, language: str
) -> dict[date, list[Sentence]]:
    chosen: dict[date, list[Sentence]] = {}
    told: list[Bag] = []
    for day in ranked_days(material.found):
        if len(chosen) == days:
            break
        best = _best(library, material, day, sentences, language, told)
        if best:
            chosen[day] = best
            told.extend(bag(sentence.text, sentence.article.language) for sentence in best)
    return dict(sorted(chosen.items()))


def _best(
    library: Library, material: Material, day: date, most: int, language: str, told: Sequence[Bag]
) -> list[Sentence]:
    pool = _pool(material, day)
    worth = np.array([_worth(material, sentence, day, language) for sentence in pool], dtype=np.float32)
    if not worth.any():
        return []
    bags = [bag(sentence.text, sentence.article.language) for sentence in pool]
    rows = features(bags, material.rarity, vectors_of(library, pool, material.means))
    centre = _centre(material, pool, rows, day)

    def allowed(at: int, others: list[int]) -> bool:
        return most_alike(bags[at], [*told, *(bags[other] for other in others)]) < MOST_ALIKE

    return [pool[at] for at in choose(rows, centre, worth, most, allowed)]


def _pool(material: Material, day: date) -> list[Sentence]:
    """Return the sentences that name the day, and the leads of the articles of that day and the next."""
    named = sorted(material.found[day].named, key=lambda s: abs(((published_on(s.article) or day) - day).days))
    pool = {sentence.id: sentence for sentence in named[:MOST_NAMED]}
    for shift in range(LEAD_DAYS):
        for sentence in material.leads.get(day + timedelta(days=shift), ()):
            if day in material.days_of.get(sentence.id, {day}):
                pool.setdefault(sentence.id, sentence)
    return list(pool.values())


def _worth(material: Material, sentence: Sentence, day: date, language: str) -> float:
    written = published_on(sentence.article) or day
    if day in material.days_of.get(sentence.id, ()):
        worth = NAMED_WORTH if written >= day else AHEAD_WORTH
    else:
        worth = LEAD_WORTH if written == day else SECOND_WORTH
    worth *= 1 - POSITION_LOSS * min(sentence.position, LEADS)
    if sentence.article.language != language:
        worth *= OTHER_LANGUAGE_WORTH
    return worth * standing_alone(sentence.text, sentence.article.language)


def _centre(material: Material, pool: Sequence[Sentence], rows: np.ndarray, day: date) -> np.ndarray:
    """Return the mean of what names the day and of what was published on it, each counting the same."""
    names_it = np.array([day in material.days_of.get(sentence.id, ()) for sentence in pool])
    parts = [rows[mask].mean(axis=0) for mask in (names_it, ~names_it) if mask.any()]
    return unit(np.mean([unit(part) for part in parts], axis=0))


def _cited(library: Library, chosen: Mapping[date, Sequence[Sentence]], as_of: datetime | None) -> Timeline:
    flat = [sentence for best in chosen.values() for sentence in best]
    copies = read.origin_sizes(library.engine, [origin_of(sentence.article) for sentence in flat], as_of)
    citations = {
        sentence.id: Citation(
            n=number,
            article=sentence.article,
            start=sentence.span.start,
            end=sentence.span.end,
            passage_id=sentence.passage_id,
            origin_copies=copies.get(origin_of(sentence.article), 1),
        )
        for number, sentence in enumerate(flat, start=1)
    }
    days = tuple(
        TimelineDay(day, tuple(Statement(s.text, (citations[s.id].n,)) for s in best)) for day, best in chosen.items()
    )
    return Timeline(days, tuple(citations.values()))

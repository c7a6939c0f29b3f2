"""The days that mattered and what happened on each, in quoted sentences; dated by the event, not the publication.

Days are ranked by how often sentences name them, by how many articles do, and by how much was published on them, after
the date selection of Tran et al. 2015 and Gholipour Ghalandari & Ifrim 2020, without their training.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from retrieval.answer.compose import Quoted, citations
from retrieval.briefing.sentences import Means, StoredSentence, mean_vectors, reads_alone, sentences_of, vectors_of
from retrieval.briefing.summary import MOST_ALIKE, Bag, bag, choose, f1, features, idf, unit
from retrieval.domain import QuestionError, Statement, Timeline, TimelineDay
from retrieval.store import read
from retrieval.store.events import event_named, headings
from retrieval.store.library import Library

DAYS = 10
SENTENCES = 1
BEFORE, AFTER = 7, 45  # days before and after the range whose articles are read: they announce, and they look back
LEADS = 5  # first sentences of an article that may be about the day it was published on
LEAD_DAYS = 2  # days, the day itself included, on which such articles were published
MOST_NAMED = 250  # sentences naming a day that are compared: those written soonest after it
NAMED_WORTH, LEAD_WORTH, SECOND_WORTH, AHEAD_WORTH = 1.0, 0.9, 0.6, 0.6
"""Worth of a sentence that names the day, of one from the day's articles, from the day after's, of an announcement."""

POSITION_LOSS = 0.05  # worth lost with each sentence further down the article, up to five
OTHER_LANGUAGE_WORTH = 0.75  # worth of a sentence in another language than the reader's
AHEAD_WEIGHT = 0.4  # weight of a mention written before the day: plans are often not carried out
LATER = 7  # days after which a day still named has proved to matter
LATER_WEIGHT = 1.5
UNSAID_WEIGHT = 0.5  # weight of an article's first sentences for the day of its publication, where they name no day
UNSAID_SENTENCES = 2
PUBLISHED_WEIGHT = 0.5  # weight of the articles published on a day or the day after; those that name it have weight 1
NEIGHBOURHOOD = 10  # days to either side with which a day is compared, so that a busy month does not take every place
NEIGHBOURHOOD_WEIGHT = 0.25


@dataclass(slots=True)
class DayEvidence:
    """The sentences and origins that show how much a day matters."""

    named: list[StoredSentence] = field(default_factory=list)  # sentences that name it
    mentions: float = 0.0  # their weights, summed
    naming: set[str] = field(default_factory=set)  # origins whose articles name it
    published: set[str] = field(default_factory=set)  # origins with an article on it or on the day after


@dataclass(frozen=True, slots=True)
class TimelineInput:
    """The sentences of the articles by day, and the data by which some are chosen."""

    found: Mapping[date, DayEvidence]
    days_of: Mapping[int, set[date]]  # sentence id -> the days it names
    leads: Mapping[date, list[StoredSentence]]  # by day of publication
    rarity: Mapping[str, float]
    means: Means
    language: str  # the reader's
    lead_days: int  # on which articles about a day were published


def timeline(
    library: Library,
    *,
    since: date | None = None,
    until: date | None = None,
    days: int = DAYS,
    sentences: int = SENTENCES,
    language: str = "en",
    as_of: datetime | None = None,
    event: int | None = None,
    about: Callable[[Sequence[StoredSentence]], Sequence[StoredSentence]] | None = None,
) -> Timeline:
    """Return up to `days` days from `since` to `until`, both included, with up to `sentences` statements each.

    Without a range it is that of the articles, with BEFORE days before. With `event`, only that event's articles are
    read, or those of the one that it became part of; with `about`, only the sentences that it returns. If these name
    fewer days, fewer are returned. The statements of a day are of one event.
    Raises QuestionError for a range that ends before it starts, and for an event that is not there.
    """
    if since and until and until < since:
        raise QuestionError(f"The period ends on {until}, before it starts on {since}.", key="period")
    start = datetime.combine(since, time(), UTC) - timedelta(days=BEFORE) if since else None
    end = datetime.combine(until, time(), UTC) + timedelta(days=AFTER) if until else None
    newest_first = reversed(read.window(library.engine, start, end, as_of))
    articles = list({article.origin_id: article for article in newest_first}.values())[::-1]  # copies are one source
    if event is not None:
        known = event_named(library.engine, event)
        if known is None:
            raise QuestionError(f"There is no event {event}.", key="no_event", number=event)
        articles = [article for article in articles if article.event == known]
    every: Sequence[StoredSentence] = list(sentences_of(library, articles))
    if about is not None:
        every = about(every)
    if not every:
        return Timeline((), ())
    first = since or min(day for s in every if (day := s.article.published_on)) - timedelta(days=BEFORE)
    last = until or max(day for s in every if (day := s.article.published_on))
    given = _given(library, every, first, last, language, everywhere=about is not None)
    chosen: dict[date, list[StoredSentence]] = {}
    used: list[Bag] = []
    for day in ranked_days(given.found):
        if len(chosen) == days:
            break
        best = _best(library, given, day, sentences, used)
        if best:
            chosen[day] = best
            used.extend(bag(sentence) for sentence in best)
    return _cited(library, dict(sorted(chosen.items())), as_of)


def _given(
    library: Library, every: Sequence[StoredSentence], first: date, last: date, language: str, *, everywhere: bool
) -> TimelineInput:
    """`everywhere`: any sentence may be about the day of its publication, not the first ones of an article only."""
    leads: dict[date, list[StoredSentence]] = defaultdict(list)
    bags: list[Bag] = []
    for sentence in every:
        day = sentence.article.published_on
        if (everywhere or sentence.position < LEADS) and day is not None:
            leads[day].append(sentence)
            bags.append(bag(sentence))
    unsaid, lead_days = (math.inf, 1) if everywhere else (UNSAID_SENTENCES, LEAD_DAYS)
    found, days_of = day_evidence(every, first, last, unsaid=unsaid, lead_days=lead_days)
    return TimelineInput(found, days_of, leads, idf(bags), mean_vectors(library), language, lead_days)


def _best(library: Library, given: TimelineInput, day: date, most: int, used: Sequence[Bag]) -> list[StoredSentence]:
    pool = _of_one_event(given, _pool(given, day), day)
    worth = np.array([_worth(given, sentence, day) for sentence in pool], dtype=np.float32)
    if not worth.any():
        return []
    bags = [bag(sentence) for sentence in pool]
    rows = features(bags, given.rarity, vectors_of(library, pool, given.means))
    centre = _centre(given, pool, rows, day)

    def allowed(at: int, others: list[int]) -> bool:
        return all(f1(bags[at], other) < MOST_ALIKE for other in [*used, *(bags[one] for one in others)])

    return [pool[at] for at in choose(rows, centre, worth, most, allowed)]


def _pool(given: TimelineInput, day: date) -> list[StoredSentence]:
    """Return the sentences that name the day, and the first ones of the articles of that day and the next."""
    named = sorted(given.found[day].named, key=lambda s: abs(((s.article.published_on or day) - day).days))
    pool = {sentence.id: sentence for sentence in named[:MOST_NAMED]}
    for shift in range(given.lead_days):
        for sentence in given.leads.get(day + timedelta(days=shift), ()):
            if day in given.days_of.get(sentence.id, {day}):
                pool.setdefault(sentence.id, sentence)
    return list(pool.values())


def _of_one_event(given: TimelineInput, pool: Sequence[StoredSentence], day: date) -> list[StoredSentence]:
    """Return the sentences of the event that most of them are about; those that name the day count double."""
    weights: dict[int | None, int] = defaultdict(int)
    for sentence in pool:
        weights[sentence.article.event] += 2 if day in given.days_of.get(sentence.id, ()) else 1
    leading = max(weights, key=lambda event: weights[event], default=None)
    return [sentence for sentence in pool if sentence.article.event == leading]


def _worth(given: TimelineInput, sentence: StoredSentence, day: date) -> float:
    written = sentence.article.published_on or day
    if day in given.days_of.get(sentence.id, ()):
        worth = NAMED_WORTH if written >= day else AHEAD_WORTH
    else:
        worth = LEAD_WORTH if written == day else SECOND_WORTH
    worth *= 1 - POSITION_LOSS * min(sentence.position, LEADS)
    if sentence.language != given.language:
        worth *= OTHER_LANGUAGE_WORTH
    return worth * reads_alone(sentence)


def _centre(given: TimelineInput, pool: Sequence[StoredSentence], rows: np.ndarray, day: date) -> np.ndarray:
    """Return the mean of two means: of the sentences that name the day, and of those published on it."""
    names_it = np.array([day in given.days_of.get(sentence.id, ()) for sentence in pool])
    parts = [rows[mask].mean(axis=0) for mask in (names_it, ~names_it) if mask.any()]
    return unit(np.mean([unit(part) for part in parts], axis=0))


def _cited(library: Library, chosen: Mapping[date, Sequence[StoredSentence]], as_of: datetime | None) -> Timeline:
    flat = [sentence for best in chosen.values() for sentence in best]
    quotes = [Quoted(s.article, s.span, s.passage_id, s.speaker) for s in flat]
    numbers = {sentence.id: number for number, sentence in enumerate(flat, start=1)}
    days = (TimelineDay(day, tuple(Statement(s.text, (numbers[s.id],)) for s in best)) for day, best in chosen.items())
    events = headings(library.engine, {s.article.event for s in flat}, as_of)
    return Timeline(tuple(days), citations(library, quotes, as_of), tuple(events.values()))


# --- the choice of days -----------------------------------------------------------------------------


def day_evidence(
    sentences: Iterable[StoredSentence],
    first: date,
    last: date,
    *,
    unsaid: float = UNSAID_SENTENCES,
    lead_days: int = LEAD_DAYS,
) -> tuple[dict[date, DayEvidence], dict[int, set[date]]]:
    """Return the evidence for each day from `first` to `last`, and the days that each sentence names, by its id.

    The first `unsaid` sentences of an article are for the day of its publication where they name none. A sentence that
    several outlets carry counts once.
    """
    found: dict[date, DayEvidence] = {}
    days_of: dict[int, set[date]] = {}
    seen: set[tuple[str, frozenset[date]]] = set()
    for sentence in sentences:
        article = sentence.article
        written = article.published_on
        if written:
            for day in (written - timedelta(days=shift) for shift in range(lead_days)):
                if first <= day <= last:
                    found.setdefault(day, DayEvidence()).published.add(article.origin_id)
        days = {day for _, day in sentence.event_days}
        if not days:
            if sentence.position < unsaid and written and first <= written <= last:
                found.setdefault(written, DayEvidence()).mentions += UNSAID_WEIGHT
            continue
        days_of[sentence.id] = days
        key = (" ".join(sentence.text.casefold().split()), frozenset(days))
        if key in seen:
            continue
        seen.add(key)
        for day in days:
            if first <= day <= last:
                later = (written - day).days if written else 0
                weight = AHEAD_WEIGHT if later < 0 else LATER_WEIGHT if later >= LATER else 1.0
                evidence = found.setdefault(day, DayEvidence())
                evidence.named.append(sentence)
                evidence.mentions += weight / math.sqrt(len(days))
                if later >= 0:
                    evidence.naming.add(article.origin_id)
    return found, days_of


def ranked_days(found: Mapping[date, DayEvidence]) -> list[date]:
    """Return the days, those that matter most first."""
    raw = {
        day: math.log1p(evidence.mentions)
        + math.log1p(len(evidence.naming))
        + PUBLISHED_WEIGHT * math.log1p(len(evidence.published))
        for day, evidence in found.items()
    }
    shifts = [timedelta(days=shift) for shift in range(-NEIGHBOURHOOD, NEIGHBOURHOOD + 1) if shift]
    around = {day: sum(raw.get(day + shift, 0.0) for shift in shifts) / len(shifts) for day in raw}
    return sorted(raw, key=lambda day: (-(raw[day] - NEIGHBOURHOOD_WEIGHT * around[day]), day))

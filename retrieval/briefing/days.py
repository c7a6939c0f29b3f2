"""Which days mattered: by how often sentences name them, how many articles do, and how much was published on them.

After the date selection of Tran et al. 2015 and Gholipour Ghalandari & Ifrim 2020, without their training.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from retrieval.briefing.sentences import Sentence
from retrieval.domain import Article
from retrieval.language.days.dates import event_days

AHEAD_WEIGHT = 0.4
"""What a mention counts that was written before the day: plans are often not what happens."""

LATER = 7
"""Days after which a day that is still named has proved to matter."""

LATER_WEIGHT = 1.5

UNSAID_WEIGHT = 0.5
"""What the first sentences of an article count for the day it appeared on, where they name no day at all."""

UNSAID_SENTENCES = 2

PUBLISHED_WEIGHT = 0.5
"""Of the articles published on a day or the day after it, beside the sentences and articles that name it."""

NEIGHBOURHOOD = 10
"""Days to either side with which a day is compared, so that a busy month does not take every place."""

NEIGHBOURHOOD_WEIGHT = 0.25


@dataclass(slots=True)
class Evidence:
    """What speaks for a day."""

    named: list[Sentence] = field(default_factory=list)  # sentences that name it
    mentions: float = 0.0  # the same, weighed
    naming: set[str] = field(default_factory=set)  # origins whose articles name it
    published: set[str] = field(default_factory=set)  # origins with an article on it or on the day after


def published_on(article: Article) -> date | None:
    """Return the day of publication where the article was published; None where it does not say."""
    return article.published.at.date() if article.published else None


def origin_of(article: Article) -> str:
    return article.origin or article.id


def evidence(
    sentences: Iterable[Sentence], first: date, last: date
) -> tuple[dict[date, Evidence], dict[int, set[date]]]:
    """Return what speaks for each day from `first` to `last`, and which days each sentence names, by its id.

    A sentence that several outlets carry counts once.
    """
    found: dict[date, Evidence] = {}
    days_of: dict[int, set[date]] = {}
    seen: set[tuple[str, frozenset[date]]] = set()
    for sentence in sentences:
        text, article = sentence.text, sentence.article
        written = published_on(article)
        if sentence.position == 0 and written:
            for day in (written, written - timedelta(days=1)):
                if first <= day <= last:
                    found.setdefault(day, Evidence()).published.add(origin_of(article))
        days = {day for _, day in event_days(text, article.language, article.published)}
        if not days:
            if sentence.position < UNSAID_SENTENCES and written and first <= written <= last:
                found.setdefault(written, Evidence()).mentions += UNSAID_WEIGHT
            continue
        days_of[sentence.id] = days
        key = (" ".join(text.casefold().split()), frozenset(days))
        if key in seen:
            continue
        seen.add(key)
        for day in days:
            if first <= day <= last:
                _add(found.setdefault(day, Evidence()), sentence, day, written, len(days))
    return found, days_of


def _add(evidence_: Evidence, sentence: Sentence, day: date, written: date | None, named: int) -> None:
    weight = 1.0
    if written is not None and written < day:
        weight = AHEAD_WEIGHT
    elif written is not None and (written - day).days >= LATER:
        weight = LATER_WEIGHT
    evidence_.named.append(sentence)
    evidence_.mentions += weight / math.sqrt(named)
    if weight != AHEAD_WEIGHT:
        evidence_.naming.add(origin_of(sentence.article))


def ranked_days(found: Mapping[date, Evidence]) -> list[date]:
    """Return the days, those that matter most first."""
    raw = {day: _weight(evidence_) for day, evidence_ in found.items()}
    return sorted(raw, key=lambda day: (-(raw[day] - NEIGHBOURHOOD_WEIGHT * _around(raw, day)), day))


def _weight(evidence_: Evidence) -> float:
    return (
        math.log1p(evidence_.mentions)
        + math.log1p(len(evidence_.naming))
        + PUBLISHED_WEIGHT * math.log1p(len(evidence_.published))
    )


def _around(raw: Mapping[date, float], day: date) -> float:
    """Return the mean weight of the days around `day`, itself left out."""
    near = [day + timedelta(days=shift) for shift in range(-NEIGHBOURHOOD, NEIGHBOURHOOD + 1) if shift]
    return sum(raw.get(other, 0.0) for other in near) / len(near)

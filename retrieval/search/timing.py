"""How well a text fits the time a question asks about."""

from datetime import datetime, time, timedelta

from retrieval.domain import Article, Span
from retrieval.language.days.dates import event_days
from retrieval.question.window import TimeWindow

REPORTED_WITHIN = timedelta(hours=36)
"""Events of a day are reported until the end of the next one."""


def fits(window: TimeWindow, article: Article, span: Span) -> bool:
    """Return whether a span of an article falls into the window: by a day it names, else by its publication.

    A text that names other days only does not fit, whenever it was published; an undated one that names none
    fits no window.
    """
    if window.since is None and window.until is None:
        return True
    days = [day for _, day in event_days(span.of(article.text), article.language, article.published)]
    if days:
        bound = window.since or window.until
        assert bound is not None
        return any(_within(window, datetime.combine(day, time(0), bound.tzinfo)) for day in days)
    return article.published is not None and _within(window, article.published.at, REPORTED_WITHIN)


def _within(window: TimeWindow, at: datetime, after: timedelta = timedelta()) -> bool:
    """Return whether a time lies in the window, by whole days at its beginning, `after` longer at its end."""
    if window.since is not None and at.astimezone(window.since.tzinfo).date() < window.since.date():
        return False
    return window.until is None or at < window.until + after

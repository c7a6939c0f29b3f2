"""The moments, days and windows that people write, in the zone of the moment that stands for now."""

from datetime import date, datetime, time, timedelta

from retrieval.domain import Moment, QuestionError
from retrieval.language.days.dates import parse_moment
from retrieval.question.time_readings import Newest

LAST = timedelta(days=1)
"""The length of a window whose beginning is not written."""


def as_of_moment(written: str, now: datetime, newest: Newest | None = None) -> datetime | None:
    """Return the moment to answer as of, None where nothing was written; see `past_moment`."""
    return past_moment(written, now, newest) if written.strip() else None


def moment_with_news(written: str, now: datetime, newest: Newest | None) -> Moment:
    """Return the moment that a person wrote; a day without a year is the last one from which there are articles.

    Without any, or without `newest`, it is the last one up to `now`. Raises QuestionError.
    """
    found = latest = parse_moment(written, now)
    while newest is not None and found.at <= now:
        article = newest(min(midnight(found.at.date() + timedelta(days=1), found.at), now))
        if article is None:
            return latest
        if article.at.astimezone(now.tzinfo).date() >= found.at.date():
            return found
        earlier = parse_moment(written, article.at.astimezone(now.tzinfo))
        same_day = (earlier.at.month, earlier.at.day) == (found.at.month, found.at.day)
        if not same_day or earlier.at >= found.at:
            return latest  # it has a year, or is counted from today
        found = earlier
    return latest


def past_moment(written: str, now: datetime, newest: Newest | None = None) -> datetime:
    """Return the moment that a person wrote; a day stands for its end, and today for now. See `moment_with_news`.

    Raises QuestionError for text that is no moment, and for a moment in the future.
    """
    moment = moment_with_news(written, now, newest)
    if moment.at > now:
        raise QuestionError(f"{written!r} is in the future.", key="future", written=written)
    end_of_day = midnight(moment.at.date() + timedelta(days=1), moment.at) - timedelta(microseconds=1)
    return min(end_of_day if moment.day_only else moment.at, now)


def midnight(day: date, now: datetime) -> datetime:
    """Return the beginning of a day, in the zone of `now`."""
    return datetime.combine(day, time(), now.tzinfo)


def day_window(written: str, now: datetime, newest: Newest | None = None) -> tuple[datetime, datetime]:
    """Return the day that a person wrote, from midnight to midnight in the zone of `now`.

    Raises QuestionError for text that is no day, and for a day in the future.
    """
    day = moment_with_news(written, now, newest).at.date()
    if day > now.date():
        raise QuestionError(f"{written!r} is in the future.", key="future", written=written)
    return midnight(day, now), midnight(day + timedelta(days=1), now)


def window(since: str, until: str, now: datetime, newest: Newest | None = None) -> tuple[datetime, datetime]:
    """Return the window that a person wrote; where one end is missing it is a day long, or ends now.

    A day stands for its midnight as the beginning, and for its end as the end. Raises QuestionError for text that is
    no moment, a beginning in the future, or a window that ends before it begins.
    """
    ends = now
    if until:
        moment = moment_with_news(until, now, newest)
        ends = midnight(moment.at.date() + timedelta(days=1), now) if moment.day_only else moment.at
    begins = moment_with_news(since, now, newest).at if since else ends - LAST
    if begins > now:
        raise QuestionError(f"{since!r} is in the future.", key="future", written=since)
    if ends <= begins:
        raise QuestionError(f"The period ends ({until or 'now'}) before it starts ({since}).", key="period")
    return begins, ends


def past_day(written: str, now: datetime, newest: Newest | None = None) -> date | None:
    """Return the day that a person wrote, None where nothing was written. Raises QuestionError as `day_window`."""
    return day_window(written, now, newest)[0].date() if written.strip() else None

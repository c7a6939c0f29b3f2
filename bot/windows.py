"""The days and windows that people write, in their zone."""

from datetime import date, datetime, time, timedelta

from retrieval.domain import QuestionError
from retrieval.language.days.dates import parse_moment

LAST = timedelta(days=1)
"""The window where none is written: up to now."""


def day_window(written: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the day that a person wrote, from midnight to midnight in the zone of `now`.

    Raises QuestionError for what is no day, or one that lies ahead.
    """
    day = parse_moment(written, now).at.date()
    if day > now.date():
        raise QuestionError(f"{written!r} is in the future.", key="future", written=written)
    return midnight(day, now), midnight(day + timedelta(days=1), now)


def midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)


def window(since: str, until: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the window that a person wrote; where one end is missing it is a day long, or ends now.

    A day stands for its midnight where the window begins with it, and for its end where it ends with it. Raises
    QuestionError for what is no moment, a beginning that lies ahead, or a window that ends before it starts.
    """
    ends = now
    if until:
        moment = parse_moment(until, now)
        ends = midnight(moment.at.date() + timedelta(days=1), now) if moment.day_only else moment.at
    begins = parse_moment(since, now).at if since else ends - LAST
    if begins > now:
        raise QuestionError(f"{since!r} is in the future.", key="future", written=since)
    if ends <= begins:
        raise QuestionError(f"The period ends ({until or 'now'}) before it starts ({since}).", key="period")
    return begins, ends


def past_day(written: str, now: datetime) -> date | None:
    """Return the day that a person wrote; None where nothing was written. Raises QuestionError if it lies ahead."""
    return day_window(written, now)[0].date() if written.strip() else None

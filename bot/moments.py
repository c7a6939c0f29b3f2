"""Moments as people write them, in the zone of the settings."""

from datetime import datetime, time, timedelta

from retrieval.domain import QuestionError
from retrieval.language.days.dates import parse_moment


def as_of_moment(written: str, now: datetime) -> datetime | None:
    """Return the moment to answer as of; a day stands for its end. None where nothing was written.

    Raises QuestionError for what is no moment, or lies ahead.
    """
    if not written.strip():
        return None
    moment = parse_moment(written, now)
    at = end_of_day(moment.at) if moment.day_only else moment.at
    if moment.at > now:
        raise QuestionError(f"{written!r} is in the future.", key="future", written=written)
    return min(at, now)


def end_of_day(at: datetime) -> datetime:
    """Return the last moment of the day `at` falls on."""
    return datetime.combine(at.date(), time(0), at.tzinfo) + timedelta(days=1) - timedelta(microseconds=1)

"""The moments, days and windows that people write, in the zone of the moment that stands for now."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from retrieval.domain import Moment, QuestionError
from retrieval.language.days.dates import parse_moment
from retrieval.question.time_readings import Newest

LAST = timedelta(days=1)
"""The length of a window whose beginning is not written."""

MOST_DAYS = 60
"""Of a timeline that a command asks for."""

DAY_WORDS = 4
"""The longest day written: "6 de enero 2022"."""


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


@dataclass(frozen=True, slots=True)
class AskedTimeline:
    """What `/timeline` is given."""

    days: int | None  # how many
    since: date | None
    until: date | None
    topic: str


def asked_timeline(written: str, now: datetime, newest: Newest | None = None) -> AskedTimeline:
    """Return what `/timeline` is given. Raises QuestionError for two counts, three days or one of no past day."""
    days, ends, topic = timeline_words(written, now)
    if len(days) > 1 or len(ends) > 2:
        raise QuestionError(f"{written!r} has too many numbers or days.", key="timeline_how")
    since, until = ([past_day(word, now, newest) for word in ends] + [None, None])[:2]
    return AskedTimeline(days[0] if days else None, since, until, topic)


def timeline_words(written: str, now: datetime) -> tuple[list[int], list[str], str]:
    """Return what `/timeline` is given: how many days, from when and to when as they are written, and the topic."""
    words, days, ends, topic = written.split(), list[int](), list[str](), list[str]()
    while words:
        is_count = words[0].isdecimal() and 0 < int(words[0]) <= MOST_DAYS
        length = 1 if is_count and words[1:2] and words[1][0].isdigit() else _day_words(words, now)
        taken, words = words[: length or 1], words[length or 1 :]
        if length > 1 or (taken[0][0].isdigit() and not is_count):
            ends.append(" ".join(taken))
        elif is_count:
            days.append(int(taken[0]))
        else:
            topic += taken
    return days, ends, " ".join(topic)


def _day_words(words: Sequence[str], now: datetime) -> int:
    """Return how many words a text opens with that say a day, at least two of them, one with a digit; 0 for none."""
    for length in range(min(len(words), DAY_WORDS), 1, -1):
        with suppress(QuestionError):
            if any(word[0].isdigit() for word in words[:length]):
                parse_moment(" ".join(words[:length]), now)
                return length
    return 0

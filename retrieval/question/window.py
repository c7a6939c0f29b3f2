"""The time that a question names: "yesterday", "since Tuesday", "утром 6-го", "entre el 4 y el 6 de enero", "соңғы".

dateparser's `search_dates` was tried: it finds the first day of 39 of 73 test questions' windows (this module: all),
reads no "since", "until" or "between", and takes 21 ms a question.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from retrieval.domain import Span
from retrieval.language.doc import Text
from retrieval.language.packs import any_regex
from retrieval.question.time_readings import Newest, Reading, narrowed, readings

LONGEST_QUESTION = 500  # characters that are read for their time words


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """The time a question asks about; `since <= t < until`, either end open where None."""

    span: Span  # of the words in the question that say so
    since: datetime | None = None
    until: datetime | None = None
    latest: bool = False  # it asks for the newest there is
    as_of: datetime | None = None  # it asks what was known at that time


def _before(key: str) -> re.Pattern[str]:
    articles = any_regex("time", "articles")
    return re.compile(rf"\b(?:{any_regex('time', key)})\s(?:(?:{articles}) )?\Z", re.IGNORECASE)


_SINCE, _AFTER, _BEFORE, _UNTIL, _AS_OF = map(_before, ("since", "after", "before", "until", "as_of"))
_BEHIND = re.compile(
    r"\s?(?:"
    + "|".join(f"(?P<{key}>{any_regex('time', f'{key}_behind')})" for key in ("since", "after", "until", "before"))
    + r")\b",
    re.IGNORECASE,
)
_KNOWN = re.compile(any_regex("time", "known"), re.IGNORECASE)
_LATEST = re.compile(rf"\b(?:{any_regex('time', 'latest')})\b", re.IGNORECASE)


def _bounds(text: str, reading: Reading, now: datetime) -> TimeWindow:
    """Return the bounds that one expression sets with the words around it: since, until, as of."""
    narrow, is_clock = narrowed(text, reading, now)
    before = text[max(0, narrow.start - 30) : narrow.start]
    after = _BEHIND.match(text, narrow.end)
    groups = after.groupdict() if after else {}
    end_of = narrow.since if is_clock else narrow.until
    start, end = narrow.start, after.end() if after else narrow.end

    def window(
        match: re.Match[str] | None,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
    ) -> TimeWindow:
        span = Span(start - len(match[0].lstrip()) if match else start, end)
        return TimeWindow(span=span, since=since, until=until, as_of=as_of)

    if match := _AS_OF.search(before):
        return window(match, as_of=end_of)
    if (match := _AFTER.search(before)) or groups.get("after"):
        return window(match, since=end_of)
    if not narrow.is_range and ((match := _SINCE.search(before)) or groups.get("since")):
        return window(match, since=narrow.since)
    if (match := _BEFORE.search(before)) or groups.get("before"):
        return window(match, until=narrow.since)
    if (match := _UNTIL.search(before)) or groups.get("until"):
        return window(match, until=end_of)
    return window(None, since=narrow.since, until=narrow.until)


def _joined(windows: list[TimeWindow]) -> TimeWindow:
    """Return one window for all expressions of a question: the union of the closed, bounded by the open ones."""
    since = [window.since for window in windows if window.since]
    until = [window.until for window in windows if window.until]
    open_since = [window.since for window in windows if window.since and not window.until]
    open_until = [window.until for window in windows if window.until and not window.since]
    closed = any(window.since and window.until for window in windows)
    return TimeWindow(
        span=Span(min(window.span.start for window in windows), max(window.span.end for window in windows)),
        since=max(open_since) if open_since else min(since) if closed else None,
        until=min(open_until) if open_until else max(until) if closed else None,
        as_of=next((window.as_of for window in windows if window.as_of), None),
    )


def time_window(question: Text, now: datetime, newest: Newest | None = None) -> TimeWindow | None:
    """Return the time that a question names, or None.

    `now` (aware) is the moment the question is asked for; the window is in its zone. What has no year is the
    latest such day up to `now`; with `newest`, the latest from which there are articles, if any. Time words of all our
    languages are understood; the question's own decides how "06/01/2022" is read.
    """
    text = question.text[:LONGEST_QUESTION]
    found = readings(Text(text, question.language), now, newest)
    apart = (match for match in _LATEST.finditer(text) if all(_apart(match, reading) for reading in found))
    latest = next(apart, None)
    if not found:
        return TimeWindow(span=Span(*latest.span()), latest=True) if latest else None
    window = replace(_joined([_bounds(text, reading, now) for reading in found]), latest=latest is not None)
    if window.since and window.until and window.since >= window.until:
        window = replace(window, since=None)
    if window.as_of is None and _KNOWN.search(text):
        window = replace(window, as_of=window.until or now)
    if window.as_of is None:
        return window
    return replace(window, since=None, until=None, as_of=min(window.as_of, now))


def _apart(match: re.Match[str], reading: Reading) -> bool:
    return match.end() <= reading.start or match.start() >= reading.end

"""Three questions that the library answers, to show what may be asked: by template, and each of them tried."""

import time
from collections.abc import Iterator
from datetime import datetime

from babel.dates import format_skeleton

from bot.locales import say, texts
from bot.requests.plain import read, reply
from bot.resources import Resources
from retrieval.domain import FigureKind, SitrepError, Status
from retrieval.figures.keys import place_name
from retrieval.figures.records import series
from retrieval.figures.standing import is_drawable
from retrieval.store import read as stored

EXAMPLES = 3

KINDS = (
    FigureKind.KILLED, FigureKind.DETAINED, FigureKind.INJURED, FigureKind.DISPLACED, FigureKind.MISSING,
    FigureKind.HOSPITALISED,
)  # fmt: skip
"""Kinds of figures that there is a question for; of those with as many reports, the first is asked for."""

VALID = 600.0
"""Seconds that questions are shown though the library has changed since they were tried."""

Cache = dict[str, tuple[int, float, tuple[str, ...]]]
"""Language -> the state of the library, and when and which questions were found in it."""


def examples(resources: Resources, language: str, now: datetime, cache: Cache) -> tuple[str, ...]:
    """Return up to three questions in `language` that are answered now. Blocking: the first time, for a second or so.

    They are tried again once the library has changed, though not more often than every ten minutes.
    """
    change = stored.newest_change(resources.library.engine)
    if (kept := cache.get(language)) and (kept[0] == change or time.monotonic() - kept[1] < VALID):
        return kept[2]
    found: list[str] = []
    for question in candidates(resources, language, now):
        if _is_answered(resources, question, language, now):
            found.append(question)
        if len(found) == EXAMPLES:
            break
    cache[language] = change, time.monotonic(), tuple(found)
    return tuple(found)


def candidates(resources: Resources, language: str, now: datetime) -> Iterator[str]:
    """Yield questions about what the library has most of: figures, the place they name, its newest day, its days."""
    counted = [one for one in series(resources.library, KINDS) if is_drawable(one)]
    reports = {kind: sum(len(one.entries) for one in counted if one.kind is kind) for kind in KINDS}
    kinds = sorted((kind for kind in KINDS if reports[kind]), key=lambda kind: -reports[kind])
    places: dict[str, int] = {}
    for one in counted:
        if one.place:
            name = place_name(one.place, language, one.places)
            places[name] = places.get(name, 0) + len(one.entries)
    if kinds:
        yield say(f"example.{kinds[0].value}", language)
    if places:
        yield say("example.place", language, place=max(places, key=lambda name: places[name]))
    if newest := stored.newest_before(resources.library.engine, now):
        locale = str(texts(language)["format.locale"])
        day = format_skeleton("MMMMd", newest.at.astimezone(now.tzinfo).date(), locale=locale)
        yield say("example.day", language, day=day)
    for kind in kinds[1:]:
        yield say(f"example.{kind.value}", language)
    yield say("example.summary", language)


def _is_answered(resources: Resources, text: str, language: str, now: datetime) -> bool:
    try:
        question = read(resources, text, now=now, language=None, fallback=language)
        answer = reply(resources, text, question, now=now, language=language, with_model=False).answer
    except SitrepError:
        return False
    return answer.status is Status.ANSWERED

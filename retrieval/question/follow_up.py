"""A message that leans on the one before it -> one that stands alone. No language model is asked.

What it names takes the place of what the earlier message names of the same kind (its slot): a day, a place, a name,
what happened, to whom. The rest stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from retrieval.language.concepts import mentions
from retrieval.language.detect import detect
from retrieval.language.doc import Text
from retrieval.language.names.places import places
from retrieval.language.packs import any_regex, pack, pattern
from retrieval.language.words import is_stopword
from retrieval.question.time_readings import Newest, readings

MOST_WORDS = 7
"""A longer message says what it asks about."""

LEANING_CONTENT = 2
"""Words besides stop words that a message with "it" or "there" has at most, if these stand for something before it."""

COUNTED = frozenset({"kill", "injure", "detain", "missing", "hospitalise", "evacuate", "release", "deploy"})
"""Concepts of what is counted: one of them takes the place of another."""

COUNT, THING = "counted", "thing"
"""Kinds of slots: what is counted, and things such as an airport or the internet."""

_CAPITALISED = r"[A-ZÀ-ÖØ-ÞЀ-ЯҐҒҚҢҮҰҺӘӨ][\w-]+"
_NAME = re.compile(rf"\b{_CAPITALISED}(?:\s+{_CAPITALISED})*")
_WHO_SAYS = re.compile(rf"^\W*(?:{any_regex('questions', 'who_says')})\W*$", re.IGNORECASE)
_DAY_BEFORE = re.compile(rf"^\W*(?:{any_regex('questions', 'day_before')})\W*$", re.IGNORECASE)
_DAY_AFTER = re.compile(rf"^\W*(?:{any_regex('questions', 'day_after')})\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that stands alone; `who_says`: it asks only who said what the last answer says."""

    question: str
    who_says: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """Words of a message that say one thing of what it asks, and what kind of thing that is."""

    kind: str  # "day", "place", "name", "counted" or a kind of concepts
    start: int
    end: int
    text: str


def resolve(message: str, previous: str | None, now: datetime, newest: Newest | None = None) -> FollowUp:
    """Return what `message` asks after `previous`, the last one that stood alone (None: there was none).

    `now` (aware) is the moment it is asked; with `newest`, "the day before" counts from a day that has news.
    """
    if previous is None:
        return FollowUp(message)
    if _WHO_SAYS.match(message.strip()):
        return FollowUp(previous, who_says=True)
    old = Text(previous, detect(previous))
    for language in dict.fromkeys((detect(message), old.language)):  # "ал интернет ше?" has no letter of its own
        opens = pattern(language, "questions", "goes_on", r"^[¿\s]*(?:{})\b[\s,]*")
        closes = pattern(language, "questions", "goes_on_closes", r"(?:{})\s*(?:\??$|(?=,))")
        framed = message.strip()
        bare = closes.sub("", opens.sub("", framed)).strip(" ?¿!.,") or framed
        if shift := 1 if _DAY_AFTER.match(bare) else -1 if _DAY_BEFORE.match(bare) else 0:
            return FollowUp(_shifted(old, shift, now, newest))
        if _leans(Text(message, language), bool(opens.match(framed) or closes.search(framed))):
            return FollowUp(_replaced(Text(bare, language), old, now) or f"{previous} {bare}")
    return FollowUp(message)


def _leans(message: Text, framed: bool) -> bool:
    """Return whether a message leans on the one before: by its frame ("and in ...?") or its pronouns."""
    if not message.words or len(message.words) > MOST_WORDS:
        return False
    content = [word for word in message.words if not is_stopword(word.text, message.language)]
    points = pattern(message.language, "questions", "points", r"\b(?:{})\b")
    return framed or not content or (len(content) <= LEANING_CONTENT and points.search(message.text) is not None)


def _shifted(previous: Text, days: int, now: datetime, newest: Newest | None) -> str:
    """Return the previous message of the day before or after its own, or else of the day before or after today."""
    found = readings(previous, now, newest)
    since = found[0].since if found else now
    day = (since + timedelta(days=days)).date().isoformat()
    if not found:
        return f"{previous.text.rstrip(' ?!.')} {day}"
    return f"{previous.text[: found[0].start]}{day}{previous.text[found[-1].end :]}"


def _replaced(asked: Text, previous: Text, now: datetime) -> str | None:
    """Return the previous message with the slots of the new one; None where one has no place in it."""
    new = list(_slots(asked, now))
    covered = [(slot.start, slot.end) for slot in new]
    frame = pattern(asked.language, "questions", "asks_number"), pattern(asked.language, "questions", "interrogatives")
    for word in asked.words:
        within = any(start <= word.start < end for start, end in covered)
        if not within and not is_stopword(word.text, asked.language) and not any(f.fullmatch(word.text) for f in frame):
            return None
    if not new:
        return None
    old = list(_slots(previous, now))
    text = previous.text
    places_taken: list[tuple[Slot, str]] = []
    kinds = {slot.kind for slot in old}
    if COUNT in kinds and THING not in kinds and THING in {slot.kind for slot in new}:
        return _about(asked, new, old)
    for slot in new:
        home = next(
            (one for one in old if one.kind == slot.kind and all(one != taken for taken, _ in places_taken)), None
        )
        if home is None:
            return None
        places_taken.append((home, slot.text))
    for home, words in sorted(places_taken, key=lambda pair: -pair[0].start):
        text = text[: home.start] + words + text[home.end :]
    return text


def _about(asked: Text, new: list[Slot], old: list[Slot]) -> str:
    """Return a message about a thing, which nobody counts by heads, with the places and days of the one before."""
    named = {slot.kind for slot in new}
    stays = [slot.text for kind in ("place", "day") for slot in old if slot.kind == kind and kind not in named]
    return " ".join([asked.text, *stays])


def _slots(text: Text, now: datetime) -> Iterator[Slot]:
    """Yield what a message names, in order of kind: days, places, names, concepts; no word twice."""
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        if any(start < other and begin < end for begin, other in taken):
            return False
        taken.append((start, end))
        return True

    for reading in readings(text, now):
        if free(reading.start, reading.end):
            yield Slot("day", reading.start, reading.end, text.text[reading.start : reading.end])
    for match in _place(text.language).finditer(text.text):
        if free(*match.span()):
            yield Slot("place", *match.span(), match[0])
    for match in _NAME.finditer(text.text):
        first = match[0].split()[0]
        opening = match.start() <= 1 and (is_stopword(first, text.language) or _asks(first, text.language))
        if not opening and not mentions(match[0], text.language) and free(*match.span()):
            kind = "place" if places(match[0], text.language) and _opens_with(text, match.start()) else "name"
            yield Slot(kind, *match.span(), match[0])
    for mention in mentions(text.text, text.language):
        if mention.kind != "unit" and free(mention.start, mention.end):
            kind = COUNT if mention.kind == "act" and not COUNTED.isdisjoint(mention.names) else mention.kind
            yield Slot(kind, mention.start, mention.end, text.text[mention.start : mention.end])


def _asks(word: str, language: str) -> bool:
    return pattern(language, "questions", "interrogatives").fullmatch(word) is not None


def _opens_with(text: Text, at: int) -> bool:
    """Return whether a place follows a preposition of place."""
    before = pattern(text.language, "questions", "before_place", r"\b(?:{})\s+(?:the\s+)?$")
    return before.search(text.text[:at]) is not None


@cache
def _place(language: str) -> re.Pattern[str]:
    """Return a pattern of a place in a question, with its preposition or ending; alone, it needs no capital."""
    before, after = pack(language).regex("questions", "before_place"), pack(language).regex("questions", "after_place")
    return re.compile(
        rf"\b(?i:{before})\s+(?:the\s+)?{_CAPITALISED}(?:\s+{_CAPITALISED})*|\A(?i:{before})\s+(?:the\s+)?\w+\Z|"
        rf"\b{_CAPITALISED}(?:{after})\b"
    )

"""A question that leans on the one before it -> a question that stands alone. No language model is asked."""

import re
from dataclasses import dataclass
from functools import cache

from retrieval.language.detect import detect
from retrieval.language.doc import Text
from retrieval.language.packs import any_regex, pack, pattern
from retrieval.language.words import Word, is_stopword

MOST_WORDS = 7
"""A longer message says what it asks about."""

_CAPITALISED = r"[A-ZÀ-ÖØ-ÞЀ-ЯҐҒҚҢҮҰҺӘӨ]\w+"
_WHO_SAYS = re.compile(rf"^\W*(?:{any_regex('questions', 'who_says')})\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that stands alone; `who_says`: it asks only who said what the last answer says."""

    question: str
    who_says: bool = False


def resolve(message: str, previous: str | None) -> FollowUp:
    """Return what `message` asks after `previous`, the last question that stood alone (None: there was none).

    The missing subject is carried over: a place or a word of the same shape takes the place of the old one,
    anything else is added to the old question.
    """
    if previous is None:
        return FollowUp(message)
    if _WHO_SAYS.match(message.strip()):
        return FollowUp(previous, who_says=True)
    language = detect(message)
    opens = pattern(language, "questions", "goes_on", r"^[¿\s]*(?:{})\b[\s,]*")
    closes = pattern(language, "questions", "goes_on_closes", r"(?:{})\s*\??$")
    framed = message.strip()
    if not _leans(Text(message, language), bool(opens.match(framed) or closes.search(framed))):
        return FollowUp(message)
    bare = closes.sub("", opens.sub("", framed)).strip(" ?¿!.,") or framed
    asked, old = Text(bare, language), Text(previous, language)
    return FollowUp(_placed(asked, old) or _swapped(asked, old) or f"{previous} {bare}")


def _leans(message: Text, framed: bool) -> bool:
    """Return whether a message leans on the one before: by its frame ("and in ...?") or its pronouns."""
    if not message.words or len(message.words) > MOST_WORDS:
        return False
    content = _content(message)
    points = pattern(message.language, "questions", "points", r"\b(?:{})\b")
    return framed or not content or (len(content) <= 2 and points.search(message.text) is not None)


def _content(text: Text) -> list[Word]:
    return [word for word in text.words if not is_stopword(word.text, text.language)]


def _placed(asked: Text, previous: Text) -> str | None:
    """Return the previous question with the new place where the old one stood, if both name one."""
    place = _place(asked.language)
    new, old = place.search(asked.text), place.search(previous.text)
    return previous.text[: old.start()] + new.group() + previous.text[old.end() :] if new and old else None


@cache
def _place(language: str) -> re.Pattern[str]:
    """Return a pattern of a place in a question, with its preposition or ending."""
    before, after = pack(language).regex("questions", "before_place"), pack(language).regex("questions", "after_place")
    return re.compile(
        rf"\b(?:{before})\s+(?:the\s+)?{_CAPITALISED}(?:[- ]{_CAPITALISED})*|\b{_CAPITALISED}(?:{after})\b"
    )


def _swapped(asked: Text, previous: Text) -> str | None:
    """Return the previous question with a single new word for one with its ending ("убитых" -> "раненых")."""
    content = _content(asked)
    if len(content) != 1 or content[0].text[:1].isupper():
        return None
    new = content[0].text
    for old in _content(previous):
        if not old.text[0].isupper() and len(old.text) > 3 and old.text[-2:].casefold() == new[-2:].casefold():
            return previous.text[: old.start] + new + previous.text[old.end :]
    return None

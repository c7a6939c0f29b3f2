"""A question that leans on the one before it -> a question that stands alone. No language model is asked."""

import re
from dataclasses import dataclass
from functools import cache

from retrieval.language.packs import any_regex, pack, pattern
from retrieval.language.words import is_stopword, words

MOST_WORDS = 7
"""A longer message says what it asks about."""

_CAPITALISED = r"[A-ZÀ-ÖØ-ÞЀ-ЯҐҒҚҢҮҰҺӘӨ]\w+"
_WHO_SAYS = re.compile(rf"^\W*(?:{any_regex('questions', 'who_says')})\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a message asks: a question that stands alone, or who said what the last answer says."""

    question: str
    who_says: bool = False


def resolve(message: str, previous: str | None, language: str) -> FollowUp:
    """Return what `message` asks after `previous`, the last question that stood alone (None: there was none).

    The missing subject is carried over: a place or a word of the same shape takes the place of the old one,
    anything else is added to the old question.
    """
    if previous is None:
        return FollowUp(message)
    if _WHO_SAYS.match(message.strip()):
        return FollowUp(previous, who_says=True)
    if not leans(message, language):
        return FollowUp(message)
    asked = _without_frame(message, language)
    return FollowUp(_placed(asked, previous, language) or _swapped(asked, previous, language) or f"{previous} {asked}")


def leans(message: str, language: str) -> bool:
    """Return whether a message leans on what was said before."""
    spoken = words(message)
    if not spoken or len(spoken) > MOST_WORDS:
        return False
    if _opens(language).match(message.strip()) or _closes(language).search(message.strip()):
        return True
    content = [word for word in spoken if not is_stopword(word.text, language)]
    points = pattern(language, "questions", "points", r"\b(?:{})\b")
    return not content or (points.search(message) is not None and len(content) <= 2)


def _opens(language: str) -> re.Pattern[str]:
    return pattern(language, "questions", "goes_on", r"^[¿\s]*(?:{})\b[\s,]*")


def _closes(language: str) -> re.Pattern[str]:
    return pattern(language, "questions", "goes_on_closes", r"(?:{})\s*\??$")


def _without_frame(message: str, language: str) -> str:
    rest = _closes(language).sub("", _opens(language).sub("", message.strip()))
    return rest.strip(" ?¿!.,") or message.strip()


def _placed(asked: str, previous: str, language: str) -> str | None:
    """Put the new place where the old one stood, if both name one."""
    new, old = _place(language).search(asked), _place(language).search(previous)
    if new is None or old is None:
        return None
    return previous[: old.start()] + new.group() + previous[old.end() :]


@cache
def _place(language: str) -> re.Pattern[str]:
    """Return a pattern of a place in a question, with what leads up to it."""
    before, after = pack(language).regex("questions", "before_place"), pack(language).regex("questions", "after_place")
    return re.compile(
        rf"\b(?:{before})\s+(?:the\s+)?{_CAPITALISED}(?:[- ]{_CAPITALISED})*|\b{_CAPITALISED}(?:{after})\b"
    )


def _swapped(asked: str, previous: str, language: str) -> str | None:
    """Put a single new word where the old question has one with the same ending ("убитых" -> "раненых")."""
    content = [word for word in words(asked) if not is_stopword(word.text, language)]
    if len(content) != 1 or content[0].text[:1].isupper():
        return None
    new = content[0].text
    for old in words(previous):
        if (
            not is_stopword(old.text, language)
            and not old.text[:1].isupper()
            and len(old.text) > 3
            and old.text[-2:].casefold() == new[-2:].casefold()
        ):
            return previous[: old.start] + new + previous[old.end :]
    return None

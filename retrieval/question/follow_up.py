"""A question that leans on the one before it -> a question that stands alone. No language model is asked."""

import re
from dataclasses import dataclass

from retrieval.language.words import is_stopword, words

MOST_WORDS = 7
"""A longer message says what it asks about."""

_OPENS = {
    "en": re.compile(r"^(?:and|but|what about|how about|also)\b[\s,]*", re.IGNORECASE),
    "ru": re.compile(r"^(?:а|и|но|а что насчёт|что насчёт|а как насчёт)\b[\s,]*", re.IGNORECASE),
    "kk": re.compile(r"^(?:ал|және|бірақ)\b[\s,]*", re.IGNORECASE),
    "es": re.compile(r"^¿?\s*(?:y|pero|qué hay de|y qué hay de)\b[\s,]*", re.IGNORECASE),
}
"""How a follow-up opens."""

_CLOSES = {"kk": re.compile(r"\s+ше\s*\??$", re.IGNORECASE)}

_POINTS = {
    "en": re.compile(r"\b(?:that|this|those|these|it|they|them|he|she|him|her|there|then)\b", re.IGNORECASE),
    "ru": re.compile(r"\b(?:это|этого|этом|он|она|они|его|её|их|там|тогда)\b", re.IGNORECASE),
    "kk": re.compile(r"\b(?:бұл|бұны|оны|ол|олар|сонда|онда)\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:eso|esto|él|ella|ellos|ellas|allí|entonces|lo)\b", re.IGNORECASE),
}
"""Words that point at what was said before."""

_WHO_SAYS = re.compile(
    r"^\W*(?:who (?:says|said|reports|reported|claims) (?:that|this|so|it)|says who|according to whom"
    r"|кто (?:это |так )?(?:говорит|сказал|сообщил|утверждает)(?: это| так)?|по чьим данным"
    r"|(?:мұны|бұны|оны) кім (?:айтты|айтқан|айтып отыр)|кім айтты"
    r"|quién (?:lo )?(?:dice|dijo|afirma)(?: eso| esto)?|según quién)\W*$",
    re.IGNORECASE,
)

_PLACED = {
    "en": re.compile(r"\b(?:in|at|near|from|around)\s+(?:the\s+)?[A-Z]\w+(?:[- ][A-Z]\w+)*"),
    "ru": re.compile(r"\b(?:в|во|на|из|под|около)\s+[А-ЯЁ]\w+(?:[- ][А-ЯЁ]\w+)*"),
    "kk": re.compile(r"\b[А-ЯӘҒҚҢӨҰҮҺІЁ]\w+(?:да|де|та|те|нда|нде|дан|ден|тан|тен)\b"),
    "es": re.compile(r"\b(?:en|de|desde|cerca de)\s+[A-ZÁÉÍÓÚÑ]\w+(?:[- ][A-ZÁÉÍÓÚÑ]\w+)*"),
}
"""A place in a question, with what leads up to it."""


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
    """Tell whether a message leans on what was said before."""
    spoken = words(message)
    if not spoken or len(spoken) > MOST_WORDS:
        return False
    opens, closes = _OPENS.get(language), _CLOSES.get(language)
    if (opens and opens.match(message.strip())) or (closes and closes.search(message.strip())):
        return True
    content = [word for word in spoken if not is_stopword(word.text, language)]
    points = _POINTS.get(language)
    return not content or (bool(points and points.search(message)) and len(content) <= 2)


def _without_frame(message: str, language: str) -> str:
    rest = message.strip()
    for pattern in (_OPENS.get(language), _CLOSES.get(language)):
        rest = pattern.sub("", rest) if pattern else rest
    return rest.strip(" ?¿!.,") or message.strip()


def _placed(asked: str, previous: str, language: str) -> str | None:
    """Put the new place where the old one stood, if both name one."""
    pattern = _PLACED.get(language)
    new = pattern.search(asked) if pattern else None
    old = pattern.search(previous) if pattern else None
    if new is None or old is None:
        return None
    return previous[: old.start()] + new.group() + previous[old.end() :]


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

"""Whether a machine translation may be shown beside its original: the numbers, days and names must be the same."""

from collections.abc import Iterator

from retrieval.answer.harmless import is_plain
from retrieval.language.days.day_mentions import day_mentions
from retrieval.language.machines import addresses_machines
from retrieval.language.names.places import places
from retrieval.language.names.sounds import sound_keys
from retrieval.language.numbers.numbers import number_values, numbers
from retrieval.language.words import is_stopword, stem, words
from retrieval.question.terms import is_common

LONGEST = 3
"""How many times as long as the original, in characters, a translation may be."""

_OPENS_SENTENCE = ".!?…:"


def faithful(translation: str, language: str, original: str, spoken: str) -> bool:
    """Return whether a translation into `language` may be shown for an `original` in `spoken` (ISO 639-1 both).

    It must be plain words, with the same numbers and days, and with names that are in the original; what else it says
    is not checked. It errs towards no.
    """
    if language == spoken or not translation or len(translation) > LONGEST * len(original):
        return False
    if not is_plain(translation) or addresses_machines(translation):
        return False
    if _numbers(translation, language) != _numbers(original, spoken):
        return False
    if _days(translation, language) != _days(original, spoken):
        return False
    known = {word.text for word in words(original)}
    sounds = frozenset().union(*(sound_keys(word, spoken) for word in known))
    located = frozenset().union(*(places(word, spoken) for word in known))
    return all(
        sounds & sound_keys(name, language) or located & places(name, language) for name in names(translation, language)
    )


def _numbers(text: str, language: str) -> frozenset[object]:
    """Return the numbers of a text by their bounds, so that "12" is not "at least 12", and times by their digits."""
    return number_values(text, language) | {(one.low, one.high) for one in numbers(text, language)}


def _days(text: str, language: str) -> frozenset[tuple[int | None, ...]]:
    found = day_mentions(text, language)
    return frozenset((one.year, one.month, one.weekday, one.shift, *one.days) for one in found)


def names(text: str, language: str) -> Iterator[str]:
    """Yield names: words with a capital inside a sentence, outside of dates, in no list of common words."""
    dated = [range(day.start, day.end) for day in day_mentions(text, language)]
    for word in words(text):
        before = text[: word.start].rstrip("\"'«»“”‘’„¿¡([—– \u00a0")
        if not before or before[-1] in _OPENS_SENTENCE or not word.text[0].isupper() or word.text.isupper():
            continue
        if any(word.start in day for day in dated):
            continue
        common = is_stopword(word.text, language) or is_common(stem(word.text, language), language)
        if places(word.text, language) or not common:
            yield word.text

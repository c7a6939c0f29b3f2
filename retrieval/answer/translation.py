"""Whether a machine translation may be shown with its original: the numbers, days and names must be the same."""

from collections.abc import Iterator

from retrieval.answer.harmless import is_plain
from retrieval.language.doc import Text
from retrieval.language.names.places import places
from retrieval.language.names.sounds import sound_keys
from retrieval.language.words import is_stopword, stem
from retrieval.question.terms import is_common

LONGEST = 3  # how many times as long as the original, in characters, a translation may be


def faithful(translation: Text, original: Text) -> bool:
    """Return whether a translation may be shown for an original in another language.

    It must be plain words, with the same numbers and days, and with names that are in the original; the rest of it is
    not checked. In doubt it is not shown.
    """
    if not translation.text or len(translation.text) > LONGEST * len(original.text):
        return False
    if translation.language == original.language or not is_plain(translation.text) or translation.addresses_machines:
        return False
    if _numbers(translation) != _numbers(original) or _days(translation) != _days(original):
        return False
    known = {word.text for word in original.words}
    sounds = frozenset().union(*(sound_keys(word, original.language) for word in known))
    located = frozenset().union(*(places(word, original.language) for word in known))
    return all(
        sounds & sound_keys(name, translation.language) or located & places(name, translation.language)
        for name in names(translation)
    )


def _numbers(text: Text) -> frozenset[object]:
    """Return the numbers of a text by their bounds, so that "12" is not "at least 12", and times by their digits."""
    return text.number_values | {(one.low, one.high) for one in text.numbers}


def _days(text: Text) -> frozenset[tuple[int | None, ...]]:
    return frozenset((one.year, one.month, one.weekday, one.shift, *one.days) for one in text.day_mentions)


def names(text: Text) -> Iterator[str]:
    """Yield names: words with a capital inside a sentence, outside of dates, in no list of common words."""
    dated = [range(day.start, day.end) for day in text.day_mentions]
    for word in text.words:
        before = text.text[: word.start].rstrip("\"'«»“”‘’„¿¡([—– \u00a0")
        if not before or before[-1] in ".!?…:" or not word.text[0].isupper() or word.text.isupper():
            continue
        if any(word.start in day for day in dated):
            continue
        common = is_stopword(word.text, text.language) or is_common(stem(word.text, text.language), text.language)
        if places(word.text, text.language) or not common:
            yield word.text

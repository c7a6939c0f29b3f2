"""Words that are one slip of the finger off a word for a day: "yestrday", "вчерв", "бүгүн"."""

from functools import cache
from itertools import takewhile

from retrieval.language.concepts import mentions
from retrieval.language.packs import pack
from retrieval.language.words import is_stopword, stem, words
from retrieval.question.terms import is_common

SHORTEST_SLIP = 4  # letters

SHORTEST = 5
"""Letters of the shortest word for a day that is read so: known words are one slip off "кеше", "hoy" or "жұма"."""


def is_slip(written: str, meant: str) -> bool:
    """Return whether a word is another one with a letter left out, doubled or exchanged, or two of them swapped.

    A letter that is added is another word as often: "вечера" is no "вчера", and "завтрак" no "завтра".

    >>> is_slip("yestrday", "yesterday"), is_slip("yesterdya", "yesterday"), is_slip("mondays", "monday")
    (True, True, False)
    """
    same = _shared(written, meant)
    before, written, meant = written[:same], written[same:], meant[same:]
    after = _shared(written[::-1], meant[::-1])
    written, meant = written[: len(written) - after], meant[: len(meant) - after]
    if not meant:
        return len(written) == 1 and before.endswith(written)
    return (len(meant) == 1 and len(written) <= 1) or (len(meant) == 2 and written == meant[::-1])


def _shared(one: str, other: str) -> int:
    """Return how many letters two words begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def days_spelled(text: str, language: str) -> str:
    """Return a question with the words spelled right that are one slip off a word for a day of its language.

    A word that is known, or has a capital inside the text, is none.
    """
    for word in reversed(words(text)):  # from the end, so that what is before a word stays where it is
        if len(word.text) >= SHORTEST_SLIP and (day := _day_meant(word.text, word.start, language)):
            text = text[: word.start] + day + text[word.end :]
    return text


def _day_meant(word: str, start: int, language: str) -> str | None:
    written, days = word.casefold(), _days(language)
    if written in days or (word[0].isupper() and start > 1):
        return None
    if listed := pack(language).get("calendar", "slips", {}).get(written):
        return str(listed)
    meant = next((day for day in days if abs(len(day) - len(written)) <= 1 and is_slip(written, day)), None)
    return meant if meant and not is_known(word, language) else None


def is_known(word: str, language: str) -> bool:
    """Return whether a word is common in a language or used in news."""
    return is_stopword(word, language) or is_common(stem(word, language), language) or bool(mentions(word, language))


@cache
def _days(language: str) -> tuple[str, ...]:
    """Return the words for days, relative ones and weekdays, that slips are read of."""
    relative = pack(language).get("calendar", "relative", {})
    weekdays = (form for forms in pack(language).get("calendar", "weekdays", ()) for form in forms.split())
    named = {word.rstrip("*") for word in (*relative, *weekdays) if " " not in word}
    return tuple(sorted(day for day in named if len(day) >= SHORTEST))

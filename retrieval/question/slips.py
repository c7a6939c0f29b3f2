"""Days otherwise than they are read: with one slip of the finger, "yestrday", "вчерв", or in words, "пятого числа"."""

import re
from functools import cache, partial
from itertools import takewhile

from retrieval.language.concepts import mentions
from retrieval.language.days.calendar_words import MONTHS
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

    A word that is known, or has a capital inside the text, is none. Days of the month in words get digits.
    """
    for word in reversed(words(text)):  # from the end, so that what is before a word stays where it is
        if len(word.text) >= SHORTEST_SLIP and (day := _day_meant(word.text, word.start, language)):
            text = text[: word.start] + day + text[word.end :]
    return _in_digits(text, language)


def _in_digits(text: str, language: str) -> str:
    """Return a question with the days of the month in digits that it has in words: "6-сы күні" for "алтысы күні"."""
    pattern, days = _spelled(language)
    for match in reversed(list(pattern.finditer(text)) if pattern else []):
        written = match["day"]
        number = days.get(written.casefold())
        if number is None or (written[0].isupper() and match.start() > 1):  # "Николая Второго"
            continue
        month = words(text[match.end("month") :])[:1] if match["month"] is not None else []
        if month and month[0].start == 0 and month[0].text.casefold() in MONTHS:
            text = f"{text[: match.start('day')]}{number}{text[match.end('day') :]}"
        elif match["before"] or match["behind"] is not None:
            suffix = pack(language).get("calendar", "spelled_suffix")
            text = f"{text[: match.start('day')]}{number}{suffix}{text[match.end('day') :]}"
    return text


@cache
def _spelled(language: str) -> tuple[re.Pattern[str] | None, dict[str, int]]:
    """Return a pattern of days of the month in words, with what makes them days, and the number of each word."""
    calendar = partial(pack(language).get, "calendar")
    listed = enumerate(calendar("spelled_days", ()), start=1)
    days = {form: number for number, forms in listed for form in forms.split("|")}
    if not days:
        return None, days
    words_ = "|".join(sorted(days, key=len, reverse=True))
    before, behind, joint = (calendar(f"spelled_{key}") for key in ("before", "behind", "joint"))
    around = rf"(?<!\w)(?P<before>{before})?(?P<day>{words_})(?P<behind>{behind})?(?!\w)(?P<month>\s+(?:{joint})?)?"
    return re.compile(around, re.IGNORECASE), days


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

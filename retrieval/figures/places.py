"""The place of a figure: the name nearest to its number, recognised by the word before it or its ending."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from retrieval.domain import Span
from retrieval.language.days.calendar_words import MONTHS, WEEKDAYS
from retrieval.language.doc import Sentence
from retrieval.language.names.base_forms import base_form
from retrieval.language.names.places import known_place
from retrieval.language.packs import NOTHING, pack, pattern

CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁӘҒҚҢӨҰҮҺІ]"
NAME = rf"{CAPITAL}[\w’'-]+(?:[\s-](?:de|del|la|el|al|los|las)?\s?{CAPITAL}[\w’'-]+){{0,2}}"
NOT_PLACES = re.compile(
    r"(?:Facebook|Twitter|Telegram|Instagram|January|Reuters|State|Ministr\w+|Interior|Parliament|Akorda|Army|"
    r"Минист\w+|МВД|МЧС|КНБ|ООН|Telegram-канал\w*|Нацгварди\w+|Росгварди\w+|Facebook-\w+|Ministerio)\b"
)


@cache
def place_pattern(language: str) -> re.Pattern[str]:
    """Return a pattern whose group "place" is a place's name, recognised by the word before it or its ending."""
    ours = pack(language)
    if (endings := ours.regex("figures", "place_endings")) != NOTHING:
        return re.compile(rf"(?<!\w)(?P<place>{CAPITAL}\w+?)(?:{endings})(?!\w)")
    return re.compile(rf"(?<!\w)(?i:{ours.regex('figures', 'place_before')})(?P<place>{NAME})")


def base_place(written: str, before: str, language: str) -> str:
    """Return a place's name in its base form, without what a settlement is; `before` is the text before it.

    >>> base_place("Тараз қаласында", "", "kk"), base_place("the city of Kessel", "in ", "en")
    ('Тараз', 'Kessel')
    """
    name = pattern(language, "figures", "place_type_after", r"(?:{})\Z").sub("", written)
    if name != written:
        return name
    named = pattern(language, "figures", "place_type", r"\A(?:{})(?=\S)").match(written)
    if named is not None and written[named.end()].isupper():
        name = written[named.end() :]
    name = name.title() if name.isupper() and len(name) > ACRONYM else name
    if name[:1].isupper() and (known := known_place(name, language)) is not None:
        return known
    name = base_form(name, before, language)
    return pattern(language, "figures", "place_cases", r"(?<=\w\w\w)(?:{})\Z").sub("", name)


def names_a_capital(text: str, start: int, end: int, language: str) -> bool:
    """Return whether a name only says which capital is meant: "in the capital of Ostria", "in the Ostrian capital"."""
    before = pattern(language, "figures", "of_capital_before", r"(?<!\w)(?:{})\Z")
    after = pattern(language, "figures", "of_capital_after", r"(?:{})(?!\w)")
    opening = pattern(language, "figures", "of_capital_before", r".*?(?<!\w)(?:{})\S")
    closing = pattern(language, "figures", "of_capital_after", r"\S(?:{})\Z")
    name = text[start:end]
    return bool(before.search(text[:start]) or after.match(text, end) or opening.match(name) or closing.search(name))


ACRONYM = 3  # letters of a name in capitals; a longer one is that of a dateline
REACH = 70  # characters between a number and its place
BEFORE_NAME = 40  # characters before a name that say whether it is declined
PLACE_BEFORE_COST = 15  # characters by which a place before the number counts as further away


def place_of(sentence: Sentence, number: Span, speaker: Span | None, parts: Sequence[Span] = ()) -> str | None:
    """Return the place named nearest to a number, if any.

    All spans are in the sentence; `parts` are numbers of parts ("103 of them in Almaty"), with places of their own.
    """
    named: list[tuple[int, str]] = []
    for match in place_pattern(sentence.language).finditer(sentence.text):
        start, end = match.span("place")
        speaks = speaker is not None and start < speaker.end and speaker.start < end
        capital = names_a_capital(sentence.text, start, end, sentence.language)
        if speaks or capital or _is_no_place(match["place"], sentence.language):
            continue
        after = start >= number.end
        between = sentence.text[number.end : start] if after else sentence.text[end : number.start]
        of_part = any(number.end <= part.start < start for part in parts)
        if not of_part and ";" not in between and len(between) <= REACH:
            before = sentence.text[max(0, start - BEFORE_NAME) : start]
            name = base_place(re.sub(r"[’']s?$", "", match["place"]), before, sentence.language)
            named.append((len(between) + (0 if after else PLACE_BEFORE_COST), name))
    return min(named)[1] if named else None


def _is_no_place(name: str, language: str) -> bool:
    first = re.sub(r"[’']s?$", "", name.partition(" ")[0].casefold())
    if first in MONTHS or first in WEEKDAYS or NOT_PLACES.match(name):
        return True
    return re.match(rf"(?:{pack(language).regex('figures', 'not_places')})$", name) is not None

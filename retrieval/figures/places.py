"""Where a figure was counted, in the article's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.domain import Span
from retrieval.language.days.calendar_words import MONTHS, WEEKDAYS

CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁӘҒҚҢӨҰҮҺІ]"
NAME = rf"{CAPITAL}[\w’'-]+(?:[\s-](?:de|del|la|el|al|los|las)?\s?{CAPITAL}[\w’'-]+){{0,2}}"
NOT_PLACES = re.compile(
    r"(?:Facebook|Twitter|Telegram|Instagram|January|Reuters|State|Ministr\w+|Interior|Parliament|Akorda|Army|"
    r"Минист\w+|МВД|МЧС|КНБ|ООН|Telegram-канал\w*|Нацгварди\w+|Росгварди\w+|Facebook-\w+|Ministerio)\b"
)
BEFORE = {
    "en": re.compile(rf"(?<!\w)(?:in|across|near|around|outside)\s+(?:the\s+)?(?P<place>{NAME})"),
    "es": re.compile(rf"(?<!\w)(?:en|cerca de)\s+(?P<place>{NAME})"),
    "ru": re.compile(rf"(?<!\w)(?:[Вв]о?|под|[Пп]од)\s+(?P<place>{NAME})"),
}
LOCATIVE = re.compile(rf"(?<!\w)(?P<place>{CAPITAL}\w+?)(?:да|де|та|те|дағы|дегі|тағы|тегі)(?!\w)")
KAZAKH_NOT_PLACES = re.compile(
    r"(?:Ол|Он|Кемін|Бұл|Осын|Жал|Қал|Министрлік|Полиция|Аурухана|Қақтығыс\w*|Елор|Ел|Төбелес|Шеру|Митинг|Наразылық|"
    r"Тәртіпсіздік|Ереуіл|Қала|Алаң|Өрт|Жарылыс|Атыс|Көше|Облыс|Аймақ|Өңір)$"
)
REACH = 70  # characters between a number and its place


def place_of(
    sentence: str, language: str, counted: Span, speaker: Span | None, parts: Sequence[Span] = ()
) -> str | None:
    """Return the place named nearest to the number at `counted`; else None.

    All spans are in `sentence`; `parts` are numbers of parts ("103 of them in Almaty"), with places of their own.
    """
    pattern = LOCATIVE if language == "kk" else BEFORE.get(language)
    if pattern is None:
        return None
    named: list[tuple[int, str]] = []
    for match in pattern.finditer(sentence):
        start, end = match.span("place")
        said = speaker is not None and start < speaker.end and speaker.start < end
        if said or _is_no_place(match["place"], language):
            continue
        between = sentence[counted.end : start] if start >= counted.end else sentence[end : counted.start]
        theirs = any(counted.end <= part.start < start for part in parts)
        if not theirs and ";" not in between and len(between) <= REACH:
            name = re.sub(r"[’']s?$", "", match["place"])
            named.append((len(between) + (0 if start >= counted.end else 15), name))
    return min(named)[1] if named else None


def _is_no_place(name: str, language: str) -> bool:
    first = re.sub(r"[’']s?$", "", name.partition(" ")[0].casefold())
    if first in MONTHS or first in WEEKDAYS or NOT_PLACES.match(name):
        return True
    return language == "kk" and KAZAKH_NOT_PLACES.match(name) is not None

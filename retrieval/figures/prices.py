"""Prices: sums of money for goods, never wages, fines or demands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from retrieval.figures.lexicon import FigureWords
from retrieval.language.doc import Sentence
from retrieval.language.numbers.numbers import Number

SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₸": "KZT", "₽": "RUB", "₴": "UAH"}
MEASURES = (
    ("l", re.compile(r"lit|литр", re.IGNORECASE)),
    ("kg", re.compile(r"kilo|kg|кило|кг|келі", re.IGNORECASE)),
    ("m3", re.compile(r"cubic|c[uú]bico|куб", re.IGNORECASE)),
    ("barrel", re.compile(r"barr|барр", re.IGNORECASE)),
    ("t", re.compile(r"\bton|тонн", re.IGNORECASE)),
)
DEAREST = 1e6  # of any currency: above it stand budgets and orders, not what people pay
FUTURE = re.compile(r"(?<!\w)(?:would|will)(?!\w)")  # a price that officials say will fall is a report too
FROM_BEFORE = re.compile(r"(?<!\w)(?:from|de|desde|с|со)\s+$", re.IGNORECASE)
RISE_BEFORE = re.compile(r"(?<!\w)(?:by|на)\s+$", re.IGNORECASE)
REACHED = re.compile(r"(?<!\w)(?:to|a|hasta|до)\s+$", re.IGNORECASE)  # "to 60", after any change
REACHES = re.compile(r"\s+\w+\s*,?\s+(?:hasta|до)\s+\d", re.IGNORECASE)  # "fell 246 rupees, to 4,664": by how much
PAST_AFTER = re.compile(
    r"\s+(?:\w+\s+){0,3}?(?:last (?:week|month|year)|(?:week|month|year)s? (?:ago|earlier)|"
    r"(?:semana|mes|año) pasad[oa]|"
    r"(?:недел|месяц|год)\w* назад|(?:апта|ай|жыл) бұрын)(?!\w)",
    re.IGNORECASE,
)
ADJECTIVE = re.compile(r"[\s\u00a0]*(?:[A-Z][a-z]+n|[А-Яа-яё]+(?:их|ых|ого))\s+")  # "10 Egyptian pounds"
FROM_AFTER = re.compile(r"\s*\w*[ндт][ае]н\b(?!\s+сат)", re.IGNORECASE)


def prices_in(sentence: Sentence, words: FigureWords) -> Iterator[tuple[Number, str]]:
    """Yield each price that `sentence` reports, with its unit, e.g. `KZT/l`; former prices are left out."""
    text = sentence.text
    per = words.price["per"].search(text)
    if not per and not (words.price["goods"].search(text) and words.price["change"].search(text)):
        return
    currency: str | None = None
    for number in sentence.numbers:
        end = text.find(";", number.core.end)
        clause = text[text.rfind(";", 0, number.core.start) + 1 : end if end >= 0 else len(text)]
        if words.price["not_price"].search(clause) or words.words["doubt"].search(FUTURE.sub("", clause)):
            continue
        before = text[: number.span.start]
        reached = REACHED.search(text[: number.core.start])
        currency = _currency(text, number, words) or (currency if reached else None)
        if currency is None or FROM_BEFORE.search(before) or RISE_BEFORE.search(before):
            continue
        if PAST_AFTER.match(text, number.core.end) or REACHES.match(text, number.core.end):
            continue
        if words.verb_last and FROM_AFTER.match(text, number.core.end):
            continue
        if not per and (number.low or number.high or 0) > DEAREST:
            continue
        measure = next((name for name, pattern in MEASURES if per and pattern.search(per.group())), None)
        exact = replace(number, low=number.high) if reached and number.low is None else number
        yield exact, f"{currency}/{measure}" if measure else currency


def _currency(sentence: str, number: Number, words: FigureWords) -> str | None:
    before = sentence[: number.core.start].rstrip()[-1:]
    if before in SIGNS:
        return SIGNS[before]
    after = re.match(r"[\s\u00a0]*", sentence[number.core.end :])
    start = number.core.end + (after.end() if after else 0)
    if sentence[start : start + 1] in SIGNS and sentence[start : start + 1]:
        return SIGNS[sentence[start]]
    adjective = ADJECTIVE.match(sentence, number.core.end)
    starts = (start, adjective.end()) if adjective else (start,)
    return next((code for at in starts for code, pattern in words.currencies if pattern.match(sentence, at)), None)

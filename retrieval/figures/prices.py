"""Prices: sums of money for goods, never wages, fines or what a crowd asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.figures.words import FigureWords
from retrieval.language.numbers import Number, numbers

SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₸": "KZT", "₽": "RUB", "₴": "UAH"}
MEASURES = (
    ("l", re.compile(r"lit|литр", re.IGNORECASE)),
    ("kg", re.compile(r"kilo|kg|кило|кг|келі", re.IGNORECASE)),
    ("m3", re.compile(r"cubic|c[uú]bico|куб", re.IGNORECASE)),
    ("barrel", re.compile(r"barr|барр", re.IGNORECASE)),
    ("t", re.compile(r"\bton|тонн", re.IGNORECASE)),
)
DEAREST = 1e6  # of any currency: above it stand budgets and orders, not what people pay
FROM_BEFORE = re.compile(r"(?<!\w)(?:from|de|desde|с|со)\s+$", re.IGNORECASE)
FROM_AFTER = re.compile(r"\s*\w*[ндт][ае]н\b", re.IGNORECASE)


def prices(sentence: str, words: FigureWords) -> Iterator[tuple[Number, str]]:
    """Yield each price that `sentence` reports, with its unit, e.g. `KZT/l`; where a price came from is left out."""
    per = words.price["per"].search(sentence)
    told = per or (words.price["goods"].search(sentence) and words.price["change"].search(sentence))
    if not told or words.price["not_price"].search(sentence) or words.words["doubt"].search(_certain(sentence, words)):
        return
    for number in numbers(sentence, words.language):
        currency = _currency(sentence, number, words)
        if currency is None or FROM_BEFORE.search(sentence[: number.span.start]):
            continue
        if words.verb_last and FROM_AFTER.match(sentence, number.core.end):
            continue
        if not per and (number.low or number.high or 0) > DEAREST:
            continue
        measure = next((name for name, pattern in MEASURES if per and pattern.search(per.group())), None)
        yield number, f"{currency}/{measure}" if measure else currency


def _certain(sentence: str, words: FigureWords) -> str:
    """A price that officials say will fall is a report too, so plain future is no doubt here."""
    return re.sub(r"(?<!\w)(?:would|will)(?!\w)", "", sentence)


def _currency(sentence: str, number: Number, words: FigureWords) -> str | None:
    before = sentence[: number.core.start].rstrip()[-1:]
    if before in SIGNS:
        return SIGNS[before]
    after = re.match(r"[\s\u00a0]*", sentence[number.core.end :])
    start = number.core.end + (after.end() if after else 0)
    if sentence[start : start + 1] in SIGNS and sentence[start : start + 1]:
        return SIGNS[sentence[start]]
    return next((code for code, pattern in words.currencies if pattern.match(sentence, start)), None)

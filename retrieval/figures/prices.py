"""Prices: sums of money for goods, never wages, fines or what a crowd asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from retrieval.domain import Span
from retrieval.figures.words import FigureWords
from retrieval.language.numbers.numbers import Number, numbers

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


def prices(sentence: str, words: FigureWords) -> Iterator[tuple[Number, str]]:
    """Yield each price that `sentence` reports, with its unit, e.g. `KZT/l`; where a price came from is left out."""
    per = words.price["per"].search(sentence)
    told = per or (words.price["goods"].search(sentence) and words.price["change"].search(sentence))
    if not told:
        return
    currency: str | None = None
    for number in numbers(sentence, words.language):
        clause = clause_of(sentence, number.core)
        if words.price["not_price"].search(clause) or words.words["doubt"].search(_certain(clause, words)):
            continue
        before = sentence[: number.span.start]
        reached = REACHED.search(sentence[: number.core.start])
        currency = _currency(sentence, number, words) or (currency if reached else None)
        if currency is None or FROM_BEFORE.search(before) or RISE_BEFORE.search(before):
            continue
        if PAST_AFTER.match(sentence, number.core.end) or REACHES.match(sentence, number.core.end):
            continue
        if words.verb_last and FROM_AFTER.match(sentence, number.core.end):
            continue
        if not per and (number.low or number.high or 0) > DEAREST:
            continue
        measure = next((name for name, pattern in MEASURES if per and pattern.search(per.group())), None)
        exact = replace(number, low=number.high) if reached and number.low is None else number
        yield exact, f"{currency}/{measure}" if measure else currency


def clause_of(sentence: str, number: Span) -> str:
    """Return the part of the sentence between semicolons in which the number stands."""
    end = sentence.find(";", number.end)
    return sentence[sentence.rfind(";", 0, number.start) + 1 : end if end >= 0 else len(sentence)]


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
    adjective = ADJECTIVE.match(sentence, number.core.end)
    starts = (start, adjective.end()) if adjective else (start,)
    return next((code for at in starts for code, pattern in words.currencies if pattern.match(sentence, at)), None)

"""Prices: sums of money for goods, never wages, fines or demands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from retrieval.domain import Span
from retrieval.figures.lexicon import FigureWords, figure_words, phrases_of, tables_of
from retrieval.language.concepts import mentions
from retrieval.language.doc import Sentence
from retrieval.language.numbers.numbers import Number
from retrieval.language.words import fold

SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₸": "KZT", "₽": "RUB", "₴": "UAH"}
MEASURES = tuple(
    (name, re.compile("|".join(table[name] for table in tables_of("measures") if name in table), re.IGNORECASE))
    for name in ("l", "kg", "m3", "barrel", "t")
)
NO_GOODS = {"price"}  # concepts of words such as "prices" and "tariff", which have a price of something else
BROAD = {"petrol"}  # fuel: words that are of a narrower good too ("diesel") are of that one alone
CACHED = 2_000  # texts of which the goods are kept
DEAREST = 1e6  # of any currency: above it stand budgets and orders, not what people pay
FUTURE = re.compile(r"(?<!\w)(?:would|will)(?!\w)")  # a price that officials say will fall is a report too
FROM_BEFORE = re.compile(rf"(?<!\w)(?:{phrases_of('price_from')})\s+$", re.IGNORECASE)
RISE_BEFORE = re.compile(rf"(?<!\w)(?:{phrases_of('price_by')})\s+$", re.IGNORECASE)
REACHED = re.compile(rf"(?<!\w)(?:{phrases_of('price_to')})\s+$", re.IGNORECASE)  # "to 60", after any change
REACHES = re.compile(
    rf"\s+\w+\s*,?\s+(?:{phrases_of('price_reaches')})\s+\d", re.IGNORECASE
)  # "fell 246 rupees, to 4,664"
PAST_AFTER = re.compile(rf"\s+(?:\w+\s+){{0,3}}?(?:{phrases_of('price_past')})(?!\w)", re.IGNORECASE)
ADJECTIVE = re.compile(r"[\s\u00a0]*(?:[A-Z][a-z]+n|[А-Яа-яё]+(?:их|ых|ого))\s+")  # "10 Egyptian pounds"
FROM_AFTER = re.compile(r"\s*\w*[ндт][ае]н\b(?!\s+сат)", re.IGNORECASE)


def prices_in(sentence: Sentence, words: FigureWords) -> Iterator[tuple[Number, str]]:
    """Yield each price that `sentence` reports, with its unit, e.g. `KZT/l`; former prices are left out."""
    text = sentence.text
    per = words.price_per.search(text)
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
    start = len(sentence) - len(sentence[number.core.end :].lstrip())
    around = sentence[: number.core.start].rstrip()[-1:], sentence[start : start + 1]
    if sign := next((SIGNS[character] for character in around if character in SIGNS), None):
        return sign
    adjective = ADJECTIVE.match(sentence, number.core.end)
    starts = (start, adjective.end()) if adjective else (start,)
    return next((code for at in starts for code, pattern in words.currencies if pattern.match(sentence, at)), None)


def good_of(sentence: Sentence, wording: Span) -> str | None:
    """Return what a price is of: the good named last before it in its sentence, else the first one after it.

    A sentence without one has the good that the text before it names last. `wording` is in the text of the document;
    a good is its concept, which languages share, or else its word.
    """
    text = sentence.doc.text
    own = list(_goods_in(sentence.text, sentence.language))
    before = [good for start, good in own if sentence.span.start + start < wording.start]
    if own:
        return before[-1] if before else own[0][1]
    earlier = [good for _, good in _goods_in(text[: sentence.span.start], sentence.language)]
    return earlier[-1] if earlier else None


@lru_cache(maxsize=CACHED)
def _goods_in(text: str, language: str) -> tuple[tuple[int, str], ...]:
    """Return the goods that a text names, in order, each with where."""
    words = figure_words(language)
    if words is None:
        return ()
    named, found = list(mentions(text, language)), []
    for match in words.price["goods"].finditer(text):
        concepts = {n for one in named if one.start < match.end() and match.start() < one.end for n in one.names}
        if narrow := sorted(concepts - NO_GOODS - BROAD) or sorted(concepts - NO_GOODS):
            found.append((match.start(), narrow[0]))
        elif not concepts:
            found.append((match.start(), fold(match[0])))
    return tuple(found)

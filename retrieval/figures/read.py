"""Article -> the figures it reports, without a model: who is counted, by whom, where, and in which words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from retrieval.domain import Article, Figure, FigureKind, Moment, Span
from retrieval.figures.counted import counted, triggers_of, without_asides
from retrieval.figures.doubts import is_reported
from retrieval.figures.links import linked
from retrieval.figures.periods import periods
from retrieval.figures.places import place_of
from retrieval.figures.prices import prices
from retrieval.figures.withdrawals import is_withdrawal
from retrieval.figures.words import PEOPLE_KINDS, FigureWords, figure_words
from retrieval.figures.zeros import zeros
from retrieval.language.days.dates import event_days
from retrieval.language.numbers.numbers import Number
from retrieval.language.sentences import sentences
from retrieval.language.speakers.speakers import attributions, speaker

PART_WITHIN = 40  # characters from a sentence's start in which "of them" points to the sentence before


def read_figures(article: Article) -> list[Figure]:
    """Return the figures that `article` reports, in the order of its text; offsets are those of `article.text`.

    Nothing is read from an article in another language than English, Russian, Kazakh and Spanish. What the
    article tells only as past, planned, feared or denied is no figure, and neither is what it withdraws.
    """
    words = figure_words(article.language)
    if words is None:
        return []
    found: list[Figure] = []
    before: FigureKind | None = None  # what the sentence before told of people
    for sentence in sentences(article.text, article.language):
        text = sentence.of(article.text)
        told = list(_of_sentence(article, sentence, text, words, before))
        before = next((f.kind for f in reversed(told) if f.kind in PEOPLE_KINDS), None)
        for figure in told:
            clause = _clause(article.text, sentence, figure.wording)
            if not is_withdrawal(clause, article.language) and not any(_same(figure, other) for other in found):
                found.append(figure)
    return found


def _clause(text: str, sentence: Span, wording: Span) -> str:
    """Return the part of the sentence between semicolons in which the number stands."""
    begin = max(text.rfind(";", sentence.start, wording.start) + 1, sentence.start)
    end = text.find(";", wording.end, sentence.end)
    return text[begin : end if end >= 0 else sentence.end]


def _same(one: Figure, other: Figure) -> bool:
    return (one.kind, one.low, one.high, one.group, one.place, one.speaker, one.unit) == (
        other.kind,
        other.low,
        other.high,
        other.group,
        other.place,
        other.speaker,
        other.unit,
    )


def _of_sentence(
    article: Article, sentence: Span, text: str, words: FigureWords, before: FigureKind | None
) -> Iterator[Figure]:
    yield from _people(article, sentence, text, words, before)
    for number, unit in prices(text, words):
        yield Figure(
            kind=FigureKind.PRICE,
            quote=sentence,
            wording=_shifted(number.span, sentence),
            low=number.low,
            high=number.high,
            approximate=number.approximate,
            place=place_of(text, words.language, number.span, None),
            speaker=_speaker(article, sentence, number.span),
            unit=unit,
        )
    for period in periods(text, words, article.published):
        yield Figure(
            kind=period.kind,
            quote=sentence,
            wording=_shifted(period.wording, sentence),
            low=period.low,
            high=period.high,
            place=place_of(text, words.language, period.wording, None),
            speaker=_speaker(article, sentence, period.wording),
            unit=period.unit,
            event_from=period.begins,
            event_to=period.ends,
        )


def _people(
    article: Article, sentence: Span, text: str, words: FigureWords, before: FigureKind | None
) -> Iterator[Figure]:
    triggers = triggers_of(text, words)
    day = _day(text, words, article.published) if triggers else None
    for kind, group, wording in zeros(text, triggers, words):
        zero = Number(wording, wording, 0.0, 0.0)
        yield _counting(article, sentence, kind, group, zero, day, ())
    if not triggers and not (before and words.words["part"].search(text[:PART_WITHIN])):
        return
    plain = without_asides(text, words)
    links = linked(plain, counted(plain, words, triggers), triggers, words, before)
    parts = [link.counted.number.span for link in links if link.counted.part]
    for link in links:
        if is_reported(text, link, words, article.published) and not _speaks(text, link.counted.number, words):
            group = link.counted.group or "total"
            yield _counting(article, sentence, link.kind, group, link.counted.number, day, parts)


def _speaks(text: str, number: Number, words: FigureWords) -> bool:
    """Tell whether the number is of those who speak: "two officials said"."""
    core = number.core
    said = attributions(text, Span(0, len(text)), words.language)
    return any(a.name.start <= core.start < a.name.end or 0 <= a.name.start - core.end <= 1 for a in said)


def _counting(
    article: Article,
    sentence: Span,
    kind: FigureKind,
    group: str,
    number: Number,
    day: date | None,
    parts: Sequence[Span],
) -> Figure:
    named = speaker(article.text, sentence, article.language, near=_shifted(number.span, sentence))
    inside = named is not None and sentence.start <= named.start and named.end <= sentence.end
    said = Span(named.start - sentence.start, named.end - sentence.start) if named and inside else None
    return Figure(
        kind=kind,
        quote=sentence,
        wording=_shifted(number.span, sentence),
        low=number.low,
        high=number.high,
        approximate=number.approximate,
        group=group,
        place=place_of(sentence.of(article.text), article.language, number.span, said, parts),
        speaker=named.of(article.text) if named else None,
        event_from=day,
        event_to=day,
    )


def _speaker(article: Article, sentence: Span, near: Span) -> str | None:
    named = speaker(article.text, sentence, article.language, near=_shifted(near, sentence))
    return named.of(article.text) if named else None


def _shifted(span: Span, sentence: Span) -> Span:
    return Span(span.start + sentence.start, span.end + sentence.start)


def _day(text: str, words: FigureWords, published: Moment | None) -> date | None:
    """Return the one day that the sentence names; several would be a guess."""
    days = {day for _, day in event_days(text, words.language, published)}
    return days.pop() if len(days) == 1 else None

"""Checks that a statement says nothing its quotes do not: by number, date, name, place, speaker and negation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.answer.verify_bindings import exchanged, misbound
from retrieval.answer.verify_concepts import GENERAL, OPTIONAL, REQUIRED, widened
from retrieval.answer.verify_names import borne_out, places
from retrieval.answer.verify_polarity import turned_round
from retrieval.answer.verify_reading import Reading, read, sense
from retrieval.answer.verify_speakers import misattributed
from retrieval.domain import Span
from retrieval.language.words import Word, is_stopword, stem

LEAST_SHARED = 0.5  # of a statement's words that no other check explains, where statement and quote share a language
LEAST_ACCOUNTED = 0.5  # of a statement's words, where all its quotes are in other languages

# Endings of words that open a sentence and are common words rather than names, by language.
_COMMON_ENDINGS = {
    "en": ("ing", "ed", "ly", "tion", "tions", "ment", "ments", "ness", "ies", "ers", "ors"),
    "ru": ("ые", "ие", "ость", "ение", "ения", "ание", "ания", "ция", "ции", "ый", "ть", "ют", "ят", "ся"),
    "kk": ("лар", "лер", "дар", "дер", "тар", "тер", "лық", "лік", "дық", "дік", "тық", "тік", "ған", "ген"),
    "es": ("ción", "ciones", "mente", "ando", "iendo", "aron", "ieron"),
}

_PLURAL_SUBJECT = re.compile(r"\s[a-z]+s\s(?:were|are|have|had|will|do|did)\b")  # "Stun grenades were"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a statement stands (it is falsy where not), and what does not: a kind and the words."""

    ok: bool
    reason: str = ""  # number | unit | date | name | concept | speaker | negation | words | nothing
    detail: str = ""

    def __bool__(self) -> bool:
        return self.ok


def verify(
    statement: str,
    quotes: Sequence[str],
    language: str,
    quote_languages: Sequence[str],
    *,
    speakers: Sequence[str] = (),
) -> Verdict:
    """Say whether `quotes` bear out `statement`; languages are ISO 639-1, one for each quote.

    Everything that can be checked in the statement must be in a quote: numbers by value and sense ("at least",
    "about", "dozens") with what they count, dates and times, names by spelling, sound or gazetteer, places,
    the concepts of `verify_concepts.tsv`, who says so, and whether it is so. Statement and quote may be in
    different languages. `speakers` are those the article names outside the quotes. It errs towards no.
    """
    said = read(statement, language)
    spoken = [read(quote, spoken_in) for quote, spoken_in in zip(quotes, quote_languages, strict=True)]
    beside = [read(speaker, spoken_in) for speaker in speakers for spoken_in in set(quote_languages)]
    for reason, detail in _faults(said, spoken, beside):
        return Verdict(False, reason, detail)
    return Verdict(True)


def _faults(said: Reading, quotes: list[Reading], beside: list[Reading]) -> Iterator[tuple[str, str]]:
    if not quotes or not said.words:
        yield "nothing", said.text
        return
    yield from (("date", what) for what in _wrong_dates(said, quotes))
    yield from (("number", what) for what in _wrong_numbers(said, quotes))
    yield from (("unit", what) for what in misbound(said, quotes))
    yield from (("name", word.text) for word in _wrong_names(said, [*quotes, *beside]))
    yield from (("name", what) for what in exchanged(said, quotes))
    yield from (("concept", what) for what in _wrong_concepts(said, [*quotes, *beside]))
    yield from (("speaker", what) for what in misattributed(said, quotes, beside))
    yield from (("negation", what) for what in turned_round(said, quotes))
    if not _enough_shared(said, quotes):
        yield "words", said.text


def _wrong_dates(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    for name in ("days", "months", "weekdays", "shifts", "times"):
        held = frozenset().union(*(getattr(quote, name) for quote in quotes))
        yield from (f"{name} {value}" for value in getattr(said, name) - held)


def _wrong_numbers(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    held = {sense(n) for quote in quotes for n in quote.numbers}
    for n in said.numbers:
        if sense(n) not in held:
            yield n.span.of(said.text)


def _wrong_names(said: Reading, quotes: list[Reading]) -> Iterator[Word]:
    for word in said.names():
        if said.initial(word) and _is_common(word, said, quotes):
            continue
        if not any(borne_out(word, said.language, q.words, q.language) for q in quotes):
            yield word


def _is_common(word: Word, said: Reading, quotes: list[Reading]) -> bool:
    """Say whether a capitalised word that opens a sentence is no name, as far as its form tells."""
    following = next((w for w in said.words if w.start >= word.end), None)
    if following and following.text[0].isupper() and following in said.names():
        return False
    if places(word.text, said.language):
        return False
    if said.language == "en" and _PLURAL_SUBJECT.match(said.text, word.end):
        return True
    return word.text.casefold().endswith(_COMMON_ENDINGS.get(said.language, ()))


def _wrong_concepts(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    held = widened(frozenset().union(*(m.names for quote in quotes for m in quote.mentions)))
    for mention in said.mentions:
        if mention.kind in REQUIRED and not mention.names & (held | GENERAL | OPTIONAL):
            yield said.text[mention.start : mention.end]


def _enough_shared(said: Reading, quotes: list[Reading]) -> bool:
    """Say whether enough of the statement's words are accounted for.

    Where a quote is in the statement's language, its other words count as well; across languages only numbers,
    dates, concepts and names do.
    """
    spans = [*said.calendar, *(n.span for n in said.numbers), *(Span(m.start, m.end) for m in said.mentions)]
    content = [w for w in said.words if not is_stopword(w.text, said.language)]
    left = [w for w in content if not any(s.start <= w.start < s.end for s in spans)]
    held = {stem(w.text, q.language) for q in quotes if q.language == said.language for w in q.words}
    if held:
        return sum(stem(w.text, said.language) in held for w in left) >= LEAST_SHARED * len(left)
    heard = [(q.words, q.language) for q in quotes]
    open_words = [w for w in left if not any(borne_out(w, said.language, *h) for h in heard)]
    return len(content) - len(open_words) >= LEAST_ACCOUNTED * len(content) and len(open_words) < len(content)

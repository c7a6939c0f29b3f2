"""Checks that a statement says nothing its quotes do not: by number, date, name, place, speaker and negation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.answer.verify_bindings import exchanged, misbound, same_measure
from retrieval.answer.verify_claims import mismatched
from retrieval.answer.verify_contrast import unspoken
from retrieval.answer.verify_order import disordered
from retrieval.answer.verify_polarity import turned_round
from retrieval.answer.verify_speakers import misattributed
from retrieval.language.clauses import Reading, read
from retrieval.language.names.places import borne_out, peoples, places
from retrieval.language.numbers.amounts import equal
from retrieval.language.numbers.numbers import Number
from retrieval.language.words import Word, fold, is_stopword, stem

SHORTEST_PEOPLE = 5  # letters of an adjective of a country
_ONE_OF_THEM = re.compile(r"\bбір(?:еуі|і|еу)\b", re.IGNORECASE)
_PERCENT = {"1/2": "50", "1/4": "25", "3/4": "75"}
LEAST_ACCOUNTED = 0.5  # of a statement's words

# Endings of words that open a sentence and are common words rather than names, by language.
_COMMON_ENDINGS = {
    "en": ("ing", "ed", "ly", "tion", "tions", "ment", "ments", "ness", "ies", "ers", "ors"),
    "ru": (
        "ы",
        "ки",
        "ги",
        "чи",
        "ели",
        "ые",
        "ие",
        "ость",
        "ение",
        "ения",
        "ание",
        "ания",
        "ция",
        "ции",
        "ый",
        "ть",
        "ют",
        "ят",
        "ся",
    ),
    "kk": ("лар", "лер", "дар", "дер", "тар", "тер", "лық", "лік", "ған", "ген"),
    "es": ("ción", "ciones", "mente", "ando", "iendo", "aron", "ieron"),
}

_OPENERS = {
    "en": "independent among according overall only nearly almost about over under during amid following since "
    "until despite unlike more most many few several some both half each every another other neither either none "
    "nobody no one early late local foreign national public state security armed military police riot",
    "ru": "среди около более менее почти свыше вопреки согласно несмотря помимо кроме вследствие ввиду благодаря "
    "вместе режим движение проезд работа доступ местные многие несколько некоторые оба обе каждый другие остальные "
    "всего лишь только уже еще сейчас затем потом ранее позже незадолго вскоре "
    "спустя накануне днем утром вечером ночью",
    "kk": "арасында барлығы кемінде шамамен жалпы бірнеше кейбір көптеген тек қазір бұрын кейін кеше бүгін ертең түнде "
    "таңертең кешке жергілікті қала облыс аудан",
    "es": "entre según cerca casi unos unas más menos todos todas varios varias algunos algunas muchos ambos cada solo "
    "apenas durante tras pese gracias además también ayer hoy ya aún hasta desde luego después antes quedó quedaron",
}
"""Words that open a sentence and are no names."""

# "Stun grenades were", "Trains between": read from the end of the word that opens the sentence.
_PLURAL_SUBJECT = re.compile(
    r"\s[a-z]+s\s(?:were|are|have|had|will|do|did)\b|(?<=s)\s(?:between|in|at|on|of|from|across|near|were|are|have)\b"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a statement stands (it is falsy where not), and what does not: a kind and the words."""

    ok: bool
    reason: str = ""  # number | unit | date | name | concept | speaker | negation | claim | words | nothing
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
    the concepts of `concepts.tsv`, who says so, and whether it is so. Statement and quote may be in
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
    yield from (("date", what) for what in disordered(said, quotes))
    yield from (("number", what) for what in _wrong_numbers(said, quotes))
    yield from (("unit", what) for what in misbound(said, quotes))
    yield from (("name", word.text) for word in _wrong_names(said, [*quotes, *beside]))
    yield from (("name", word.text) for word in _wrong_peoples(said, [*quotes, *beside]))
    yield from (("name", what) for what in exchanged(said, quotes))
    yield from (("concept", what) for what in unspoken(said, [*quotes, *beside]))
    yield from (("speaker", what) for what in misattributed(said, quotes, beside))
    yield from (("negation", what) for what in turned_round(said, quotes))
    yield from (("claim", what) for what in mismatched(said, quotes))
    if not _enough_shared(said, quotes):
        yield "words", said.text


def _wrong_dates(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    for name in ("days", "months", "weekdays", "shifts", "times"):
        held = frozenset().union(*(getattr(quote, name) for quote in quotes))
        yield from (f"{name} {value}" for value in getattr(said, name) - held)
    given = frozenset().union(*(quote.years for quote in quotes))
    yield from (f"year {year}" for year in said.years - given if given)


def _wrong_numbers(said: Reading, quotes: list[Reading]) -> Iterator[str]:
    held = [n for quote in quotes for n in quote.numbers]
    for n in said.numbers:
        if any(equal(n, other) for other in held) or _is_article(said, n, quotes):
            continue
        if not any(same_measure(said, n, quote, other) for quote in quotes for other in quote.numbers):
            yield n.span.of(said.text)
    percent = {f"{n.low:g}" for n in held if n.low is not None}
    known = frozenset().union(*(quote.parts for quote in quotes))
    counted = frozenset().union(*(quote.ordinals for quote in quotes))
    yield from (f"no. {n}" for n in said.ordinals - counted if counted)
    yield from (part for part in said.parts - known if _PERCENT.get(part) not in percent)


def _is_article(said: Reading, number: Number, quotes: list[Reading]) -> bool:
    """Say whether "one" only stands before a measure of which the quotes have one: "an hour earlier", "daily"."""
    if not number.low == number.high == 1:
        return False
    if any(q.language == "kk" and _ONE_OF_THEM.search(q.text) for q in quotes):
        return True
    unit = next((m for m in said.mentions if m.kind == "unit" and m.start >= number.core.end), None)
    if unit is None or len(said.text[number.core.end : unit.start].strip(" -")) > 0:
        return False
    return any(
        m.names & unit.names and not any(0 <= m.start - n.core.end <= 1 for n in quote.numbers)
        for quote in quotes
        for m in quote.mentions
    )


def _wrong_names(said: Reading, quotes: list[Reading]) -> Iterator[Word]:
    for word in said.names():
        if (said.initial(word) and _is_common(word, said)) or _is_title(word, said, quotes):
            continue
        if not any(borne_out(word, said.language, q.words, q.language) for q in quotes):
            yield word


def _wrong_peoples(said: Reading, quotes: list[Reading]) -> Iterator[Word]:
    """Yield adjectives of countries ("libio") where the quotes speak of other countries only."""
    held = frozenset().union(*(peoples(w.text, q.language) for q in quotes for w in q.words))
    for word in said.words:
        codes = peoples(word.text, said.language) if len(word.text) >= SHORTEST_PEOPLE else frozenset()
        explained = any(m.start <= word.start < m.end for m in said.mentions)
        if word.text.islower() and codes and held and not codes & held and not explained:
            yield word


def _is_common(word: Word, said: Reading) -> bool:
    """Say whether a capitalised word that opens a sentence is no name, as far as its form tells."""
    if fold(word.text) in _OPENERS.get(said.language, "").split():
        return True
    if len(name_run(said, word)) > 1:
        return False
    if places(word.text, said.language):
        return False
    if said.language == "en" and _PLURAL_SUBJECT.match(said.text, word.end):
        return True
    return word.text.casefold().endswith(_COMMON_ENDINGS.get(said.language, ()))


def _is_title(word: Word, said: Reading, quotes: list[Reading]) -> bool:
    """Say whether the word only stands before a name that a quote in another language has in full.

    "Лавочник Хасан Идрис" is borne out by "shopkeeper Hassan Idris"; "Irakli Papuashvili" not by "Shalva ...".
    """
    rest = name_run(said, word)[1:]
    if not rest or places(word.text, said.language):
        return False
    return any(
        len(run) == len(rest)
        and all(borne_out(a, said.language, [b], quote.language) for a, b in zip(rest, run, strict=True))
        for quote in quotes
        for run in {tuple(name_run(quote, name)) for name in quote.names() if not _continues(quote, name)}
    )


def name_run(reading: Reading, first: Word) -> list[Word]:
    """Return the names that follow each other from `first` on, with nothing but space between them."""
    run = [first]
    for word in reading.names():
        if word.start > run[-1].start and not reading.text[run[-1].end : word.start].strip():
            run.append(word)
    return run


def _continues(reading: Reading, name: Word) -> bool:
    """Say whether another name stands right before this one."""
    return any(w.end < name.start and not reading.text[w.end : name.start].strip() for w in reading.names())


def _enough_shared(said: Reading, quotes: list[Reading]) -> bool:
    """Say whether enough of the statement's words are accounted for.

    Numbers, dates, concepts and names are; and the words of quotes in the statement's language.
    """
    content = [w for w in said.words if not is_stopword(w.text, said.language)]
    left = [w for w in content if not said.explains(w)]
    held = {stem(w.text, q.language) for q in quotes if q.language == said.language for w in q.words}
    heard = [(q.words, q.language) for q in quotes]
    unheard = [
        w
        for w in left
        if stem(w.text, said.language) not in held and not any(borne_out(w, said.language, *h) for h in heard)
    ]
    return len(content) - len(unheard) >= LEAST_ACCOUNTED * len(content) and len(unheard) < len(content)

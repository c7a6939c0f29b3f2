"""Reads a text for what can be checked: its numbers, dates, times, names, concepts, clauses and their negation."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.answer.verify_concepts import Mention, folded, mentions
from retrieval.domain import Span
from retrieval.language.calendar_words import WEEKDAYS
from retrieval.language.day_mentions import day_mentions
from retrieval.language.numbers import Number, numbers
from retrieval.language.words import Word, is_stopword, words

SURE_WEEKDAY = 4  # letters: shorter names ("sun", "вт") may be other words

_CLAUSE_WORDS = {
    "en": "and|but|while|although|though|whereas|however|because|after|before|when|since|if",
    "ru": "и|а|но|однако|хотя|зато|потому|поскольку|после|когда|если",
    "kk": "және|бірақ|ал|алайда|дегенмен|себебі|өйткені",
    "es": "y|e|pero|mientras|aunque|sino|porque|tras|cuando|si|despues",
}
_SUBORDINATE = r"(?:что|чтобы)\b"  # after a comma that closes no claim: "заявил, что ..."
# What "without" denies is the word it stands before, no more; Kazakh says it with an ending: "жарықсыз".
_WITHOUT = (
    r"\s(?=(?:without|без|sin)\s)|(?<=\s)(?:without|без|sin)\s\w+"
    r"|\s(?=\w{3,}с[ыі]з(?!\w))|(?<=с[ыі]з)(?=\s)"
)
_NEGATION = {
    "en": r"(?:not|no|never|none|nobody|neither|nor|nothing|cannot|without|unable|failed to)\b|\w+n['’]t\b",
    "ru": r"(?:не|нет|ни|никто|никого|никому|никем|ничего|никогда|никак\w*|нельзя|без|невозможно)\b",
    "es": r"(?:no|ni|nunca|jamas|nadie|ningun\w*|nada|sin|tampoco)\b",
    "kk": r"(?:емес\w*|жоқ\w*|ешкім\w*|ешбір\w*|ешқандай\w*|ештеңе\w*|бірде-бір)\b|\w{3,}с[ыі]з\b",
}
_NO_NEGATION = {
    "en": r"not only|no (?:less|more|fewer|later|sooner|earlier) than|not (?:less|more|fewer) than",
    "ru": r"не (?:менее|более|меньше|больше|только|позднее|позже|ранее|раньше)",
    "es": r"no (?:menos|mas) de|no solo|no solamente|sin embargo",
    "kk": r"(?:кем|аз|көп|артық|ғана) емес\w*|жоқ дегенде",
}
_KAZAKH_VERB_NOT = re.compile(
    r"(?!қама)\w{2,}?(?:ма|ме|ба|бе|па|пе)(?:ды|ді|ған|ген|йды|йді|йтын|йтін|с(?!\w)|й|йінше|йынша|у)"
    r"(?:м|ң|мын|мін|сың|сің|мыз|міз|қ|к|ы|і|н|ын|ін|ны|ні|ның|нің|дық|дік|дар|дер|ына|іне|ынан|інен)?(?!\w)"
)
_TIME = re.compile(
    r"(?<![\d.,])(?P<h>[01]?\d|2[0-3])(?:[:.](?P<m>[0-5]\d))?(?P<half>\s?(?:[ap]\.?\s?m\b\.?|вечера|утра|дня|ночи"
    r"|de la (?:manana|tarde|noche|madrugada)))?(?![\d%])"
)
_AFTERNOON = re.compile(r"p\.?\s?m|вечера|дня|tarde|noche")
_NIGHT = 12  # "12 ночи", "12 am": midnight


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence with a verb of its own, as near as punctuation and conjunctions tell."""

    start: int
    end: int
    negated: bool
    hedged: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, and what can be checked in it; offsets are in `text`."""

    text: str
    language: str
    words: tuple[Word, ...]
    numbers: tuple[Number, ...]  # without dates and times
    days: frozenset[tuple[int, int]]  # (month, day)
    months: frozenset[int]
    weekdays: frozenset[int]
    shifts: frozenset[int]  # days from today: "yesterday" is -1
    times: frozenset[int]  # minutes of the day
    calendar: tuple[Span, ...]  # where dates and times stand
    mentions: tuple[Mention, ...]
    clauses: tuple[Clause, ...]

    def clause_at(self, offset: int) -> Clause:
        """Return the clause that holds the offset."""
        return next((c for c in self.clauses if c.start <= offset < c.end), self.clauses[-1])

    def initial(self, word: Word) -> bool:
        """Say whether the word opens a sentence, where a capital letter says nothing."""
        before = self.text[: word.start].rstrip("\"'«»“”‘’„¿¡([—– \u00a0\n")
        return not before or before[-1] in ".!?…:"

    def names(self) -> list[Word]:
        """Return the words with a capital letter that no table explains, those that open a sentence included."""
        return [w for w in self.words if self._may_be_name(w)]

    def _may_be_name(self, word: Word) -> bool:
        if not word.text[0].isupper() or is_stopword(word.text, self.language):
            return False
        if re.fullmatch(_NEGATION.get(self.language, "(?!)"), folded(word.text)):
            return False
        return not self.explains(word)

    def explains(self, word: Word) -> bool:
        """Say whether a word is part of a date, a number or a concept."""
        spans = (*self.calendar, *(n.span for n in self.numbers), *(Span(m.start, m.end) for m in self.mentions))
        return any(s.start <= word.start < s.end for s in spans)


def sense(number: Number) -> tuple[float | str | None, ...]:
    """Return what a number says, comparable across languages: its bounds, or the magnitude of a word for many.

    "Dozens" are twelves and "десятки" are tens, and news uses them alike.
    """
    if number.vague and number.low:
        return ("many", math.floor(math.log10(number.low)))
    return (number.low, number.high, float(number.approximate))


def read(text: str, language: str) -> Reading:
    """Read a text for what can be checked."""
    found = words(text)
    named = day_mentions(text, language)
    weekdays = _weekdays(found)
    times, clock = _times(text)
    taken = [*(Span(m.start, m.end) for m in named), *(Span(w.start, w.end) for w in weekdays), *clock]
    counted = tuple(
        n for n in numbers(text, language) if not any(s.start < n.core.end and n.core.start < s.end for s in taken)
    )
    spoken = tuple(
        m
        for m in mentions(text, language)
        if not any(s.start <= m.start < s.end for s in taken)
        and not _is_of_date(text, m, taken)
        and not _is_name(text, m)
    )
    return Reading(
        text,
        language,
        tuple(found),
        counted,
        frozenset((m.month, day) for m in named if m.month for day in m.days),
        frozenset(m.month for m in named if m.month),
        frozenset(weekdays.values()),
        frozenset(m.shift for m in named if m.shift is not None),
        times,
        tuple(taken),
        spoken,
        tuple(_clauses(text, language, spoken)),
    )


def _is_name(text: str, mention: Mention) -> bool:
    """Say whether what reads like a verb is a name in the middle of a sentence: Ранил, who wounded nobody."""
    before = text[: mention.start].rstrip(' «"“')
    return mention.kind == "act" and text[mention.start].isupper() and before[-1:] not in ("", ".", "!", "?", "…", ":")


def _is_of_date(text: str, mention: Mention, dates: list[Span]) -> bool:
    """Say whether a unit only names the date before it a day or a year: "бейсенбі күні", "6 января 2022 года"."""
    return mention.kind == "unit" and any(
        s.end <= mention.start and re.fullmatch(r"[\s\u00a0]*(?:\d{4}[\s\u00a0]*)?", text[s.end : mention.start])
        for s in dates
    )


# --- dates and times -----------------------------------------------------------------------------


def _weekdays(found: Sequence[Word]) -> dict[Word, int]:
    """Return the words that name weekdays; day_mentions leaves out those beside a date."""
    return {w: WEEKDAYS[w.text.lower()] for w in found if len(w.text) >= SURE_WEEKDAY and w.text.lower() in WEEKDAYS}


def _times(text: str) -> tuple[frozenset[int], list[Span]]:
    minutes: set[int] = set()
    spans: list[Span] = []
    for match in _TIME.finditer(folded(text)):
        if not (match["half"] or (match["m"] and ":" in match[0])):
            continue
        hour = int(match["h"])
        if match["half"] and hour <= _NIGHT:
            hour = hour % _NIGHT + (_NIGHT if _AFTERNOON.search(match["half"]) else 0)
        minutes.add(hour * 60 + int(match["m"] or 0))
        spans.append(Span(*match.span()))
    return frozenset(minutes), spans


# --- clauses -------------------------------------------------------------------------------------


def _clauses(text: str, language: str, spoken: tuple[Mention, ...]) -> list[Clause]:
    plain = folded(text)
    conjunctions = _CLAUSE_WORDS.get(language, "(?!)")
    cut = re.compile(rf"[,;:.!?](?=\s)(?!\s{_SUBORDINATE})|\s[—–-](?=\s)|\s(?=(?:{conjunctions})\s)|{_WITHOUT}")
    edges = [0, *(m.end() for m in cut.finditer(plain) if not _lists_names(text, m.end())), len(plain) + 1]
    clauses = []
    for start, end in itertools.pairwise(edges):
        inside = [m for m in spoken if start <= m.start < end]
        nouns = [(m.start - start, m.end - start) for m in inside if m.kind in ("thing", "role", "body", "unit")]
        negated = _negated(text[start:end], plain[start:end], language, nouns) or any(
            m.kind == "deny" or "refuse" in m.names for m in inside
        )
        clauses.append(Clause(start, end, negated, any(m.kind == "hedge" for m in inside)))
    return clauses


def _lists_names(text: str, at: int) -> bool:
    """Say whether a conjunction only joins two names or numbers: "between Almaty and Astana"."""
    before, after = text[:at].split()[-1:], text[at:].split()[1:2]
    joined = bool(before and after) and text[:at][-1].isspace() and before[0][-1].isalnum()
    return joined and all(word[0].isupper() or word[0].isdigit() for word in (before[0], after[0]))


def _negated(text: str, plain: str, language: str, nouns: list[tuple[int, int]]) -> bool:
    """Say whether a clause denies; what looks like a Kazakh verb may be a known noun ("жанармай": fuel)."""
    plain = re.sub(rf"\b(?:{_NO_NEGATION.get(language, '(?!)')})", " ", plain)
    if re.search(rf"\b(?:{_NEGATION.get(language, '(?!)')})", plain):
        return True
    return language == "kk" and any(
        m[0] in text and not any(start <= m.start() < end for start, end in nouns)
        for m in _KAZAKH_VERB_NOT.finditer(plain)
    )

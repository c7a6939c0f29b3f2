"""Reads a text for what can be checked: its numbers, dates, times, names, concepts, clauses and their negation."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.domain import Span
from retrieval.language.concepts import TOPIC, Mention, folded, mentions, sorts
from retrieval.language.days.calendar_words import WEEKDAYS
from retrieval.language.days.day_mentions import DayMention, day_mentions
from retrieval.language.names.places import places
from retrieval.language.numbers.amounts import as_said, ordinals, parts, spoken_hours, with_halves
from retrieval.language.numbers.numbers import Number, numbers
from retrieval.language.words import Word, is_stopword, words

_WEEKDAY_ADJECTIVES = ("понедельничн", "вторничн", "средов", "четвергов", "пятничн", "субботн", "воскресн")
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
    r"\s(?=(?:to avoid|so that|para evitar|para no|чтобы избежать)\s)|"
    r"\s(?=(?:without|без|sin)\s)|(?<=\s)(?:without|без|sin)\s(?:\w+ing\s)?\w+"
    r"|\s(?=(?!қауіпсіз|сөзсіз)\w{2,}с[ыі]з(?!\w))|(?<!қауіпсіз)(?<!сөзсіз)(?<=с[ыі]з)(?=\s)"
)
_NEGATION = {
    "en": r"(?:not|no|never|none|nobody|neither|nor|nothing|cannot|without|unable|failed to"
    r"|avoid\w*|prevent\w*|lest|unless)\b|\w+n['’]t\b",
    "ru": r"(?:не|нет|ни|никто|никого|никому|никем|ничего|никогда|никак\w*|нельзя|без|невозможно|избежать|избегая)\b",
    "es": r"(?:no|ni|nunca|jamas|nadie|ningun\w*|nada|sin|tampoco|evit(?:ar|o|aron|ando)|imped(?:ir|ido)|impid\w+)\b",
    "kk": r"(?:емес\w*|жоқ\w*|ешкім\w*|ешбір\w*|ешқандай\w*|ештеңе\w*|бірде-бір)\b|(?!қауіпсіз|сөзсіз)\w{2,}с[ыі]з\b",
}
_NO_NEGATION = {
    "en": r"not only|no (?:less|more|fewer|later|sooner|earlier) than|not (?:less|more|fewer) than",
    "ru": r"не (?:менее|более|меньше|больше|только|позднее|позже|ранее|раньше)|пока \w* ?не|пока (?:его|ее|их) не",
    "es": r"no (?:menos|mas) de|no solo|no solamente|sin embargo|hasta que no",
    "kk": r"(?:кем|аз|көп|артық|ғана) емес\w*|жоқ дегенде",
}
_KAZAKH_VERB_NOT = re.compile(
    r"(?!қама)\w{2,}?(?:ма|ме|ба|бе|па|пе)(?:ды|ді|ған|ген|йды|йді|йтын|йтін|с(?:а|е)?(?!\w)|й|йінше|йынша|у)"
    r"(?:м|ң|мын|мін|сың|сің|мыз|міз|қ|к|ы|і|н|ын|ін|ны|ні|ның|нің|дық|дік|дар|дер|ына|іне|ынан|інен)?(?!\w)"
)
_TIME = re.compile(
    r"(?<![\d.,])(?P<h>[01]?\d|2[0-3])(?:[:.](?P<m>[0-5]\d))?(?P<half>\s?(?:[ap]\.?\s?m\b\.?"
    r"|(?:in the |at )(?:morning|afternoon|evening|night)|вечера|утра|дня|ночи"
    r"|de la (?:manana|tarde|noche|madrugada)))?(?![\d%])"
)
_AT_HOUR = re.compile(r"\b(?:в|к|до|с|после|около)\s$")
_AFTERNOON = re.compile(r"p\.?\s?m|afternoon|evening|night|вечера|дня|tarde|noche")
_NIGHT = 12  # "12 ночи", "12 am": midnight


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence with a verb of its own, as near as punctuation and conjunctions tell."""

    start: int
    end: int
    negated: bool  # by a "not", by "denied" or by "refused"
    hedged: bool
    has_not: bool  # by a "not"


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, and what can be checked in it; offsets are in `text`."""

    text: str
    language: str
    words: tuple[Word, ...]
    numbers: tuple[Number, ...]  # without dates and times
    days: frozenset[tuple[int, int]]  # (month, day)
    months: frozenset[int]
    years: frozenset[int]
    weekdays: frozenset[int]
    shifts: frozenset[int]  # days from today: "yesterday" is -1
    times: frozenset[int]  # minutes of the day
    parts: frozenset[str]  # parts and multiples: "1/2", "x3"
    ordinals: frozenset[int]
    shares: tuple[Span, ...]  # where those stand
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
        spans = (
            *self.calendar,
            *self.shares,
            *(n.span for n in self.numbers),
            *(Span(m.start, m.end) for m in self.mentions),
        )
        return any(s.start <= word.start < s.end for s in spans)


def read(text: str, language: str) -> Reading:
    """Read a text for what can be checked."""
    found = words(text)
    named = [m for m in day_mentions(text, language) if not _opens_name(text, m)]
    weekdays = _weekdays(found)
    plain = folded(text)
    clock = [*_times(plain), *spoken_hours(plain, language)]
    shares = parts(plain, language)
    taken = [*(Span(m.start, m.end) for m in named), *(Span(w.start, w.end) for w in weekdays), *(s for _, s in clock)]
    counted = tuple(
        as_said(text, n)
        for n in numbers(with_halves(text), language)
        if not any(s.start < n.core.end and n.core.start < s.end for s in (*taken, *(s for _, s in shares)))
    )
    spoken = tuple(
        m
        for m in mentions(text, language, all_words=True)
        if m.kind != TOPIC
        and not any(s.start <= m.start < s.end for s in taken)
        and not _is_of_date(text, m, taken)
        and not _is_name(text, language, m)
    )
    return Reading(
        text,
        language,
        tuple(found),
        counted,
        frozenset((m.month, day) for m in named if m.month for day in m.days),
        frozenset(m.month for m in named if m.month),
        frozenset(m.year for m in named if m.year),
        frozenset(weekdays.values()),
        frozenset(m.shift for m in named if m.shift is not None) | _tomorrow(plain, language),
        frozenset(minutes for minutes, _ in clock),
        frozenset(value for value, _ in shares),
        ordinals(plain, language),
        tuple(span for _, span in shares),
        tuple(taken),
        spoken,
        tuple(_clauses(text, language, spoken)),
    )


def _tomorrow(plain: str, language: str) -> frozenset[int]:
    """Return the shift of "mañana", which is tomorrow where nothing makes it a morning."""
    found = language == "es" and re.search(r"(?<!la )(?<!esta )(?<!de )(?<!cada )\bmanana\b", plain)
    return frozenset([1]) if found else frozenset()


def _opens_name(text: str, mention: DayMention) -> bool:
    """Say whether what reads like the short name of a month begins a name of two: Сен-Дени."""
    short = bool(mention.month) and not mention.days and mention.end - mention.start <= SURE_WEEKDAY
    return short and text[mention.end : mention.end + 1] == "-"


def _is_name(text: str, language: str, mention: Mention) -> bool:
    """Say whether what reads like a word of the tables is a name: Ранил, who wounded nobody; Орал, a city."""
    if mention.kind not in ("act", "thing") or not text[mention.start].isupper():
        return False
    if any(sorts().get(name) == "side" for name in mention.names):
        return False
    word = re.match(r"\w+", text[mention.start :])
    if word is not None and mention.end - mention.start <= word.end() and places(word[0], language):
        return True
    before = text[: mention.start].rstrip(' «"“')
    return mention.kind == "act" and before[-1:] not in ("", ".", "!", "?", "…", ":")


def _is_of_date(text: str, mention: Mention, dates: list[Span]) -> bool:
    """Say whether a unit only names the date before it a day or a year: "бейсенбі күні", "6 января 2022 года"."""
    return mention.kind == "unit" and any(
        s.end <= mention.start and re.fullmatch(r"[\s\u00a0]*(?:\d{4}[\s\u00a0]*)?", text[s.end : mention.start])
        for s in dates
    )


# --- dates and times -----------------------------------------------------------------------------


def _weekdays(found: Sequence[Word]) -> dict[Word, int]:
    """Return the words that name weekdays; day_mentions leaves out those beside a date."""
    plain = {w: re.sub(r"['’]s$", "", w.text.lower()) for w in found}
    named = {w: WEEKDAYS[day] for w, day in plain.items() if len(day) >= SURE_WEEKDAY and day in WEEKDAYS}
    for word in found:
        for day, root in enumerate(_WEEKDAY_ADJECTIVES):
            if word.text.lower().startswith(root):
                named[word] = day
    return named


def _times(plain: str) -> list[tuple[int, Span]]:
    """Return the times that a folded text gives in digits, as minutes of the day, with where."""
    found = []
    for match in _TIME.finditer(plain):
        if not (match["half"] or (match["m"] and ":" in match[0])):
            continue
        if (match["half"] or "").strip() == "дня" and not _AT_HOUR.search(plain[: match.start()]):
            continue  # "23 дня": days
        hour = int(match["h"])
        if match["half"] and hour <= _NIGHT:
            hour = hour % _NIGHT + (_NIGHT if _AFTERNOON.search(match["half"]) else 0)
        found.append((hour * 60 + int(match["m"] or 0), Span(*match.span())))
    return found


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
        has_not = _negated(text[start:end], plain[start:end], language, nouns)
        negated = has_not or any(m.kind == "deny" or "refuse" in m.names for m in inside)
        clauses.append(Clause(start, end, negated, any(m.kind == "hedge" for m in inside), has_not))
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

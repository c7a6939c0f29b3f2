"""The numbers of a sentence that may count people, zeros included, and the triggers: words that say what happened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from retrieval.domain import FigureKind, Span
from retrieval.figures.lexicon import FigureWords, phrases_of
from retrieval.language.days.calendar_words import MONTH, month_pattern
from retrieval.language.numbers.numbers import Number, numbers

MOST_PEOPLE = 1e8  # more than any unrest has counted: a number beyond it is a slip, or money
NOUN_WITHIN = 6  # words after a number in which the noun it counts must come
UNKNOWN_ADJECTIVES = 3  # words we do not know that may stand between a number and the people it counts

NEXT_WORD = re.compile(r"[\s\u00a0\"“«”»'’]*([^\W_][\w’']*)")
ORDINAL = r"\d{1,2}(?:st|nd|rd|th|º|er)?"
MONTH_DAYS = (
    rf"(?<!\w){ORDINAL}(?:\s?(?:[-–—]|to|al|a|and|y|и|по|до|through|until|мен|бен)\s?{ORDINAL})?\s+(?:of\s+|de\s+|del\s+)?{MONTH}"
    rf"|(?<!\w){MONTH}\s+{ORDINAL}(?:\s?[-–—]\s?{ORDINAL})?(?!\w)"
)
NAMING = 30  # characters before a number in which a word says that it is no count
NAMED_NUMBER = re.compile(rf"(?<!\w)(?:{phrases_of('named_number')})\s+(?:de\s+|entre\s+|between\s+)?$", re.IGNORECASE)
DIGIT = re.compile(r"\d")
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Count:
    """A number and the noun phrase that it opens; offsets are those of the sentence."""

    number: Number
    end: int  # of the noun phrase
    group: str | None  # None: no noun, or one that names no group
    people: bool  # it has a noun for people
    part: bool = False  # "16 of them officers": a part of a number given before
    predicate: bool = False  # "16 were officers"

    @property
    def start(self) -> int:
        return self.number.span.start


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that say what happened to people, and how they relate to a number."""

    start: int
    end: int
    kind: FigureKind
    form: str  # "noun" | "verb" | "active" | "toll"


def counts_in(sentence: str, words: FigureWords, triggers: list[Trigger]) -> list[Count]:
    """Return the numbers of `sentence` that may count people, in order."""
    dates = [match.span() for match in month_pattern(MONTH_DAYS).finditer(sentence)] if DIGIT.search(sentence) else []
    found = []
    for number in numbers(sentence, words.language, articles=True):
        dated = any(start <= number.core.start < end for start, end in dates)
        if dated or _is_no_count(sentence, number) or _is_former_value(sentence, number, words):
            continue
        phrase = _phrase(sentence, number, words, triggers) or _after_toll(sentence, number, words, triggers)
        if phrase is not None and _is_plausible(sentence, phrase):
            found.append(phrase)
    return found


def without_ages_and_credits(sentence: str, words: FigureWords) -> str:
    """Return the sentence with ages, and speakers between commas, blanked, so that no number is read as theirs."""
    sentence = words.age.sub(lambda match: " " * len(match.group()), sentence)
    return words.credit.sub(lambda match: "," + " " * (len(match.group()) - 1), sentence)


def _is_no_count(sentence: str, number: Number) -> bool:
    """Return whether the number is a name, an age or a sum of money rather than a count."""
    before = sentence[max(0, number.core.start - NAMING) : number.core.start]
    after = sentence[number.core.end : number.core.end + 2]
    hyphened = re.match(r"[-–‑][^\W\d_]", after) is not None
    sum_of_money = re.search(r"[$€£¥₸₽₴]\s*$", before) or re.match(r"\s*[$€£¥₸₽₴%]", after)
    listed = not sentence[: number.core.start].strip() and re.match(r"[).]\s", after)
    return bool(listed or hyphened or sum_of_money or is_named(sentence, number))


def is_named(text: str, number: Number) -> bool:
    """Return whether the number names something, as in "Article 175", and counts nothing."""
    return NAMED_NUMBER.search(text[max(0, number.core.start - NAMING) : number.core.start]) is not None


CAME_FROM = re.compile(r"(?<!\w)(?:from|с|со|desde)(?:\s+the)?(?:\s+(?:earlier|previous|initial))?\s+$", re.IGNORECASE)
ABLATIVE = re.compile(r"[тдн][ае]н$")


def _is_former_value(sentence: str, number: Number, words: FigureWords) -> bool:
    """Return whether the number is the value that a count had before: "from 60 to 48", "60-тан 48-ге"."""
    before, core = sentence[: number.span.start], number.core
    if CAME_FROM.search(before):
        return True
    goes = words.goes_to
    if goes is None or not goes.match(sentence, core.end):
        return False
    if not words.verb_last:
        return re.search(r"(?<!\w)de\s+$", before) is not None
    return number.span == core and ABLATIVE.search(core.of(sentence)) is not None


def _is_plausible(sentence: str, phrase: Count) -> bool:
    value = phrase.number.high if phrase.number.high is not None else phrase.number.low
    if value is None or value > MOST_PEOPLE:
        return False
    whole = all(bound is None or bound == int(bound) for bound in (phrase.number.low, phrase.number.high))
    bare_year = YEAR.fullmatch(phrase.number.core.of(sentence)) is not None and not phrase.people
    return whole and not bare_year


def _phrase(sentence: str, number: Number, words: FigureWords, triggers: list[Trigger]) -> Count | None:
    """Return the number with the people it counts, named in the words after it; None if it counts other things."""
    position = number.core.end
    bare = Count(number, max(position, number.span.end), None, people=False)
    qualified = sentence[position : number.span.end]
    if not any(group_at(sentence, position + m.start(), words) for m in re.finditer(r"\w+", qualified)):
        position = max(position, number.span.end)  # "1300-ден асты": the qualifier is no noun
    if _lacks_noun(sentence, number, words):
        return bare
    unknown = 0
    for _ in range(NOUN_WITHIN):
        word = NEXT_WORD.match(sentence, position)
        start = word.start(1) if word else position
        noun = _people_at(sentence, number, word, words) if word else None
        if noun is not None:
            return noun
        modifies = words.words["adjective"].match(sentence, start)
        here = [t.form for t in triggers if t.start == start]
        if "noun" in here and unknown < UNKNOWN_ADJECTIVES:
            return None if number.article and unknown else _of_group(sentence, bare, start, triggers, words)
        if word is None or here or (not modifies and words.words["function"].match(sentence, start)):
            return None if unknown or (word and number.article) else _predicated(sentence, bare, words)
        unknown += 0 if modifies else 1
        another = number.article and word[1][0].isdigit()  # "un batallón de 450 soldados"
        if another or unknown > UNKNOWN_ADJECTIVES or words.words["unit"].match(sentence, start):
            return None
        position = word.end(1)
    return None


def _after_toll(sentence: str, number: Number, words: FigureWords, triggers: list[Trigger]) -> Count | None:
    """Return a number without a noun right after a phrase of counting: "ұсталғандар саны 700-ден асты"."""
    before = [t for t in triggers if t.form == "toll" and t.end <= number.span.start]
    tolls = [t for t in before if " " in sentence[t.start : t.end]]
    word = NEXT_WORD.match(sentence, number.core.end)
    measured = word is not None and words.words["unit"].match(sentence, word.start(1))
    if number.article or measured or not tolls or sentence[tolls[-1].end : number.span.start].strip():
        return None
    return Count(number, max(number.core.end, number.span.end), None, people=False)


def _of_group(sentence: str, bare: Count, start: int, triggers: list[Trigger], words: FigureWords) -> Count:
    """Return the count with the group named after the trigger: "six wounded officers"."""
    end = max(t.end for t in triggers if t.start == start and t.form == "noun")
    word = NEXT_WORD.match(sentence, end)
    follows = word is not None and not sentence[end : word.start(1)].strip()
    noun = narrow_group_at(sentence, word.start(1), words) if word and follows else None
    return replace(bare, group=noun[0]) if noun else bare


def _lacks_noun(sentence: str, number: Number, words: FigureWords) -> bool:
    """Return whether the words after the number rule out a noun: "103 of them", Kazakh "48-ге түсірді"."""
    end = number.core.end
    if words.words["part"].match(sentence, end + 1):
        return True
    reached = KAZAKH_DATIVE.search(number.core.of(sentence)) and KAZAKH_VERB.match(sentence, end)
    return words.verb_last and reached is not None


def _people_at(sentence: str, number: Number, word: re.Match[str], words: FigureWords) -> Count | None:
    """Return the number with the noun for people that `word` opens, if it does."""
    noun = group_at(sentence, word.start(1), words)
    if noun is not None:
        name, end = _with_others(sentence, _narrowed(sentence, noun, words), words)
        return Count(number, max(end, number.span.end), name if name != "people" else None, people=True)
    ending = words.words["suffix"].pattern.replace(r"(?<!\w)", "") + "$"
    if re.search(ending, word[1], re.IGNORECASE) and not words.words["unit"].match(sentence, word.start(1)):
        return Count(number, word.end(1), None, people=True)
    return None


KAZAKH_DATIVE = re.compile(r"[ғгқк][ае]$")
KAZAKH_VERB = re.compile(r"\s+\w+(?:ді|ды|ті|ты|ып|іп|ген|ған|кен|қан)(?!\w)")
ALSO = re.compile(rf"\s+(?:{phrases_of('also')})\s+(?:the\s+|los\s+|las\s+)?", re.IGNORECASE)


def _narrowed(sentence: str, noun: tuple[str, int], words: FigureWords) -> tuple[str, int]:
    """Return the narrower group named after a noun for people: "356 человек гражданских", "12 personas civiles"."""
    after = NEXT_WORD.match(sentence, noun[1])
    if noun[0] != "people" or after is None or sentence[noun[1] : after.start(1)].strip():
        return noun
    narrower = group_at(sentence, after.start(1), words)
    return narrower if narrower and narrower[0] in ("civilians", "security") else noun


def _with_others(sentence: str, noun: tuple[str, int], words: FigureWords) -> tuple[str, int]:
    """Return the group of joined nouns: "police and guards" are one group if both are in it, else people."""
    name, end = noun
    while also := ALSO.match(sentence, end):
        other = group_at(sentence, also.end(), words)
        if other is None:
            break
        name, end = name if other[0] == name else "people", other[1]
    return name, end


PREDICATE = re.compile(r"\s*(were|was|are|eran|son|fueron|—|–)\s*(?:\w+\s+)?")


def _predicated(sentence: str, bare: Count, words: FigureWords) -> Count:
    """Return a number without a noun with the group of its predicate: "16 were police officers"."""
    said = predicate_at(sentence, bare.number.core.end, words)
    return Count(bare.number, said[1], said[0], people=True, predicate=True) if said else bare


def predicate_at(sentence: str, start: int, words: FigureWords) -> tuple[str, int] | None:
    """Return the group of the predicate that begins at `start` ("were police officers"), and its end."""
    match = PREDICATE.match(sentence, start)
    if match is None or numbers(match.group(), words.language):  # "58 dead were six children"
        return None
    begins = (match.end(), match.end(1) + 1)
    return next((noun for begin in begins if (noun := narrow_group_at(sentence, begin, words))), None)


def narrow_group_at(sentence: str, start: int, words: FigureWords) -> tuple[str, int] | None:
    """Return the group whose noun begins at `start`, and the end of the noun; None for people in general."""
    noun = group_at(sentence, start, words)
    return noun if noun and noun[0] != "people" else None


def group_at(sentence: str, start: int, words: FigureWords) -> tuple[str, int] | None:
    """Return the group whose noun begins at `start`, and the end of the noun; the longest noun decides."""
    found = [(name, match.end()) for name, pattern in words.groups if (match := pattern.match(sentence, start))]
    return max(found, key=lambda noun: noun[1], default=None)


def triggers_in(sentence: str, words: FigureWords) -> list[Trigger]:
    """Return the triggers of `sentence` in order; a trigger within a longer one is left out."""
    if not words.any_trigger.search(sentence):
        return []
    found: list[Trigger] = []
    for kind, form, pattern in words.triggers:
        for match in pattern.finditer(sentence):
            voice = _voice(sentence, Span(*match.span()), words) if form == "either" else form
            found.append(Trigger(match.start(), match.end(), kind, voice))
    longest = (
        one
        for one in found
        if not any(o.end - o.start > one.end - one.start and o.start <= one.start and one.end <= o.end for o in found)
    )
    return sorted(longest, key=lambda one: (one.start, one.form))


def _voice(sentence: str, span: Span, words: FigureWords) -> str:
    """Return whether an English "killed" was done to the people counted ("verb") or by them ("active")."""
    before, after = sentence[: span.start], sentence[span.end :]
    if re.search(rf"(?:{words.words['aux'].pattern})\s+(?:\w+ly\s+|also\s+|not\s+)?$", before, re.IGNORECASE):
        return "verb"
    if re.match(rf"\s+(?:{words.words['object_begins'].pattern}|\d)", after, re.IGNORECASE):
        return "active"
    first = next(iter(numbers(after[:25], words.language)), None)
    return "active" if first is not None and not after[: first.span.start].strip() else "verb"


# --- zeros --------------------------------------------------------------------------------------------


def zeros_in(sentence: str, triggers: list[Trigger], words: FigureWords) -> Iterator[tuple[FigureKind, str, Span]]:
    """Yield kind, group and wording of each zero that `sentence` reports."""
    seen = set()
    for pattern in words.zeros:
        for match in pattern.finditer(sentence):
            if words.zero_unless.search(sentence[max(0, match.start() - 40) : match.end()]):
                continue
            kind = _zero_kind(match, triggers, words)
            group = _zero_group(sentence, match, words)
            if group == "total" and match.groupdict().get("group2"):
                continue  # "none of his men": whose, is not said
            if kind is not None and (kind, group) not in seen:
                seen.add((kind, group))
                yield kind, group, Span(*match.span())


def _zero_kind(match: re.Match[str], triggers: list[Trigger], words: FigureWords) -> FigureKind | None:
    for name, stems in words.zero_kinds.items():
        if stems.search(match.group().casefold()):
            return FigureKind(name)
    for name, text in match.groupdict().items():
        if text and not name.startswith("group"):
            start, end = match.span(name)
            kinds = [t.kind for t in triggers if t.start < end and start < t.end]
            return kinds[0] if kinds else None
    return None


def _zero_group(sentence: str, match: re.Match[str], words: FigureWords) -> str:
    for name in ("group", "group2"):
        if match.groupdict().get(name) and (noun := narrow_group_at(sentence, match.start(name), words)):
            return noun[0]
    return "total"

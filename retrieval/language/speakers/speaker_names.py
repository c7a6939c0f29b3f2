"""The name or office that stands before or after a word of saying, as a span of its sentence."""

import re

from retrieval.domain import Span
from retrieval.language.speakers.speaker_words import CALENDAR, POSSESSIVE, SpeakerWords

LONGEST_NAME = 120  # characters
TOKEN = re.compile(r"\w+(?:[-.’'](?=\w)\w+)*|[^\w\s]")
CAPITALISED = re.compile(r"(?<!\w)[^\W\d_a-zà-öø-ÿа-яёәғқңөұүһіїєґ]")
NAME = r"[^\W\d_a-zà-öø-ÿа-яёәғқңөұүһіїєґ][\w’'-]+"
APPOSITION = re.compile(rf",\s+({NAME}(?:\s+(?:de\s+)?{NAME}){{1,2}})(?=\s*(?:[,.;]|$))")
FORENAME = re.compile(rf"\s{NAME}(?<![дт][ае])(?!\w)")
UNKNOWN_IN_NAME = 4  # words outside the pack that may be part of an office's name
SOURCE_AFTER = re.compile(r"\s*([^\W\d]\w*(?:[ -][^\W\d][\w’']*){0,7})\s*(?=[,;.:()—–]|$)")
SOURCE_BEFORE = re.compile(r"(?:^|[,;.:()—–]\s)\s*([^\W\d]\w*(?:[ -][^\W\d][\w’']*){0,7})\s*$")


def name_before(part: str, end: int, words: SpeakerWords) -> Span | None:
    """Return the name or office that ends at `end`, its appositions included."""
    before = part[max(0, end - LONGEST_NAME) : end]
    base = end - len(before)
    tokens = [Span(base + m.start(), base + m.end()) for m in TOKEN.finditer(before)]
    apposition = bool(tokens) and tokens[-1].of(part) == ","
    if apposition:
        tokens.pop()
    taken = _walk_back(part, tokens, words)
    if taken is None or not apposition:
        return taken
    rest = [t for t in tokens if t.end <= taken.start]
    while rest and rest[-1].of(part).casefold() in words.determiners:
        rest.pop()
    if rest and rest[-1].of(part) == ",":
        named = _walk_back(part, rest[:-1], words)
        return Span(named.start, taken.end) if named else None
    return None


def _walk_back(part: str, tokens: list[Span], words: SpeakerWords) -> Span | None:
    taken: list[Span] = []
    for token in reversed(tokens):
        word = token.of(part)
        if words.places.fullmatch(word) and word.casefold() not in words.joints:
            if len(taken) == 1 and token.start > 0:  # "the commission in Aktau said"
                taken.append(token)
                continue
            if len(taken) > 1 and taken[-1].of(part)[0].isupper() and token.start == 0:
                taken.pop()  # "In Almaty police said"
            break
        if word.isdecimal() and not taken:  # "Khabar 24 said"
            taken.append(token)
            continue
        if not words.belongs(word, first=token.start == 0):
            taken += _bridge(part, tokens[: tokens.index(token) + 1], words)
            break
        taken.append(token)
    return _trimmed(part, taken[::-1], words)


def _bridge(part: str, tokens: list[Span], words: SpeakerWords) -> list[Span]:
    """Return the words, last first, that lead back to an office: "spokesman for the anti-terrorism [unit]"."""
    for count, token in enumerate(reversed(tokens[-UNKNOWN_IN_NAME - 2 :])):
        word = token.of(part)
        if not word[0].isalnum():
            return []
        if count and words.role.fullmatch(word) and tokens[-count].of(part).casefold() in words.joints:
            return tokens[: -count - 2 : -1]
    return []


def name_after(part: str, start: int, words: SpeakerWords) -> Span | None:
    """Return the name or office that follows `start`: `(in) the Interior Ministry`."""
    taken: list[Span] = []
    for match in TOKEN.finditer(part, start, min(len(part), start + LONGEST_NAME)):
        word = match.group()
        skipped = words.places.fullmatch(word) or words.adverb.fullmatch(word) or CALENDAR.fullmatch(word)
        if not taken and skipped:
            continue
        if not words.belongs(word, first=False):
            break
        taken.append(Span(*match.span()))
    name = _trimmed(part, taken, words)
    called = APPOSITION.match(part, name.end) if name and not CAPITALISED.search(name.of(part)) else None
    return Span(name.start, called.end(1)) if name and called else name


def source_after(part: str, start: int, words: SpeakerWords) -> Span | None:
    """Return whatever the words up to the next comma name: after "according to", any noun is a source."""
    return _source(part, start, SOURCE_AFTER.match(part, start), words)


def source_before(part: str, end: int, words: SpeakerWords) -> Span | None:
    """Return whatever the words since the last comma name, before Kazakh "мәліметінше"."""
    return _source(part, 0, SOURCE_BEFORE.search(part, 0, end), words)


def _source(part: str, start: int, found: re.Match[str] | None, words: SpeakerWords) -> Span | None:
    if found is None or words.no_source.search(found[1]) or words.verbs.search(found[1]):
        return None
    tokens = [Span(found.start(1) + m.start(), found.start(1) + m.end()) for m in TOKEN.finditer(found[1])]
    while tokens and words.trims(tokens[0].of(part)):
        tokens = tokens[1:]
    if not tokens or words.places.fullmatch(tokens[0].of(part)):
        return None
    ending = words.genitive.search(tokens[-1].of(part)) if words.genitive else None
    return Span(tokens[0].start, tokens[-1].start + ending.start() if ending else tokens[-1].end)


def opening(part: str, end: int, words: SpeakerWords) -> Span | None:
    """Return the name that opens the sentence, where the verb of saying comes last."""
    taken: list[Span] = []
    for match in TOKEN.finditer(part, 0, end):
        word = match.group()
        if not taken and not word[0].isalnum():
            continue
        if taken and words.genitive and _begins_clause(part, taken[-1], word, words.genitive):
            break
        forename = CAPITALISED.match(word) and FORENAME.match(part, match.end())  # "Висенте Ромеро" is not in Висен
        if not words.belongs(word, first=match.start() == 0) or (words.is_object(word) and not forename):
            break
        taken.append(Span(*match.span()))
    return _trimmed(part, taken, words)


def _begins_clause(part: str, last: Span, word: str, genitive: re.Pattern[str]) -> bool:
    """Return whether a genitive after a name is the subject of the reported clause: "Асанова Серіктің кетуін"."""
    named = CAPITALISED.match(last.of(part)) and not genitive.search(last.of(part))
    return bool(named and CAPITALISED.match(word) and genitive.search(word))


def _trimmed(part: str, taken: list[Span], words: SpeakerWords) -> Span | None:
    """Cut joints and articles off both ends; None where no name or office remains."""
    while taken and (words.trims(taken[0].of(part)) or words.places.fullmatch(taken[0].of(part))):
        taken = taken[1:]
    while taken and words.trims(taken[-1].of(part)):
        taken = taken[:-1]
    if not any(words.heads(t.of(part)) for t in taken):
        return None
    end = taken[-1].start + len(POSSESSIVE.sub("", taken[-1].of(part)))
    if words.genitive and (ending := words.genitive.search(part[taken[-1].start : end])):
        end = taken[-1].start + ending.start()
    return Span(taken[0].start, end)

"""Who a sentence attributes its claim to, as a span of the article's own words; or nobody, rather than a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.domain import Span
from retrieval.language.sentences import sentences
from retrieval.language.speaker_words import SpeakerWords, speaker_words

NEIGHBOURHOOD = 700  # characters before (or after) a sentence in which an ongoing quote's speaker may stand
LONGEST_NAME = 120  # characters
TOKEN = re.compile(r"\w+(?:[-.’'](?=\w)\w+)*|[^\w\s]")
SECOND_VERB = re.compile(r"(?<!\w)(?:and|y|e|и|және)\s+$", re.IGNORECASE)  # "spoke to reporters and said"
OPENERS, CLOSERS = "“«„", "”»"


@dataclass(frozen=True, slots=True)
class Attribution:
    """Somebody who is said to say something, and where the verb or preposition says so."""

    name: Span
    cue: Span
    relay: bool  # a newsroom or agency, which mostly passes on what others say
    pronoun: bool = False


def speaker(text: str, sentence: Span, language: str, *, near: Span | None = None) -> Span | None:
    """Return the words that name who says what `sentence` (a span of `text`) says, or None.

    `near` is the claim inside the sentence, where the sentence holds several. A pronoun, or a quote that
    goes on from a neighbouring sentence, is followed to the name there; otherwise a sentence without an
    attribution is the article's own word.
    """
    words = speaker_words(language)
    found = attributions(text, sentence, language)
    chosen = _choose(text, found, near or sentence, words)
    if chosen is not None and not chosen.pronoun:
        return chosen.name
    if chosen is None and not _in_quote(text, sentence):
        return None
    return _neighbour(text, sentence, language, words)


def attributions(text: str, sentence: Span, language: str) -> list[Attribution]:
    """Return everybody that `sentence` says says something, in the order of the text."""
    words = speaker_words(language)
    part = text[sentence.start : sentence.end]
    found = [*_prepositions(part, words), *_verbs(part, words), *_counts(part, words), *_headings(part, words)]
    distinct: dict[Span, Attribution] = {}
    for one in sorted(found, key=lambda a: (a.name.start, -a.name.end)):
        if not any(o.start < one.name.end and one.name.start < o.end for o in distinct):
            distinct[one.name] = one
    shift = sentence.start
    return [Attribution(_shifted(a.name, shift), _shifted(a.cue, shift), a.relay, a.pronoun) for a in distinct.values()]


def _shifted(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _choose(text: str, found: list[Attribution], claim: Span, words: SpeakerWords) -> Attribution | None:
    """Prefer whoever speaks in the claim's own part of the sentence, a source to its relay, the nearer."""
    if not found:
        return None

    def apart(one: Attribution) -> tuple[bool, bool, bool, int]:
        if one.cue.end <= claim.start:
            between = text[one.cue.end : claim.start]
        else:
            between = text[claim.end : one.cue.start] if one.cue.start >= claim.end else ""
        return words.turns.search(between) is not None, one.pronoun, one.relay, len(between)

    return min(found, key=apart)


# --- the ways of saying who says so ----------------------------------------------------------------


def _prepositions(part: str, words: SpeakerWords) -> list[Attribution]:
    """`according to X`, `по данным X`, `según X`; and Kazakh `X мәліметінше`."""
    found = []
    for cue in words.before.finditer(part):
        name = _name_after(part, cue.end(), words)
        if name is not None:
            found.append(_attribution(part, name, Span(*cue.span()), words))
    for cue in words.after.finditer(part):
        name = _name_before(part, cue.start(), words)
        if name is not None:
            found.append(_attribution(part, name, Span(*cue.span()), words))
    return found


def _verbs(part: str, words: SpeakerWords) -> list[Attribution]:
    """`X said`, `said X`, `сообщили в X`; and Kazakh `X ... деп хабарлады`, with X where the sentence opens."""
    found = []
    for cue in words.verbs.finditer(part):
        span = Span(cue.start("verb"), cue.end("verb"))
        pronoun = words.pronoun_before.search(part[: cue.start()])
        if words.passive.search(part[: cue.start()]) or SECOND_VERB.search(part[: cue.start()]):
            continue
        inverted = re.search(r"[,”»\"–—-]\s*$", part[: cue.start()]) is not None
        name = None if inverted else _name_before(part, cue.start(), words)
        if name is None and (inverted or words.free_order):
            name = _name_after(part, span.end, words)
        if name is None and inverted:
            name = _name_before(part, cue.start(), words)
        if name is None and words.verb_last:
            name = _opening(part, cue.start(), words)
        if name is not None:
            found.append(_attribution(part, name, span, words))
        elif pronoun:
            found.append(Attribution(Span(*pronoun.span(1)), span, relay=False, pronoun=True))
    return found


def _counts(part: str, words: SpeakerWords) -> list[Attribution]:
    """`Health Ministry figures`, `the Interior Ministry count`."""
    found = []
    for cue in words.figures.finditer(part):
        name = _name_before(part, cue.start(), words)
        if name is not None:
            found.append(_attribution(part, name, Span(*cue.span()), words))
    return found


def _headings(part: str, words: SpeakerWords) -> list[Attribution]:
    """`State TV: at least 13 dead`."""
    heading = re.match(r"\s*([^:;.,!?\n]{2,60}):\s", part)
    if heading is None:
        return []
    name = _name_before(part, heading.end(1), words)
    if name is None:
        return []
    office = words.media.search(name.of(part)) or words.role.search(name.of(part))
    named = name.start <= heading.start(1) + 4 and len(re.findall(r"(?<!\w)[^\W\d_a-zа-яё]", name.of(part))) > 1
    if not named and not office:
        return []
    return [_attribution(part, name, Span(heading.end(1), heading.end(1) + 1), words)]


def _attribution(part: str, name: Span, cue: Span, words: SpeakerWords) -> Attribution:
    called = name.of(part)
    relay = words.media.search(called) is not None and words.person.search(called) is None
    return Attribution(name, cue, relay)


# --- names and offices -------------------------------------------------------------------------------


def _name_before(part: str, end: int, words: SpeakerWords) -> Span | None:
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
            break
        taken.append(token)
    return _trimmed(part, taken[::-1], words)


def _name_after(part: str, start: int, words: SpeakerWords) -> Span | None:
    """Return the name or office that follows `start`: `(in) the Interior Ministry`."""
    taken: list[Span] = []
    for match in TOKEN.finditer(part, start, min(len(part), start + LONGEST_NAME)):
        word = match.group()
        if not taken and (words.places.fullmatch(word) or words.adverb.fullmatch(word)):
            continue
        if not words.belongs(word, first=False):
            break
        taken.append(Span(*match.span()))
    return _trimmed(part, taken, words)


def _opening(part: str, end: int, words: SpeakerWords) -> Span | None:
    """Return the name that opens the sentence, where the verb of saying comes last."""
    taken: list[Span] = []
    for match in TOKEN.finditer(part, 0, end):
        word = match.group()
        if not taken and not word[0].isalnum():
            continue
        if not words.belongs(word, first=match.start() == 0) or words.is_object(word):
            break
        taken.append(Span(*match.span()))
    return _trimmed(part, taken, words)


def _trimmed(part: str, taken: list[Span], words: SpeakerWords) -> Span | None:
    """Cut joints and articles off both ends; None where no name or office remains."""
    while taken and (words.trims(taken[0].of(part)) or words.places.fullmatch(taken[0].of(part))):
        taken = taken[1:]
    while taken and words.trims(taken[-1].of(part)):
        taken = taken[:-1]
    if not any(words.heads(t.of(part)) for t in taken):
        return None
    end = taken[-1].end
    if words.genitive and (ending := words.genitive.search(part[taken[-1].start : end])):
        end = taken[-1].start + ending.start()
    return Span(taken[0].start, end)


# --- quotes that go on ---------------------------------------------------------------------------------


def _in_quote(text: str, sentence: Span) -> bool:
    """Tell whether the sentence opens inside, or with, a quote."""
    before = text[max(0, sentence.start - NEIGHBOURHOOD) : sentence.start].rpartition("\n\n")[2]
    opened = sum(before.count(c) for c in OPENERS) > sum(before.count(c) for c in CLOSERS)
    straight = before.count('"') % 2 == 1
    return opened or straight or text[sentence.start : sentence.start + 3].lstrip("—– ")[:1] in tuple('“«„"')


def _neighbour(text: str, sentence: Span, language: str, words: SpeakerWords) -> Span | None:
    """Return the nearest name before the sentence, else after it, that is said to speak."""
    origin = max(0, sentence.start - NEIGHBOURHOOD)
    before = sentences(text[origin : sentence.start], language)
    spans = [_shifted(s, origin) for s in reversed(before)][:3]
    following = sentences(text[sentence.end : sentence.end + NEIGHBOURHOOD], language)[:1]
    spans += [_shifted(s, sentence.end) for s in following if _in_quote(text, sentence)]
    for span in spans:
        named = [a for a in attributions(text, span, language) if not a.pronoun]
        people = [a for a in named if not a.relay]
        if named:
            return (people or named)[-1].name
    return None

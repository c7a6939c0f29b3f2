"""The speakers that a sentence attributes its claims to, as spans of the article's own words; never guessed.

textacy attributes quotations by spaCy models, which must be downloaded; there is none for Kazakh.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.domain import Span
from retrieval.language.packs import any_regex
from retrieval.language.sentences import sentences
from retrieval.language.speakers.speaker_names import name_after, name_before, opening, source_after, source_before
from retrieval.language.speakers.speaker_words import SpeakerWords

NEIGHBOURHOOD = 700  # characters before (or after) a sentence in which an ongoing quote's speaker may stand
SECOND_VERB = re.compile(
    rf"(?<!\w)(?:{any_regex('speakers', 'and')})\s+$", re.IGNORECASE
)  # "spoke to reporters and said"
OPENERS, CLOSERS = "“«„", "”»"


@dataclass(frozen=True, slots=True)
class Attribution:
    """A speaker, and the verb or preposition that makes them one."""

    name: Span
    cue: Span
    relay: bool  # a newspaper or agency, which mostly passes on the claims of others
    pronoun: bool = False


def attributions(sentence: str, words: SpeakerWords) -> tuple[Attribution, ...]:
    """Return the speakers that `sentence` names, in order; offsets are those of the sentence."""
    ways = (_prepositions, _verbs, _counts, _headings)
    found = [one for way in ways for one in way(sentence, words)]
    distinct: dict[Span, Attribution] = {}
    for one in sorted(found, key=lambda a: (a.name.start, -a.name.end)):
        if not any(o.start < one.name.end and one.name.start < o.end for o in distinct):
            distinct[one.name] = one
    return tuple(distinct.values())


def _shifted(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def nearest(text: str, found: Sequence[Attribution], claim: Span, words: SpeakerWords) -> Attribution | None:
    """Return the attribution of a claim: in its part of the sentence first, a source before its relay, the nearer."""
    if not found:
        return None

    def apart(one: Attribution) -> tuple[bool, bool, bool, int]:
        if one.cue.end <= claim.start:
            between = text[one.cue.end : claim.start]
        else:
            between = text[claim.end : one.cue.start] if one.cue.start >= claim.end else ""
        return words.turns.search(between) is not None, one.pronoun, one.relay, len(between)

    return min(found, key=apart)


# --- ways of attributing -------------------------------------------------------------------------------


def _prepositions(part: str, words: SpeakerWords) -> list[Attribution]:
    """`according to X`, `по данным X`, `según X`; and Kazakh `X мәліметінше`."""
    found = []
    for cue in words.before.finditer(part):
        name = name_after(part, cue.end(), words) or source_after(part, cue.end(), words)
        if name is not None:
            found.append(_attribution(part, name, Span(*cue.span()), words))
    for cue in words.pronoun_phrase.finditer(part):
        span = Span(*cue.span())
        found.append(Attribution(span, span, relay=False, pronoun=True))
    for cue in words.after.finditer(part):
        name = name_before(part, cue.start(), words) or source_before(part, cue.start(), words)
        if name is not None:
            found.append(_attribution(part, name, Span(*cue.span()), words))
    return found


def _verbs(part: str, words: SpeakerWords) -> list[Attribution]:
    """`X said`, `said X`, `сообщили в X`; and Kazakh `X ... деп хабарлады`, with X where the sentence opens."""
    found = []
    for cue in words.verbs.finditer(part):
        span = Span(cue.start("verb"), cue.end("verb"))
        before = part[: cue.start()]
        if "," in part[cue.start() : span.start]:  # "the ministry, for its part, says"
            before = before.rstrip(", ")
        pronoun = words.pronoun_before.search(before)
        if words.passive.search(before) or SECOND_VERB.search(before):
            continue
        inverted = re.search(r"[,”»\"–—-]\s*$", before) is not None
        name = None if inverted else name_before(part, len(before), words)
        if name is None and (inverted or words.free_order):
            addressed = words.addressee.match(part, span.end)
            name = name_after(part, addressed.end() if addressed else span.end, words)
        if name is None and inverted:
            name = name_before(part, len(before), words)
        if name is None and words.verb_last:
            name = opening(part, cue.start(), words)
        if name is not None:
            found.append(_attribution(part, name, span, words))
        elif pronoun or words.pronoun_after.match(part, span.end) or (inverted and _ends(part, span.end, words)):
            named = Span(*pronoun.span(1)) if pronoun else span
            found.append(Attribution(named, span, relay=False, pronoun=True))
    return found


def _counts(part: str, words: SpeakerWords) -> list[Attribution]:
    """`Health Ministry figures`, `the Interior Ministry count`."""
    found = []
    for cue in words.figures.finditer(part):
        name = name_before(part, cue.start(), words)
        if name is not None:
            found.append(_attribution(part, name, Span(*cue.span()), words))
    return found


def _headings(part: str, words: SpeakerWords) -> list[Attribution]:
    """`State TV: at least 13 dead`."""
    heading = re.match(r"\s*([^:;.,!?\n]{2,60}):\s", part)
    if heading is None or words.no_source.search(heading[1]):
        return []
    name = name_before(part, heading.end(1), words)
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


def _ends(part: str, end: int, words: SpeakerWords) -> bool:
    """Return whether nothing follows a verb whose subject Spanish leaves out: "..., agregó."."""
    return words.drops_pronoun and re.match(r"\s*(?:[.,;:]|$)", part[end:]) is not None


# --- quotes that go on ---------------------------------------------------------------------------------


def in_quote(text: str, sentence: Span) -> bool:
    """Return whether the sentence opens inside, or with, a quote."""
    before = text[max(0, sentence.start - NEIGHBOURHOOD) : sentence.start].rpartition("\n\n")[2]
    opened = sum(before.count(c) for c in OPENERS) > sum(before.count(c) for c in CLOSERS)
    straight = before.count('"') % 2 == 1
    return opened or straight or text[sentence.start : sentence.start + 3].lstrip("—– ")[:1] in tuple('“«„"')


def neighbouring_speaker(text: str, sentence: Span, words: SpeakerWords) -> Span | None:
    """Return the nearest speaker named before the sentence, else after it: the one of its pronoun or quote."""
    origin = max(0, sentence.start - NEIGHBOURHOOD)
    before = sentences(text[origin : sentence.start], words.language)
    spans = [_shifted(s, origin) for s in reversed(before)][:3]
    following = sentences(text[sentence.end : sentence.end + NEIGHBOURHOOD], words.language)[:1]
    spans += [_shifted(s, sentence.end) for s in following if in_quote(text, sentence)]
    for span in spans:
        named = [one for one in attributions(span.of(text), words) if not one.pronoun]
        people = [one for one in named if not one.relay]
        if named:
            return _shifted((people or named)[-1].name, span.start)
    return None

"""Which of a sentence's numbers goes with which of its happenings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from retrieval.domain import FigureKind, Span
from retrieval.figures.counted import Counted, Trigger, group_at, predicate_group, triggers_of
from retrieval.figures.words import FigureWords
from retrieval.language.speaker_words import speaker_words
from retrieval.language.speakers import attributions

# The most that may stand between a number and its word, in words (a comma counts for three).
NOUN_RIGHT, VERB_RIGHT, VERB_LEFT, ACTIVE_LEFT, ACTIVE_RIGHT = 1, 9, 5, 5, 3
TOLL_PHRASE, TOLL_WORD = 14, 6
RELATIVE_CLAUSE = 8  # further words, where the number's noun is followed by "who ..."
PARTITIVE_RIGHT = 3
COMMA, TOLL_COMMA, JOINED_NUMBER, OTHER_NUMBER = 3, 1, 1, 20
TOLL_WEIGHT, LEFT_COST = 0.5, 0.5  # a toll is surely of the number after it; a verb rather of the one before
MOST_STRUCK = 2e6  # people killed, hurt, held or sent: more than any unrest has seen
NEVER = -1
JOINTS = re.compile(
    r"(?:[\s,]|(?<!\w)(?:and|as well as|another|more|y|e|a|al|los|las|otr[oa]s?|и|а также|также|ещё|еще|"
    r"мен|пен|бен|және|тағы)(?!\w))*"
)
AMONG_NEXT = re.compile(
    r"\s*(?:was|were|is|are|figuran?|estaban|est[aá]n|были)?\s*(?:among|entre|среди)\s", re.IGNORECASE
)
SAYS_NOTHING = re.compile(r"[—–]\s|,\s+de\s")  # "правительство — о 14"
PARTITIVE = re.compile(r"\s*(?:of (?:the|those)|de l[oa]s|из)\s*(?:\d+\s*)?", re.IGNORECASE)
HOSPITAL = re.compile(r"hospital|intensi|больниц|госпитал|реанимац|стационар|аурухана|жансақтау", re.IGNORECASE)
SHORT_CLAUSE = 9  # words
RELATIVE = re.compile(r"\s*,?\s*(?:who|that|которы\w+|que|quienes)\s", re.IGNORECASE)
SEPARATORS = re.compile(r"[\s:|=–—-]*")


@dataclass(frozen=True, slots=True)
class Linked:
    """A counted number and what happened to those it counts."""

    counted: Counted
    kind: FigureKind
    trigger: Trigger | None  # None: the kind is that of the number it is a part of


def linked(sentence: str, found: list[Counted], triggers: list[Trigger], words: FigureWords) -> list[Linked]:
    """Return the numbers of `found` for which the sentence says what happened, each with its group settled."""
    parts = [_as_part(sentence, c, words) for c in found]
    wholes = [c for c in parts if not c.part and not c.predicate]
    blanked = _without_parts(sentence, parts, words)
    links: list[Linked] = []
    for one in parts:
        if one.part:
            continue
        near = [t for t in triggers if t.form == "toll" and 0 <= one.start - t.end <= 1] if one.predicate else triggers
        trigger = _best(blanked, one, wholes, near, words)
        if trigger is not None:
            links.append(Linked(_grouped(sentence, one, trigger, links, words), trigger.kind, trigger))
    links += [part for one in parts if (part := _inherited(sentence, one, links, words)) is not None]
    links += _elliptic(sentence, parts, links, words)
    return sorted(links, key=lambda link: link.counted.start)


# --- one number and one word --------------------------------------------------------------------------


def _best(
    sentence: str, one: Counted, others: list[Counted], triggers: list[Trigger], words: FigureWords
) -> Trigger | None:
    possible = [t for t in triggers if _makes_sense(sentence, one, t, words)]
    priced = [(cost, t) for t in possible if (cost := _cost(sentence, one, others, t, words)) is not None]
    if not priced:
        return None
    best = min(priced, key=lambda p: p[0])[1]
    taken_in = [t for _, t in priced if t.kind is FigureKind.HOSPITALISED and HOSPITAL.search(sentence, t.start, t.end)]
    return taken_in[0] if best.kind is FigureKind.INJURED and best.form == "noun" and taken_in else best


def _cost(sentence: str, one: Counted, others: list[Counted], trigger: Trigger, words: FigureWords) -> float | None:
    """Return how far the word is from the number, or None where they do not go together."""
    right = trigger.start >= one.number.core.end
    if right and trigger.start < one.end:  # inside the phrase: "8 dead at least"
        return 0.0 if trigger.form == "noun" else None
    begin, end = (one.end, trigger.start) if right else (trigger.end, one.start)
    if begin > end or _is_cut(sentence[begin:end], words):
        return None
    inside = [o for o in others if o is not one and begin <= o.start and o.end <= end]
    joined = bool(inside) and trigger.form != "toll" and _joined(sentence, one, inside, right=right)
    limit = _limit(sentence, trigger, sentence[begin:end], words, right=right)
    if joined:
        begin, end = (inside[-1].end, end) if right else (begin, inside[0].start)
        limit += JOINED_NUMBER * len(inside)
    between = sentence[begin:end]
    comma = 0 if joined else TOLL_COMMA if trigger.form == "toll" else COMMA
    cost = len(re.findall(r"\w+", between)) + comma * between.count(",")
    cost += len(inside) * (JOINED_NUMBER if joined else OTHER_NUMBER)
    if cost > limit + (RELATIVE_CLAUSE if right and RELATIVE.match(between) else 0):
        return None
    return cost * (TOLL_WEIGHT if trigger.form == "toll" else 1.0) + (0.0 if right else LEFT_COST)


def _is_cut(between: str, words: FigureWords) -> bool:
    """Tell whether a sentence, a semicolon or a turn ("while", "ал") lies between."""
    cut = re.search(r"[;!?]|\.\s|:\s", between) and not SEPARATORS.fullmatch(between)
    return bool(cut or speaker_words(words.language).turns.search(between))


def _limit(sentence: str, trigger: Trigger, between: str, words: FigureWords, *, right: bool) -> float:
    """Return how far a word of this form may be from its number on this side; never (-1) on some."""
    if trigger.form == "toll":
        phrase = " " in sentence[trigger.start : trigger.end].strip()
        return NEVER if right else (TOLL_PHRASE if phrase else TOLL_WORD)
    if trigger.form == "noun":
        if right and PARTITIVE.fullmatch(between):  # "six of the wounded" are a part, unless told which
            return PARTITIVE_RIGHT if predicate_group(sentence, trigger.end, words) else NEVER
        return _noun_limit(between, words, right=right)
    if words.verb_last:
        participle = re.search(r"[ғқгк][ае]н$", sentence[trigger.start : trigger.end])  # "қаза тапқан 58 адам"
        return VERB_RIGHT if right else (0 if participle else NEVER)
    if trigger.form == "active":
        after = ACTIVE_RIGHT if words.language == "ru" else NEVER
        return after if right else ACTIVE_LEFT
    apart = between.strip() and not SEPARATORS.fullmatch(between)
    left = NEVER if words.language == "en" and apart else VERB_LEFT
    return VERB_RIGHT if right else left


def _noun_limit(between: str, words: FigureWords, *, right: bool) -> float:
    if right:
        return NOUN_RIGHT if "," not in between else NEVER
    listed = SEPARATORS.fullmatch(between) is not None and bool(between.strip())  # a table: "Killed: 26"
    return 0 if listed or (words.verb_last and not between.strip()) else NEVER


def _joined(sentence: str, one: Counted, inside: list[Counted], *, right: bool) -> bool:
    """Tell whether the numbers between are listed with this one: "26 protesters and 18 officers"."""
    chain = [one, *inside] if right else [*inside, one]
    return all(JOINTS.fullmatch(sentence[left.end : after.start]) is not None for left, after in pairwise(chain))


# --- parts of a number told before ------------------------------------------------------------------------


def _as_part(sentence: str, one: Counted, words: FigureWords) -> Counted:
    """Mark "two of them children", "including two children"; with the group that stands after "of them"."""
    part = words.words["part"]
    before = re.search(rf"(?:{part.pattern})[\s:—–-]*(?:\w+\s+){{0,1}}?$", sentence[: one.start], re.IGNORECASE)
    after = re.compile(rf"\s*(?:{part.pattern})\s*(?:,|—|–)?\s*(?:\w+\s+)?", re.IGNORECASE).match(
        sentence, one.number.core.end
    )
    if not before and not after:
        return one
    if after:
        bare_after = re.compile(rf"\s*(?:{part.pattern})\s*(?:—|–)?\s*", re.IGNORECASE).match(
            sentence, one.number.core.end
        )
        starts = [m.end() for m in (bare_after, after) if m]
        noun = next((n for s in starts if (n := group_at(sentence, s, words)) and n[0] != "people"), None)
        end = noun[1] if noun else starts[0]
        return replace(one, part=True, group=noun[0] if noun else None, people=bool(noun), end=end)
    return replace(one, part=True)


def _without_parts(sentence: str, parts: list[Counted], words: FigureWords) -> str:
    """Blank what is said of parts, so that "17 people, three of them children, were killed" reads on."""
    sentence = words.aside.sub(lambda match: " " * len(match.group()), sentence)
    for one in parts:
        if one.part:
            start = max(sentence.rfind(",", 0, one.start), sentence.rfind("(", 0, one.start), 0) or one.start
            stop = next((i for i in range(one.end, len(sentence)) if sentence[i] in ",;.)"), one.end)
            if sentence[stop : stop + 1] == "," and start < one.start:
                stop += 1
            start = start if one.start - start < 40 else one.start
            sentence = sentence[:start] + " " * (max(stop, one.end) - start) + sentence[max(stop, one.end) :]
    return sentence


def _inherited(sentence: str, one: Counted, links: list[Linked], words: FigureWords) -> Linked | None:
    """Give a part the kind of the number it is a part of, where the part names a group or a place of its own."""
    if any(link.counted.number is one.number for link in links) or not links:
        return None
    located = one.part and one.group is None and re.match(r"\s*(?:in|en|в)\s+[A-ZА-ЯЁ]", sentence[one.end :])
    if one.group is None and not located:
        return None
    named = one.part or words.words["among"].search(sentence) is not None
    if not named:
        return None
    whole = _whole(sentence, one, links)
    if ";" in sentence[min(one.end, whole.counted.end) : max(one.start, whole.counted.start)]:
        return None
    group = one.group or whole.counted.group
    return Linked(replace(one, group=group, part=True), whole.kind, None)


def _whole(sentence: str, one: Counted, links: list[Linked]) -> Linked:
    """Return the number that `one` is a part of: the next one after "were among", else the last one before."""
    after = [link for link in links if link.counted.start >= one.end]
    if after and AMONG_NEXT.match(sentence[one.end : after[0].counted.start]):
        return after[0]
    earlier = [link for link in links if link.counted.start < one.start]
    return earlier[-1] if earlier else links[0]


def _elliptic(sentence: str, found: list[Counted], links: list[Linked], words: FigureWords) -> list[Linked]:
    """Read "the opposition says 100 people died; the government says 14": a bare number of the same kind."""
    added = []
    cuts = [0, *(m.end() for m in re.finditer(r"[;,]\s", sentence)), len(sentence)]
    for begin, end in pairwise(cuts):
        inside = [c for c in found if begin <= c.start < end]
        short = len(re.findall(r"\w+", sentence[begin:end])) <= SHORT_CLAUSE
        if len(inside) != 1 or not short or inside[0].part:
            continue
        earlier = [link for link in links if link.counted.start < begin]
        known = any(link.counted.number is inside[0].number for link in links)
        said = bool(attributions(sentence, Span(begin, end), words.language))
        said = said or (not inside[0].people and SAYS_NOTHING.search(sentence[begin:end]) is not None)
        if earlier and not known and said and not _happens(sentence[begin:end], words):
            group = inside[0].group or earlier[-1].counted.group
            added.append(Linked(replace(inside[0], group=group), earlier[-1].kind, None))
    return added


def _happens(clause: str, words: FigureWords) -> bool:
    return bool(triggers_of(clause, words))


# --- who is counted ---------------------------------------------------------------------------------------


def _grouped(sentence: str, one: Counted, trigger: Trigger, links: list[Linked], words: FigureWords) -> Counted:
    """Settle who a number without a noun counts: those the toll is of, or those just counted."""
    if one.group is not None:
        return one
    if trigger.start >= one.number.core.end:  # "fourteen of the injured were officers"
        said = predicate_group(sentence, max(trigger.end, one.end), words)
        if said is not None:
            return replace(one, group=said)
    phrase = sentence[one.number.core.end : one.end]
    if one.people and not words.words["another"].search(phrase):
        return _losses(sentence, one, words)
    if trigger.form == "toll" and trigger.end <= one.start:
        for start in (m.start() for m in re.finditer(r"\w+", sentence) if trigger.start - 20 <= m.start() < one.start):
            noun = group_at(sentence, start, words)
            if noun and noun[0] != "people" and noun[1] <= one.start:
                return replace(one, group=noun[0])
    if links and trigger.kind in (FigureKind.KILLED, FigureKind.INJURED):
        last = links[-1]
        between = sentence[last.counted.end : one.start]
        same = last.kind in (FigureKind.KILLED, FigureKind.INJURED) and last.kind != trigger.kind
        own = one.people or last.counted.group == "security"  # "17 others"; "8 officers dead and 137 hurt"
        if same and own and not re.search(r"[;.!?]", between) and len(between) < 60:
            return replace(one, group=last.counted.group)
    return _losses(sentence, one, words)


def _losses(sentence: str, one: Counted, words: FigureWords) -> Counted:
    """Read "losses among police at 8 dead": the group stands before the number."""
    for match in re.finditer(rf"(?:{words.words['group_before'].pattern})\s+(?:the\s+)?", sentence[: one.start], re.I):
        noun = group_at(sentence, match.end(), words)
        if noun and noun[0] != "people" and noun[1] <= one.start and ";" not in sentence[noun[1] : one.start]:
            return replace(one, group=noun[0])
    if words.words["security_losses"].search(sentence[: one.start]):
        return replace(one, group="security")
    return one


def _makes_sense(sentence: str, one: Counted, trigger: Trigger, words: FigureWords) -> bool:
    """Keep deployments to troops: people are sent to prison, too."""
    if trigger.kind is not FigureKind.DISPLACED and (one.number.low or one.number.high or 0) > MOST_STRUCK:
        return False  # a plague or a war, long ago
    if trigger.kind is not FigureKind.DEPLOYED or words.troops.search(sentence[one.start : one.end]):
        return True
    return not one.people and words.troops.search(sentence[max(0, one.start - 30) : one.start]) is not None

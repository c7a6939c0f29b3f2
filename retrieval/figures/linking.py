"""Which numbers of a sentence go with which triggers: 26 with "killed", 18 with "wounded"; and parts of a number.

Parts are "two of them children", "including three officers", "one of them has died".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from retrieval.domain import FigureKind, Span
from retrieval.figures.counts import Count, Trigger, narrow_group_at, predicate_at, triggers_in
from retrieval.figures.lexicon import FigureWords, phrases_of
from retrieval.language.doc import Doc, Sentence
from retrieval.language.speakers.speaker_words import speaker_words

PARTITIVE = re.compile(rf"\s*(?:{phrases_of('partitive')})\s*(?:\d+\s*)?", re.IGNORECASE)
AMONG_NEXT = re.compile(rf"\s*(?:{phrases_of('are')})?\s*(?:{phrases_of('among')})\s", re.IGNORECASE)
PARTITIVE_WITHIN, OWN_WITHIN = 15, 4  # characters around a part; words between it and its own trigger
OPENING = 15  # characters from a sentence's start in which a number may be a part of the number before


# The most that may stand between a number and its word, in words (a comma counts for three).
NOUN_RIGHT, VERB_RIGHT, VERB_LEFT, ACTIVE_LEFT, ACTIVE_RIGHT = 1, 9, 5, 5, 3
TOLL_PHRASE, TOLL_WORD = 14, 6
RELATIVE_CLAUSE = 8  # further words, where the number's noun is followed by "who ..."
PARTITIVE_RIGHT = 3
COMMA, TOLL_COMMA, JOINED_NUMBER, OTHER_NUMBER = 3, 1, 1, 20
TOLL_WEIGHT, LEFT_COST = 0.5, 0.5  # a toll goes with the number after it; a verb rather with the one before
MOST_STRUCK = 2e6  # people killed, hurt, detained or sent: more than in any unrest
STRUCK_COST = 0.25  # of a number right after an active verb; a noun right after the number costs less
NEVER = -1
JOINTS = re.compile(rf"(?:[\s,]|(?<!\w)(?:{phrases_of('joints')})(?!\w))*")
SAYS_NOTHING = re.compile(r"[—–]\s|,\s+de\s")  # "правительство — о 14"
HOSPITAL = re.compile(phrases_of("hospital"), re.IGNORECASE)
SHORT_CLAUSE = 9  # words
RELATIVE = re.compile(rf"\s*,?\s*(?:{phrases_of('relative')})\s", re.IGNORECASE)
STRUCK_NEXT = re.compile(r"\s+(?:(?:a|al|los|las|the)\s+)?", re.IGNORECASE)  # "hirió a dos", "killing two"
THINGS_TOO = re.compile(phrases_of("things"), re.IGNORECASE)
TOLL_AFTER = re.compile(r"\s+(?:(?:the|el|la)\s+)?", re.IGNORECASE)
SEPARATORS = re.compile(r"[\s:|=–—-]*")


@dataclass(frozen=True, slots=True)
class Link:
    """A count of people and what happened to them."""

    count: Count
    kind: FigureKind
    trigger: Trigger | None  # None: the kind is that of the number it is a part of


def linked(
    plain: Doc,
    found: list[Count],
    triggers: list[Trigger],
    words: FigureWords,
    before: FigureKind | None = None,
) -> list[Link]:
    """Return the numbers of `found` that have a trigger in the sentence, each with its group.

    `plain` is the sentence without ages and credits; `before` is the kind of the last count of people in the sentence
    before: "Two of them were officers" opens with a part of those.
    """
    sentence = plain.text
    parts = [_marked_part(sentence, c, triggers, words) for c in found]
    wholes = [c for c in parts if not c.part and not c.predicate]
    blanked = _without_parts(sentence, parts, words)
    fates = [(one, t) for one in parts if (t := _own_trigger(sentence, one, triggers, words)) is not None]
    said = [t for t in triggers if t not in [fate for _, fate in fates]]
    links: list[Link] = []
    for one in parts:
        if one.part:
            continue
        near = [t for t in said if t.form == "toll" and 0 <= one.start - t.end <= 1] if one.predicate else said
        trigger = _best(blanked, one, wholes, near, words)
        if trigger is not None and not _restates(sentence, one, trigger, triggers):
            links.append(Link(_grouped(sentence, one, trigger, links, words), trigger.kind, trigger))
    links = [link for link in links if not _is_subset(sentence, link, links)]
    links += [part for one in parts if (part := _part_of_link(sentence, one, links, words)) is not None]
    links += _elliptic(plain, parts, links, words)
    known = {link.kind for link in links} | {before}
    others = tuple(links)
    for one, fate in fates:  # in the group of the number before it
        if fate.kind not in known:
            earlier = [link.count.group for link in others if link.count.start < one.start]
            links.append(Link(replace(one, group=earlier[-1] if earlier else None), fate.kind, fate))
    if not links and before and parts and parts[0].part and parts[0].group and parts[0].start < OPENING:
        links.append(Link(parts[0], next((t.kind for t in triggers if t.form == "verb"), before), None))
    return sorted(links, key=lambda link: link.count.start)


# --- one number and one word --------------------------------------------------------------------------


def _best(
    sentence: str, one: Count, others: list[Count], triggers: list[Trigger], words: FigureWords
) -> Trigger | None:
    possible = [t for t in triggers if _makes_sense(sentence, one, t, words)]
    priced = [(cost, t) for t in possible if (cost := _cost(sentence, one, others, t, words)) is not None]
    if not priced:
        return None
    best = min(priced, key=lambda p: p[0])[1]
    taken_in = [t for _, t in priced if t.kind is FigureKind.HOSPITALISED and HOSPITAL.search(sentence, t.start, t.end)]
    return taken_in[0] if best.kind is FigureKind.INJURED and best.form == "noun" and taken_in else best


def _cost(sentence: str, one: Count, others: list[Count], trigger: Trigger, words: FigureWords) -> float | None:
    """Return how far the trigger is from the number, or None where they do not go together."""
    right = trigger.start >= one.number.core.end
    others = [o for o in others if o is not one]
    if trigger.form == "toll" and any(o.number.core.end <= trigger.start <= o.end + 1 for o in others):
        return None  # a toll of another number: "37 wounded, seven gravely"
    if right and trigger.start < one.end:  # inside the phrase: "8 dead at least"
        return 0.0 if trigger.form == "noun" else None
    begin, end = (one.end, trigger.start) if right else (trigger.end, one.start)
    if begin > end or _is_cut(sentence[begin:end], words):
        return None
    inside = [o for o in others if begin <= o.start and o.end <= end]
    joined = bool(inside) and trigger.form != "toll" and _joined(sentence, one, inside, right=right)
    limit = _limit(sentence, trigger, sentence[begin:end], words, right=right)
    if joined:
        begin, end = (inside[-1].end, end) if right else (begin, inside[0].start)
        limit += JOINED_NUMBER * len(inside)
    between = sentence[begin:end]
    if trigger.form == "active" and not right and not inside and STRUCK_NEXT.fullmatch(between):
        return STRUCK_COST
    comma = 0 if joined else TOLL_COMMA if trigger.form == "toll" else COMMA
    cost = len(re.findall(r"\w+", between)) + comma * between.count(",")
    cost += len(inside) * (JOINED_NUMBER if joined else OTHER_NUMBER)
    if cost > limit + (RELATIVE_CLAUSE if right and RELATIVE.match(between) else 0):
        return None
    return cost * (TOLL_WEIGHT if trigger.form == "toll" else 1.0) + (0.0 if right else LEFT_COST)


def _is_cut(between: str, words: FigureWords) -> bool:
    """Return whether the end of a sentence, a semicolon or a contrast ("while", "ал") lies between."""
    cut = re.search(r"[;!?]|\.\s|:\s", between) and not SEPARATORS.fullmatch(between)
    if words.words["partitive"].search(between):  # "9 people, one of them died"
        return True
    return bool(cut or speaker_words(words.language).turns.search(between))


def _limit(sentence: str, trigger: Trigger, between: str, words: FigureWords, *, right: bool) -> float:
    """Return the greatest distance of a trigger of this form from its number on this side; NEVER (-1) on some."""
    wording = sentence[trigger.start : trigger.end]
    if trigger.form == "toll":
        longest = TOLL_PHRASE if " " in wording.strip() else TOLL_WORD
        after = 1 if longest == TOLL_PHRASE and TOLL_AFTER.fullmatch(between) else NEVER
        return after if right else longest  # after: "bringing to 18 the number of dead"
    if trigger.form == "noun":
        if right and PARTITIVE.fullmatch(between):  # "six of the wounded" are a part, unless their group is named
            return PARTITIVE_RIGHT if predicate_at(sentence, trigger.end, words) else NEVER
        listed = SEPARATORS.fullmatch(between) is not None and bool(between.strip())  # a table: "Killed: 26"
        before = 0 if listed or (words.verb_last and not between.strip()) else NEVER
        return (NOUN_RIGHT if "," not in between else NEVER) if right else before
    if words.verb_last:
        participle = re.search(r"[ғқгк][ае]н$", wording)  # "қаза тапқан 58 адам"
        return VERB_RIGHT if right else (0 if participle else NEVER)
    if trigger.form == "active":
        after = ACTIVE_RIGHT if words.active_after else NEVER
        return after if right else ACTIVE_LEFT
    apart = between.strip() and not SEPARATORS.fullmatch(between)
    left = NEVER if words.verb_beside and apart else VERB_LEFT
    return VERB_RIGHT if right else left


def _joined(sentence: str, one: Count, inside: list[Count], *, right: bool) -> bool:
    """Return whether the numbers between are listed with this one: "26 protesters and 18 officers".

    With a comma alone between, a number without a noun begins a clause: "7 journalists were beaten, 3 held".
    """
    chain = [one, *inside] if right else [*inside, one]
    return all(
        JOINTS.fullmatch(gap := sentence[left.end : after.start]) is not None
        and (after.people or not left.people or gap.strip() != ",")
        for left, after in pairwise(chain)
    )


# --- a number without a noun -----------------------------------------------------------------------------


def _elliptic(plain: Doc, found: list[Count], links: list[Link], words: FigureWords) -> list[Link]:
    """Read "the opposition says 100 people died; the government says 14": a bare number of the same kind."""
    sentence = plain.text
    added = []
    cuts = [0, *(m.end() for m in re.finditer(r"[;,]\s", sentence)), len(sentence)]
    for begin, end in pairwise(cuts):
        inside = [c for c in found if begin <= c.start < end]
        short = len(re.findall(r"\w+", sentence[begin:end])) <= SHORT_CLAUSE
        if len(inside) != 1 or not short or inside[0].part:
            continue
        earlier = [link for link in links if link.count.start < begin]
        known = any(link.count.number is inside[0].number for link in links)
        said = bool(Sentence(plain, Span(begin, end)).attributions)
        said = said or (not inside[0].people and SAYS_NOTHING.search(sentence[begin:end]) is not None)
        if earlier and not known and said and not triggers_in(sentence[begin:end], words):
            group = inside[0].group or earlier[-1].count.group
            added.append(Link(replace(inside[0], group=group), earlier[-1].kind, None))
    return added


# --- who is counted ---------------------------------------------------------------------------------------


def _grouped(sentence: str, one: Count, trigger: Trigger, links: list[Link], words: FigureWords) -> Count:
    """Return the count with its group: where it has no noun, that of the toll or of the count before it."""
    if one.group is not None:
        return one
    if trigger.start >= one.number.core.end:  # "fourteen of the injured were officers"
        said = predicate_at(sentence, max(trigger.end, one.end), words)
        if said is not None:
            return replace(one, group=said[0])
    phrase = sentence[one.number.core.end : one.end]
    if one.people and not words.words["another"].search(phrase):
        return _losses(sentence, one, words)
    if trigger.form == "toll" and trigger.end <= one.start:
        for start in (m.start() for m in re.finditer(r"\w+", sentence) if trigger.start - 20 <= m.start() < one.start):
            noun = narrow_group_at(sentence, start, words)
            if noun and noun[1] <= one.start:
                return replace(one, group=noun[0])
    if links and trigger.kind in (FigureKind.KILLED, FigureKind.INJURED):
        last = links[-1]
        between = sentence[last.count.end : one.start]
        same = last.kind in (FigureKind.KILLED, FigureKind.INJURED) and last.kind != trigger.kind
        own = one.people or last.count.group == "security"  # "17 others"; "8 officers dead and 137 hurt"
        if same and own and not re.search(r"[;.!?]", between) and len(between) < 60:
            return replace(one, group=last.count.group)
    return _losses(sentence, one, words)


def _losses(sentence: str, one: Count, words: FigureWords) -> Count:
    """Return the count with a group named before the number: "losses among police at 8 dead"."""
    for match in re.finditer(rf"(?:{words.words['group_before'].pattern})\s+(?:the\s+)?", sentence[: one.start], re.I):
        noun = narrow_group_at(sentence, match.end(), words)
        if noun and noun[1] <= one.start and ";" not in sentence[noun[1] : one.start]:
            return replace(one, group=noun[0])
    if words.words["security_losses"].search(sentence[: one.start]):
        return replace(one, group="security")
    return one


def _makes_sense(sentence: str, one: Count, trigger: Trigger, words: FigureWords) -> bool:
    """Return whether the trigger suits the count: only troops are deployed, and things too are destroyed."""
    if trigger.kind is not FigureKind.DISPLACED and (one.number.low or one.number.high or 0) > MOST_STRUCK:
        return False  # a plague or a war, long ago
    if trigger.form == "active" and not one.people and THINGS_TOO.match(sentence, trigger.start):
        return False  # tanks and claims are destroyed, too
    if trigger.kind is not FigureKind.DEPLOYED or words.troops.search(sentence[one.start : one.end]):
        return True
    return not one.people and words.troops.search(sentence[max(0, one.start - 30) : one.start]) is not None


# --- parts of a number ----------------------------------------------------------------------------------


def _marked_part(sentence: str, one: Count, triggers: list[Trigger], words: FigureWords) -> Count:
    """Return the count, marked where it is a part ("two of them children"), with the group named after "of them"."""
    part, begin = words.words["part"].pattern, one.number.core.end
    before = re.search(rf"(?:{part})[\s:—–-]*(?:\w+\s+){{0,1}}?$", sentence[: one.start], re.IGNORECASE)
    after = re.compile(rf"\s*(?:{part})\s*(?:,|—|–)?\s*(?:\w+\s+)?", re.IGNORECASE).match(sentence, begin)
    among = before is not None and any(t.form == "toll" and t.start <= before.start() < t.end for t in triggers)
    if among or (not before and not after):
        return one
    if not after:
        return replace(one, part=True)
    bare_after = re.compile(rf"\s*(?:{part})\s*(?:—|–)?\s*", re.IGNORECASE).match(sentence, begin)
    starts = [match.end() for match in (bare_after, after) if match]
    noun = next((noun for start in starts if (noun := narrow_group_at(sentence, start, words))), None)
    end = noun[1] if noun else starts[0]
    return replace(one, part=True, group=noun[0] if noun else None, people=bool(noun), end=end)


def _is_subset(sentence: str, link: Link, links: list[Link]) -> bool:
    """Return whether a bare number only describes some of those just counted: "143 in hospital, three on drips"."""
    one = link.count
    if one.people or link.trigger is None or link.trigger.form == "toll":
        return False
    for other in links:
        between = sentence[other.count.end : one.start]
        smaller = (one.number.low or 0) < (other.count.number.low or 0)
        if other.kind is link.kind and other.count.end <= one.start and smaller and "," in between:
            return ";" not in between and other.trigger is not link.trigger
    return False


def _restates(sentence: str, one: Count, trigger: Trigger, triggers: list[Trigger]) -> bool:
    """Return whether the number only repeats its noun: "six of the wounded are in a grave state"."""
    if trigger.form == "noun" or not (partitive := PARTITIVE.match(sentence, one.number.core.end)):
        return False
    nouns = [t for t in triggers if t.start == partitive.end() and t.form == "noun"]
    return any(noun.kind is trigger.kind for noun in nouns) and trigger not in nouns


def _own_trigger(sentence: str, one: Count, triggers: list[Trigger], words: FigureWords) -> Trigger | None:
    """Return the trigger of the part alone: "nine were taken in, one of them has died"."""
    around = sentence[max(0, one.start - PARTITIVE_WITHIN) : one.end + PARTITIVE_WITHIN]
    if not one.part or one.group is not None or not words.words["partitive"].search(around):
        return None
    after = [t for t in triggers if t.start >= one.end and t.form in ("verb", "active")]
    if not after or len(re.findall(r"\w+|,", sentence[one.end : after[0].start])) > OWN_WITHIN:
        return None
    return after[0]


def _without_parts(sentence: str, parts: list[Count], words: FigureWords) -> str:
    """Return the sentence with parts blanked, so that "17 people, three of them children, were killed" links."""
    sentence = words.remark.sub(lambda match: " " * len(match.group()), sentence)
    for one in parts:
        if one.part:
            start = max(sentence.rfind(",", 0, one.start), sentence.rfind("(", 0, one.start), 0) or one.start
            stop = next((i for i in range(one.end, len(sentence)) if sentence[i] in ",;.)"), one.end)
            if sentence[stop : stop + 1] == "," and start < one.start:
                stop += 1
            start = start if one.start - start < 40 else one.start
            sentence = sentence[:start] + " " * (max(stop, one.end) - start) + sentence[max(stop, one.end) :]
    return sentence


def _part_of_link(sentence: str, one: Count, links: list[Link], words: FigureWords) -> Link | None:
    """Return the link of a part with the kind of its whole, where the part names a group or a place of its own.

    The whole is the next number after "were among", else the last one before.
    """
    if any(link.count.number is one.number for link in links) or not links:
        return None
    another = words.words["another"].search(sentence[max(0, one.number.core.start - 8) : one.number.core.start])
    place = re.match(r"\s*(?:in|en|в)\s+(?:(?:la|the) \w+ (?:\w+ )?(?:of|de) )?[A-ZА-ЯЁ]", sentence[one.end :])
    located = (one.part or another) and one.group is None and place
    if one.group is None and not located:
        return None
    named = one.part or another or words.words["among"].search(sentence) is not None
    if not named:
        return None
    after = [link for link in links if link.count.start >= one.end]
    earlier = [link for link in links if link.count.start < one.start]
    among = after and AMONG_NEXT.match(sentence[one.end : after[0].count.start])
    whole = after[0] if among else earlier[-1] if earlier else links[0]
    if ";" in sentence[min(one.end, whole.count.end) : max(one.start, whole.count.start)]:
        return None
    group = one.group or whole.count.group
    return Link(replace(one, group=group, part=True), whole.kind, None)

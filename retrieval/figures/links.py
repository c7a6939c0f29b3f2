"""Which of a sentence's numbers goes with which of its happenings."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from retrieval.domain import FigureKind, Span
from retrieval.figures.counted import Counted, Trigger, group_at, predicate_group, triggers_of
from retrieval.figures.parts import (
    OPENING,
    PARTITIVE,
    Linked,
    apart,
    as_part,
    inherited,
    is_subset,
    of_those,
    own,
    without_parts,
)
from retrieval.figures.words import FigureWords
from retrieval.language.speakers.speaker_words import speaker_words
from retrieval.language.speakers.speakers import attributions

# The most that may stand between a number and its word, in words (a comma counts for three).
NOUN_RIGHT, VERB_RIGHT, VERB_LEFT, ACTIVE_LEFT, ACTIVE_RIGHT = 1, 9, 5, 5, 3
TOLL_PHRASE, TOLL_WORD = 14, 6
RELATIVE_CLAUSE = 8  # further words, where the number's noun is followed by "who ..."
PARTITIVE_RIGHT = 3
COMMA, TOLL_COMMA, JOINED_NUMBER, OTHER_NUMBER = 3, 1, 1, 20
TOLL_WEIGHT, LEFT_COST = 0.5, 0.5  # a toll is surely of the number after it; a verb rather of the one before
MOST_STRUCK = 2e6  # people killed, hurt, held or sent: more than any unrest has seen
STRUCK_COST = 0.25  # of a number right after what was done to it; a noun right after the number comes first
NEVER = -1
JOINTS = re.compile(
    r"(?:[\s,]|(?<!\w)(?:and|as well as|another|more|y|e|a|al|los|las|otr[oa]s?|и|а также|также|ещё|еще|"
    r"мен|пен|бен|және|тағы)(?!\w))*"
)
SAYS_NOTHING = re.compile(r"[—–]\s|,\s+de\s")  # "правительство — о 14"
HOSPITAL = re.compile(r"hospital|intensi|больниц|госпитал|реанимац|стационар|аурухана|жансақтау", re.IGNORECASE)
SHORT_CLAUSE = 9  # words
RELATIVE = re.compile(r"\s*,?\s*(?:who|that|которы\w+|que|quienes)\s", re.IGNORECASE)
STRUCK_NEXT = re.compile(r"\s+(?:(?:a|al|los|las|the)\s+)?", re.IGNORECASE)  # "hirió a dos", "killing two"
THINGS_TOO = re.compile(r"уничтож|ликвидир|нейтрализ|eliminat|neutrali|liquid|elimin|жой|claim", re.IGNORECASE)
TOLL_AFTER = re.compile(r"\s+(?:(?:the|el|la)\s+)?", re.IGNORECASE)
SEPARATORS = re.compile(r"[\s:|=–—-]*")


def linked(
    sentence: str,
    found: list[Counted],
    triggers: list[Trigger],
    words: FigureWords,
    before: FigureKind | None = None,
) -> list[Linked]:
    """Return the numbers of `found` for which the sentence says what happened, each with its group settled.

    `before` is what the sentence before tells of people: "Two of them were officers" opens with a part of those.
    """
    parts = [as_part(sentence, c, triggers, words) for c in found]
    wholes = [c for c in parts if not c.part and not c.predicate]
    blanked = without_parts(sentence, parts, words)
    alone = {id(one): t for one in parts if (t := own(sentence, one, triggers, words)) is not None}
    said = [t for t in triggers if t not in alone.values()]
    links: list[Linked] = []
    for one in parts:
        if one.part:
            continue
        near = [t for t in said if t.form == "toll" and 0 <= one.start - t.end <= 1] if one.predicate else said
        trigger = _best(blanked, one, wholes, near, words)
        if trigger is not None and not of_those(sentence, one, trigger, triggers):
            links.append(Linked(_grouped(sentence, one, trigger, links, words), trigger.kind, trigger))
    links = [link for link in links if not is_subset(sentence, link, links)]
    links += [part for one in parts if (part := inherited(sentence, one, links, words)) is not None]
    links += _elliptic(sentence, parts, links, words)
    told = {link.kind for link in links} | {before}
    fates = [(one, alone[id(one)]) for one in parts if id(one) in alone]
    links += [apart(one, fate, links) for one, fate in fates if fate.kind not in told]
    if not links and before and parts and parts[0].part and parts[0].group and parts[0].start < OPENING:
        links.append(Linked(parts[0], next((t.kind for t in triggers if t.form == "verb"), before), None))
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
    if trigger.form == "toll" and any(o is not one and _is_noun_of(o, trigger) for o in others):
        return None
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
    if trigger.form == "active" and not right and not inside and STRUCK_NEXT.fullmatch(between):
        return STRUCK_COST
    comma = 0 if joined else TOLL_COMMA if trigger.form == "toll" else COMMA
    cost = len(re.findall(r"\w+", between)) + comma * between.count(",")
    cost += len(inside) * (JOINED_NUMBER if joined else OTHER_NUMBER)
    if cost > limit + (RELATIVE_CLAUSE if right and RELATIVE.match(between) else 0):
        return None
    return cost * (TOLL_WEIGHT if trigger.form == "toll" else 1.0) + (0.0 if right else LEFT_COST)


def _is_noun_of(other: Counted, trigger: Trigger) -> bool:
    """Tell whether the word stands at another number: "37 wounded, seven gravely"."""
    return other.number.core.end <= trigger.start <= other.end + 1


def _is_cut(between: str, words: FigureWords) -> bool:
    """Tell whether a sentence, a semicolon or a turn ("while", "ал") lies between."""
    cut = re.search(r"[;!?]|\.\s|:\s", between) and not SEPARATORS.fullmatch(between)
    if words.words["partitive"].search(between):  # "9 people, one of them died"
        return True
    return bool(cut or speaker_words(words.language).turns.search(between))


def _limit(sentence: str, trigger: Trigger, between: str, words: FigureWords, *, right: bool) -> float:
    """Return how far a word of this form may be from its number on this side; never (-1) on some."""
    if trigger.form == "toll":
        return _toll_limit(between, phrase=" " in sentence[trigger.start : trigger.end].strip(), right=right)
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


def _toll_limit(between: str, *, phrase: bool, right: bool) -> float:
    if right:  # "bringing to 18 the number of dead"
        return 1 if phrase and TOLL_AFTER.fullmatch(between) else NEVER
    return TOLL_PHRASE if phrase else TOLL_WORD


def _noun_limit(between: str, words: FigureWords, *, right: bool) -> float:
    if right:
        return NOUN_RIGHT if "," not in between else NEVER
    listed = SEPARATORS.fullmatch(between) is not None and bool(between.strip())  # a table: "Killed: 26"
    return 0 if listed or (words.verb_last and not between.strip()) else NEVER


def _joined(sentence: str, one: Counted, inside: list[Counted], *, right: bool) -> bool:
    """Tell whether the numbers between are listed with this one: "26 protesters and 18 officers".

    With a comma alone between, a number without a noun begins a clause: "7 journalists were beaten, 3 held".
    """
    chain = [one, *inside] if right else [*inside, one]
    return all(
        JOINTS.fullmatch(gap := sentence[left.end : after.start]) is not None
        and (after.people or not left.people or gap.strip() != ",")
        for left, after in pairwise(chain)
    )


# --- a number that leaves out what it counts -------------------------------------------------------------


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
    if trigger.form == "active" and not one.people and THINGS_TOO.match(sentence, trigger.start):
        return False  # tanks and claims are destroyed, too
    if trigger.kind is not FigureKind.DEPLOYED or words.troops.search(sentence[one.start : one.end]):
        return True
    return not one.people and words.troops.search(sentence[max(0, one.start - 30) : one.start]) is not None

"""Parts of a number told before: "two of them children", "including three officers", "one of them has died"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from retrieval.domain import FigureKind
from retrieval.figures.counted import Counted, Trigger, group_at
from retrieval.figures.words import FigureWords

PARTITIVE = re.compile(r"\s*(?:of (?:the|those)|de l[oa]s|из)\s*(?:\d+\s*)?", re.IGNORECASE)
AMONG_NEXT = re.compile(
    r"\s*(?:was|were|is|are|figuran?|estaban|est[aá]n|были)?\s*(?:among|entre|среди)\s", re.IGNORECASE
)
PARTITIVE_WITHIN, OWN_WITHIN = 15, 4  # characters; words between a part and what is said of it alone
OPENING = 15  # characters from a sentence's start in which a number may be a part of those told of before


@dataclass(frozen=True, slots=True)
class Linked:
    """A counted number and what happened to those it counts."""

    counted: Counted
    kind: FigureKind
    trigger: Trigger | None  # None: the kind is that of the number it is a part of


def as_part(sentence: str, one: Counted, triggers: list[Trigger], words: FigureWords) -> Counted:
    """Mark "two of them children", "including two children"; with the group that stands after "of them"."""
    part = words.words["part"]
    before = re.search(rf"(?:{part.pattern})[\s:—–-]*(?:\w+\s+){{0,1}}?$", sentence[: one.start], re.IGNORECASE)
    after = re.compile(rf"\s*(?:{part.pattern})\s*(?:,|—|–)?\s*(?:\w+\s+)?", re.IGNORECASE).match(
        sentence, one.number.core.end
    )
    among = before is not None and any(t.form == "toll" and t.start <= before.start() < t.end for t in triggers)
    if among or (not before and not after):
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


def is_subset(sentence: str, link: Linked, links: list[Linked]) -> bool:
    """Tell whether a bare number only says how some of those just counted fare: "143 in hospital, three on drips"."""
    one = link.counted
    if one.people or link.trigger is None or link.trigger.form == "toll":
        return False
    for other in links:
        between = sentence[other.counted.end : one.start]
        smaller = (one.number.low or 0) < (other.counted.number.low or 0)
        if other.kind is link.kind and other.counted.end <= one.start and smaller and "," in between:
            return ";" not in between and other.trigger is not link.trigger
    return False


def of_those(sentence: str, one: Counted, trigger: Trigger, triggers: list[Trigger]) -> bool:
    """Tell whether "six of the wounded are in a grave state" says no more than that they are wounded."""
    if trigger.form == "noun" or not (partitive := PARTITIVE.match(sentence, one.number.core.end)):
        return False
    nouns = [t for t in triggers if t.start == partitive.end() and t.form == "noun"]
    return any(noun.kind is trigger.kind for noun in nouns) and trigger not in nouns


def own(sentence: str, one: Counted, triggers: list[Trigger], words: FigureWords) -> Trigger | None:
    """Return what is said of the part alone: "nine were taken in, one of them has died"."""
    around = sentence[max(0, one.start - PARTITIVE_WITHIN) : one.end + PARTITIVE_WITHIN]
    if not one.part or one.group is not None or not words.words["partitive"].search(around):
        return None
    after = [t for t in triggers if t.start >= one.end and t.form in ("verb", "active")]
    if not after or len(re.findall(r"\w+|,", sentence[one.end : after[0].start])) > OWN_WITHIN:
        return None
    return after[0]


def apart(one: Counted, trigger: Trigger, links: list[Linked]) -> Linked:
    """Return a part of which something else is said, of the group of the number before it."""
    earlier = [link.counted.group for link in links if link.counted.start < one.start]
    return Linked(replace(one, group=earlier[-1] if earlier else None), trigger.kind, trigger)


def without_parts(sentence: str, parts: list[Counted], words: FigureWords) -> str:
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


def inherited(sentence: str, one: Counted, links: list[Linked], words: FigureWords) -> Linked | None:
    """Give a part the kind of the number it is a part of, where the part names a group or a place of its own."""
    if any(link.counted.number is one.number for link in links) or not links:
        return None
    another = words.words["another"].search(sentence[max(0, one.number.core.start - 8) : one.number.core.start])
    place = re.match(r"\s*(?:in|en|в)\s+(?:(?:la|the) \w+ (?:\w+ )?(?:of|de) )?[A-ZА-ЯЁ]", sentence[one.end :])
    located = (one.part or another) and one.group is None and place
    if one.group is None and not located:
        return None
    named = one.part or another or words.words["among"].search(sentence) is not None
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

"""Whether two reports of a number can be about one incident: a car bomb outside a mosque is no shelling of a bakery."""

from __future__ import annotations

from functools import lru_cache

from retrieval.figures.counts import triggers_in
from retrieval.figures.lexicon import figure_words
from retrieval.language.concepts import mentions
from retrieval.language.doc import Sentence, Text

NOT_TELLING = frozenset(("unit", "role", "body", "say", "hedge", "deny"))
"""Kinds of concepts that reports of any incident have: who was struck, and who says so."""

COUNTED = frozenset(("kill", "injure", "detain", "missing", "hospitalise", "evacuate", "number", "victim", "body"))
"""Concepts of what is counted."""

ENOUGH = 2
"""Words that tell an incident from others, at least."""

CACHED = 10_000
"""Sentences of which is kept whether they are deeds and which words tell of them; some 10 MB."""


def one_incident(one: Sentence, other: Sentence) -> bool:
    """Return whether two sentences can report on one incident.

    They cannot where each says what somebody or something did ("a car bomb killed 20 people"), and none of the words
    that tell what, where and how are shared.
    """
    if not (is_deed(one) and is_deed(other)):
        return True
    ours, theirs = (_telling(sentence.text, sentence.language) for sentence in (one, other))
    if len(ours) < ENOUGH or len(theirs) < ENOUGH:
        return True
    return any(not word.isdisjoint(theirs_) for word in ours for theirs_ in theirs)


def is_deed(sentence: Sentence) -> bool:
    """Return whether a sentence says what somebody or something did: "police killed four", no toll of all that is."""
    return _has_deed(sentence.text, sentence.language)


def tells_of_its_day(sentence: Sentence) -> bool:
    """Return whether a sentence tells what befell people, and gives no toll: "nine died on Friday in a fire"."""
    words = figure_words(sentence.language)
    if words is None or words.words["total"].search(sentence.text):
        return False
    forms = {trigger.form for trigger in triggers_in(sentence.text, words)}
    return "toll" not in forms and not forms.isdisjoint(("verb", "active"))


@lru_cache(maxsize=CACHED)
def _has_deed(text: str, language: str) -> bool:
    words = figure_words(language)
    return words is not None and any(trigger.form == "active" for trigger in triggers_in(text, words))


@lru_cache(maxsize=CACHED)
def _telling(text: str, language: str) -> tuple[frozenset[str], ...]:
    """Return the keys of each word that tells what happened, apart from the count and who was struck."""
    common = {
        f"c:{name}"
        for mention in mentions(text, language)
        for name in mention.names
        if mention.kind in NOT_TELLING or name in COUNTED
    }
    return tuple(word.keys for word in Text(text, language).statement.words if not word.keys & common)

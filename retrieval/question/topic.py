"""What a request is about: the words of "Give me a summary of the strike in Aktau" that ask for nothing."""

import re
from dataclasses import dataclass
from itertools import takewhile

from retrieval.language.doc import Text
from retrieval.language.names.base_forms import undeclined
from retrieval.language.names.places import known_place
from retrieval.language.packs import pack, pattern
from retrieval.language.words import is_stopword, stem
from retrieval.question.question import Question


@dataclass(frozen=True, slots=True)
class Topic:
    """The words that a request is about, in its order."""

    words: tuple[str, ...]
    names: tuple[str, ...]  # those among them that are names
    text: str  # the words, with the stop words that stand between them: "prices of bread"


def asked_length(question: Question) -> str | None:
    """Return "short" or "long" where a summary of that length is asked for."""
    return next((name for name in ("short", "long") if _length_words(question, name).search(question.text)), None)


def _length_words(question: Question, name: str) -> re.Pattern[str]:
    return pattern(question.language, "questions", f"asked_{name}", r"(?<!\w)(?:{})(?!\w)")


def heading_of(question: Question, topic: Topic) -> tuple[str, bool]:
    """Return a topic as a heading names it, and whether it can only be quoted, as its words are in another case.

    Where a language has cases, a heading is in the nominative: names in their base form, or words that stand in the
    nominative in the question. Any other words are those of the question, with what governs them: "о ценах на газ".
    """
    language, text = question.language, topic.text
    if not text or not pack(language).get("pack", "declines"):
        return text, False
    start = question.text.find(text)
    if start >= 0 and _in_nominative(question, start, start + len(text)):
        return text, False
    if start < 0:  # words of the request stand between those of the topic
        start, end = question.text.find(topic.words[0]), question.text.rfind(topic.words[-1]) + len(topic.words[-1])
        text = question.text[start:end]
    bases = {word: _base_of(word, language) for word in topic.names}
    inside = [word for word in Text(text, language).words if not is_stopword(word.text, language)]
    if all(bases.get(word.text) for word in inside):
        for word in reversed(inside):  # from the end, so that what is before a word stays where it is
            text = f"{text[: word.start]}{bases[word.text]}{text[word.end :]}"
        return text, False
    before = Text(question.text[:start], language).words
    governs = list(takewhile(lambda word: is_stopword(word.text, language), reversed(before)))[:1]
    return question.text[governs[0].start : start + len(text)] if governs else text, True


def _in_nominative(question: Question, start: int, end: int) -> bool:
    """Return whether a topic stands before a word such as "туралы"; in a language without any, first or behind ":"."""
    behind = pack(question.language).words("questions", "about_behind")
    if behind:
        after = Text(question.text[end:], question.language).words
        return bool(after) and after[0].text.casefold() in behind
    return question.text[:start].rstrip()[-1:] in ("", ":")


def _base_of(name: str, language: str) -> str | None:
    """Return the base form of a name that has no other, is a large place's or has a known ending; else None."""
    if name.isupper():
        return name
    based = undeclined(name, language)
    return known_place(name, language) or (based if based != name else None)


def names_time_or_topic(question: Question) -> bool:
    """Return whether a question says of what, or of when; "2022-13-45" does neither."""
    return question.window is not None or bool(topic_of(question).words)


def topic_of(question: Question) -> Topic:
    """Return what a question is about: those of its words that may be, without time words, numbers and stop words."""
    language, time = question.language, question.window.span if question.window else None
    lengths = [m.span() for name in ("short", "long") for m in _length_words(question, name).finditer(question.text)]
    named = {term.stem for term in question.terms if term.is_name}
    words, names, text, end = [], [], "", None
    for word in Text(question.text, language).words:
        in_time = time is not None and time.start <= word.start < time.end
        of_length = any(start <= word.start < end for start, end in lengths)
        if is_stopword(word.text, language) and not (in_time or of_length):
            continue
        asks = question.about is not None and word.text.casefold() not in question.about
        if in_time or of_length or word.text[0].isdigit() or asks:
            end = None
            continue
        text += (" " if text else "") + word.text if end is None else question.text[end : word.end]
        end = word.end
        words.append(word.text)
        if stem(word.text, language) in named:
            names.append(word.text)
    return Topic(tuple(words), tuple(names), text)

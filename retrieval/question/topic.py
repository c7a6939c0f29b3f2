"""What a request is about: the words of "Give me a summary of the strike in Aktau" that ask for nothing."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.language.doc import Text
from retrieval.language.packs import pattern
from retrieval.language.words import is_stopword, stem
from retrieval.question.question import Question


@dataclass(frozen=True, slots=True)
class Topic:
    """The words that a request is about, in its order."""

    words: tuple[str, ...]
    names: tuple[str, ...]  # those among them that are names
    text: str  # the words, with the stop words that stand between them: "prices of bread"


@cache
def _request_stems() -> dict[str, frozenset[str]]:
    stored = json.loads(files("retrieval.question").joinpath("request_words.json").read_text(encoding="utf-8"))
    return {language: frozenset(found) for language, found in stored.items()}


def asked_length(question: Question) -> str | None:
    """Return "short" or "long" where a summary of that length is asked for."""
    return next((name for name in ("short", "long") if _length_words(question, name).search(question.text)), None)


def _length_words(question: Question, name: str) -> re.Pattern[str]:
    return pattern(question.language, "questions", f"asked_{name}", r"(?<!\w)(?:{})(?!\w)")


def topic_of(question: Question) -> Topic:
    """Return what a question is about, without time words, numbers, stop words and the words of requests."""
    language, time = question.language, question.window.span if question.window else None
    lengths = [m.span() for name in ("short", "long") for m in _length_words(question, name).finditer(question.text)]
    asking = _request_stems().get(language, frozenset())
    named = {term.stem for term in question.terms if term.is_name}
    words, names, text, end = [], [], "", None
    for word in Text(question.text, language).words:
        stem_ = stem(word.text, language)
        in_time = time is not None and time.start <= word.start < time.end
        of_length = any(start <= word.start < end for start, end in lengths)
        if is_stopword(word.text, language) and not (in_time or of_length):
            continue
        if in_time or of_length or word.text[0].isdigit() or stem_ in asking:
            end = None
            continue
        text += (" " if text else "") + word.text if end is None else question.text[end : word.end]
        end = word.end
        words.append(word.text)
        if stem_ in named:
            names.append(word.text)
    return Topic(tuple(words), tuple(names), text)

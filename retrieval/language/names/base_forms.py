"""Names in their base form: "Талдыкум" for "в Талдыкуме", by the endings that `training.base_forms` learned."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache

from retrieval.language.packs import FOLDER, pack

RULES = "base_forms.json"  # in a pack: an ending ("=": a whole word), the letters to cut and those to add
LONGEST_ENDING = 6  # letters
LONGEST_ABBREVIATION = 5
WORD = re.compile(r"[\w-]+")
Rule = tuple[int, str]


def base_form(name: str, before: str, language: str) -> str:
    """Return a name with each word in its base form, as far as its ending is known; quoted words stay as they are.

    `before` is the text before the name: where a language declines after prepositions, a name changes only after one.

    >>> base_form("Талдыкуме", "взрыв в ", "ru")
    'Талдыкум'
    """
    return undeclined(name, language) if is_declined(before, language) else name


def undeclined(name: str, language: str) -> str:
    """Return a name with each word in its base form, whatever comes before it."""
    rules = _rules(language)
    if not rules:
        return name
    parts = re.split(r"(«[^»]*»)", name)
    return "".join(
        part if part.startswith("«") else WORD.sub(lambda m: _based(m.group(), rules), part) for part in parts
    )


def is_declined(before: str, language: str) -> bool:
    """Return whether a name after this text may be declined."""
    prepositions = pack(language).get("names", "declined_after", "")
    return re.search(rf"(?:{prepositions})\W*\Z", before, re.IGNORECASE) is not None


def _based(word: str, rules: Mapping[str, Rule]) -> str:
    if word.isupper() and len(word) <= LONGEST_ABBREVIATION:
        return word
    return with_rule(word, rule_for(word.casefold(), rules))


def rule_for(word: str, rules: Mapping[str, Rule]) -> Rule:
    """Return the rule of a word in small letters or of its longest known ending; (0, "") where none is known."""
    if (whole := rules.get(f"={word}")) is not None:
        return whole
    endings = (word[-size:] for size in range(min(LONGEST_ENDING, len(word)), 0, -1))
    return next((rules[ending] for ending in endings if ending in rules), (0, ""))


def with_rule(word: str, rule: Rule) -> str:
    """Return a word with its ending replaced."""
    cut, added = rule
    return word[: len(word) - cut] + added


@cache
def _rules(language: str) -> dict[str, Rule]:
    path = FOLDER / language / RULES
    if not path.exists():
        return {}
    return {ending: (cut, added) for ending, (cut, added) in json.loads(path.read_text(encoding="utf-8")).items()}

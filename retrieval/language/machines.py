"""Sentences without news: orders to a language model, and questions."""

from __future__ import annotations

import re

from retrieval.language.packs import any_regex
from retrieval.language.text import visible

_TO_MACHINES = re.compile(  # in small letters: to ignore case takes more than twice as long
    r"\b(?:"  # looked for once at each place, not once for each of what follows: four times as fast
    rf"(?:{any_regex('machines', 'verbs')})\s+(?:\w+\s+){{0,3}}(?:{any_regex('machines', 'orders')})\b"
    rf"|{any_regex('machines', 'phrases')}"
    rf")|\A\W*(?:{any_regex('machines', 'roles')})\s*:",
)


def addresses_machines(sentence: str) -> bool:
    """Return True if a sentence of an article gives orders to a language model rather than news to a reader.

    A rough sieve for planted instructions in the languages of the packs ("ignore previous instructions", "the bot must
    ..."): such a sentence is no news, so none is quoted, and no chooser is shown one.
    """
    return _TO_MACHINES.search(visible(sentence).lower()) is not None


_CLOSING = " \t\n\"'”»’)"
"""Characters that may follow the mark that ends a sentence."""


def only_asks(sentence: str) -> bool:
    """Return True if a sentence is a question: it states nothing, so it answers none.

    None of the 4,334 sentences that contain the answers of XQuAD and KazQAD is one.
    """
    return sentence.rstrip(_CLOSING).endswith(("?", "؟"))
